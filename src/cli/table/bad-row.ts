/** A row of a file that cannot be stored, and how it is told of: as in Dolt, so that scripts find it. */
import { DoltError } from '../../base/errors.ts';
import type { RowSource } from './row-source.ts';

/** A row as it stands in the file. */
export interface FileRow {
  readonly line: number;
  readonly names: readonly string[];
  /** Of its fields; undefined where one is NULL. */
  texts(): readonly (string | undefined)[];
}

/** The row that was read last. */
export const rowOf = (source: RowSource): FileRow => ({
  line: source.line,
  names: source.fields,
  texts: source.kept(),
});

export class BadRowError extends DoltError {
  readonly row: FileRow;
  constructor(row: FileRow, cause: DoltError) {
    // SQL counts the rows of its statement; here the line says more.
    super(cause.kind, cause.message.replace(/ at row \d+$/, ''), { cause });
    this.row = row;
  }

  /** The row, a field a line. */
  details(table: string): string {
    const { line, names } = this.row;
    const fields = this.row.texts().map((text, i) => `\t${names[i] ?? NULL}: ${text ?? NULL}\n`);
    return `A bad row was encountered inserting into table ${table} (on line ${line}):\n${fields.join('')}`;
  }

  /** In one line, with what is wrong. */
  summary(): string {
    const texts = this.row.texts().map((text) => text ?? NULL);
    return `[${texts.join(',')}] line ${this.row.line}: ${this.message}`;
  }
}

const NULL = '<nil>';

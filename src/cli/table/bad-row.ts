/** A row of a file that cannot be stored, and how it is told of: as in Dolt, so that scripts find it. */
import { DoltError } from '../../base/errors.ts';

/** A row as it stands in the file; what is NULL is undefined. */
export interface FileRow {
  readonly line: number;
  readonly names: readonly string[];
  readonly texts: readonly (string | undefined)[];
}

export class BadRowError extends DoltError {
  readonly row: FileRow;
  constructor(row: FileRow, cause: DoltError) {
    // SQL counts the rows of its statement; here the line says more.
    super(cause.kind, cause.message.replace(/ at row \d+$/, ''), { cause });
    this.row = row;
  }

  /** The row, a field a line. */
  details(table: string): string {
    const { line, names, texts } = this.row;
    const fields = texts.map((text, i) => `\t${names[i] ?? NULL}: ${text ?? NULL}\n`);
    return `A bad row was encountered inserting into table ${table} (on line ${line}):\n${fields.join('')}`;
  }

  /** In one line, with what is wrong. */
  summary(): string {
    const { line, texts } = this.row;
    return `[${texts.map((text) => text ?? NULL).join(',')}] line ${line}: ${this.message}`;
  }
}

const NULL = '<nil>';

/**
 * A result as CSV: NULL is nothing, the empty string is `""`, a field is quoted where it holds a comma, a quote, a line
 * break or starts with a blank (the rules of Go's encoding/csv, which Dolt follows).
 */
import type { Batch } from '../../sql/expressions/batch.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import { type CellText, cellTextFor, hasBinaryColumn, toBinaryText } from './cell.ts';
import type { ResultColumn, ResultPrinter, Sink } from './result-printer.ts';

const NEEDS_QUOTES = /[",\r\n]|^\s|^\\\.$|^$/;
const NEEDS_QUOTES_BETWEEN_PIPES = /["|\r\n]|^\s|^\\\.$|^$/;
/** Types whose text never needs quotes. */
const PLAIN = new Set<SqlType['kind']>([
  'integer',
  'float',
  'double',
  'decimal',
  'year',
  'date',
  'time',
  'datetime',
  'timestamp',
]);

export type Delimiter = ',' | '|';

export function csvField(text: string, delimiter: Delimiter = ','): string {
  return (delimiter === ',' ? NEEDS_QUOTES : NEEDS_QUOTES_BETWEEN_PIPES).test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}

export class CsvPrinter implements ResultPrinter {
  readonly #write: Sink;
  readonly #delimiter: Delimiter;
  #cells: CellText[] = [];
  #binary = false;

  constructor(write: Sink, delimiter: Delimiter = ',') {
    this.#write = write;
    this.#delimiter = delimiter;
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#binary = hasBinaryColumn(columns);
    this.#cells = columns.map(({ type }) => {
      const text = type.kind === 'bit' ? (value: unknown) => String(value) : cellTextFor(type, this.#binary);
      return PLAIN.has(type.kind) ? text : (value) => csvField(text(value), this.#delimiter);
    });
    const header = columns.map((column) => csvField(column.name, this.#delimiter)).join(this.#delimiter);
    this.#write(`${this.#binary ? toBinaryText(header) : header}\n`, this.#binary);
  }

  batch(batch: Batch): void {
    const cells = this.#cells;
    const delimiter = this.#delimiter;
    const columns = batch.columns;
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      for (let c = 0; c < cells.length; c++) {
        if (c > 0) text += delimiter;
        const value = columns[c]![row]!;
        if (value !== null) text += cells[c]!(value);
      }
      text += '\n';
    }
    this.#write(text, this.#binary);
  }

  end(): void {}
}

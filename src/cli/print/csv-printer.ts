/**
 * A result as CSV: NULL is nothing, the empty string is `""`, a field is quoted where it holds a comma, a quote, a line
 * break or starts with a blank (the rules of Go's encoding/csv, which Dolt follows).
 */
import type { Batch } from '../../sql/expressions/batch.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import { type CellText, cellTextFor, hasBinaryColumn, toBinaryText } from './cell.ts';
import type { ResultColumn, ResultPrinter, Sink } from './result-printer.ts';

const NEEDS_QUOTES = /[",\r\n]|^\s|^\\\.$|^$/;
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

export function csvField(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export class CsvPrinter implements ResultPrinter {
  readonly #write: Sink;
  #cells: CellText[] = [];
  #binary = false;

  constructor(write: Sink) {
    this.#write = write;
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#binary = hasBinaryColumn(columns);
    this.#cells = columns.map(({ type }) => {
      const text = type.kind === 'bit' ? (value: unknown) => String(value) : cellTextFor(type, this.#binary);
      return PLAIN.has(type.kind) ? text : (value) => csvField(text(value));
    });
    const header = columns.map((column) => csvField(column.name)).join(',');
    this.#write(`${this.#binary ? toBinaryText(header) : header}\n`, this.#binary);
  }

  batch(batch: Batch): void {
    const cells = this.#cells;
    const columns = batch.columns;
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      for (let c = 0; c < cells.length; c++) {
        if (c > 0) text += ',';
        const value = columns[c]![row]!;
        if (value !== null) text += cells[c]!(value);
      }
      text += '\n';
    }
    this.#write(text, this.#binary);
  }

  end(): void {}
}

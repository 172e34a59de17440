/**
 * A result as CSV: NULL is nothing, the empty string is `""`, a field is quoted where it holds a comma, a quote, a line
 * break or starts with a blank (the rules of Go's encoding/csv, which Dolt follows).
 */
import type { Batch } from '../../sql/expressions/batch.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { ByteWriter } from './byte-writer.ts';
import { cellTextFor, hasBinaryColumn, toBinaryText } from './cell.ts';
import type { ResultColumn, ResultPrinter, Sink } from './result-printer.ts';

const NEEDS_QUOTES = /[",\r\n]|^\s|^\\\.$|^$/;
const NEEDS_QUOTES_BETWEEN_PIPES = /["|\r\n]|^\s|^\\\.$|^$/;
/** Types whose text never needs quotes. */
const UNQUOTED = new Set<SqlType['kind']>(['float', 'double', 'year', 'date', 'time']);

const NEWLINE = 10;

export type Delimiter = ',' | '|';

export function csvField(text: string, delimiter: Delimiter = ','): string {
  return (delimiter === ',' ? NEEDS_QUOTES : NEEDS_QUOTES_BETWEEN_PIPES).test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}

type WriteCell = (value: Value, out: ByteWriter) => void;

export class CsvPrinter implements ResultPrinter {
  readonly #write: Sink;
  readonly #delimiter: Delimiter;
  readonly #out = new ByteWriter();
  #cells: WriteCell[] = [];

  constructor(write: Sink, delimiter: Delimiter = ',') {
    this.#write = write;
    this.#delimiter = delimiter;
  }

  begin(columns: readonly ResultColumn[]): void {
    const binary = hasBinaryColumn(columns);
    this.#cells = columns.map(({ type }) => cellWriter(type, binary, this.#delimiter));
    const header = columns.map((column) => csvField(column.name, this.#delimiter)).join(this.#delimiter);
    this.#write(`${binary ? toBinaryText(header) : header}\n`, binary);
  }

  batch(batch: Batch): void {
    const cells = this.#cells;
    const columns = batch.columns;
    const out = this.#out;
    const delimiter = this.#delimiter.charCodeAt(0);
    for (let row = 0; row < batch.length; row++) {
      for (let c = 0; c < cells.length; c++) {
        if (c > 0) out.byte(delimiter);
        const value = columns[c]![row]!;
        if (value !== null) cells[c]!(value, out);
      }
      out.byte(NEWLINE);
    }
    this.#write(out.take());
  }

  end(): void {}
}

/** `binary`: the texts of cells are one byte a character. */
function cellWriter(type: SqlType, binary: boolean, delimiter: Delimiter): WriteCell {
  const text = cellTextFor(type, binary);
  const write: WriteCell = binary
    ? (value, out) => out.latin1(csvField(text(value), delimiter))
    : (value, out) => {
        const cell = text(value);
        if (!out.word(cell)) out.utf8(csvField(cell, delimiter));
      };
  switch (type.kind) {
    case 'bit':
      return (value, out) => out.integer(value as Integer);
    case 'integer':
      return type.boolean ? write : (value, out) => out.integer(value as Integer);
    case 'decimal': {
      const { scale } = type;
      return (value, out) => out.decimal(value as Integer, scale);
    }
    case 'datetime':
    case 'timestamp':
      if (type.precision > 0) return (value, out) => out.latin1(text(value));
      return (value, out) => (typeof value === 'number' ? out.datetime(value) : out.latin1(text(value)));
    default:
      return UNQUOTED.has(type.kind) ? (value, out) => out.latin1(text(value)) : write;
  }
}

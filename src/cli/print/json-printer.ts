/**
 * A result as Dolt prints it in JSON: `{"rows": [{…},{…}]}`, the keys of a row sorted, NULL left out, integers and
 * floating point numbers bare, decimals and dates as strings, JSON documents as they are; `{}` for no rows. In the layout
 * `lines` each row is a line of its own, and nothing is around them.
 */
import type { Batch } from '../../sql/expressions/batch.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import type { Value } from '../../tuple/value.ts';
import { cellTextFor } from './cell.ts';
import type { ResultColumn, ResultPrinter, Sink } from './result-printer.ts';

interface Field {
  readonly key: string;
  readonly column: number;
  readonly json: (value: Value) => string;
}

export class JsonPrinter implements ResultPrinter {
  readonly #write: Sink;
  readonly #isLines: boolean;
  #fields: Field[] = [];
  #rows = 0;

  constructor(write: Sink, layout: 'rows' | 'lines' = 'rows') {
    this.#write = write;
    this.#isLines = layout === 'lines';
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#fields = columns
      .map((column, index) => ({
        key: JSON.stringify(column.name),
        name: column.name,
        column: index,
        json: jsonText(column.type),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  batch(batch: Batch): void {
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      if (this.#isLines) text += '{';
      else text += this.#rows === 0 ? '{"rows": [{' : ',{';
      this.#rows++;
      let first = true;
      for (const field of this.#fields) {
        const value = batch.columns[field.column]![row]!;
        if (value === null) continue;
        text += `${first ? '' : ','}${field.key}:${field.json(value)}`;
        first = false;
      }
      text += this.#isLines ? '}\n' : '}';
    }
    this.#write(text);
  }

  end(): void {
    if (!this.#isLines) this.#write(this.#rows === 0 ? '{}\n' : ']}\n');
  }
}

export function jsonText(type: SqlType): (value: Value) => string {
  if (type.kind === 'json') return String;
  if (type.kind === 'bit') return String;
  const text = cellTextFor(type, false);
  switch (type.kind) {
    case 'integer':
    case 'year':
      return text;
    case 'float':
    case 'double':
      // Digits as in a table, but an exponent only where JSON's numbers have one.
      return (value) => String(Number(text(value)));
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return (value) => JSON.stringify(Buffer.from(value as Uint8Array).toString('utf8'));
    default:
      return (value) => JSON.stringify(text(value));
  }
}

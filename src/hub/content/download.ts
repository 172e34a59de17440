/** A whole table as CSV (RFC 4180, with a head; NULL is nothing, an empty text `""`) and as JSON, piece by piece. */
import type { Value } from '../../tuple/value.ts';
import type { Point, Reading } from './reading.ts';
import { allRows, type ShownColumn, shapeOf } from './rows.ts';

export type DownloadFormat = 'csv' | 'json';

export const CONTENT_TYPES: Readonly<Record<DownloadFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Throws `notFound` at once. */
export function download(
  reading: Reading,
  point: Point,
  table: string,
  format: DownloadFormat,
): AsyncGenerator<string> {
  const { columns } = shapeOf(reading, point, table);
  const batches = allRows(reading, point, table);
  return format === 'csv' ? csv(columns, batches) : json(columns, batches);
}

type Batches = AsyncIterable<readonly (readonly Value[])[]>;

const LINE_END = '\r\n';

async function* csv(columns: readonly ShownColumn[], batches: Batches): AsyncGenerator<string> {
  yield `${columns.map(({ name }) => field(name)).join(',')}${LINE_END}`;
  for await (const rows of batches) {
    let text = '';
    for (const row of rows) {
      text += row.map((value, i) => (value === null ? '' : field(columns[i]!.text(value)))).join(',') + LINE_END;
    }
    yield text;
  }
}

const field = (text: string): string =>
  text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

async function* json(columns: readonly ShownColumn[], batches: Batches): AsyncGenerator<string> {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  yield '{"rows":[';
  let separator = '\n';
  for await (const rows of batches) {
    let text = '';
    for (const row of rows) {
      const fields = row.map(
        (value, i) => names[i] + (value === null ? 'null' : JSON.stringify(columns[i]!.json(value))),
      );
      text += `${separator}{${fields.join(',')}}`;
      separator = ',\n';
    }
    yield text;
  }
  yield '\n]}\n';
}

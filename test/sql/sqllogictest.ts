/**
 * SQLite's sqllogictest, in the form its project documents: records of `statement ok|error` and `query TYPES SORT`,
 * parted by empty lines; `skipif` and `onlyif` name an engine, which for us is MySQL. A result is a value a line, or the
 * number of values and their MD5 when it is long.
 */
import { createHash } from 'node:crypto';
import type { Session } from '../../src/sql/engine.ts';
import { formatterFor } from '../../src/sql/types/format.ts';

interface Statement {
  readonly kind: 'statement';
  readonly line: number;
  readonly fails: boolean;
  readonly sql: string;
}
interface QueryRecord {
  readonly kind: 'query';
  readonly line: number;
  readonly sql: string;
  /** A letter a column: `T`ext, `I`nteger, `R`eal. */
  readonly types: string;
  readonly sort: 'nosort' | 'rowsort' | 'valuesort';
  readonly expected: readonly string[];
}
export type LogicRecord = Statement | QueryRecord;

export function parseLogicTest(text: string): LogicRecord[] {
  const records: LogicRecord[] = [];
  let line = 1;
  for (const block of text.split(/\n(?=\n)/)) {
    const lines = block.split('\n');
    const record = parseRecord(lines, line);
    if (record === 'halt') break;
    if (record) records.push(record);
    line += lines.length;
  }
  return records;
}

function parseRecord(lines: readonly string[], firstLine: number): LogicRecord | 'halt' | undefined {
  let at = 0;
  for (; at < lines.length; at++) {
    const [word, engine] = lines[at]!.split(/\s+/);
    if (word === 'skipif' && engine === 'mysql') return undefined;
    if (word === 'onlyif' && engine !== 'mysql') return undefined;
    if (word === 'halt') return 'halt';
    if (word === 'statement' || word === 'query') break;
  }
  if (at === lines.length) return undefined;
  const [kind, first = '', sort = 'nosort'] = lines[at]!.split(/\s+/);
  const rest = lines.slice(at + 1);
  const line = firstLine + at;
  if (kind === 'statement') return { kind, line, fails: first === 'error', sql: rest.join('\n').trim() };
  const mark = rest.indexOf('----');
  return {
    kind: 'query',
    line,
    types: first,
    sort: sort as QueryRecord['sort'],
    sql: rest.slice(0, mark < 0 ? undefined : mark).join('\n'),
    expected: mark < 0 ? [] : rest.slice(mark + 1).filter((value) => value !== ''),
  };
}

/** What went otherwise than the record says; undefined when nothing did. */
export async function mismatch(session: Session, record: LogicRecord): Promise<string | undefined> {
  let rows: string[][] | undefined;
  try {
    rows = await rowsOf(session, record);
  } catch (error) {
    if (record.kind === 'statement' && record.fails) return undefined;
    return `line ${record.line}: ${(error as Error).message}\n${record.sql}`;
  }
  if (record.kind === 'statement') return record.fails ? `line ${record.line}: no error\n${record.sql}` : undefined;
  const got = resultOf(rows, record);
  const expected = record.expected.join('\n');
  return got === expected ? undefined : `line ${record.line}: ${got}\ninstead of: ${expected}\n${record.sql}`;
}

async function rowsOf(session: Session, record: LogicRecord): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { result } of session.execute(record.sql)) {
    if (result.kind === 'ok') continue;
    const formats = result.columns.map(({ type }) => formatterFor(type));
    for await (const { length, columns } of session.batches(result)) {
      for (let i = 0; i < length; i++) {
        rows.push(
          columns.map((column, c) => {
            const value = column[i]!;
            const letter = record.kind === 'query' ? record.types[c] : undefined;
            return value === null ? 'NULL' : printed(formats[c]!(value), letter);
          }),
        );
      }
    }
  }
  return rows;
}

function printed(text: string, letter: string | undefined): string {
  if (letter === 'I') return String(Math.trunc(Number(text)));
  if (letter === 'R') return Number(text).toFixed(3);
  return text === '' ? '(empty)' : text;
}

function resultOf(rows: readonly string[][], { sort, expected }: QueryRecord): string {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const ordered = sort === 'rowsort' ? rows.toSorted((a, b) => compare(a.join('\n'), b.join('\n'))) : rows;
  const values = ordered.flat();
  if (sort === 'valuesort') values.sort(compare);
  if (!/^\d+ values hashing to /.test(expected[0] ?? '')) return values.join('\n');
  const hash = createHash('md5').update(values.map((value) => `${value}\n`).join(''));
  return `${values.length} values hashing to ${hash.digest('hex')}`;
}

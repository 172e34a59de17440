/** Plays the records of a script on a database of its own in memory, and tells what went otherwise than they say. */
import { DoltError } from '../../src/base/errors.ts';
import type { Session } from '../../src/sql/engine-session.ts';
import { formatterFor } from '../../src/sql/types/format.ts';
import { memoryDatabase } from '../sql/memory-engine.ts';
import type { LogicRecord, QueryRecord } from './records.ts';
import { printedValue, resultHash, writtenResult } from './values.ts';

export interface Played {
  readonly passed: number;
  readonly failed: number;
}

export interface PlayOptions {
  /** No query runs longer, milliseconds. */
  readonly timeLimit: number;
  /** A record begins: its place in the list. */
  readonly onRecord?: (at: number) => void;
  readonly onFailure: (message: string) => void;
}

export async function play(records: readonly LogicRecord[], options: PlayOptions): Promise<Played> {
  const database = memoryDatabase('sqllogictest', [], { monotonic: () => performance.now() });
  const session = database.session();
  session.setVariable('max_execution_time', String(options.timeLimit));
  const labels = new Map<string, LabelledResult>();
  let failed = 0;
  for (const [at, record] of records.entries()) {
    options.onRecord?.(at);
    const mismatch = await mismatchOf(session, record, labels);
    if (mismatch === undefined) continue;
    failed++;
    options.onFailure(`line ${record.line}: ${mismatch}\n${record.sql}`);
  }
  await session.close();
  database.opened.close();
  return { passed: records.length - failed, failed };
}

interface LabelledResult {
  readonly line: number;
  readonly hash: string;
}

/** Undefined when everything is as the record says. */
async function mismatchOf(
  session: Session,
  record: LogicRecord,
  labels: Map<string, LabelledResult>,
): Promise<string | undefined> {
  let rows: string[][];
  try {
    rows = await rowsOf(session, record);
  } catch (error) {
    // A crash is no error that a script asks for.
    if (!(error instanceof DoltError)) return String((error as Error).stack);
    return record.kind === 'statement' && record.fails ? undefined : error.message;
  }
  if (record.kind === 'statement') return record.fails ? 'no error' : undefined;
  return wrongResult(rows, record) ?? wrongLabel(rows, record, labels);
}

function wrongResult(rows: readonly (readonly string[])[], record: QueryRecord): string | undefined {
  if (record.expected === undefined) return undefined;
  const got = writtenResult(rows, record);
  const expected = record.expected.join('\n');
  return got === expected ? undefined : `${got}\ninstead of: ${expected}`;
}

function wrongLabel(
  rows: readonly (readonly string[])[],
  record: QueryRecord,
  labels: Map<string, LabelledResult>,
): string | undefined {
  if (record.label === undefined) return undefined;
  const hash = resultHash(rows, record);
  const first = labels.get(record.label);
  if (first === undefined) labels.set(record.label, { line: record.line, hash });
  if (first === undefined || first.hash === hash) return undefined;
  return `another result than the query at line ${first.line}, which has the same label ${record.label}`;
}

/** The printed values of what a record gives. */
async function rowsOf(session: Session, record: LogicRecord): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { result } of session.execute(record.sql)) {
    if (result.kind === 'ok') continue;
    const types = record.kind === 'query' ? record.types : 'T'.repeat(result.columns.length);
    if (types.length !== result.columns.length) {
      throw new DoltError('invalid', `${result.columns.length} columns`);
    }
    const formats = result.columns.map(({ type }) => formatterFor(type));
    for await (const { length, columns } of session.batches(result)) {
      for (let i = 0; i < length; i++) {
        rows.push(
          columns.map((column, c) => {
            const value = column[i]!;
            return printedValue(value === null ? null : formats[c]!(value), types[c]!);
          }),
        );
      }
    }
  }
  return rows;
}

/** One statement that only reads, at one commit, for so long, with so many rows and so much memory. */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { Engine } from '../../sql/engine.ts';
import type { Session } from '../../sql/engine-session.ts';
import type { ResultColumn } from '../../sql/session/statement-result.ts';
import type { Statement } from '../../sql/syntax/ast/statement.ts';
import { ScriptReader } from '../../sql/syntax/parse.ts';
import { keptBytes } from '../../sql/types/kept-bytes.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import type { Value } from '../../tuple/value.ts';
import type { Reading } from './reading.ts';
import type { SqlLimits } from './sql-limits.ts';

export interface SqlAnswer {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
  /** Milliseconds that it took. */
  readonly time: number;
}

/** Between two looks at the memory, milliseconds. */
const LOOK_EVERY = 25;

const INTERRUPTED = 1317;

export const tooLong = ({ time }: SqlLimits): DoltError =>
  new DoltError('unavailable', `the statement was stopped: it ran longer than ${time / 1000} s`);

export const tooMuchMemory = ({ memoryBytes }: SqlLimits): DoltError =>
  new DoltError('unavailable', `the statement was stopped: it took more than ${memoryBytes >> 20} MiB of memory`);

/**
 * Throws a `DoltError`: `denied` for what writes, `invalid` for a wrong text, `unavailable` beyond a limit. Limits are
 * looked at between slices of time: what one function does to one batch is not ended by them. `usedMemory`: bytes, of the
 * whole process.
 */
export async function runStatement(
  { engine, database }: Reading,
  commit: Address,
  sql: string,
  limits: SqlLimits,
  usedMemory: () => number = memoryOfProcess,
): Promise<SqlAnswer> {
  const session = engine.session({ database: `${database}/${commit}` });
  const watch = watching(engine, session, limits, usedMemory);
  try {
    return await answerOf(engine, session, sql, limits);
  } catch (error) {
    if (watch.reason !== undefined && error instanceof SqlError && error.errno === INTERRUPTED) throw watch.reason;
    throw error;
  } finally {
    watch.end();
    await session.close();
  }
}

async function answerOf(engine: Engine, session: Session, sql: string, limits: SqlLimits): Promise<SqlAnswer> {
  const reader = new ScriptReader(sql);
  const parsed = session.parse(reader);
  if (parsed === undefined) throw new DoltError('invalid', 'there is no statement');
  assertReads(parsed.statement);
  if (session.parse(reader) !== undefined) throw new DoltError('invalid', 'one statement at a time');
  const { clock } = engine.state;
  const start = clock.monotonic();
  const { result } = await session.run(parsed);
  if (result.kind !== 'rows') return { columns: [], rows: [], isCut: false, time: 0 };
  const rows: Value[][] = [];
  let isCut = false;
  let bytes = 0;
  for await (const { length, columns } of session.batches(result)) {
    const taken = Math.min(length, limits.rows - rows.length);
    for (let i = 0; i < taken; i++) {
      const row = columns.map((column) => column[i]!);
      bytes += row.reduce<number>((sum, value) => sum + keptBytes(value), 0);
      if (bytes > limits.answerBytes) {
        const most = `${limits.answerBytes >> 20} MiB`;
        throw new DoltError('unavailable', `the answer is larger than ${most}: ask for fewer rows, or shorter values`);
      }
      rows.push(row);
    }
    isCut = taken < length;
    if (isCut) break;
  }
  return { columns: result.columns, rows, isCut, time: clock.monotonic() - start };
}

/** Interrupts what takes too much. */
function watching(
  engine: Engine,
  session: Session,
  limits: SqlLimits,
  usedMemory: () => number,
): { readonly reason: DoltError | undefined; end(): void } {
  const { clock, timers } = engine.state;
  const ended = new AbortController();
  let reason: DoltError | undefined;
  const deadline = clock.monotonic() + limits.time;
  const memoryBefore = usedMemory();
  const look = async (): Promise<void> => {
    while (reason === undefined) {
      await timers.sleep(LOOK_EVERY, ended.signal);
      if (clock.monotonic() >= deadline) reason = tooLong(limits);
      else if (usedMemory() - memoryBefore > limits.memoryBytes) reason = tooMuchMemory(limits);
    }
    session.interrupt();
  };
  look().catch(() => {});
  return {
    get reason() {
      return reason;
    },
    end: () => ended.abort(),
  };
}

function memoryOfProcess(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function assertReads(statement: Statement): void {
  const read = statement.kind === 'explain' ? statement.statement : statement;
  if (read.kind === 'select' || read.kind === 'show' || read.kind === 'describe') return;
  throw new DoltError('denied', 'only SELECT, SHOW, DESCRIBE and EXPLAIN: what the hub shows is read only');
}

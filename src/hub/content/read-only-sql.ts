/**
 * SQL that strangers may run: one statement that only reads, at one commit, for so long, with so many rows and so much
 * memory. A few run at a time, others wait for their turn, and beyond that they are refused.
 */
import { DoltError } from '../../base/errors.ts';
import type { Engine, Session } from '../../sql/engine.ts';
import type { ResultColumn } from '../../sql/session/statement-result.ts';
import { ScriptReader } from '../../sql/syntax/parse.ts';
import type { Statement } from '../../sql/syntax/statement.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import type { Value } from '../../tuple/value.ts';
import type { Point, Reading } from './reading.ts';
import type { SqlLimits } from './sql-limits.ts';

export interface SqlAnswer {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
  /** Milliseconds that it took. */
  readonly time: number;
}

const AT_A_TIME = 4;
const MOST_WAITING = 32;
/** Between two looks at the memory, milliseconds. */
const LOOK_EVERY = 25;

const INTERRUPTED = 1317;

export class ReadOnlySql {
  readonly #limits: SqlLimits;
  readonly #usedMemory: () => number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `usedMemory`: bytes, of the whole process. */
  constructor(limits: SqlLimits, usedMemory: () => number = memoryOfProcess) {
    this.#limits = limits;
    this.#usedMemory = usedMemory;
  }

  /** Throws a `DoltError`: `denied` for what writes, `invalid` for a wrong text, `unavailable` beyond a limit. */
  async run(reading: Reading, point: Point, sql: string): Promise<SqlAnswer> {
    await this.#turn();
    const session = reading.engine.session({ database: `${reading.database}/${point.commit}` });
    try {
      return await this.#run(reading.engine, session, sql);
    } finally {
      await session.close();
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_A_TIME) {
      if (this.#waiting.length >= MOST_WAITING) {
        throw new DoltError('unavailable', 'too many statements run here now; try again in a moment');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }

  async #run(engine: Engine, session: Session, sql: string): Promise<SqlAnswer> {
    const reader = new ScriptReader(sql);
    const parsed = session.parse(reader);
    if (parsed === undefined) throw new DoltError('invalid', 'there is no statement');
    assertReads(parsed.statement);
    if (session.parse(reader) !== undefined) throw new DoltError('invalid', 'one statement at a time');
    const watch = this.#watch(engine, session);
    const start = engine.state.clock.monotonic();
    try {
      const { result } = await session.run(parsed);
      if (result.kind !== 'rows') return { columns: [], rows: [], isCut: false, time: 0 };
      const rows: Value[][] = [];
      let isCut = false;
      for await (const { length, columns } of session.batches(result)) {
        const taken = Math.min(length, this.#limits.rows - rows.length);
        for (let i = 0; i < taken; i++) rows.push(columns.map((column) => column[i]!));
        isCut = taken < length;
        if (isCut) break;
      }
      return { columns: result.columns, rows, isCut, time: engine.state.clock.monotonic() - start };
    } catch (error) {
      if (watch.reason !== undefined && error instanceof SqlError && error.errno === INTERRUPTED) {
        throw new DoltError('unavailable', watch.reason, { cause: error });
      }
      throw error;
    } finally {
      watch.end();
    }
  }

  /** Interrupts what takes too much. */
  #watch(engine: Engine, session: Session): { readonly reason: string | undefined; end(): void } {
    const { clock, timers } = engine.state;
    const { time, memoryBytes } = this.#limits;
    const ended = new AbortController();
    let reason: string | undefined;
    const deadline = clock.monotonic() + time;
    const memoryBefore = this.#usedMemory();
    const look = async (): Promise<void> => {
      while (reason === undefined) {
        await timers.sleep(LOOK_EVERY, ended.signal);
        if (clock.monotonic() >= deadline) reason = `the statement was stopped: it ran longer than ${time / 1000} s`;
        else if (this.#usedMemory() - memoryBefore > memoryBytes) {
          reason = `the statement was stopped: it took more than ${memoryBytes >> 20} MiB of memory`;
        }
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

/**
 * Statements in processes of their own. They end themselves at their limits, between slices of time; what does not come to
 * such a point is ended from here. One process stays for the next statement, for a while.
 */
import type { Address } from '../../base/address.ts';
import type { Clock, Timers } from '../../base/environment.ts';
import { DoltError } from '../../base/errors.ts';
import type { Reading } from '../content/reading.ts';
import { type SqlAnswer, tooLong, tooMuchMemory } from '../content/run-statement.ts';
import type { SqlLimits } from '../content/sql-limits.ts';
import type { Answer, Question } from './messages.ts';
import type { Broken, StatementProcess } from './statement-process.ts';

export interface StatementProcessesOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly limits: SqlLimits;
  /** With so much heap. */
  readonly start: (heapBytes: number) => StatementProcess;
}

/** Beyond a statement's time, milliseconds: for its last slice, and for a process that begins. */
const GRACE = 1000;
const BEGINNING = 5000;
/** Between two looks at a process, milliseconds. */
const LOOK_EVERY = 50;
/** What a process takes beside its heap: Node, code, buffers. */
const BESIDE_HEAP = 256 << 20;
/** How long one waits for the next statement. */
const IDLE = 60_000;

export class StatementProcesses {
  readonly #options: StatementProcessesOptions;
  readonly #running = new Set<StatementProcess>();
  #idle: { readonly process: StatementProcess; readonly leave: AbortController } | undefined;

  constructor(options: StatementProcessesOptions) {
    this.#options = options;
  }

  /** Throws as `runStatement` does. */
  async run({ repository, database }: Reading, commit: Address, sql: string): Promise<SqlAnswer> {
    const { limits } = this.#options;
    const kept = this.#taken();
    const process = kept ?? this.#options.start(limits.memoryBytes);
    this.#running.add(process);
    try {
      const question: Question = { folder: repository.directory, database, commit, sql, limits };
      const asked = process.ask(question);
      const time = limits.time + GRACE + (kept === undefined ? BEGINNING : 0);
      return this.#answerOf(await this.#watched(process, asked, time));
    } finally {
      this.#running.delete(process);
      this.#keep(process);
    }
  }

  /** Ends what runs. */
  close(): void {
    this.#taken()?.stop();
    for (const process of this.#running) process.stop();
  }

  /** Stops it when it goes beyond its limits; throws when it took too long. */
  async #watched(process: StatementProcess, asked: Promise<Answer | Broken>, time: number): Promise<Answer | Broken> {
    const { clock, timers, limits } = this.#options;
    const deadline = clock.monotonic() + time;
    const ended = new AbortController();
    const watch = async (): Promise<Broken | 'late'> => {
      for (;;) {
        await timers.sleep(LOOK_EVERY, ended.signal);
        if (clock.monotonic() > deadline) return 'late';
        if (process.memory > limits.memoryBytes + BESIDE_HEAP) return 'memory';
      }
    };
    const end = await Promise.race([asked, watch()]);
    ended.abort(new DoltError('unavailable', 'over'));
    if (typeof end === 'string') process.stop();
    if (end === 'late') throw tooLong(limits);
    return end;
  }

  #answerOf(end: Answer | Broken): SqlAnswer {
    if (end === 'memory') throw tooMuchMemory(this.#options.limits);
    if (end === 'stopped') throw new DoltError('unavailable', 'the statement was broken off; try again');
    if ('answer' in end) return end.answer;
    if (end.kind === undefined) throw new Error(end.error);
    throw new DoltError(end.kind, end.error);
  }

  #taken(): StatementProcess | undefined {
    const idle = this.#idle;
    this.#idle = undefined;
    idle?.leave.abort(new DoltError('unavailable', 'taken'));
    return idle?.process.isAlive ? idle.process : undefined;
  }

  #keep(process: StatementProcess): void {
    if (this.#idle !== undefined || !process.isAlive) {
      process.stop();
      return;
    }
    const leave = new AbortController();
    const idle = { process, leave };
    this.#idle = idle;
    const end = async (): Promise<void> => {
      await this.#options.timers.sleep(IDLE, leave.signal);
      if (this.#idle === idle) this.#idle = undefined;
      process.stop();
    };
    end().catch(() => {});
  }
}

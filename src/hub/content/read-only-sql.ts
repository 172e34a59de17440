/** SQL that strangers may run: a few statements run at a time, others wait for their turn, and beyond that they are refused. */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { Point, Reading } from './reading.ts';
import type { SqlAnswer } from './run-statement.ts';

/** Runs one statement at a commit; throws as `runStatement` does. */
export type RunStatement = (reading: Reading, commit: Address, sql: string) => Promise<SqlAnswer>;

const AT_A_TIME = 4;
const MOST_WAITING = 32;

export class ReadOnlySql {
  readonly #runStatement: RunStatement;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(runStatement: RunStatement) {
    this.#runStatement = runStatement;
  }

  /** Throws a `DoltError`: `denied` for what writes, `invalid` for a wrong text, `unavailable` beyond a limit. */
  async run(reading: Reading, point: Point, sql: string): Promise<SqlAnswer> {
    await this.#turn();
    try {
      return await this.#runStatement(reading, point.commit, sql);
    } finally {
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
}

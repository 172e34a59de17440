/** How an operator ran, for EXPLAIN ANALYZE: its rows, how often it was started, and its time, that of its inputs within it. */
import type { Clock } from '../../base/environment.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

export class Measured implements Operator {
  rows = 0;
  runs = 0;
  milliseconds = 0;
  readonly #operator: Operator;
  readonly #clock: Clock;

  constructor(operator: Operator, clock: Clock) {
    this.#operator = operator;
    this.#clock = clock;
  }

  *run(context: ExecutionContext): Rows {
    this.runs++;
    const rows = this.#operator.run(context);
    try {
      for (;;) {
        const start = this.#clock.monotonic();
        const next = rows.next();
        this.milliseconds += this.#clock.monotonic() - start;
        if (next.done) return;
        if (!isWait(next.value)) this.rows += next.value.length;
        yield next.value;
      }
    } finally {
      rows.return();
    }
  }
}

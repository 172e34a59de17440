/** Rows on which a condition is true. */
import { BATCH_SIZE } from '../expressions/batch.ts';
import type { EvaluateFilter } from '../expressions/compile.ts';
import { select } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

export class Filter implements Operator {
  readonly #input: Operator;
  readonly #condition: EvaluateFilter;

  constructor(input: Operator, condition: EvaluateFilter) {
    this.#input = input;
    this.#condition = condition;
  }

  *run(context: ExecutionContext): Rows {
    const selection = new Uint16Array(BATCH_SIZE);
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const count = this.#condition(item, context, undefined, item.length, selection);
      if (count > 0) yield select(item, selection, count);
    }
  }
}

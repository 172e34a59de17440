/** The rows after the first `offset`, at most `count` of them. Its input is not asked for more than that. */
import { ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate } from '../expressions/compile.ts';
import { slice } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

/** The value of a LIMIT or OFFSET; without one, `otherwise`. */
export function rowCount(evaluate: Evaluate | undefined, otherwise: number, context: ExecutionContext): number {
  const value = evaluate?.(ONE_ROW, 0, context) ?? undefined;
  return value === undefined ? otherwise : Number(value);
}

export class Limit implements Operator {
  readonly #input: Operator;
  readonly #count: Evaluate | undefined;
  readonly #offset: Evaluate | undefined;

  constructor(input: Operator, count: Evaluate | undefined, offset: Evaluate | undefined) {
    this.#input = input;
    this.#count = count;
    this.#offset = offset;
  }

  *run(context: ExecutionContext): Rows {
    let skip = rowCount(this.#offset, 0, context);
    let left = rowCount(this.#count, Number.POSITIVE_INFINITY, context);
    if (left <= 0) return;
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const from = Math.min(skip, item.length);
      const to = Math.min(item.length, from + left);
      skip -= from;
      left -= to - from;
      if (to > from) yield slice(item, from, to);
      if (left <= 0) return;
    }
  }
}

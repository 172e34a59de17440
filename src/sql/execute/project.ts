/** Computes columns. A column that is only passed on is shared with the input's batch, not copied. */
import type { EvaluateColumn } from '../expressions/compile.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

/** The input's column at a position, or a computed one. */
export type Projection = number | EvaluateColumn;

export class Project implements Operator {
  readonly #input: Operator;
  readonly #projections: readonly Projection[];

  constructor(input: Operator, projections: readonly Projection[]) {
    this.#input = input;
    this.#projections = projections;
  }

  *run(context: ExecutionContext): Rows {
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const columns = this.#projections.map((p) => (typeof p === 'number' ? item.columns[p]! : p(item, context)));
      yield { length: item.length, columns };
    }
  }
}

/** Computes columns. A column that is only passed on is shared with the input's batch, not copied. */
import type { Batch } from '../expressions/batch.ts';
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
      yield projected(item, this.#projections, context);
    }
  }
}

export function projected(batch: Batch, projections: readonly Projection[], context: ExecutionContext): Batch {
  const columns = projections.map((p) => (typeof p === 'number' ? batch.columns[p]! : p(batch, context)));
  return { length: batch.length, columns };
}

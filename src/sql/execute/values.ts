/** Rows written out: VALUES, and the one row of a SELECT without FROM. */
import { type Column, ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate } from '../expressions/compile.ts';
import { MustWait } from '../expressions/must-wait.ts';
import { RowStore } from './columns.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

export class OneRow implements Operator {
  *run(): Rows {
    yield ONE_ROW;
  }
}

export class NoRows implements Operator {
  *run(): Rows {
    // Nothing to give.
  }
}

export class Values implements Operator {
  readonly #width: number;
  readonly #rows: readonly (readonly Evaluate[])[];

  constructor(width: number, rows: readonly (readonly Evaluate[])[]) {
    this.#width = width;
    this.#rows = rows;
  }

  *run(context: ExecutionContext): Rows {
    const store = new RowStore(this.#width);
    for (const row of this.#rows) {
      const columns: Column[] = [];
      for (const evaluate of row) {
        try {
          columns.push([evaluate(ONE_ROW, 0, context)]);
        } catch (error) {
          if (!(error instanceof MustWait)) throw error;
          columns.push([yield* error.value]);
        }
      }
      store.append({ length: 1, columns });
    }
    yield* store.batches();
  }
}

/** JSON_TABLE and its like: the rows of arguments, which are evaluated anew for each row of the tables that they read. */
import { ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate } from '../expressions/compile.ts';
import { sceneOf } from '../expressions/evaluation-context.ts';
import type { ComputedRowsPlan } from '../plan/plan.ts';
import { RowStore } from './columns.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

export class ComputedRows implements Operator {
  readonly #plan: ComputedRowsPlan;
  readonly #args: readonly Evaluate[];

  constructor(plan: ComputedRowsPlan, args: readonly Evaluate[]) {
    this.#plan = plan;
    this.#args = args;
  }

  *run(context: ExecutionContext): Rows {
    const { rowsOf, columns } = this.#plan;
    const values = this.#args.map((evaluate) => evaluate(ONE_ROW, 0, context));
    const store = new RowStore(columns.length);
    for (const row of rowsOf(values, sceneOf(context))) {
      store.append({ length: 1, columns: row.map((value) => [value]) });
    }
    yield* store.batches();
  }
}

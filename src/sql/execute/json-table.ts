/** JSON_TABLE: the rows of one document, which is evaluated anew for each row of the tables that it reads. */
import { ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate } from '../expressions/compile.ts';
import { sceneOf } from '../expressions/evaluation-context.ts';
import { tableRows } from '../functions/json-table.ts';
import type { JsonTablePlan } from '../plan/plan.ts';
import { RowStore } from './columns.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

export class JsonTable implements Operator {
  readonly #plan: JsonTablePlan;
  readonly #document: Evaluate;

  constructor(plan: JsonTablePlan, document: Evaluate) {
    this.#plan = plan;
    this.#document = document;
  }

  *run(context: ExecutionContext): Rows {
    const { read, rows, columns } = this.#plan;
    const document = this.#document(ONE_ROW, 0, context);
    if (document === null) return;
    const store = new RowStore(columns.length);
    for (const row of tableRows(read(document), rows, columns.length, sceneOf(context))) {
      store.append({ length: 1, columns: row.map((value) => [value]) });
    }
    yield* store.batches();
  }
}

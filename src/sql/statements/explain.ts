/** EXPLAIN: the plan of a query, one operator a line; ANALYZE runs it and says how many rows came. */
import { bindQuery } from '../bind/bind-query.ts';
import { optimize } from '../optimize/optimize.ts';
import type { ExplainStatement } from '../syntax/statement.ts';
import { notSupported } from '../types/sql-error.ts';
import { describePlan } from './describe-plan.ts';
import { allRows, runBound } from './query.ts';
import { column, rowsOf } from './result-rows.ts';
import { bindContext, executionContext, type RunStatement } from './scene.ts';

export const runExplain: RunStatement<ExplainStatement> = function* ({ statement, analyze }, scene) {
  if (statement.kind !== 'select') throw notSupported(`EXPLAIN of ${statement.kind}`);
  const bound = bindQuery(statement.query, bindContext(scene));
  const lines = [...describePlan(optimize(bound.plan, executionContext(scene)))];
  if (analyze) {
    const rows = yield* allRows(runBound(bound, scene).rows);
    lines.push(`rows: ${rows.length}`);
  }
  return rowsOf(
    [column('plan')],
    lines.map((line) => [line]),
  );
};

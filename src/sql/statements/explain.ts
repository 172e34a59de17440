/**
 * EXPLAIN: the plan of a query as a tree, a line a node, with the rows that it is expected to give; ANALYZE runs it and says
 * what each node really gave, how often it was started, and how long it took together with the nodes below it.
 */
import { bindQuery } from '../bind/bind-query.ts';
import { buildOperator } from '../execute/execute.ts';
import { Measured } from '../execute/measured.ts';
import { Estimator } from '../optimize/estimate.ts';
import { optimize } from '../optimize/optimize.ts';
import { explain } from '../plan/explain.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExplainStatement } from '../syntax/statement.ts';
import { notSupported, unknownExplainFormat } from '../types/sql-error.ts';
import { forEachBatch } from './query.ts';
import { column, rowsOf } from './result-rows.ts';
import { bindContext, executionContext, type RunStatement } from './scene.ts';

export const runExplain: RunStatement<ExplainStatement> = function* ({ statement, analyze, format = 'tree' }, scene) {
  if (format === 'json') throw notSupported('EXPLAIN FORMAT=JSON');
  // Clients ask for the traditional form by habit.
  if (format !== 'tree' && format !== 'traditional') throw unknownExplainFormat(format);
  if (statement.kind !== 'select') throw notSupported(`EXPLAIN of ${statement.kind}`);
  const context = executionContext(scene);
  const bound = bindQuery(statement.query, bindContext(scene));
  const plan = optimize(bound.plan, context, { checkCancelled: () => void scene.pause() });
  const measured = new Map<Plan, Measured>();
  if (analyze) {
    const { clock } = scene.session.engine;
    const operator = buildOperator(plan, (node, built) => {
      const measure = new Measured(built, clock);
      measured.set(node, measure);
      return measure;
    });
    yield* forEachBatch(operator.run(context), () => {});
  }
  const estimator = new Estimator(context);
  const note = (node: Plan): string => {
    const expected = `estimated rows: ${Math.round(estimator.rows(node))}`;
    if (!analyze) return ` (${expected})`;
    const { rows, runs, milliseconds } = measured.get(node) ?? { rows: 0, runs: 0, milliseconds: 0 };
    const often = runs === 1 ? '' : `, runs: ${runs}`;
    return ` (${expected}, rows: ${rows}${often}${runs === 0 ? '' : `, ${milliseconds.toFixed(1)} ms`})`;
  };
  return rowsOf(
    [column('plan')],
    explain(plan, note).map((line) => [line]),
  );
};

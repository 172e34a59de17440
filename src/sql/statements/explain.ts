/**
 * EXPLAIN: the plan of a query as a tree, a line a node, with the rows that it is expected to give; ANALYZE runs it and says
 * what each node really gave, how often it was started, and how long it took together with the nodes below it. Of a statement
 * that changes rows it is the plan of the query that finds them, below a line for the change. FORMAT=JSON is MySQL's document.
 */
import { bindQuery } from '../bind/bind-query.ts';
import { buildOperator } from '../execute/execute.ts';
import { Measured } from '../execute/measured.ts';
import { Estimator } from '../optimize/estimate.ts';
import { optimize } from '../optimize/optimize.ts';
import { explain } from '../plan/explain.ts';
import { type Change, explainJson } from '../plan/explain-json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { ExplainStatement } from '../syntax/ast/show-statements.ts';
import type { Statement } from '../syntax/ast/statement.ts';
import { notSupported, unknownExplainFormat } from '../types/sql-error.ts';
import { rowsToDelete } from './delete.ts';
import { rowsToInsert } from './insert.ts';
import { forEachBatch } from './query.ts';
import { column, rowsOf } from './result-rows.ts';
import { bindContext, executionContext, type RunStatement, type StatementScene } from './scene.ts';
import { rowsToUpdate } from './update.ts';

export const runExplain: RunStatement<ExplainStatement> = function* ({ statement, analyze, format = 'tree' }, scene) {
  // Clients ask for the traditional form by habit.
  if (format !== 'tree' && format !== 'traditional' && format !== 'json') throw unknownExplainFormat(format);
  const { query, change } = explained(statement, scene);
  if (change !== undefined && analyze) throw notSupported(`EXPLAIN ANALYZE of ${statement.kind}`);
  if (format === 'json' && analyze) throw notSupported('EXPLAIN ANALYZE with JSON format');
  if (typeof query === 'number') {
    if (format === 'json') return documentOf(explainJson(undefined, change, () => 0));
    return planOf([changeText(change!), ` └─ Values (${query} rows)`]);
  }
  const context = executionContext(scene);
  const bound = bindQuery(query, bindContext(scene));
  const plan = optimize(bound.plan, context, { checkCancelled: () => void scene.pause() });
  const estimator = new Estimator(context);
  if (format === 'json') return documentOf(explainJson(plan, change, (node) => estimator.rows(node)));
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
  const note = (node: Plan): string => {
    const expected = `estimated rows: ${Math.round(estimator.rows(node))}`;
    if (!analyze) return ` (${expected})`;
    const { rows, runs, milliseconds } = measured.get(node) ?? { rows: 0, runs: 0, milliseconds: 0 };
    const often = runs === 1 ? '' : `, runs: ${runs}`;
    return ` (${expected}, rows: ${rows}${often}${runs === 0 ? '' : `, ${milliseconds.toFixed(1)} ms`})`;
  };
  const lines = explain(plan, note);
  if (change === undefined) return planOf(lines);
  return planOf([changeText(change), ...lines.map((line, i) => (i === 0 ? ' └─ ' : '    ') + line)]);
};

const documentOf = (document: string) => rowsOf([column('EXPLAIN')], [[document]]);

function changeText({ verb, tables }: Change): string {
  const name = { insert: 'Insert into', replace: 'Replace into', update: 'Update', delete: 'Delete from' }[verb];
  return `${name} ${tables.join(', ')}`;
}

const planOf = (lines: readonly string[]) =>
  rowsOf(
    [column('plan')],
    lines.map((line) => [line]),
  );

/** The query, or the number of rows that the statement holds itself; with what it does to the rows. */
function explained(
  statement: Statement,
  scene: StatementScene,
): { readonly query: Query | number; readonly change?: Change } {
  switch (statement.kind) {
    case 'select':
      return { query: statement.query };
    case 'update': {
      const { query, tables } = rowsToUpdate(statement, scene);
      return { query, change: { verb: 'update', tables } };
    }
    case 'delete': {
      const { query, tables } = rowsToDelete(statement, scene);
      return { query, change: { verb: 'delete', tables } };
    }
    case 'insert': {
      const { rows, table } = rowsToInsert(statement, scene);
      return { query: rows, change: { verb: statement.replace ? 'replace' : 'insert', tables: [table] } };
    }
    default:
      throw notSupported(`EXPLAIN of ${statement.kind}`);
  }
}

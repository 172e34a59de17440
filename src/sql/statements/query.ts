/** Queries: from the syntax of a SELECT to rows. */
import { type Steps, waitFor } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import type { BoundQuery, OutputColumn } from '../bind/bind-query.ts';
import { execute } from '../execute/execute.ts';
import { isWait, type Rows } from '../execute/operator.ts';
import type { Batch } from '../expressions/batch.ts';
import { optimize } from '../optimize/optimize.ts';
import type { ResultColumn, StatementResult } from '../session/statement-result.ts';
import { ok } from '../session/statement-result.ts';
import type { Into, Query } from '../syntax/ast/query.ts';
import type { SelectStatement } from '../syntax/ast/row-statements.ts';
import { SqlError, tooManyRows } from '../types/sql-error.ts';
import { plannedQuery } from './plan-cache.ts';
import { executionContext, type RunStatement, type StatementScene } from './scene.ts';

export interface RunningQuery {
  readonly columns: readonly OutputColumn[];
  readonly rows: Rows;
}

export function runQuery(query: Query, scene: StatementScene): RunningQuery {
  const context = executionContext(scene);
  const { operator, columns, tables } = plannedQuery(query, scene, context);
  context.tables = tables;
  return { columns, rows: operator.run(context) };
}

export function runBound(bound: BoundQuery, scene: StatementScene): RunningQuery {
  const context = executionContext(scene);
  const plan = optimize(bound.plan, context, { checkCancelled: () => void scene.pause() });
  return { columns: bound.columns, rows: execute(plan, context) };
}

/** The batches of a query inside a longer statement; `yield*` passes the waits on. */
export function* forEachBatch(rows: Rows, visit: (batch: Batch) => void): Steps<void> {
  for (const item of rows) {
    if (isWait(item)) yield item;
    else visit(item);
  }
}

/** All rows, each as an array. */
export function* allRows(rows: Rows): Steps<Value[][]> {
  const found: Value[][] = [];
  yield* forEachBatch(rows, (batch) => {
    for (let i = 0; i < batch.length; i++) found.push(batch.columns.map((column) => column[i]!));
  });
  return found;
}

type IntoVariables = Extract<Into, { kind: 'variables' }>;

export const runSelect: RunStatement<SelectStatement> = function* ({ query }, scene) {
  const running = runQuery(limited(query, scene), scene);
  if (query.into?.kind === 'variables') return yield* into(query.into, running, scene);
  if (query.into !== undefined) {
    const { intoFile } = yield* waitFor(import('./files/into-file.ts'));
    return yield* intoFile(query.into, running, scene);
  }
  const { columns, rows } = running;
  return { kind: 'rows', columns, rows, found: countsAll(query) ? runQuery(withoutLimit(query), scene).rows : 'own' };
};

/** SQL_CALC_FOUND_ROWS: FOUND_ROWS() is what there would be without the LIMIT. */
function countsAll({ body, limit }: Query): boolean {
  return limit !== undefined && body.kind === 'select' && body.options.includes('sql_calc_found_rows');
}

function withoutLimit({ limit: _, ...query }: Query): Query {
  return query;
}

/** A SELECT without a LIMIT of its own has that of `sql_select_limit`. */
function limited(query: Query, { session }: StatementScene): Query {
  const most = session.variables.text('sql_select_limit');
  if (query.limit !== undefined || query.into !== undefined || most === NO_LIMIT) return query;
  const { start, end } = query;
  return { ...query, limit: { start, end, count: { start, end, kind: 'number', text: most } } };
}

/** What `sql_select_limit` is at first. */
const NO_LIMIT = '2147483647';

export function resultColumn({ name, type, nullable, source, qualifier }: OutputColumn): ResultColumn {
  return { name, type, nullable, source, qualifier };
}

function* into(
  { targets }: IntoVariables,
  { columns, rows }: RunningQuery,
  scene: StatementScene,
): Steps<StatementResult> {
  if (targets.length !== columns.length) {
    throw new SqlError(1222, '21000', 'The used SELECT statements have a different number of columns');
  }
  const found = yield* allRows(rows);
  if (found.length > 1) throw tooManyRows();
  const [row] = found;
  if (row === undefined) {
    scene.functions.warn({
      level: 'Warning',
      code: 1329,
      message: 'No data - zero rows fetched, selected, or processed',
    });
    return ok();
  }
  for (const [i, { name }] of targets.entries()) {
    scene.functions.setUserVariable(name, { type: columns[i]!.type, value: row[i]! });
  }
  return ok({ affectedRows: 1 });
}

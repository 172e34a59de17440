/** Expressions outside of a query: SET, CALL, DO, LIMIT of SHOW. A subquery in one is run as a query of one row. */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import { bindRowExpression } from '../bind/bind-query.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { compile } from '../expressions/compile.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { AsOf } from '../syntax/ast/table-reference.ts';
import { subqueryRows } from '../types/sql-error.ts';
import { allRows, runQuery } from './query.ts';
import { bindContext, evaluationContext, type StatementScene } from './scene.ts';
import { isQueryLike } from './syntax-walk.ts';

export function* evaluateConstant(expression: Expression, scene: StatementScene): Steps<TypedValue> {
  if (isQueryLike(expression)) {
    const { columns, rows } = runQuery(selectOf([expression]), scene);
    const found = yield* allRows(rows);
    if (found.length > 1) throw subqueryRows();
    return { type: columns[0]!.type, value: found[0]?.[0] ?? null };
  }
  const bound = bindRowExpression(expression, [], bindContext(scene));
  return { type: bound.type, value: compile(bound)(ONE_ROW, 0, evaluationContext(scene)) };
}

/** The commit or time that AS OF names; undefined where it was not written. */
export function* evaluateAsOf(asOf: AsOf | undefined, scene: StatementScene): Steps<Value | undefined> {
  return asOf === undefined ? undefined : (yield* evaluateConstant(asOf.at, scene)).value;
}

/** `SELECT expressions`, without FROM. */
export function selectOf(expressions: readonly Expression[]): Query {
  const [first] = expressions;
  const place = { start: first?.start ?? 0, end: first?.end ?? 0 };
  return {
    ...place,
    kind: 'query',
    orderBy: [],
    locks: [],
    body: {
      ...place,
      kind: 'select',
      distinct: false,
      options: [],
      items: expressions.map((expression, i) => ({ ...place, kind: 'expression', expression, label: `c${i}` })),
      from: [],
      groupBy: [],
      rollup: false,
      windows: [],
    },
  };
}

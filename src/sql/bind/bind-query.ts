/**
 * Binding: from the syntax of a query and a catalog to a plan whose names are resolved, whose expressions have types
 * and whose subqueries are Apply nodes. The plan that comes out is correct as it stands; `optimize` only makes it fast.
 */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import type { Plan } from '../plan/plan.ts';
import type { Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { SqlError } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { bindQueryIn } from './bind-body.ts';
import { bindExpression } from './bind-expression.ts';
import { plainScene } from './bind-from.ts';
import { type BindContext, Binder, Environment } from './binder.ts';
import { type ColumnSource, Scope, type ScopeColumn } from './scope.ts';

export type { BindContext };

/** A column of a result set. */
export interface OutputColumn {
  readonly id: number;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Where it comes from, when it is a column of a table as it is. */
  readonly source?: ColumnSource | undefined;
  /** What may stand before its name in the query, when it is a column of FROM as it is. */
  readonly qualifier?: string | undefined;
}

export interface BoundQuery {
  /** Its columns are `columns`, in this order. */
  readonly plan: Plan;
  readonly columns: readonly OutputColumn[];
}

/** Binds SELECT, UNION, VALUES, TABLE, WITH …. INTO and locks are the caller's. Throws SqlError with MySQL's numbers. */
export function bindQuery(query: Query, context: BindContext): BoundQuery {
  const environment = new Environment(new Binder(context, query), context.catalog, context.access);
  return bindQueryIn(query, environment, undefined);
}

/** A name that a row expression may use. */
export interface RowColumn {
  /** Qualifier that may stand before the name: the table, an alias, `new`; `values` for VALUES(column). */
  readonly table?: string;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Made by the engine for an index: nothing finds it. */
  readonly system?: boolean;
  /** Only found with its qualifier. */
  readonly qualifiedOnly?: boolean;
  /** Why it may not be read. */
  readonly denial?: SqlError | undefined;
}

/**
 * Binds an expression over one row (a default, a check, a generated column, SET of ON DUPLICATE KEY UPDATE) whose batch
 * holds `columns` by position: compile it as it is. Subqueries and aggregates are errors.
 */
export function bindRowExpression(
  expression: SyntaxExpression,
  columns: readonly RowColumn[],
  context: BindContext,
  clause = 'field list',
): Expression {
  const environment = new Environment(new Binder(context, expression), context.catalog, context.access);
  const scope = columns.map((c, id) => scopeColumn(c, id));
  return bindExpression(expression, plainScene(environment, new Scope(scope, undefined, clause)));
}

/**
 * Binds an expression over one row that has subqueries, or calls of what is stored: a query of one column. The values of
 * the row are parameters, those from number `first` on.
 */
export function bindRowQuery(
  expression: SyntaxExpression,
  columns: readonly RowColumn[],
  first: number,
  context: BindContext,
): BoundQuery {
  const binder = new Binder(context, expression);
  const environment = new Environment(binder, context.catalog, context.access);
  const scope = columns.map((column) => scopeColumn(column, binder.id()));
  const row = columns.map(({ type }, i) => build.parameter(first + i, type));
  let plan: Plan = { kind: 'values', columns: scope.map(({ column }) => column), rows: [row] };
  const value = bindExpression(expression, {
    ...plainScene(environment, new Scope(scope, undefined, 'field list')),
    subquery: (query, inner) => bindQueryIn(query, environment, inner),
    lift: (subquery, mode, column) => {
      plan = { kind: 'apply', input: plan, subquery, column, mode };
    },
  });
  const column = binder.column('value', value.type, value.nullable);
  return { plan: { kind: 'project', input: plan, computed: [{ column, expression: value }] }, columns: [column] };
}

function scopeColumn(
  { table, name, type, nullable, qualifiedOnly, system, denial }: RowColumn,
  id: number,
): ScopeColumn {
  const kind = { ...(qualifiedOnly ? { qualifiedOnly } : {}), ...(system ? { system } : {}) };
  return { table, database: undefined, name, column: { id, name, type, nullable }, ...kind, denial };
}

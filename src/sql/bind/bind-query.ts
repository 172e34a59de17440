/**
 * Binding: from the syntax of a query and a catalog to a plan whose names are resolved, whose expressions have types
 * and whose subqueries are Apply nodes. The plan that comes out is correct as it stands; `optimize` only makes it fast.
 */
import { AssertionError } from '../../base/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Expression } from '../expressions/expression.ts';
import type { SessionView, TypedValue } from '../expressions/session-view.ts';
import type { Plan } from '../plan/plan.ts';
import type { Query, Expression as SyntaxExpression } from '../syntax/ast.ts';
import type { SqlType } from '../types/sql-type.ts';

/** A column of a result set. */
export interface OutputColumn {
  readonly id: number;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Where it comes from, when it is a column of a table as it is. */
  readonly source?: {
    readonly database: string;
    readonly table: string;
    /** The alias, or the table's name. */
    readonly alias: string;
    readonly column: string;
  };
}

export interface BoundQuery {
  /** Its columns are `columns`, in this order. */
  readonly plan: Plan;
  readonly columns: readonly OutputColumn[];
}

export interface BindContext {
  readonly catalog: Catalog;
  readonly session: SessionView;
  /** Values of `?`, by position; their types are final. */
  readonly parameters?: readonly TypedValue[];
}

/** Binds SELECT, UNION, VALUES, TABLE, WITH …. Throws SqlError with MySQL's numbers. */
export function bindQuery(_query: Query, _context: BindContext): BoundQuery {
  throw new AssertionError('not built');
}

/** A name that a row expression may use. */
export interface RowColumn {
  /** Qualifier that may stand before the name: the table, an alias, `new`. */
  readonly table?: string;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

/**
 * Binds an expression over one row (a default, a check, a generated column, SET of ON DUPLICATE KEY UPDATE) whose batch
 * holds `columns` by position: compile it as it is. Subqueries and aggregates are errors.
 */
export function bindRowExpression(
  _expression: SyntaxExpression,
  _columns: readonly RowColumn[],
  _context: BindContext,
): Expression {
  throw new AssertionError('not built');
}

/**
 * Views in FROM: their bodies, bound in their own databases with the rights of their definers, or of whoever reads them. Of
 * what a body cannot read, its reader learns nothing but that the view is invalid.
 */
import type { ViewSource } from '../catalog/catalog.ts';
import { parseOptionsOf, parseStatement } from '../syntax/parse.ts';
import { notSupported, SqlError, viewColumnCount } from '../types/sql-error.ts';
import { bindQueryIn } from './bind-body.ts';
import { type BoundFrom, plainColumn } from './bind-from.ts';
import type { Environment } from './binder.ts';
import type { ColumnSource, ScopeColumn } from './scope.ts';

export function bindView(source: ViewSource, alias: string, environment: Environment): BoundFrom {
  const { database, name: table } = source;
  const name = `${database}.${table}`;
  if (environment.views.includes(name) || environment.binder.context.defining === name) {
    throw new SqlError(1462, 'HY000', `\`${database}\`.\`${table}\` contains view recursion`);
  }
  const { statement } = parseStatement(source.text, parseOptionsOf(source.sqlMode));
  if (statement.kind !== 'select') throw notSupported(`view ${table}`);
  const inside = environment.inView(name, source);
  const body = orInvalid(name, () => bindQueryIn(statement.query, inside, undefined));
  const names = source.columnNames ?? body.columns.map((c) => c.name);
  if (names.length !== body.columns.length) throw viewColumnCount();
  const columns = body.columns.map((column, i): ScopeColumn => {
    const from: ColumnSource = { database, table, alias, column: names[i]! };
    return { ...plainColumn(alias, { ...column, name: names[i]! }), database, source: from };
  });
  return { plan: body.plan, columns };
}

/** What is missing or denied inside of a view, tables, columns and functions, and views that are invalid themselves. */
const MISSING_OR_DENIED: ReadonlySet<number> = new Set([1054, 1142, 1143, 1146, 1305, 1356, 1370]);

function orInvalid<T>(name: string, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (!(error instanceof SqlError) || !MISSING_OR_DENIED.has(error.errno)) throw error;
    const message = `View '${name}' references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them`;
    throw new SqlError(1356, 'HY000', message, error.kind);
  }
}

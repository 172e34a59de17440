/** The columns that a view gives. */
import { bindQuery } from '../bind/bind-query.ts';
import type { SourceColumn, ViewSource } from '../catalog/catalog.ts';
import { parseOptionsOf, parseStatement } from '../syntax/parse.ts';
import { noSuchTable } from '../types/sql-error.ts';
import { bindContext, type RowScene } from './scene.ts';

/** Throws what binding the view's body throws: a table that it names may be gone. Nobody's rights are asked for. */
export function viewColumns(view: ViewSource, scene: RowScene): SourceColumn[] {
  const { statement } = parseStatement(view.text, parseOptionsOf(view.sqlMode));
  if (statement.kind !== 'select') throw noSuchTable(view.name, view.database);
  const { columns } = bindQuery(statement.query, { ...bindContext(scene), catalog: view.catalog, access: undefined });
  return columns.map(({ name, type, nullable }, i) => ({ name: view.columnNames?.[i] ?? name, type, nullable }));
}

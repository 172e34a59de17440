/** CREATE VIEW, DROP VIEW: rows of `dolt_schemas` with the text of the statement. */
import type { RootValue } from '../../repo/root-value.ts';
import { TableEditor } from '../../table/table-editor.ts';
import { bindQuery } from '../bind/bind-query.ts';
import { tableRows } from '../catalog/table-rows.ts';
import { findView, SCHEMAS_TABLE } from '../catalog/views.ts';
import type { DatabaseHandle } from '../session/session.ts';
import { ok } from '../session/statement-result.ts';
import type { CreateViewStatement, DropViewStatement } from '../syntax/statement.ts';
import { SqlError, tableExists, viewColumnCount } from '../types/sql-error.ts';
import { writableInternalTable } from './internal-tables.ts';
import { bindContext, type RunStatement, type StatementScene } from './scene.ts';

// biome-ignore lint/correctness/useYield: it never waits
export const runCreateView: RunStatement<CreateViewStatement> = function* (statement, scene) {
  const { session } = scene;
  const handle = session.handle(statement.view.database);
  session.assertWritable(handle);
  const { name } = statement.view;
  const root = session.root(handle);
  if (root.resolveTableName(name) !== undefined) throw tableExists(name);
  const existing = findView(root, name);
  if (existing !== undefined && !statement.orReplace && !statement.alter) {
    if (statement.ifNotExists) return ok();
    throw tableExists(name);
  }
  if (existing === undefined && statement.alter) throw unknownView(name, handle);
  const { columns } = bindQuery(statement.query, bindContext(scene));
  if (statement.columns !== undefined && statement.columns.length !== columns.length) throw viewColumnCount();
  const text = statement.alter ? scene.text.replace(/^alter/i, 'CREATE') : scene.text;
  putFragment(handle, existing === undefined ? root : withoutFragment(root, 'view', name), ['view', name, text], scene);
  return ok();
};

// biome-ignore lint/correctness/useYield: it never waits
export const runDropView: RunStatement<DropViewStatement> = function* ({ views, ifExists }, { session }) {
  for (const { database, name } of views) {
    const handle = session.handle(database);
    const root = session.root(handle);
    const view = findView(root, name);
    if (view === undefined) {
      if (ifExists) continue;
      throw unknownView(name, handle);
    }
    session.setRoot(handle, withoutFragment(root, 'view', view.name));
  }
  return ok();
};

function unknownView(name: string, handle: DatabaseHandle): SqlError {
  return new SqlError(1051, '42S02', `Unknown table '${handle.name}.${name}'`, 'notFound');
}

export function putFragment(
  handle: DatabaseHandle,
  root: RootValue,
  [type, name, text]: readonly [type: string, name: string, text: string],
  scene: StatementScene,
): void {
  const { session } = scene;
  const ready = root.hasTable(SCHEMAS_TABLE) ? root : writableInternalTable(SCHEMAS_TABLE, root, session.view(handle))!;
  const editor = new TableEditor(ready.table(SCHEMAS_TABLE)!);
  editor.insert([type, name, text, '{"CreatedAt":0}', session.variables.text('sql_mode')]);
  session.setRoot(handle, ready.withTable(SCHEMAS_TABLE, editor.finish()));
}

export function withoutFragment(root: RootValue, type: string, name: string): RootValue {
  const table = root.table(SCHEMAS_TABLE)!;
  const editor = new TableEditor(table);
  let left = 0;
  for (const row of tableRows(table)) {
    const isThis = row[0] === type && String(row[1]).toLowerCase() === name.toLowerCase();
    if (isThis) editor.delete(row);
    else left++;
  }
  return left === 0 ? root.withoutTable(SCHEMAS_TABLE) : root.withTable(SCHEMAS_TABLE, editor.finish());
}

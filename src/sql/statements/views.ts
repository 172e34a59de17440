/** CREATE VIEW, DROP VIEW: rows of `dolt_schemas` with the text of the statement. */
import { bindQuery } from '../bind/bind-query.ts';
import { UNNAMED_DEFINER } from '../catalog/program-texts.ts';
import { findView } from '../catalog/views.ts';
import type { DatabaseHandle } from '../session/session.ts';
import { ok } from '../session/statement-result.ts';
import type { CreateViewStatement, DropViewStatement } from '../syntax/statement.ts';
import { SqlError, tableExists, viewColumnCount } from '../types/sql-error.ts';
import { definedText } from './definers.ts';
import { putFragment, withoutFragment } from './fragments.ts';
import { bindContext, type RunStatement } from './scene.ts';

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
  const defining = existing === undefined ? undefined : `${handle.name}.${existing.name}`;
  const { columns } = bindQuery(statement.query, { ...bindContext(scene), defining });
  if (statement.columns !== undefined && statement.columns.length !== columns.length) throw viewColumnCount();
  const kept = statement.alter ? (existing?.definer ?? UNNAMED_DEFINER) : undefined;
  const text = definedText(statement, scene, kept).replace(/^alter/i, 'CREATE');
  putFragment(
    handle,
    existing === undefined ? root : withoutFragment(root, 'view', name),
    { type: 'view', name, text },
    scene,
  );
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

/** CREATE VIEW, DROP VIEW: rows of `dolt_schemas` with the text of the statement. */
import { bindQuery } from '../bind/bind-query.ts';
import { UNNAMED_DEFINER } from '../catalog/program-texts.ts';
import { findView } from '../catalog/views.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import { splitDatabaseName } from '../session/revision.ts';
import { ok } from '../session/statement-result.ts';
import type { TableName } from '../syntax/ast/node.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { CreateViewStatement, DropViewStatement } from '../syntax/ast/view-statements.ts';
import { SqlError, tableExists, viewColumnCount } from '../types/sql-error.ts';
import { definedText } from './definers.ts';
import { putFragment, withoutFragment } from './fragments.ts';
import { bindContext, type RunStatement, type StatementScene } from './scene.ts';
import { someNode } from './syntax-walk.ts';

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
    const exists = tableExists(name);
    if (!statement.ifNotExists) throw exists;
    session.warn({ level: 'Note', code: exists.errno, message: exists.message });
    return ok();
  }
  if (existing === undefined && statement.alter) throw unknownView(name, handle);
  const defining = existing === undefined ? undefined : `${handle.name}.${existing.name}`;
  assertViewable(statement.query, scene);
  const { columns } = bindQuery(statement.query, { ...bindContext(scene), defining });
  if (statement.columns !== undefined && statement.columns.length !== columns.length) throw viewColumnCount();
  const kept = statement.alter ? (existing?.definer ?? UNNAMED_DEFINER) : undefined;
  const text = definedText(statement, scene, kept).replace(/^(\/\*!\d*\s*)?alter/i, '$1CREATE');
  putFragment(
    handle,
    existing === undefined ? root : withoutFragment(root, 'view', name),
    // As in the original, names are stored in lower case.
    { type: 'view', name: name.toLowerCase(), text },
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
      const unknown = unknownView(name, handle);
      if (!ifExists) throw unknown;
      session.warn({ level: 'Note', code: unknown.errno, message: unknown.message });
      continue;
    }
    session.setRoot(handle, withoutFragment(root, 'view', view.name));
  }
  return ok();
};

/** Throws 1351 and 1352. */
function assertViewable(query: Query, { session }: StatementScene): void {
  someNode(query, ({ kind, table }) => {
    if (VARIABLES.has(kind ?? '')) throw new SqlError(1351, 'HY000', "View's SELECT contains a variable or parameter");
    if (kind !== 'table') return false;
    const { database = session.currentDatabase ?? '', name } = table as TableName;
    const isTemporary = session.temporaryTables.has(splitDatabaseName(database).database, name);
    if (isTemporary) throw new SqlError(1352, 'HY000', `View's SELECT refers to a temporary table '${name}'`);
    return false;
  });
}

const VARIABLES: ReadonlySet<string> = new Set(['userVariable', 'systemVariable', 'parameter']);

function unknownView(name: string, handle: DatabaseHandle): SqlError {
  return new SqlError(1051, '42S02', `Unknown table '${handle.name}.${name}'`, 'notFound');
}

/** DROP TABLE, RENAME TABLE. */
import { referencing } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { fullTextTables } from '../../table/full-text/full-text-tables.ts';
import { findView } from '../catalog/views.ts';
import { ok } from '../session/statement-result.ts';
import type { DropTableStatement, RenameTableStatement } from '../syntax/ast/table-statements.ts';
import { notSupported, SqlError, tableExists, unknownTable } from '../types/sql-error.ts';
import { renamedTable } from './alter-table/renamed-in-foreign-keys.ts';
import { withoutTriggersOf, withRenamedFragment } from './fragments.ts';
import { withoutTables } from './full-text-indexes.ts';
import type { RunStatement } from './scene.ts';
import { assertDroppable, assertTableName } from './table-names.ts';
import { assertNoIndexPart, missingTable } from './target-table.ts';

export const runDropTable: RunStatement<DropTableStatement> = function* ({ tables, ifExists, temporary }, scene) {
  const { session } = scene;
  const goes = new Set(tables.map(({ name }) => name.toLowerCase()));
  const missing: string[] = [];
  for (const { database, name } of tables) {
    const handle = session.handle(database);
    if (session.temporaryTables.has(handle.database.name, name)) {
      session.temporaryTables.drop(handle.database.name, name);
      continue;
    }
    const root = session.root(handle);
    const stored = temporary ? undefined : root.resolveTableName(name);
    if (stored === undefined) {
      if (scene.catalog.table({ database, name })?.kind === 'virtual') assertDroppable(name);
      missing.push(`${handle.name}.${name}`);
      continue;
    }
    session.assertWritable(handle);
    assertDroppable(stored);
    assertNoIndexPart(root, stored);
    const keys = root.foreignKeys();
    if (session.variables.isOn('foreign_key_checks')) {
      const key = referencing(keys, stored).find(({ childTable }) => !goes.has(childTable.toLowerCase()));
      if (key !== undefined) {
        throw new SqlError(
          3730,
          'HY000',
          `Cannot drop table '${stored}' referenced by a foreign key constraint '${key.name}' on table '${key.childTable}'.`,
          'conflict',
        );
      }
    }
    session.engine.autoIncrement.reset(handle.database, stored);
    const left = keys.filter(({ childTable }) => childTable.toLowerCase() !== stored.toLowerCase());
    // Keys of children that stay wait, unresolved, for a parent of that name.
    const open = left.map((key) =>
      key.parentTable.toLowerCase() === stored.toLowerCase() && !goes.has(key.childTable.toLowerCase())
        ? { ...key, childIndex: '', childColumns: [], parentIndex: '', parentColumns: [] }
        : key,
    );
    const gone = [stored, ...fullTextTables(root.table(stored)!.schema)];
    session.setRoot(handle, withoutTriggersOf(withoutTables(root.withForeignKeys(open), gone), stored));
  }
  if (missing.length > 0) {
    if (!ifExists) throw unknownTable(missing.join(','));
    for (const name of missing) session.warn({ level: 'Note', code: 1051, message: `Unknown table '${name}'` });
  }
  return ok();
};

/** Whether another table or view than the one of the `own` name has the name, or this one has it already. */
function isTaken(root: RootValue, name: string, own: string): boolean {
  const taken = root.resolveTableName(name) ?? findView(root, name)?.name;
  return taken !== undefined && (taken !== own || name === own);
}

// biome-ignore lint/correctness/useYield: it never waits
export const runRenameTable: RunStatement<RenameTableStatement> = function* ({ renames }, scene) {
  const { session } = scene;
  for (const { from, to } of renames) {
    const handle = session.handle(from.database);
    if (session.handle(to.database ?? from.database).name !== handle.name) {
      throw notSupported('RENAME TABLE into another database');
    }
    session.assertWritable(handle);
    const root = session.root(handle);
    const stored = root.resolveTableName(from.name);
    assertTableName(to.name);
    if (stored === undefined) {
      const view = findView(root, from.name);
      if (view === undefined) throw missingTable(from, scene);
      if (isTaken(root, to.name, view.name)) throw tableExists(to.name);
      session.setRoot(handle, withRenamedFragment(root, 'view', view.name, to.name));
      continue;
    }
    assertDroppable(stored);
    assertNoIndexPart(root, stored);
    if (isTaken(root, to.name, stored)) throw tableExists(to.name);
    session.engine.autoIncrement.reset(handle.database, to.name);
    session.setRoot(handle, renamedTable(root, stored, to.name));
  }
  return ok();
};

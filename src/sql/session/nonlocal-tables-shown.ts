/** Tables of other branches and commits that a database shows as its own (`dolt_nonlocal_tables`). */
import { DoltError } from '../../base/errors.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Table } from '../../table/table.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import { nonlocalNames, revisionOf } from '../catalog/nonlocal-tables.ts';
import type { Session } from './session.ts';

/** Those of the names that are no table's here. */
export function* nonlocalTablesShown(
  view: DatabaseView,
  session: Session,
): Generator<{ readonly name: string; readonly table: Table }, void, void> {
  const shown = new Set<string>();
  const rootAt = (ref: string): RootValue | undefined => rootNamed(view, session, ref);
  for (const { name, ref, table } of nonlocalNames(view.root, rootAt)) {
    if (shown.has(name.toLowerCase()) || view.root.resolveTableName(name) !== undefined) continue;
    shown.add(name.toLowerCase());
    yield { name, table: rootAt(ref)!.table(table)! };
  }
}

/** Undefined for a ref that names nothing. */
function rootNamed(view: DatabaseView, session: Session, ref: string): RootValue | undefined {
  try {
    const revision = revisionOf(view, ref);
    return revision === '' ? view.root : session.root(session.handle(`${view.baseName}/${revision}`));
  } catch (error) {
    if (error instanceof DoltError && (error.kind === 'notFound' || error.kind === 'invalid')) return undefined;
    throw error;
  }
}

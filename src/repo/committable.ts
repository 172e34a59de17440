/** What must hold before roots may become a commit. */
import { DoltError } from '../base/errors.ts';
import { tablesWithConflicts, tablesWithViolations } from './artifacts.ts';
import { BlockedByTablesError } from './repo-errors.ts';
import type { RootValue } from './root-value.ts';
import type { Roots } from './staging.ts';
import type { MergeState } from './working-set.ts';

/**
 * Gives the root to commit: the staged one, without foreign keys of tables that are gone. Throws while conflicts or
 * violations are open in the working root, or when a foreign key points at a table that is not staged.
 */
export function assertCommittable(roots: Roots, merge: MergeState | undefined): RootValue {
  refuse('conflicts', tablesWithConflicts(roots.working), 'are in conflict');
  refuse('constraint violations', tablesWithViolations(roots.working), 'have constraint violations');
  refuse('schema conflicts', merge?.unmergableTables ?? [], 'have schema conflicts');
  return withValidForeignKeys(roots.staged);
}

function refuse(reason: BlockedByTablesError['reason'], tables: readonly string[], words: string): void {
  if (tables.length === 0) return;
  throw new BlockedByTablesError(reason, tables, `error: the table(s) ${tables.join(', ')} ${words}`);
}

function withValidForeignKeys(root: RootValue): RootValue {
  const keys = root.foreignKeys();
  const kept = keys.filter(({ name, childTable, parentTable }) => {
    if (root.resolveTableName(childTable) === undefined) return false;
    if (root.resolveTableName(parentTable) !== undefined) return true;
    throw new DoltError('conflict', `foreign key \`${name}\` requires the referenced table \`${parentTable}\``);
  });
  return kept.length === keys.length ? root : root.withForeignKeys(kept);
}

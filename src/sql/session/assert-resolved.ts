/** A transaction may not make unresolved conflicts or constraint violations durable, unless a variable allows it. */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import { tablesWithConflicts, tablesWithViolations } from '../../repo/artifacts.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { WorkingSet } from '../../repo/working-set.ts';
import type { Table } from '../../table/table.ts';
import { SqlError } from '../types/sql-error.ts';
import type { Session } from './session.ts';

const CONFLICTS =
  'Merge conflict detected, transaction rolled back. Merge conflicts must be resolved using the dolt_conflicts and dolt_schema_conflicts tables before committing a transaction. To commit transactions with merge conflicts, set @@dolt_allow_commit_conflicts = 1';
const AUTOCOMMIT_CONFLICTS =
  'Merge conflict detected, @autocommit transaction rolled back. @autocommit must be disabled so that merge conflicts can be resolved using the dolt_conflicts and dolt_schema_conflicts tables before manually committing the transaction. Alternatively, to commit transactions with merge conflicts, set @@dolt_allow_commit_conflicts = 1';
const VIOLATIONS =
  'Committing this transaction resulted in a working set with constraint violations, transaction rolled back. ' +
  'This constraint violation may be the result of a previous merge or the result of transaction sequencing. ' +
  'Constraint violations from a merge can be resolved using the dolt_constraint_violations table before committing the transaction. ' +
  'To allow transactions to be committed with constraint violations from a merge or transaction sequencing set @@dolt_force_transaction_commit=1.';

export function assertResolved(workingSet: WorkingSet, start: WorkingSet, session: Session): void {
  const open = tablesWithNewArtifacts(workingSet.working, start.working);
  const schemaConflicts = workingSet.merge?.unmergableTables ?? [];
  if (open.length === 0 && schemaConflicts.length === 0) return;
  const { variables } = session;
  if (variables.isOn('dolt_force_transaction_commit')) return;
  const conflicts = tablesWithConflicts(workingSet.working).length + schemaConflicts.length;
  if (conflicts > 0 && !variables.isOn('dolt_allow_commit_conflicts')) {
    const message = session.autocommit && !session.inTransaction ? AUTOCOMMIT_CONFLICTS : CONFLICTS;
    throw new SqlError(1105, 'HY000', message, 'conflict');
  }
  const violations = tablesWithViolations(workingSet.working);
  if (violations.length > 0) {
    throw new SqlError(1105, 'HY000', `${VIOLATIONS}\nConstraint violations: ${violations.join(', ')}`, 'conflict');
  }
}

/** Changed tables that hold conflicts or violations. */
function tablesWithNewArtifacts(root: RootValue, start: RootValue): string[] {
  if (!root.mayDifferFrom(start)) return [];
  const changed = root.tablesSince(start)?.keys() ?? root.changedTableNames(start);
  // Of a table whose rows were changed the address costs more to find than what it holds.
  return [...changed].filter(
    (name) => isOpen(root.table(name)!) && root.tableAddress(name) !== start.tableAddress(name),
  );
}

const isOpen = ({ artifacts }: Table): boolean => artifacts !== EMPTY_ADDRESS;

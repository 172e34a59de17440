/** The row of cherry-pick and revert. */
import type { PickResult } from '../../../verbs/pick.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { oneRow } from './procedure.ts';

export function pickRow(result: PickResult): StatementResult {
  const merge = result.kind === 'conflicts' ? result.merge : undefined;
  return oneRow({
    hash: result.kind === 'committed' ? result.commit : '',
    data_conflicts: merge?.conflicts.size ?? 0,
    schema_conflicts: merge?.schemaConflicts.length ?? 0,
    constraint_violations: merge?.violations.size ?? 0,
  });
}

/** CALL dolt_merge(…): columns `hash`, `fast_forward`, `conflicts`, `message`. */

import { type MergeResult, merge } from '../../../verbs/merge.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    return row(yield* runVerb(merge, call));
  },
};

function row(result: MergeResult): StatementResult {
  const { hash, forward, conflicts, message } = outcome(result);
  return oneRow({ hash, fast_forward: forward, conflicts, message });
}

export const UP_TO_DATE = 'Everything up-to-date';
const AHEAD = 'cannot fast forward from a to b. a is ahead of b already';

/** What merge and pull say. */
export function outcome(result: MergeResult): { hash: string; forward: number; conflicts: number; message: string } {
  switch (result.kind) {
    case 'upToDate':
      return { hash: '', forward: 0, conflicts: 0, message: result.ahead ? AHEAD : UP_TO_DATE };
    case 'fastForward':
      return { hash: result.to, forward: 1, conflicts: 0, message: 'merge successful' };
    case 'merged':
      return { hash: result.commit, forward: 0, conflicts: 0, message: 'merge successful' };
    case 'staged':
      return { hash: '', forward: 0, conflicts: 0, message: 'merge successful' };
    case 'conflicts':
      return { hash: '', forward: 0, conflicts: 1, message: 'conflicts found' };
    case 'aborted':
      return { hash: '', forward: 0, conflicts: 0, message: 'merge aborted' };
  }
}

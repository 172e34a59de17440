/**
 * Two transactions changed one branch: the later one's changes, made on `start`, are put on top of what the earlier one
 * stored, table by table and cell by cell. What both changed differently is a conflict: the later transaction fails.
 */
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import { mergeKeepingOurs } from '../../repo/merge/merge-keeping-ours.ts';
import { mergeRoots } from '../../repo/merge/merge-roots.ts';
import { replayEdits } from '../../repo/merge/replay-edits.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { completeNow } from '../../repo/steps.ts';
import type { WorkingSet } from '../../repo/working-set.ts';
import { SqlError } from '../types/sql-error.ts';

export function transactionConflict(): SqlError {
  return new SqlError(
    1213,
    '40001',
    'serialization failure: this transaction conflicts with a committed transaction from another client, try restarting transaction.',
    'conflict',
  );
}

/** Throws 1213. */
export function mergeWorkingSets(
  start: WorkingSet,
  stored: WorkingSet,
  mine: WorkingSet,
  expressions: MergeExpressions | undefined,
): WorkingSet {
  return {
    working: merged(start.working, stored.working, mine.working, expressions),
    staged: merged(start.staged, stored.staged, mine.staged, expressions),
    merge: start.merge === mine.merge ? stored.merge : mine.merge,
    rebase: start.rebase === mine.rebase ? stored.rebase : mine.rebase,
  };
}

/** The same where it may not fail: what was stored stays where both changed one cell. */
export function mergeKeepingStored(
  start: WorkingSet,
  stored: WorkingSet,
  mine: WorkingSet,
  expressions: MergeExpressions | undefined,
): WorkingSet {
  const kept = (base: RootValue, ours: RootValue, theirs: RootValue): RootValue => {
    const sides = { baseAddress: base.address, theirsAddress: theirs.address };
    return mergeKeepingOurs({ base, ours, theirs, ...sides, expressions });
  };
  return {
    working: kept(start.working, stored.working, mine.working),
    staged: kept(start.staged, stored.staged, mine.staged),
    merge: start.merge === mine.merge ? stored.merge : mine.merge,
    rebase: start.rebase === mine.rebase ? stored.rebase : mine.rebase,
  };
}

function merged(
  start: RootValue,
  stored: RootValue,
  mine: RootValue,
  expressions: MergeExpressions | undefined,
): RootValue {
  if (start === mine) return stored;
  if (!start.mayDifferFrom(stored)) return mine;
  const replayed = replayEdits(start, stored, mine);
  if (replayed === 'conflict') throw transactionConflict();
  if (replayed !== undefined) return replayed;
  if (start.address === mine.address || stored.address === mine.address) return stored;
  const result = completeNow(
    mergeRoots({
      base: start,
      ours: stored,
      theirs: mine,
      baseAddress: start.address,
      theirsAddress: mine.address,
      expressions,
    }),
  );
  const open = result.conflicts.size + result.schemaConflicts.length + result.violations.size;
  if (open > 0) throw transactionConflict();
  return result.root;
}

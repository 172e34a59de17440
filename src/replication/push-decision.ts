/**
 * What one ref may do on the remote, decided from values alone (REPLICATION.md, Push, step 2):
 *
 *   ours    what we want it to be        base    what the remote had when we last pushed or integrated it
 *   theirs  what the remote has now      old     what we had before
 *
 * A remote value that is not the base and does not descend from it means that somebody took back what we had seen:
 * pushing over it, even as a fast-forward, would bring discarded commits back. So that is refused before anything else,
 * but where we have taken the remote's value over since: the change itself merges it in, and not the base, it is where the
 * branch stood before the change, or the branch has gone on from it without what was discarded.
 *
 * The base is what we last agreed on, so a branch of ours that lacks it had it taken back here, whatever became of it since:
 * the remote is to lose it, too, and a merge would bring it back.
 */
import type { Address } from '../base/address.ts';
import { type RefName, TAGS } from '../repo/refs.ts';

export interface PushedRef {
  readonly ref: RefName;
  readonly old: Address | undefined;
  readonly ours: Address | undefined;
  /** Our value does not descend from the old one, and the user meant it. */
  readonly forced: boolean;
  readonly base: Address | undefined;
  /** The user creates it with this change: on the remote there must be none of that name. */
  readonly isNew?: boolean;
}

export type Decision =
  /** The remote has it already, or has gone on from it. */
  | 'landed'
  | 'move'
  /** Theirs has commits that ours lacks: merge, then decide again. */
  | 'merge'
  | 'moved by another';

/** How commits are related. Only asked for commits whose history is here. */
export interface History {
  /** Is `a` equal to `b` or an ancestor of it? */
  isWithin(a: Address, b: Address): boolean;
  /** Does `ours` have a commit of `base` that `theirs` lacks? */
  bringsBack(ours: Address, base: Address, theirs: Address): boolean;
}

export function decidePush(pushed: PushedRef, theirs: Address | undefined, history: History): Decision {
  const { ref, old, ours, forced, base, isNew } = pushed;
  const allowed = (yes: boolean): Decision => (yes ? 'move' : 'moved by another');
  if (theirs === ours) return 'landed';
  if (theirs === undefined || ref.startsWith(TAGS)) return allowed(theirs === base);
  const descends = base === undefined || history.isWithin(base, theirs);
  if (ours === undefined || forced) {
    if (theirs === base || theirs === old) return 'move';
    const isPast = old !== undefined && history.isWithin(theirs, old);
    const hasGoneOn =
      ours !== undefined && history.isWithin(ours, theirs) && old !== undefined && !history.isWithin(old, theirs);
    if (hasGoneOn && !isPast) return 'landed';
    return allowed(descends && isPast);
  }
  if (isNew) return 'moved by another';
  // The base was taken back here, by the command line, which does not replicate: that goes along, over nothing newer.
  if (base !== undefined && descends && !history.isWithin(base, ours)) return allowed(theirs === base);
  if (history.isWithin(ours, theirs) && descends) return 'landed';
  const isForward = history.isWithin(theirs, ours);
  if (descends) return isForward ? 'move' : 'merge';
  return allowed(isForward && isTakenOver(pushed, ours, theirs, history));
}

/** Whoever made `ours`, on top of `theirs`, knew that `theirs` is what the remote has now. */
function isTakenOver({ old, base }: PushedRef, ours: Address, theirs: Address, history: History): boolean {
  if (base === undefined) return true;
  // The change itself takes the base in, as a pull does: the remote has lost it since.
  if (history.isWithin(base, ours) && (old === undefined || !history.isWithin(base, old))) return false;
  if (theirs === old) return true;
  const isMergedNow = old !== undefined && !history.isWithin(theirs, old);
  // An ancestor of what we had would be here without anybody's having looked.
  return isMergedNow || (!history.isWithin(theirs, base) && !history.bringsBack(ours, base, theirs));
}

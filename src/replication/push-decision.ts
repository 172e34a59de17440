/**
 * What one ref may do on the remote, decided from values alone (REPLICATION.md, Push, step 2):
 *
 *   ours    what we want it to be        base    what the remote had when we last pushed or integrated it
 *   theirs  what the remote has now      old     what we had before
 *
 * A remote value that is not the base and does not descend from it means that somebody took back what we had seen:
 * pushing over it, even as a fast-forward, would bring discarded commits back. So that is refused before anything else,
 * but for one case: the change itself merged the remote's value in, which is how such a thing is reconciled by hand.
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
  /** It may have been pushed before, with an answer that did not come. */
  readonly mayHaveLanded?: boolean;
}

export type Decision =
  /** The remote has it already, or has gone on from it. */
  | 'landed'
  | 'move'
  /** Theirs has commits that ours lacks: merge, then decide again. */
  | 'merge'
  | 'moved by another';

/** Is `a` equal to `b` or an ancestor of it? Only asked for commits whose history is here. */
export type IsWithin = (a: Address, b: Address) => boolean;

export function decidePush(pushed: PushedRef, theirs: Address | undefined, isWithin: IsWithin): Decision {
  const { ref, old, ours, forced, base, isNew, mayHaveLanded } = pushed;
  const allowed = (yes: boolean): Decision => (yes ? 'move' : 'moved by another');
  if (theirs === ours) return 'landed';
  if (theirs === undefined || ref.startsWith(TAGS)) return allowed(theirs === base);
  const descends = base === undefined || isWithin(base, theirs);
  if (ours === undefined || forced) {
    if (theirs === base) return 'move';
    const isPast = old !== undefined && isWithin(theirs, old);
    const hasGoneOn = ours !== undefined && isWithin(ours, theirs) && old !== undefined && !isWithin(old, theirs);
    if (hasGoneOn && !isPast) return 'landed';
    return allowed(descends && isPast);
  }
  if (isWithin(ours, theirs) && descends && (!isNew || mayHaveLanded)) return 'landed';
  if (isNew) return 'moved by another';
  const isMergedByHand = isWithin(theirs, ours) && old !== undefined && !isWithin(theirs, old);
  if (!descends) return allowed(isMergedByHand);
  return isWithin(theirs, ours) ? 'move' : 'merge';
}

/**
 * What one ref may do on the remote, decided from values alone (REPLICATION.md, Push, step 2):
 *
 *   ours    what we want it to be        base    what the remote had when we last pushed or integrated it
 *   theirs  what the remote has now      old     what we had before
 *
 * A remote value that is not the base and does not descend from it means that somebody took back what we had seen:
 * pushing over it, even as a fast-forward, would bring discarded commits back. So that is refused before anything else.
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
  const { ref, old, ours, forced, base } = pushed;
  if (theirs === ours) return 'landed';
  const allowed = (yes: boolean): Decision => (yes ? 'move' : 'moved by another');
  if (theirs === undefined) return allowed(base === undefined);
  if (ref.startsWith(TAGS)) return allowed(theirs === base);
  if (ours === undefined || forced) {
    return allowed(theirs === base || (old !== undefined && isWithin(theirs, old)));
  }
  if (base === undefined) return allowed(isWithin(theirs, ours));
  if (theirs !== base && !isWithin(base, theirs)) return 'moved by another';
  if (isWithin(theirs, ours)) return 'move';
  return isWithin(ours, theirs) ? 'landed' : 'merge';
}

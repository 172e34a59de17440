/**
 * What waits to be pushed. There is no list: a ref waits when its value is not its base. Comparing states is the durable
 * queue; it heals by itself after a crash, and takes along what the command line changed.
 */
import type { Address } from '../base/address.ts';
import { isAncestor } from '../repo/commit.ts';
import type { HeadIntent } from '../repo/commit-hook.ts';
import { walkLog } from '../repo/log-walk.ts';
import { HEADS, type RefEdits, type RefName, type Refs, TAGS, trackingRef } from '../repo/refs.ts';
import { basesEdit, type RemoteBases, readBases, withBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import type { History, PushedRef } from './push-decision.ts';

/** A configured remote. */
export interface Target {
  readonly name: string;
  readonly url: string;
}

export function configuredTarget(repository: Repository, name: string): Target | undefined {
  const remote = name === '' ? undefined : repository.state().remotes.get(name);
  return remote && { name: remote.name, url: remote.url };
}

/** Branches and tags that hold what could not be replicated; they are never pushed. */
export const UNREPLICATED = `${HEADS}unreplicated/`;

export const UNREPLICATED_TAGS = `${TAGS}unreplicated/`;

export const isReplicated = (ref: RefName): boolean =>
  (ref.startsWith(HEADS) && !ref.startsWith(UNREPLICATED)) ||
  (ref.startsWith(TAGS) && !ref.startsWith(UNREPLICATED_TAGS));

export const basesOf = (repository: Repository, refs: Pick<Refs, 'get'>, { name, url }: Target): RemoteBases =>
  readBases(repository.nodes, refs, name, url);

/** Only the first push makes a remote's folder: one that was there and is gone was moved or is not mounted. */
export const mayBeEmpty = (repository: Repository, target: Target): boolean =>
  basesOf(repository, repository.refs(), target).refs.size === 0;

export function isWithin({ chunks, nodes }: Repository, a: Address, b: Address): boolean {
  return a === b || (chunks.has(a) && chunks.has(b) && isAncestor(nodes, a, b));
}

/** The history of commits that are in the repository. */
export const historyOf = (repository: Repository): History => ({
  isWithin: (a, b) => isWithin(repository, a, b),
  bringsBack(ours, base, theirs) {
    if (!repository.chunks.has(base)) return true;
    for (const { address } of walkLog(repository.nodes, [ours], [theirs])) {
      if (isWithin(repository, address, base)) return true;
    }
    return false;
  },
});

/** A change that the user makes now, as something to push. Bases that its record sets count already: a pull's. */
export function pushedChange(repository: Repository, target: Target, intent: HeadIntent): PushedRef[] {
  const refs = repository.refs();
  const bases = basesWith(repository, target, intent, refs).refs;
  const moved = intent.refs.filter(({ ref }) => isReplicated(ref));
  return moved.map(({ ref, old, new: ours, forced }) => {
    const known = bases.get(ref);
    const base =
      known === undefined
        ? seen(repository, refs, target, ref, old ?? ours)
        : laterBase(repository, known, seen(repository, refs, target, ref, ours));
    return { ref, old, ours, forced, base, isNew: old === undefined && base === undefined };
  });
}

function basesWith(repository: Repository, target: Target, intent: HeadIntent, refs: Refs): RemoteBases {
  const edits = intent.edits?.(refs);
  const edited = { get: (name: RefName) => (edits?.has(name) ? edits.get(name) : refs.get(name)) };
  return basesOf(repository, edited, target);
}

/** For the record of a change that is pushed later: what it changes is not withheld any more, wherever it ends. */
export function takenUp(repository: Repository, target: Target, intent: HeadIntent, refs: Refs): RefEdits {
  const bases = basesWith(repository, target, intent, refs);
  const changed = intent.refs.flatMap(({ ref }) => (bases.withheld?.has(ref) ? [[ref, undefined] as const] : []));
  if (changed.length === 0) return new Map();
  return new Map([basesEdit(repository.nodes, target.name, withBases(bases, changed))]);
}

/** Refs whose value is not their base, but for those that are withheld. */
export function queuedRefs(repository: Repository, target: Target): readonly PushedRef[] {
  const refs = repository.refs();
  const { refs: bases, withheld } = basesOf(repository, refs, target);
  const queued: PushedRef[] = [];
  for (const prefix of [HEADS, TAGS]) {
    for (const [ref, ours] of refs.entries(prefix)) {
      if (withheld?.get(ref) === ours) continue;
      const known = bases.get(ref);
      if (!isReplicated(ref) || known === ours) continue;
      const tracked = seen(repository, refs, target, ref, ours);
      if (known === undefined && tracked === ours) continue;
      const base = laterBase(repository, known, tracked);
      const forced = base !== undefined && prefix === HEADS && !isWithin(repository, base, ours);
      queued.push({ ref, old: base, ours, forced, base });
    }
  }
  for (const [ref, base] of bases) {
    if (isReplicated(ref) && refs.get(ref) === undefined) {
      queued.push({ ref, old: base, ours: undefined, forced: true, base });
    }
  }
  return queued;
}

/**
 * What a ref took in of a remote last: its base, or what was fetched since and stands in the ref, by a reset to it or a merge.
 * What the remote has lost of that meanwhile must not come back.
 */
export function laterBase(
  repository: Repository,
  base: Address | undefined,
  taken: Address | undefined,
): Address | undefined {
  if (base === undefined || taken === undefined) return base ?? taken;
  return isWithin(repository, base, taken) ? taken : base;
}

/**
 * A base for a branch without one, in a clone that the original made: the tracking ref, as far as the branch contains it.
 * What was only fetched has not been seen by whoever changed the branch.
 */
export function seen(
  repository: Repository,
  refs: Refs,
  { name }: Target,
  ref: RefName,
  local: Address | undefined,
): Address | undefined {
  if (local === undefined || !ref.startsWith(HEADS)) return undefined;
  const tracked = refs.get(trackingRef(name, ref.slice(HEADS.length)));
  return tracked !== undefined && isWithin(repository, tracked, local) ? tracked : undefined;
}

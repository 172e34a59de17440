/**
 * Garbage collection: what refs still lead to is kept, everything else goes. What history holds moves to the old
 * generation, what only working sets hold stays in the young one (FORMAT.md §2.6).
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { GarbageResult } from '../chunks/collect-garbage.ts';
import { historyRoots, type OnDamage, walkReachable, workingSetRoots } from './reachable.ts';
import type { Repository } from './repository.ts';
import type { Steps } from './steps.ts';

/** Chunks between two pauses in which others get their turn. */
const CHUNKS_A_SLICE = 2000;

export interface GarbageOptions {
  /** More roots, such as those of open transactions. */
  readonly keep?: Iterable<Address>;
  /** Told now and then how far it is: what was found to be needed first, then what was moved. */
  readonly progress?: (what: 'found' | 'moved', chunks: number) => void;
}

/** Throws `corrupt` when a chunk that is needed is damaged. */
export function* collectGarbage(
  repository: Repository,
  { keep = [], progress }: GarbageOptions = {},
): Steps<GarbageResult> {
  const { chunks, environment } = repository;
  const refs = repository.rebase();
  const seen = new Set<Address>();
  const pause = () => ({ until: environment.timers.sleep(0) });
  const onDamage: OnDamage = (address, cause) => {
    const message = `chunk ${address} is needed and cannot be read; nothing was collected. dolt fsck says more.`;
    throw new DoltError('corrupt', message, { cause });
  };
  const gather = function* (roots: Iterable<Address>): Steps<Address[]> {
    const found: Address[] = [];
    for (const { address } of walkReachable(chunks, roots, seen, onDamage)) {
      found.push(address);
      if (found.length % CHUNKS_A_SLICE !== 0) continue;
      progress?.('found', seen.size);
      yield pause();
    }
    return found;
  };
  const old = yield* gather(historyRoots(chunks, refs));
  const young = yield* gather([...workingSetRoots(refs), ...keep]);
  if (!seen.has(refs.storeRoot)) young.push(...(yield* gather([refs.storeRoot])));
  const collection = chunks.collectGarbage(old, young);
  let step = collection.next();
  while (!step.done) {
    progress?.('moved', step.value.chunks);
    yield pause();
    step = collection.next();
  }
  return step.value;
}

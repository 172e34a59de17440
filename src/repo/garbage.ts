/**
 * Garbage collection: what refs still lead to is kept, everything else goes. What history holds moves to the old
 * generation, what only working sets hold stays in the young one (FORMAT.md §2.6).
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { Collection, GarbageProgress, GarbageResult, Pace } from '../chunks/collect-garbage.ts';
import { historyRoots, type OnDamage, walkReachable, workingSetRoots } from './reachable.ts';
import type { Repository } from './repository.ts';
import { completeNow, type Steps, waitUnlessEnded } from './steps.ts';

/** Chunks between two looks at the clock, or two pauses where it stands still. */
const CHUNKS_A_LOOK = 32;
const MOST_CHUNKS_A_SLICE = 2000;
const SLICE_MS = 5;
/** Steps between two reports of how far it is, however long they take. */
const CHUNKS_A_REPORT = 2000;

/** Chunks that may be left for the last step, in which nobody else has a turn. */
const FEW = 500;
/** Rounds after which the last step takes whatever there is. */
const MOST_ROUNDS = 20;

export interface GarbageOptions {
  /** More roots, such as those of a transaction that nobody knows of. */
  readonly keep?: Iterable<Address>;
  /** Walks the old generation too. */
  readonly isFull?: boolean;
  /** Told now and then how far it is: what was found to be needed first, then what was moved. */
  readonly progress?: (what: 'found' | 'moved', chunks: number) => void;
}

/**
 * Sessions go on meanwhile. A collection that runs is waited for, and what else was under way when this one began: what that
 * has put is not known. Then what is needed is copied in rounds, until what others have made since is little enough to be
 * copied at one go. Throws `corrupt` when a chunk that is needed is damaged.
 */
export function* collectGarbage(repository: Repository, options: GarbageOptions = {}): Steps<GarbageResult> {
  const { chunks, activity } = repository;
  while (chunks.collection !== undefined) yield* waitUnlessEnded(chunks.collection.ended);
  repository.rebase();
  const collection = chunks.beginCollection(() => activity.last);
  try {
    yield* waitUnlessEnded(activity.calm());
    const garbage = new GarbageWalk(repository, collection, options);
    yield* garbage.moveHistory();
    for (let round = 0; round < MOST_ROUNDS && (yield* garbage.keepMore()) > FEW; round++) {}
    // From here on nobody has a turn.
    completeNow(garbage.keepRest());
    return collection.finish();
  } catch (error) {
    collection.abandon();
    throw error;
  }
}

class GarbageWalk {
  readonly #repository: Repository;
  readonly #collection: Collection;
  readonly #options: GarbageOptions;
  readonly #seen = new Set<Address>();
  #sliceStart: number;
  #sinceLook = 0;
  #inSlice = 0;
  #sinceTold = 0;

  constructor(repository: Repository, collection: Collection, options: GarbageOptions) {
    this.#repository = repository;
    this.#collection = collection;
    this.#options = options;
    this.#sliceStart = repository.environment.clock.monotonic();
  }

  *moveHistory(): Steps<void> {
    const { chunks } = this.#repository;
    const found = yield* this.#gather(historyRoots(chunks, this.#repository.refs()), strict);
    yield* this.#copied(this.#collection.moveToOld(found, 'inPortions'));
  }

  /** Copies what is needed now and was not yet; how many chunks that was. */
  *keepMore(pace: Pace = 'inPortions'): Steps<number> {
    const found = yield* this.#needed();
    yield* this.#copied(this.#collection.keep(found, pace));
    return found.length;
  }

  /** The same without a pause. */
  *keepRest(): Steps<void> {
    this.#sliceStart = Number.POSITIVE_INFINITY;
    yield* this.keepMore('atOnce');
  }

  *#needed(): Steps<Address[]> {
    const { chunks, activity } = this.#repository;
    const refs = this.#repository.refs();
    const held = [...activity.held(this.#repository), ...(this.#options.keep ?? [])];
    const found = yield* this.#gather([...historyRoots(chunks, refs), ...workingSetRoots(refs), ...held], strict);
    found.push(...(yield* this.#gather([refs.storeRoot], strict)));
    // What runs has put it for itself; only what it stores has to be whole.
    found.push(...(yield* this.#gather([...this.#collection.notedSince(activity.oldest)], () => {})));
    return found;
  }

  *#gather(roots: Iterable<Address>, onDamage: OnDamage): Steps<Address[]> {
    const { chunks } = this.#repository;
    const isKnown = this.#options.isFull ? () => false : (address: Address) => this.#collection.isOld(address);
    const found: Address[] = [];
    for (const { address } of walkReachable(chunks, roots, this.#seen, onDamage, isKnown)) {
      found.push(address);
      yield* this.#pause('found', this.#seen.size);
    }
    return found;
  }

  *#copied(copying: Generator<GarbageProgress, void>): Steps<void> {
    for (const { chunks, until } of copying) {
      if (until !== undefined) {
        yield { until };
        this.#sliceStart = this.#repository.environment.clock.monotonic();
      }
      this.#sinceLook = CHUNKS_A_LOOK;
      yield* this.#pause('moved', chunks);
    }
  }

  *#pause(what: 'found' | 'moved', count: number): Steps<void> {
    this.#inSlice++;
    if (++this.#sinceTold >= CHUNKS_A_REPORT) {
      this.#sinceTold = 0;
      this.#options.progress?.(what, count);
    }
    if (++this.#sinceLook < CHUNKS_A_LOOK) return;
    this.#sinceLook = 0;
    const { clock, timers } = this.#repository.environment;
    if (this.#sliceStart === Number.POSITIVE_INFINITY) return;
    if (clock.monotonic() - this.#sliceStart < SLICE_MS && this.#inSlice < MOST_CHUNKS_A_SLICE) return;
    yield { until: timers.sleep(0), mayEnd: 'wait' };
    this.#sliceStart = clock.monotonic();
    this.#inSlice = 0;
  }
}

const strict: OnDamage = (address, cause) => {
  const message = `chunk ${address} is needed and cannot be read; nothing was collected. dolt fsck says more.`;
  throw new DoltError('corrupt', message, { cause });
};

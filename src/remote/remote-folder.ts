/**
 * The folder of a remote: a store without journal that processes move by turns. The lock is held for each swap only, and
 * waited for; readers take none. What a `file://` remote and a served folder have in common.
 */
import type { Address } from '../base/address.ts';
import { abandonFile, DiskError } from '../base/disk.ts';
import type { DoltError } from '../base/errors.ts';
import { type FileSpec, missingManifest } from '../chunks/manifest.ts';
import { NbsStore } from '../chunks/nbs-store.ts';
import { hasChunkFiles } from '../chunks/open-chunk-file.ts';
import type { Environment } from '../repo/repository.ts';
import type { Pruned } from './remote-store.ts';

/** How long a swap waits for the lock of somebody else's swap. */
const LOCK_WAIT_MS = 10_000;
/** How long it keeps others of this process waiting for it at a time: about what a swap takes. */
const LOCK_TRY_MS = 10;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
const TIDY_AT = 24;
/** How long tidying keeps others waiting at a time. */
const SLICE_MS = 10;
/** How old a file that nothing names must be to be no part of a push under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

export class RemoteFolder {
  readonly directory: string;
  readonly #environment: Environment;
  readonly #abandonedAfterMs: number;
  #store: NbsStore | undefined;
  #isTidying = false;

  constructor(environment: Environment, directory: string, abandonedAfterMs = ABANDONED_AFTER_MS) {
    this.#abandonedAfterMs = abandonedAfterMs;
    this.#environment = environment;
    this.directory = directory;
  }

  /** Makes the folder of a remote that is pushed to for the first time. */
  create(): void {
    const { disk } = this.#environment;
    disk.makeDirectory('remote:make', this.directory);
    if (disk.stat(`${this.directory}/manifest`)) return;
    const store = this.#openStore();
    store.ensureManifest();
    store.close();
  }

  exists(): boolean {
    return this.#store !== undefined || this.#environment.disk.stat(this.directory)?.kind === 'directory';
  }

  /** Its store, opened with the first call. Throws `corrupt` where files have no manifest. */
  store(): NbsStore {
    if (this.#store) return this.#store;
    const { disk } = this.#environment;
    if (!disk.stat(`${this.directory}/manifest`) && hasChunkFiles(disk, this.directory))
      throw missingManifest(this.directory);
    this.#store = this.#openStore(LOCK_TRY_MS);
    return this.#store;
  }

  /**
   * Names complete files of the folder in the manifest and swaps the root, together; false when the root is not `last` any
   * more. Not before what `ready` waits for. Throws `conflict` when the gc generation is not `generation` any more.
   */
  async swap(
    next: Address,
    last: Address,
    files: readonly FileSpec[],
    generation: Address,
    ready: () => Promise<unknown>,
  ): Promise<boolean> {
    const store = this.store();
    const prepared = store.prepareFiles(next, last, files);
    if (prepared === undefined) return false;
    try {
      await Promise.all([ready(), prepared.synced]);
      return await this.#patiently(() => store.commitFiles(next, last, files, generation, prepared));
    } finally {
      // Where another took its place, or it could not take its own.
      abandonFile(this.#environment.disk, 'remote:abandon-manifest', prepared.path);
    }
  }

  /**
   * Conjoins when there are many files, and removes what killed pushes left long ago. A swap is acknowledged at once; this
   * comes afterwards, and lets others have their turn.
   */
  async tidy(): Promise<void> {
    // What came meanwhile is tidied by whoever comes next.
    if (this.#isTidying) return;
    this.#isTidying = true;
    try {
      const store = this.store();
      store.rebase();
      await this.#conjoin(store);
      store.removeAbandoned(this.#environment.clock.now() - this.#abandonedAfterMs);
    } finally {
      this.#isTidying = false;
    }
  }

  /** Removes what nothing names, where nothing of the folder was written for `graceMs`: so nobody is about to name it. */
  prune(graceMs: number): Pruned {
    const { disk, clock } = this.#environment;
    const store = this.store();
    store.rebase();
    const now = clock.now();
    const newest = (disk.list(this.directory) ?? [])
      .map((name) => ({ name, ...disk.stat(`${this.directory}/${name}`) }))
      .filter(({ kind }) => kind === 'file')
      .reduce((a, b) => ((b.modifiedMs ?? 0) > (a.modifiedMs ?? 0) ? b : a), { name: '', modifiedMs: 0 });
    const sinceMs = now - (newest.modifiedMs ?? 0);
    if (sinceMs < graceMs) return { files: 0, bytes: 0, written: { name: newest.name, sinceMs: Math.max(0, sinceMs) } };
    const sizes = store.removeAbandoned(now - graceMs);
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  async #conjoin(store: NbsStore): Promise<void> {
    const { clock, timers } = this.#environment;
    const steps = store.conjoinSteps(TIDY_AT);
    try {
      for (let since = clock.monotonic(); !steps.next().done; ) {
        if (clock.monotonic() - since < SLICE_MS) continue;
        await timers.sleep(0);
        since = clock.monotonic();
      }
    } catch (error) {
      // Whoever holds the lock tidies after that.
      if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error;
    }
  }

  /** Does what takes the lock again while somebody else holds it, letting others of this process run meanwhile. */
  async #patiently<T>(work: () => T): Promise<T> {
    const { clock, timers, random } = this.#environment;
    const deadline = clock.monotonic() + LOCK_WAIT_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error;
        if (clock.monotonic() >= deadline) throw heldTooLong(error);
      }
      await timers.sleep(pauseMs * (0.5 + random() / 2));
    }
  }

  #openStore(lockWaitMs?: number): NbsStore {
    const { disk, logger } = this.#environment;
    const options = { journal: false, logger, conjoinAt: Number.POSITIVE_INFINITY };
    return NbsStore.open(disk, this.directory, lockWaitMs === undefined ? options : { ...options, lockWaitMs });
  }
}

/** A swap takes milliseconds: who is at it for so long is stopped, or on a machine that is. */
function heldTooLong(error: DiskError): DoltError {
  const text = `${error.message}. It has been for ${LOCK_WAIT_MS / 1000} s: if it is frozen, end it (kill -9), which loses nothing`;
  return new DiskError('unavailable', error.code, error.path, text, { cause: error });
}

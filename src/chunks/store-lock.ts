/** The lock of a store's folder: `flock(2)` on its `LOCK`, which the original takes too (FORMAT.md §2.2). */
import { type Disk, DiskError, type DiskLock } from '../base/disk.ts';

/**
 * Takes the lock, waiting as long as the disk does, and no longer than `mostMs`. Throws `unavailable`, naming the holder where
 * it is known.
 */
export function lockStore(disk: Disk, directory: string, mostMs?: number): DiskLock {
  disk.makeDirectory('store:make', directory);
  const path = `${directory}/LOCK`;
  const lock = disk.tryLock(path, mostMs);
  if (lock) return lock;
  const text = new TextDecoder().decode(disk.readFile(`${path}.pid`) ?? new Uint8Array(0)).trim();
  const [, pid, host] = /^(\d+)(?: (\S+))?$/.exec(text) ?? [];
  const holder = pid === undefined ? 'another process' : `process ${pid}${host === undefined ? '' : ` on ${host}`}`;
  throw new DiskError(
    'unavailable',
    'ELOCKED',
    path,
    `${directory} is locked by ${holder}; try again when it has finished`,
  );
}

/** The same as something that is held for long, or for one piece of work only. */
export class StoreLock {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #mostMs: number | undefined;
  #held: DiskLock | undefined;

  /** `mostMs`: the longest wait for it, unless told when it is taken. */
  constructor(disk: Disk, directory: string, mostMs: number | undefined) {
    this.#disk = disk;
    this.#directory = directory;
    this.#mostMs = mostMs;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Holds it from now on, if it is not held, and prepares for that; where this fails, it is not held. */
  hold(prepare: () => void, mostMs?: number): void {
    if (this.#held) return;
    const lock = lockStore(this.#disk, this.#directory, mostMs);
    try {
      prepare();
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#held = lock;
  }

  /** Does something while it is held, by this or for this alone. */
  during<T>(work: () => T): T {
    if (this.#held) return work();
    const lock = lockStore(this.#disk, this.#directory, this.#mostMs);
    try {
      return work();
    } finally {
      lock.release();
    }
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}

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

/** The lock of a store's folder: `flock(2)` on its `LOCK`, which the original takes too (FORMAT.md §2.2). */
import { type Disk, DiskError, type DiskLock } from '../base/disk.ts';

/** Takes the lock, waiting as long as the disk does. Throws `unavailable`, naming the holder where it is known. */
export function lockStore(disk: Disk, directory: string): DiskLock {
  disk.makeDirectory('store:make', directory);
  const path = `${directory}/LOCK`;
  const lock = disk.tryLock(path);
  if (lock) return lock;
  const pid = new TextDecoder().decode(disk.readFile(`${path}.pid`) ?? new Uint8Array(0)).trim();
  const holder = /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
  throw new DiskError(
    'unavailable',
    'ELOCKED',
    path,
    `${directory} is locked by ${holder}; try again when it has finished`,
  );
}

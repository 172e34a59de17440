/**
 * A folder of this process alone, below the data folder: for what is on its way to a bucket, and for the page's copies. Hubs
 * may share a data folder: as long as a process runs it holds the lock beside its folder, and the next one to begin removes
 * what is left of those that were killed.
 */
import { abandonFile, abandonTree, type Disk, type DiskLock } from '../../base/disk.ts';
import { randomName } from '../../base/random-name.ts';
import { HUB_FOLDER } from '../accounts/folder-accounts.ts';

const LOCK = '.lock';

export class OwnFolder {
  readonly path: string;
  readonly #disk: Disk;
  readonly #hub: string;
  #lock: DiskLock | undefined;

  constructor(disk: Disk, dataDirectory: string) {
    this.#disk = disk;
    this.#hub = `${dataDirectory}/${HUB_FOLDER}`;
    this.path = `${this.#hub}/process-${randomName()}`;
  }

  /** Makes it, before anything is put there. */
  take(): void {
    this.#disk.makeDirectory('own-folder:make', this.path);
    // Nobody else knows its name before the lock is there.
    this.#lock = this.#disk.tryLock(this.path + LOCK, 0);
    for (const name of this.#disk.list(this.#hub) ?? []) {
      if (name.startsWith('process-') && name.endsWith(LOCK)) this.#removeAbandoned(`${this.#hub}/${name}`);
    }
  }

  /** Removes it with all that is in it. */
  close(): void {
    if (this.#lock === undefined) return;
    this.#remove(this.path, this.#lock);
    this.#lock = undefined;
  }

  #removeAbandoned(lockPath: string): void {
    if (lockPath === this.path + LOCK) return;
    const lock = this.#disk.tryLock(lockPath, 0);
    if (lock !== undefined) this.#remove(lockPath.slice(0, -LOCK.length), lock);
  }

  #remove(path: string, lock: DiskLock): void {
    abandonTree(this.#disk, 'own-folder:remove', path);
    abandonFile(this.#disk, 'own-folder:remove-lock', path + LOCK);
    lock.release();
  }
}

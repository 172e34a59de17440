/**
 * Where a clone is made until it is one: `.cloning` in its folder. Its last step moves `.dolt` into place, so that nobody takes a
 * part for a repository. Who is killed leaves `.cloning`, and the next clone into the folder uses the files in it, or, where
 * all was done but the cleaning up, has nothing more to do.
 *
 *     .cloning/url           what is cloned
 *     .cloning/.dolt/        the repository that is to be
 *     .cloning/.dolt/noms/   files of the remote, complete by their names, and beginnings of files with `.part`
 *
 * What is to take the place of a repository is made in `.replacing`, of the same form: a `.dolt` beside it is never what was
 * made, but in the moment before `.replacing` goes.
 */
import { abandonTree, type Disk, type DiskLock } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { isTableName } from '../chunks/open-chunk-file.ts';
import { readText, replaceFile } from '../repo/atomic-file.ts';

const PART = '.part';
const STAGING = '.cloning';
const REPLACING = '.replacing';

/** Whether a clone into the folder, or a restore, has more to do, if only to clean up: it goes on when it is run again. */
export function isUnfinishedClone(disk: Disk, directory: string): boolean {
  const isThere = (name: string): boolean => disk.stat(`${directory}/${name}`) !== undefined;
  return isThere(STAGING) || (!isThere('.dolt') && isThere(REPLACING));
}

export class CloneFolder {
  /** Where the repository is made. */
  readonly staging: string;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #existed: boolean;
  readonly #lock: DiskLock;

  /**
   * Throws `conflict` where a repository is that is not to be replaced, and `unavailable` while somebody else clones into the
   * folder.
   */
  static open(disk: Disk, directory: string, mayReplace = false): CloneFolder {
    const existed = disk.stat(directory) !== undefined;
    const isThere = (name: string): boolean => disk.stat(`${directory}/${name}`) !== undefined;
    if (isThere('.dolt') && !mayReplace && !isThere(STAGING)) {
      throw new DoltError('conflict', `data repository already exists at ${directory}`);
    }
    const isReplacing = isThere('.dolt') ? mayReplace : isThere(REPLACING);
    const staging = `${directory}/${isReplacing ? REPLACING : STAGING}`;
    try {
      // Left by one that came to its end, whose repository is to give way now.
      if (isReplacing) disk.removeTree('clone:clean-up', `${directory}/${STAGING}`);
      disk.makeDirectory('clone:directory', staging);
      const lock = disk.tryLock(`${staging}/LOCK`, 0);
      if (lock) return new CloneFolder(disk, directory, staging, existed, lock);
    } catch (error) {
      if (!existed) abandonTree(disk, 'clone:clean-up', directory);
      throw error;
    }
    throw new DoltError('unavailable', `something is being cloned into ${directory} now; wait for its end`);
  }

  private constructor(disk: Disk, directory: string, staging: string, existed: boolean, lock: DiskLock) {
    this.#disk = disk;
    this.#directory = directory;
    this.#existed = existed;
    this.#lock = lock;
    this.staging = staging;
  }

  /** An earlier clone came to its end, but for cleaning up. */
  get isPublished(): boolean {
    return !this.#isReplacing && this.#disk.stat(`${this.#directory}/.dolt`) !== undefined;
  }

  get #isReplacing(): boolean {
    return this.staging.endsWith(REPLACING);
  }

  /** Clears away all but what can be used of an earlier clone of `url`; whether there is something. */
  prepare(url: string): boolean {
    const disk = this.#disk;
    const dolt = `${this.staging}/.dolt`;
    let isUsed = false;
    if (readText(disk, `${this.staging}/url`) === url) {
      for (const name of disk.list(dolt) ?? []) if (name !== 'noms') this.#removeAll(`${dolt}/${name}`);
      for (const name of disk.list(`${dolt}/noms`) ?? []) {
        if (isTableName(isPart(name) ? name.slice(0, -PART.length) : name)) isUsed = true;
        else this.#removeAll(`${dolt}/noms/${name}`);
      }
    } else {
      this.discard();
      replaceFile(disk, 'clone:url', `${this.staging}/url`, url);
    }
    return isUsed;
  }

  /** Clears away what was copied. */
  discard(): void {
    this.#disk.removeTree('clone:discard', `${this.staging}/.dolt`);
  }

  /** Moves the repository, which is closed, into its place, where it takes that of another. */
  publish(): void {
    if (this.#isReplacing) this.#disk.removeTree('clone:replace', `${this.#directory}/.dolt`);
    this.#disk.rename('clone:publish', `${this.staging}/.dolt`, `${this.#directory}/.dolt`);
    this.#disk.syncDirectory('clone:sync-directory', this.#directory);
  }

  /** After `publish`. */
  cleanUp(): void {
    this.#lock.release();
    this.#disk.removeTree('clone:clean-up', this.staging);
  }

  /** Leaves what was copied for the next one. */
  leave(): void {
    this.#lock.release();
  }

  /** Leaves nothing. */
  abandon(): void {
    this.#lock.release();
    const isAlone = !this.#existed && this.#disk.stat(`${this.#directory}/.dolt`) === undefined;
    abandonTree(this.#disk, 'clone:abandon', isAlone ? this.#directory : this.staging);
  }

  #removeAll(path: string): void {
    const isFolder = this.#disk.stat(path)?.kind === 'directory';
    if (isFolder) this.#disk.removeTree('clone:clear', path);
    else this.#disk.remove('clone:clear', path);
  }
}

export const isPart = (name: string): boolean => name.endsWith(PART);

/** Where a file stands that is on its way to `path`. */
export const partOf = (path: string): string => path + PART;

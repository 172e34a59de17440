/** The accounts of a hub over a folder: `.hub/accounts.json` in it, which its owner alone can read. */
import type { Disk } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { readText, replaceFile } from '../../repo/atomic-file.ts';
import type { AccountStorage, KeptText } from './account-storage.ts';

const OWNER_ONLY = 0o600;
/** A file that was younger than this when it was read may have changed since without a sign. */
const SIGN_MS = 50;
const LOCK_WAIT_MS = 5000;

/** What the hub keeps for itself in its data folder. No owner is called so. */
export const HUB_FOLDER = '.hub';

export class FolderAccounts implements AccountStorage {
  readonly name: string;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #now: () => number;
  #seen: { readonly size: number; readonly modifiedMs: number; readonly readMs: number } | undefined;
  #kept: KeptText | undefined;

  /** `now`: milliseconds since 1970, by the clock that dates files. */
  constructor(disk: Disk, dataDirectory: string, now: () => number) {
    this.#disk = disk;
    this.#directory = `${dataDirectory}/${HUB_FOLDER}`;
    this.#now = now;
    this.name = `${this.#directory}/accounts.json`;
  }

  async read(): Promise<KeptText | undefined> {
    const stat = this.#disk.stat(this.name);
    const seen = this.#seen;
    const isSame =
      stat !== undefined &&
      seen !== undefined &&
      stat.size === seen.size &&
      stat.modifiedMs === seen.modifiedMs &&
      seen.readMs - seen.modifiedMs > SIGN_MS;
    if (isSame) return this.#kept;
    this.#seen = stat && { size: stat.size, modifiedMs: stat.modifiedMs, readMs: this.#now() };
    const text = readText(this.#disk, this.name);
    if (text !== this.#kept?.text) this.#kept = text === undefined ? undefined : { text, version: text };
    return this.#kept;
  }

  async replace(before: KeptText | undefined, text: string): Promise<boolean> {
    this.#disk.makeDirectory('accounts:make', this.#directory);
    const lock = this.#disk.tryLock(`${this.#directory}/LOCK`, LOCK_WAIT_MS);
    if (lock === undefined) {
      throw new DoltError('unavailable', `${this.name} is being changed by another process; try again`);
    }
    try {
      if (readText(this.#disk, this.name) !== before?.text) return false;
      replaceFile(this.#disk, 'accounts', this.name, text, OWNER_ONLY);
      this.#seen = undefined;
      return true;
    } finally {
      lock.release();
    }
  }
}

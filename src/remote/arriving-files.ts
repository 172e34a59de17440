/**
 * Files of a remote on their way into a clone. What takes time goes on side by side: while a table file comes, what is there
 * of it is checked, for which its index is fetched ahead; while the last one is synced, the rest is.
 */
import { JOURNAL_ADDRESS } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { tableIndexBytes } from '../chunks/table-index.ts';
import type { ArrivalCheck } from './arrival-check.ts';
import { partOf } from './clone-folder.ts';
import type { RemoteFile, RemoteStore } from './remote-store.ts';

/** Of an index that is fetched ahead; a server only says how large it is. */
const MOST_INDEX_BYTES = 32 << 20;

export class ArrivingFiles {
  readonly #disk: Disk;
  readonly #store: RemoteStore;
  readonly #check: ArrivalCheck;
  readonly #isCheckedAhead: boolean;
  /** How many files are not here with all their bytes. */
  #missing: number;

  constructor(disk: Disk, store: RemoteStore, check: ArrivalCheck, files: readonly RemoteFile[]) {
    this.#disk = disk;
    this.#store = store;
    this.#check = check;
    this.#isCheckedAhead = check.expect(files.reduce((sum, { byteSize }) => sum + byteSize, 0));
    this.#missing = files.length;
  }

  /** A file has its name when it is whole; one that is there was copied by an earlier clone. A journal stays a part. */
  async copy(file: RemoteFile, path: string): Promise<void> {
    const part = partOf(path);
    if (file.name === JOURNAL_ADDRESS) {
      // It may have been written anew since.
      this.#disk.remove('clone:remove', part);
      await this.#store.download(file, part);
      this.#arrived();
      return;
    }
    const there = this.#disk.stat(path);
    if (there && (file.byteSize === 0 || there.size === file.byteSize)) return this.#arrived();
    await this.#download(file, path, part);
    this.#disk.rename('clone:complete', part, path);
  }

  async #download(file: RemoteFile, path: string, part: string): Promise<void> {
    let bytes = 0;
    const begun = this.#checkAhead(file, path, part).then(() => this.#check.grown(path, bytes));
    // Whoever waits for the end of the check is told.
    begun.catch(() => {});
    let checked = begun;
    await this.#store.download(file, part, (more) => {
      bytes += more;
      this.#check.grown(path, bytes);
      if (bytes !== file.byteSize) return;
      checked = begun.then(() => this.#arrived());
      checked.catch(() => {});
    });
    await checked;
    if (bytes !== file.byteSize) this.#arrived();
  }

  #arrived(): void {
    this.#missing--;
    if (this.#missing === 0) this.#check.catchUp();
  }

  async #checkAhead(file: RemoteFile, path: string, part: string): Promise<void> {
    const indexBytes = tableIndexBytes(file.chunkCount);
    const isTable = file.suffix === '' && indexBytes < file.byteSize && indexBytes <= MOST_INDEX_BYTES;
    if (!this.#isCheckedAhead || !isTable) return;
    try {
      const end = await this.#store.end(file, indexBytes);
      this.#check.begin(this.#disk, path, part, file.byteSize, end);
    } catch (error) {
      // Then the file is checked when it is here.
      if (!(error instanceof DoltError)) throw error;
    }
  }
}

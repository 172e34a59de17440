/**
 * Whether chunks are stored. Those that one chunk refers to mostly stand one after the other in their file, as whoever wrote
 * it met them; so the next place is looked at before the file is searched.
 */
import { ADDRESS_BYTES } from '../base/address.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import type { TableFile } from '../chunks/table-file.ts';

export class StoredAddresses {
  readonly #store: NbsStore;
  readonly #files: { readonly table: TableFile; readonly keys: Buffer }[] = [];
  readonly #key = new Uint8Array(ADDRESS_BYTES);
  /** Keys of the file that had the last one, and where the next one stands there. */
  #keys: Buffer = Buffer.alloc(0);
  #next = 0;

  constructor(store: NbsStore) {
    this.#store = store;
  }

  /** Looks in a file first; `keys` are those of its chunks, by ordinal. */
  addTable(table: TableFile, keys: Uint8Array): void {
    this.#files.push({ table, keys: Buffer.from(keys.buffer, keys.byteOffset, keys.length) });
  }

  /** Of the address whose 20 bytes stand at `at`. */
  has(bytes: Uint8Array, at: number): boolean {
    const end = this.#next + ADDRESS_BYTES;
    const isNext = end <= this.#keys.length && this.#keys.compare(bytes, at, at + ADDRESS_BYTES, this.#next, end) === 0;
    if (isNext) this.#next = end;
    return isNext || this.#search(bytes, at);
  }

  #search(bytes: Uint8Array, at: number): boolean {
    this.#key.set(bytes.subarray(at, at + ADDRESS_BYTES));
    for (const { table, keys } of this.#files) {
      const ordinal = table.ordinal(this.#key);
      if (ordinal < 0) continue;
      this.#keys = keys;
      this.#next = (ordinal + 1) * ADDRESS_BYTES;
      return true;
    }
    return this.#store.hasStored(bytes, at);
  }
}

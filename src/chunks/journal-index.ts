/**
 * Where each chunk of the journal stands: in memory an open hash table over the first 16 bytes of the addresses, on
 * disk `journal.idx` (FORMAT.md §2.5), which only saves reading the journal again. The file is a row of batches; each
 * covers the journal from the end of the one before up to a root record, and is believed only when its checksum fits
 * and that root record stands there. It is never synced: what a crash left of it is either right or not believed, and a
 * chunk is only taken when its address stands before it in the journal.
 */
import { type Address, addressAt, writeAddress } from '../base/address.ts';
import { putU32, putU64, u32At, u64At } from '../base/big-endian.ts';
import { crc32c } from '../base/crc32c.ts';

export const JOURNAL_INDEX_NAME = 'journal.idx';
export const LOOKUP_BYTES = 29;
export const BATCH_END_BYTES = 41;
const KEY = 16;

export class JournalIndex {
  #count = 0;
  #keys = new Uint8Array(KEY * 64);
  #offsets = new Float64Array(64);
  #lengths = new Uint32Array(64);
  /** Position + 1 of an entry, 0 where free. */
  #slots = new Int32Array(256);

  get count(): number {
    return this.#count;
  }

  /** The position of the entry of a key whose first bytes stand at `at`, or -1. */
  find(key: Uint8Array, at = 0): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = u32At(key, at) & mask; ; slot = (slot + 1) & mask) {
      const position = slots[slot]! - 1;
      if (position < 0) return -1;
      if (this.#equal(position, key, at)) return position;
    }
  }

  offset(position: number): number {
    return this.#offsets[position]!;
  }

  length(position: number): number {
    return this.#lengths[position]!;
  }

  /** Enters a record; the later of two with one address stands. */
  set(key: Uint8Array, at: number, offset: number, length: number): void {
    let position = this.find(key, at);
    if (position < 0) {
      position = this.#count++;
      if (this.#count > this.#offsets.length) this.#grow();
      for (let k = 0; k < KEY; k++) this.#keys[position * KEY + k] = key[at + k]!;
      this.#enter(position);
    }
    this.#offsets[position] = offset;
    this.#lengths[position] = length;
  }

  #enter(position: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = u32At(this.#keys, position * KEY) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = position + 1;
  }

  #equal(position: number, key: Uint8Array, at: number): boolean {
    const from = position * KEY;
    for (let k = 0; k < KEY; k++) if (this.#keys[from + k] !== key[at + k]) return false;
    return true;
  }

  #grow(): void {
    const size = this.#offsets.length * 2;
    const keys = new Uint8Array(size * KEY);
    keys.set(this.#keys);
    this.#keys = keys;
    const offsets = new Float64Array(size);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const lengths = new Uint32Array(size);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    this.#slots = new Int32Array(size * 4);
    for (let position = 0; position < this.#count - 1; position++) this.#enter(position);
  }
}

export interface IndexBatch {
  readonly start: number;
  readonly end: number;
  readonly root: Address;
}

/**
 * Reads the batches of an index file into `index`, as long as each follows the one before and `rootAt(end)` is its root.
 * Answers how far the journal is covered and where in the file the believed part ends.
 */
export function loadJournalIndex(
  bytes: Uint8Array,
  index: JournalIndex,
  rootAt: (offset: number) => Address | undefined,
): { readonly covered: number; readonly believed: number } {
  let covered = 0;
  let believed = 0;
  for (let at = 0; at < bytes.length; ) {
    const first = at;
    let checksum = 0;
    while (bytes[at] === 0 && at + LOOKUP_BYTES <= bytes.length) {
      checksum = crc32c(bytes, at + 1, at + 1 + KEY, checksum);
      at += LOOKUP_BYTES;
    }
    if (bytes[at] !== 1 || at + BATCH_END_BYTES > bytes.length) break;
    const end = u64At(bytes, at + 9);
    if (u64At(bytes, at + 1) !== covered || end < covered || u32At(bytes, at + 17) !== checksum) break;
    if (rootAt(end) !== addressAt(bytes, at + 21)) break;
    for (let lookup = first; lookup < at; lookup += LOOKUP_BYTES) {
      index.set(bytes, lookup + 1, u64At(bytes, lookup + 17), u32At(bytes, lookup + 25));
    }
    covered = end;
    at += BATCH_END_BYTES;
    believed = at;
  }
  return { covered, believed };
}

/** The bytes of one batch for the journal's chunks since the last one. */
export class BatchBuilder {
  #lookups = new Uint8Array(LOOKUP_BYTES * 256);
  #size = 0;
  #checksum = 0;

  add(key: Uint8Array, at: number, offset: number, length: number): void {
    if (this.#size + LOOKUP_BYTES > this.#lookups.length) {
      const grown = new Uint8Array(this.#lookups.length * 2);
      grown.set(this.#lookups);
      this.#lookups = grown;
    }
    const to = this.#size;
    this.#lookups[to] = 0;
    for (let k = 0; k < KEY; k++) this.#lookups[to + 1 + k] = key[at + k]!;
    putU64(this.#lookups, to + 17, offset);
    putU32(this.#lookups, to + 25, length);
    this.#checksum = crc32c(this.#lookups, to + 1, to + 1 + KEY, this.#checksum);
    this.#size += LOOKUP_BYTES;
  }

  finish(batch: IndexBatch): Uint8Array {
    const bytes = new Uint8Array(this.#size + BATCH_END_BYTES);
    bytes.set(this.#lookups.subarray(0, this.#size));
    const at = this.#size;
    bytes[at] = 1;
    putU64(bytes, at + 1, batch.start);
    putU64(bytes, at + 9, batch.end);
    putU32(bytes, at + 17, this.#checksum);
    writeAddress(batch.root, bytes, at + 21);
    this.#size = 0;
    this.#checksum = 0;
    return bytes;
  }
}

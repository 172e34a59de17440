/**
 * Where each chunk of the journal stands: in memory an open hash table over the first 16 bytes of the addresses, on
 * disk `journal.idx` (FORMAT.md §2.5), which only saves reading the journal again. The file is a row of batches; each
 * covers the journal from the end of the one before up to a root record, and is believed only when its checksum fits
 * and that root record stands there. It is never synced: what a crash left of it is either right or not believed, and a
 * chunk is only taken when its address stands before it in the journal.
 *
 * Every start of a command loads the file, so memory holds its very bytes: loading is one pass that enters positions
 * into the table, and a batch to write is a slice.
 */
import { type Address, addressAt, writeAddress } from '../base/address.ts';
import { putU32, putU64, u32At, u64At } from '../base/big-endian.ts';
import { crc32cOfPieces } from '../base/crc32c.ts';

export const JOURNAL_INDEX_NAME = 'journal.idx';
const LOOKUP = 0;
const BATCH_END = 1;
const LOOKUP_BYTES = 29;
const BATCH_END_BYTES = 41;
/** Bytes of an address in a lookup. */
const KEY = 16;

export class JournalIndex {
  #count = 0;
  /** Lookups, and the ends of batches between them, as in the file. */
  #bytes: Uint8Array = new Uint8Array(LOOKUP_BYTES * 64);
  #size = 0;
  /** Lookups from here on are not found yet. */
  #entered = 0;
  /** Where the lookups begin that belong to no batch yet. */
  #batch = 0;
  /** Position + 1 of a lookup in `#bytes`, 0 where free; by the first four bytes of the address. */
  #slots = new Int32Array(256);

  /** Chunks known. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes of the index file hold believed batches. */
  get batchedBytes(): number {
    return this.#batch;
  }

  /** The position of a chunk's lookup, or -1. */
  find(key: Uint8Array, at = 0): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = u32At(key, at) & mask; ; slot = (slot + 1) & mask) {
      const position = slots[slot]! - 1;
      if (position < 0 || sameKey(this.#bytes, position + 1, key, at)) return position;
    }
  }

  /** Where in the journal the chunk's record stands. */
  offset(position: number): number {
    return u64At(this.#bytes, position + 1 + KEY);
  }

  length(position: number): number {
    return u32At(this.#bytes, position + 1 + KEY + 8);
  }

  /** Enters a record that was appended; the later of two with one address stands. */
  add(key: Uint8Array, at: number, offset: number, length: number): void {
    this.append(key, at, offset, length);
    this.enterAppended();
  }

  /** The same for later: it is found when `enterAppended` was called. */
  append(key: Uint8Array, at: number, offset: number, length: number): void {
    const position = this.#size;
    this.#reserve(LOOKUP_BYTES);
    this.#bytes[position] = LOOKUP;
    for (let k = 0; k < KEY; k++) this.#bytes[position + 1 + k] = key[at + k]!;
    putU64(this.#bytes, position + 1 + KEY, offset);
    putU32(this.#bytes, position + 1 + KEY + 8, length);
    this.#size += LOOKUP_BYTES;
  }

  enterAppended(): void {
    for (; this.#entered < this.#size; this.#entered += LOOKUP_BYTES) this.#enter(this.#entered);
  }

  /** Forgets what was appended and not entered. */
  dropAppended(): void {
    this.#size = this.#entered;
  }

  /**
   * Takes the content of the index file, as long as each batch follows the one before and `rootAt(end)` is its root.
   * Answers how far the journal is covered. Only for an index without entries.
   */
  load(bytes: Uint8Array, rootAt: (offset: number) => Address | undefined): number {
    let covered = 0;
    let slots = 256;
    while (slots * LOOKUP_BYTES < bytes.length * 2) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#bytes = bytes;
    for (let at = 0; at < bytes.length; ) {
      const first = at;
      while (bytes[at] === LOOKUP && at + LOOKUP_BYTES <= bytes.length) at += LOOKUP_BYTES;
      if (bytes[at] !== BATCH_END || at + BATCH_END_BYTES > bytes.length) break;
      const end = u64At(bytes, at + 9);
      if (u64At(bytes, at + 1) !== covered || end < covered || u32At(bytes, at + 17) !== checksumOf(bytes, first, at))
        break;
      if (rootAt(end) !== addressAt(bytes, at + 21)) break;
      this.#count += enterAll(bytes, first, at, this.#slots);
      covered = end;
      at += BATCH_END_BYTES;
      this.#size = at;
    }
    this.#batch = this.#size;
    this.#entered = this.#size;
    return covered;
  }

  /** Closes a batch over all lookups since the last one: the bytes to append to the file. */
  endBatch(start: number, end: number, root: Address): Uint8Array {
    const at = this.#size;
    const checksum = checksumOf(this.#bytes, this.#batch, at);
    this.#reserve(BATCH_END_BYTES);
    this.#bytes[at] = BATCH_END;
    putU64(this.#bytes, at + 1, start);
    putU64(this.#bytes, at + 9, end);
    putU32(this.#bytes, at + 17, checksum);
    writeAddress(root, this.#bytes, at + 21);
    const from = this.#batch;
    this.#size += BATCH_END_BYTES;
    this.#batch = this.#size;
    this.#entered = this.#size;
    return this.#bytes.subarray(from, this.#size);
  }

  #enter(position: number): void {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#growSlots();
    this.#count += enterAll(this.#bytes, position, position + LOOKUP_BYTES, this.#slots);
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 4);
    this.#count = 0;
    for (const position of old) if (position > 0) this.#enter(position - 1);
  }

  #reserve(length: number): void {
    if (this.#size + length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + length));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}

/** Enters the lookups of [from, to) into a table that has room; how many were new. A later one of a key stands. */
function enterAll(bytes: Uint8Array, from: number, to: number, slots: Int32Array): number {
  const mask = slots.length - 1;
  let added = 0;
  for (let position = from; position < to; position += LOOKUP_BYTES) {
    const at = position + 1;
    let slot = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) & mask;
    for (let there = slots[slot]!; there !== 0; there = slots[slot]!) {
      if (bytes[there] === bytes[at] && sameKey(bytes, there, bytes, at)) {
        added--;
        break;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = at;
    added++;
  }
  return added;
}

function checksumOf(bytes: Uint8Array, from: number, to: number): number {
  return crc32cOfPieces(bytes, from + 1, LOOKUP_BYTES, KEY, (to - from) / LOOKUP_BYTES);
}

function sameKey(a: Uint8Array, at: number, b: Uint8Array, bAt: number): boolean {
  for (let k = 0; k < KEY; k++) if (a[at + k] !== b[bAt + k]) return false;
  return true;
}

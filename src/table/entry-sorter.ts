/**
 * Collects key and value tuples in any order and gives them back sorted. They are copied into pages; each key also gives
 * a number of 48 bits that never decreases in key order, by which entries are sorted without comparing. Entries with equal
 * numbers, where these are not all of the key, are sorted by the next 48 bits, and so on; comparisons decide where few
 * are left, or the order of bytes is not that of keys. Equal keys keep the order in which they came.
 *
 * Sorted entries are read from all over the pages, so all that belongs to one lies together: the lengths of key and
 * value, two bytes each, then the key, then the value. An entry is known by its place.
 */
import { copyBytes } from '../base/copy-bytes.ts';
import { assert, DoltError } from '../base/errors.ts';
import type { RangeComparator, TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import { OrderPrefix, WANTED } from './order-prefix.ts';
import { radixOrder } from './radix-order.ts';

const FIRST_PAGE_BYTES = 256;
const NO_PAGE = new Uint8Array(0);
/** Bits of a place within a page. */
const PAGE_BITS = 22;
const PAGE_BYTES = 1 << PAGE_BITS;
const MAXIMUM_PAGES = 2 ** (32 - PAGE_BITS);
const LENGTHS_BYTES = 4;
const FIRST_ENTRIES = 16;
/** Entries that are touched at once. */
const TOUCHED = 256;
/** So few are sorted by comparing. */
const FEW = 256;

export class EntrySorter {
  readonly #descriptor: TupleDescriptor;
  readonly #prefix: OrderPrefix;
  /** The order of the fields that decide. */
  readonly #compareDeciding: RangeComparator;
  /** Whether equal numbers mean equal keys, so far. */
  #isWhole = true;
  #pages: Uint8Array<ArrayBuffer>[] = [];
  #page = NO_PAGE;
  #pageUsed = 0;
  #count = 0;
  #bytes = 0;
  /** Of each entry: its page and its place there. */
  #places = new Uint32Array(FIRST_ENTRIES);
  /** The upper and the lower half of the 48 bits. */
  #high = new Uint32Array(FIRST_ENTRIES);
  #low = new Uint32Array(FIRST_ENTRIES);
  /** Sorted entries before this one were touched. */
  #touched = 0;

  /** `deciding`: of entries that are equal in so many fields, the caller adds the lesser first. */
  constructor(descriptor: TupleDescriptor, deciding = descriptor.fields.length) {
    this.#descriptor = descriptor;
    this.#prefix = new OrderPrefix(descriptor, deciding);
    this.#compareDeciding = descriptor.comparePrefix(deciding);
  }

  /** Forgets all entries. */
  clear(): void {
    const first = this.#pages[0];
    this.#pages = first?.length === FIRST_PAGE_BYTES ? [first] : [];
    this.#page = this.#pages[0] ?? NO_PAGE;
    this.#pageUsed = 0;
    this.#bytes = this.#page.length;
    this.#count = 0;
    this.#isWhole = true;
    this.#touched = 0;
    if (this.#places.length > FIRST_ENTRIES) {
      this.#places = new Uint32Array(FIRST_ENTRIES);
      this.#high = new Uint32Array(FIRST_ENTRIES);
      this.#low = new Uint32Array(FIRST_ENTRIES);
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Memory in use. */
  get byteSize(): number {
    return this.#bytes + 12 * this.#places.length;
  }

  /** Throws `invalid` for an entry that no node can hold. */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const keyLength = keyEnd - keyStart;
    const valueLength = valueEnd - valueStart;
    const size = keyLength + valueLength;
    if (size > 0xffff) throw new DoltError('invalid', `a row of ${size} bytes is too long`);
    if (this.#pageUsed + LENGTHS_BYTES + size > this.#page.length) this.#addPage(LENGTHS_BYTES + size);
    const page = this.#page;
    const at = this.#pageUsed;
    page[at] = keyLength;
    page[at + 1] = keyLength >> 8;
    page[at + 2] = valueLength;
    page[at + 3] = valueLength >> 8;
    const start = at + LENGTHS_BYTES;
    copyBytes(key, keyStart, keyEnd, page, start);
    copyBytes(value, valueStart, valueEnd, page, start + keyLength);
    this.#pageUsed = start + size;
    const entry = this.#count++;
    if (entry === this.#places.length) this.#grow();
    this.#places[entry] = (this.#pages.length - 1) * PAGE_BYTES + at;
    const prefix = this.#prefix;
    prefix.read(key, keyStart, keyEnd);
    this.#high[entry] = prefix.high;
    this.#low[entry] = prefix.low;
    if (!prefix.isWhole) this.#isWhole = false;
  }

  /** The entries in key order. */
  sorted(): Uint32Array {
    this.#touched = 0;
    const entries = this.#places.slice(0, this.#count);
    if (this.#count < FEW) this.#sortByComparing(entries);
    else this.#sortByNumbers(entries, this.#high, this.#low, this.#isWhole, 0);
    return entries;
  }

  /** Sorts by numbers, of which `skipped` bits come before that are equal. */
  #sortByNumbers(entries: Uint32Array, high: Uint32Array, low: Uint32Array, isWhole: boolean, skipped: number): void {
    const order = radixOrder(high, low, entries.length);
    const unsorted = entries.slice();
    for (let i = 0; i < order.length; i++) entries[i] = unsorted[order[i]!]!;
    if (isWhole) return;
    for (let from = 0; from < order.length; ) {
      const first = order[from]!;
      let to = from + 1;
      while (to < order.length && high[order[to]!] === high[first] && low[order[to]!] === low[first]) to++;
      if (to - from > 1) this.#sortTied(entries.subarray(from, to), skipped + WANTED);
      from = to;
    }
  }

  /** Sorts entries whose first bits are equal. */
  #sortTied(entries: Uint32Array, skipped: number): void {
    if (this.#isInOrder(entries)) return;
    if (entries.length < FEW) {
      this.#sortByComparing(entries);
      return;
    }
    const high = new Uint32Array(entries.length);
    const low = new Uint32Array(entries.length);
    let isWhole = true;
    let hasBits = false;
    const prefix = this.#prefix;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      prefix.read(this.page(entry), this.keyStart(entry), this.keyEnd(entry), skipped);
      high[i] = prefix.high;
      low[i] = prefix.low;
      if (!prefix.isWhole) isWhole = false;
      if (prefix.hasBits) hasBits = true;
    }
    if (hasBits) this.#sortByNumbers(entries, high, low, isWhole, skipped);
    else this.#sortByComparing(entries);
  }

  #sortByComparing(entries: Uint32Array): void {
    entries.sort((a, b) => this.#decide(a, b) || a - b);
  }

  #isInOrder(entries: Uint32Array): boolean {
    for (let i = 1; i < entries.length; i++) if (this.#decide(entries[i - 1]!, entries[i]!) > 0) return false;
    return true;
  }

  /**
   * To be called before the entry at `at` is read: reads a byte of each of the entries from there on, now and then. They
   * lie scattered, and the processor fetches many at once here, but one after the other where much is done with each.
   * What it gives says nothing; it is there so that the reads are not left out.
   */
  touch(entries: Uint32Array, at: number): number {
    if (at < this.#touched) return 0;
    this.#touched = Math.min(at + TOUCHED, entries.length);
    let all = 0;
    for (let i = at; i < this.#touched; i++) all |= this.page(entries[i]!)[entries[i]! & (PAGE_BYTES - 1)]!;
    return all;
  }

  /** The order of two entries by key. */
  compare(a: number, b: number): number {
    return this.#compareBy(this.#descriptor.compare, a, b);
  }

  #decide(a: number, b: number): number {
    return this.#compareBy(this.#compareDeciding, a, b);
  }

  #compareBy(compare: RangeComparator, a: number, b: number): number {
    return compare(this.page(a), this.keyStart(a), this.keyEnd(a), this.page(b), this.keyStart(b), this.keyEnd(b));
  }

  /** The buffer of an entry. */
  page(entry: number): Uint8Array {
    return this.#pages[entry >>> PAGE_BITS]!;
  }

  keyStart(entry: number): number {
    return (entry & (PAGE_BYTES - 1)) + LENGTHS_BYTES;
  }

  keyEnd(entry: number): number {
    const page = this.page(entry);
    const start = this.keyStart(entry);
    return start + (page[start - 4]! | (page[start - 3]! << 8));
  }

  /** End of the value, which starts at `keyEnd`. */
  valueEnd(entry: number): number {
    const page = this.page(entry);
    const start = this.keyStart(entry);
    return this.keyEnd(entry) + (page[start - 2]! | (page[start - 1]! << 8));
  }

  #addPage(needed: number): void {
    assert(this.#pages.length < MAXIMUM_PAGES, 'so much is not sorted in memory');
    const size = this.#pages.length === 0 ? FIRST_PAGE_BYTES : Math.min(PAGE_BYTES, 4 * this.#page.length);
    this.#page = new Uint8Array(Math.max(size, needed));
    this.#pages.push(this.#page);
    this.#pageUsed = 0;
    this.#bytes += this.#page.length;
  }

  #grow(): void {
    this.#places = doubled(this.#places);
    this.#high = doubled(this.#high);
    this.#low = doubled(this.#low);
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(2 * array.length);
  grown.set(array);
  return grown;
}

/**
 * Collects key and value tuples in any order and gives them back sorted. They are copied into pages; each key also gives
 * a number of 48 bits that never decreases in key order, by which entries are sorted without comparing; comparisons
 * decide among entries with equal numbers only. Equal keys keep the order in which they came.
 */
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import { OrderPrefix } from './order-prefix.ts';

const FIRST_PAGE_BYTES = 4096;
const PAGE_BYTES = 4 * 1024 * 1024;
const FIRST_ENTRIES = 16;
/** So few are sorted by comparing. */
const FEW = 256;
const DIGIT_BITS = 12;
const DIGITS = 1 << DIGIT_BITS;

export class EntrySorter {
  readonly #descriptor: TupleDescriptor;
  readonly #prefix: OrderPrefix;
  readonly #pages: Uint8Array[] = [];
  #pageUsed = 0;
  #count = 0;
  #bytes = 0;
  #pageOf = new Uint16Array(FIRST_ENTRIES);
  #start = new Uint32Array(FIRST_ENTRIES);
  #keyLength = new Uint32Array(FIRST_ENTRIES);
  #valueLength = new Uint32Array(FIRST_ENTRIES);
  /** The upper and the lower half of the 48 bits. */
  #high = new Uint32Array(FIRST_ENTRIES);
  #low = new Uint32Array(FIRST_ENTRIES);

  constructor(descriptor: TupleDescriptor) {
    this.#descriptor = descriptor;
    this.#prefix = new OrderPrefix(descriptor);
  }

  get count(): number {
    return this.#count;
  }

  /** Memory in use. */
  get byteSize(): number {
    return this.#bytes + 22 * this.#start.length;
  }

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
    let page = this.#pages[this.#pages.length - 1];
    if (page === undefined || this.#pageUsed + keyLength + valueLength > page.length) {
      const size = page === undefined ? FIRST_PAGE_BYTES : Math.min(PAGE_BYTES, 4 * page.length);
      page = new Uint8Array(Math.max(size, keyLength + valueLength));
      this.#pages.push(page);
      this.#pageUsed = 0;
      this.#bytes += page.length;
    }
    const entry = this.#count++;
    if (entry === this.#start.length) this.#grow();
    const start = this.#pageUsed;
    copy(key, keyStart, keyEnd, page, start);
    copy(value, valueStart, valueEnd, page, start + keyLength);
    this.#pageUsed = start + keyLength + valueLength;
    this.#pageOf[entry] = this.#pages.length - 1;
    this.#start[entry] = start;
    this.#keyLength[entry] = keyLength;
    this.#valueLength[entry] = valueLength;
    this.#prefix.read(key, keyStart, keyEnd);
    this.#high[entry] = this.#prefix.high;
    this.#low[entry] = this.#prefix.low;
  }

  /** The numbers of the entries in key order. */
  sorted(): Uint32Array {
    let order = new Uint32Array(this.#count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    let other = new Uint32Array(this.#count);
    if (this.#count < FEW) return order.sort((a, b) => this.compare(a, b) || a - b);
    for (const [digits, shift] of [
      [this.#low, 0],
      [this.#low, DIGIT_BITS],
      [this.#high, 0],
      [this.#high, DIGIT_BITS],
    ] as const) {
      if (scatter(digits, shift, order, other)) [order, other] = [other, order];
    }
    this.#sortTies(order);
    return order;
  }

  /** Puts runs of equal numbers into key order, where they are not yet. */
  #sortTies(order: Uint32Array): void {
    const high = this.#high;
    const low = this.#low;
    for (let from = 0; from < order.length; ) {
      const first = order[from]!;
      let to = from + 1;
      let inOrder = true;
      for (; to < order.length; to++) {
        const entry = order[to]!;
        if (high[entry] !== high[first] || low[entry] !== low[first]) break;
        if (inOrder && this.compare(order[to - 1]!, entry) > 0) inOrder = false;
      }
      if (!inOrder) {
        const run = Array.from(order.subarray(from, to)).sort((a, b) => this.compare(a, b) || a - b);
        order.set(run, from);
      }
      from = to;
    }
  }

  /** The order of two entries by key. */
  compare(a: number, b: number): number {
    const aStart = this.#start[a]!;
    const bStart = this.#start[b]!;
    return this.#descriptor.compare(
      this.page(a),
      aStart,
      aStart + this.#keyLength[a]!,
      this.page(b),
      bStart,
      bStart + this.#keyLength[b]!,
    );
  }

  /** The buffer of an entry. */
  page(entry: number): Uint8Array {
    return this.#pages[this.#pageOf[entry]!]!;
  }

  keyStart(entry: number): number {
    return this.#start[entry]!;
  }

  keyEnd(entry: number): number {
    return this.#start[entry]! + this.#keyLength[entry]!;
  }

  /** End of the value, which starts at `keyEnd`. */
  valueEnd(entry: number): number {
    return this.keyEnd(entry) + this.#valueLength[entry]!;
  }

  #grow(): void {
    const pageOf = new Uint16Array(2 * this.#pageOf.length);
    pageOf.set(this.#pageOf);
    this.#pageOf = pageOf;
    this.#start = doubled(this.#start);
    this.#keyLength = doubled(this.#keyLength);
    this.#valueLength = doubled(this.#valueLength);
    this.#high = doubled(this.#high);
    this.#low = doubled(this.#low);
  }
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 48) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let i = start, j = at; i < end; i++, j++) to[j] = from[i]!;
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(2 * array.length);
  grown.set(array);
  return grown;
}

/** One stable pass of a radix sort; false, and nothing moved, where all digits are equal. */
function scatter(digits: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const next = new Uint32Array(DIGITS);
  for (let i = 0; i < from.length; i++) {
    const digit = (digits[from[i]!]! >>> shift) & (DIGITS - 1);
    next[digit] = next[digit]! + 1;
  }
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = next[digit]!;
    if (count === from.length) return false;
    next[digit] = sum;
    sum += count;
  }
  for (let i = 0; i < from.length; i++) {
    const entry = from[i]!;
    const digit = (digits[entry]! >>> shift) & (DIGITS - 1);
    to[next[digit]!] = entry;
    next[digit] = next[digit]! + 1;
  }
  return true;
}

/**
 * Edits in key order, in memory. Keys and values are copied into pages, an edit is a few numbers, and the order is kept
 * in blocks of edit numbers: appending at the end costs one comparison, an edit elsewhere a binary search and a short
 * move. An edit of a key that is there takes its place.
 */
import { copyBytes } from '../base/copy-bytes.ts';
import type { EditStream } from './apply-edits.ts';
import type { TreeFormat } from './tree-format.ts';

/** The first page is small: most statements edit one row. */
const FIRST_PAGE_BYTES = 512;
const PAGE_BYTES = 1 << 20;
const BLOCK_EDITS = 512;
/** Few enough for arrays that need no memory of their own. */
const FIRST_BLOCK_EDITS = 8;
/** What an edit costs beside its bytes. */
const EDIT_BYTES = 36;
const REMOVED = -1;
const NOTHING = new Uint8Array(0);

/** One that is not in use: statements come one after the other, and making a buffer costs more than a few edits. */
let spare: EditBuffer | undefined;

interface Block {
  readonly edits: Int32Array;
  /** Of each edit its key's rank, next to each other, so that a search stays in few cache lines. */
  readonly ranks: Float64Array;
  length: number;
}

function newBlock(capacity: number): Block {
  return { edits: new Int32Array(capacity), ranks: new Float64Array(capacity), length: 0 };
}

export class EditBuffer {
  #compare: TreeFormat['compare'];
  #rank: TreeFormat['rank'];
  #pages: Uint8Array[] = [];
  #pageUsed = 0;
  #bytes = 0;
  #count = 0;
  /** Of each edit: its page, where its key starts, the lengths of key and value (-1: removed). The value follows the key. */
  #page = new Uint16Array(16);
  #start = new Int32Array(16);
  #keyLength = new Int32Array(16);
  #valueLength = new Int32Array(16);
  /** Edit numbers in key order. */
  #blocks: Block[] = [];
  readonly #firstBlock = newBlock(FIRST_BLOCK_EDITS);
  /** The block that was edited last. */
  #near = 0;

  private constructor({ compare, rank }: TreeFormat) {
    this.#compare = compare;
    this.#rank = rank;
  }

  /** An empty buffer for edits of a map. */
  static take(format: TreeFormat): EditBuffer {
    const buffer = spare;
    if (buffer === undefined) return new EditBuffer(format);
    spare = undefined;
    buffer.#compare = format.compare;
    buffer.#rank = format.rank;
    return buffer;
  }

  /** Nobody uses the buffer any more, nor what it gave. */
  release(): void {
    this.#clear();
    spare = this;
  }

  get count(): number {
    return this.#count;
  }

  /** Memory in use. */
  get byteSize(): number {
    return this.#bytes + EDIT_BYTES * this.#count;
  }

  #clear(): void {
    const first = this.#pages[0];
    this.#pages = first?.length === FIRST_PAGE_BYTES ? [first] : [];
    this.#pageUsed = 0;
    this.#bytes = 0;
    this.#count = 0;
    this.#blocks = [];
    this.#near = 0;
    if (this.#page.length > 4096) {
      this.#page = new Uint16Array(16);
      this.#start = new Int32Array(16);
      this.#keyLength = new Int32Array(16);
      this.#valueLength = new Int32Array(16);
    }
  }

  put(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const edit = this.#slot(key, keyStart, keyEnd);
    this.#store(edit, key, keyStart, keyEnd, value, valueStart, valueEnd, valueEnd - valueStart);
  }

  remove(key: Uint8Array, start: number, end: number): void {
    const edit = this.#slot(key, start, end);
    this.#store(edit, key, start, end, key, start, start, REMOVED);
  }

  /** The number of the edit of a key, or -1. */
  find(key: Uint8Array, start: number, end: number): number {
    if (this.#blocks.length === 0) return -1;
    const rank = this.#rankOf(key, start, end);
    const block = this.#blocks[this.#blockOf(rank, key, start, end)]!;
    const at = this.#lowerBound(block, rank, key, start, end);
    if (at === block.length || this.#order(block, at, rank, key, start, end) !== 0) return -1;
    return block.edits[at]!;
  }

  isRemoval(edit: number): boolean {
    return this.#valueLength[edit] === REMOVED;
  }

  pageOf(edit: number): Uint8Array {
    return this.#pages[this.#page[edit]!]!;
  }

  keyStart(edit: number): number {
    return this.#start[edit]!;
  }

  keyEnd(edit: number): number {
    return this.#start[edit]! + this.#keyLength[edit]!;
  }

  /** End of the value, which starts at `keyEnd`. */
  valueEnd(edit: number): number {
    return this.keyEnd(edit) + Math.max(0, this.#valueLength[edit]!);
  }

  /** The edits in key order; ends when the buffer is edited. */
  stream(): EditStream {
    return new BufferedEdits(this, this.#blocks);
  }

  #rankOf(key: Uint8Array, start: number, end: number): number {
    return this.#rank === undefined ? 0 : this.#rank(key, start, end);
  }

  /** Order of the key of a block's edit to a key. */
  #order(block: Block, i: number, rank: number, key: Uint8Array, start: number, end: number): number {
    const difference = block.ranks[i]! - rank;
    if (difference !== 0) return difference;
    const edit = block.edits[i]!;
    const at = this.#start[edit]!;
    return this.#compare(this.#pages[this.#page[edit]!]!, at, at + this.#keyLength[edit]!, key, start, end);
  }

  /** The first block whose last key is not smaller, or the last block. */
  #blockOf(rank: number, key: Uint8Array, start: number, end: number): number {
    const blocks = this.#blocks;
    const near = blocks[this.#near]!;
    if (
      this.#order(near, near.length - 1, rank, key, start, end) >= 0 &&
      (this.#near === 0 || this.#order(near, 0, rank, key, start, end) <= 0)
    ) {
      return this.#near;
    }
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = blocks[middle]!;
      if (this.#order(block, block.length - 1, rank, key, start, end) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #lowerBound(block: Block, rank: number, key: Uint8Array, start: number, end: number): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order(block, middle, rank, key, start, end) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The edit of a key: the one there, or a new one in its place in the order. */
  #slot(key: Uint8Array, start: number, end: number): number {
    const blocks = this.#blocks;
    const rank = this.#rankOf(key, start, end);
    const last = blocks[blocks.length - 1];
    if (last === undefined || this.#order(last, last.length - 1, rank, key, start, end) < 0) {
      const edit = this.#newEdit();
      if (last === undefined) {
        this.#firstBlock.length = 0;
        blocks.push(this.#firstBlock);
      } else if (last.length === BLOCK_EDITS) blocks.push(newBlock(BLOCK_EDITS));
      this.#near = blocks.length - 1;
      this.#insert(this.#near, blocks[this.#near]!.length, edit, rank);
      return edit;
    }
    const b = this.#blockOf(rank, key, start, end);
    const block = blocks[b]!;
    const at = this.#lowerBound(block, rank, key, start, end);
    this.#near = b;
    if (at < block.length && this.#order(block, at, rank, key, start, end) === 0) return block.edits[at]!;
    const edit = this.#newEdit();
    this.#insert(b, at, edit, rank);
    return edit;
  }

  #insert(b: number, at: number, edit: number, rank: number): void {
    let block = this.#blocks[b]!;
    if (block.length === BLOCK_EDITS) {
      const half = BLOCK_EDITS / 2;
      const upper = newBlock(BLOCK_EDITS);
      upper.edits.set(block.edits.subarray(half));
      upper.ranks.set(block.ranks.subarray(half));
      upper.length = half;
      block.length = half;
      this.#blocks.splice(b + 1, 0, upper);
      if (at > half) {
        block = upper;
        at -= half;
      }
    } else if (block.length === block.edits.length) {
      const larger = newBlock(2 * block.length);
      larger.edits.set(block.edits);
      larger.ranks.set(block.ranks);
      larger.length = block.length;
      this.#blocks[b] = larger;
      block = larger;
    }
    if (at < block.length) {
      block.edits.copyWithin(at + 1, at, block.length);
      block.ranks.copyWithin(at + 1, at, block.length);
    }
    block.edits[at] = edit;
    block.ranks[at] = rank;
    block.length++;
  }

  #newEdit(): number {
    const edit = this.#count++;
    if (edit === this.#start.length) {
      const capacity = 2 * edit;
      const page = new Uint16Array(capacity);
      page.set(this.#page);
      this.#page = page;
      this.#start = doubled(this.#start);
      this.#keyLength = doubled(this.#keyLength);
      this.#valueLength = doubled(this.#valueLength);
    }
    return edit;
  }

  #store(
    edit: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    valueLength: number,
  ): void {
    const keyLength = keyEnd - keyStart;
    const needed = keyLength + valueEnd - valueStart;
    let page = this.#pages[this.#pages.length - 1];
    if (page === undefined || this.#pageUsed + needed > page.length) {
      const usual = page === undefined ? FIRST_PAGE_BYTES : Math.min(PAGE_BYTES, 8 * page.length);
      page = new Uint8Array(Math.max(needed, usual));
      this.#pages.push(page);
      this.#pageUsed = 0;
    }
    const at = this.#pageUsed;
    copyBytes(key, keyStart, keyEnd, page, at);
    copyBytes(value, valueStart, valueEnd, page, at + keyLength);
    this.#pageUsed += needed;
    this.#bytes += needed;
    this.#page[edit] = this.#pages.length - 1;
    this.#start[edit] = at;
    this.#keyLength[edit] = keyLength;
    this.#valueLength[edit] = valueLength;
  }
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(2 * numbers.length);
  result.set(numbers);
  return result;
}

class BufferedEdits implements EditStream {
  readonly #buffer: EditBuffer;
  readonly #blocks: readonly Block[];
  #block = 0;
  #at = -1;
  valid = true;
  key: Uint8Array = NOTHING;
  keyStart = 0;
  keyEnd = 0;
  remove = false;
  value: Uint8Array = this.key;
  valueStart = 0;
  valueEnd = 0;
  readonly subtreeCount = 1;

  constructor(buffer: EditBuffer, blocks: readonly Block[]) {
    this.#buffer = buffer;
    this.#blocks = blocks;
    this.next();
  }

  next(): void {
    this.#at++;
    if (this.#at === this.#blocks[this.#block]?.length) {
      this.#block++;
      this.#at = 0;
    }
    const block = this.#blocks[this.#block];
    if (block === undefined) {
      this.valid = false;
      return;
    }
    const edit = block.edits[this.#at]!;
    const buffer = this.#buffer;
    this.key = buffer.pageOf(edit);
    this.value = this.key;
    this.keyStart = buffer.keyStart(edit);
    this.keyEnd = buffer.keyEnd(edit);
    this.remove = buffer.isRemoval(edit);
    this.valueStart = this.keyEnd;
    this.valueEnd = buffer.valueEnd(edit);
  }
}

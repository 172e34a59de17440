/**
 * Texts that are kept only to be compared, as code units in large blocks: a million strings would keep the garbage collector
 * busy, which has to move each of them twice. A unit takes one byte in a text of Latin-1, two in others, which are wide.
 */
const BLOCK_BYTES = 1 << 17;
const HEAD_BYTES = 2;
/** Of a wide text, in its head, beside its length. */
const WIDE = 0x8000;
/** Places are integers of 32 bits. What comes when all blocks are there stays a string, */
const MOST_BLOCKS = 2 ** 31 / BLOCK_BYTES;
/** and so does a longer text. */
const MOST_UNITS = 1 << 12;
const STRING_BYTES = 24;

export class TextArena {
  readonly #blocks: Uint8Array[] = [];
  /** Free from here on, of the last block. */
  #free = BLOCK_BYTES;
  /** By number: where its head stands, and behind that its units; less than 0: which of the long ones it is. */
  #places = new Int32Array(1024);
  readonly #long: string[] = [];
  #longUnits = 0;
  /** Of no meaning; what is read for nothing might not be read. */
  #touched = 0;

  get byteSize(): number {
    const long = STRING_BYTES * this.#long.length + 2 * this.#longUnits;
    return BLOCK_BYTES * this.#blocks.length + this.#places.byteLength + long;
  }

  /** Numbers come one after the other, from 0 on. */
  set(number: number, text: string): void {
    if (number >= this.#places.length) {
      const places = new Int32Array(2 * this.#places.length);
      places.set(this.#places);
      this.#places = places;
    }
    const staysString = text.length > MOST_UNITS || this.#blocks.length === MOST_BLOCKS;
    this.#places[number] = staysString ? this.#keep(text) : this.#write(text);
  }

  equals(number: number, text: string): boolean {
    const place = this.#places[number]!;
    if (place < 0) return this.#long[-1 - place] === text;
    const block = this.#blocks[Math.trunc(place / BLOCK_BYTES)]!;
    let at = place % BLOCK_BYTES;
    const head = block[at]! | (block[at + 1]! << 8);
    at += HEAD_BYTES;
    const { length } = text;
    if (head === length) {
      for (let i = 0; i < length; i++) if (block[at + i] !== text.charCodeAt(i)) return false;
      return true;
    }
    if (head !== (length | WIDE)) return false;
    for (let i = 0; i < length; i++, at += 2) {
      if ((block[at]! | (block[at + 1]! << 8)) !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Has the memory fetched in which texts are: of several at a time, while comparing them one by one waits for each. */
  fetch(numbers: Int32Array, count: number): void {
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= this.#places[numbers[i]!]!;
    for (let i = 0; i < count; i++) {
      const place = this.#places[numbers[i]!]!;
      if (place >= 0) touched ^= this.#blocks[Math.trunc(place / BLOCK_BYTES)]![place % BLOCK_BYTES]!;
    }
    this.#touched ^= touched;
  }

  #write(text: string): number {
    const { length } = text;
    if (this.#free + HEAD_BYTES + 2 * length > BLOCK_BYTES) {
      this.#blocks.push(new Uint8Array(BLOCK_BYTES));
      this.#free = 0;
    }
    const start = this.#free;
    const block = this.#blocks.at(-1)!;
    let at = start + HEAD_BYTES;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      block[at + i] = unit;
      all |= unit;
    }
    const isWide = all > 0xff;
    for (let i = 0; isWide && i < length; i++) {
      const unit = text.charCodeAt(i);
      block[at + 2 * i] = unit;
      block[at + 2 * i + 1] = unit >> 8;
    }
    const head = isWide ? length | WIDE : length;
    block[start] = head;
    block[start + 1] = head >> 8;
    at += isWide ? 2 * length : length;
    this.#free = at;
    return (this.#blocks.length - 1) * BLOCK_BYTES + start;
  }

  #keep(text: string): number {
    this.#long.push(text);
    this.#longUnits += text.length;
    return -this.#long.length;
  }
}

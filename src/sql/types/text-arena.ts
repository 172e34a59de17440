/**
 * Texts that are kept only to be compared, as code units in large blocks: a million strings would keep the garbage collector
 * busy, which has to move each of them twice.
 */
const BLOCK_UNITS = 1 << 16;
/** A longer text stays a string. */
const MOST_UNITS = 1 << 12;
const STRING_BYTES = 24;

export class TextArena {
  readonly #blocks: Uint16Array[] = [];
  /** Free from here on, of the last block. */
  #free = BLOCK_UNITS;
  /** By number: where its length stands, and behind that its units; less than 0: which of the long ones it is. */
  #places = new Int32Array(1024);
  readonly #long: string[] = [];
  #longUnits = 0;
  /** Of no meaning; what is read for nothing might not be read. */
  #touched = 0;

  get byteSize(): number {
    const long = STRING_BYTES * this.#long.length + 2 * this.#longUnits;
    return 2 * BLOCK_UNITS * this.#blocks.length + this.#places.byteLength + long;
  }

  /** Numbers come one after the other, from 0 on. */
  set(number: number, text: string): void {
    if (number >= this.#places.length) {
      const places = new Int32Array(2 * this.#places.length);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[number] = text.length > MOST_UNITS ? this.#keep(text) : this.#write(text);
  }

  equals(number: number, text: string): boolean {
    const place = this.#places[number]!;
    if (place < 0) return this.#long[-1 - place] === text;
    const block = this.#blocks[Math.trunc(place / BLOCK_UNITS)]!;
    const at = place % BLOCK_UNITS;
    const { length } = text;
    if (block[at] !== length) return false;
    for (let i = 0; i < length; i++) if (block[at + 1 + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Has the memory fetched in which texts are: of several at a time, while comparing them one by one waits for each. */
  fetch(numbers: Int32Array, count: number): void {
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= this.#places[numbers[i]!]!;
    for (let i = 0; i < count; i++) {
      const place = this.#places[numbers[i]!]!;
      if (place >= 0) touched ^= this.#blocks[Math.trunc(place / BLOCK_UNITS)]![place % BLOCK_UNITS]!;
    }
    this.#touched ^= touched;
  }

  #write(text: string): number {
    const { length } = text;
    if (this.#free + 1 + length > BLOCK_UNITS) {
      this.#blocks.push(new Uint16Array(BLOCK_UNITS));
      this.#free = 0;
    }
    const at = this.#free;
    const block = this.#blocks.at(-1)!;
    block[at] = length;
    for (let i = 0; i < length; i++) block[at + 1 + i] = text.charCodeAt(i);
    this.#free = at + 1 + length;
    return (this.#blocks.length - 1) * BLOCK_UNITS + at;
  }

  #keep(text: string): number {
    this.#long.push(text);
    this.#longUnits += text.length;
    return -this.#long.length;
  }
}

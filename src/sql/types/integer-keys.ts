/**
 * Numbers of 32-bit integers, and of pairs of them: open tables with linear probing. A `Map` finds a key among many at the
 * price of several cache misses; here it is one.
 */
const FIRST_SLOTS = 16;
const EMPTY = -1;
/** The uppermost bits of a product with it depend on all bits of the key. */
const SPREAD = 0x9e3779b1;

export class IntegerKeys {
  #keys = new Int32Array(FIRST_SLOTS);
  #numbers = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  #count = 0;

  get byteSize(): number {
    return 8 * this.#keys.length;
  }

  /** The number of a key; of a new one `fresh`, which becomes its number unless it is -1. */
  numberOf(key: number, fresh: number): number {
    const slot = this.#slot(key);
    const known = this.#numbers[slot]!;
    if (known !== EMPTY || fresh < 0) return known;
    this.#keys[slot] = key;
    this.#numbers[slot] = fresh;
    if (2 * ++this.#count > this.#keys.length) this.#grow();
    return fresh;
  }

  /** Where the key is, or would be. */
  #slot(key: number): number {
    const keys = this.#keys;
    const numbers = this.#numbers;
    const mask = keys.length - 1;
    let slot = Math.imul(key, SPREAD) >>> Math.clz32(mask);
    while (numbers[slot] !== EMPTY && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const numbers = this.#numbers;
    this.#keys = new Int32Array(2 * keys.length);
    this.#numbers = new Int32Array(2 * keys.length).fill(EMPTY);
    for (let i = 0; i < keys.length; i++) {
      if (numbers[i] === EMPTY) continue;
      const slot = this.#slot(keys[i]!);
      this.#keys[slot] = keys[i]!;
      this.#numbers[slot] = numbers[i]!;
    }
  }
}

/** The same for pairs, whose numbers are 0, 1, 2, … in order of appearance. */
export class PairKeys {
  #left = new Int32Array(FIRST_SLOTS);
  #right = new Int32Array(FIRST_SLOTS);
  #numbers = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  size = 0;

  get byteSize(): number {
    return 12 * this.#left.length;
  }

  /** -1 for a pair not seen, unless `add`. */
  number(left: number, right: number, add: boolean): number {
    const slot = this.#slot(left, right);
    const known = this.#numbers[slot]!;
    if (known !== EMPTY || !add) return known;
    const number = this.size++;
    this.#left[slot] = left;
    this.#right[slot] = right;
    this.#numbers[slot] = number;
    if (2 * this.size > this.#left.length) this.#grow();
    return number;
  }

  #slot(left: number, right: number): number {
    const lefts = this.#left;
    const rights = this.#right;
    const numbers = this.#numbers;
    const mask = lefts.length - 1;
    let slot = Math.imul(Math.imul(left, SPREAD) ^ right, SPREAD) >>> Math.clz32(mask);
    while (numbers[slot] !== EMPTY && (lefts[slot] !== left || rights[slot] !== right)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const left = this.#left;
    const right = this.#right;
    const numbers = this.#numbers;
    this.#left = new Int32Array(2 * left.length);
    this.#right = new Int32Array(2 * left.length);
    this.#numbers = new Int32Array(2 * left.length).fill(EMPTY);
    for (let i = 0; i < left.length; i++) {
      if (numbers[i] === EMPTY) continue;
      const slot = this.#slot(left[i]!, right[i]!);
      this.#left[slot] = left[i]!;
      this.#right[slot] = right[i]!;
      this.#numbers[slot] = numbers[i]!;
    }
  }
}

/**
 * Numbers of 32-bit integers, and of pairs of them. A `Map` finds a key among many at the price of several cache misses; an open
 * table with linear probing costs one. Integers that lie close together, as ids do, have a place each instead: asked for in
 * their order, or nearly so, they cost none.
 */
const FIRST_SLOTS = 16;
const EMPTY = -1;
const NO_PLACES = new Int32Array(0);
/** The uppermost bits of a product with it depend on all bits of the key. */
const SPREAD = 0x9e3779b1;
/** Places that are worth having for a few keys, for many, and for each of very many, for which a table takes no less. */
const FEW_PLACES = 256;
const PLACES_A_KEY = 20;
const MANY_PLACES = 4 * 1024 * 1024;
const LEAST_A_KEY = 4;
const LEAST = -0x80000000;
const GREATEST = 0x7fffffff;

export class IntegerKeys {
  /** The number of each integer from `#low` on. Without places the keys are in the table. */
  #places = NO_PLACES;
  #low = 0;
  #keys = new Int32Array(FIRST_SLOTS);
  #numbers = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  #count = 0;

  get byteSize(): number {
    return 4 * this.#places.length + 8 * this.#keys.length;
  }

  /** The number of a key; of a new one `fresh`, which becomes its number unless it is -1. */
  numberOf(key: number, fresh: number): number {
    const place = (key - this.#low) >>> 0;
    if (place < this.#places.length) {
      const known = this.#places[place]!;
      if (known !== EMPTY || fresh < 0) return known;
      this.#places[place] = fresh;
      this.#count++;
      return fresh;
    }
    if (this.#places !== NO_PLACES && (fresh < 0 || this.#extend(key))) {
      if (fresh >= 0) this.numberOf(key, fresh);
      return fresh;
    }
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

  #areClose(low: number, high: number): boolean {
    const most = Math.min(PLACES_A_KEY * this.#count, Math.max(LEAST_A_KEY * this.#count, MANY_PLACES));
    return high - low < Math.max(FEW_PLACES, most);
  }

  /** The table is half full: it becomes larger, or its keys get places. */
  #grow(): void {
    const keys = this.#keys;
    const numbers = this.#numbers;
    let low = GREATEST;
    let high = LEAST;
    for (let i = 0; i < keys.length; i++) {
      if (numbers[i] === EMPTY) continue;
      low = Math.min(low, keys[i]!);
      high = Math.max(high, keys[i]!);
    }
    const areClose = this.#areClose(low, high);
    if (areClose) this.#allot(low, high);
    else this.#empty(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (numbers[i] === EMPTY) continue;
      const key = keys[i]!;
      if (areClose) this.#places[key - low] = numbers[i]!;
      else this.#put(key, numbers[i]!);
    }
  }

  /** Gives a key that lies outside of the places one of its own, if it is near; or all go to the table. */
  #extend(key: number): boolean {
    const places = this.#places;
    const before = this.#low;
    const low = Math.min(before, key);
    const high = Math.max(before + places.length - 1, key);
    if (this.#areClose(low, high)) {
      // Room for the next ones on that side, so that keys that come in order do not move all of them each time.
      const room = places.length >> 1;
      this.#allot(
        key === low ? Math.max(LEAST, low - room) : low,
        key === high ? Math.min(GREATEST, high + room) : high,
      );
      this.#places.set(places, before - this.#low);
      return true;
    }
    let slots = FIRST_SLOTS;
    while (slots < 4 * this.#count) slots *= 2;
    this.#empty(slots);
    for (let i = 0; i < places.length; i++) if (places[i] !== EMPTY) this.#put(before + i, places[i]!);
    return false;
  }

  #allot(low: number, high: number): void {
    this.#places = new Int32Array(high - low + 1).fill(EMPTY);
    this.#low = low;
    this.#keys = NO_PLACES;
    this.#numbers = NO_PLACES;
  }

  #empty(slots: number): void {
    this.#places = NO_PLACES;
    this.#keys = new Int32Array(slots);
    this.#numbers = new Int32Array(slots).fill(EMPTY);
  }

  #put(key: number, number: number): void {
    const slot = this.#slot(key);
    this.#keys[slot] = key;
    this.#numbers[slot] = number;
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

/**
 * Numbers of texts, as `IntegerKeys` has them of integers. A few are in a `Map`, whose hashes come with the texts. A `Map` of a
 * million texts spends its time in cache misses and in growing: many are in a table whose slots hold the whole hash of
 * their text, so that a text is looked at only where it is the one that is looked for.
 */

/** The most that are in a `Map`. */
const FEW = 1000;
const FIRST_SLOTS = 4096;
const EMPTY = -1;
/** What a text costs beside its characters. */
const TEXT_BYTES = 24;

export class TextKeys {
  #few: Map<string, number> | undefined = new Map();
  #many: TextTable | undefined;
  #characters = 0;

  get byteSize(): number {
    return this.#many?.byteSize ?? TEXT_BYTES * this.#few!.size + this.#characters;
  }

  /** The number of a text; of a new one `fresh`, which becomes its number unless it is -1. */
  numberOf(text: string, fresh: number): number {
    const few = this.#few;
    if (few === undefined) return this.#many!.numberOf(text, fresh);
    const known = few.get(text);
    if (known !== undefined || fresh < 0) return known ?? EMPTY;
    few.set(text, fresh);
    this.#characters += text.length;
    if (few.size > FEW) {
      this.#many = new TextTable();
      for (const [each, number] of few) this.#many.numberOf(each, number);
      this.#few = undefined;
    }
    return fresh;
  }
}

class TextTable {
  #hashes = new Int32Array(FIRST_SLOTS);
  #numbers = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  /** By number. */
  readonly #texts: string[] = [];
  #count = 0;
  #characters = 0;

  get byteSize(): number {
    return 8 * this.#hashes.length + TEXT_BYTES * this.#count + this.#characters;
  }

  /** As that of `TextKeys`. */
  numberOf(text: string, fresh: number): number {
    const hash = hashOf(text);
    const slot = this.#slot(hash, text);
    const known = this.#numbers[slot]!;
    if (known !== EMPTY || fresh < 0) return known;
    this.#hashes[slot] = hash;
    this.#numbers[slot] = fresh;
    this.#texts[fresh] = text;
    this.#characters += text.length;
    if (2 * ++this.#count > this.#hashes.length) this.#grow();
    return fresh;
  }

  /** Where the text is, or would be. */
  #slot(hash: number, text: string): number {
    const hashes = this.#hashes;
    const numbers = this.#numbers;
    const texts = this.#texts;
    const mask = hashes.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = numbers[slot]!;
      if (number === EMPTY || (hashes[slot] === hash && texts[number] === text)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const hashes = this.#hashes;
    const numbers = this.#numbers;
    const mask = 2 * hashes.length - 1;
    this.#hashes = new Int32Array(mask + 1);
    this.#numbers = new Int32Array(mask + 1).fill(EMPTY);
    for (let i = 0; i < hashes.length; i++) {
      if (numbers[i] === EMPTY) continue;
      let slot = hashes[i]! & mask;
      while (this.#numbers[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#hashes[slot] = hashes[i]!;
      this.#numbers[slot] = numbers[i]!;
    }
  }
}

/** FNV-1a over UTF-16, with its bits mixed once more: all of them count in the lowest ones. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

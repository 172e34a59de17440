/**
 * Numbers of texts, as `IntegerKeys` has them of integers. A few are in a `Map`, whose hashes come with the texts. A `Map` of a
 * million texts spends its time in cache misses and in growing: many are in a table whose slots hold the whole hash of
 * their text, so that a text is looked at only where it is the one that is looked for.
 */

import { TextArena } from './text-arena.ts';

/** The most that are in a `Map`. */
const FEW = 1000;
const FIRST_SLOTS = 4096;
/** A table of fewer becomes eight times as large, one of more twice: moving all texts again and again costs more than room. */
const MANY_SLOTS = 1 << 20;
const UNKNOWN = -1;
/** What a text costs beside its characters. */
const TEXT_BYTES = 24;
/** Texts that are looked for together. */
const TOGETHER = 256;

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
    if (few === undefined) return this.#many!.numberOf(text, hashOf(text), fresh);
    const known = few.get(text);
    if (known !== undefined || fresh < 0) return known ?? UNKNOWN;
    few.set(text, fresh);
    this.#characters += text.length;
    if (few.size > FEW) {
      this.#many = new TextTable();
      for (const [each, number] of few) this.#many.numberOf(each, hashOf(each), number);
      this.#few = undefined;
    }
    return fresh;
  }

  /**
   * The numbers of texts, those of new ones from `fresh` on; how many of the first ones it was, which is less than all where
   * one is no text, or only a few are known yet. Memory for several is fetched at a time.
   */
  numbersOf(values: readonly unknown[], from: number, to: number, fresh: number, into: Uint32Array): number {
    const many = this.#many;
    if (many === undefined) return 0;
    let done = from;
    while (done < to) {
      const end = many.foresee(values, done, Math.min(to, done + TOGETHER));
      for (let at = done; at < end; at++) {
        const number = many.numberOf(values[at] as string, many.foreseen[at - done]!, fresh);
        into[at] = number;
        if (number === fresh) fresh++;
      }
      if (end < to && end < done + TOGETHER) return end - from;
      done = end;
    }
    return done - from;
  }
}

class TextTable {
  /**
   * A text's slot is the one of the lowest bits of its hash, or the next free one. In it stand the number of the text, and one,
   * and above these bits those of the hash: half the memory that both would take, most of which no cache has. 0 is an empty slot.
   */
  #slots = new Int32Array(FIRST_SLOTS);
  /** By number. */
  readonly #texts = new TextArena();
  #hashes = new Int32Array(FIRST_SLOTS / 2);
  /** The hashes that `foresee` has found. */
  readonly foreseen = new Int32Array(TOGETHER);
  /** Numbers of texts that are likely to be met again. */
  readonly #likely = new Int32Array(TOGETHER);

  get byteSize(): number {
    return 4 * (this.#slots.length + this.#hashes.length) + this.#texts.byteSize;
  }

  /** Has the memory fetched in which texts are; up to the first value that is none. */
  foresee(values: readonly unknown[], from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = from;
    for (; at < to; at++) {
      const text = values[at];
      if (typeof text !== 'string') break;
      this.foreseen[at - from] = hashOf(text);
    }
    let likely = 0;
    for (let i = 0; i < at - from; i++) {
      const hash = this.foreseen[i]!;
      const slot = slots[hash & mask]!;
      if (((slot ^ hash) & ~mask) === 0 && slot !== 0) this.#likely[likely++] = (slot & mask) - 1;
    }
    this.#texts.fetch(this.#likely, likely);
    return at;
  }

  /** As that of `TextKeys`. */
  numberOf(text: string, hash: number, fresh: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash & mask;
    for (let slot = slots[at]!; slot !== 0; slot = slots[at]!) {
      const number = (slot & mask) - 1;
      if (((slot ^ hash) & ~mask) === 0 && this.#texts.equals(number, text)) return number;
      at = (at + 1) & mask;
    }
    if (fresh < 0) return UNKNOWN;
    if (fresh >= this.#hashes.length) {
      this.#grow();
      return this.numberOf(text, hash, fresh);
    }
    slots[at] = (hash & ~mask) | (fresh + 1);
    this.#hashes[fresh] = hash;
    this.#texts.set(fresh, text);
    return fresh;
  }

  /** Half of the slots are taken. */
  #grow(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * (before.length < MANY_SLOTS ? 8 : 2));
    const hashes = new Int32Array(slots.length / 2);
    hashes.set(this.#hashes);
    const mask = slots.length - 1;
    for (const slot of before) {
      if (slot === 0) continue;
      const number = (slot & (before.length - 1)) - 1;
      let at = hashes[number]! & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = (hashes[number]! & ~mask) | (number + 1);
    }
    this.#slots = slots;
    this.#hashes = hashes;
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

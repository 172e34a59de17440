/**
 * Words met before, with their lower-case spelling, found by the characters of the text itself: no string is made for
 * a word that is known. The table is bounded; when it is full, a new word takes the place of an old one.
 */
const SLOTS = 1024;

export class WordTable {
  readonly #hashes = new Int32Array(SLOTS);
  /** As written, and in lower case, by slot. */
  readonly written: string[] = new Array<string>(SLOTS).fill('');
  readonly lower: string[] = new Array<string>(SLOTS).fill('');

  /** The slot of `text.slice(start, end)`. It stays valid up to the next call. `hash` is any hash of those characters. */
  find(text: string, start: number, end: number, hash: number): number {
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    if (this.#hashes[slot] === hash && isAt(text, start, end, this.written[slot]!)) return slot;
    const written = text.slice(start, end);
    this.#hashes[slot] = hash;
    this.written[slot] = written;
    this.lower[slot] = written.toLowerCase();
    return slot;
  }
}

function isAt(text: string, start: number, end: number, word: string): boolean {
  const length = end - start;
  if (word.length !== length) return false;
  for (let at = 0; at < length; at++) {
    if (text.charCodeAt(start + at) !== word.charCodeAt(at)) return false;
  }
  return true;
}

/**
 * The words of a document, as a full-text index counts them: runs of letters, digits and underscores, an apostrophe within
 * one included, of at least three bytes. Two words are the same word where their collation says so.
 */
import type { Collation } from '../../tuple/collation.ts';

export interface Word {
  readonly text: string;
  /** Bytes before it, of which some are counted as characters: part of the stored form. */
  readonly position: number;
}

/** Words beyond this many bytes count as words of a document, but are not indexed. */
const MOST_BYTES = 84;
const FEWEST_BYTES = 3;

const CHARACTER = /[\p{L}\p{N}_]/u;

export const isIndexed = (word: string): boolean => Buffer.byteLength(word) <= MOST_BYTES;
/** Shorter ones do not count as words. */
export const isLongEnough = (word: string): boolean => Buffer.byteLength(word) >= FEWEST_BYTES;

/** With `least` 1 short words are among them. */
export function wordsOf(document: string, least = FEWEST_BYTES): Word[] {
  const words: Word[] = [];
  let word = '';
  let position = 0;
  let offset = 0;
  let afterApostrophe = false;
  const end = (next: number): void => {
    const text = afterApostrophe ? word.slice(0, -1) : word;
    if (Buffer.byteLength(text) >= least) words.push({ text, position });
    word = '';
    position = next;
    afterApostrophe = false;
  };
  for (const rune of document) {
    if (isCharacter(rune)) {
      word += rune;
      afterApostrophe = false;
    } else if (word === '') position++;
    else if (rune === "'" && !afterApostrophe) {
      word += rune;
      afterApostrophe = true;
    } else end(offset);
    offset += runeBytes(rune.codePointAt(0)!);
  }
  end(offset);
  return words;
}

function isCharacter(rune: string): boolean {
  const code = rune.charCodeAt(0);
  if (code >= 0x80) return CHARACTER.test(rune);
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

function runeBytes(rune: number): number {
  return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
}

/** A word of a document in its first spelling, and how often the document has it. */
export interface CountedWord {
  readonly text: string;
  readonly count: number;
}

/** The words in the order in which each comes first, by the collation's key. */
export function countWords(
  words: readonly { readonly text: string }[],
  collation: Collation,
): Map<string, CountedWord> {
  const counted = new Map<string, CountedWord>();
  for (const { text } of words) {
    const key = collation.keyOf(text);
    const known = counted.get(key);
    counted.set(key, known === undefined ? { text, count: 1 } : { text: known.text, count: known.count + 1 });
  }
  return counted;
}

/** One document of the texts of several columns. */
export function joinTexts(texts: readonly (string | null)[]): string {
  let document = '';
  texts.forEach((text, i) => {
    if (text !== null) document += i > 0 ? ` ${text}` : text;
  });
  return document;
}

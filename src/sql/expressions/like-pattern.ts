/**
 * LIKE patterns. A pattern is cut at its `%` into segments of characters and `_`; the first and last are anchored, the
 * others are found leftmost in turn, which suffices since `%` may be anything. Time is at most the product of both
 * lengths. Characters compare by the collation's key of each.
 */
import { collationByName } from '../../tuple/collation.ts';
import { isBinaryCollation } from '../types/compare.ts';
import type { CollationName } from '../types/sql-type.ts';

export type LikeMatcher = (text: string) => boolean;

/** A literal run of text, or null for `_`. */
type Token = string | null;

interface Parsed {
  readonly segments: readonly (readonly Token[])[];
}

function parse(pattern: string, escapeCharacter: string): Parsed {
  const segments: Token[][] = [[]];
  const append = (character: string) => {
    const segment = segments[segments.length - 1]!;
    const last = segment[segment.length - 1];
    if (typeof last === 'string') segment[segment.length - 1] = last + character;
    else segment.push(character);
  };
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === escapeCharacter && at + 1 < characters.length) append(characters[++at]!);
    else if (character === '%') segments.push([]);
    else if (character === '_') segments[segments.length - 1]!.push(null);
    else append(character);
  }
  return { segments };
}

/** Where the segment's match from `at` ends, or −1. */
function matchAt(segment: readonly Token[], text: string, from: number): number {
  let at = from;
  for (const token of segment) {
    if (token === null) {
      if (at >= text.length) return -1;
      const code = text.charCodeAt(at);
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1;
    } else {
      if (!text.startsWith(token, at)) return -1;
      at += token.length;
    }
  }
  return at;
}

function find(segment: readonly Token[], text: string, from: number): number {
  const [first] = segment;
  if (segment.length === 1 && typeof first === 'string') {
    const found = text.indexOf(first, from);
    return found < 0 ? -1 : found + first.length;
  }
  for (let at = from; at <= text.length; at++) {
    const end = matchAt(segment, text, at);
    if (end >= 0) return end;
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) at++;
  }
  return -1;
}

/** Whether the text from `from` ends with the segment, which starts at or after `from`. */
function matchesEnd(segment: readonly Token[], text: string, from: number): boolean {
  const [first] = segment;
  if (segment.length === 0) return true;
  if (segment.length === 1 && typeof first === 'string') {
    return text.length - first.length >= from && text.endsWith(first);
  }
  for (let at = from; at <= text.length; at++) {
    if (matchAt(segment, text, at) === text.length) return true;
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) at++;
  }
  return false;
}

function matcherOf({ segments }: Parsed): LikeMatcher {
  const first = segments[0]!;
  if (segments.length === 1) return (text) => matchAt(first, text, 0) === text.length;
  const last = segments[segments.length - 1]!;
  const middle = segments.slice(1, -1).filter((segment) => segment.length > 0);
  return (text) => {
    let at = matchAt(first, text, 0);
    if (at < 0) return false;
    for (const segment of middle) {
      at = find(segment, text, at);
      if (at < 0) return false;
    }
    return matchesEnd(last, text, at);
  };
}

export function likeMatcher(pattern: string, escapeCharacter: string, collation: CollationName): LikeMatcher {
  const parsed = parse(pattern, escapeCharacter);
  if (isBinaryCollation(collation)) return matcherOf(parsed);
  const keyOf = collationByName(collation)?.keyOf ?? ((text: string) => text);
  const matcher = matcherOf({
    segments: parsed.segments.map((segment) => segment.map((token) => (token === null ? null : keyOf(token)))),
  });
  return (text) => matcher(keyOf(text));
}

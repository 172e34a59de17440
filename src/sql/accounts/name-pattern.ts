/**
 * Names with `%` for any characters and `_` for one, as hosts of accounts and databases of grants have them; `\%` and
 * `\_` are the characters themselves. Names compare without case.
 */
import { matchesParts } from './match-parts.ts';

export function isPattern(name: string): boolean {
  return /[%_]/.test(name);
}

export function matchesPattern(name: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().match(/\\[%_]|[\s\S]/gu) ?? [];
  return matchesParts(
    parts,
    [...name.toLowerCase()],
    '%',
    (part, character) => part === '_' || part.at(-1) === character,
  );
}

/** Sorts the most specific first: those whose first wildcard comes later, then longer ones. */
export function bySpecificity(a: string, b: string): number {
  const first = (pattern: string): number => {
    const at = pattern.search(/(?<!\\)[%_]/);
    return at < 0 ? pattern.length + 1 : at;
  };
  return first(b) - first(a) || b.length - a.length || (a < b ? -1 : a > b ? 1 : 0);
}

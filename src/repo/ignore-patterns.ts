/**
 * `dolt_ignore`: which new tables an `add` leaves alone. A pattern matches whole names, `*` and `%` any run, `?` one
 * character. Where patterns disagree the more specific one wins (one that the other matches); two that are equal or
 * unrelated are a conflict the user must resolve.
 */
import { IgnoreConflictError } from './repo-errors.ts';

export interface IgnorePattern {
  readonly pattern: string;
  readonly ignored: boolean;
}

/** Never part of a commit. */
const ALWAYS_IGNORED = 'dolt_rebase';

/** Throws `IgnoreConflictError`. */
export function isIgnored(patterns: readonly IgnorePattern[], table: string): boolean {
  if (table.toLowerCase() === ALWAYS_IGNORED) return true;
  const matching = patterns.filter(({ pattern }) => matcher(pattern, '.').test(table));
  const ignoring = matching.filter(({ ignored }) => ignored).map(({ pattern }) => pattern);
  const keeping = matching.filter(({ ignored }) => !ignored).map(({ pattern }) => pattern);
  if (ignoring.length === 0) return false;
  if (keeping.length === 0) return true;
  for (const a of ignoring) {
    for (const b of keeping) if (normalized(a) === normalized(b)) throw new IgnoreConflictError(table, [a], [b]);
  }
  const standing = (these: readonly string[], those: readonly string[]): string[] =>
    these.filter((pattern) => !those.some((other) => matcher(pattern, '[^*%]').test(other)));
  const ignoringLeft = standing(ignoring, keeping);
  const keepingLeft = standing(keeping, ignoring);
  if (ignoringLeft.length === 0) return false;
  if (keepingLeft.length === 0) return true;
  throw new IgnoreConflictError(table, ignoringLeft, keepingLeft);
}

/** Does the name match a pattern of `dolt_ignore`'s kind? */
export function matchesPattern(pattern: string, name: string): boolean {
  return matcher(pattern, '.').test(name);
}

function matcher(pattern: string, oneCharacter: string): RegExp {
  const source = pattern.replace(/[\\^$.*+?()[\]{}|%]/g, (c) => {
    if (c === '*' || c === '%') return '.*';
    return c === '?' ? oneCharacter : `\\${c}`;
  });
  return new RegExp(`^${source}$`);
}

const normalized = (pattern: string): string => pattern.replace(/[*%]+/g, '%');

/**
 * Collations: the order of text. The original compares two strings rune by rune, one weight a rune, with no contractions
 * and no expansions (FORMAT.md §5.5), so a collation here is a function from rune to weight. The stored text is never
 * changed by its collation.
 */
import { AssertionError } from '../base/errors.ts';

export interface Collation {
  /** MySQL's id: 309 is utf8mb4_0900_bin. */
  readonly id: number;
  readonly name: string;
  /** The character set: `utf8mb4`, `latin1`, `binary`, … */
  readonly characterSet: string;
  /** Equal text is identical text, and the order is that of code points (UTF-8 bytes). */
  readonly binary: boolean;
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  /** MySQL's PAD SPACE, for SHOW COLLATION; the original's order ignores it. */
  readonly padSpace: boolean;
  /** The default of its character set. */
  readonly isDefault: boolean;
  /** Order of two ranges of UTF-8. */
  compareBytes(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number;
  compare(a: string, b: string): number;
  /** A string that is the same for texts that compare equal, and only for them: for grouping, distinct and hash joins. */
  keyOf(text: string): string;
}

export const DEFAULT_COLLATION_ID = 309;

/** utf8mb4_0900_bin. */
export function defaultCollation(): Collation {
  throw new AssertionError('not built');
}

/** The collation with MySQL's id, or undefined. 0 is the default collation. */
export function collationById(_id: number): Collation | undefined {
  throw new AssertionError('not built');
}

/** The collation of that name (any case), or undefined. */
export function collationByName(_name: string): Collation | undefined {
  throw new AssertionError('not built');
}

/** The default collation of a character set (`latin1` → latin1_swedish_ci), or undefined. */
export function collationOfCharacterSet(_name: string): Collation | undefined {
  throw new AssertionError('not built');
}

/** Every collation known, ordered by id: for SHOW COLLATION and information_schema. */
export function allCollations(): readonly Collation[] {
  throw new AssertionError('not built');
}

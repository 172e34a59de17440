/**
 * Collations: the order of text. The original compares two strings rune by rune, one weight a rune, with no contractions
 * and no expansions (FORMAT.md §5.5), so a collation here is a function from rune to weight. The stored text is never
 * changed by its collation, and it is UTF-8 whatever the column's character set.
 *
 * `compareBytes` is the order in which trees are sorted, invalid UTF-8 included (a prefix length may cut a rune apart).
 */
import { DoltError } from '../base/errors.ts';
import { compareCodePoints } from './code-points.ts';
import { COLLATION_LIST } from './collation-data/collations.ts';
import { compareRanges, type RangeComparator } from './range.ts';
import { decodeRune, runeBytes } from './rune.ts';
import { hasWeights, type RuneWeights, runeWeights } from './rune-weights.ts';

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
  /** MySQL's Sortlen, for SHOW COLLATION. */
  readonly sortLength: number;
  /** Whether text can be compared by it; the others are known by name only. */
  readonly isSupported: boolean;
  /** Order of two ranges of UTF-8. */
  readonly compareBytes: RangeComparator;
  compare(this: void, a: string, b: string): number;
  /** A string that is the same for texts that compare equal, and only for them: for grouping, distinct and hash joins. */
  keyOf(this: void, text: string): string;
}

export const DEFAULT_COLLATION_ID = 309;

/** utf8mb4_0900_bin. */
export function defaultCollation(): Collation {
  return DEFAULT;
}

/** The collation with MySQL's id, or undefined. 0 is the default collation. */
export function collationById(id: number): Collation | undefined {
  if (id === DEFAULT_COLLATION_ID || id === 0) return DEFAULT;
  return registry().byId.get(id);
}

/** The collation of that name (any case; `utf8_…` is `utf8mb3_…`), or undefined. */
export function collationByName(name: string): Collation | undefined {
  const lower = name.toLowerCase();
  if (lower === DEFAULT.name) return DEFAULT;
  return registry().byName.get(lower.startsWith('utf8_') ? `utf8mb3_${lower.slice(5)}` : lower);
}

/** The default collation of a character set (`latin1` → latin1_swedish_ci), or undefined. */
export function collationOfCharacterSet(name: string): Collation | undefined {
  const lower = name.toLowerCase();
  return registry().defaults.get(lower === 'utf8' ? 'utf8mb3' : lower);
}

/** Every collation known, ordered by id: for SHOW COLLATION and information_schema. */
export function allCollations(): readonly Collation[] {
  return [...registry().byId.values()];
}

interface Registry {
  readonly byId: Map<number, Collation>;
  readonly byName: Map<string, Collation>;
  readonly defaults: Map<string, Collation>;
}

let parsed: Registry | undefined;

function registry(): Registry {
  if (parsed !== undefined) return parsed;
  parsed = { byId: new Map(), byName: new Map(), defaults: new Map() };
  for (const [, id, name = '', star, length] of COLLATION_LIST.matchAll(/(\d+):(\w+)(\*?)\/(\d+)/g)) {
    const collation = name === DEFAULT.name ? DEFAULT : makeCollation(Number(id), name, star === '*', Number(length));
    parsed.byId.set(collation.id, collation);
    parsed.byName.set(name, collation);
    // The character set's default in the original, whatever MySQL's own list says.
    if (collation.isDefault) parsed.defaults.set(collation.characterSet, collation);
  }
  return parsed;
}

const BINARY = new Set(['utf8mb4_0900_bin', 'utf8mb4_bin', 'binary']);

function makeCollation(id: number, name: string, isDefault: boolean, sortLength: number): Collation {
  const caseSensitive = !/_ci(_|$)/.test(name);
  const binary = BINARY.has(name);
  const supported = binary || hasWeights(name);
  const order = binary
    ? { compareBytes: name === 'binary' ? compareRanges : compareRunes, compare: compareCodePoints, keyOf: same }
    : supported
      ? weightedOrder(name)
      : unsupportedOrder(name);
  return {
    id,
    name,
    characterSet: name.split('_')[0]!,
    binary,
    caseSensitive,
    accentSensitive: name.includes('_as_') || caseSensitive,
    padSpace: !(name.includes('_0900_') || name === 'binary'),
    isDefault,
    sortLength,
    isSupported: supported,
    ...order,
  };
}

type Order = Pick<Collation, 'compareBytes' | 'compare' | 'keyOf'>;

function same(text: string): string {
  return text;
}

/** The order by code point: that of bytes, except where one of the two runes is not valid UTF-8. */
const compareRunes: RangeComparator = (a, aStart, aEnd, b, bStart, bEnd) =>
  compareWeighted(identity, a, aStart, aEnd, b, bStart, bEnd);

const identity: RuneWeights = { of: (rune) => rune };

function compareWeighted(
  weights: RuneWeights,
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  let i = aStart;
  let j = bStart;
  while (i < aEnd && j < bEnd && a[i] === b[j]) {
    i++;
    j++;
  }
  if (i === aEnd || j === bEnd) return aEnd - aStart - (bEnd - bStart);
  if (a[i]! < 0x80 && b[j]! < 0x80 && weights === identity) return a[i]! - b[j]!;
  while (i > aStart && (a[i]! & 0xc0) === 0x80) i--;
  while (j > bStart && (b[j]! & 0xc0) === 0x80) j--;
  while (i < aEnd && j < bEnd) {
    const left = a[i]! < 0x80 ? a[i]! : decodeRune(a, i, aEnd);
    const right = b[j]! < 0x80 ? b[j]! : decodeRune(b, j, bEnd);
    if (left !== right) {
      const difference = weights.of(left) - weights.of(right);
      if (difference !== 0) return difference;
    }
    i += runeBytes(left, a, i);
    j += runeBytes(right, b, j);
  }
  return aEnd - i - (bEnd - j);
}

function weightedOrder(name: string): Order {
  let loaded: RuneWeights | undefined;
  let folds: { readonly ascii: string; readonly runes: Map<number, string>; readonly first: Map<number, number> };
  const weights = (): RuneWeights => {
    loaded ??= runeWeights(name);
    return loaded;
  };
  /** The least rune of the same weight, as a string. */
  const representative = (rune: number): string => {
    let text = folds.runes.get(rune);
    if (text === undefined) {
      const weight = weights().of(rune);
      let first = folds.first.get(weight);
      if (first === undefined) {
        first = rune;
        folds.first.set(weight, first);
      }
      text = String.fromCodePoint(first);
      folds.runes.set(rune, text);
    }
    return text;
  };
  return {
    compareBytes: (a, aStart, aEnd, b, bStart, bEnd) => compareWeighted(weights(), a, aStart, aEnd, b, bStart, bEnd),
    compare: (a, b) => {
      if (a === b) return 0;
      const table = weights();
      let i = 0;
      let j = 0;
      while (i < a.length && j < b.length) {
        const left = a.codePointAt(i)!;
        const right = b.codePointAt(j)!;
        if (left !== right) {
          const difference = table.of(left) - table.of(right);
          if (difference !== 0) return difference;
        }
        i += left > 0xffff ? 2 : 1;
        j += right > 0xffff ? 2 : 1;
      }
      return a.length - i - (b.length - j);
    },
    keyOf: (text) => {
      if (folds === undefined) {
        // Runes are met in no fixed order, so any one of a weight may stand for it; printable ASCII is met first.
        folds = { ascii: '', runes: new Map(), first: new Map() };
        let ascii = '';
        for (let rune = 32; rune < 127; rune++) ascii += representative(rune);
        folds = { ...folds, ascii };
      }
      if (folds.ascii === UPPERCASED && PRINTABLE.test(text)) return text.toUpperCase();
      let key = '';
      for (let i = 0; i < text.length; i++) {
        const rune = text.codePointAt(i)!;
        if (rune > 0xffff) i++;
        key += representative(rune);
      }
      return key;
    },
  };
}

const PRINTABLE = /^[ -~]*$/;
const UPPERCASED = Array.from({ length: 95 }, (_, i) => String.fromCharCode(i + 32))
  .join('')
  .toUpperCase();

function unsupportedOrder(name: string): Order {
  const refuse = (): never => {
    throw new DoltError('unsupported', `text cannot be compared by collation ${name} yet: use utf8mb4_0900_ai_ci`);
  };
  return { compareBytes: refuse, compare: refuse, keyOf: refuse };
}

const DEFAULT: Collation = makeCollation(DEFAULT_COLLATION_ID, 'utf8mb4_0900_bin', false, 1);

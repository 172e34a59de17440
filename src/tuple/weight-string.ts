/**
 * The weights of text as WEIGHT_STRING shows them: MySQL's own, where comparisons here go by ranks that have the same order.
 * A weight is one byte in character sets of one byte, and two bytes, high one first, in the others.
 */

import { assert } from '../base/errors.ts';
import { PACKED_WEIGHT_STRINGS } from './collation-data/weight-strings.ts';
import { packedNumbers } from './packed-numbers.ts';
import { type RuneWeights, runeWeights } from './rune-weights.ts';

/** Weights of one text, each below 2^16; a rune may have any number of them. */
export interface WeightStrings {
  readonly bytesEach: 1 | 2;
  of(text: string): number[];
}

/** Collations whose weights are those of another one. */
const SAME_AS: Readonly<Record<string, string>> = {
  utf8mb3_general_ci: 'utf8mb4_general_ci',
  utf8mb3_unicode_ci: 'utf8mb4_unicode_ci',
};

export function hasWeightStrings(collation: string): boolean {
  return (SAME_AS[collation] ?? collation) in PACKED_WEIGHT_STRINGS;
}

const known = new Map<string, WeightStrings>();

/** Those of a collation that `hasWeightStrings`. */
export function weightStrings(collation: string): WeightStrings {
  const name = SAME_AS[collation] ?? collation;
  let found = known.get(name);
  if (found === undefined) {
    found = new PackedWeightStrings(name);
    known.set(name, found);
  }
  return found;
}

type Sequences = ReadonlyMap<number, readonly number[]>;

class PackedWeightStrings implements WeightStrings {
  readonly bytesEach: 1 | 2;
  readonly #ranks: RuneWeights;
  readonly #byRank: Sequences;
  readonly #byRune: Sequences;
  readonly #lastImplicit: number;

  constructor(name: string) {
    const packed = PACKED_WEIGHT_STRINGS[name];
    assert(packed, `no weights of ${name}`);
    [this.#byRank, this.#byRune] = unpack(packed());
    this.#ranks = runeWeights(name);
    this.bytesEach = name.startsWith('utf8') ? 2 : 1;
    this.#lastImplicit = LAST_IMPLICIT[name] ?? -1;
  }

  of(text: string): number[] {
    return Array.from(text).flatMap((character) => this.#of(character.codePointAt(0)!));
  }

  #of(rune: number): readonly number[] {
    return this.#byRune.get(rune) ?? this.#byRank.get(this.#ranks.of(rune)) ?? this.#unlisted(rune);
  }

  #unlisted(rune: number): readonly number[] {
    if (this.bytesEach === 1) return this.#of(QUESTION_MARK);
    return rune <= this.#lastImplicit ? implicitWeights(rune) : REPLACEMENT;
  }
}

/** The last rune whose weights UCA makes of its number; UCA 4.0 in MySQL ends with the first plane. */
const LAST_IMPLICIT: Readonly<Record<string, number>> = {
  utf8mb4_0900_ai_ci: 0x10ffff,
  utf8mb4_unicode_520_ci: 0x10ffff,
  utf8mb4_unicode_ci: 0xffff,
};

/** What stands in a character set of one byte for what it lacks. */
const QUESTION_MARK = 0x3f;

const REPLACEMENT = [0xfffd] as const;

/** UTS #10, "Computing Implicit Weights": the ideographs of Unicode 9.0 come before what is not assigned. */
function implicitWeights(rune: number): readonly number[] {
  if (rune >= 0x17000 && rune <= 0x18aff) return [0xfb00, (rune - 0x17000) | 0x8000];
  const isIn = ([from, to]: readonly [number, number]): boolean => rune >= from && rune <= to;
  const page = IDEOGRAPHS.some(isIn) ? 0xfb40 : MORE_IDEOGRAPHS.some(isIn) ? 0xfb80 : 0xfbc0;
  return [page + (rune >> 15), (rune & 0x7fff) | 0x8000];
}

const IDEOGRAPHS = [
  [0x4e00, 0x9fd5],
  [0xfa0e, 0xfa29],
] as const;
const MORE_IDEOGRAPHS = [
  [0x3400, 0x4db5],
  [0x20000, 0x2a6d6],
  [0x2a700, 0x2b734],
  [0x2b740, 0x2b81d],
  [0x2b820, 0x2cea1],
] as const;

function unpack(base64: string): [Sequences, Sequences] {
  const { next: varint } = packedNumbers(base64);
  const difference = (): number => {
    const value = varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };
  const list = (): Sequences => {
    const count = varint();
    let key = 0;
    const keys = Array.from({ length: count }, () => (key += varint()));
    const sequences = keys.map(() => new Array<number>(varint()));
    let weight = 0;
    for (const sequence of sequences) if (sequence.length > 0) sequence[0] = weight += difference();
    weight = 0;
    for (const sequence of sequences) for (let i = 1; i < sequence.length; i++) sequence[i] = weight += difference();
    return new Map(keys.map((of, i) => [of, sequences[i]!]));
  };
  return [list(), list()];
}

/**
 * Weights of runes by collation, unpacked when a collation is first used. A table is kept as its runs; pages of 256 runes
 * are spread out as text touches them, so a comparison is two array reads.
 */

import { assert } from '../base/errors.ts';
import { PACKED_WEIGHTS } from './collation-data/weights.ts';
import { packedNumbers } from './packed-numbers.ts';

export interface RuneWeights {
  /** A non-negative integer below 2^31. */
  of(rune: number): number;
}

/** Tables that equal another's. */
const SAME_AS: Readonly<Record<string, string>> = {
  utf16_general_ci: 'utf8mb4_general_ci',
  utf32_general_ci: 'utf8mb4_general_ci',
  utf16_unicode_ci: 'utf8mb4_unicode_ci',
  utf32_unicode_ci: 'utf8mb4_unicode_ci',
};

/** Whether the weights of that collation are known. */
export function hasWeights(name: string): boolean {
  return (SAME_AS[name] ?? name) in PACKED_WEIGHTS;
}

/** The weights of a collation that `hasWeights`. */
export function runeWeights(name: string): RuneWeights {
  const packed = PACKED_WEIGHTS[SAME_AS[name] ?? name];
  assert(packed, `no weights of ${name}`);
  return new PagedWeights(unpack(packed()));
}

interface Runs {
  readonly starts: Int32Array;
  readonly weights: Int32Array;
  readonly steps: Uint8Array;
}

/** The inverse of scripts/pack-collations.mjs. */
function unpack(base64: string): Runs {
  const { bytes, next: varint } = packedNumbers(base64, 4);
  const count = bytes.readUInt32LE(0);
  const starts = new Int32Array(count + 1);
  const weights = new Int32Array(count);
  const steps = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const run = varint();
    steps[i] = run & 1;
    starts[i + 1] = starts[i]! + Math.floor(run / 2);
  }
  let expected = 0;
  for (let i = 0; i < count; i++) {
    const difference = varint();
    const weight = expected + (difference % 2 === 1 ? -(difference + 1) / 2 : difference / 2);
    weights[i] = weight;
    expected = weight + (starts[i + 1]! - starts[i]!) * steps[i]!;
  }
  return { starts, weights, steps };
}

class PagedWeights implements RuneWeights {
  readonly #runs: Runs;
  readonly #pages: (Int32Array | undefined)[] = new Array(0x1100);

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  of(rune: number): number {
    const page = this.#pages[rune >> 8] ?? this.#spread(rune >> 8);
    return page[rune & 255]!;
  }

  #spread(number: number): Int32Array {
    const { starts, weights, steps } = this.#runs;
    const first = number << 8;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= first) low = middle;
      else high = middle - 1;
    }
    const page = new Int32Array(256);
    for (let i = 0, run = low; i < 256; i++) {
      while (starts[run + 1]! <= first + i) run++;
      page[i] = weights[run]! + (first + i - starts[run]!) * steps[run]!;
    }
    this.#pages[number] = page;
    return page;
  }
}

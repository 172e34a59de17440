/**
 * Where a node ends (FORMAT.md §4.2). The decision looks at the size of the node so far and at a hash of the key just
 * added, never at history: that is why equal content makes equal trees. Sizes follow a Weibull distribution around
 * 4096 bytes.
 */
import { DoltError } from '../base/errors.ts';
import { xxh3Low32 } from './xxh3.ts';

/** Keys and values of one node together: offsets are 16 bits wide. */
export const MAXIMUM_NODE_ITEMS_BYTES = 65535;
const MINIMUM_SIZE = 512;
const MAXIMUM_SIZE = 16384;
const TARGET_SIZE = 4096;
const MAXIMUM_HASH = 4294967295;

/** Seeds by level: the first eight bytes of the SHA-512 of the byte `level + 1`, high and low half. */
const SALTS = Int32Array.of(
  0xddfbc136,
  0x68b6547b,
  0x53a857b6,
  0xc948b8fa,
  0xaa94df7d,
  0x81f55be4,
  0x135b7b50,
  0x25c7b8b5,
  0x2cfa558a,
  0x443e5f09,
  0x047c5bf9,
  0x7d081558,
  0xb610e6df,
  0xa1115d36,
  0xb8010bf4,
  0xf86b5af6,
  0xbba25ed3,
  0xf85b7bf2,
  0xe58686ca,
  0x388868be,
  0x0fbcdf6f,
  0x2bff7c52,
  0xa444571e,
  0x649ab32a,
  0x2a047bf3,
  0xcc02719f,
  0x2e8818c8,
  0x7b88473e,
  0xd66369bd,
  0x2feba7c5,
);

/** The chance that a node has ended by each size, computed when first asked for; 0 where it was not. */
const endedBySize = new Float64Array(MAXIMUM_SIZE + 1);

function endedBy(size: number): number {
  const known = endedBySize[size]!;
  if (known !== 0) return known;
  const p = size / TARGET_SIZE;
  const chance = -Math.expm1(-(p * p * p * p));
  endedBySize[size] = chance;
  return chance;
}

export class Splitter {
  readonly #saltLow: number;
  readonly #saltHigh: number;
  #size = 0;

  constructor(level: number) {
    if (2 * level >= SALTS.length) throw new DoltError('unsupported', `a tree of ${level + 1} levels`);
    this.#saltHigh = SALTS[2 * level]!;
    this.#saltLow = SALTS[2 * level + 1]!;
  }

  /** A new node begins. */
  reset(): void {
    this.#size = 0;
  }

  /** Whether the node ends after this pair, of which `pairSize` is the length of key and value. */
  endsAfter(key: Uint8Array, start: number, end: number, pairSize: number): boolean {
    const before = this.#size;
    const size = before + pairSize;
    this.#size = size;
    if (size < MINIMUM_SIZE) return false;
    if (size > MAXIMUM_SIZE) return true;
    const ended = endedBy(before);
    const left = 1 - ended;
    if (left <= 0) return true;
    return xxh3Low32(key, start, end, this.#saltLow, this.#saltHigh) / MAXIMUM_HASH < (endedBy(size) - ended) / left;
  }

  /** Counts a pair after which the node is known not to end. */
  skip(pairSize: number): void {
    this.#size += pairSize;
  }
}

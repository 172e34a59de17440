/**
 * XXH3 (not XXH64) of byte ranges, in 32-bit halves: BigInt would cost ten times as much. The 64-bit form with a seed
 * decides node boundaries, the 128-bit form without seed identifies keyless rows.
 */
import { AssertionError } from '../base/errors.ts';

/** The low 32 bits of XXH3-64 with a seed given as two halves. */
export function xxh3Low32(
  _bytes: Uint8Array,
  _start: number,
  _end: number,
  _seedLow: number,
  _seedHigh: number,
): number {
  throw new AssertionError('not built');
}

/** XXH3-128 with seed 0, written as 16 bytes at `at`: the low half first, each little-endian (a keyless row's id). */
export function writeXxh3Of128(_bytes: Uint8Array, _start: number, _end: number, _into: Uint8Array, _at: number): void {
  throw new AssertionError('not built');
}

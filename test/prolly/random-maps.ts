/** Maps for property tests: entries as an array and as a tree, with sizes that make trees of several levels. */

import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeBuilder } from '../../src/prolly/tree-builder.ts';
import type { TreeFormat } from '../../src/prolly/tree-format.ts';
import type { TreeMap } from '../../src/prolly/tree-map.ts';
import { compareRanges } from '../../src/tuple/range.ts';
import fc from '../fast-check.ts';

export const FORMAT: TreeFormat = {
  kind: 'rows',
  compare: compareRanges,
  // Coarse, so that many keys tie.
  rank: (bytes, start) => bytes[start]! * 65536 + bytes[start + 1]! * 256 + bytes[start + 2]!,
};

export type Pairs = ReadonlyMap<string, string>;

/** How keys and values are made from a number, so that runs shrink to few numbers. */
export interface Shape {
  readonly name: string;
  /** Fewer runs for shapes that make much data. */
  readonly runs: number;
  key(n: number): string;
  value(n: number): string;
}

const repeat = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const digits = (n: number, length: number) => String(n).padStart(length, '0');

export const SHAPES: readonly Shape[] = [
  { name: 'short', runs: 60, key: (n) => digits(n, 6), value: (n) => digits(n, 3) },
  { name: 'wide values', runs: 60, key: (n) => digits(n, 6), value: (n) => repeat(`v${n}.`, 40 + (n % 97) * 9) },
  { name: 'long keys', runs: 40, key: (n) => digits(n, 6) + repeat('k', 150 + (n % 7) * 60), value: (n) => String(n) },
  {
    name: 'very long keys',
    runs: 2,
    key: (n) => digits(n, 6) + repeat('k', 3000 + (n % 5) * 900),
    value: (n) => String(n),
  },
  {
    name: 'some huge values',
    runs: 60,
    key: (n) => digits(n, 6),
    value: (n) => repeat(`${n}`, n % 11 === 0 ? 50000 + (n % 13) * 1000 : 30 + (n % 50)),
  },
];

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function newStore(): NodeStore {
  return new NodeStore(new MemoryChunkStore(), 1 << 20);
}

/** The tree of `pairs`, built in one go; `format` orders keys as their bytes do, but for keys that it calls equal. */
export function build(store: NodeStore, pairs: Pairs, format = FORMAT): TreeMap {
  const builder = new TreeBuilder(store, format);
  for (const key of [...pairs.keys()].sort()) {
    const k = bytesOf(key);
    const v = bytesOf(pairs.get(key)!);
    builder.append(k, 0, k.length, v, 0, v.length);
  }
  return builder.finish();
}

export function pairsOf(map: TreeMap): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const { node, from, to } of map.scan()) {
    for (let i = from; i < to; i++) pairs.set(textOf(node.key(i)), textOf(node.value(i)));
  }
  return pairs;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The numbers of a map: stretches of neighbours with holes, up to a few thousand. */
export const numbers: fc.Arbitrary<number[]> = fc
  .record({
    stretches: fc.array(fc.record({ from: fc.nat(5000), length: fc.nat(700), step: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 4,
    }),
  })
  .map(({ stretches }) => [
    ...new Set(stretches.flatMap(({ from, length, step }) => Array.from({ length }, (_, i) => from + i * step))),
  ]);

/** Changes of a map: single numbers and stretches, put (with a salt for the value) or removed. */
export interface Edits {
  readonly numbers: readonly number[];
  readonly remove: boolean;
  readonly salt: number;
}

export const editBatch: fc.Arbitrary<Edits[]> = fc.array(
  fc.record({
    numbers: fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.nat(8000), { maxLength: 5 }) },
      {
        weight: 1,
        arbitrary: fc
          .record({ from: fc.nat(6000), length: fc.nat(300) })
          .map(({ from, length }) => Array.from({ length }, (_, i) => from + i)),
      },
    ),
    remove: fc.boolean(),
    salt: fc.nat(3),
  }),
  { maxLength: 6 },
);

export function valueFor(shape: Shape, n: number, salt: number): string {
  return salt === 0 ? shape.value(n) : shape.value(n) + 's'.repeat(salt);
}

/** The pairs after edits. */
export function withEdits(shape: Shape, pairs: Pairs, edits: readonly Edits[]): Map<string, string> {
  const result = new Map(pairs);
  for (const { numbers: ns, remove, salt } of edits) {
    for (const n of ns) {
      if (remove) result.delete(shape.key(n));
      else result.set(shape.key(n), valueFor(shape, n, salt));
    }
  }
  return result;
}

export function pairsFor(shape: Shape, ns: readonly number[]): Map<string, string> {
  return new Map(ns.map((n) => [shape.key(n), shape.value(n)]));
}

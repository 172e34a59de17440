import { describe, expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import type { KeyRange } from '../../src/prolly/key-range.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import { compareRanges, type RangeComparator } from '../../src/tuple/range.ts';
import fc from '../fast-check.ts';
import { build, bytesOf, newStore, numbers, pairsFor, SHAPES, textOf } from './random-maps.ts';

const shape = SHAPES[1]!;

/** Order by the first `length` bytes. */
const prefixOrder =
  (length: number): RangeComparator =>
  (a, aStart, aEnd, b, bStart, bEnd) =>
    compareRanges(a, aStart, Math.min(aEnd, aStart + length), b, bStart, Math.min(bEnd, bStart + length));

interface RandomBound {
  readonly n: number;
  readonly inclusive: boolean;
  readonly prefix: number | undefined;
}

const bound = fc.option(
  fc.record({
    n: fc.nat(9000),
    inclusive: fc.boolean(),
    prefix: fc.option(fc.constantFrom(3, 4, 5), { nil: undefined }),
  }),
  { nil: undefined },
);

function rangeOf(low: RandomBound | undefined, high: RandomBound | undefined): KeyRange {
  const side = (b: RandomBound | undefined) =>
    b && {
      key: bytesOf(shape.key(b.n)),
      inclusive: b.inclusive,
      compare: b.prefix === undefined ? undefined : prefixOrder(b.prefix),
    };
  return { low: side(low), high: side(high) };
}

function isIn(key: string, low: RandomBound | undefined, high: RandomBound | undefined): boolean {
  const order = (b: RandomBound) => {
    const length = b.prefix ?? key.length;
    const [x, y] = [key.slice(0, length), shape.key(b.n).slice(0, length)];
    return x < y ? -1 : x > y ? 1 : 0;
  };
  if (low !== undefined && order(low) < (low.inclusive ? 0 : 1)) return false;
  return high === undefined || order(high) <= (high.inclusive ? 0 : -1);
}

describe('ranges', () => {
  test('scans, counts and ordinals agree with an array', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.tuple(bound, bound), { minLength: 5, maxLength: 5 }), (ns, ranges) => {
        const map = build(newStore(), pairsFor(shape, ns));
        const keys = ns.map((n) => shape.key(n)).sort();
        for (const [low, high] of ranges) {
          const range = rangeOf(low, high);
          const expected = keys.filter((key) => isIn(key, low, high));
          const forwards: string[] = [];
          for (const { node, from, to } of map.scan(range)) {
            expect(to).toBeGreaterThan(from);
            for (let i = from; i < to; i++) forwards.push(textOf(node.key(i)));
          }
          expect(forwards).toEqual(expected);
          const backwards: string[] = [];
          for (const { node, from, to } of map.scanBackwards(range)) {
            for (let i = to - 1; i >= from; i--) backwards.push(textOf(node.key(i)));
          }
          expect(backwards.reverse()).toEqual(expected);
          expect(map.countRange(range)).toBe(expected.length);
          if (range.low !== undefined) {
            const before = keys.filter((key) => !isIn(key, low, undefined)).length;
            expect(map.ordinalOf(range.low)).toBe(before);
            const cursor = map.cursor();
            cursor.toLow(range.low);
            expect(cursor.valid).toBe(before < keys.length);
            expect(cursor.ordinal).toBe(before);
          }
          if (range.high !== undefined) {
            const cursor = map.cursor();
            cursor.toHigh(range.high);
            const last = keys.filter((key) => isIn(key, undefined, high)).at(-1);
            expect(cursor.valid ? textOf(cursor.key()) : undefined).toBe(last);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('steps, ordinals and look-ups', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.nat(9000), { maxLength: 20 }), (ns, probes) => {
        const map = build(newStore(), pairsFor(shape, ns));
        const keys = ns.map((n) => shape.key(n)).sort();
        const cursor = map.cursor();
        for (let i = 0; i < keys.length; i++, cursor.next()) {
          expect(cursor.valid).toBe(true);
          expect(textOf(cursor.key())).toBe(keys[i]);
        }
        expect(cursor.valid).toBe(false);
        cursor.toLast();
        for (let i = keys.length - 1; i >= 0; i--, cursor.previous()) expect(textOf(cursor.key())).toBe(keys[i]);
        expect(cursor.valid).toBe(false);
        for (const probe of probes) {
          const key = shape.key(probe);
          const entry = map.get(bytesOf(key));
          expect(entry && textOf(entry.node.value(entry.index))).toBe(
            keys.includes(key) ? shape.value(probe) : undefined,
          );
          const at = map.at(probe);
          expect(at && textOf(at.node.key(at.index))).toBe(keys[probe]);
          cursor.toOrdinal(probe);
          expect(cursor.valid).toBe(probe < keys.length);
          if (cursor.valid) expect(cursor.ordinal).toBe(probe);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a scan reads no leaf beyond its range', () => {
    const chunks = new MemoryChunkStore();
    const ns = Array.from({ length: 5000 }, (_, i) => i);
    const { format, root } = build(new NodeStore(chunks), pairsFor(shape, ns));
    const get = chunks.get.bind(chunks);
    let reads = 0;
    chunks.get = (address) => {
      reads++;
      return get(address);
    };
    const range = rangeOf(
      { n: 2000, inclusive: true, prefix: undefined },
      { n: 2010, inclusive: true, prefix: undefined },
    );
    for (const scan of ['scan', 'scanBackwards'] as const) {
      reads = 0;
      const runs = [...new TreeMap(new NodeStore(chunks), format, root)[scan](range)];
      expect(runs.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(11);
      // The way down to the first entry of the tree and to that of the range, and the leaves of eleven entries.
      expect(reads).toBeLessThan(12);
    }
  });
});

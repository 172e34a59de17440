import { describe, expect, test } from 'vitest';
import { editedMap } from '../../src/prolly/edited-map.ts';
import type { KeyRange } from '../../src/prolly/key-range.ts';
import { MutableMap } from '../../src/prolly/mutable-map.ts';
import type { LeafRun, TreeMap } from '../../src/prolly/tree-map.ts';
import fc from '../fast-check.ts';
import {
  build,
  bytesOf,
  type Edits,
  FORMAT,
  newStore,
  type Pairs,
  pairsFor,
  SHAPES,
  type Shape,
  textOf,
  valueFor,
  withEdits,
} from './random-maps.ts';

const few: fc.Arbitrary<Edits> = fc.record({
  numbers: fc.array(fc.nat(400), { minLength: 1, maxLength: 12 }),
  remove: fc.boolean(),
  salt: fc.nat(3),
});
const bound = fc.option(fc.record({ n: fc.nat(420), inclusive: fc.boolean() }), { nil: undefined });
const step = fc.record({
  edits: fc.array(few, { maxLength: 3 }),
  low: bound,
  high: bound,
  makesTree: fc.boolean(),
  isStored: fc.boolean(),
});

function edited(map: TreeMap, shape: Shape, edits: readonly Edits[]): TreeMap {
  const mutable = new MutableMap(map);
  for (const { numbers, remove, salt } of edits) {
    for (const n of numbers) {
      const key = bytesOf(shape.key(n));
      const value = bytesOf(valueFor(shape, n, salt));
      if (remove) mutable.delete(key);
      else mutable.put(key, 0, key.length, value, 0, value.length);
    }
  }
  return mutable.finish();
}

function entries(runs: Iterable<LeafRun>): [string, string][] {
  const found: [string, string][] = [];
  for (const { node, from, to } of runs) {
    expect(from).toBeLessThan(to);
    for (let i = from; i < to; i++) found.push([textOf(node.key(i)), textOf(node.value(i))]);
  }
  return found;
}

function entriesBackwards(runs: Iterable<LeafRun>): [string, string][] {
  const found: [string, string][] = [];
  for (const { node, from, to } of runs) {
    for (let i = to - 1; i >= from; i--) found.push([textOf(node.key(i)), textOf(node.value(i))]);
  }
  return found;
}

function inRange(pairs: Pairs, { low, high }: KeyRange): [string, string][] {
  const after = (key: string): boolean =>
    low === undefined || (low.inclusive ? key >= textOf(low.key) : key > textOf(low.key));
  const before = (key: string): boolean =>
    high === undefined || (high.inclusive ? key <= textOf(high.key) : key < textOf(high.key));
  return [...pairs].filter(([key]) => after(key) && before(key)).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe.each(SHAPES.filter(({ name }) => !name.startsWith('very')))('$name', (shape) => {
  test('edits that wait are read as if they had been made, and make the tree that a rebuild gives', () => {
    let waited = 0;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(400)), fc.array(step, { maxLength: 12 }), (ns, steps) => {
        const base = build(newStore(), pairsFor(shape, ns));
        let pairs: Pairs = pairsFor(shape, ns);
        let map = base;
        for (const { edits, low, high, makesTree, isStored } of steps) {
          map = edited(map, shape, edits);
          pairs = withEdits(shape, pairs, edits);
          if (map.atHand !== map) waited++;
          const range: KeyRange = {
            low: low && { key: bytesOf(shape.key(low.n)), inclusive: low.inclusive },
            high: high && { key: bytesOf(shape.key(high.n)), inclusive: high.inclusive },
          };
          const expected = inRange(pairs, range);
          expect(entries(map.scan(range))).toEqual(expected);
          expect(entriesBackwards(map.scanBackwards(range))).toEqual(expected.reverse());
          expect(entries(map.scan())).toEqual(inRange(pairs, {}));
          for (const { numbers } of edits) {
            const key = shape.key(numbers[0]!);
            const entry = map.get(bytesOf(key));
            expect(entry && textOf(entry.node.value(entry.index))).toBe(pairs.get(key));
          }
          if (makesTree) expect(map.count).toBe(pairs.size);
          if (isStored) {
            map = map.collapsed();
            map.seal();
          }
        }
        const known = map.editsSince(base);
        if (known !== undefined) {
          const again = known.reduce((made, more) => editedMap(made, more.stream(), more.byteSize), base);
          expect(again.address).toBe(map.address);
        }
        map.settle();
        if (known !== undefined && known.length > 0) expect(map.editsSince(base)).toBeUndefined();
        expect(map.address).toBe(build(newStore(), pairs).address);
      }),
      { numRuns: shape.runs },
    );
    expect(waited).toBeGreaterThan(0);
  });
});

test('edits of a sealed map can be told from its own, however many layers lie below', () => {
  const shape = SHAPES[0]!;
  let pairs: Pairs = new Map();
  let map = build(newStore(), pairs);
  for (let n = 0; n < 300; n++) {
    const edits = { numbers: [(n * 7919) % 400, n], remove: n % 5 === 4, salt: n % 4 };
    const before = map;
    map = edited(before, shape, [edits]);
    pairs = withEdits(shape, pairs, [edits]);
    const own = map.editsSince(before)!;
    expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(new Set(edits.numbers).size);
    map = map.collapsed();
    map.seal();
    expect(entries(map.scan())).toEqual(inRange(pairs, {}));
  }
});

test('many edits, one after the other, are carried along only as far as it pays', () => {
  const store = newStore();
  let map = build(store, new Map([['000000', 'first']]));
  let written = 0;
  const write = store.write.bind(store);
  store.write = (bytes) => {
    written += bytes.length;
    return write(bytes);
  };
  const pairs = new Map([['000000', 'first']]);
  for (let n = 1; n <= 3000; n++) {
    const key = String(n).padStart(6, '0');
    const value = 'v'.repeat(100);
    pairs.set(key, value);
    const mutable = new MutableMap(map);
    mutable.put(bytesOf(key), 0, 6, bytesOf(value), 0, 100);
    map = mutable.finish();
    if (n === 400) expect(written).toBe(0);
  }
  // 300 KB of entries: each stretch of them was written once, and what lies around it.
  expect(written).toBeGreaterThan(100_000);
  expect(written).toBeLessThan(2_000_000);
  expect(map.address).toBe(build(newStore(), pairs).address);
  expect(map.format).toBe(FORMAT);
});

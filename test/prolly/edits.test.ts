import { describe, expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { MutableMap } from '../../src/prolly/mutable-map.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import type { TreeFormat } from '../../src/prolly/tree-format.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import fc from '../fast-check.ts';
import {
  build,
  bytesOf,
  type Edits,
  editBatch,
  FORMAT,
  newStore,
  numbers,
  pairsFor,
  pairsOf,
  SHAPES,
  type Shape,
  textOf,
  valueFor,
  withEdits,
} from './random-maps.ts';

function apply(map: MutableMap, shape: Shape, edits: readonly Edits[]): void {
  for (const { numbers: ns, remove, salt } of edits) {
    for (const n of ns) {
      const key = bytesOf(shape.key(n));
      const value = bytesOf(valueFor(shape, n, salt));
      if (remove) map.delete(key);
      else map.put(key, 0, key.length, value, 0, value.length);
    }
  }
}

const stretch = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

/** Enough pairs of every shape for more than one level. */
const MANY = Array.from({ length: 600 }, (_, i) => 3 * i);

describe.each(SHAPES)('$name', (shape) => {
  test('edits give the tree that a rebuild gives', () => {
    let levels = 0;
    fc.assert(
      fc.property(numbers, fc.array(editBatch, { minLength: 1, maxLength: 3 }), (ns, batches) => {
        const store = newStore();
        let pairs = pairsFor(shape, ns);
        let tree: TreeMap = build(store, pairs);
        const map = new MutableMap(tree);
        for (const batch of batches) {
          apply(map, shape, batch);
          pairs = withEdits(shape, pairs, batch);
          for (const { numbers: some } of batch) {
            const key = bytesOf(shape.key(some[0] ?? 0));
            const value = map.get(key);
            const expected = pairs.get(shape.key(some[0] ?? 0));
            expect(value && textOf(value.bytes.slice(value.start, value.end))).toBe(expected);
            expect(map.has(key)).toBe(expected !== undefined);
          }
          tree = map.flush();
          expect(tree.address).toBe(build(newStore(), pairs).address);
          expect(tree.count).toBe(pairs.size);
          levels = Math.max(levels, tree.root.level);
        }
        expect(pairsOf(tree)).toEqual(new Map([...pairs].sort(([a], [b]) => (a < b ? -1 : 1))));
      }),
      { numRuns: shape.runs, examples: [[MANY, [[{ numbers: [7, 10_000], remove: false, salt: 1 }]]]] },
    );
    expect(levels).toBeGreaterThan(0);
  });
});

describe.each(SHAPES)('values of the same length: $name', (shape) => {
  test('edits among others that only replace give the tree that a rebuild gives', () => {
    const replacement = (n: number, salt: number) => shape.value(n).replace(/./g, String(salt));
    const places = fc.oneof(
      fc.array(fc.nat(1500), { maxLength: 4 }),
      fc.record({ from: fc.nat(1500), length: fc.nat(200) }).map(({ from, length }) => stretch(from, length)),
    );
    const batch = fc.array(fc.record({ places, change: fc.constantFrom('replace', 'replace', 'put', 'remove') }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.array(batch, { minLength: 1, maxLength: 3 }),
        (count, batches) => {
          const pairs = pairsFor(shape, stretch(0, count));
          const map = new MutableMap(build(newStore(), pairs));
          batches.forEach((edits, salt) => {
            for (const { places: ns, change } of edits) {
              for (const n of ns) {
                const key = shape.key(n);
                if (change === 'remove') {
                  pairs.delete(key);
                  map.delete(bytesOf(key));
                  continue;
                }
                const value = change === 'put' ? valueFor(shape, n, salt + 1) : replacement(n, salt);
                pairs.set(key, value);
                map.put(bytesOf(key), 0, key.length, bytesOf(value), 0, value.length);
              }
            }
            expect(map.flush().address).toBe(build(newStore(), pairs).address);
            expect(map.flush().count).toBe(pairs.size);
          });
        },
      ),
      { numRuns: shape.runs },
    );
  });
});

test('values of the same length with other addresses in them', () => {
  // A value that begins with 'a' has the address of a chunk behind that.
  const format: TreeFormat = {
    ...FORMAT,
    addressOffsets: (bytes, start, _end, into) => void (bytes[start] === 0x61 && into.push(1)),
  };
  const value = (n: number, isAddress: boolean) => `${isAddress ? 'a' : 'v'}${String(n).padStart(20, '0')}`;
  const pairs = new Map(stretch(0, 900).map((n) => [SHAPES[0]!.key(n), value(n, n % 3 === 0)]));
  const map = new MutableMap(build(newStore(), pairs, format));
  for (const [n, isAddress] of [
    [3, true],
    [300, false],
    [301, true],
    [899, true],
  ] as const) {
    const key = SHAPES[0]!.key(n);
    pairs.set(key, value(n + 1000, isAddress));
    map.put(bytesOf(key), 0, key.length, bytesOf(pairs.get(key)!), 0, 21);
    expect(map.flush().address).toBe(build(newStore(), pairs, format).address);
  }
});

test('the order of edits does not matter, nor does flushing in between', () => {
  const shape = SHAPES[1]!;
  fc.assert(
    fc.property(numbers, fc.nat(2000), (ns, limit) => {
      const forward = new MutableMap(build(newStore(), new Map()));
      const shuffled = new MutableMap(build(newStore(), new Map()), 1000 + limit * 40);
      apply(forward, shape, [{ numbers: [...ns].sort((a, b) => a - b), remove: false, salt: 0 }]);
      apply(shuffled, shape, [
        { numbers: [...ns].sort((a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009)), remove: false, salt: 0 },
      ]);
      expect(shuffled.flush().address).toBe(forward.flush().address);
    }),
    { numRuns: 40 },
  );
});

test('edits without effect give the same map', () => {
  const shape = SHAPES[0]!;
  const store = newStore();
  const tree = build(
    store,
    pairsFor(
      shape,
      Array.from({ length: 3000 }, (_, i) => 2 * i),
    ),
  );
  const map = new MutableMap(tree);
  apply(map, shape, [
    { numbers: [10, 2000, 5998], remove: false, salt: 0 },
    { numbers: [11, 2001, 99999], remove: true, salt: 0 },
  ]);
  expect(map.flush()).toBe(tree);
});

test('the cost follows the change', () => {
  const shape = SHAPES[1]!;
  const chunks = new MemoryChunkStore();
  const tree = build(
    new NodeStore(chunks),
    pairsFor(
      shape,
      Array.from({ length: 20_000 }, (_, i) => i),
    ),
  );
  let reads = 0;
  let writes = 0;
  const counted = new MemoryChunkStore();
  counted.get = (address) => {
    reads++;
    return chunks.get(address);
  };
  counted.put = (address, bytes) => {
    writes++;
    chunks.put(address, bytes);
  };
  const { root } = tree;
  expect(root.level).toBeGreaterThan(1);
  const store = new NodeStore(counted);
  const map = new MutableMap(new TreeMap(store, tree.format, root));
  apply(map, shape, [{ numbers: [7777], remove: false, salt: 2 }]);
  const edited = map.flush();
  expect(reads).toBe(root.level);
  expect(writes).toBe(root.level);
  // What was written is still open, what was replaced is not.
  expect(edited.has(bytesOf(shape.key(7777)))).toBe(true);
  expect(reads).toBe(root.level);
  expect(new TreeMap(store, tree.format, root).has(bytesOf(shape.key(7777)))).toBe(true);
  expect(reads).toBe(2 * root.level);
});

test('a pair that did not fit into the node before is changed', () => {
  const shape: Shape = {
    name: 'small pairs and giants',
    runs: 0,
    key: (n) => String(n).padStart(6, '0'),
    value: (n) => 'v'.repeat(n % 50 === 0 ? 64_000 : 60),
  };
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 400 }),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (count, giants, remove) => {
        const pairs = pairsFor(
          shape,
          Array.from({ length: count }, (_, i) => i),
        );
        const edits: Edits[] = [{ numbers: giants.map((g) => 50 * g), remove, salt: 3 }];
        // As small as its neighbours, it goes into the node before.
        const small: Shape = { ...shape, value: () => 'small' };
        const map = new MutableMap(build(newStore(), pairs));
        apply(map, small, edits);
        expect(map.flush().address).toBe(build(newStore(), withEdits(small, pairs, edits)).address);
      },
    ),
    { numRuns: 60 },
  );
});

/** Keys and values that fit into one node. */
const NODE_BYTES = 65_535;

/** Pairs of these lengths, key and value together, in order. */
const pairsOfLengths = (lengths: readonly number[]) =>
  new Map(lengths.map((length, i) => [String(i).padStart(6, '0'), 'v'.repeat(Math.max(0, length - 6))]));

test('a node takes as many bytes as its offsets reach, and not one more', () => {
  const levelOf = (...lengths: number[]) => build(newStore(), pairsOfLengths(lengths)).root.level;
  expect(levelOf(100, NODE_BYTES - 100)).toBe(0);
  expect(levelOf(100, NODE_BYTES - 99)).toBe(1);
});

test('edits of nodes that are full to within some bytes give the tree that a rebuild gives', () => {
  // Small pairs, which end no node by themselves, and a giant that just fits behind them, or just does not.
  const group = fc.record({
    small: fc.array(fc.integer({ min: 6, max: 100 }), { minLength: 1, maxLength: 4 }),
    spare: fc.integer({ min: -3, max: 3 }),
  });
  const edit = fc.record({ at: fc.nat(), by: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }) });
  const groups = fc.array(group, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(groups, fc.array(edit, { minLength: 1, maxLength: 3 }), (groups, edits) => {
      const lengths = groups.flatMap(({ small, spare }) => [
        ...small,
        NODE_BYTES - spare - small.reduce((sum, length) => sum + length, 0),
      ]);
      const pairs = pairsOfLengths(lengths);
      const map = new MutableMap(build(newStore(), pairs));
      const keys = [...pairs.keys()];
      for (const { at, by } of edits) {
        const key = keys[at % keys.length]!;
        if (by === undefined) {
          pairs.delete(key);
          map.delete(bytesOf(key));
          continue;
        }
        const value = 'w'.repeat(Math.max(0, (pairs.get(key) ?? '').length + by));
        pairs.set(key, value);
        map.put(bytesOf(key), 0, key.length, bytesOf(value), 0, value.length);
      }
      expect(map.flush().address).toBe(build(newStore(), pairs).address);
    }),
    { numRuns: 150, examples: [[[{ small: [100], spare: -1 }], [{ at: 1, by: -1 }]]] },
  );
});

test('a node that stays is not written again, where the one before is cut anew and was ended by its size', () => {
  const chunks = new MemoryChunkStore();
  const pairs = pairsOfLengths([100, 100, 100, NODE_BYTES - 200, 100, 100]);
  const written: string[] = [];
  const map = new MutableMap(build(new NodeStore(chunks), pairs));
  const put = chunks.put.bind(chunks);
  chunks.put = (address, bytes) => {
    expect(chunks.get(address)).toBeUndefined();
    written.push(address);
    put(address, bytes);
  };
  map.put(bytesOf('000001'), 0, 6, bytesOf('other'), 0, 5);
  map.flush();
  expect(written).toHaveLength(1);
});

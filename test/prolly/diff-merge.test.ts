import { describe, expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { countChanges, diff } from '../../src/prolly/diff.ts';
import { mergeMaps, threeWayDiff } from '../../src/prolly/merge.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import type { TreeFormat } from '../../src/prolly/tree-format.ts';
import { type Entry, TreeMap } from '../../src/prolly/tree-map.ts';
import { compareRanges } from '../../src/tuple/range.ts';
import fc from '../fast-check.ts';
import {
  build,
  bytesOf,
  editBatch,
  FORMAT,
  newStore,
  numbers,
  type Pairs,
  pairsFor,
  pairsOf,
  SHAPES,
  textOf,
  withEdits,
} from './random-maps.ts';

const keyText = (entry: Entry) => textOf(entry.node.key(entry.index));
const valueText = (entry: Entry | undefined) => entry && textOf(entry.node.value(entry.index));

/** Their ends, as three huge values are too long for one row. */
function joined(...values: (string | undefined)[]): string {
  return values.map((value) => value?.slice(-20_000)).join('|');
}

function naiveDiff(from: Pairs, to: Pairs): [string, string | undefined, string | undefined][] {
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .filter((key) => from.get(key) !== to.get(key))
    .map((key) => [key, from.get(key), to.get(key)]);
}

describe.each(SHAPES)('$name', (shape) => {
  test('diff equals a naive one', () => {
    fc.assert(
      fc.property(numbers, editBatch, (ns, edits) => {
        const store = newStore();
        const before = pairsFor(shape, ns);
        const after = withEdits(shape, before, edits);
        const [from, to] = [build(store, before), build(store, after)];
        const expected = naiveDiff(before, after);
        const actual = [...diff(from, to)].map((change) => [
          keyText(change.from ?? change.to),
          valueText(change.from),
          valueText(change.to),
        ]);
        expect(actual).toEqual(expected);
        const counts = countChanges(from, to);
        expect(counts.added).toBe(expected.filter(([, a]) => a === undefined).length);
        expect(counts.removed).toBe(expected.filter(([, , b]) => b === undefined).length);
        expect(counts.added + counts.removed + counts.modified).toBe(expected.length);
      }),
      { numRuns: shape.runs },
    );
  });

  test('a merge equals a naive one', () => {
    fc.assert(
      fc.property(
        numbers,
        editBatch,
        editBatch,
        fc.constantFrom('left', 'right', 'remove', 'join'),
        (ns, mine, theirs, policy) => {
          const store = newStore();
          const base = pairsFor(shape, ns);
          const left = withEdits(shape, base, mine);
          const right = withEdits(shape, base, theirs);
          const expected = new Map(left);
          const clashes: string[] = [];
          for (const [key, was, is] of naiveDiff(base, right)) {
            if (left.get(key) === is) continue;
            if (left.get(key) === was) {
              if (is === undefined) expected.delete(key);
              else expected.set(key, is);
              continue;
            }
            clashes.push(key);
            if (policy === 'left') continue;
            if (policy === 'remove' || (policy === 'right' && is === undefined)) expected.delete(key);
            else expected.set(key, policy === 'right' ? is! : joined(was, left.get(key), is));
          }
          const trees = [build(store, base), build(store, left), build(store, right)] as const;
          const changed = new Set([...naiveDiff(base, left), ...naiveDiff(base, right)].map(([key]) => key));
          expect(
            Array.from(threeWayDiff(...trees), (change) => [
              valueText(change.base),
              valueText(change.left),
              valueText(change.right),
              change.leftChanged,
              change.rightChanged,
            ]),
          ).toEqual(
            [...changed].sort().map((key) => {
              const [was, mine, their] = [base, left, right].map((pairs) => pairs.get(key));
              return [was, mine, their, mine !== was, their !== was];
            }),
          );
          const asked: string[] = [];
          const merged = mergeMaps(...trees, (clash) => {
            asked.push(keyText(clash.left ?? clash.right!));
            if (policy !== 'join') return policy as 'left';
            return bytesOf(joined(valueText(clash.base), valueText(clash.left), valueText(clash.right)));
          });
          expect(asked).toEqual(clashes);
          expect(merged.address).toBe(build(newStore(), expected).address);
        },
      ),
      { numRuns: shape.runs },
    );
  });
});

test('the cost of a diff follows the change', () => {
  const shape = SHAPES[1]!;
  const chunks = new MemoryChunkStore();
  const ns = Array.from({ length: 30_000 }, (_, i) => i);
  const before = build(new NodeStore(chunks), pairsFor(shape, ns));
  const edits = [
    { numbers: [100, 15_000], remove: true, salt: 0 },
    { numbers: [29_000], remove: false, salt: 1 },
    { numbers: [40_000], remove: false, salt: 0 },
  ];
  const after = build(new NodeStore(chunks), withEdits(shape, pairsFor(shape, ns), edits));
  const counted = new MemoryChunkStore();
  let reads = 0;
  counted.get = (address) => {
    reads++;
    return chunks.get(address);
  };
  const store = new NodeStore(counted);
  const changes = countChanges(
    new TreeMap(store, before.format, before.root),
    new TreeMap(store, after.format, after.root),
  );
  expect(changes).toEqual({ added: 1, removed: 2, modified: 1 });
  expect(reads).toBeLessThan(60);
});

describe('keys that compare equal and are spelled differently', () => {
  const lower = (bytes: Uint8Array, start: number, end: number) => bytes.slice(start, end).map((byte) => byte | 0x20);
  const caseless: TreeFormat = {
    kind: FORMAT.kind,
    compare: (a, aStart, aEnd, b, bStart, bEnd) =>
      compareRanges(lower(a, aStart, aEnd), 0, aEnd - aStart, lower(b, bStart, bEnd), 0, bEnd - bStart),
  };
  const store = newStore();
  const treeOf = (pairs: Readonly<Record<string, string>>) => build(store, new Map(Object.entries(pairs)), caseless);

  test('are one key, and the other spelling is a change', () => {
    const [from, to] = [treeOf({ a: '1', b: '2' }), treeOf({ A: '1', b: '2' })];
    expect(Array.from(diff(from, to), ({ from, to }) => [keyText(from!), keyText(to!)])).toEqual([['a', 'A']]);
    expect(countChanges(from, to)).toEqual({ added: 0, removed: 0, modified: 1 });
  });

  test('keep our spelling where a clash is resolved', () => {
    const merged = mergeMaps(treeOf({ a: '1' }), treeOf({ A: '2' }), treeOf({ a: '3' }), () => bytesOf('4'));
    expect(pairsOf(merged)).toEqual(new Map([['A', '4']]));
  });
});

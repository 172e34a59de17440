import { expect, test } from 'vitest';
import { type Address, addressAt, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { AddressMap } from '../../src/prolly/address-map.ts';
import { type ClosedCommit, CommitClosure, mergeBase } from '../../src/prolly/commit-closure.ts';
import type { Node } from '../../src/prolly/node.ts';
import { NumberSearch } from '../../src/prolly/number-search.ts';
import { TreeBuilder } from '../../src/prolly/tree-builder.ts';
import type { TreeFormat } from '../../src/prolly/tree-format.ts';
import fc from '../fast-check.ts';
import { bytesOf, newStore } from './random-maps.ts';

const addressFor = (text: string): Address => addressOf(bytesOf(text));

test('address maps edit like maps', () => {
  const name = fc.nat(400).map((n) => `refs/${'x'.repeat(n % 90)}${n}é`);
  const edit = fc.tuple(name, fc.option(fc.nat(3), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 300 }), fc.array(edit, { maxLength: 30 }), (first, second) => {
      const store = newStore();
      const expected = new Map<string, Address>();
      let map = AddressMap.empty(store);
      for (const edits of [first, second]) {
        const batch = edits.map(([n, salt]) => [n, salt === undefined ? undefined : addressFor(n + salt)] as const);
        for (const [n, address] of batch) {
          if (address === undefined) expected.delete(n);
          else expected.set(n, address);
        }
        map = map.edit(batch);
      }
      const sorted = [...expected].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect([...map.entries()]).toEqual(sorted);
      expect([...map.entries('refs/xx')]).toEqual(sorted.filter(([n]) => n.startsWith('refs/xx')));
      expect(AddressMap.empty(newStore()).edit(sorted).address).toBe(map.address);
      expect(map.edit(sorted)).toBe(map);
      for (const [n, address] of sorted) expect(map.get(n)).toBe(address);
      expect(map.get('absent')).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

test('numbers are found wherever they lie, one by one and many together', () => {
  const numberOf = (bytes: Uint8Array, at: number): number =>
    new DataView(bytes.buffer, bytes.byteOffset + at).getInt32(0);
  const keyOf = (number: number): Uint8Array => {
    const key = new Uint8Array(6);
    new DataView(key.buffer).setInt32(0, number);
    return key;
  };
  const format: TreeFormat = {
    kind: 'rows',
    compare: (a, aStart, _aEnd, b, bStart) => numberOf(a, aStart) - numberOf(b, bStart),
    number: numberOf,
  };
  const run = fc.record({
    from: fc.oneof(fc.integer({ min: -50_000, max: 50_000 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1)),
    step: fc.constantFrom(1, 2, 7, 1000, 900_001),
    count: fc.integer({ min: 1, max: 2000 }),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 5 }), (runs) => {
      const all = runs.flatMap(({ from, step, count }) =>
        Array.from({ length: count }, (_, i) => (from + step * i) | 0),
      );
      const there = new Set(all);
      const store = newStore();
      const builder = new TreeBuilder(store, format);
      const value = new Uint8Array(30);
      for (const number of [...there].sort((a, b) => a - b)) builder.append(keyOf(number), 0, 6, value, 0, 30);
      const map = builder.finish();
      const wanted = [...there, ...all.map((number) => (number + 1) | 0), -(2 ** 31), 0, 2 ** 31 - 1].slice(0, 9000);
      const search = new NumberSearch(wanted.length);
      search.find(store, map.root, numberOf, Float64Array.from(wanted), wanted.length);
      const found = (node: Node | undefined, index: number) => node && numberOf(node.bytes, node.keyStart(index));
      for (const [i, number] of wanted.entries()) {
        const expected = there.has(number) ? number : undefined;
        const entry = map.get(keyOf(number));
        expect(found(entry?.node, entry?.index ?? 0)).toBe(expected);
        expect(found(search.nodes[i], search.indexes[i]!)).toBe(expected);
      }
    }),
    { numRuns: 30 },
  );
});

test('an address map with one name', () => {
  // FORMAT.md appendix C.
  const address = addressAt(new Uint8Array(20).fill(0x11), 0);
  expect(AddressMap.empty(newStore()).edit([['a', address]]).address).toBe('8ohedreuahttd41lt9q4rrt62q1vfd0c');
});

test('closures hold all ancestors, and merge bases are common ancestors of greatest height', () => {
  // A history: of each commit one or two earlier commits as parents.
  const history = fc.array(fc.tuple(fc.nat(1000), fc.option(fc.nat(1000), { nil: undefined })), { maxLength: 120 });
  fc.assert(
    fc.property(history, fc.nat(1000), fc.nat(1000), (steps, one, other) => {
      const store = newStore();
      const commits: ClosedCommit[] = [{ height: 1, address: addressFor('root'), closure: CommitClosure.empty(store) }];
      const ancestors: Set<ClosedCommit>[] = [new Set()];
      steps.forEach(([a, b], n) => {
        // Mostly near the end, so that histories are deep.
        const near = (x: number) => Math.max(0, commits.length - 1 - (x % 4));
        const picked = [...new Set(b === undefined ? [near(a)] : [near(a), near(b)])];
        const parents = picked.map((i) => commits[i]!);
        commits.push({
          height: 1 + Math.max(...parents.map((p) => p.height)),
          address: addressFor(`commit ${n}`),
          closure: CommitClosure.ofParents(store, parents),
        });
        ancestors.push(new Set(picked.flatMap((i) => [commits[i]!, ...ancestors[i]!])));
      });
      const last = commits.length - 1;
      const closure = commits[last]!.closure;
      expect(closure.count).toBe(ancestors[last]!.size);
      for (const commit of commits) expect(closure.has(commit)).toBe(ancestors[last]!.has(commit));
      const order = (p: { height: number; address: string }, q: { height: number; address: string }) =>
        q.height - p.height || (p.address < q.address ? 1 : -1);
      const points = [...ancestors[last]!].map(({ height, address }) => ({ height, address })).sort(order);
      expect([...closure.descending()]).toEqual(points);
      expect(closure.address === EMPTY_ADDRESS).toBe(points.length === 0);
      const [i, j] = [one % commits.length, other % commits.length];
      const mine = new Set([commits[i]!, ...ancestors[i]!]);
      const common = [commits[j]!, ...ancestors[j]!].filter((c) => mine.has(c)).sort(order);
      expect(mergeBase(commits[i]!, commits[j]!)?.address).toBe(common[0]!.address);
    }),
    { numRuns: 40 },
  );
});

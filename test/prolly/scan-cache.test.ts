/** A scan that is longer than the cache keeps little of what it reads, and drives nothing out. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import type { Node } from '../../src/prolly/node.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import { build, bytesOf } from './random-maps.ts';

class CountingStore extends MemoryChunkStore {
  readonly read: (readonly [Address, boolean])[] = [];
  override get(address: Address, keep = true): Uint8Array | undefined {
    this.read.push([address, keep]);
    return super.get(address);
  }
}

test('a long scan leaves the cache to others', () => {
  const chunks = new CountingStore();
  const store = new NodeStore(chunks, 256 * 1024);
  const pairs = new Map(Array.from({ length: 40_000 }, (_, i) => [String(i).padStart(8, '0'), `value ${i}`]));
  const built = build(store, pairs);
  const map = TreeMap.open(store, built.format, built.address);
  const hot = bytesOf('00039999');
  expect(map.get(hot)).toBeDefined();
  for (const scan of [map.scan(), map.scanBackwards()]) {
    chunks.read.length = 0;
    let rows = 0;
    for (const { from, to } of scan) rows += to - from;
    expect(rows).toBe(40_000);
    const kept = chunks.read.filter(([, keep]) => keep).length;
    expect(kept).toBeLessThan(chunks.read.length / 4);
  }
  chunks.read.length = 0;
  expect(map.get(hot)).toBeDefined();
  expect(chunks.read).toEqual([]);
});

test('a short scan is kept', () => {
  const chunks = new CountingStore();
  const store = new NodeStore(chunks);
  const built = build(store, new Map(Array.from({ length: 5_000 }, (_, i) => [String(i).padStart(8, '0'), 'x'])));
  const map = TreeMap.open(store, built.format, built.address);
  for (const _ of map.scan());
  chunks.read.length = 0;
  for (const _ of map.scan());
  expect(chunks.read).toEqual([]);
});

/** Bytes of the nodes that can be reached from `node` without a store. */
function heldBytes(node: Node): number {
  if (node.isLeaf) return 0;
  return node.keptChildren.reduce(
    (sum, kept) => sum + (kept?.node ? kept.node.bytes.length + heldBytes(kept.node) : 0),
    0,
  );
}

test('a parent hands out its children as long as the cache keeps them, and does not hold them any longer', () => {
  const chunks = new CountingStore();
  const limit = 256 * 1024;
  const store = new NodeStore(chunks, limit);
  const keys = Array.from({ length: 40_000 }, (_, i) => String(i).padStart(8, '0'));
  const built = build(store, new Map(keys.map((key) => [key, `value ${key}`])));
  const map = TreeMap.open(store, built.format, built.address);
  const first = bytesOf(keys[0]!);
  map.get(first);
  chunks.read.length = 0;
  expect(map.get(first)).toBeDefined();
  expect(chunks.read).toEqual([]);
  expect(heldBytes(map.root)).toBeGreaterThan(0);
  for (const key of keys) map.get(bytesOf(key));
  expect(heldBytes(map.root)).toBeLessThan(1.5 * limit);
  chunks.read.length = 0;
  expect(map.get(first)).toBeDefined();
  expect(chunks.read).not.toEqual([]);
  const leaf = map.root.childAddress(0);
  store.forget(leaf);
  chunks.read.length = 0;
  expect(map.get(first)).toBeDefined();
  expect(chunks.read).toContainEqual([leaf, true]);
});

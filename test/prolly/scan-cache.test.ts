/** A scan that is longer than the cache keeps little of what it reads, and drives nothing out. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
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

/** Long scans and rewrites over a store that decodes leaves where it decoded others. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { ScanMemory } from '../../src/chunks/scan-memory.ts';
import { MutableMap } from '../../src/prolly/mutable-map.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import { build, bytesOf } from './random-maps.ts';

class ReusingStore extends MemoryChunkStore {
  reused = 0;
  override get(address: Address, _keep = true, memory?: ScanMemory): Uint8Array | undefined {
    const chunk = super.get(address);
    const place = chunk === undefined || memory === undefined ? -1 : memory.take(chunk.length);
    if (chunk === undefined || place < 0) return chunk;
    this.reused++;
    const copy = new Uint8Array(memory!.buffer, place, chunk.length);
    copy.set(chunk);
    return copy;
  }
}

const ROWS = 60_000;
const pairs = (value: (i: number) => string) =>
  new Map(Array.from({ length: ROWS }, (_, i) => [String(i).padStart(8, '0'), value(i)]));

function reopened(chunks: ReusingStore): TreeMap {
  const built = build(
    new NodeStore(chunks),
    pairs((i) => `value ${i}`),
  );
  return TreeMap.open(new NodeStore(chunks, 64 * 1024), built.format, built.address);
}

test.each(['scan', 'scanBackwards'] as const)('%s', (direction) => {
  const chunks = new ReusingStore();
  const map = reopened(chunks);
  const memory = new ScanMemory();
  const seen: string[] = [];
  for (const { node, from, to } of map[direction](undefined, memory)) {
    const keys = Array.from({ length: to - from }, (_, i) => Buffer.from(node.key(from + i)).toString());
    seen.push(...(direction === 'scan' ? keys : keys.reverse()));
    memory.forget();
  }
  const expected = [...pairs(() => '').keys()];
  expect(seen).toEqual(direction === 'scan' ? expected : expected.reverse());
  expect(chunks.reused).toBeGreaterThan(100);
});

test('a rewrite of all entries', () => {
  const chunks = new ReusingStore();
  const edits = new MutableMap(reopened(chunks));
  // Some stay, so that what lies between edits is read as well.
  const changed = (i: number) => (i % 7 === 0 || (i > 30_000 && i < 30_200) ? `value ${i}` : `changed ${i}`);
  for (const [key, value] of pairs(changed)) {
    const [k, v] = [bytesOf(key), bytesOf(value)];
    edits.put(k, 0, k.length, v, 0, v.length);
  }
  const rebuilt = build(new NodeStore(new MemoryChunkStore()), pairs(changed));
  expect(edits.flush().address).toBe(rebuilt.address);
  expect(chunks.reused).toBeGreaterThan(100);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Address, addressOf } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { type NbsOptions, NbsStore } from '../../src/chunks/nbs-store.ts';
import { chunkStoreContract } from './chunk-store-contract.ts';

const scratch: string[] = [];
afterAll(() => {
  for (const folder of scratch) rmSync(folder, { recursive: true });
});

chunkStoreContract('MemoryChunkStore', () => ({ open: () => new MemoryChunkStore(), durable: false }));

const variants: readonly (readonly [string, NbsOptions])[] = [
  ['a journal', { journal: true }],
  ['a journal that rolls over', { journal: true, journalRollBytes: 9_000, conjoinAt: 4 }],
  ['a journal that rolls over at its end', { journal: true, journalRollBytes: 9_000, journalGrowthBytes: 1_000_000 }],
  ['a journal and tiny transactions', { journal: true, spillBytes: 1_000, conjoinAt: 3 }],
  ['table files only', { journal: false }],
  ['table files only, often conjoined', { journal: false, conjoinAt: 3 }],
];
for (const [name, options] of variants) {
  chunkStoreContract(`NbsStore with ${name}`, () => {
    const disk = new MemoryDisk();
    return { open: () => NbsStore.open(disk, '/repo/noms', options), durable: true };
  });
}

chunkStoreContract('NbsStore on the real disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunks-'));
  scratch.push(folder);
  return { open: () => NbsStore.open(new NodeDisk(), join(folder, 'noms'), { journal: true }), durable: true };
});

chunkStoreContract('NbsStore as a remote on the real disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chunks-'));
  scratch.push(folder);
  return { open: () => NbsStore.open(new NodeDisk(), join(folder, 'remote'), { journal: false }), durable: true };
});

test('a journal may grow while it is open, and is a table file when it was closed', () => {
  const options: NbsOptions = { journal: true, journalRollBytes: 10_000, journalGrowthBytes: 30_000 };
  const disk = new MemoryDisk();
  const kinds = (store: NbsStore) => store.files().map(({ kind }) => kind);
  const store = NbsStore.open(disk, '/repo/noms', options);
  let root = store.root();
  const put: Address[] = [];
  const commit = () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => Math.imul(i * 31 + put.length, 0x9e3779b1) >>> 24);
    const address = addressOf(bytes);
    store.put(address, bytes);
    expect(store.commit(address, root)).toBe(true);
    root = address;
    put.push(address);
  };
  while (put.length < 4) commit();
  expect(kinds(store)).toEqual(['journal']);
  store.close();
  const again = NbsStore.open(disk, '/repo/noms', options);
  expect(kinds(again)).toEqual(['table']);
  expect(again.root()).toBe(root);
  for (const address of put) expect(again.get(address)).toHaveLength(5000);
  again.close();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
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

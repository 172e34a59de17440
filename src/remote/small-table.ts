/** A table file of a few chunks, made in memory: what goes along with a swap. */
import type { Address } from '../base/address.ts';
import { MemoryDisk } from '../base/memory-disk.ts';
import { randomName } from '../base/random-name.ts';
import { TableFileWriter } from '../chunks/table-file-writer.ts';

export interface SmallTable {
  readonly name: Address;
  readonly chunkCount: number;
  readonly bytes: Uint8Array;
}

/** `records`: chunks in their stored form. */
export function smallTable(
  chunks: Iterable<readonly [Address, Uint8Array]>,
  records: Iterable<readonly [Address, Uint8Array]>,
): SmallTable {
  const memory = new MemoryDisk();
  memory.makeDirectory('remote:make-file', '/file');
  const writer = new TableFileWriter(memory, '/file', randomName());
  for (const [address, record] of records) writer.addRecord(address, record);
  for (const [address, chunk] of chunks) writer.add(address, chunk);
  const { name, chunkCount, path } = writer.finish();
  return { name, chunkCount, bytes: memory.readFile(path)! };
}

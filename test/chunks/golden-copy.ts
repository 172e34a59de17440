/** Stores that the original wrote, copied onto a disk in memory so that they can be changed. */
import { join } from 'node:path';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';

export const golden = join(import.meta.dirname, '../../fixtures/golden');

/** The store of that name, in `/store`. */
export function copyOfGolden(name: string): MemoryDisk {
  const disk = new MemoryDisk();
  const real = new NodeDisk();
  const from = join(golden, name);
  disk.makeDirectory('', '/store');
  for (const file of real.list(from)!) {
    const bytes = real.readFile(join(from, file))!;
    const copy = disk.create('', `/store/${file}`);
    copy.write('', bytes, 0);
    copy.close();
  }
  return disk;
}

/** What is asked of files that arrive; a large one is checked with a second thread, and no worse for it. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Address, addressOf, parseAddress } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { ArchiveFile } from '../../src/chunks/archive-file.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { TableFile } from '../../src/chunks/table-file.ts';
import { TableFileWriter } from '../../src/chunks/table-file-writer.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { checkChunks, checkName } from '../../src/service/file-arrival.ts';
import { builtThreads } from '../base/threads-of-test.ts';
import { golden } from '../remote/remote-fixture.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';

const COMMITS = 2_500;

/** Commits of one root value that is not in the file; `change` may put another chunk in place of one. */
function largeTable(
  change: (address: Address, chunk: Uint8Array, ordinal: number) => Uint8Array,
): [TableFile, Address] {
  const chunks = new MemoryChunkStore();
  const nodes = new NodeStore(chunks);
  const root = RootValue.empty(nodes).address;
  const who = { name: 'Test', email: 'test@example.com' };
  const at = { author: who, committer: who, authorDate: 0, committerDate: 0 };
  const disk = new MemoryDisk();
  disk.makeDirectory('', '/');
  const writer = new TableFileWriter(disk, '/', 'x');
  for (let i = 0; i < COMMITS; i++) {
    const message = randomBytes(3_000).toString('base64');
    const address = writeCommit(nodes, root, [], { ...at, message });
    writer.add(address, change(address, chunks.get(address)!, i));
  }
  const { name, path, byteSize } = writer.finish();
  expect(byteSize).toBeGreaterThan(8 << 20);
  return [new TableFile(name, path, disk.openRead(path)!), root];
}

const built = builtThreads();
afterAll(() => {
  expect(built.started).toBe(4);
  built.remove();
});

for (const threads of [undefined, built]) {
  const environment = { ...scratchEnvironment(), threads };
  const how = threads ? 'by two' : 'by one';

  test(`what the chunks refer to outside of the file, ${how}`, async () => {
    const [file, root] = largeTable((_, chunk) => chunk);
    const references = await checkChunks(environment, file);
    expect(references).toContain(root);
    file.close();
  });

  test.each([0, 1_234, COMMITS - 1])(`chunk %i is another, ${how}`, async (wrong) => {
    const [file] = largeTable((address, chunk, ordinal) => {
      if (ordinal !== wrong) return chunk;
      const other = chunk.slice();
      other[other.length - 1]! ^= 1;
      expect(addressOf(other)).not.toBe(address);
      return other;
    });
    await expect(checkChunks(environment, file)).rejects.toMatchObject({ kind: 'invalid' });
    file.close();
  });
}

describe('archives of the original', () => {
  const archives = ['remote-small', 'remote-20k'].flatMap((remote) => {
    const directory = join(golden, remote);
    return readdirSync(directory).flatMap((name) => (name.endsWith('.darc') ? [[name, join(directory, name)]] : []));
  });

  /** The archive, from bytes that may have been changed. */
  function archiveOf(file: string, path: string, change: (bytes: Uint8Array, opened: ArchiveFile) => void = () => {}) {
    const disk = new MemoryDisk();
    const bytes = new Uint8Array(readFileSync(path));
    const name = parseAddress(file.slice(0, 32))!;
    const write = (): ArchiveFile => {
      const target = disk.create('', '/archive');
      target.write('', bytes, 0);
      target.close();
      return new ArchiveFile(name, '/archive', disk.openRead('/archive')!);
    };
    const opened = write();
    change(bytes, opened);
    opened.close();
    return { archive: write(), name, whole: () => addressOf(bytes) };
  }

  test.each(archives)('%s is what it says', async (file, path) => {
    const { archive, name, whole } = archiveOf(file!, path!);
    checkName(archive, name, whole);
    expect(() => checkName(archive, addressOf(new Uint8Array(1)), whole)).toThrow(/name of another/);
    await checkChunks(scratchEnvironment(), archive);
    archive.close();
  });

  test.each(archives)('a chunk of %s has the bytes of another', async (file, path) => {
    const { archive } = archiveOf(file!, path!, (bytes, opened) => {
      const { bytes: index, suffixes } = opened.index();
      const start = Buffer.from(bytes).indexOf(index);
      bytes[start + suffixes + 11]! ^= 1;
    });
    await expect(checkChunks(scratchEnvironment(), archive)).rejects.toMatchObject({ kind: 'invalid' });
    archive.close();
  });
});

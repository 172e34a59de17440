/** Garbage collection: what is kept is copied into new table files, in the order of reading; the rest goes with the old ones. */
import { type Address, JOURNAL_ADDRESS, parseAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { ARCHIVE_SUFFIX } from './archive-file.ts';
import type { Manifest } from './manifest.ts';
import { TableFileWriter, type WrittenTable } from './table-file-writer.ts';

export interface GarbageProgress {
  readonly chunks: number;
}

export interface GarbageResult {
  readonly chunksKept: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Where the chunks that are kept come from. */
export interface Kept {
  readonly directory: string;
  getRecord(address: Address): Uint8Array | undefined;
  /** Whether the old generation has it already. */
  isOld(address: Address): boolean;
  /** Chunks copied so far. */
  chunks: number;
}

const TEMPORARY = /^nbs_(manifest|table)_/;

/** Copies chunks into a table file of `directory`; undefined when there is nothing to copy. Yields now and then. */
export function* copyChunks(
  disk: Disk,
  directory: string,
  kept: Kept,
  addresses: Iterable<Address>,
): Generator<GarbageProgress, WrittenTable | undefined> {
  const writer = new TableFileWriter(disk, directory, randomName());
  try {
    for (const address of addresses) {
      if (writer.has(address) || kept.isOld(address)) continue;
      const record = kept.getRecord(address);
      if (!record) throw new DoltError('corrupt', `${kept.directory}: chunk ${address} is missing; run "dolt fsck"`);
      writer.addRecord(address, record);
      if (++kept.chunks % 1024 === 0) yield { chunks: kept.chunks };
    }
    if (writer.chunkCount > 0) return writer.finish();
    writer.abandon();
    return undefined;
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** Paths of chunk files, and of files that became none, which the manifest of their folder does not name. */
export function unnamedFiles(disk: Disk, directory: string, manifest: Manifest): readonly string[] {
  const named = new Set(manifest.files.map(({ name }) => name as string));
  const names = (disk.list(directory) ?? []).filter((name) => {
    const bare = name.endsWith(ARCHIVE_SUFFIX) ? name.slice(0, -ARCHIVE_SUFFIX.length) : name;
    const ours = TEMPORARY.test(name) || (parseAddress(bare) !== undefined && bare !== JOURNAL_ADDRESS);
    return ours && !named.has(bare);
  });
  return names.map((name) => `${directory}/${name}`);
}

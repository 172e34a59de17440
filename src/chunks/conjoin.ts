/**
 * Makes one file of several, so that a store does not grow by a file a commit for ever. Bytes are copied as they are:
 * table files become one table file; with an archive among them, all become one archive in which a table file's record
 * is a span without a dictionary (FORMAT.md §2.4). A chunk that two sources hold stays twice. Memory holds the index
 * and one buffer.
 */
import { type Address, addressOf } from '../base/address.ts';
import { putU32, putU64, u32At } from '../base/big-endian.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { ARCHIVE_FOOTER_BYTES, ARCHIVE_SIGNATURE, ARCHIVE_SUFFIX, type ArchiveFile } from './archive-file.ts';
import { orderByPrefix } from './hash-index.ts';
import { TableFile } from './table-file.ts';
import type { WrittenTable } from './table-file-writer.ts';
import { TABLE_FOOTER_BYTES, TABLE_MAGIC } from './table-index.ts';

export type Conjoinable = TableFile | ArchiveFile;

/** What one file of several is made of. */
export interface Joined {
  readonly name: Address;
  /** `''` or `.darc`. */
  readonly suffix: string;
  readonly chunkCount: number;
  readonly byteSize: number;
  /** Comes behind the sources' chunks (`recordBytes`), in their order. */
  readonly tail: Uint8Array;
}

const COPY_BYTES = 1 << 20;

/** Yields after each piece that was copied: others may have their turn. */
export function* conjoinFiles(
  disk: Disk,
  directory: string,
  unique: string,
  sources: readonly Conjoinable[],
): Generator<void, WrittenTable> {
  const temporary = `${directory}/nbs_table_${unique}`;
  const file = disk.create('conjoin:create', temporary);
  let joined: Joined;
  try {
    joined = joinedTail(sources);
    let position = 0;
    for (const source of sources) position = yield* copyInto(file, position, source);
    file.write('conjoin:index', joined.tail, position);
    file.sync('conjoin:sync');
  } catch (error) {
    file.close();
    disk.remove('conjoin:abandon', temporary);
    throw error;
  }
  file.close();
  const { name, suffix, chunkCount, byteSize } = joined;
  const path = `${directory}/${name}${suffix}`;
  disk.rename('conjoin:rename', temporary, path);
  disk.syncDirectory('conjoin:sync-directory', directory);
  return { name, path, chunkCount, byteSize };
}

/** Index and footer of the file that holds the chunks of all `sources`, one source's behind the other's. */
export function joinedTail(sources: readonly Conjoinable[]): Joined {
  const tables = sources.filter((source) => source instanceof TableFile);
  return tables.length === sources.length ? tableTail(tables) : archiveTail(sources);
}

function tableTail(sources: readonly TableFile[]): Joined {
  const count = sources.reduce((sum, source) => sum + source.chunkCount(), 0);
  const keys = new Uint8Array(count * 20);
  const index = new Uint8Array(count * 28 + TABLE_FOOTER_BYTES);
  let ordinal = 0;
  let uncompressed = 0;
  for (const source of sources) {
    keys.set(source.keys(), ordinal * 20);
    index.set(source.lengths(), count * 12 + 4 * ordinal);
    ordinal += source.chunkCount();
    uncompressed += source.uncompressedBytes();
  }
  orderByPrefix(keys, count).forEach((of, i) => {
    index.set(keys.subarray(of * 20, of * 20 + 8), i * 12);
    putU32(index, i * 12 + 8, of);
  });
  for (let i = 0; i < count; i++) index.set(keys.subarray(i * 20 + 8, i * 20 + 20), count * 16 + i * 12);
  putU32(index, count * 28, count);
  putU64(index, count * 28 + 4, uncompressed);
  index.set(TABLE_MAGIC, count * 28 + 12);
  const name = addressOf(index.subarray(count * 16, count * 28));
  return { name, suffix: '', chunkCount: count, byteSize: recordBytesOf(sources) + index.length, tail: index };
}

function archiveTail(sources: readonly Conjoinable[]): Joined {
  const sizes = sources.map((source) =>
    source instanceof TableFile
      ? { spans: source.chunkCount(), chunks: source.chunkCount() }
      : { spans: source.index().spanCount, chunks: source.index().chunkCount },
  );
  const spanCount = sizes.reduce((sum, { spans }) => sum + spans, 0);
  const chunkCount = sizes.reduce((sum, { chunks }) => sum + chunks, 0);
  const keys = new Uint8Array(chunkCount * 20);
  const references = new Uint32Array(chunkCount * 2);
  const indexLength = spanCount * 8 + chunkCount * 28;
  const index = new Uint8Array(indexLength);
  let position = 0;
  let span = 0;
  let chunk = 0;
  for (const source of sources) {
    const firstSpan = span;
    if (source instanceof TableFile) {
      keys.set(source.keys(), chunk * 20);
      for (const end of source.offsets().subarray(1)) {
        putU64(index, span++ * 8, position + end);
        references[2 * chunk++ + 1] = span;
      }
    } else {
      const from = source.index();
      for (let i = 1; i <= from.spanCount; i++) putU64(index, span++ * 8, position + from.spanOffsets[i]!);
      for (let i = 0; i < from.chunkCount; i++, chunk++) {
        keys.set(from.bytes.subarray(from.prefixes + i * 8, from.prefixes + i * 8 + 8), chunk * 20);
        keys.set(from.bytes.subarray(from.suffixes + i * 12, from.suffixes + i * 12 + 12), chunk * 20 + 8);
        const dictionary = u32At(from.bytes, from.references + i * 8);
        references[2 * chunk] = dictionary === 0 ? 0 : dictionary + firstSpan;
        references[2 * chunk + 1] = u32At(from.bytes, from.references + i * 8 + 4) + firstSpan;
      }
    }
    position += source.recordBytes();
  }
  const prefixesAt = spanCount * 8;
  const referencesAt = prefixesAt + chunkCount * 8;
  const suffixesAt = referencesAt + chunkCount * 8;
  orderByPrefix(keys, chunkCount).forEach((of, i) => {
    index.set(keys.subarray(of * 20, of * 20 + 8), prefixesAt + i * 8);
    putU32(index, referencesAt + i * 8, references[of * 2]!);
    putU32(index, referencesAt + i * 8 + 4, references[of * 2 + 1]!);
    index.set(keys.subarray(of * 20 + 8, of * 20 + 20), suffixesAt + i * 12);
  });
  const metadata = new TextEncoder().encode(
    JSON.stringify({ dolt_version: '2.3.1', conjoined_file_names: sources.map(({ name }) => name).join(',') }),
  );
  const tail = new Uint8Array(indexLength + metadata.length + ARCHIVE_FOOTER_BYTES);
  tail.set(index, 0);
  tail.set(metadata, indexLength);
  const footer = indexLength + metadata.length;
  putU64(tail, footer, indexLength);
  putU32(tail, footer + 8, spanCount);
  putU32(tail, footer + 12, chunkCount);
  putU32(tail, footer + 16, metadata.length);
  tail[footer + 212] = 3;
  tail.set(new TextEncoder().encode(ARCHIVE_SIGNATURE), footer + 213);
  return { name: addressOf(tail), suffix: ARCHIVE_SUFFIX, chunkCount, byteSize: position + tail.length, tail };
}

const recordBytesOf = (sources: readonly Conjoinable[]): number =>
  sources.reduce((sum, source) => sum + source.recordBytes(), 0);

function* copyInto(file: DiskFile, start: number, source: Conjoinable): Generator<void, number> {
  const length = source.recordBytes();
  for (let done = 0; done < length; done += COPY_BYTES) {
    const piece = source.copyRange(done, Math.min(COPY_BYTES, length - done));
    file.write('conjoin:copy', piece, start + done);
    yield;
  }
  return start + length;
}

/**
 * Which files to make one of: the smallest, as long as each further one is no larger than those before it together,
 * and at least so many that half of the allowed number remains free. Each chunk is then copied a number of times that
 * grows with the logarithm of the store.
 */
export function chooseConjoin<F extends { readonly chunkCount: number }>(
  files: readonly F[],
  limit: number,
): readonly F[] {
  if (files.length < limit) return [];
  const sorted = [...files].sort((a, b) => a.chunkCount - b.chunkCount);
  const atLeast = Math.max(2, Math.min(sorted.length, Math.ceil(limit / 2)));
  let take = 0;
  let sum = 0;
  while (take < sorted.length && (take < atLeast || sorted[take]!.chunkCount <= sum)) sum += sorted[take++]!.chunkCount;
  return sorted.slice(0, take);
}

/**
 * A table file or an archive in a bucket: its index in memory, read by its tail; the chunks of a small one too, which
 * comes with the same request.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { ARCHIVE_FOOTER_BYTES, ARCHIVE_SUFFIX, ArchiveFile } from '../../chunks/archive-file.ts';
import type { Conjoinable } from '../../chunks/conjoin.ts';
import type { FileSpec } from '../../chunks/manifest.ts';
import { TableFile } from '../../chunks/table-file.ts';
import { INDEX_BYTES_PER_CHUNK, tableIndexBytes } from '../../chunks/table-index.ts';
import type { Dictionaries, Span } from '../spans.ts';
import type { S3Client } from './s3-client.ts';
import { TailFile } from './tail-file.ts';

/** Asked for in any case: a push of a few rows is that small, and comes whole. */
const LEAST_TAIL_BYTES = 64 << 10;
/** What an archive's index takes for each chunk at most: its own entry, a span, and a span for a dictionary. */
const ARCHIVE_BYTES_PER_CHUNK = 44;
const MOST_METADATA_BYTES = 1 << 20;
/** Of an index in memory: what is computed from it. */
const DERIVED_BYTES_PER_CHUNK = 20;

/** The manifest names it, and there is no such object. */
export class MissingObjectError extends DoltError {
  constructor(where: string, name: string) {
    super('corrupt', `${where}/manifest names ${name}, which is not there; restore it from another remote or a backup`);
  }
}

export class S3File {
  readonly name: Address;
  readonly suffix: string;
  readonly chunkCount: number;
  readonly byteSize: number;
  readonly index: Conjoinable;
  readonly dictionaries: Dictionaries = new Map();
  readonly #tail: TailFile;

  constructor(name: Address, suffix: string, index: Conjoinable, tail: TailFile) {
    this.name = name;
    this.suffix = suffix;
    this.index = index;
    this.#tail = tail;
    this.chunkCount = index.chunkCount();
    this.byteSize = tail.size();
    // The index is another copy.
    if (tail.start > 0) tail.keepLast(ARCHIVE_FOOTER_BYTES);
  }

  /** Throws `MissingObjectError`, and `corrupt` for what is no file of chunks. */
  static async open(client: S3Client, { name, chunkCount }: FileSpec): Promise<S3File> {
    const table = Math.max(LEAST_TAIL_BYTES, tableIndexBytes(chunkCount));
    const archive = Math.max(LEAST_TAIL_BYTES, (chunkCount + 16) * 36 + ARCHIVE_FOOTER_BYTES);
    for (const [suffix, last] of [['', table] as const, [ARCHIVE_SUFFIX, archive] as const]) {
      const found = await client.read(name + suffix, { last });
      if (found === undefined) continue;
      const { bytes, size } = found;
      const tail = new TailFile(bytes, size);
      try {
        return S3File.of(client.where, name, suffix, tail);
      } catch (error) {
        const { missed } = tail;
        const most = chunkCount * ARCHIVE_BYTES_PER_CHUNK + MOST_METADATA_BYTES;
        if (missed === undefined || size - missed > most) throw error;
        const more = await client.read(name + suffix, { last: size - missed });
        if (more === undefined) break;
        return S3File.of(client.where, name, suffix, new TailFile(more.bytes, size));
      }
    }
    throw new MissingObjectError(client.where, name);
  }

  static of(where: string, name: Address, suffix: string, tail: TailFile): S3File {
    const path = `${where}/${name}${suffix}`;
    const index = suffix === ARCHIVE_SUFFIX ? new ArchiveFile(name, path, tail) : new TableFile(name, path, tail);
    return new S3File(name, suffix, index, tail);
  }

  get key(): string {
    return this.name + this.suffix;
  }

  /** Bytes of memory. */
  get heldBytes(): number {
    const perChunk = this.suffix === ARCHIVE_SUFFIX ? ARCHIVE_BYTES_PER_CHUNK : INDEX_BYTES_PER_CHUNK;
    return this.#tail.byteSize + this.chunkCount * (perChunk + DERIVED_BYTES_PER_CHUNK);
  }

  /** Bytes of the file that are in memory. */
  held({ offset, length }: Span): Uint8Array | undefined {
    return this.#tail.slice(offset, length);
  }
}

/**
 * A table file: records back to back, then an index sorted by address prefix, then a footer (FORMAT.md §2.3). The file
 * is opened at once, so that it stays readable after another process has unlinked it; its index is read with the first
 * lookup and then held (28 bytes a chunk and 8 for the offset).
 */
import { type Address, addressAt } from '../base/address.ts';
import { u32At, u32sAt, u64At } from '../base/big-endian.ts';
import type { DiskFile } from '../base/disk.ts';
import { type ChunkFile, type StoredPlace, type StoreProblem, verifyChunks } from './chunk-file.ts';
import { findPrefix, samePrefix, sameSuffix } from './hash-index.ts';
import { CorruptChunkError, decodeRecord, recordFault } from './record.ts';
import type { ScanMemory } from './scan-memory.ts';
import { WindowReader } from './window-reader.ts';

export const TABLE_FOOTER_BYTES = 20;
export const TABLE_MAGIC: readonly number[] = [0xff, 0xb5, 0xd8, 0xc2, 0x24, 0x63, 0xee, 0x50];
export const INDEX_BYTES_PER_CHUNK = 28;

interface TableIndex {
  readonly count: number;
  /** Prefix map, lengths, suffixes, as stored. */
  readonly bytes: Uint8Array;
  /** Offset of every record by ordinal, and behind the last the end of the record area. */
  readonly offsets: Float64Array;
}

export class TableFile implements ChunkFile {
  readonly kind = 'table';
  readonly name: Address;
  readonly path: string;
  readonly #reader: WindowReader;
  readonly #size: number;
  #index: TableIndex | undefined;

  constructor(name: Address, path: string, file: DiskFile) {
    this.name = name;
    this.path = path;
    this.#reader = new WindowReader(file, path);
    this.#size = file.size();
  }

  chunkCount(): number {
    return this.#loadedIndex().count;
  }

  byteSize(): number {
    return this.#size;
  }

  /** End of the record area. */
  recordBytes(): number {
    const index = this.#loadedIndex();
    return index.offsets[index.count]!;
  }

  /** Of all chunks, as the footer has it. */
  uncompressedBytes(): number {
    return u64At(this.#reader.copy(this.#size - TABLE_FOOTER_BYTES + 4, 8), 0);
  }

  has(key: Uint8Array): boolean {
    return this.#ordinal(key) >= 0;
  }

  get(key: Uint8Array, memory?: ScanMemory): Uint8Array | undefined {
    const ordinal = this.#ordinal(key);
    if (ordinal < 0) return undefined;
    const { offsets } = this.#loadedIndex();
    const offset = offsets[ordinal]!;
    const length = offsets[ordinal + 1]! - offset;
    const buffer = this.#reader.fetch(offset, length);
    const at = this.#reader.at(offset);
    const chunk = decodeRecord(buffer, at, at + length, memory);
    if (typeof chunk === 'string') throw new CorruptChunkError(this.path, addressAt(key, 0), chunk);
    return chunk;
  }

  getRecord(key: Uint8Array): Uint8Array | undefined {
    const ordinal = this.#ordinal(key);
    if (ordinal < 0) return undefined;
    const { offsets } = this.#loadedIndex();
    const offset = offsets[ordinal]!;
    const length = offsets[ordinal + 1]! - offset;
    const buffer = this.#reader.fetch(offset, length);
    const at = this.#reader.at(offset);
    const record = buffer.slice(at, at + length);
    const fault = recordFault(record, 0, length);
    if (fault) throw new CorruptChunkError(this.path, addressAt(key, 0), fault);
    return record;
  }

  place(key: Uint8Array): StoredPlace | undefined {
    const ordinal = this.#ordinal(key);
    if (ordinal < 0) return undefined;
    const { offsets } = this.#loadedIndex();
    return { offset: offsets[ordinal]!, length: offsets[ordinal + 1]! - offsets[ordinal]! };
  }

  *addresses(): Generator<Address, void> {
    const keys = this.keys();
    for (let i = 0; i < keys.length; i += 20) yield addressAt(keys, i);
  }

  /** The 20-byte addresses of all records, by ordinal. */
  keys(): Uint8Array {
    const { count, bytes } = this.#loadedIndex();
    const keys = new Uint8Array(count * 20);
    for (let i = 0; i < count; i++) {
      const ordinal = this.#ordinalOf(i);
      for (let k = 0; k < 8; k++) keys[ordinal * 20 + k] = bytes[i * 12 + k]!;
    }
    const suffixes = count * 16;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      for (let k = 0; k < 12; k++) keys[ordinal * 20 + 8 + k] = bytes[suffixes + ordinal * 12 + k]!;
    }
    return keys;
  }

  /** Every record by ordinal, its checksum compared. The bytes are valid until the next one is asked for. */
  *records(): Generator<Uint8Array, void> {
    const { count, offsets } = this.#loadedIndex();
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const offset = offsets[ordinal]!;
      const length = offsets[ordinal + 1]! - offset;
      const buffer = this.#reader.fetch(offset, length);
      const at = this.#reader.at(offset);
      const fault = recordFault(buffer, at, at + length);
      if (fault) throw new CorruptChunkError(this.path, addressAt(this.keys(), ordinal * 20), fault);
      yield buffer.subarray(at, at + length);
    }
  }

  /** Lengths of all records, by ordinal. */
  lengths(): Uint32Array {
    const { count, offsets } = this.#loadedIndex();
    return Uint32Array.from({ length: count }, (_, i) => offsets[i + 1]! - offsets[i]!);
  }

  /** Bytes of the file, for copying it. */
  copyRange(offset: number, length: number): Uint8Array {
    return this.#reader.copy(offset, length);
  }

  verify(): Generator<StoreProblem, void> {
    return verifyChunks(this);
  }

  close(): void {
    this.#reader.close();
  }

  #ordinal(key: Uint8Array): number {
    const { count, bytes } = this.#loadedIndex();
    let entry = findPrefix(bytes, 0, 12, count, key);
    if (entry < 0) return -1;
    const suffixes = count * 16;
    for (; entry < count && samePrefix(bytes, entry * 12, key); entry++) {
      const ordinal = this.#ordinalOf(entry);
      if (sameSuffix(bytes, suffixes + ordinal * 12, key)) return ordinal;
    }
    return -1;
  }

  #ordinalOf(entry: number): number {
    const { count, bytes } = this.#loadedIndex();
    const ordinal = u32At(bytes, entry * 12 + 8);
    if (ordinal >= count) throw this.#damaged('its index names a record that is not there');
    return ordinal;
  }

  #damaged(reason: string): CorruptChunkError {
    return new CorruptChunkError(this.path, undefined, reason);
  }

  #loadedIndex(): TableIndex {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  #readIndex(): TableIndex {
    if (this.#size < TABLE_FOOTER_BYTES) throw this.#damaged('it is too short for a table file');
    const footer = this.#reader.copy(this.#size - TABLE_FOOTER_BYTES, TABLE_FOOTER_BYTES);
    if (TABLE_MAGIC.some((byte, i) => footer[12 + i] !== byte))
      throw this.#damaged('it does not end as a table file does');
    const count = u32At(footer, 0);
    const indexBytes = count * INDEX_BYTES_PER_CHUNK;
    const start = this.#size - TABLE_FOOTER_BYTES - indexBytes;
    if (start < 0 || u64At(footer, 4) > Number.MAX_SAFE_INTEGER)
      throw this.#damaged('its footer does not fit its size');
    const bytes = this.#reader.copy(start, indexBytes);
    const offsets = new Float64Array(count + 1);
    const lengths = u32sAt(bytes, count * 12, count);
    for (let i = 0, offset = 0; i < count; i++) {
      offset += lengths[i]!;
      offsets[i + 1] = offset;
    }
    if (offsets[count] !== start) throw this.#damaged('its index does not fit its records');
    return { count, bytes, offsets };
  }
}

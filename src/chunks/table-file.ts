/**
 * A table file: records back to back, then an index sorted by address prefix, then a footer (FORMAT.md §2.3). The file
 * is opened at once, so that it stays readable after another process has unlinked it; its index is read with the first
 * lookup and then held (28 bytes a chunk and 8 for the offset).
 */
import { type Address, addressAt } from '../base/address.ts';
import { u64At } from '../base/big-endian.ts';
import type { DiskFile } from '../base/disk.ts';
import { type ChunkFile, type StoredPlace, type StoreProblem, verifyChunks } from './chunk-file.ts';
import { findPrefix, samePrefix, sameSuffix } from './hash-index.ts';
import { CorruptChunkError, decodeRecord, recordFault } from './record.ts';
import type { ScanMemory } from './scan-memory.ts';
import { keysOf, lengthsOf, ordinalAt, readTableIndex, TABLE_FOOTER_BYTES, type TableIndex } from './table-index.ts';
import { WindowReader } from './window-reader.ts';

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
    return this.ordinal(key) >= 0;
  }

  get(key: Uint8Array, memory?: ScanMemory): Uint8Array | undefined {
    const ordinal = this.ordinal(key);
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
    const ordinal = this.ordinal(key);
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
    const ordinal = this.ordinal(key);
    if (ordinal < 0) return undefined;
    const { offsets } = this.#loadedIndex();
    return { offset: offsets[ordinal]!, length: offsets[ordinal + 1]! - offsets[ordinal]! };
  }

  *addresses(): Generator<Address, void> {
    const keys = this.keys();
    for (let i = 0; i < keys.length; i += 20) yield addressAt(keys, i);
  }

  /** Of the record of a chunk; -1 when it is not here. */
  ordinal(key: Uint8Array): number {
    const index = this.#loadedIndex();
    const { count, bytes } = index;
    let entry = findPrefix(bytes, 0, 12, count, key);
    if (entry < 0) return -1;
    const suffixes = count * 16;
    for (; entry < count && samePrefix(bytes, entry * 12, key); entry++) {
      const ordinal = ordinalAt(index, entry, this.path);
      if (sameSuffix(bytes, suffixes + ordinal * 12, key)) return ordinal;
    }
    return -1;
  }

  /** The 20-byte addresses of all records, by ordinal. */
  keys(): Uint8Array {
    return keysOf(this.#loadedIndex(), this.path);
  }

  /** Where each record begins, by ordinal, and, behind the last, where it ends. Not to be changed. */
  offsets(): Float64Array {
    return this.#loadedIndex().offsets;
  }

  /** Lengths of all records by ordinal, as stored: u32 each. */
  lengths(): Uint8Array {
    return lengthsOf(this.#loadedIndex());
  }

  /** Reads bytes of the file into `target` at `at`. */
  readRange(target: Uint8Array, at: number, offset: number, length: number): void {
    this.#reader.read(target, at, offset, length);
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

  #loadedIndex(): TableIndex {
    this.#index ??= readTableIndex(this.path, this.#size, (offset, length) => this.#reader.copy(offset, length));
    return this.#index;
  }
}

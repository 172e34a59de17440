/**
 * An archive (`.darc`), versions 1 to 3 (FORMAT.md §2.4): spans of bytes, some of them zstd dictionaries, then an index
 * sorted by address prefix, metadata and a footer. A span without a dictionary is a record with its checksum. A zstd
 * span has none, so its chunk's address is computed with every read; so it is where two chunks have one span, which only
 * damage to the index makes.
 */
import { type Address, addressAt, addressOf } from '../base/address.ts';
import { u32At, u64At } from '../base/big-endian.ts';
import type { DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { type ChunkFile, type StoredPlace, type StoreProblem, verifyChunks } from './chunk-file.ts';
import { findPrefix, samePrefix, sameSuffix } from './hash-index.ts';
import { CorruptChunkError, decodeRecord, recordFault, recordOf } from './record.ts';
import { WindowReader } from './window-reader.ts';
import { type ZstdDecoder, zstdDecoder } from './zstd.ts';

export const ARCHIVE_SUFFIX = '.darc';
export const ARCHIVE_FOOTER_BYTES = 220;
export const ARCHIVE_SIGNATURE = 'DOLTARC';
const OLD_FOOTER_BYTES = 216;

export interface ArchiveIndex {
  readonly version: number;
  readonly spanCount: number;
  readonly chunkCount: number;
  /** Offset at which span i+1 starts; the last one is the end of all spans. */
  readonly spanOffsets: Float64Array;
  readonly bytes: Uint8Array;
  /** Where in `bytes` the three parts per chunk start. */
  readonly prefixes: number;
  readonly references: number;
  readonly suffixes: number;
  /** Spans that more than one chunk names. */
  readonly sharedSpans: ReadonlySet<number>;
}

export class ArchiveFile implements ChunkFile {
  readonly kind = 'archive';
  readonly name: Address;
  readonly path: string;
  readonly #reader: WindowReader;
  readonly #dictionaryReader: WindowReader;
  readonly #size: number;
  readonly #decoders = new Map<number, ZstdDecoder>();
  #index: ArchiveIndex | undefined;

  constructor(name: Address, path: string, file: DiskFile) {
    this.name = name;
    this.path = path;
    this.#reader = new WindowReader(file, path);
    this.#dictionaryReader = new WindowReader(file, path);
    this.#size = file.size();
  }

  chunkCount(): number {
    return this.index().chunkCount;
  }

  byteSize(): number {
    return this.#size;
  }

  recordBytes(): number {
    const { spanOffsets, spanCount } = this.index();
    return spanOffsets[spanCount]!;
  }

  has(key: Uint8Array): boolean {
    return this.#entry(key) >= 0;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const entry = this.#entry(key);
    if (entry < 0) return undefined;
    const { bytes, references } = this.index();
    const dictionary = u32At(bytes, references + entry * 8);
    const span = u32At(bytes, references + entry * 8 + 4);
    return this.#decode(dictionary, span, key);
  }

  getRecord(key: Uint8Array): Uint8Array | undefined {
    const entry = this.#entry(key);
    if (entry < 0) return undefined;
    const { bytes, references } = this.index();
    const dictionary = u32At(bytes, references + entry * 8);
    const span = u32At(bytes, references + entry * 8 + 4);
    if (dictionary !== 0 || this.index().sharedSpans.has(span)) return recordOf(this.#decode(dictionary, span, key));
    const record = this.#span(this.#reader, span).slice();
    const fault = recordFault(record, 0, record.length);
    if (fault) throw this.#damaged(fault, key);
    return record;
  }

  place(key: Uint8Array): StoredPlace | undefined {
    const entry = this.#entry(key);
    if (entry < 0) return undefined;
    const { bytes, references } = this.index();
    const dictionary = u32At(bytes, references + entry * 8);
    const place = this.#place(u32At(bytes, references + entry * 8 + 4));
    return dictionary === 0 ? place : { ...place, dictionary: this.#place(dictionary) };
  }

  *addresses(): Generator<Address, void> {
    const { chunkCount, bytes, prefixes, references, suffixes } = this.index();
    const key = new Uint8Array(20);
    const order = Uint32Array.from({ length: chunkCount }, (_, i) => i);
    order.sort((a, b) => u32At(bytes, references + a * 8 + 4) - u32At(bytes, references + b * 8 + 4));
    for (const entry of order) {
      key.set(bytes.subarray(prefixes + entry * 8, prefixes + entry * 8 + 8), 0);
      key.set(bytes.subarray(suffixes + entry * 12, suffixes + entry * 12 + 12), 8);
      yield addressAt(key, 0);
    }
  }

  verify(): Generator<StoreProblem, void> {
    return verifyChunks(this);
  }

  /** The index, for writing this archive's spans into another one. */
  index(): ArchiveIndex {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  /** Bytes of the file, for copying it. */
  copyRange(offset: number, length: number): Uint8Array {
    return this.#reader.copy(offset, length);
  }

  close(): void {
    this.#reader.close();
  }

  #entry(key: Uint8Array): number {
    const { chunkCount, bytes, prefixes, suffixes } = this.index();
    let entry = findPrefix(bytes, prefixes, 8, chunkCount, key);
    if (entry < 0) return -1;
    for (; entry < chunkCount && samePrefix(bytes, prefixes + entry * 8, key); entry++) {
      if (sameSuffix(bytes, suffixes + entry * 12, key)) return entry;
    }
    return -1;
  }

  #decode(dictionary: number, span: number, key: Uint8Array): Uint8Array {
    const bytes = this.#span(this.#reader, span);
    if (dictionary === 0) {
      const chunk = decodeRecord(bytes, 0, bytes.length);
      if (typeof chunk === 'string') throw this.#damaged(chunk, key);
      return this.index().sharedSpans.has(span) ? this.#checked(chunk, key) : chunk;
    }
    const chunk = this.#decoder(dictionary, key).decode(bytes);
    if (!chunk) throw this.#damaged('not a zstd frame of its dictionary', key);
    return this.#checked(chunk, key);
  }

  #checked(chunk: Uint8Array, key: Uint8Array): Uint8Array {
    if (addressOf(chunk) !== addressAt(key, 0)) throw this.#damaged('its bytes belong to another address', key);
    return chunk;
  }

  #decoder(span: number, key: Uint8Array): ZstdDecoder {
    let decoder = this.#decoders.get(span);
    if (!decoder) {
      const dictionary = zstdDecoder().decode(this.#span(this.#dictionaryReader, span).slice());
      if (!dictionary) throw this.#damaged('its dictionary is not a zstd frame', key);
      decoder = zstdDecoder(dictionary);
      this.#decoders.set(span, decoder);
    }
    return decoder;
  }

  #place(span: number): { offset: number; length: number } {
    const { spanOffsets } = this.index();
    const offset = spanOffsets[span - 1]!;
    return { offset, length: spanOffsets[span]! - offset };
  }

  #span(reader: WindowReader, span: number): Uint8Array {
    const { offset, length } = this.#place(span);
    const buffer = reader.fetch(offset, length);
    const at = reader.at(offset);
    return buffer.subarray(at, at + length);
  }

  #damaged(reason: string, key?: Uint8Array): CorruptChunkError {
    return new CorruptChunkError(this.path, key && addressAt(key, 0), reason);
  }

  #readIndex(): ArchiveIndex {
    if (this.#size < OLD_FOOTER_BYTES) throw this.#damaged('it is too short for an archive');
    const window = Math.min(this.#size, ARCHIVE_FOOTER_BYTES);
    const footer = this.#reader.copy(this.#size - window, window);
    const signature = new TextDecoder('latin1').decode(footer.subarray(window - 7));
    if (signature !== ARCHIVE_SIGNATURE) throw this.#damaged('it does not end as an archive does');
    const version = footer[window - 8]!;
    if (version < 1 || version > 3) {
      throw new DoltError(
        'unsupported',
        `${this.path}: archive version ${version} is newer than this program; update it`,
      );
    }
    const footerBytes = version === 3 ? ARCHIVE_FOOTER_BYTES : OLD_FOOTER_BYTES;
    if (window < footerBytes) throw this.#damaged('it is too short for an archive');
    // The fields before the dead space end at the same distance from the end in all versions.
    const fields = window - OLD_FOOTER_BYTES;
    const indexLength = version === 3 ? u64At(footer, 0) : u32At(footer, fields);
    const spanCount = u32At(footer, fields + 4);
    const chunkCount = u32At(footer, fields + 8);
    const metadataLength = u32At(footer, fields + 12);
    const start = this.#size - footerBytes - metadataLength - indexLength;
    if (start < 0 || indexLength !== spanCount * 8 + chunkCount * 28)
      throw this.#damaged('its footer does not fit its size');
    const bytes = this.#reader.copy(start, indexLength);
    const spanOffsets = new Float64Array(spanCount + 1);
    for (let i = 0; i < spanCount; i++) {
      const end = u64At(bytes, i * 8);
      if (end < spanOffsets[i]! || end > start) throw this.#damaged('its index does not fit its spans');
      spanOffsets[i + 1] = end;
    }
    const prefixes = spanCount * 8;
    const references = prefixes + chunkCount * 8;
    const suffixes = references + chunkCount * 8;
    const named = new Uint8Array(spanCount + 1);
    const sharedSpans = new Set<number>();
    for (let i = 0; i < chunkCount; i++) {
      const dictionary = u32At(bytes, references + i * 8);
      const span = u32At(bytes, references + i * 8 + 4);
      if (span < 1 || span > spanCount || dictionary > spanCount || (dictionary === 0 && version < 2)) {
        throw this.#damaged('its index names a span that is not there');
      }
      if (named[span] === 1) sharedSpans.add(span);
      named[span] = 1;
    }
    return { version, spanCount, chunkCount, spanOffsets, bytes, prefixes, references, suffixes, sharedSpans };
  }
}

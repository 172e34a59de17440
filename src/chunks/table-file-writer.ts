/**
 * Writes a table file record by record into a temporary file, so that a transaction or an import of any size needs
 * memory only for its index (24 bytes a chunk and what the lookup of unfinished records takes). `finish` writes the
 * index, syncs and moves the file to its name; until then the records can be read back by address. Abandoned, the
 * temporary file is removed, or left to be ignored.
 */
import { type Address, addressOf, writeAddress } from '../base/address.ts';
import { putU32, putU64 } from '../base/big-endian.ts';
import { abandonFile, type Disk, type DiskFile } from '../base/disk.ts';
import { assert } from '../base/errors.ts';
import { orderByPrefix } from './hash-index.ts';
import { CorruptChunkError, decodeRecord, encodeRecord, recordBound, recordFault, recordLength } from './record.ts';
import { INDEX_BYTES_PER_CHUNK, TABLE_FOOTER_BYTES, TABLE_MAGIC } from './table-index.ts';

const FIRST_BUFFER = 16 << 10;
const BUFFER = 1 << 20;

export interface WrittenTable {
  readonly name: Address;
  readonly path: string;
  readonly chunkCount: number;
  readonly byteSize: number;
}

/** A table file that is complete and being synced; it has its name as soon as it is. */
export interface ArrivingTable extends WrittenTable {
  /** Rejects with `DiskError`. */
  readonly arrived: Promise<void>;
}

export class TableFileWriter {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #ordinals = new Map<Address, number>();
  #buffer = new Uint8Array(FIRST_BUFFER);
  #buffered = 0;
  #flushed = 0;
  #count = 0;
  #uncompressed = 0;
  #keys = new Uint8Array(20 * 1024);
  #offsets = new Float64Array(1025);
  #open = true;

  constructor(disk: Disk, directory: string, unique: string) {
    this.#disk = disk;
    this.#directory = directory;
    this.#path = `${directory}/nbs_table_${unique}`;
    this.#file = disk.create('table:create', this.#path);
  }

  /** Of the file while it is written. */
  get path(): string {
    return this.#path;
  }

  get chunkCount(): number {
    return this.#count;
  }

  get byteSize(): number {
    return this.#flushed + this.#buffered;
  }

  has(address: Address): boolean {
    return this.#ordinals.has(address);
  }

  /** Adds a chunk; one that is there already is not stored twice. */
  add(address: Address, chunk: Uint8Array): void {
    if (this.#ordinals.has(address)) return;
    this.#reserve(recordBound(chunk.length));
    const start = this.#buffered;
    this.#enter(address, encodeRecord(chunk, this.#buffer, start) - start, chunk.length);
  }

  /** Adds a chunk in its stored form. */
  addRecord(address: Address, record: Uint8Array): void {
    if (this.#ordinals.has(address)) return;
    this.#reserve(record.length);
    this.#buffer.set(record, this.#buffered);
    this.#enter(address, record.length, recordLength(record, 0, record.length));
  }

  get(address: Address): Uint8Array | undefined {
    const record = this.#read(address);
    if (!record) return undefined;
    const chunk = decodeRecord(record, 0, record.length);
    if (typeof chunk === 'string') throw new CorruptChunkError(this.#path, address, chunk);
    return chunk;
  }

  getRecord(address: Address): Uint8Array | undefined {
    const record = this.#read(address);
    const fault = record && recordFault(record, 0, record.length);
    if (fault) throw new CorruptChunkError(this.#path, address, fault);
    return record;
  }

  addresses(): Iterable<Address> {
    return this.#ordinals.keys();
  }

  /** Syncs what was added so far, while the program goes on. Rejects with `DiskError`. */
  syncLater(): Promise<void> {
    this.#flush();
    return this.#file.syncLater('table:sync-portion');
  }

  /**
   * Completes the file under its own name, synced. The store's manifest does not name it yet, and makes the name durable
   * when it does: it stands in the same folder.
   */
  finish(): WrittenTable {
    const written = this.#complete();
    this.#file.sync('table:sync');
    this.#open = false;
    this.#file.close();
    this.#disk.rename('table:rename', this.#path, written.path);
    return written;
  }

  /** The same, without waiting for the sync. */
  finishLater(): ArrivingTable {
    const written = this.#complete();
    const synced = this.#file.syncLater('table:sync');
    this.#open = false;
    this.#file.close();
    return { ...written, arrived: this.#arrive(synced, written) };
  }

  async #arrive(synced: Promise<void>, { path }: WrittenTable): Promise<void> {
    try {
      await synced;
      this.#disk.rename('table:rename', this.#path, path);
    } catch (error) {
      abandonFile(this.#disk, 'table:abandon', this.#path);
      throw error;
    }
  }

  #complete(): WrittenTable {
    assert(this.#open && this.#count > 0, 'a table file has chunks and is finished once');
    const count = this.#count;
    const index = new Uint8Array(count * INDEX_BYTES_PER_CHUNK + TABLE_FOOTER_BYTES);
    const lengths = count * 12;
    const suffixes = count * 16;
    orderByPrefix(this.#keys, count).forEach((ordinal, i) => {
      index.set(this.#keys.subarray(ordinal * 20, ordinal * 20 + 8), i * 12);
      putU32(index, i * 12 + 8, ordinal);
    });
    for (let i = 0; i < count; i++) {
      putU32(index, lengths + i * 4, this.#offsets[i + 1]! - this.#offsets[i]!);
      index.set(this.#keys.subarray(i * 20 + 8, i * 20 + 20), suffixes + i * 12);
    }
    const footer = count * INDEX_BYTES_PER_CHUNK;
    putU32(index, footer, count);
    putU64(index, footer + 4, this.#uncompressed);
    index.set(TABLE_MAGIC, footer + 12);
    this.#flush();
    this.#file.write('table:index', index, this.#flushed);
    const name = addressOf(index.subarray(suffixes, footer));
    const path = `${this.#directory}/${name}`;
    return { name, path, chunkCount: count, byteSize: this.#flushed + index.length };
  }

  /** Finishes with what `fill` adds; abandoned, and undefined, where that is nothing, and abandoned where it fails. */
  finishWith(fill: () => void): WrittenTable | undefined {
    try {
      fill();
      if (this.chunkCount > 0) return this.finish();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.abandon();
    return undefined;
  }

  abandon(): void {
    if (this.#open) this.#file.close();
    this.#open = false;
    this.#disk.remove('table:abandon', this.#path);
  }

  #enter(address: Address, length: number, uncompressed: number): void {
    if ((this.#count + 1) * 20 > this.#keys.length) this.#grow();
    writeAddress(address, this.#keys, this.#count * 20);
    this.#ordinals.set(address, this.#count);
    this.#buffered += length;
    this.#uncompressed += uncompressed;
    this.#count++;
    this.#offsets[this.#count] = this.#flushed + this.#buffered;
  }

  #grow(): void {
    const keys = new Uint8Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const offsets = new Float64Array(keys.length / 20 + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }

  #reserve(length: number): void {
    const wanted = this.#buffered + length;
    if (wanted <= this.#buffer.length) return;
    if (wanted <= BUFFER) {
      const grown = new Uint8Array(Math.min(BUFFER, Math.max(wanted, this.#buffer.length * 4)));
      grown.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = grown;
      return;
    }
    this.#flush();
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(Math.max(length, BUFFER));
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    this.#file.write('table:append', this.#buffer.subarray(0, this.#buffered), this.#flushed);
    this.#flushed += this.#buffered;
    this.#buffered = 0;
  }

  #read(address: Address): Uint8Array | undefined {
    const ordinal = this.#ordinals.get(address);
    if (ordinal === undefined) return undefined;
    const start = this.#offsets[ordinal]!;
    const record = new Uint8Array(this.#offsets[ordinal + 1]! - start);
    if (start >= this.#flushed) {
      record.set(this.#buffer.subarray(start - this.#flushed, start - this.#flushed + record.length));
    } else if (this.#file.read(record, 0, record.length, start) !== record.length) {
      throw new CorruptChunkError(this.#path, address, 'it ends too early');
    }
    return record;
  }
}

/**
 * What waits for its commit: chunks in memory and, where they are many, in a table file that is being written; and complete
 * files, which can be read already (store-files.ts). All of it was made under one garbage collection: what it points to is only
 * known to stand in that one's store.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { randomName } from '../base/random-name.ts';
import { PendingChunks } from './pending-chunks.ts';
import type { StoreFiles } from './store-files.ts';
import { TableFileWriter } from './table-file-writer.ts';

export class BufferedChunks {
  /** Those in memory. */
  readonly waiting = new PendingChunks();
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #files: StoreFiles;
  readonly #mostBytes: number;
  readonly #assertWritable: () => void;
  #spill: TableFileWriter | undefined;
  #generation: Address = EMPTY_ADDRESS;

  /** Beyond `mostBytes` in memory all go into the file. `assertWritable` throws where there may be none. */
  constructor(disk: Disk, directory: string, files: StoreFiles, mostBytes: number, assertWritable: () => void) {
    this.#disk = disk;
    this.#directory = directory;
    this.#files = files;
    this.#mostBytes = mostBytes;
    this.#assertWritable = assertWritable;
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.#spill === undefined && this.#files.unpublished.length === 0;
  }

  /** Something is about to be added: the first remembers the collection of now. */
  begin(): void {
    if (this.isEmpty) this.#generation = this.#files.manifest.gcGeneration;
  }

  /** The gc generation in which it was made; undefined where nothing waits. */
  get generation(): Address | undefined {
    return this.isEmpty ? undefined : this.#generation;
  }

  /** A collection has ended: what it has kept need not be written again, and all else stands in its generation now. */
  collected(isKept: (address: Address) => boolean, generation: Address): void {
    this.waiting.keep(isKept);
    this.#generation = generation;
  }

  has(address: Address): boolean {
    return this.waiting.has(address) || this.#spill?.has(address) === true;
  }

  /** A chunk that is in the file. */
  getSpilled(address: Address): Uint8Array | undefined {
    return this.#spill?.get(address);
  }

  getRecord(address: Address): Uint8Array | undefined {
    return this.waiting.getRecord(address) ?? this.#spill?.getRecord(address);
  }

  /** One that is not there yet. */
  put(address: Address, chunk: Uint8Array): void {
    this.waiting.put(address, chunk);
    if (this.waiting.bytes > this.#mostBytes) this.moveToFile();
  }

  /** The same, of a chunk in its stored form. */
  putRecord(address: Address, record: Uint8Array): void {
    this.waiting.putRecord(address, record);
    if (this.waiting.bytes > this.#mostBytes) this.moveToFile();
  }

  /** Whether they cannot all be records of at most `limit` bytes in a journal. */
  needFile(limit: number): boolean {
    return this.#spill !== undefined || this.waiting.someExceeds(limit);
  }

  /** Moves those in memory into the file; what a failure leaves out stays. */
  moveToFile(): void {
    if (this.waiting.size === 0) return;
    this.#assertWritable();
    this.#disk.makeDirectory('store:make', this.#directory);
    this.#spill ??= new TableFileWriter(this.#disk, this.#directory, randomName());
    this.waiting.moveTo(this.#spill);
  }

  /** Completes the file, where there is one, for a manifest to name. What a failed sync has lost cannot be written again. */
  finishFile(): void {
    const written = this.#spill?.finish();
    this.#spill = undefined;
    if (written) this.#files.addUnpublished([written.name]);
  }

  /** The files. */
  paths(): ReadonlySet<string> {
    const paths = new Set(this.#files.unpublished.map(({ path }) => path));
    return this.#spill ? paths.add(this.#spill.path) : paths;
  }

  /** Forgets all chunks. Throws `DiskError` where the unfinished file stays, which is ignored then. */
  abandon(): void {
    this.waiting.clear();
    const spill = this.#spill;
    this.#spill = undefined;
    spill?.abandon();
  }
}

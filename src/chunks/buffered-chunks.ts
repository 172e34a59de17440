/** Chunks that wait for their commit: in memory and, where they are many, in a table file that is being written. */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { randomName } from '../base/random-name.ts';
import { PendingChunks } from './pending-chunks.ts';
import { TableFileWriter, type WrittenTable } from './table-file-writer.ts';

export class BufferedChunks {
  /** Those in memory. */
  readonly waiting = new PendingChunks();
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #mostBytes: number;
  readonly #assertWritable: () => void;
  #spill: TableFileWriter | undefined;

  /** Beyond `mostBytes` in memory all go into the file. `assertWritable` throws where there may be none. */
  constructor(disk: Disk, directory: string, mostBytes: number, assertWritable: () => void) {
    this.#disk = disk;
    this.#directory = directory;
    this.#mostBytes = mostBytes;
    this.#assertWritable = assertWritable;
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.#spill === undefined;
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

  /** Completes the file, where there is one. What a failed sync has lost cannot be written again. */
  finishFile(): WrittenTable | undefined {
    const written = this.#spill?.finish();
    this.#spill = undefined;
    return written;
  }

  /** The file that is being written. */
  get unfinishedPath(): string | undefined {
    return this.#spill?.path;
  }

  /** Forgets all. Throws `DiskError` where the unfinished file stays, which is ignored then. */
  abandon(): void {
    this.waiting.clear();
    const spill = this.#spill;
    this.#spill = undefined;
    spill?.abandon();
  }
}

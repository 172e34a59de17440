/**
 * Garbage collection: what is kept is copied into new table files, in the order of reading; the rest goes with the old ones.
 * While it runs, the store is read and written as ever:
 *
 *     begin ──▶ copy, as often as there is more ──▶ finish: the manifest names the copies alone, and the old files go
 *                                               └─▶ abandon: all is as before
 *
 * What is put meanwhile is noted, and what was found to be there: whoever did so may yet store what points to it.
 */
import type { Address } from '../base/address.ts';
import { abandonFile, type Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { TableFileWriter, type WrittenTable } from './table-file-writer.ts';

export interface GarbageProgress {
  readonly chunks: number;
  /** A sync of copies, to be waited for before the next step; a rejection is thrown into it. */
  readonly until?: Promise<void>;
}

/** Whether others have a turn while copies are synced; if not, nothing is to be waited for. */
export type Pace = 'inPortions' | 'atOnce';

export interface GarbageResult {
  readonly chunksKept: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** The store that is collected. */
export interface CollectedStore {
  readonly disk: Disk;
  readonly directory: string;
  getRecord(address: Address): Uint8Array | undefined;
  byteSize(): number;
  /** Paths of what no manifest names and nobody writes. */
  leftOver(): readonly string[];
  /** Names the tables alone, keeps of what is buffered what is kept, and removes the old files and `leftOver`. */
  publish(tables: readonly WrittenTable[], isKept: (address: Address) => boolean, leftOver: readonly string[]): void;
  /** The collection has ended. */
  ended(): void;
}

/** The old generation. */
export interface OldGeneration {
  readonly directory: string;
  has(address: Address): boolean;
  add(table: WrittenTable): void;
  /** After the collection stands. */
  tidy(): void;
  close(): void;
}

export class Collection {
  readonly #store: CollectedStore;
  readonly #old: OldGeneration;
  readonly #now: () => number;
  readonly #notes = new Map<Address, number>();
  readonly #leftOver: readonly string[];
  readonly #bytesBefore: number;
  #tables: WrittenTable[] = [];
  readonly #copied = new Set<Address>();
  /** Comes when it has ended, whatever became of it. */
  readonly ended: Promise<void>;
  #settle!: () => void;

  /** `now` tells which operation runs, by numbers that only grow (repo/activity.ts). */
  constructor(store: CollectedStore, old: OldGeneration, now: () => number) {
    this.#store = store;
    this.#old = old;
    this.#now = now;
    this.#leftOver = store.leftOver();
    this.#bytesBefore = store.byteSize();
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Somebody has put a chunk, or found it to be there. */
  note(address: Address): void {
    this.#notes.delete(address);
    this.#notes.set(address, this.#now());
  }

  /** What was noted since an operation began. */
  *notedSince(operation: number): Generator<Address, void> {
    for (const [address, at] of this.#notes) if (at >= operation) yield address;
  }

  /** Whether the old generation has a chunk, and with it all that it points to. */
  isOld(address: Address): boolean {
    return this.#old.has(address);
  }

  /** Chunks copied so far. */
  get chunks(): number {
    return this.#copied.size;
  }

  /** Copies chunks that history needs into the old generation. */
  *moveToOld(addresses: Iterable<Address>, pace: Pace): Generator<GarbageProgress, void> {
    const table = yield* this.#copy(this.#old.directory, addresses, pace);
    if (table) this.#old.add(table);
  }

  /** Copies chunks into new files of the store. */
  *keep(addresses: Iterable<Address>, pace: Pace): Generator<GarbageProgress, void> {
    const table = yield* this.#copy(this.#store.directory, addresses, pace);
    if (table) this.#tables.push(table);
  }

  *#copy(
    directory: string,
    addresses: Iterable<Address>,
    pace: Pace,
  ): Generator<GarbageProgress, WrittenTable | undefined> {
    const { disk } = this.#store;
    const writer = new TableFileWriter(disk, directory, randomName());
    let synced = 0;
    let isDone = false;
    try {
      for (const address of addresses) {
        if (this.#copied.has(address) || this.#old.has(address)) continue;
        const record = this.#store.getRecord(address);
        if (!record) {
          throw new DoltError('corrupt', `${this.#store.directory}: chunk ${address} is missing; run "dolt fsck"`);
        }
        writer.addRecord(address, record);
        this.#copied.add(address);
        if (pace === 'inPortions' && writer.byteSize - synced >= PORTION_BYTES) {
          synced = writer.byteSize;
          yield { chunks: this.#copied.size, until: writer.syncLater() };
        } else if (this.#copied.size % CHUNKS_A_STEP === 0) yield { chunks: this.#copied.size };
      }
      if (writer.chunkCount === 0) return undefined;
      if (pace === 'atOnce') {
        const table = writer.finish();
        isDone = true;
        return table;
      }
      const table = writer.finishLater();
      isDone = true;
      yield { chunks: this.#copied.size, until: table.arrived };
      return table;
    } finally {
      if (!isDone) writer.abandon();
    }
  }

  /** The copies take the place of all else. When it throws, that has happened or all is as before. */
  finish(): GarbageResult {
    const tables = this.#tables;
    // A manifest may name them from here on.
    this.#tables = [];
    this.#store.publish(tables, (address) => this.#copied.has(address), this.#leftOver);
    this.#old.tidy();
    this.#end();
    const { size: chunksKept } = this.#copied;
    return { chunksKept, bytesBefore: this.#bytesBefore, bytesAfter: this.#store.byteSize() };
  }

  /** Gives up: the copies are removed, as far as that can be done. */
  abandon(): void {
    for (const { path } of this.#tables) abandonFile(this.#store.disk, 'gc:abandon', path);
    this.#end();
  }

  #end(): void {
    this.#notes.clear();
    this.#old.close();
    this.#store.ended();
    this.#settle();
  }
}

/**
 * Bytes that are synced together. A disk that is given much at one go lets the small syncs of sessions wait for it.
 */
const PORTION_BYTES = 8 << 20;

/** Chunks that are copied between two pauses. */
const CHUNKS_A_STEP = 256;

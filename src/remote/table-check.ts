/**
 * Compares the chunks of table files with their addresses, in blocks that a second thread shares (`block-queue.ts`). A file
 * may be checked while it comes: as far as it is there, and as long as nobody has to wait.
 */
import { ADDRESS_BYTES, addressAt } from '../base/address.ts';
import { BlockQueue } from '../base/block-queue.ts';
import type { Threads } from '../base/threads.ts';
import { CorruptChunkError } from '../chunks/record.ts';
import { type RecordReader, withRecordReader } from '../chunks/record-reader.ts';
import type { TableFile } from '../chunks/table-file.ts';
import {
  checkRecords,
  layOutRecords,
  type RecordPlaces,
  recordBlockBytes,
  recordsAt,
  remarkable,
} from './record-check.ts';

export interface CheckedFile extends RecordPlaces {
  readonly path: string;
  /** Reads bytes of the file into `target` at `at`. Throws `corrupt` where it is shorter. */
  read(target: Uint8Array, at: number, offset: number, length: number): void;
}

export const fileToCheck = (file: TableFile): CheckedFile => ({
  path: file.path,
  keys: file.keys(),
  offsets: file.offsets(),
  lengths: file.lengths(),
  read: (target, at, offset, length) => file.readRange(target, at, offset, length),
});

/** How far the check of a file is. */
export interface TableProgress {
  readonly file: CheckedFile;
  /** Ordinals of sound chunks that may refer to others. */
  readonly referring: number[];
  /** The first record that is not on its way. */
  next: number;
}

/** The chunks of a checked file that may refer to others, each valid until the next. */
export function referringChunks(table: TableProgress): Iterable<Uint8Array> {
  return withRecordReader((read) => chunksOf(table, read));
}

function* chunksOf({ file, referring }: TableProgress, read: RecordReader): Generator<Uint8Array, void> {
  const { path, keys, offsets } = file;
  let record = new Uint8Array(0);
  for (const ordinal of referring) {
    const start = offsets[ordinal]!;
    const length = offsets[ordinal + 1]! - start;
    if (record.length < length) record = new Uint8Array(2 * length);
    file.read(record, 0, start, length);
    const chunk = read(record, 0, length);
    if (typeof chunk === 'string') throw new CorruptChunkError(path, addressAt(keys, ordinal * ADDRESS_BYTES), chunk);
    yield chunk;
  }
}

/** Records of a file that stand in a block. */
interface Run {
  readonly table: TableProgress;
  readonly first: number;
}

export class TableCheck {
  readonly #queue: BlockQueue;
  /** Of the blocks that were submitted and not finished. */
  readonly #runs: Run[] = [];

  constructor(threads: Threads | undefined) {
    this.#queue = new BlockQueue(
      checkRecords,
      (block) => this.#take(this.#runs.shift()!, block),
      'check-records',
      threads,
    );
  }

  begin(file: CheckedFile): TableProgress {
    return { file, referring: [], next: 0 };
  }

  /** Goes on with what is there of a file, its first `bytes`, unless somebody would have to wait. Throws `corrupt`. */
  goOn(table: TableProgress, bytes: number): void {
    const { offsets } = table.file;
    const count = offsets.length - 1;
    let there = table.next;
    while (there < count && offsets[there + 1]! <= bytes) there++;
    // Blocks are filled: the last records wait for those that follow.
    while (table.next < there && this.#queue.hasRoom && this.#submit(table, there, there < count));
  }

  /** Checks the rest of a file, which is there, step by step. Throws `corrupt`. */
  *finish(table: TableProgress): Generator<void, void> {
    const count = table.file.offsets.length - 1;
    while (table.next < count) {
      this.#submit(table, count, false);
      yield;
    }
    while (this.#queue.finishOldest()) yield;
  }

  close(): void {
    this.#queue.close();
  }

  /** Submits a block of records, not as far as `end`; false, and nothing is done, when it has to be full and is not. */
  #submit(table: TableProgress, end: number, hasToBeFull: boolean): boolean {
    const { file, next } = table;
    const block = this.#queue.next();
    const count = layOutRecords(block, file, next, end);
    if (hasToBeFull && next + count === end) return false;
    if (count === 0) {
      this.#checkLarge(table);
      return true;
    }
    fill(block, file, next, count);
    table.next += count;
    this.#runs.push({ table, first: next });
    this.#queue.submit();
    return true;
  }

  /** A record that no block of the queue has room for. */
  #checkLarge(table: TableProgress): void {
    const { file, next } = table;
    const block = new Uint8Array(recordBlockBytes(file.offsets[next + 1]! - file.offsets[next]!));
    layOutRecords(block, file, next, next + 1);
    fill(block, file, next, 1);
    table.next++;
    checkRecords(block);
    this.#take({ table, first: next }, block);
  }

  #take({ table, first }: Run, block: Uint8Array): void {
    for (const [place, verdict] of remarkable(block)) {
      const ordinal = first + place;
      if (verdict !== 'may refer to others') {
        const { path, keys } = table.file;
        throw new CorruptChunkError(path, addressAt(keys, ordinal * ADDRESS_BYTES), verdict);
      }
      table.referring.push(ordinal);
    }
  }
}

function fill(block: Uint8Array, { offsets, read }: CheckedFile, first: number, count: number): void {
  const start = offsets[first]!;
  read(block, recordsAt(block), start, offsets[first + count]! - start);
}

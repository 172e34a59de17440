/**
 * The redo log: a file beside the chunks to which a server's small commits append the edits they are made of, one write and
 * one sync each, before anything of a tree is made. What it holds is made into chunks and refs now and then
 * (unwritten-working-sets.ts), and by the next start after a crash (recover.ts); the log begins again then. It is the product's
 * own: the original neither writes nor reads it.
 *
 *     block  := "DTRL" | length | crc32c of what follows | epoch (64 bits) | sequence | record…        big-endian
 *     record := length | bytes
 *
 * Blocks follow each other from the file's start; those of one pass share an epoch and are numbered from 1, and what stands
 * behind the last is of earlier epochs, or nothing. The file has its size from the beginning, so that a sync writes no more
 * than the block, and there is room for it. A block is written when the one before is durable: one that is torn has none of
 * its epoch behind it, and what has was damaged.
 */
import { putU32, putU64, u32At, u64At } from '../../base/big-endian.ts';
import { crc32c } from '../../base/crc32c.ts';
import { abandonFile, type Disk, type DiskFile } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { takenBack, undecided } from '../../chunks/lost-writes.ts';
import { SharedSync } from '../../chunks/shared-sync.ts';

/** Bytes of the file; what is in it is made into chunks before it is full. */
const CAPACITY = 1 << 20;
const MAGIC = 0x4454524c;
const MAGIC_BYTES = Buffer.from('DTRL');
const BLOCK_HEADER = 24;
const RECORD_HEADER = 4;

/** How far a log was written: to a block of an epoch. */
export interface RedoPosition {
  readonly epoch: number;
  readonly sequence: number;
}

export interface RedoBlock extends RedoPosition {
  readonly records: readonly Uint8Array[];
}

/** What was appended up to there. */
interface Mark {
  readonly sequence: number;
  readonly end: number;
  /** Records. */
  readonly count: number;
}

const START: Mark = { sequence: 0, end: 0, count: 0 };

export const redoLogPath = (directory: string): string => `${directory}/redo.log`;

/** The blocks that were written after `done`, in order; none without a log. Throws `corrupt` where some are damaged. */
export function readRedoLog(disk: Disk, path: string, done: RedoPosition): readonly RedoBlock[] {
  const bytes = disk.readFile(path);
  if (bytes === undefined) return [];
  const blocks: RedoBlock[] = [];
  let at = 0;
  for (let before: RedoBlock | undefined; ; ) {
    const block = blockAt(bytes, at);
    if (block === undefined || !(before === undefined || follows(block, before))) break;
    if (isAfter(block, done)) blocks.push(block);
    at += BLOCK_HEADER + u32At(bytes, at + 4);
    before = block;
  }
  const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let behind = at; ; ) {
    behind = searched.indexOf(MAGIC_BYTES, behind + 1);
    if (behind < 0) return blocks;
    const block = blockAt(bytes, behind);
    if (block === undefined || !isAfter(block, done)) continue;
    const remedy =
      'restore the repository from a backup, or move the file away to go on without the changes that only it holds';
    throw new DoltError('corrupt', `${path}: damaged at offset ${at}, with commits after it; ${remedy}`);
  }
}

function follows(block: RedoPosition, before: RedoPosition): boolean {
  return block.epoch === before.epoch && block.sequence === before.sequence + 1;
}

function isAfter(block: RedoPosition, done: RedoPosition): boolean {
  return block.epoch > done.epoch || (block.epoch === done.epoch && block.sequence > done.sequence);
}

function blockAt(bytes: Uint8Array, at: number): RedoBlock | undefined {
  if (at + BLOCK_HEADER > bytes.length || u32At(bytes, at) !== MAGIC) return undefined;
  const end = at + BLOCK_HEADER + u32At(bytes, at + 4);
  if (end > bytes.length || crc32c(bytes, at + 12, end) !== u32At(bytes, at + 8)) return undefined;
  const records: Uint8Array[] = [];
  for (let record = at + BLOCK_HEADER; record < end; ) {
    const start = record + RECORD_HEADER;
    record = start + u32At(bytes, record);
    records.push(bytes.subarray(start, record));
  }
  return { epoch: u64At(bytes, at + 12), sequence: u32At(bytes, at + 20), records };
}

/** For the holder of the store's lock, when what an earlier log held has been recovered. */
export class RedoLog {
  readonly path: string;
  readonly #disk: Disk;
  readonly #directory: string;
  #epoch: number;
  #file: DiskFile | undefined;
  /** The file once more: a lost write is told to each `DiskFile` once. */
  #groupFile: DiskFile | undefined;
  /** The block that is next to be written: records behind room for its header. */
  #block = new Uint8Array(16 << 10);
  #blockEnd = BLOCK_HEADER;
  /** Records appended in this epoch. */
  #count = 0;
  #written = START;
  #durable = START;
  readonly #group = new SharedSync(() => this.#syncGroup());
  #broken: DoltError | undefined;

  /** `lastEpoch`: the greatest that was ever used in the folder. */
  constructor(disk: Disk, directory: string, lastEpoch: number) {
    this.path = redoLogPath(directory);
    this.#disk = disk;
    this.#directory = directory;
    this.#epoch = lastEpoch + 1;
  }

  /** Of the last block that was written. */
  get position(): RedoPosition {
    return { epoch: this.#epoch, sequence: this.#written.sequence };
  }

  /** Records appended since the log began anew. */
  get count(): number {
    return this.#count;
  }

  /** Those that are durable. */
  get durableCount(): number {
    return this.#durable.count;
  }

  /** Whether a record can be appended before the log begins anew. */
  hasRoom(bytes: number): boolean {
    // Behind a block that waits for a sync may come one more header.
    return this.#written.end + this.#blockEnd + BLOCK_HEADER + RECORD_HEADER + bytes <= CAPACITY;
  }

  /** Appends a record, durably. When it throws, it was not appended; of kind `unknown`, that is not certain. */
  append(record: Uint8Array): void {
    this.flush();
    this.#put(record);
    try {
      this.#writeBlock();
      this.#syncFile();
    } catch (error) {
      this.#cutBack(error);
      throw this.#broken ?? error;
    }
  }

  /** Appends it so that it is durable when `durable` says so. When it throws, it was not appended. */
  appendLater(record: Uint8Array): void {
    if (this.#broken) throw this.#broken;
    this.#put(record);
    // While one is on its way to the disk, the next block gathers.
    if (!this.#group.isRunning) {
      try {
        this.#writeBlock();
        this.#groupFile ??= this.#disk.openWrite('redo:open-to-sync', this.path);
      } catch (error) {
        this.#cutBack(error);
        throw this.#broken ?? error;
      }
    }
    this.#group.begin();
  }

  /** Comes when all that was appended so far is durable; rejects when it never will be, and was taken back. */
  async durable(): Promise<void> {
    const count = this.#count;
    const epoch = this.#epoch;
    try {
      await this.#group.ended();
    } catch (error) {
      if (this.#epoch === epoch && this.#durable.count < count) throw error;
    }
  }

  /** Makes all that was appended so far durable, now. */
  flush(): void {
    if (this.#broken) throw this.#broken;
    if (this.#durable.count === this.#count) return;
    try {
      // One block that is not durable at a time.
      if (this.#durable.count < this.#written.count) this.#syncFile();
      if (this.#written.count === this.#count) return;
      this.#writeBlock();
      this.#syncFile();
    } catch (error) {
      throw this.#breakOff(error);
    }
  }

  /** Begins anew: what was appended is durable elsewhere. */
  restart(): void {
    this.#epoch++;
    this.#count = 0;
    this.#blockEnd = BLOCK_HEADER;
    this.#written = START;
    this.#durable = START;
  }

  /** Closes the log and removes it: what was appended is durable elsewhere. */
  remove(): void {
    if (this.#file === undefined) return;
    this.close();
    this.#disk.remove('redo:remove', this.path);
  }

  close(): void {
    this.#file?.close();
    this.#groupFile?.close();
    this.#file = undefined;
    this.#groupFile = undefined;
  }

  #put(record: Uint8Array): void {
    const start = this.#blockEnd + RECORD_HEADER;
    const end = start + record.length;
    if (end > this.#block.length) {
      const grown = new Uint8Array(Math.max(end, this.#block.length * 2));
      grown.set(this.#block.subarray(0, this.#blockEnd));
      this.#block = grown;
    }
    putU32(this.#block, this.#blockEnd, record.length);
    this.#block.set(record, start);
    this.#blockEnd = end;
    this.#count++;
  }

  #writeBlock(): void {
    this.#file ??= this.#open();
    const sequence = this.#written.sequence + 1;
    const bytes = this.#block.subarray(0, this.#blockEnd);
    putU32(bytes, 0, MAGIC);
    putU32(bytes, 4, bytes.length - BLOCK_HEADER);
    putU64(bytes, 12, this.#epoch);
    putU32(bytes, 20, sequence);
    putU32(bytes, 8, crc32c(bytes, 12));
    this.#file.write('redo:append', bytes, this.#written.end);
    this.#written = { sequence, end: this.#written.end + bytes.length, count: this.#count };
    this.#blockEnd = BLOCK_HEADER;
  }

  /** The file with all its room. */
  #open(): DiskFile {
    const file = this.#disk.openWrite('redo:open', this.path);
    try {
      const size = file.size();
      if (size < CAPACITY) {
        file.write('redo:make-room', new Uint8Array(CAPACITY - size), size);
        file.sync('redo:sync-room');
        this.#disk.syncDirectory('redo:sync-directory', this.#directory);
      }
      return file;
    } catch (error) {
      file.close();
      abandonFile(this.#disk, 'redo:abandon', this.path);
      throw error;
    }
  }

  #syncFile(): void {
    this.#file!.sync('redo:sync');
    this.#durable = this.#written;
  }

  async #syncGroup(): Promise<void> {
    if (this.#broken) throw this.#broken;
    if (this.#durable.count === this.#count) return;
    const epoch = this.#epoch;
    try {
      if (this.#written.count < this.#count) this.#writeBlock();
      const mark = this.#written;
      await this.#groupFile!.syncLater('redo:sync');
      // Another sync failed meanwhile, or the log has begun anew.
      if (this.#epoch !== epoch) return;
      if (this.#broken && mark.count > this.#durable.count) throw this.#broken;
      if (mark.count > this.#durable.count) this.#durable = mark;
    } catch (error) {
      if (this.#epoch === epoch) throw this.#breakOff(error);
    }
  }

  /** Undoes all that is not durable, and refuses what is appended from now on. */
  #breakOff(error: unknown): DoltError {
    if (this.#broken) return this.#broken;
    this.#cutBack(error);
    this.#broken ??= takenBack(this.path, error);
    return this.#broken;
  }

  /** Makes sure that what is not durable does not come back. */
  #cutBack(cause: unknown): void {
    const isWhole = this.#written.count > this.#durable.count;
    this.#written = this.#durable;
    this.#count = this.#durable.count;
    this.#blockEnd = BLOCK_HEADER;
    // A write that failed has left no block.
    if (!isWhole) return;
    try {
      this.#file!.write('redo:cut-back', new Uint8Array(BLOCK_HEADER), this.#durable.end);
      this.#file!.sync('redo:sync-cut-back');
    } catch {
      this.#broken = undecided(this.path, cause);
    }
  }
}

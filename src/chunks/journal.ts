/**
 * The chunk journal: one file to which commits append their chunks and a root and which they sync (FORMAT.md §2.5). Its
 * last valid root record is the root of the store, whatever the manifest says.
 *
 *     append        chunks, root ─▶ file ─▶ synced                                     one sync a commit
 *     appendLater   chunks ─▶ tail ─▶ with the last root to the file ─▶ synced         one sync for all that came meanwhile
 *     appendAlong   chunks ─▶ tail                                                     with the next of the others
 *
 * Readers take the valid prefix that ends with a root, and never change the file. Chunks behind it are part of a commit
 * that never was: what they refer to may be in the part of it that is lost, so nobody must take them for complete. The one
 * writer, who holds the store's lock, first cuts off all that stands there. An append that fails is cut off as well, so
 * that nothing of it can come back; when even that fails, or when it was one that others may have built on, the journal
 * refuses every further append: after a failed sync nobody can say what a later one would make durable.
 *
 * A torn tail and damage in the last commit would look alike, and the latter must not be cut off: it was acknowledged.
 * Bytes behind a root tell them apart, since nothing is written there before the root is durable: so a writer that ends
 * repeats its last root, unsynced (`CONFIRMATIONS`). Whoever reads the journal, the original too, then finds roots behind
 * the damage and refuses.
 */
import { type Address, addressAt, EMPTY_ADDRESS, JOURNAL_ADDRESS } from '../base/address.ts';
import { u32At } from '../base/big-endian.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { type ChunkFile, type StoredPlace, type StoreProblem, verifyChunks } from './chunk-file.ts';
import { JournalIndex } from './journal-index.ts';
import { JournalIndexFile } from './journal-index-file.ts';
import {
  ADDRESS_BEFORE_PAYLOAD,
  CHUNK_OVERHEAD,
  type JournalVisitor,
  MAX_RECORD_BYTES,
  PAYLOAD_OFFSET,
  putRootRecord,
  ROOT_RECORD_BYTES,
  rootRecordAt,
  scanJournal,
} from './journal-record.ts';
import { JournalTail } from './journal-tail.ts';
import { takenBack, undecided } from './lost-writes.ts';
import { type Manifest, namesJournal } from './manifest.ts';
import type { PendingChunks } from './pending-chunks.ts';
import { CorruptChunkError, decodeRecord, type RecordFault, recordFault } from './record.ts';
import { SharedSync } from './shared-sync.ts';
import type { TableFileWriter } from './table-file-writer.ts';
import { WindowReader } from './window-reader.ts';

/**
 * Journal bytes that the index file does not cover, beyond which a commit extends it, and beyond which a writer that ends
 * does: opening never reads much more.
 */
const INDEX_EVERY_BYTES = 512 << 10;
const INDEX_AT_END_BYTES = 64 << 10;
/** Of two, one is followed by a record even when the root itself is what is damaged. */
const CONFIRMATIONS = 2;

/** The longest chunk record that a journal takes. */
export const MAX_JOURNAL_RECORD = MAX_RECORD_BYTES - CHUNK_OVERHEAD;

/** A place in the journal behind a root record, with the root, and how many commits of this writer stand before it. */
interface Mark {
  readonly end: number;
  readonly root: Address | undefined;
  readonly commits: number;
}

/** What of the tail stays when an append is taken back. */
interface Unwritten {
  readonly size: number;
  readonly root: Address | undefined;
  readonly seconds: number;
  readonly commits: number;
}

interface LastRoot {
  readonly root: Address;
  readonly seconds: number;
}

const EMPTY_MARK: Mark = { end: 0, root: undefined, commits: 0 };

/** Chunk records `bytes[start, end)`, where byte 0 stands at an offset of the file. */
interface ChunkRecords {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

export class Journal implements ChunkFile {
  readonly name = JOURNAL_ADDRESS;
  readonly kind = 'journal';
  readonly path: string;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #file: DiskFile;
  readonly #reader: WindowReader;
  readonly #logger: Logger;
  readonly #writable: boolean;
  #index = new JournalIndex();
  #root: Address | undefined;
  /** What is in the file. */
  #written: Mark = EMPTY_MARK;
  /** What comes behind it, up to `#root`. */
  readonly #tail = new JournalTail();
  #durable: Mark = EMPTY_MARK;
  readonly #group = new SharedSync(() => this.#syncGroup());
  /** The file once more: a lost write is told to each `DiskFile` once, and both kinds of append have to hear of it. */
  #groupFile: DiskFile | undefined;
  readonly #indexFile: JournalIndexFile;
  #usedIndexFile = false;
  #tornBytes = 0;
  #seconds = 0;
  /** Commits of this writer. */
  #commits = 0;
  /** The last root is one that this writer has made durable and not yet repeated. */
  #isUnconfirmed = false;
  #broken: DoltError | undefined;
  #isClosed = false;

  private constructor(disk: Disk, directory: string, file: DiskFile, writable: boolean, logger: Logger) {
    this.path = journalPath(directory);
    this.#disk = disk;
    this.#directory = directory;
    this.#file = file;
    this.#reader = new WindowReader(file, this.path);
    this.#writable = writable;
    this.#logger = logger;
    this.#indexFile = new JournalIndexFile(disk, directory, logger);
  }

  /** The journal of a folder, or undefined when it has none. Throws `corrupt` when valid roots follow damage. */
  static openRead(disk: Disk, directory: string, logger: Logger): Journal | undefined {
    const file = disk.openRead(journalPath(directory));
    return file && Journal.#open(new Journal(disk, directory, file, false, logger));
  }

  /** The same for the holder of the lock: a torn tail is cut off. The file exists. */
  static openWrite(disk: Disk, directory: string, logger: Logger): Journal {
    const file = disk.openWrite('journal:open', journalPath(directory));
    return Journal.#open(new Journal(disk, directory, file, true, logger));
  }

  /** A new journal that begins with the store's present root. The manifest does not name it yet. */
  static create(disk: Disk, directory: string, root: Address, seconds: number, logger: Logger): Journal {
    new JournalIndexFile(disk, directory, logger).remove();
    const file = disk.create('journal:create', journalPath(directory));
    const journal = new Journal(disk, directory, file, true, logger);
    try {
      if (root !== EMPTY_ADDRESS) {
        const bytes = new Uint8Array(ROOT_RECORD_BYTES);
        putRootRecord(bytes, 0, root, seconds);
        file.write('journal:first-root', bytes, 0);
        journal.#root = root;
        journal.#written = { end: bytes.length, root, commits: 0 };
        journal.#durable = journal.#written;
      }
      file.sync('journal:sync-new');
      disk.syncDirectory('journal:sync-directory', directory);
    } catch (error) {
      file.close();
      throw error;
    }
    return journal;
  }

  static #open(journal: Journal): Journal {
    try {
      journal.#load(true);
    } catch (error) {
      journal.#file.close();
      throw error;
    }
    return journal;
  }

  /** The last root, or undefined when none was appended yet. */
  root(): Address | undefined {
    return this.#root;
  }

  /** Why nothing can be appended any more. */
  get broken(): DoltError | undefined {
    return this.#broken;
  }

  chunkCount(): number {
    return this.#index.count;
  }

  /** Bytes of valid records. */
  byteSize(): number {
    return this.#written.end + this.#tail.size;
  }

  recordBytes(): number {
    return this.byteSize();
  }

  /** What a reader leaves out behind the last record: nothing, a write under way, or one that never ended. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  /** Takes in what the writer has appended since. */
  refresh(): void {
    const size = this.#file.size();
    const { end } = this.#written;
    if (this.#writable || size === end) return;
    this.#reader.forget();
    if (size < end) this.#load(true);
    else this.#scan(end);
  }

  has(key: Uint8Array): boolean {
    return this.#index.find(key) >= 0;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#read(key, decodeRecord);
  }

  getRecord(key: Uint8Array): Uint8Array | undefined {
    return this.#read(key, (bytes, start, end) => recordFault(bytes, start, end) ?? bytes.slice(start, end));
  }

  place(key: Uint8Array): StoredPlace | undefined {
    // What is in the tail stands nowhere yet; and where the index file led astray, reading the chunk rebuilds the index.
    if (this.#writable) this.flush();
    if (this.#usedIndexFile) this.getRecord(key);
    const position = this.#index.find(key);
    if (position < 0) return undefined;
    return { offset: this.#index.offset(position), length: this.#index.length(position) };
  }

  *addresses(): Generator<Address, void> {
    if (this.#writable) this.flush();
    const found: Address[] = [];
    const visitor = { chunk: (bytes: Uint8Array, at: number) => void found.push(addressAt(bytes, at)), root() {} };
    scanJournal(this.#file, 0, visitor, this.#written.end);
    yield* found;
  }

  /** The roots that were written, the oldest first, with the second since 1970 of each; 0 where it is not known. */
  roots(): { readonly root: Address; readonly seconds: number }[] {
    if (this.#writable) this.flush();
    const found: { root: Address; seconds: number }[] = [];
    scanJournal(this.#file, 0, {
      chunk() {},
      root: (root, seconds) => void found.push({ root, seconds }),
    });
    return found;
  }

  /** Copies all chunks in the order in which they came. Throws `corrupt` when they cannot be read to the end. */
  copyTo(writer: TableFileWriter): void {
    this.flush();
    const visitor: JournalVisitor = {
      chunk(bytes, at, _offset, length) {
        const start = at + ADDRESS_BEFORE_PAYLOAD;
        writer.addRecord(addressAt(bytes, at), bytes.subarray(start, start + length));
      },
      root() {},
    };
    const { end } = scanJournal(this.#file, 0, visitor, this.#written.end);
    if (end < this.#written.end) throw new DoltError('corrupt', `${this.path}: damaged at offset ${end}`);
  }

  verify(): Generator<StoreProblem, void> {
    return verifyChunks(this);
  }

  /**
   * Appends the chunks and the root, durably. Throws with kind `unknown` when it cannot tell whether the root stands;
   * on any other error it does not.
   */
  append(chunks: PendingChunks, root: Address, seconds: number): void {
    if (this.#broken) throw this.#broken;
    this.#syncWritten();
    const before = this.#unwritten();
    const records = this.#take(chunks);
    const commits = this.#commits + 1;
    let end: number;
    try {
      end = this.#putTail({ root, seconds });
      this.#file.sync('journal:sync');
    } catch (error) {
      throw this.#takeBack(error, before);
    }
    this.#commits = commits;
    this.#tailIsWritten({ root, seconds }, end);
    this.#enter(records);
    this.#settle(this.#written);
    this.#extendIndexFile();
  }

  /**
   * Appends them so that they can be read at once, and are durable when `durable` says so. When it throws, nothing was
   * appended, and the journal is as it was or broken.
   */
  appendLater(chunks: PendingChunks, root: Address, seconds: number): void {
    if (this.#broken) throw this.#broken;
    this.#openToSync();
    if (this.#group.isRunning) this.appendAlong(chunks, root, seconds);
    else {
      const before = this.#unwritten();
      const records = this.#take(chunks);
      this.#commits++;
      try {
        this.#writeTail({ root, seconds });
      } catch (error) {
        throw this.#takeBack(error, before);
      }
      this.#enter(records);
    }
    this.#group.begin();
  }

  /** The same, but that nothing is written before something else is, or `durable` is asked for: it is safe elsewhere. */
  appendAlong(chunks: PendingChunks, root: Address, seconds: number): void {
    if (this.#broken) throw this.#broken;
    const { size } = this.#tail;
    const records = this.#take(chunks);
    if (this.#group.isRunning) {
      try {
        // A disk that is full says so to this commit, not to all that wait with it.
        const zeros = new Uint8Array(this.#tail.size - size + ROOT_RECORD_BYTES);
        this.#file.write('journal:reserve', zeros, this.#written.end + size);
      } catch (error) {
        this.#tail.cut(size);
        throw error;
      }
    }
    this.#root = root;
    this.#seconds = seconds;
    this.#commits++;
    this.#enter(records);
  }

  #openToSync(): void {
    this.#groupFile ??= this.#disk.openWrite('journal:open-to-sync', this.path);
  }

  /** Comes when all that was appended so far is durable; rejects when it never will be. */
  async durable(): Promise<void> {
    if (this.#broken) throw this.#broken;
    const commits = this.#commits;
    if (this.#durable.commits === commits) return;
    if (!this.#group.isRunning) {
      this.#openToSync();
      this.#group.begin();
    }
    try {
      await this.#group.ended();
    } catch (error) {
      if (this.#durable.commits < commits) throw error;
    }
  }

  /** Makes all that was appended so far durable, now. */
  flush(): void {
    if (this.#broken) throw this.#broken;
    this.#syncWritten();
    if (!this.#hasTail) return;
    try {
      this.#writeTail({ root: this.#root!, seconds: this.#seconds });
      this.#syncFile();
    } catch (error) {
      throw this.#breakOff(error);
    }
    this.#extendIndexFile();
  }

  /** Before its writer lets go of the lock for good; see the head of this file. A failure costs only the evidence. */
  confirm(): void {
    if (!this.#isUnconfirmed || this.#root === undefined || this.#broken) return;
    this.#extendIndexFile(INDEX_AT_END_BYTES);
    const bytes = new Uint8Array(CONFIRMATIONS * ROOT_RECORD_BYTES);
    for (let at = 0; at < bytes.length; ) at = putRootRecord(bytes, at, this.#root, this.#seconds);
    this.#isUnconfirmed = false;
    try {
      this.#file.write('journal:confirm', bytes, this.#written.end);
      this.#written = { ...this.#written, end: this.#written.end + bytes.length };
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#logger.info(`${this.path}: the last root could not be repeated: ${error.message}`);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#file.close();
    this.#groupFile?.close();
  }

  /** Closes and deletes the journal and its index; the manifest no longer needs them. */
  remove(): void {
    this.close();
    this.#disk.remove('journal:remove', this.path);
    this.#indexFile.remove();
    this.#disk.syncDirectory('journal:sync-directory', this.#directory);
  }

  #load(useIndexFile: boolean): void {
    this.#index = new JournalIndex();
    this.#root = undefined;
    if (useIndexFile) this.#indexFile.load(this.#index, (offset) => rootRecordAt(this.#file, offset));
    else this.#indexFile.distrust();
    const { covered } = this.#indexFile;
    this.#usedIndexFile = covered > 0;
    this.#scan(covered);
  }

  #scan(start: number): void {
    let kept = start;
    const { end, torn, lost } = scanJournal(this.#file, start, {
      chunk: (bytes, at, offset, length) => this.#index.append(bytes, at, offset, length),
      root: (root, _seconds, _offset, behind) => {
        this.#index.enterAppended();
        this.#root = root;
        kept = behind;
      },
    });
    // Without any root the manifest has the last one, and nobody knows what of this it needs.
    if (this.#root === undefined) {
      this.#index.enterAppended();
      kept = end;
    } else this.#index.dropAppended();
    this.#written = { end: kept, root: this.#root, commits: this.#commits };
    this.#durable = this.#written;
    this.#tornBytes = torn ? this.#file.size() - end : 0;
    if (lost) {
      throw new DoltError(
        'corrupt',
        `${this.path}: damaged at offset ${end}, with commits after it; restore it from a remote or a backup, or keep what was before with "dolt fsck --revive-journal-with-data-loss"`,
      );
    }
    if (!this.#writable || this.#file.size() === kept) return;
    if (torn || kept < end) {
      const root = this.#root ?? 'none';
      this.#logger.warn(`${this.path}: cut off an incomplete write at offset ${kept}; the last root is ${root}`);
    }
    this.#file.truncate('journal:cut', kept);
    this.#file.sync('journal:sync-cut');
    this.#tornBytes = 0;
  }

  /** Puts the chunks behind the tail. */
  #take(chunks: PendingChunks): ChunkRecords {
    const tail = this.#tail;
    const start = tail.size;
    chunks.each((address, chunk, record) => {
      if (chunk) tail.add(address, chunk);
      else tail.addRecord(address, record!);
    });
    return { bytes: tail.bytes, start, end: tail.size, offset: this.#written.end };
  }

  get #hasTail(): boolean {
    return this.#commits > this.#written.commits;
  }

  /** Makes chunks known that stand where they are to stay. */
  #enter({ bytes, start, end, offset }: ChunkRecords): void {
    for (let at = start; at < end; ) {
      const payload = at + PAYLOAD_OFFSET;
      const length = u32At(bytes, at);
      this.#index.add(bytes, payload - ADDRESS_BEFORE_PAYLOAD, offset + payload, length - CHUNK_OVERHEAD);
      at += length;
    }
  }

  /** Moves the tail, with the root that ends it, into the file. */
  #writeTail(last: LastRoot): void {
    this.#tailIsWritten(last, this.#putTail(last));
  }

  /** Writes it, where it stays; where the file ends then. */
  #putTail({ root, seconds }: LastRoot): number {
    const bytes = this.#tail.withRoot(root, seconds);
    this.#file.write('journal:append', bytes, this.#written.end);
    return this.#written.end + bytes.length;
  }

  #tailIsWritten({ root, seconds }: LastRoot, end: number): void {
    this.#reader.forget();
    this.#written = { end, root, commits: this.#commits };
    this.#tail.cut(0);
    this.#root = root;
    this.#seconds = seconds;
  }

  #unwritten(): Unwritten {
    return { size: this.#tail.size, root: this.#root, seconds: this.#seconds, commits: this.#commits };
  }

  /** What the file has: a root that is not durable must be its last record. */
  #syncWritten(): void {
    if (this.#durable.commits === this.#written.commits) return;
    try {
      this.#syncFile();
    } catch (error) {
      throw this.#breakOff(error);
    }
  }

  #syncFile(): void {
    this.#file.sync('journal:sync');
    this.#settle(this.#written);
  }

  async #syncGroup(): Promise<void> {
    if (this.#broken) throw this.#broken;
    // Another sync was faster; so it was when the journal is closed.
    if (this.#durable.commits === this.#commits) return;
    try {
      if (this.#hasTail) this.#writeTail({ root: this.#root!, seconds: this.#seconds });
      const mark = this.#written;
      this.#extendIndexFile();
      await this.#groupFile!.syncLater('journal:sync');
      // Another sync failed meanwhile, and took back what it had not made durable itself.
      if (this.#broken && mark.commits > this.#durable.commits) throw this.#broken;
      this.#settle(mark);
    } catch (error) {
      throw this.#isClosed ? error : this.#breakOff(error);
    }
  }

  #settle(mark: Mark): void {
    if (mark.commits < this.#durable.commits) return;
    this.#durable = mark;
    this.#isUnconfirmed = true;
  }

  /** What `read` makes of the chunk's record. Where the index file led astray, the journal itself is read. */
  #read(
    key: Uint8Array,
    read: (bytes: Uint8Array, start: number, end: number) => Uint8Array | RecordFault,
  ): Uint8Array | undefined {
    for (;;) {
      const position = this.#index.find(key);
      if (position < 0) return undefined;
      const offset = this.#index.offset(position) - ADDRESS_BEFORE_PAYLOAD;
      const end = offset + ADDRESS_BEFORE_PAYLOAD + this.#index.length(position);
      if (this.#broken && end > this.#written.end) throw this.#broken;
      let fault = 'it does not stand where it was written';
      if (offset >= 0 && end <= this.byteSize()) {
        const inTail = offset - this.#written.end;
        const buffer = inTail >= 0 ? this.#tail.bytes : this.#reader.fetch(offset, end - offset);
        const at = inTail >= 0 ? inTail : this.#reader.at(offset);
        if (sameAddress(buffer, at, key)) {
          const found = read(buffer, at + ADDRESS_BEFORE_PAYLOAD, at + end - offset);
          if (typeof found !== 'string') return found;
          fault = found;
        }
      }
      if (!this.#usedIndexFile) throw new CorruptChunkError(this.path, addressAt(key, 0), fault);
      if (this.#writable) this.flush();
      this.#load(false);
    }
  }

  /** Undoes an append that nobody has seen; the error to throw. */
  #takeBack(error: unknown, before: Unwritten): unknown {
    this.#cutBack();
    if (this.#broken) return this.#broken;
    this.#tail.cut(before.size);
    this.#root = before.root;
    this.#seconds = before.seconds;
    this.#commits = before.commits;
    return error;
  }

  /** Undoes all that is not durable, and refuses what is appended from now on. */
  #breakOff(error: unknown): DoltError {
    if (this.#broken) return this.#broken;
    this.#cutBack();
    this.#tail.cut(0);
    this.#broken ??= takenBack(this.path, error);
    return this.#broken;
  }

  #cutBack(): void {
    const { end, root, commits } = this.#durable;
    this.#written = this.#durable;
    this.#root = root;
    this.#commits = commits;
    this.#reader.forget();
    try {
      this.#file.truncate('journal:cut-back', end);
      this.#file.sync('journal:sync-cut-back');
    } catch (error) {
      this.#broken = undecided(this.path, error);
    }
  }

  /** Once in a while; all records are in the file, and end with the root. */
  #extendIndexFile(leastBytes = INDEX_EVERY_BYTES): void {
    const { end, root } = this.#written;
    if (end - this.#indexFile.covered < leastBytes) return;
    this.#indexFile.extend(this.#index, end - ROOT_RECORD_BYTES, root!);
  }
}

/** A journal begins with the root that the manifest has when it first names it: one without any has lost its bytes. */
export function isEmptied(journal: Journal, manifest: Manifest): boolean {
  return journal.root() === undefined && manifest.root !== EMPTY_ADDRESS && namesJournal(manifest);
}

export function emptiedJournal({ path }: Journal): DoltError {
  return new DoltError('corrupt', `${path} is damaged: it has no root any more; restore it from a remote or a backup`);
}

function sameAddress(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let k = 0; k < 20; k++) if (bytes[at + k] !== key[k]) return false;
  return true;
}

function journalPath(directory: string): string {
  return `${directory}/${JOURNAL_ADDRESS}`;
}

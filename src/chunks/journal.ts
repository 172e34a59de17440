/**
 * The chunk journal: one file to which a commit appends its chunks and its root and which it syncs once (FORMAT.md
 * §2.5). Its last valid root record is the root of the store, whatever the manifest says.
 *
 * Readers take the valid prefix and never change the file. The one writer, who holds the store's lock, first cuts off
 * a torn tail. An append that fails is cut off as well, so that nothing of it can come back; when even that fails, the
 * journal refuses every further append.
 *
 * A torn tail and damage in the last commit would look alike, and the latter must not be cut off: it was acknowledged.
 * Bytes behind a root tell them apart, since nothing is written there before the root is durable: so a writer that ends
 * repeats its last root, unsynced (`CONFIRMATIONS`). Whoever reads the journal, the original too, then finds roots behind
 * the damage and refuses.
 */
import { type Address, addressAt, EMPTY_ADDRESS, JOURNAL_ADDRESS, writeAddress } from '../base/address.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { type ChunkFile, type StoreProblem, verifyChunks } from './chunk-file.ts';
import { JOURNAL_INDEX_NAME, JournalIndex } from './journal-index.ts';
import {
  ADDRESS_BEFORE_PAYLOAD,
  CHUNK_OVERHEAD,
  MAX_RECORD_BYTES,
  PAYLOAD_OFFSET,
  putChunkRecord,
  putRootRecord,
  ROOT_RECORD_BYTES,
  rootRecordAt,
  scanJournal,
} from './journal-record.ts';
import { type Manifest, namesJournal } from './manifest.ts';
import { CorruptChunkError, decodeRecord, type RecordFault, recordFault } from './record.ts';
import { WindowReader } from './window-reader.ts';

/** Journal bytes after which a commit extends the index file, so that opening never reads much more. */
const INDEX_EVERY_BYTES = 64 << 10;
const PIECE_BYTES = 4 << 20;
/** Of two, one is followed by a record even when the root itself is what is damaged. */
const CONFIRMATIONS = 2;

/** The longest chunk record that a journal takes. */
export const MAX_JOURNAL_RECORD = MAX_RECORD_BYTES - CHUNK_OVERHEAD;

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
  #end = 0;
  /** How far the index file covers the journal. */
  #covered = 0;
  #usedIndexFile = false;
  #tornBytes = 0;
  /** Seconds of the last root that this writer has made durable and not yet repeated. */
  #unconfirmed: number | undefined;
  #broken: DoltError | undefined;

  private constructor(disk: Disk, directory: string, file: DiskFile, writable: boolean, logger: Logger) {
    this.path = journalPath(directory);
    this.#disk = disk;
    this.#directory = directory;
    this.#file = file;
    this.#reader = new WindowReader(file, this.path);
    this.#writable = writable;
    this.#logger = logger;
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
    disk.remove('journal:remove-index', `${directory}/${JOURNAL_INDEX_NAME}`);
    const file = disk.create('journal:create', journalPath(directory));
    const journal = new Journal(disk, directory, file, true, logger);
    try {
      if (root !== EMPTY_ADDRESS) {
        const bytes = new Uint8Array(ROOT_RECORD_BYTES);
        putRootRecord(bytes, 0, root, seconds);
        file.write('journal:first-root', bytes, 0);
        journal.#end = bytes.length;
        journal.#root = root;
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

  /** The last root, or undefined when none was written yet. */
  root(): Address | undefined {
    return this.#root;
  }

  chunkCount(): number {
    return this.#index.count;
  }

  /** Bytes of valid records. */
  byteSize(): number {
    return this.#end;
  }

  /** What a reader leaves out behind the last record: nothing, a write under way, or one that never ended. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  /** Takes in what the writer has appended since. */
  refresh(): void {
    const size = this.#file.size();
    if (this.#writable || size === this.#end) return;
    this.#reader.forget();
    if (size < this.#end) this.#load(true);
    else this.#scan(this.#end);
  }

  has(key: Uint8Array): boolean {
    return this.#index.find(key) >= 0;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#take(key, decodeRecord);
  }

  getRecord(key: Uint8Array): Uint8Array | undefined {
    return this.#take(key, (bytes, start, end) => recordFault(bytes, start, end) ?? bytes.slice(start, end));
  }

  *addresses(): Generator<Address, void> {
    const found: Address[] = [];
    scanJournal(this.#file, 0, {
      chunk: (bytes, at) => void found.push(addressAt(bytes, at)),
      root() {},
    });
    yield* found;
  }

  verify(): Generator<StoreProblem, void> {
    return verifyChunks(this);
  }

  /**
   * Appends the records and the root, durably. Throws with kind `unknown` when it cannot tell whether the root stands;
   * on any other error it does not.
   */
  append(records: Iterable<readonly [Address, Uint8Array]>, root: Address, seconds: number): void {
    if (this.#broken) throw this.#broken;
    const start = this.#end;
    const entered: { address: Address; offset: number; length: number }[] = [];
    let piece = new Uint8Array(64 << 10);
    let used = 0;
    let position = start;
    const reserve = (length: number): void => {
      if (used + length <= piece.length) return;
      if (used + length > PIECE_BYTES && used > 0) {
        this.#file.write('journal:append', piece.subarray(0, used), position);
        position += used;
        used = 0;
      }
      if (used + length <= piece.length) return;
      const grown = new Uint8Array(Math.max(used + length, Math.min(piece.length * 4, PIECE_BYTES)));
      grown.set(piece.subarray(0, used));
      piece = grown;
    };
    try {
      for (const [address, record] of records) {
        reserve(record.length + CHUNK_OVERHEAD);
        entered.push({ address, offset: position + used + PAYLOAD_OFFSET, length: record.length });
        used = putChunkRecord(piece, used, address, record);
      }
      reserve(ROOT_RECORD_BYTES);
      used = putRootRecord(piece, used, root, seconds);
      this.#file.write('journal:append', piece.subarray(0, used), position);
      this.#file.sync('journal:sync');
    } catch (error) {
      this.#cutBack(start, error);
      throw error;
    }
    this.#end = position + used;
    this.#root = root;
    this.#unconfirmed = seconds;
    this.#reader.forget();
    const key = new Uint8Array(20);
    for (const { address, offset, length } of entered) {
      writeAddress(address, key, 0);
      this.#index.add(key, 0, offset, length);
    }
    if (this.#end - this.#covered >= INDEX_EVERY_BYTES) this.#extendIndexFile(root);
  }

  /** Before its writer lets go of the lock for good; see the head of this file. A failure costs only the evidence. */
  confirm(): void {
    if (this.#unconfirmed === undefined || this.#root === undefined || this.#broken) return;
    const bytes = new Uint8Array(CONFIRMATIONS * ROOT_RECORD_BYTES);
    for (let at = 0; at < bytes.length; ) at = putRootRecord(bytes, at, this.#root, this.#unconfirmed);
    this.#unconfirmed = undefined;
    try {
      this.#file.write('journal:confirm', bytes, this.#end);
      this.#end += bytes.length;
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#logger.info(`${this.path}: the last root could not be repeated: ${error.message}`);
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Closes and deletes the journal and its index; the manifest no longer needs them. */
  remove(): void {
    this.close();
    this.#disk.remove('journal:remove', this.path);
    this.#disk.remove('journal:remove-index', `${this.#directory}/${JOURNAL_INDEX_NAME}`);
    this.#disk.syncDirectory('journal:sync-directory', this.#directory);
  }

  #load(useIndexFile: boolean): void {
    this.#index = new JournalIndex();
    this.#root = undefined;
    const bytes = useIndexFile ? this.#disk.readFile(`${this.#directory}/${JOURNAL_INDEX_NAME}`) : undefined;
    this.#covered = bytes ? this.#index.load(bytes, (offset) => rootRecordAt(this.#file, offset)) : 0;
    this.#usedIndexFile = this.#covered > 0;
    this.#scan(this.#covered);
  }

  #scan(start: number): void {
    const { end, torn, lost } = scanJournal(this.#file, start, {
      chunk: (bytes, at, offset, length) => this.#index.add(bytes, at, offset, length),
      root: (root) => {
        this.#root = root;
      },
    });
    this.#end = end;
    this.#tornBytes = torn ? this.#file.size() - end : 0;
    if (lost) {
      throw new DoltError(
        'corrupt',
        `${this.path}: damaged at offset ${end}, with commits after it; restore it from a remote or a backup, or keep what was before with "dolt fsck --revive-journal-with-data-loss"`,
      );
    }
    if (!this.#writable || this.#file.size() === end) return;
    if (torn) {
      const kept = this.#root ?? 'none';
      this.#logger.warn(`${this.path}: cut off an incomplete write at offset ${end}; the last root is ${kept}`);
    }
    this.#file.truncate('journal:cut', end);
    this.#file.sync('journal:sync-cut');
    this.#tornBytes = 0;
  }

  /** What `read` makes of the chunk's record. Where the index file led astray, the journal itself is read. */
  #take(
    key: Uint8Array,
    read: (bytes: Uint8Array, start: number, end: number) => Uint8Array | RecordFault,
  ): Uint8Array | undefined {
    for (;;) {
      const position = this.#index.find(key);
      if (position < 0) return undefined;
      const offset = this.#index.offset(position) - ADDRESS_BEFORE_PAYLOAD;
      const end = offset + ADDRESS_BEFORE_PAYLOAD + this.#index.length(position);
      let fault = 'it does not stand where it was written';
      if (offset >= 0 && end <= this.#end) {
        const buffer = this.#reader.fetch(offset, end - offset);
        const at = this.#reader.at(offset);
        if (sameAddress(buffer, at, key)) {
          const found = read(buffer, at + ADDRESS_BEFORE_PAYLOAD, at + end - offset);
          if (typeof found !== 'string') return found;
          fault = found;
        }
      }
      if (!this.#usedIndexFile) throw new CorruptChunkError(this.path, addressAt(key, 0), fault);
      this.#load(false);
    }
  }

  #cutBack(start: number, cause: unknown): void {
    this.#reader.forget();
    try {
      this.#file.truncate('journal:cut-back', start);
      this.#file.sync('journal:sync-cut-back');
    } catch (error) {
      this.#broken = new DoltError(
        'unknown',
        `${this.path}: a commit failed and could not be undone; whether it stands will show when the repository is opened again`,
        { cause: error },
      );
      this.#broken.cause ??= cause;
      throw this.#broken;
    }
  }

  #extendIndexFile(root: Address): void {
    const rootOffset = this.#end - ROOT_RECORD_BYTES;
    const believed = this.#index.batchedBytes;
    const bytes = this.#index.endBatch(this.#covered, rootOffset, root);
    try {
      const file = this.#disk.openWrite('journal:open-index', `${this.#directory}/${JOURNAL_INDEX_NAME}`);
      try {
        if (file.size() > believed) file.truncate('journal:cut-index', believed);
        file.write('journal:write-index', bytes, believed);
      } finally {
        file.close();
      }
      this.#covered = rootOffset;
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      // Batches must be contiguous: begin the file anew with the next writer.
      this.#covered = Number.POSITIVE_INFINITY;
      this.#logger.warn(`${this.path}: its index could not be written: ${error.message}`);
    }
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

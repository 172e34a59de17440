/**
 * The chunk store of a folder in the original's format (FORMAT.md §2): a manifest that names table files, archives and,
 * in a repository, the chunk journal; beside them `oldgen/`, which holds what garbage collection has moved out of the
 * way. A repository and a `file://` remote are the same code with one difference:
 *
 *                    repository (`journal: true`)             remote (`journal: false`)
 *   lock             from the first write until `close`       for each update of the manifest only
 *   small commit     appended to the journal, one sync        a table file, then the manifest
 *                    (one for several, where they wait)
 *   large commit     a table file, then root in the journal   the same as a small one
 *
 * Reading takes no lock and writes nothing. Files are opened when the manifest is read and stay open, so that a reader
 * keeps its state while another process conjoins or collects garbage. The journal rolls over into a table file beyond a
 * size; so opening costs the same however much was ever committed. What a crash may leave behind are files that no
 * manifest names; garbage collection removes them.
 */
import { type Address, EMPTY_ADDRESS, JOURNAL_ADDRESS, parseAddress, writeAddress } from '../base/address.ts';
import { type Disk, DiskError, type DiskLock } from '../base/disk.ts';
import { type Logger, silentLogger } from '../base/environment.ts';
import { assert, DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { ARCHIVE_SUFFIX } from './archive-file.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { ChunkFile, ChunkFileKind } from './chunk-file.ts';
import type { ChunkStore } from './chunk-store.ts';
import { type Conjoinable, chooseConjoin, conjoinFiles } from './conjoin.ts';
import { emptiedJournal, isEmptied, Journal, MAX_JOURNAL_RECORD } from './journal.ts';
import {
  EMPTY_MANIFEST,
  type FileSpec,
  formatManifest,
  type Manifest,
  manifestLock,
  namesJournal,
  type PreparedManifest,
  placeManifest,
  prepareManifest,
  readManifest,
  readManifestText,
  writeManifest,
} from './manifest.ts';
import { closeNew, fileNotThere, openChunkFile } from './open-chunk-file.ts';
import { PendingChunks } from './pending-chunks.ts';
import type { ScanMemory } from './scan-memory.ts';
import { lockStore } from './store-lock.ts';
import { TableFileWriter, type WrittenTable } from './table-file-writer.ts';

export interface NbsOptions {
  /** True for the store of a repository, false for a `file://` remote. */
  readonly journal: boolean;
  readonly readOnly?: boolean;
  /** Bytes of decoded chunks kept; 4 MiB unless told. */
  readonly cacheBytes?: number;
  /** Buffered bytes beyond which chunks are streamed into a table file; 4 MiB unless told. */
  readonly spillBytes?: number;
  /** Number of files at which a commit conjoins; 24 unless told. */
  readonly conjoinAt?: number;
  /** Size beyond which the journal becomes a table file; 8 MiB unless told: it bounds what opening reads. */
  readonly journalRollBytes?: number;
  readonly logger?: Logger;
  /** Seconds since 1970, for the journal's root records; 0 where no clock is given. */
  readonly now?: () => number;
}

export interface StoreFile {
  readonly name: Address;
  readonly kind: ChunkFileKind;
  readonly path: string;
  readonly chunkCount: number;
  readonly byteSize: number;
  readonly generation: 'new' | 'old';
}

export interface GarbageProgress {
  readonly chunks: number;
}

export interface GarbageResult {
  readonly chunksKept: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const MEBIBYTE = 1 << 20;
const LOAD_ATTEMPTS = 16;
const TEMPORARY = /^nbs_(manifest|table)_/;

export class NbsStore implements ChunkStore {
  readonly directory: string;
  readonly #disk: Disk;
  readonly #options: NbsOptions;
  readonly #logger: Logger;
  readonly #cache: ChunkCache;
  readonly #key = new Uint8Array(20);
  #manifest: Manifest = EMPTY_MANIFEST;
  #manifestText = '';
  #root: Address = EMPTY_ADDRESS;
  #files: readonly Conjoinable[] = [];
  #journal: Journal | undefined;
  #oldGeneration: NbsStore | undefined;
  #lock: DiskLock | undefined;
  readonly #pending = new PendingChunks();
  #spill: TableFileWriter | undefined;
  /** Files that are complete and not yet named by the manifest. */
  #unpublished: Conjoinable[] = [];
  /** The collection that the buffered chunks were made under: what they point to is only known to stand in it. */
  #pendingGeneration: Address = EMPTY_ADDRESS;
  #broken: DoltError | undefined;

  private constructor(disk: Disk, directory: string, options: NbsOptions) {
    this.#disk = disk;
    this.directory = directory;
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#cache = new ChunkCache(options.cacheBytes ?? 4 * MEBIBYTE);
  }

  /**
   * Opens the store of a folder; a folder that is not there, or empty, is an empty store, made with the first commit.
   * Throws `corrupt` or `unsupported`.
   */
  static open(disk: Disk, directory: string, options: NbsOptions): NbsStore {
    const store = new NbsStore(disk, directory, options);
    store.#load();
    return store;
  }

  root(): Address {
    return this.#root;
  }

  /** The gc generation of the manifest: changes with every garbage collection. */
  gcGeneration(): Address {
    return this.#manifest.gcGeneration;
  }

  /**
   * Gives an empty folder a manifest, so that files without one can only be damage. For stores without journal, before
   * their first file.
   */
  ensureManifest(): void {
    if (this.#manifestText !== '') return;
    this.#underLock(() => {
      if (readManifest(this.#disk, this.directory).text === '') this.#publish(EMPTY_MANIFEST);
    });
    this.#load();
  }

  /** The manifest's text as last read: equal texts, equal content (but for a journal). */
  manifestText(): string {
    return this.#manifestText;
  }

  has(address: Address): boolean {
    if (this.#pending.has(address) || this.#cache.has(address) || this.#spill?.has(address)) return true;
    return this.#find(this.#keyOf(address)) !== undefined;
  }

  /** `has` of the address whose 20 bytes stand at `at`, among what is stored. */
  hasStored(bytes: Uint8Array, at: number): boolean {
    for (let k = 0; k < 20; k++) this.#key[k] = bytes[at + k]!;
    return this.#find(this.#key) !== undefined;
  }

  get(address: Address, keep = true, memory?: ScanMemory): Uint8Array | undefined {
    const cached = this.#pending.get(address) ?? this.#cache.get(address);
    if (cached) return cached;
    const chunk = this.#spill?.get(address) ?? this.#getStored(this.#keyOf(address), memory);
    if (chunk && keep) this.#cache.set(address, chunk);
    return chunk;
  }

  /** The chunk's stored form, a snappy record with its checksum, for copying it without decoding. */
  getRecord(address: Address): Uint8Array | undefined {
    return (
      this.#pending.getRecord(address) ?? this.#spill?.getRecord(address) ?? this.#getStoredRecord(this.#keyOf(address))
    );
  }

  put(address: Address, bytes: Uint8Array): void {
    assert(bytes.length > 0, 'a chunk has bytes');
    if (this.#isBuffered(address)) return;
    this.#pending.put(address, bytes);
    this.#spillBeyondLimit();
  }

  /** Buffers a chunk in its stored form, which the caller has checked. */
  putRecord(address: Address, record: Uint8Array): void {
    if (this.#isBuffered(address)) return;
    this.#pending.putRecord(address, record);
    this.#spillBeyondLimit();
  }

  /**
   * Swaps the root from `last` to `next` together with everything buffered; false when the root is not `last` (any
   * more): it is then the present one. Throws `unavailable` when another process holds the lock, `conflict` when
   * garbage was collected since the chunks were buffered, `unknown` when it cannot tell whether the root was swapped.
   */
  commit(next: Address, last: Address): boolean {
    if (this.#broken) throw this.#broken;
    this.#writable();
    return this.#options.journal ? this.#commitLocal(next, last, 'append') : this.#commitRemote(next, last);
  }

  /**
   * Like `commit`, but what was swapped is only durable when `durable` says so; all that read this store see it at once. For
   * stores with a journal.
   */
  commitLater(next: Address, last: Address): boolean {
    if (this.#broken) throw this.#broken;
    this.#writable();
    return this.#commitLocal(next, last, 'appendLater');
  }

  /**
   * Comes when all that was committed so far is durable. Rejects when it never will be: it was taken back then, with kind
   * `unknown` where that is not certain, and the store takes no more commits.
   */
  async durable(): Promise<void> {
    if (this.#broken) throw this.#broken;
    try {
      await this.#journal?.durable();
    } finally {
      this.#noteBroken();
    }
  }

  /** The same, now. */
  makeDurable(): void {
    if (this.#broken) throw this.#broken;
    this.#flushJournal();
  }

  /**
   * Like `commit` for complete files of this folder that the manifest does not name yet, instead of buffered chunks.
   * `generation` is the gc generation under which their chunks were found to be enough. `prepared` is taken where it still
   * fits, and is synced. For stores without journal.
   */
  commitFiles(
    next: Address,
    last: Address,
    specs: readonly FileSpec[],
    generation: Address,
    prepared?: PreparedManifest,
  ): boolean {
    this.#writable();
    assert(!this.#options.journal && !this.#hasBuffered(), 'files are committed by themselves');
    this.#addFiles(specs);
    this.#pendingGeneration = generation;
    try {
      return this.#commitRemote(next, last, prepared);
    } finally {
      for (const file of this.#unpublished) file.close();
      this.#unpublished = [];
    }
  }

  /** The manifest of a `commitFiles` to come, as far as can be told without the lock; undefined when the root is not `last`. */
  prepareFiles(next: Address, last: Address, specs: readonly FileSpec[]): PreparedManifest | undefined {
    this.#writable();
    const { manifest } = readManifest(this.#disk, this.directory);
    if (manifest.root !== last) return undefined;
    const files = [...manifest.files, ...specs.filter(({ name }) => !namesFile(manifest, name))];
    return prepareManifest(this.#disk, this.directory, randomName(), {
      ...{ root: next, files, gcGeneration: manifest.gcGeneration },
      lock: manifestLock(next, files),
    });
  }

  /** Writes a table file in this folder that nothing names: for `addFiles`. */
  tableWriter(): TableFileWriter {
    this.#writable();
    this.#disk.makeDirectory('store:make', this.directory);
    return new TableFileWriter(this.#disk, this.directory, randomName());
  }

  /** Takes in complete files of this folder; readable at once, named by the manifest with the next commit. */
  addFiles(specs: readonly FileSpec[]): void {
    this.#writable();
    if (!this.#hasBuffered()) this.#pendingGeneration = this.#manifest.gcGeneration;
    this.#addFiles(specs);
  }

  /** What `addFiles` has taken in and no manifest names yet. */
  addedFiles(): readonly ChunkFile[] {
    return this.#unpublished;
  }

  rebase(): void {
    // The lock keeps a journaling store from changing under its holder.
    if (this.#lock) return;
    const text = readManifestText(this.#disk, this.directory) ?? '';
    if (text !== this.#manifestText || (!this.#journal && this.#options.journal)) this.#load();
    else if (this.#journal) {
      this.#journal.refresh();
      this.#root = this.#journal.root() ?? this.#manifest.root;
    }
  }

  /** Takes the lock of a journaling store now. Throws `unavailable` and names the holder, where known. */
  lock(): void {
    this.#writable();
    if (this.#lock || !this.#options.journal) return;
    const lock = lockStore(this.#disk, this.directory);
    try {
      this.#load(true);
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#lock = lock;
  }

  close(): void {
    try {
      this.#spill?.abandon();
    } catch (error) {
      // The temporary file stays, and is ignored.
      if (!(error instanceof DoltError)) throw error;
    }
    this.#spill = undefined;
    this.#pending.clear();
    for (const file of [...this.#files, ...this.#unpublished]) file.close();
    this.#files = [];
    this.#unpublished = [];
    try {
      if (!this.#broken) this.#flushJournal();
    } catch (error) {
      // Whoever waits for it is told.
      if (!(error instanceof DoltError)) throw error;
    }
    this.#journal?.confirm();
    this.#journal?.close();
    this.#journal = undefined;
    this.#oldGeneration?.close();
    this.#oldGeneration = undefined;
    this.#lock?.release();
    this.#lock = undefined;
    this.#cache.clear();
    this.#broken = new DoltError('invalid', `${this.directory}: the store is closed`);
  }

  /** The files of both generations. */
  files(): readonly StoreFile[] {
    const described = (file: ChunkFile): StoreFile => ({
      name: file.name,
      kind: file.kind,
      path: file.path,
      chunkCount: file.chunkCount(),
      byteSize: file.byteSize(),
      generation: 'new',
    });
    const own = this.#sources().map(described);
    const old = this.#oldGeneration?.files().map((file): StoreFile => ({ ...file, generation: 'old' }));
    return old ? [...own, ...old] : own;
  }

  /** Every stored address, files in the order of the manifest; a chunk stored twice is named twice. */
  *addresses(): Generator<Address, void> {
    for (const file of this.#sources()) yield* file.addresses();
    if (this.#oldGeneration) yield* this.#oldGeneration.addresses();
  }

  /** Makes one file of the smallest when there are at least `limit`; false when there was nothing to do. */
  conjoin(limit = 2): boolean {
    if (this.#options.journal) this.lock();
    this.#writable();
    const chosen = new Set(chooseConjoin(this.#tableSpecs(), limit).map(({ name }) => name));
    const sources = this.#files.filter(({ name }) => chosen.has(name));
    if (sources.length < 2) return false;
    const written = conjoinFiles(this.#disk, this.directory, randomName(), sources);
    const published = this.#underLock(() => {
      const { manifest } = readManifest(this.#disk, this.directory);
      const names = new Set(manifest.files.map(({ name }) => name));
      // Another process was faster, or collected garbage. Of the same files it made this very file, which then stays.
      if (sources.some(({ name }) => !names.has(name))) {
        if (!names.has(written.name)) this.#disk.remove('conjoin:abandon', written.path);
        return false;
      }
      const files = [...manifest.files.filter(({ name }) => !chosen.has(name)), specOf(written)];
      this.#publish({ ...manifest, files, lock: manifestLock(manifest.root, files) });
      return true;
    });
    if (!published) {
      this.#load(this.#lock !== undefined);
      return false;
    }
    const paths = sources.filter(({ name }) => name !== written.name).map(({ path }) => path);
    this.#load(this.#lock !== undefined);
    for (const path of paths) this.#disk.remove('conjoin:remove-source', path);
    return true;
  }

  /**
   * Removes files that no manifest names and that were written before `beforeMs`: what killed pushes have left. Which files
   * are named is read under the lock of the swap that would name them. For stores without journal.
   */
  removeAbandoned(beforeMs: number): void {
    assert(!this.#options.journal, 'a repository collects garbage');
    this.#writable();
    const isOld = (path: string): boolean => (this.#disk.stat(path)?.modifiedMs ?? beforeMs) < beforeMs;
    if (!this.#unnamed(this.#manifest).some(isOld)) return;
    this.#underLock(() => {
      const { manifest } = readManifest(this.#disk, this.directory);
      for (const path of this.#unnamed(manifest).filter(isOld)) this.#disk.remove('tidy:remove', path);
    });
  }

  /**
   * Keeps exactly the chunks of `old`, which move to oldgen, and of `young`; both are written in the order in which they
   * come, which becomes the order of reading. Yields now and then, so that the caller can stay responsive. Throws
   * `invalid` while chunks are buffered: what they point to might be collected.
   */
  *collectGarbage(old: Iterable<Address>, young: Iterable<Address>): Generator<GarbageProgress, GarbageResult> {
    assert(this.#options.journal, 'garbage is collected in repositories');
    this.lock();
    if (this.#pending.size > 0 || this.#spill) {
      throw new DoltError('invalid', 'garbage cannot be collected while changes are not committed');
    }
    const bytesBefore = this.#totalBytes();
    const oldDirectory = `${this.directory}/oldgen`;
    this.#disk.makeDirectory('gc:make-oldgen', oldDirectory);
    this.#oldGeneration ??= NbsStore.open(this.#disk, oldDirectory, { ...this.#options, journal: false });
    this.#oldGeneration.ensureManifest();
    let chunks = 0;
    const copy = function* (this: NbsStore, directory: string, addresses: Iterable<Address>) {
      const writer = new TableFileWriter(this.#disk, directory, randomName());
      try {
        for (const address of addresses) {
          if (writer.has(address) || this.#oldGeneration!.has(address)) continue;
          const record = this.getRecord(address);
          if (!record)
            throw new DoltError('corrupt', `${this.directory}: chunk ${address} is missing; run "dolt fsck"`);
          writer.addRecord(address, record);
          if (++chunks % 1024 === 0) yield { chunks };
        }
        if (writer.chunkCount > 0) return writer.finish();
        writer.abandon();
        return undefined;
      } catch (error) {
        writer.abandon();
        throw error;
      }
    }.bind(this);
    const oldTable = yield* copy(oldDirectory, old);
    if (oldTable) this.#oldGeneration.#addTable(oldTable);
    const youngTable = yield* copy(this.directory, young);
    this.#flushJournal();
    const files = youngTable ? [specOf(youngTable)] : [];
    const lock = manifestLock(this.#root, files);
    this.#publish({ root: this.#root, files, lock, gcGeneration: lock });
    const journal = this.#journal;
    // From here on the collection stands; what is left over is removed by the next one.
    this.#maintain(() => {
      this.#load(true);
      this.#journal?.close();
      this.#journal = undefined;
      journal?.remove();
      this.#removeUnnamed();
      this.#oldGeneration!.conjoin(this.#options.conjoinAt ?? 24);
    });
    this.#cache.clear();
    return { chunksKept: chunks, bytesBefore, bytesAfter: this.#totalBytes() };
  }

  // --- reading

  #keyOf(address: Address): Uint8Array {
    writeAddress(address, this.#key, 0);
    return this.#key;
  }

  #find(key: Uint8Array): ChunkFile | undefined {
    if (this.#journal?.has(key)) return this.#journal;
    for (const file of this.#files) if (file.has(key)) return file;
    for (const file of this.#unpublished) if (file.has(key)) return file;
    return this.#oldGeneration ? this.#oldGeneration.#find(key) : undefined;
  }

  #getStored(key: Uint8Array, memory: ScanMemory | undefined): Uint8Array | undefined {
    const found = this.#journal?.get(key);
    if (found) return found;
    for (const file of this.#files) {
      const chunk = file.get(key, memory);
      if (chunk) return chunk;
    }
    for (const file of this.#unpublished) {
      const chunk = file.get(key, memory);
      if (chunk) return chunk;
    }
    return this.#oldGeneration ? this.#oldGeneration.#getStored(key, memory) : undefined;
  }

  #getStoredRecord(key: Uint8Array): Uint8Array | undefined {
    return this.#find(key)?.getRecord(key);
  }

  #sources(): readonly ChunkFile[] {
    return this.#journal ? [this.#journal, ...this.#files] : this.#files;
  }

  #totalBytes(): number {
    return this.files().reduce((sum, { byteSize }) => sum + byteSize, 0);
  }

  #tableSpecs(): readonly FileSpec[] {
    return this.#manifest.files.filter(({ name }) => name !== JOURNAL_ADDRESS);
  }

  // --- loading

  /** Reads the manifest and opens what it names, so that all belongs together; again when it changed meanwhile. */
  #load(writable = false): void {
    this.#flushJournal();
    for (let attempt = 1; ; attempt++) {
      const { manifest, text } = readManifest(this.#disk, this.directory);
      if (!this.#options.journal && namesJournal(manifest)) {
        throw new DoltError(
          'invalid',
          `${this.directory} is the store of a repository, not a remote: it has a journal`,
        );
      }
      const opened = this.#openFiles(manifest);
      let journal: Journal | undefined;
      try {
        journal = this.#openJournal(writable);
      } catch (error) {
        closeNew(opened.files, this.#files);
        throw error;
      }
      const settled = (readManifestText(this.#disk, this.directory) ?? '') === text;
      const missing = opened.missing ?? (!journal && namesJournal(manifest) ? JOURNAL_ADDRESS : undefined);
      if (settled && !missing) {
        if (journal && isEmptied(journal, manifest)) {
          closeNew(opened.files, this.#files);
          journal.close();
          throw emptiedJournal(journal);
        }
        const changed = text !== this.#manifestText;
        this.#adopt(manifest, text, opened.files, journal);
        if (changed) this.#openOldGeneration();
        return;
      }
      closeNew(opened.files, this.#files);
      journal?.close();
      if (settled || attempt === LOAD_ATTEMPTS) {
        if (missing) throw fileNotThere(this.directory, missing);
        throw new DoltError('unavailable', `${this.directory}/manifest changes too fast to be read; try again`);
      }
    }
  }

  #openFiles(manifest: Manifest): { files: Conjoinable[]; missing: Address | undefined } {
    const present = new Map(this.#files.map((file) => [file.name, file]));
    for (const file of this.#unpublished) present.set(file.name, file);
    const files: Conjoinable[] = [];
    for (const { name } of manifest.files) {
      if (name === JOURNAL_ADDRESS) continue;
      const file = present.get(name) ?? openChunkFile(this.#disk, this.directory, name);
      if (!file) return { files, missing: name };
      files.push(file);
    }
    return { files, missing: undefined };
  }

  #openJournal(writable: boolean): Journal | undefined {
    if (!this.#options.journal) return undefined;
    const journal = Journal.openRead(this.#disk, this.directory, this.#logger);
    if (journal && journal.tornBytes > 0 && !writable && !this.#isLockedElsewhere()) {
      this.#logger.warn(
        `${journal.path}: its last ${journal.tornBytes} bytes are an incomplete write and left out; the last root is ${journal.root() ?? 'none'}`,
      );
    }
    if (!journal || !writable) return journal;
    journal.close();
    return Journal.openWrite(this.#disk, this.directory, this.#logger);
  }

  /** Is somebody writing, as far as we can tell? */
  #isLockedElsewhere(): boolean {
    try {
      const lock = this.#disk.tryLock(`${this.directory}/LOCK`);
      lock?.release();
      return lock === undefined;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  #adopt(manifest: Manifest, text: string, files: readonly Conjoinable[], journal: Journal | undefined): void {
    const kept = new Set(files);
    for (const file of this.#files) if (!kept.has(file)) file.close();
    this.#unpublished = this.#unpublished.filter((file) => !kept.has(file));
    this.#journal?.close();
    this.#manifest = manifest;
    this.#manifestText = text;
    this.#files = files;
    this.#journal = journal;
    this.#root = journal?.root() ?? manifest.root;
  }

  #openOldGeneration(): void {
    const directory = `${this.directory}/oldgen`;
    if (this.#oldGeneration) this.#oldGeneration.rebase();
    else if (!this.directory.endsWith('/oldgen') && this.#disk.stat(`${directory}/manifest`)) {
      this.#oldGeneration = NbsStore.open(this.#disk, directory, { ...this.#options, journal: false, cacheBytes: 0 });
    }
  }

  // --- writing

  #writable(): void {
    if (this.#options.readOnly) throw new DoltError('denied', `${this.directory} is opened for reading only`);
  }

  /** Whether a chunk waits already; before the first, remembers under which collection they are made. */
  #isBuffered(address: Address): boolean {
    if (!this.#hasBuffered()) this.#pendingGeneration = this.#manifest.gcGeneration;
    return this.#pending.has(address) || this.#spill?.has(address) === true;
  }

  #spillBeyondLimit(): void {
    if (this.#pending.bytes > (this.#options.spillBytes ?? 4 * MEBIBYTE)) this.#spillPending();
  }

  /** Moves the buffered chunks into the table file that is being written. */
  #spillPending(): void {
    this.#writable();
    this.#disk.makeDirectory('store:make', this.directory);
    this.#spill ??= new TableFileWriter(this.#disk, this.directory, randomName());
    this.#pending.moveTo(this.#spill);
  }

  #addFiles(specs: readonly FileSpec[]): void {
    for (const { name } of specs) {
      if ([...this.#files, ...this.#unpublished].some((file) => file.name === name)) continue;
      const file = openChunkFile(this.#disk, this.directory, name);
      if (!file) throw new DoltError('notFound', `${this.directory}: file ${name} is not there`);
      this.#unpublished.push(file);
    }
  }

  /** Completes the table file of the buffered chunks; the next manifest has to name it. */
  #finishSpill(): void {
    if (this.#pending.size > 0) this.#spillPending();
    if (!this.#spill) return;
    try {
      const written = this.#spill.finish();
      this.#spill = undefined;
      const known = [...this.#files, ...this.#unpublished].some(({ name }) => name === written.name);
      const file = known ? undefined : openChunkFile(this.#disk, this.directory, written.name);
      if (file) this.#unpublished.push(file);
    } catch (error) {
      // What a failed sync has lost cannot be written again from memory.
      this.#broken = brokenBy(error, this.directory);
      throw error;
    }
  }

  #commitLocal(next: Address, last: Address, append: 'append' | 'appendLater'): boolean {
    this.lock();
    if (this.#root !== last) return false;
    if (next === last && !this.#hasBuffered()) return true;
    this.#checkGeneration(this.#manifest);
    if (this.#spill || this.#pending.someExceeds(MAX_JOURNAL_RECORD)) this.#finishSpill();
    if (this.#unpublished.length > 0 || !this.#journal || !namesJournal(this.#manifest)) this.#prepareManifest();
    const journal = this.#journal!;
    const seconds = this.#options.now?.() ?? 0;
    try {
      journal[append](this.#pending.records(), next, seconds);
    } finally {
      this.#noteBroken();
    }
    this.#root = next;
    this.#keepCommitted();
    this.#maintain(() => {
      if (journal.byteSize() > (this.#options.journalRollBytes ?? 8 * MEBIBYTE)) this.#rollJournal();
      this.conjoin(this.#options.conjoinAt ?? 24);
    });
    return true;
  }

  /** The manifest must name no root that is not durable, and the journal's file hold all when it is read again. */
  #flushJournal(): void {
    if (this.#lock === undefined) return;
    try {
      this.#journal?.flush();
    } finally {
      this.#noteBroken();
    }
  }

  /** After a commit that was seen was taken back. */
  #noteBroken(): void {
    const broken = this.#journal?.broken;
    if (broken === undefined) return;
    this.#broken ??= broken;
    this.#root = this.#journal?.root() ?? this.#manifest.root;
  }

  /** Makes sure that there is a journal and that the manifest names it and every finished file; the root stays. */
  #prepareManifest(): void {
    this.#flushJournal();
    this.#disk.makeDirectory('store:make', this.directory);
    if (!this.#journal) {
      const seconds = this.#options.now?.() ?? 0;
      this.#journal = Journal.create(this.#disk, this.directory, this.#root, seconds, this.#logger);
    }
    const files: FileSpec[] = [
      { name: JOURNAL_ADDRESS, chunkCount: this.#journal.chunkCount() },
      ...this.#tableSpecs(),
      ...this.#unpublished.map(specOfFile),
    ];
    const { gcGeneration } = this.#manifest;
    this.#publish({ root: this.#root, files, gcGeneration, lock: manifestLock(this.#root, files) });
    this.#files = [...this.#files, ...this.#unpublished];
    this.#unpublished = [];
  }

  #commitRemote(next: Address, last: Address, prepared?: PreparedManifest): boolean {
    this.#disk.makeDirectory('store:make', this.directory);
    this.#finishSpill();
    const swapped = this.#underLock(() => {
      const { manifest } = readManifest(this.#disk, this.directory);
      if (manifest.root !== last) return false;
      this.#checkGeneration(manifest);
      const added = this.#unpublished.filter(({ name }) => !namesFile(manifest, name));
      if (next === manifest.root && added.length === 0) return true;
      // Taken for abandoned, by a process whose clock says so, while this one was asleep.
      const gone = added.find(({ path }) => this.#disk.stat(path) === undefined);
      if (gone) throw new DoltError('notFound', `${this.directory}: file ${gone.name} is not there`);
      // Everything that may fail comes before the swap: behind it, the commit stands.
      const { files: present, missing } = this.#openFiles(manifest);
      if (missing) throw fileNotThere(this.directory, missing);
      const files = [...manifest.files, ...added.map(specOfFile)];
      const lock = manifestLock(next, files);
      const swap: Manifest = { root: next, files, gcGeneration: manifest.gcGeneration, lock };
      try {
        this.#publish(swap, prepared);
      } catch (error) {
        if (!this.#isPublished(lock)) throw error;
        throw new DoltError('unknown', `${this.directory}: whether the update stands is not known`, { cause: error });
      }
      this.#adopt(swap, this.#manifestText, [...present, ...added], undefined);
      return true;
    });
    if (!swapped) this.#load();
    else this.#maintain(() => this.conjoin(this.#options.conjoinAt ?? 24));
    return swapped;
  }

  #isPublished(lock: Address): boolean {
    try {
      return readManifest(this.#disk, this.directory).manifest.lock === lock;
    } catch {
      return true;
    }
  }

  /** Names a complete table file; for a store without journal whose root does not change. */
  #addTable(written: WrittenTable): void {
    this.#underLock(() => {
      const { manifest } = readManifest(this.#disk, this.directory);
      if (namesFile(manifest, written.name)) return;
      const files = [...manifest.files, specOf(written)];
      this.#publish({ ...manifest, files, lock: manifestLock(manifest.root, files) });
    });
    this.#load();
  }

  #hasBuffered(): boolean {
    return this.#pending.size > 0 || this.#spill !== undefined || this.#unpublished.length > 0;
  }

  #checkGeneration(manifest: Manifest): void {
    if (!this.#hasBuffered() || manifest.gcGeneration === this.#pendingGeneration) return;
    throw new DoltError('conflict', `${this.directory}: garbage was collected meanwhile; start the transaction again`);
  }

  /** The caller holds the lock. */
  #publish(manifest: Manifest, prepared?: PreparedManifest): void {
    if (prepared?.text === formatManifest(manifest)) placeManifest(this.#disk, this.directory, prepared.path);
    else writeManifest(this.#disk, this.directory, randomName(), manifest);
    this.#manifest = manifest;
    this.#manifestText = formatManifest(manifest);
  }

  #keepCommitted(): void {
    for (const [address, chunk] of this.#pending.decoded()) this.#cache.set(address, chunk);
    this.#pending.clear();
  }

  /** Work that a commit does besides; its failure does not undo the commit. */
  #maintain(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#logger.warn(`${this.directory}: could not be tidied: ${error.message}`);
      if (this.#broken) return;
      try {
        this.#load(this.#lock !== undefined);
      } catch (again) {
        this.#broken = brokenBy(again, this.directory);
      }
    }
  }

  /** Turns the journal into a table file; the next commit begins a new one. */
  #rollJournal(): void {
    this.#flushJournal();
    const journal = this.#journal!;
    const writer = new TableFileWriter(this.#disk, this.directory, randomName());
    let written: WrittenTable;
    try {
      for (const address of journal.addresses()) {
        if (!writer.has(address)) writer.addRecord(address, journal.getRecord(this.#keyOf(address))!);
      }
      if (writer.chunkCount === 0) {
        writer.abandon();
        return;
      }
      written = writer.finish();
    } catch (error) {
      writer.abandon();
      throw error;
    }
    const table = openChunkFile(this.#disk, this.directory, written.name);
    if (!table) throw fileNotThere(this.directory, written.name);
    const files = [...this.#tableSpecs().filter(({ name }) => name !== written.name), specOf(written)];
    const { gcGeneration } = this.#manifest;
    try {
      this.#publish({ root: this.#root, files, gcGeneration, lock: manifestLock(this.#root, files) });
    } catch (error) {
      table.close();
      throw error;
    }
    this.#files = [...this.#files, table];
    this.#journal = undefined;
    journal.remove();
  }

  #removeUnnamed(): void {
    for (const path of this.#unnamed(this.#manifest)) this.#disk.remove('gc:remove', path);
  }

  /** Paths of chunk files, and of files that became none, which `manifest` does not name. */
  #unnamed(manifest: Manifest): readonly string[] {
    const named = new Set(manifest.files.map(({ name }) => name as string));
    const names = (this.#disk.list(this.directory) ?? []).filter((name) => {
      const bare = name.endsWith(ARCHIVE_SUFFIX) ? name.slice(0, -ARCHIVE_SUFFIX.length) : name;
      const ours = TEMPORARY.test(name) || (parseAddress(bare) !== undefined && bare !== JOURNAL_ADDRESS);
      return ours && !named.has(bare);
    });
    return names.map((name) => `${this.directory}/${name}`);
  }

  #underLock<T>(work: () => T): T {
    if (this.#lock) return work();
    const lock = lockStore(this.#disk, this.directory);
    try {
      return work();
    } finally {
      lock.release();
    }
  }
}

function namesFile({ files }: Manifest, name: Address): boolean {
  return files.some((spec) => spec.name === name);
}

function specOf({ name, chunkCount }: WrittenTable): FileSpec {
  return { name, chunkCount };
}

function specOfFile(file: Conjoinable): FileSpec {
  return { name: file.name, chunkCount: file.chunkCount() };
}

function brokenBy(error: unknown, directory: string): DoltError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DoltError('unavailable', `${directory}: an earlier write failed (${reason}); open the repository again`, {
    cause: error,
  });
}

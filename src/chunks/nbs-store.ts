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
 * Reading takes no lock and writes nothing (store-files.ts). The journal rolls over into a table file beyond a size; so
 * opening costs the same however much was ever committed. A process that stays for long may let it grow meanwhile: most of
 * what many small commits leave behind is garbage, and collected before it is worth a copy. What a crash may leave behind
 * are files that no manifest names; garbage collection removes them.
 */
import { type Address, EMPTY_ADDRESS, parseAddress, writeAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { type Logger, silentLogger } from '../base/environment.ts';
import { assert, DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { ARCHIVE_SUFFIX } from './archive-file.ts';
import { BufferedChunks } from './buffered-chunks.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { ChunkFile, StoredPlace } from './chunk-file.ts';
import type { ChunkStore } from './chunk-store.ts';
import { type CollectedStore, Collection, type OldGeneration } from './collect-garbage.ts';
import { chooseConjoin, conjoinFiles } from './conjoin.ts';
import { readGhosts, writeGhosts } from './ghosts.ts';
import { type Journal, MAX_JOURNAL_RECORD } from './journal.ts';
import { enterJournal, rollJournal } from './journal-in-manifest.ts';
import { type FileSpec, manifestLock, namesJournal, type PreparedManifest } from './manifest.ts';
import { assertGeneration, ManifestUpdates } from './manifest-updates.ts';
import type { ScanMemory } from './scan-memory.ts';
import { type StoreFile, StoreFiles } from './store-files.ts';
import { StoreLock } from './store-lock.ts';
import { TableFileWriter, type WrittenTable } from './table-file-writer.ts';
import { unnamedFiles } from './unnamed-files.ts';

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
  /** The same until its writer closes the store; `journalRollBytes` unless told. */
  readonly journalGrowthBytes?: number;
  /** The longest wait for the lock, during which nothing else runs; as long as the disk does unless told. */
  readonly lockWaitMs?: number;
  readonly logger?: Logger;
  /** Seconds since 1970, for the journal's root records; 0 where no clock is given. */
  readonly now?: () => number;
}

const MEBIBYTE = 1 << 20;

export class NbsStore implements ChunkStore {
  readonly directory: string;
  readonly #disk: Disk;
  readonly #options: NbsOptions;
  readonly #logger: Logger;
  readonly #cache: ChunkCache;
  /** The collection that the cached chunks stand in. */
  #cachedGeneration: Address = EMPTY_ADDRESS;
  readonly #key = new Uint8Array(20);
  readonly #files: StoreFiles;
  readonly #lock: StoreLock;
  readonly #updates: ManifestUpdates;
  readonly #buffered: BufferedChunks;
  #ghosts: ReadonlySet<Address>;
  #broken: DoltError | undefined;
  #collection: Collection | undefined;

  private constructor(disk: Disk, directory: string, options: NbsOptions) {
    this.#disk = disk;
    this.directory = directory;
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#cache = new ChunkCache(options.cacheBytes ?? 4 * MEBIBYTE);
    this.#files = new StoreFiles(disk, directory, options.journal, this.#logger);
    const spillBytes = options.spillBytes ?? 4 * MEBIBYTE;
    this.#buffered = new BufferedChunks(disk, directory, this.#files, spillBytes, () => this.#writable());
    this.#lock = new StoreLock(disk, directory, options.lockWaitMs);
    this.#updates = new ManifestUpdates(disk, directory, this.#files, this.#lock);
    this.#ghosts = readGhosts(disk, directory);
  }

  /**
   * Opens the store of a folder; a folder that is not there, or empty, is an empty store, made with the first commit.
   * Throws `corrupt` or `unsupported`.
   */
  static open(disk: Disk, directory: string, options: NbsOptions): NbsStore {
    const store = new NbsStore(disk, directory, options);
    store.#files.load();
    return store;
  }

  root(): Address {
    return this.#files.root;
  }

  /** The gc generation of the manifest: changes with every garbage collection. */
  gcGeneration(): Address {
    return this.#files.manifest.gcGeneration;
  }

  /**
   * Gives an empty folder a manifest, so that files without one can only be damage. For stores without journal, before
   * their first file.
   */
  ensureManifest(): void {
    this.#updates.begin();
  }

  /** The manifest's text as last read: equal texts, equal content (but for a journal). */
  manifestText(): string {
    return this.#files.manifestText;
  }

  has(address: Address): boolean {
    const isThere =
      this.#cache.has(address) || this.#buffered.has(address) || this.#files.find(this.#keyOf(address)) !== undefined;
    if (isThere) this.#collection?.note(address);
    return isThere;
  }

  isGhost(address: Address): boolean {
    return this.#ghosts.has(address) && !this.has(address);
  }

  /** Whether chunks are missing that were left out on purpose: they may have come since. */
  get isShallow(): boolean {
    for (const address of this.#ghosts) if (!this.has(address)) return true;
    return false;
  }

  /** Leaves these chunks, and no others, out on purpose, whatever refers to them. */
  leaveOut(ghosts: ReadonlySet<Address>): void {
    this.#writable();
    writeGhosts(this.#disk, this.directory, ghosts);
    this.#ghosts = ghosts;
  }

  /** Ghosts whose chunks have come are none any more. What was stored until now has to be durable. */
  forgetArrivedGhosts(): void {
    const left = new Set([...this.#ghosts].filter((address) => !this.has(address)));
    if (left.size < this.#ghosts.size) this.leaveOut(left);
  }

  /** `has` of the address whose 20 bytes stand at `at`, among what is stored. */
  hasStored(bytes: Uint8Array, at: number): boolean {
    for (let k = 0; k < 20; k++) this.#key[k] = bytes[at + k]!;
    return this.#files.find(this.#key) !== undefined;
  }

  get(address: Address, keep = true, memory?: ScanMemory): Uint8Array | undefined {
    const cached = this.#buffered.waiting.get(address) ?? this.#cache.get(address);
    if (cached) return cached;
    const chunk = this.#buffered.getSpilled(address) ?? this.#files.get(this.#keyOf(address), memory);
    if (chunk && keep) this.#cache.set(address, chunk);
    return chunk;
  }

  /** The chunk's stored form, a snappy record with its checksum, for copying it without decoding. */
  getRecord(address: Address): Uint8Array | undefined {
    return this.#buffered.getRecord(address) ?? this.#files.find(this.#keyOf(address))?.getRecord(this.#key);
  }

  /** The file that holds a stored chunk, and where; undefined also of what is only buffered. */
  locate(address: Address): { readonly file: ChunkFile; readonly place: StoredPlace } | undefined {
    const key = this.#keyOf(address);
    const file = this.#files.find(key);
    const place = file?.place(key);
    return place && { file: file!, place };
  }

  put(address: Address, bytes: Uint8Array): void {
    assert(bytes.length > 0, 'a chunk has bytes');
    if (this.#isBuffered(address)) return;
    this.#buffered.put(address, bytes);
  }

  /** Buffers a chunk in its stored form, which the caller has checked. */
  putRecord(address: Address, record: Uint8Array): void {
    if (this.#isBuffered(address)) return;
    this.#buffered.putRecord(address, record);
  }

  /**
   * Swaps the root from `last` to `next` together with everything buffered; false when the root is not `last` (any
   * more): it is then the present one. Throws `unavailable` when another process holds the lock, `conflict` when
   * garbage was collected since the chunks were buffered, `unknown` when it cannot tell whether the root was swapped.
   */
  commit(next: Address, last: Address): boolean {
    if (this.#broken) throw this.#broken;
    this.#writable();
    return this.#options.journal
      ? this.#commitLocal(next, last, 'append')
      : this.#commitRemote(next, last, this.#buffered.generation);
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

  /** Like `commitLater`, but no sync begins: durable with the next commit, or when somebody asks for it. It is safe elsewhere. */
  commitAlong(next: Address, last: Address): boolean {
    if (this.#broken) throw this.#broken;
    this.#writable();
    return this.#commitLocal(next, last, 'appendAlong');
  }

  /**
   * Comes when all that was committed so far is durable. Rejects when it never will be: it was taken back then, with kind
   * `unknown` where that is not certain, and the store takes no more commits.
   */
  async durable(): Promise<void> {
    if (this.#broken) throw this.#broken;
    await this.#files.journal?.durable();
  }

  /** The same, now. */
  makeDurable(): void {
    if (this.#broken) throw this.#broken;
    this.#files.journal?.flush();
  }

  /** Bytes of chunks that wait for a commit, in memory. */
  get bufferedBytes(): number {
    return this.#buffered.waiting.bytes;
  }

  /** The roots that the journal has, the oldest first (`Journal.roots`); none where there is no journal. */
  pastRoots(): ReturnType<Journal['roots']> {
    return this.#files.journal?.roots() ?? [];
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
    assert(!this.#options.journal && this.#buffered.isEmpty, 'files are committed by themselves');
    this.#files.addUnpublished(specs.map(({ name }) => name));
    try {
      return this.#commitRemote(next, last, generation, prepared);
    } finally {
      this.#files.closeUnpublished();
    }
  }

  /** The manifest of a `commitFiles` to come, as far as can be told without the lock; undefined when the root is not `last`. */
  prepareFiles(next: Address, last: Address, specs: readonly FileSpec[]): PreparedManifest | undefined {
    this.#writable();
    return this.#updates.prepareSwap(next, last, specs);
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
    this.#buffered.begin();
    const before = new Set(this.#files.unpublished);
    this.#files.addUnpublished(specs.map(({ name }) => name));
    if (!this.#collection) return;
    for (const file of this.#files.unpublished) {
      if (!before.has(file)) for (const address of file.addresses()) this.#collection.note(address);
    }
  }

  /** What `addFiles` has taken in and no manifest names yet. */
  addedFiles(): readonly ChunkFile[] {
    return this.#files.unpublished;
  }

  rebase(): void {
    // The lock keeps a journaling store from changing under its holder.
    if (this.#lock.isHeld) return;
    this.#files.rebase();
    this.#forgetCollected();
  }

  /** What another process has collected is not here any more, though it was read before. */
  #forgetCollected(): void {
    const generation = this.gcGeneration();
    if (generation !== this.#cachedGeneration) this.#cache.clear();
    this.#cachedGeneration = generation;
  }

  /** This process has the lock of a journaling store. */
  get isLocked(): boolean {
    return this.#lock.isHeld;
  }

  /**
   * Takes the lock of a journaling store now, waiting no longer than `mostMs`; as long as the disk does unless told. Throws
   * `unavailable` and names the holder, where known.
   */
  lock(mostMs?: number): void {
    this.#writable();
    if (this.#options.journal) this.#lock.hold(() => this.#files.load(true), mostMs);
  }

  close(): void {
    try {
      this.#buffered.abandon();
    } catch (error) {
      // The temporary file stays, and is ignored.
      if (!(error instanceof DoltError)) throw error;
    }
    try {
      this.#files.journal?.flush();
      this.#rollAtEnd();
      this.#files.journal?.confirm();
    } catch (error) {
      // Whoever waits for it is told.
      if (!(error instanceof DoltError)) throw error;
    }
    this.#files.close();
    this.#lock.release();
    this.#cache.clear();
    this.#broken = new DoltError('invalid', `${this.directory}: the store is closed`);
  }

  /** The files of both generations. */
  files(): readonly StoreFile[] {
    return this.#files.files();
  }

  /** The same, as they are read. */
  chunkFiles(): readonly ChunkFile[] {
    return this.#files.chunkFiles();
  }

  /** Every stored address, files in the order of the manifest; a chunk stored twice is named twice. */
  addresses(): Generator<Address, void> {
    return this.#files.addresses();
  }

  /** Makes one file of the smallest when there are at least `limit`; false when there was nothing to do. */
  conjoin(limit = 2): boolean {
    const steps = this.conjoinSteps(limit);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /** The same, step by step: the store may be used in between. */
  *conjoinSteps(limit = 2): Generator<void, boolean> {
    if (this.#options.journal) this.lock();
    this.#writable();
    if (this.#files.tables.length < limit) return false;
    const chosen = new Set(chooseConjoin(this.#files.tableSpecs(), limit).map(({ name }) => name));
    const sources = this.#files.tables.filter(({ name }) => chosen.has(name));
    if (sources.length < 2) return false;
    const written = yield* conjoinFiles(this.#disk, this.directory, randomName(), sources);
    if (!this.#updates.conjoin(sources, written)) return false;
    for (const { name, path } of sources) {
      if (name !== written.name) this.#disk.remove('conjoin:remove-source', path);
    }
    return true;
  }

  /**
   * Removes files that no manifest names and that were written before `beforeMs`: what killed pushes have left. Which files
   * are named is read under the lock of the swap that would name them. The sizes of those that went. For stores without journal.
   */
  removeAbandoned(beforeMs: number): readonly number[] {
    assert(!this.#options.journal, 'a repository collects garbage');
    this.#writable();
    return this.#updates.removeAbandoned(beforeMs);
  }

  /**
   * Names `tables` in the place of the files `superseded`, which stay in the folder for whoever still needs them, as old as
   * if they had just been written; and begins another gc generation. False when the manifest is not `text` any more. For
   * stores without journal.
   */
  supersede(text: string, superseded: ReadonlySet<Address>, tables: readonly WrittenTable[]): boolean {
    assert(!this.#options.journal, 'a repository collects garbage');
    this.#writable();
    const published = this.#updates.supersede(text, superseded, tables);
    this.#forgetCollected();
    return published;
  }

  /** Names of complete files of the folder that the manifest, as last read, does not name. */
  unnamedFiles(): readonly Address[] {
    const paths = unnamedFiles(this.#disk, this.directory, this.#files.manifest);
    return paths
      .map((path) => parseAddress(path.slice(this.directory.length + 1).replace(ARCHIVE_SUFFIX, '')))
      .filter((name) => name !== undefined);
  }

  /** The garbage collection that runs. */
  get collection(): Collection | undefined {
    return this.#collection;
  }

  /**
   * Begins a garbage collection, which its caller leads to its end. `now` numbers what runs (repo/activity.ts). Throws
   * `conflict` when one runs.
   */
  beginCollection(now: () => number): Collection {
    assert(this.#options.journal, 'garbage is collected in repositories');
    this.lock();
    if (this.#collection) throw new DoltError('conflict', `${this.directory}: garbage is being collected already`);
    const old = this.#openOld();
    const store: CollectedStore = {
      disk: this.#disk,
      directory: this.directory,
      getRecord: (address) => this.getRecord(address),
      byteSize: () => this.#files.totalBytes(),
      leftOver: () => this.#leftOver(),
      publish: (tables, isKept, leftOver) => this.#publishCollected(tables, isKept, leftOver),
      ended: () => {
        this.#collection = undefined;
      },
    };
    this.#collection = new Collection(store, old, now);
    return this.#collection;
  }

  #openOld(): OldGeneration {
    const directory = `${this.directory}/oldgen`;
    this.#disk.makeDirectory('gc:make-oldgen', directory);
    const store = NbsStore.open(this.#disk, directory, { ...this.#options, journal: false, cacheBytes: 0 });
    try {
      store.ensureManifest();
    } catch (error) {
      store.close();
      throw error;
    }
    return {
      directory,
      has: (address) => store.has(address),
      add: (table) => store.#updates.add(table),
      tidy: () => this.#maintain(() => void store.conjoin(this.#options.conjoinAt ?? 24)),
      close: () => store.close(),
    };
  }

  #leftOver(): readonly string[] {
    const waiting = this.#buffered.paths();
    return unnamedFiles(this.#disk, this.directory, this.#files.manifest).filter((path) => !waiting.has(path));
  }

  #publishCollected(
    tables: readonly WrittenTable[],
    isKept: (address: Address) => boolean,
    leftOver: readonly string[],
  ): void {
    this.#files.journal?.flush();
    const { root } = this.#files;
    const lock = manifestLock(root, tables);
    const before = this.#files.tables.map(({ path }) => path);
    this.#files.publish({ root, files: tables, lock, gcGeneration: lock });
    // From here on the collection stands; what is left over is removed by the next one.
    this.#buffered.collected(isKept, lock);
    this.#cache.clear();
    const kept = new Set(tables.map(({ path }) => path));
    this.#maintain(() => {
      const { journal } = this.#files;
      this.#files.setJournal(undefined);
      journal?.remove();
      this.#files.load(true);
      for (const path of [...before, ...leftOver]) if (!kept.has(path)) this.#disk.remove('gc:remove', path);
    });
  }

  #keyOf(address: Address): Uint8Array {
    writeAddress(address, this.#key, 0);
    return this.#key;
  }

  // --- writing

  #writable(): void {
    if (this.#options.readOnly) throw new DoltError('denied', `${this.directory} is opened for reading only`);
  }

  /** Whether a chunk waits already; before the first, remembers under which collection they are made. */
  #isBuffered(address: Address): boolean {
    this.#buffered.begin();
    this.#collection?.note(address);
    return this.#buffered.has(address);
  }

  /** Completes the table file of the buffered chunks; the next manifest has to name it. */
  #finishBuffered(): void {
    this.#buffered.moveToFile();
    try {
      this.#buffered.finishFile();
    } catch (error) {
      this.#broken = brokenBy(error, this.directory);
      throw error;
    }
  }

  #commitLocal(next: Address, last: Address, append: 'append' | 'appendLater' | 'appendAlong'): boolean {
    this.lock();
    if (this.#files.root !== last) return false;
    if (next === last && this.#buffered.isEmpty) return true;
    assertGeneration(this.directory, this.#files.manifest, this.#buffered.generation);
    if (this.#buffered.needFile(MAX_JOURNAL_RECORD)) this.#finishBuffered();
    const now = this.#options.now ?? (() => 0);
    if (this.#files.unpublished.length > 0 || !this.#files.journal || !namesJournal(this.#files.manifest))
      enterJournal(this.#disk, this.directory, this.#files, now, this.#logger);
    const journal = this.#files.journal!;
    journal[append](this.#buffered.waiting, next, now());
    this.#keepCommitted();
    this.#maintain(() => {
      if (journal.byteSize() > (this.#options.journalGrowthBytes ?? this.#rollBytes))
        rollJournal(this.#disk, this.directory, this.#files, journal);
      this.conjoin(this.#options.conjoinAt ?? 24);
    });
    return true;
  }

  /** `generation`: that in which `next` was made, or it was asked what of it is here; undefined where it counts on nothing. */
  #commitRemote(next: Address, last: Address, generation: Address | undefined, prepared?: PreparedManifest): boolean {
    this.#disk.makeDirectory('store:make', this.directory);
    this.#finishBuffered();
    const swapped = this.#updates.swap(next, last, generation, prepared);
    if (swapped) this.#maintain(() => this.conjoin(this.#options.conjoinAt ?? 24));
    return swapped;
  }

  #keepCommitted(): void {
    const { waiting } = this.#buffered;
    waiting.each((address, chunk) => {
      if (chunk) this.#cache.set(address, chunk);
    });
    waiting.clear();
  }

  /** Work that a commit does besides; its failure does not undo the commit. */
  #maintain(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#logger.warn(`${this.directory}: could not be tidied: ${error.message}`);
      if (this.#files.journal?.broken) return;
      try {
        this.#files.load(this.#lock.isHeld);
      } catch (again) {
        this.#broken = brokenBy(again, this.directory);
      }
    }
  }

  get #rollBytes(): number {
    return this.#options.journalRollBytes ?? 8 * MEBIBYTE;
  }

  /** What a commit would have done; a failure leaves the next writer to do it. */
  #rollAtEnd(): void {
    const { journal } = this.#files;
    if (!this.#lock.isHeld || this.#broken || !journal || journal.byteSize() <= this.#rollBytes) return;
    try {
      rollJournal(this.#disk, this.directory, this.#files, journal);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#logger.warn(`${this.directory}: could not be tidied: ${error.message}`);
    }
  }
}

function brokenBy(error: unknown, directory: string): DoltError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DoltError('unavailable', `${directory}: an earlier write failed (${reason}); open the repository again`, {
    cause: error,
  });
}

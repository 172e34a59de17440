/**
 * A remote in a folder (`file://`): the store of chunks/ without a journal, which the original reads and writes too. The
 * lock is held for each swap only, and waited for; readers take none.
 */
import { type Address, addressOf } from '../base/address.ts';
import { abandonFile, DiskError } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { type FileSpec, missingManifest, type PreparedManifest } from '../chunks/manifest.ts';
import { NbsStore } from '../chunks/nbs-store.ts';
import { hasChunkFiles } from '../chunks/open-chunk-file.ts';
import { TableFileWriter } from '../chunks/table-file-writer.ts';
import type { Environment } from '../repo/repository.ts';
import type { LocalTableFile, RemoteFile, RemoteRoot, RemoteStore, UploadedFile } from './remote-store.ts';

/** How long a swap waits for the lock of somebody else's swap. */
const LOCK_WAIT_MS = 10_000;
/** How long it keeps others of this process waiting for it at a time: about what a swap takes. */
const LOCK_TRY_MS = 10;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
const TIDY_AT = 24;
/** How old a file that nothing names must be to be no part of a push under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Nobody has pushed there yet, it was moved, or its disk is not mounted. */
export class MissingFolderError extends DoltError {
  constructor(url: string, directory: string) {
    super('unavailable', `remote ${url}: there is no folder ${directory}`);
  }
}

export class FileRemote implements RemoteStore {
  readonly url: string;
  readonly #environment: Environment;
  readonly #directory: string;
  #store: NbsStore | undefined;
  /** The gc generation that was in force when it was first asked what is there. */
  #generation: Address | undefined;
  /** Uploaded files that are being synced, or could not be: a swap that names them waits for them. */
  readonly #arriving = new Map<Address, Promise<void>>();

  constructor(environment: Environment, url: string, directory: string) {
    this.#environment = environment;
    this.url = url;
    this.#directory = directory;
  }

  /** Makes the folder of a remote that is pushed to for the first time. */
  create(): void {
    const { disk } = this.#environment;
    disk.makeDirectory('remote:make', this.#directory);
    if (disk.stat(`${this.#directory}/manifest`)) return;
    const store = this.#openStore();
    store.ensureManifest();
    store.close();
  }

  async root(): Promise<RemoteRoot> {
    const store = this.#open();
    store.rebase();
    return { root: store.root(), version: store.manifestText() };
  }

  async settle(): Promise<void> {
    try {
      // Files are synced before the manifest that names them takes its place.
      this.#environment.disk.syncDirectory('remote:settle', this.#directory);
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      throw new DoltError('unknown', `remote ${this.url}: it is not known whether its last change is durable`, {
        cause,
      });
    }
  }

  async absent(addresses: readonly Address[]): Promise<readonly Address[]> {
    const store = this.#open();
    this.#generation ??= store.gcGeneration();
    return addresses.filter((address) => !store.has(address));
  }

  async chunks(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>> {
    const store = this.#open();
    const found = new Map<Address, Uint8Array>();
    for (const address of addresses) {
      const chunk = store.get(address);
      if (!chunk) throw new DoltError('notFound', `remote ${this.url} lacks chunk ${address}`);
      if (addressOf(chunk) !== address) {
        throw new DoltError('corrupt', `remote ${this.url}: chunk ${address} is damaged: its bytes belong to another`);
      }
      found.set(address, chunk);
    }
    return found;
  }

  async upload(file: LocalTableFile): Promise<UploadedFile> {
    const { disk } = this.#environment;
    const target = `${this.#directory}/${file.name}`;
    this.#open();
    try {
      disk.rename('remote:move-file', file.path, target);
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'EXDEV') throw error;
      const temporary = `${this.#directory}/nbs_table_${randomName()}`;
      try {
        this.#copy(file.path, temporary);
        disk.rename('remote:rename-file', temporary, target);
      } catch (failure) {
        abandonFile(disk, 'remote:abandon-copy', temporary);
        throw failure;
      }
      disk.remove('remote:remove-local', file.path);
    }
    return { name: file.name, chunkCount: file.chunkCount };
  }

  async uploadChunks(
    chunks: Iterable<readonly [Address, Uint8Array]>,
    records: Iterable<readonly [Address, Uint8Array]> = [],
  ): Promise<UploadedFile> {
    this.#open();
    const writer = new TableFileWriter(this.#environment.disk, this.#directory, randomName());
    try {
      for (const [address, record] of records) writer.addRecord(address, record);
      for (const [address, chunk] of chunks) writer.add(address, chunk);
      const { name, chunkCount, arrived } = writer.finishLater();
      this.#arriving.set(name, arrived);
      arrived.then(
        () => this.#arriving.delete(name),
        () => {},
      );
      return { name, chunkCount };
    } catch (error) {
      writer.abandon();
      throw error;
    }
  }

  async swap(
    next: Address,
    last: Address,
    files: readonly UploadedFile[],
    ready: Promise<void> = Promise.resolve(),
  ): Promise<boolean> {
    const store = this.#open();
    const specs = files.map(({ name, chunkCount }) => ({ name, chunkCount }));
    const prepared = store.prepareFiles(next, last, specs);
    if (prepared === undefined) return false;
    try {
      await Promise.all([ready, prepared.synced, ...files.map(({ name }) => this.#arriving.get(name))]);
      return await this.#swapPrepared(store, next, last, specs, prepared);
    } finally {
      // Where another took its place, or it could not take its own.
      abandonFile(this.#environment.disk, 'remote:abandon-manifest', prepared.path);
    }
  }

  async #swapPrepared(
    store: NbsStore,
    next: Address,
    last: Address,
    files: readonly FileSpec[],
    prepared: PreparedManifest,
  ): Promise<boolean> {
    const generation = this.#generation ?? store.gcGeneration();
    return await this.#patiently(() => {
      try {
        const swapped = store.commitFiles(next, last, files, generation, prepared);
        if (swapped) this.#generation = undefined;
        return swapped;
      } catch (error) {
        if (error instanceof DoltError && isCollected(error)) this.#generation = undefined;
        throw error;
      }
    });
  }

  /** Does what takes the lock again while somebody else holds it, letting others of this process run meanwhile. */
  async #patiently<T>(work: () => T): Promise<T> {
    const { clock, timers, random } = this.#environment;
    const deadline = clock.monotonic() + LOCK_WAIT_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error;
        if (clock.monotonic() >= deadline) throw heldTooLong(error);
      }
      await timers.sleep(pauseMs * (0.5 + random() / 2));
    }
  }

  async files(): Promise<readonly RemoteFile[]> {
    const store = this.#open();
    store.rebase();
    return store.files().map(({ name, kind, chunkCount, byteSize }) => ({
      name,
      suffix: kind === 'archive' ? '.darc' : '',
      chunkCount,
      byteSize,
    }));
  }

  async download(file: RemoteFile, path: string): Promise<void> {
    const source = this.#open()
      .files()
      .find(({ name }) => name === file.name);
    this.#copy(source?.path ?? `${this.#directory}/${file.name}${file.suffix}`, path);
  }

  async tidy(): Promise<void> {
    const store = this.#open();
    store.rebase();
    try {
      store.conjoin(TIDY_AT);
    } catch (error) {
      // Whoever holds the lock tidies after that.
      if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error;
    }
    store.removeAbandoned(this.#environment.clock.now() - ABANDONED_AFTER_MS);
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  #open(): NbsStore {
    if (this.#store) return this.#store;
    const { disk } = this.#environment;
    if (disk.stat(this.#directory)?.kind !== 'directory') {
      throw new MissingFolderError(this.url, this.#directory);
    }
    // A swap is acknowledged at once; `tidy` conjoins afterwards.
    if (!disk.stat(`${this.#directory}/manifest`) && hasChunkFiles(disk, this.#directory))
      throw missingManifest(this.#directory);
    this.#store = this.#openStore(LOCK_TRY_MS);
    return this.#store;
  }

  #openStore(lockWaitMs?: number): NbsStore {
    const { disk, logger } = this.#environment;
    const options = { journal: false, logger, conjoinAt: Number.POSITIVE_INFINITY };
    return NbsStore.open(disk, this.#directory, lockWaitMs === undefined ? options : { ...options, lockWaitMs });
  }

  #copy(from: string, to: string): void {
    if (this.#environment.disk.copyFile('remote:copy', from, to)) return;
    throw new DoltError('unavailable', `remote ${this.url}: ${from} went away while it was read; try again`);
  }
}

/** Garbage was collected since it was asked what is there. */
const isCollected = ({ kind }: DoltError): boolean => kind === 'conflict' || kind === 'notFound';

/** A swap takes milliseconds: who is at it for so long is stopped, or on a machine that is. */
function heldTooLong(error: DiskError): DiskError {
  const text = `${error.message}. It has been for ${LOCK_WAIT_MS / 1000} s: if it is frozen, end it (kill -9), which loses nothing`;
  return new DiskError('unavailable', error.code, error.path, text, { cause: error });
}

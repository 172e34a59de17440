/** A remote in a folder (`file://`), which the original reads and writes too. */
import { type Address, addressOf } from '../base/address.ts';
import { abandonFile, DiskError, type DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { TableFileWriter } from '../chunks/table-file-writer.ts';
import type { Environment } from '../repo/repository.ts';
import { RemoteFolder } from './remote-folder.ts';
import type { LocalTableFile, Pruned, RemoteFile, RemoteRoot, RemoteStore, UploadedFile } from './remote-store.ts';

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
  readonly #folder: RemoteFolder;
  /** The gc generation that was in force when it was first asked what is there. */
  #generation: Address | undefined;
  /** Uploaded files that are being synced, or could not be: a swap that names them waits for them. */
  readonly #arriving = new Map<Address, Promise<void>>();

  constructor(environment: Environment, url: string, directory: string) {
    this.#environment = environment;
    this.url = url;
    this.#directory = directory;
    this.#folder = new RemoteFolder(environment, directory);
  }

  /** Makes the folder of a remote that is pushed to for the first time. */
  create(): void {
    this.#folder.create();
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
        const copy = this.#copy(file.path, temporary);
        try {
          copy.sync('remote:sync-copy');
        } finally {
          copy.close();
        }
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
    const specs = files.map(({ name, chunkCount }) => ({ name, chunkCount }));
    const generation = this.#generation ?? this.#open().gcGeneration();
    const arrived = () => Promise.all([ready, ...files.map(({ name }) => this.#arriving.get(name))]);
    try {
      const swapped = await this.#folder.swap(next, last, specs, generation, arrived);
      if (swapped) this.#generation = undefined;
      return swapped;
    } catch (error) {
      if (error instanceof DoltError && isCollected(error)) this.#generation = undefined;
      throw error;
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

  async download(file: RemoteFile, path: string, progress?: (bytes: number) => void): Promise<void> {
    const copy = this.#copy(this.#pathOf(file), path);
    try {
      const synced = copy.syncLater('remote:sync-copy');
      synced.catch(() => {});
      progress?.(copy.size());
      await synced;
    } finally {
      copy.close();
    }
  }

  async end(file: RemoteFile, length: number): Promise<Uint8Array> {
    const path = this.#pathOf(file);
    const source = this.#environment.disk.openRead(path);
    if (!source) throw this.#wentAway(path);
    try {
      const bytes = new Uint8Array(length);
      if (source.read(bytes, 0, length, file.byteSize - length) < length) throw this.#wentAway(path);
      return bytes;
    } finally {
      source.close();
    }
  }

  async tidy(): Promise<void> {
    this.#open();
    await this.#folder.tidy();
  }

  prune(graceMs: number): Pruned {
    this.#open();
    return this.#folder.prune(graceMs);
  }

  close(): void {
    this.#folder.close();
  }

  #open(): NbsStore {
    if (!this.#folder.exists()) throw new MissingFolderError(this.url, this.#directory);
    return this.#folder.store();
  }

  #pathOf({ name, suffix }: RemoteFile): string {
    const file = this.#open()
      .files()
      .find((each) => each.name === name);
    return file?.path ?? `${this.#directory}/${name}${suffix}`;
  }

  /** The copy, which is not synced. */
  #copy(from: string, to: string): DiskFile {
    const { disk } = this.#environment;
    if (!disk.copyFile('remote:copy', from, to)) throw this.#wentAway(from);
    return disk.openWrite('remote:open-copy', to);
  }

  #wentAway(path: string): DoltError {
    return new DoltError('unavailable', `remote ${this.url}: ${path} went away while it was read; try again`);
  }
}

/** Garbage was collected since it was asked what is there. */
const isCollected = ({ kind }: DoltError): boolean => kind === 'conflict' || kind === 'notFound';

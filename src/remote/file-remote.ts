/** A remote in a folder (`file://`), which the original reads and writes too. */
import { type Address, addressOf } from '../base/address.ts';
import { abandonFile, DiskError } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { TableFileWriter } from '../chunks/table-file-writer.ts';
import type { Environment } from '../repo/repository.ts';
import { RemoteFolder } from './remote-folder.ts';
import type { LocalTableFile, RemoteFile, RemoteRoot, RemoteStore, UploadedFile } from './remote-store.ts';

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

  async download(file: RemoteFile, path: string): Promise<void> {
    const source = this.#open()
      .files()
      .find(({ name }) => name === file.name);
    this.#copy(source?.path ?? `${this.#directory}/${file.name}${file.suffix}`, path);
  }

  async tidy(): Promise<void> {
    this.#open();
    await this.#folder.tidy();
  }

  close(): void {
    this.#folder.close();
  }

  #open(): NbsStore {
    if (!this.#folder.exists()) throw new MissingFolderError(this.url, this.#directory);
    return this.#folder.store();
  }

  #copy(from: string, to: string): void {
    if (this.#environment.disk.copyFile('remote:copy', from, to)) return;
    throw new DoltError('unavailable', `remote ${this.url}: ${from} went away while it was read; try again`);
  }
}

/** Garbage was collected since it was asked what is there. */
const isCollected = ({ kind }: DoltError): boolean => kind === 'conflict' || kind === 'notFound';

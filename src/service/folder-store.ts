/**
 * A folder as ChunkStoreService serves it: what a `file://` remote is too, so that the two are one and the same to whoever
 * pushes. A folder that is not there is an empty store, made with the first file.
 *
 * What the manifest names is complete: a chunk is there with all it refers to. That is kept by asking of each file that is
 * added whether what its chunks refer to is there or comes along, which costs what the file holds, whatever the store holds.
 */
import { createHash } from 'node:crypto';
import { type Address, addressAt, addressBytes } from '../base/address.ts';
import { abandonFile, type DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { ARCHIVE_SUFFIX, ArchiveFile } from '../chunks/archive-file.ts';
import type { Conjoinable } from '../chunks/conjoin.ts';
import type { FileSpec } from '../chunks/manifest.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { openChunkFile } from '../chunks/open-chunk-file.ts';
import { TableFile } from '../chunks/table-file.ts';
import { RemoteFolder } from '../remote/remote-folder.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { Span } from '../remote/spans.ts';
import type { Environment } from '../repo/repository.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { STORE_ROOT } from '../serial/store-root.ts';
import { asInvalid, checkChunks, checkName } from './file-arrival.ts';
import { ServedFiles } from './served-files.ts';
import type { AnnouncedFile, ChunkPlace, ServedFile, ServedStore } from './served-store.ts';

/** Of how many received files it is remembered what they refer to; of others it is read again. */
const REMEMBERED_FILES = 1024;
/** Addresses that are looked up before others have their turn. */
const SLICE = 4096;
const MOVED_ATTEMPTS = 20;

export class FolderStore implements ServedStore {
  readonly #environment: Environment;
  readonly #folder: RemoteFolder;
  readonly #files: ServedFiles;
  /** What received files refer to elsewhere, until they are named. */
  readonly #received = new Map<Address, readonly Address[]>();

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#folder = new RemoteFolder(environment, directory);
    this.#files = new ServedFiles(environment.disk, environment.clock, directory);
  }

  async root(): Promise<Address> {
    return this.#current().root();
  }

  async locate(addresses: readonly Address[]): Promise<readonly (ChunkPlace | undefined)[]> {
    const found: (ChunkPlace | undefined)[] = [];
    for (let at = 0; at < addresses.length; at += SLICE) {
      if (at > 0) await this.#environment.timers.sleep(0);
      found.push(...this.#files.locate(this.#current(), addresses.slice(at, at + SLICE)));
    }
    return found;
  }

  async files(): Promise<{ root: Address; files: readonly ServedFile[] }> {
    const store = this.#current();
    return { root: store.root(), files: this.#files.files(store) };
  }

  async fileSize(name: Address, suffix: string): Promise<number | undefined> {
    return this.#files.size(name, suffix);
  }

  read(name: Address, suffix: string, span: Span): AsyncIterable<Uint8Array> {
    return this.#files.read(name, suffix, span);
  }

  async receive(announced: AnnouncedFile, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { disk } = this.#environment;
    const { name, suffix } = announced;
    this.#folder.create();
    const { directory } = this.#folder;
    const temporary = `${directory}/nbs_table_${randomName()}`;
    try {
      const whole = await this.#write(announced, body, temporary);
      const references = await this.#check(announced, temporary, whole);
      const path = `${directory}/${name}${suffix}`;
      // The same chunks may be stored otherwise, and somebody may be reading them by their places there.
      if (disk.stat(path)) disk.remove('receive:remove-second', temporary);
      else disk.rename('receive:rename', temporary, path);
      disk.syncDirectory('receive:sync-directory', directory);
      this.#remember(name, references);
    } catch (error) {
      abandonFile(disk, 'receive:abandon', temporary);
      throw error;
    }
  }

  async addFiles(files: readonly UploadedFile[]): Promise<void> {
    for (let attempt = 1; attempt <= MOVED_ATTEMPTS; attempt++) {
      const root = await this.root();
      if (await this.#swap(root, root, files)) return;
    }
    throw new DoltError('unavailable', 'the repository is moved by others all the time; try again');
  }

  async commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    const swapped = await this.#swap(next, last, files);
    if (swapped) this.#tidy();
    // The original's client does not send them again when it tries again, though the next root may need them.
    else if (files.length > 0) await this.addFiles(files);
    return swapped;
  }

  close(): void {
    this.#files.close();
    this.#folder.close();
  }

  #current(): NbsStore {
    const store = this.#folder.store();
    store.rebase();
    return store;
  }

  /** Throws `invalid` when there are more or fewer bytes than announced, or others. The address of all bytes. */
  async #write(
    { name, byteSize, md5 }: AnnouncedFile,
    body: AsyncIterable<Uint8Array>,
    path: string,
  ): Promise<Address> {
    const file = this.#environment.disk.create('receive:create', path);
    try {
      const md5Digest = createHash('md5');
      const digest = createHash('sha512');
      let size = 0;
      for await (const piece of body) {
        if (size + piece.length > byteSize) throw new DoltError('invalid', `file ${name} is larger than announced`);
        file.write('receive:write', piece, size);
        md5Digest.update(piece);
        digest.update(piece);
        size += piece.length;
      }
      if (size < byteSize) throw new DoltError('invalid', `file ${name} is smaller than announced`);
      if (!md5Digest.digest().equals(md5)) throw new DoltError('invalid', `file ${name} is not the one announced`);
      await file.syncLater('receive:sync');
      return addressAt(digest.digest(), 0);
    } finally {
      file.close();
    }
  }

  async #check({ name, suffix, chunkCount }: AnnouncedFile, path: string, whole: Address): Promise<readonly Address[]> {
    const opened = this.#environment.disk.openRead(path);
    if (!opened) throw new DoltError('unavailable', `${path} went away while it was written`);
    const file = chunkFileOf(name, suffix, path, opened);
    try {
      const count = asInvalid(name, () => file.chunkCount());
      if (count !== chunkCount || count === 0)
        throw new DoltError('invalid', `file ${name} has ${count} chunks, and ${chunkCount} were announced`);
      asInvalid(name, () => checkName(file, name, () => whole));
      return await checkChunks(this.#environment, file);
    } finally {
      file.close();
    }
  }

  async #swap(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    if (next === last && files.length === 0) return (await this.root()) === last;
    this.#folder.create();
    const store = this.#current();
    const generation = store.gcGeneration();
    if (store.root() !== last) return false;
    const named = new Set(store.files().map(({ name }) => name));
    const added = files.filter(({ name }) => !named.has(name));
    await this.#checkAdded(store, next, added);
    const specs: readonly FileSpec[] = added.map(({ name, chunkCount }) => ({ name, chunkCount }));
    const swapped = await this.#folder.swap(next, last, specs, generation, async () => {});
    if (swapped) for (const { name } of added) this.#received.delete(name);
    return swapped;
  }

  /** Throws `notFound` for a file that is not there, and `conflict` when the store would not be complete with them. */
  async #checkAdded(store: NbsStore, next: Address, added: readonly UploadedFile[]): Promise<void> {
    const opened: Conjoinable[] = [];
    try {
      for (const { name, chunkCount } of added) {
        const file = openChunkFile(this.#environment.disk, this.#folder.directory, name);
        if (!file) throw new DoltError('notFound', `file ${name} has not been uploaded`);
        opened.push(file);
        if (file.chunkCount() !== chunkCount)
          throw new DoltError('invalid', `file ${name} has ${file.chunkCount()} chunks, not ${chunkCount}`);
      }
      for (const file of opened) {
        const references = this.#received.get(file.name) ?? (await checkChunks(this.#environment, file));
        this.#remember(file.name, references);
        const dangling = references.find((address) => !holds(store, opened, address));
        if (dangling)
          throw new DoltError('conflict', `file ${file.name} refers to chunk ${dangling}, which is not here`);
      }
      if (next === store.root()) return;
      const root = chunkIn(store, opened, next);
      if (!root) throw new DoltError('conflict', `the new root, chunk ${next}, is not here`);
      if (fileIdOf(root) !== STORE_ROOT)
        throw new DoltError('invalid', `chunk ${next} is not the root of a repository`);
    } finally {
      for (const file of opened) file.close();
    }
  }

  #remember(name: Address, references: readonly Address[]): void {
    this.#received.delete(name);
    this.#received.set(name, references);
    for (const oldest of this.#received.keys()) {
      if (this.#received.size <= REMEMBERED_FILES) break;
      this.#received.delete(oldest);
    }
  }

  /** What was committed stands, whether or not the folder can be tidied now. */
  #tidy(): void {
    try {
      this.#folder.tidy();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#environment.logger.warn(`${this.#folder.directory} could not be tidied: ${error.message}`);
    }
  }
}

function chunkFileOf(name: Address, suffix: string, path: string, file: DiskFile): Conjoinable {
  return suffix === ARCHIVE_SUFFIX ? new ArchiveFile(name, path, file) : new TableFile(name, path, file);
}

/** Whether a store, or one of some files besides it, holds a chunk. */
function holds(store: NbsStore, files: readonly Conjoinable[], address: Address): boolean {
  return store.has(address) || files.some((file) => file.has(addressBytes(address)));
}

function chunkIn(store: NbsStore, files: readonly Conjoinable[], address: Address): Uint8Array | undefined {
  const key = addressBytes(address);
  return store.get(address) ?? files.find((file) => file.has(key))?.get(key);
}

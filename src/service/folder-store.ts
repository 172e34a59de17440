/**
 * A folder as ChunkStoreService serves it: what a `file://` remote is too, so that the two are one and the same to whoever
 * pushes. A folder that is not there is an empty store, made with the first file.
 * What the manifest names is complete: a chunk is there with all it refers to.
 */
import { type Address, addressBytes } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { FileSpec } from '../chunks/manifest.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { RemoteFolder } from '../remote/remote-folder.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { Span } from '../remote/spans.ts';
import type { Environment } from '../repo/repository.ts';
import { fileWith, ReceivedFiles } from './received-files.ts';
import { assertStoreRoot, nameFiles, type Swapping, swapOrName } from './root-moves.ts';
import { ServedFiles } from './served-files.ts';
import type { AnnouncedFile, ChunkPlace, ServedFile, ServedStore } from './served-store.ts';

/** Addresses that are looked up before others have their turn. */
const SLICE = 4096;
const COLLECTED_ATTEMPTS = 20;

export class FolderStore implements ServedStore {
  readonly #environment: Environment;
  readonly #folder: RemoteFolder;
  readonly #files: ServedFiles;
  readonly #received: ReceivedFiles;
  readonly #swapping: Swapping = {
    root: () => this.root(),
    swap: (next, last, files) => this.#swap(next, last, files),
  };

  /** `abandonedAfterMs`: how long files stay that no manifest names; a day unless told. */
  constructor(environment: Environment, directory: string, abandonedAfterMs?: number) {
    this.#environment = environment;
    this.#folder = new RemoteFolder(environment, directory, abandonedAfterMs);
    this.#files = new ServedFiles(environment.disk, environment.clock, directory);
    this.#received = new ReceivedFiles(environment, directory);
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
    this.#folder.create();
    const isNamed = (name: Address): boolean =>
      this.#current()
        .files()
        .some((file) => file.name === name);
    await this.#received.receive(announced, body, isNamed);
  }

  async addFiles(files: readonly UploadedFile[]): Promise<void> {
    await nameFiles(this.#swapping, files);
  }

  async commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    const swapped = await swapOrName(this.#swapping, next, last, files);
    if (swapped) void this.#tidy();
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

  async #swap(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    if (next === last && files.length === 0) return (await this.root()) === last;
    this.#folder.create();
    for (let attempt = 1; ; attempt++) {
      const store = this.#current();
      const generation = store.gcGeneration();
      if (store.root() !== last) return false;
      const named = new Set(store.files().map(({ name }) => name));
      const added = files.filter(({ name }) => !named.has(name));
      const specs = await this.#checkComplete(store, next, added);
      try {
        const swapped = await this.#folder.swap(next, last, specs, generation, async () => {});
        if (swapped) this.#received.forget(specs);
        return swapped;
      } catch (error) {
        // Garbage was collected since it was checked what is here.
        const isCollected = error instanceof DoltError && this.#current().gcGeneration() !== generation;
        if (!isCollected || attempt === COLLECTED_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * The files that have to be named: those that are added, and collected ones with chunks that somebody was told are here.
   * Throws `notFound` for a file that is not there, and `conflict` when the store would not be complete with them.
   */
  async #checkComplete(store: NbsStore, next: Address, added: readonly UploadedFile[]): Promise<readonly FileSpec[]> {
    const opened = await this.#received.openComplete(store, added, { root: next, spare: () => store.unnamedFiles() });
    try {
      const specs = opened.map((file) => ({ name: file.name, chunkCount: file.chunkCount() }));
      if (next === store.root()) return specs;
      const root = store.get(next) ?? fileWith(opened, next)?.get(addressBytes(next));
      assertStoreRoot(next, root);
      return specs;
    } finally {
      for (const file of opened) file.close();
    }
  }

  /** What was committed stands, whether or not the folder can be tidied now. */
  async #tidy(): Promise<void> {
    try {
      await this.#folder.tidy();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#environment.logger.warn(`${this.#folder.directory} could not be tidied: ${error.message}`);
    }
  }
}

/**
 * Updates of the manifest in a folder that others write too: each reads it, decides, and puts another in its place, all under
 * the lock, which is taken for that alone where it is not held. What the manifest names is opened before, so that behind it
 * nothing can fail.
 */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import type { Conjoinable } from './conjoin.ts';
import {
  EMPTY_MANIFEST,
  type FileSpec,
  type Manifest,
  manifestLock,
  namesFile,
  type PreparedManifest,
  prepareManifest,
  readManifest,
} from './manifest.ts';
import { fileNotThere } from './open-chunk-file.ts';
import { type StoreFiles, specOf } from './store-files.ts';
import type { StoreLock } from './store-lock.ts';
import type { WrittenTable } from './table-file-writer.ts';
import { unnamedFiles } from './unnamed-files.ts';

export class ManifestUpdates {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #files: StoreFiles;
  readonly #lock: StoreLock;

  constructor(disk: Disk, directory: string, files: StoreFiles, lock: StoreLock) {
    this.#disk = disk;
    this.#directory = directory;
    this.#files = files;
    this.#lock = lock;
  }

  /** Gives a folder without a manifest an empty one. */
  begin(): void {
    if (this.#files.manifestText !== '') return;
    this.#update(({ text }) => {
      if (text === '') this.#files.publish(EMPTY_MANIFEST);
    });
    this.#files.load();
  }

  /**
   * Swaps the root from `last` to `next`, and names the unpublished files. False when the root is not `last` any more.
   * `generation`: that in which `next` was made, or it was asked what of it is here; undefined where it counts on nothing.
   */
  swap(next: Address, last: Address, generation: Address | undefined, prepared?: PreparedManifest): boolean {
    const swapped = this.#update(({ manifest }) => {
      if (manifest.root !== last) return false;
      assertGeneration(this.#directory, manifest, generation);
      const added = this.#files.unpublished.filter(({ name }) => !namesFile(manifest, name));
      if (next === manifest.root && added.length === 0) return true;
      // Taken for abandoned, by a process whose clock says so, while this one was asleep.
      const gone = added.find(({ path }) => this.#disk.stat(path) === undefined);
      if (gone) throw new DoltError('notFound', `${this.#directory}: file ${gone.name} is not there`);
      // Everything that may fail comes before the swap: behind it, the commit stands.
      const { files: present, missing } = this.#files.open(manifest);
      if (missing) throw fileNotThere(this.#directory, missing);
      const files = [...manifest.files, ...added.map(specOf)];
      const lock = manifestLock(next, files);
      const swap: Manifest = { root: next, files, gcGeneration: manifest.gcGeneration, lock };
      try {
        this.#files.publish(swap, prepared);
      } catch (error) {
        if (!this.#isPublished(lock)) throw error;
        throw new DoltError('unknown', `${this.#directory}: whether the update stands is not known`, { cause: error });
      }
      this.#files.adopt(swap, this.#files.manifestText, [...present, ...added], undefined);
      return true;
    });
    if (!swapped) this.#files.load();
    return swapped;
  }

  /** The manifest of a `swap` to come, as far as can be told without the lock; undefined when the root is not `last`. */
  prepareSwap(next: Address, last: Address, specs: readonly FileSpec[]): PreparedManifest | undefined {
    const { manifest } = readManifest(this.#disk, this.#directory);
    if (manifest.root !== last) return undefined;
    const files = [...manifest.files, ...specs.filter(({ name }) => !namesFile(manifest, name))];
    return prepareManifest(this.#disk, this.#directory, randomName(), {
      ...{ root: next, files, gcGeneration: manifest.gcGeneration },
      lock: manifestLock(next, files),
    });
  }

  /** Names a complete table file; the root does not change. */
  add(table: WrittenTable): void {
    this.#update(({ manifest }) => {
      if (!namesFile(manifest, table.name)) this.#publishFiles(manifest, [...manifest.files, table]);
    });
    this.#files.load();
  }

  /** Names `joined` in the place of `sources`. False when not all of them are named any more, and `joined` may be gone then. */
  conjoin(sources: readonly Conjoinable[], joined: WrittenTable): boolean {
    const published = this.#update(({ manifest }) => {
      // Another process was faster, or collected garbage. Of the same files it made this very file, which then stays.
      if (sources.some(({ name }) => !namesFile(manifest, name))) {
        if (!namesFile(manifest, joined.name)) this.#disk.remove('conjoin:abandon', joined.path);
        return false;
      }
      const replaced = new Set(sources.map(({ name }) => name));
      this.#publishFiles(manifest, [...manifest.files.filter(({ name }) => !replaced.has(name)), joined]);
      return true;
    });
    this.#files.load(this.#lock.isHeld);
    return published;
  }

  /**
   * Names `tables` in the place of the files `superseded`, which stay in the folder for whoever still needs them, as old as
   * if they had just been written; and begins another gc generation. False when the manifest is not `text` any more.
   */
  supersede(text: string, superseded: ReadonlySet<Address>, tables: readonly WrittenTable[]): boolean {
    const published = this.#update(({ manifest, text: now }) => {
      if (now !== text) return false;
      // Before they are without a name, so that nobody takes them for abandoned.
      for (const { name, path } of this.#files.tables) if (superseded.has(name)) this.#disk.touch('gc:touch', path);
      const files = [...manifest.files.filter(({ name }) => !superseded.has(name)), ...tables];
      const lock = manifestLock(manifest.root, files);
      this.#files.publish({ root: manifest.root, files, lock, gcGeneration: lock });
      return true;
    });
    this.#files.load();
    return published;
  }

  /** Removes files that no manifest names and that were written before `beforeMs`; the sizes of those that went. */
  removeAbandoned(beforeMs: number): readonly number[] {
    const abandoned = (manifest: Manifest): readonly string[] =>
      unnamedFiles(this.#disk, this.#directory, manifest).filter(
        (path) => (this.#disk.stat(path)?.modifiedMs ?? beforeMs) < beforeMs,
      );
    if (abandoned(this.#files.manifest).length === 0) return [];
    return this.#update(({ manifest }) =>
      abandoned(manifest).map((path) => {
        const size = this.#disk.stat(path)?.size ?? 0;
        this.#disk.remove('tidy:remove', path);
        return size;
      }),
    );
  }

  #update<T>(work: (present: ReturnType<typeof readManifest>) => T): T {
    return this.#lock.during(() => work(readManifest(this.#disk, this.#directory)));
  }

  #publishFiles(manifest: Manifest, files: readonly FileSpec[]): void {
    this.#files.publish({ ...manifest, files, lock: manifestLock(manifest.root, files) });
  }

  #isPublished(lock: Address): boolean {
    try {
      return readManifest(this.#disk, this.#directory).manifest.lock === lock;
    } catch {
      return true;
    }
  }
}

/** Throws `conflict` unless nothing was collected since `generation`; undefined where that does not matter. */
export function assertGeneration(directory: string, manifest: Manifest, generation: Address | undefined): void {
  if (generation === undefined || manifest.gcGeneration === generation) return;
  throw new DoltError('conflict', `${directory}: garbage was collected meanwhile; start the transaction again`);
}

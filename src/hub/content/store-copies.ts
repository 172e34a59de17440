/**
 * Folders with what stores elsewhere hold, for what reads folders: the page over a bucket. A copy is brought up to date when
 * it is asked for, by the files that it lacks. Of all copies those that were asked for last stay, up to a number of bytes;
 * what somebody may still read stays anyway. Nothing of it outlives the process.
 */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import { abandonFile, type Disk } from '../../base/disk.ts';
import type { Clock } from '../../base/environment.ts';
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import { manifestLock, writeManifest } from '../../chunks/manifest.ts';
import type { ServedFile, ServedStore } from '../../service/served-store.ts';

interface Copy {
  readonly directory: string;
  /** The names of its files with their sizes. */
  readonly files: Map<string, number>;
  root: string;
  /** When it was asked for last, by the monotonic clock. */
  used: number;
  /** The latest update: another one begins after it. */
  updating: Promise<void>;
}

const LISTING_ATTEMPTS = 5;
/** Longer reads nobody who has not opened all that they need. */
const IN_USE_MS = 120_000;

const nameOf = ({ name, suffix }: ServedFile): string => name + suffix;

export class StoreCopies {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #mostBytes: number;
  /** By repository, the one that was asked for last at the end. */
  readonly #copies = new Map<string, Copy>();

  /** `directory` is emptied: nobody else uses it. */
  constructor(disk: Disk, clock: Clock, directory: string, mostBytes: number) {
    this.#disk = disk;
    this.#clock = clock;
    this.#directory = directory;
    this.#mostBytes = mostBytes;
    disk.removeTree('copies:clear', directory);
    disk.makeDirectory('copies:make', directory);
  }

  /** The folder with what `store`, that of `repository`, holds now. Throws `unavailable` where that is more than fits. */
  async folder(repository: string, store: ServedStore): Promise<string> {
    const copy = this.#copies.get(repository) ?? this.#begin();
    this.#copies.delete(repository);
    this.#copies.set(repository, copy);
    copy.used = this.#clock.monotonic();
    copy.updating = copy.updating.catch(() => {}).then(() => this.#update(copy, store));
    await copy.updating;
    copy.used = this.#clock.monotonic();
    this.#removeBeyond();
    return copy.directory;
  }

  /** In a folder of its own, so that it has nothing to do with one before it. */
  #begin(): Copy {
    const directory = `${this.#directory}/${randomName()}`;
    this.#disk.makeDirectory('copies:make', directory);
    return { directory, files: new Map(), root: EMPTY_ADDRESS, used: 0, updating: Promise.resolve() };
  }

  async #update(copy: Copy, store: ServedStore): Promise<void> {
    if ((await store.root()) === copy.root) return;
    for (let attempt = 1; ; attempt++) {
      const { root, files } = await store.files();
      const bytes = files.reduce((sum, { byteSize }) => sum + byteSize, 0);
      if (bytes > this.#mostBytes) {
        throw new DoltError(
          'unavailable',
          `the repository is larger than what the hub copies to show it (${this.#mostBytes >> 20} MiB)`,
        );
      }
      try {
        for (const file of files) if (!copy.files.has(nameOf(file))) await this.#fetch(copy, store, file);
      } catch (error) {
        // It was tidied meanwhile: the files are others now.
        if (!(error instanceof DoltError) || error.kind !== 'notFound' || attempt === LISTING_ATTEMPTS) throw error;
        continue;
      }
      const specs = files.map(({ name, chunkCount }) => ({ name, chunkCount }));
      const lock = manifestLock(root, specs);
      writeManifest(this.#disk, copy.directory, randomName(), {
        root,
        lock,
        gcGeneration: EMPTY_ADDRESS,
        files: specs,
      });
      copy.root = root;
      const named = new Set(files.map(nameOf));
      for (const name of copy.files.keys()) {
        if (named.has(name)) continue;
        this.#disk.remove('copies:remove', `${copy.directory}/${name}`);
        copy.files.delete(name);
      }
      return;
    }
  }

  async #fetch(copy: Copy, store: ServedStore, served: ServedFile): Promise<void> {
    const { name, suffix, byteSize } = served;
    const path = `${copy.directory}/${nameOf(served)}`;
    const temporary = `${path}.${randomName()}`;
    const file = this.#disk.create('copies:create', temporary);
    try {
      let at = 0;
      try {
        for await (const piece of store.read(name, suffix, { offset: 0, length: byteSize })) {
          file.write('copies:write', piece, at);
          at += piece.length;
        }
      } finally {
        file.close();
      }
      if (at !== byteSize) throw new DoltError('unavailable', `${nameOf(served)} came with ${at} of ${byteSize} bytes`);
      this.#disk.rename('copies:rename', temporary, path);
    } catch (error) {
      abandonFile(this.#disk, 'copies:abandon', temporary);
      throw error;
    }
    copy.files.set(nameOf(served), byteSize);
  }

  /** The longest unused first. */
  #removeBeyond(): void {
    const sizeOf = ({ files }: Copy): number => [...files.values()].reduce((sum, size) => sum + size, 0);
    let bytes = 0;
    for (const copy of this.#copies.values()) bytes += sizeOf(copy);
    for (const [repository, copy] of this.#copies) {
      if (bytes <= this.#mostBytes || this.#clock.monotonic() - copy.used < IN_USE_MS) return;
      this.#copies.delete(repository);
      bytes -= sizeOf(copy);
      this.#disk.removeTree('copies:remove-tree', copy.directory);
    }
  }
}

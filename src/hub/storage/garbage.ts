/**
 * Garbage collection of a served folder, while it is read and pushed to by any number of processes. What is needed is what
 * the root leads to, and what files refer to that are younger than the grace period: those of pushes under way. Old files
 * that hold much else are copied without it, and the copy takes their place by comparison of the manifest: when a push was
 * faster, what it brought is walked, too, and it is tried again.
 *
 * The old files stay for the grace period, though nothing names them: a reader may have been told where in them chunks lie,
 * and a pusher that some chunk is here and need not be sent. Should a push refer to it, its file is named again
 * (`FolderStore`). So nobody notices a collection who has asked less than the grace period ago.
 */
import { type Address, addressBytes, EMPTY_ADDRESS } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import type { ChunkFile } from '../../chunks/chunk-file.ts';
import { NbsStore } from '../../chunks/nbs-store.ts';
import { TableFileWriter, type WrittenTable } from '../../chunks/table-file-writer.ts';
import { NodeStore } from '../../prolly/node-store.ts';
import { historyRoots, walkReachable } from '../../repo/reachable.ts';
import { Refs } from '../../repo/refs.ts';
import type { Environment } from '../../repo/repository.ts';
import { Slices } from './slices.ts';

export interface GarbageOptions {
  /** How long what nothing leads to any more is kept. */
  readonly graceMs: number;
  /**
   * Files are copied when at least this share of the chunks in old files is not needed; 0: whenever there is one. Then none
   * of them stays: one that stayed while what it refers to goes would pass for complete.
   */
  readonly leastShare: number;
  /** Files are made one when there are so many; `CONJOIN_AT` unless told. */
  readonly conjoinAt?: number | undefined;
  /** Gives up, with an error of kind `unavailable`. */
  readonly signal?: AbortSignal | undefined;
}

export interface GarbageReport {
  /** Of the files that the manifest names. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly chunksDropped: number;
  /** Files that were there for grace alone, or that killed pushes have left, and are gone now. */
  readonly filesRemoved: number;
}

/** Files are made one when there are so many, unless told. */
export const CONJOIN_AT = 8;
const ATTEMPTS = 20;
const CACHE_BYTES = 1 << 20;

/** Throws `corrupt` when a chunk that is needed cannot be read, and collects nothing then. */
export async function collectFolder(
  environment: Environment,
  directory: string,
  options: GarbageOptions,
): Promise<GarbageReport> {
  const { disk, clock, logger } = environment;
  const store = NbsStore.open(disk, directory, {
    ...{ journal: false, logger, cacheBytes: CACHE_BYTES },
    conjoinAt: Number.POSITIVE_INFINITY,
  });
  try {
    const bytesBefore = sizeOf(store);
    const chunksDropped = await new FolderCollection(environment, store, options).run();
    store.conjoin(options.conjoinAt ?? CONJOIN_AT);
    const before = disk.list(directory)?.length ?? 0;
    store.removeAbandoned(clock.now() - options.graceMs);
    const filesRemoved = before - (disk.list(directory)?.length ?? 0);
    return { bytesBefore, bytesAfter: sizeOf(store), chunksDropped, filesRemoved };
  } finally {
    store.close();
  }
}

const sizeOf = (store: NbsStore): number => store.files().reduce((sum, { byteSize }) => sum + byteSize, 0);

class FolderCollection {
  readonly #environment: Environment;
  readonly #store: NbsStore;
  readonly #options: GarbageOptions;
  /** What is needed, as far as it was walked. */
  readonly #needed = new Set<Address>();
  readonly #slices: Slices;

  constructor(environment: Environment, store: NbsStore, options: GarbageOptions) {
    this.#environment = environment;
    this.#store = store;
    this.#options = options;
    this.#slices = new Slices(environment, options.signal);
  }

  /** How many chunks were dropped. */
  async run(): Promise<number> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const text = this.#store.manifestText();
      // Nobody has pushed yet: whatever there is belongs to a push under way.
      if (this.#store.root() === EMPTY_ADDRESS) return 0;
      const { old, young } = this.#files();
      await this.#walk(young);
      const wasteful = await this.#wasteful(old);
      if (wasteful.length === 0) return 0;
      const superseded = new Set(wasteful.map(({ name }) => name));
      const table = await this.#copy(wasteful, superseded);
      if (this.#store.supersede(text, superseded, table ? [table] : [])) {
        return wasteful.reduce((sum, file) => sum + file.chunkCount(), 0) - (table?.chunkCount ?? 0);
      }
      // A push was faster. The copy is left to be abandoned: a file of the push may be this very one.
    }
    throw new DoltError(
      'unavailable',
      `${this.#store.directory} is pushed to all the time; it will be collected later`,
    );
  }

  /** Those that may be copied, and those that belong to pushes under way. */
  #files(): { readonly old: readonly ChunkFile[]; readonly young: readonly ChunkFile[] } {
    const { disk, clock } = this.#environment;
    const since = clock.now() - this.#options.graceMs;
    const files = this.#store.chunkFiles();
    const isOld = ({ path }: ChunkFile): boolean => (disk.stat(path)?.modifiedMs ?? since) < since;
    return { old: files.filter(isOld), young: files.filter((file) => !isOld(file)) };
  }

  async #walk(young: readonly ChunkFile[]): Promise<void> {
    const root = this.#store.root();
    const refs = Refs.read(new NodeStore(this.#store), root);
    const roots = [root, ...historyRoots(this.#store, refs)];
    const walk = walkReachable(this.#store, chained(roots, young), this.#needed, (address, cause) => {
      throw new DoltError('corrupt', `chunk ${address} is needed and cannot be read; nothing was collected`, { cause });
    });
    for (const _ of walk) await this.#slices.pause();
  }

  /** All files with chunks that are not needed, or none: see `leastShare`. */
  async #wasteful(old: readonly ChunkFile[]): Promise<readonly ChunkFile[]> {
    const wasteful: ChunkFile[] = [];
    let dropped = 0;
    let count = 0;
    for (const file of old) {
      const before = dropped;
      for (const address of file.addresses()) {
        if (!this.#needed.has(address)) dropped++;
        await this.#slices.pause();
      }
      if (dropped > before) wasteful.push(file);
      count += file.chunkCount();
    }
    return dropped >= this.#options.leastShare * count ? wasteful : [];
  }

  /** Undefined when nothing of them is needed. */
  async #copy(files: readonly ChunkFile[], superseded: ReadonlySet<Address>): Promise<WrittenTable | undefined> {
    const { disk } = this.#environment;
    const kept = this.#store.chunkFiles().filter(({ name }) => !superseded.has(name));
    const writer = new TableFileWriter(disk, this.#store.directory, randomName());
    const copied = new Set<Address>();
    try {
      for (const file of files) {
        for (const address of file.addresses()) {
          await this.#slices.pause();
          if (!this.#needed.has(address) || copied.has(address) || isIn(kept, address)) continue;
          const record = this.#store.getRecord(address);
          if (!record)
            throw new DoltError('corrupt', `chunk ${address} is needed and is not there; nothing was collected`);
          writer.addRecord(address, record);
          copied.add(address);
        }
      }
      if (copied.size === 0) {
        writer.abandon();
        return undefined;
      }
    } catch (error) {
      writer.abandon();
      throw error;
    }
    const table = writer.finishLater();
    await table.arrived;
    disk.syncDirectory('gc:sync-directory', this.#store.directory);
    return table;
  }
}

function* chained(roots: readonly Address[], files: readonly ChunkFile[]): Generator<Address> {
  yield* roots;
  for (const file of files) yield* file.addresses();
}

function isIn(files: readonly ChunkFile[], address: Address): boolean {
  const key = addressBytes(address);
  return files.some((file) => file.has(key));
}

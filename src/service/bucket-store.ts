/**
 * A bucket as ChunkStoreService serves it: what an `s3://` remote is too, so that the two are one and the same to whoever
 * pushes, and any number of services before one bucket as well. A file that arrives waits on this disk until it is checked.
 * What the manifest names is complete: a chunk is there with all it refers to.
 */
import { type Address, addressBytes } from '../base/address.ts';
import { abandonFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { RecentMap } from '../base/recent-map.ts';
import { ARCHIVE_SUFFIX } from '../chunks/archive-file.ts';
import { INDEX_BYTES_PER_CHUNK } from '../chunks/table-index.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import { contentOf, writeAll } from '../remote/s3/local-file.ts';
import { GRACE_MS } from '../remote/s3/s3-condemned.ts';
import { MissingObjectError, type S3File } from '../remote/s3/s3-file.ts';
import { type LocatedChunk, S3Store } from '../remote/s3/s3-store.ts';
import { S3Tidier } from '../remote/s3/s3-tidy.ts';
import { uploadObject } from '../remote/s3/s3-upload.ts';
import type { Span } from '../remote/spans.ts';
import type { Environment } from '../repo/repository.ts';
import { checkChunks } from './file-arrival.ts';
import { chunkFileOf, receiveFile } from './receive-file.ts';
import { assertStoreRoot, nameFiles, type Swapping, swapOrName } from './root-moves.ts';
import type { AnnouncedFile, ChunkPlace, ServedFile, ServedStore } from './served-store.ts';

/** Of how many files it is remembered what they refer to, and how large they are. */
const REMEMBERED_FILES = 1024;
/** Places are of files that the manifest named so short a time ago; a file stays longer than a place is told. */
const FRESH_MS = 5_000;
/** What one reader, who may be slow, has in memory. */
const PIECES = { pieceBytes: 1 << 20, parallel: 2 };
/** How often a swap is made again where garbage was collected meanwhile. */
const COLLECTED_ATTEMPTS = 20;
/** S3 copies no larger object. */
const MOST_TOUCHED_BYTES = 5 * 2 ** 30;

interface Received {
  /** What its chunks refer to outside of it. */
  readonly references: readonly Address[];
  /** By the monotonic clock. */
  readonly atMs: number;
}

export class BucketStore implements ServedStore {
  readonly #environment: Environment;
  readonly #scratch: string;
  readonly #store: S3Store;
  readonly #tidier: S3Tidier;
  readonly #received = new RecentMap<Address, Received>(REMEMBERED_FILES);
  readonly #sizes = new RecentMap<string, number>(REMEMBERED_FILES);
  readonly #swapping: Swapping = {
    root: () => this.root(),
    swap: (next, last, files) => this.#swap(next, last, files),
  };
  #tidying: Promise<void> | undefined;

  /** `scratch`: a folder of this process, made when needed. Throws `invalid` and `unsupported`, as `S3Client`. */
  constructor(environment: Environment, url: string, scratch: string) {
    this.#environment = environment;
    this.#scratch = scratch;
    this.#store = new S3Store(environment, url);
    this.#tidier = new S3Tidier(environment, this.#store);
  }

  async root(): Promise<Address> {
    return (await this.#store.manifest.current()).manifest.root;
  }

  async locate(addresses: readonly Address[]): Promise<readonly (ChunkPlace | undefined)[]> {
    const { known } = this.#store.manifest;
    if (!known || this.#now() - known.seenMs > FRESH_MS) await this.#store.manifest.current();
    const located = await this.#store.locate(addresses);
    const served = new Map<S3File, ServedFile>();
    return located.map((chunk) => chunk && placeOf(chunk, served));
  }

  async files(): Promise<{ root: Address; files: readonly ServedFile[] }> {
    for (let attempt = 1; ; attempt++) {
      const { manifest } = await this.#store.manifest.current();
      try {
        const files = await this.#store.openAll(manifest.files);
        return { root: manifest.root, files: files.map(servedFile) };
      } catch (error) {
        if (!(error instanceof MissingObjectError) || attempt === 3) throw error;
      }
    }
  }

  async fileSize(name: Address, suffix: string): Promise<number | undefined> {
    const key = name + suffix;
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const found = await this.#store.client.head(key);
    if (found) this.#sizes.set(key, found.size);
    return found?.size;
  }

  async *read(name: Address, suffix: string, span: Span): AsyncIterable<Uint8Array> {
    try {
      yield* this.#store.pieces({ name, suffix }, span, PIECES);
    } catch (error) {
      if (!(error instanceof MissingObjectError)) throw error;
      throw new DoltError('notFound', `there is no file ${name}${suffix}`, { cause: error });
    }
  }

  async receive(announced: AnnouncedFile, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { disk } = this.#environment;
    const { name, suffix, byteSize } = announced;
    await this.#onScratch(async (path) => {
      const references = await receiveFile(this.#environment, announced, body, path);
      const { client } = this.#store;
      const key = name + suffix;
      // The same chunks may be stored otherwise, and somebody may be reading them by their places there. Nothing may take
      // it for one that was left.
      const there = await client.head(key);
      const isKept = there !== undefined && there.size <= MOST_TOUCHED_BYTES && (await client.touch(key));
      if (!isKept) {
        await uploadObject(client, key, byteSize, contentOf(disk, path, byteSize));
        this.#sizes.set(key, byteSize);
      }
      this.#received.set(name, { references, atMs: this.#now() });
    });
  }

  async addFiles(files: readonly UploadedFile[]): Promise<void> {
    await nameFiles(this.#swapping, files);
  }

  async commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    const swapped = await swapOrName(this.#swapping, next, last, files);
    if (swapped) this.#tidy();
    return swapped;
  }

  /** When what a commit has set off is done. */
  async settled(): Promise<void> {
    await this.#tidying;
  }

  close(): void {
    this.#store.close();
  }

  async #swap(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const { manifest } = await this.#store.manifest.current();
      if (manifest.root !== last) return false;
      const named = new Set(manifest.files.map(({ name }) => name));
      const added = files.filter(({ name }) => !named.has(name));
      if (next === last && added.length === 0) return true;
      try {
        const again = await this.#checkComplete(next, last, added);
        return await this.#store.swap(next, last, [...added, ...again], manifest.gcGeneration);
      } catch (error) {
        // Garbage was collected since it was checked what is here.
        const isConflict = error instanceof DoltError && error.kind === 'conflict';
        const now = isConflict ? await this.#store.manifest.current() : undefined;
        const isCollected = now !== undefined && now.manifest.gcGeneration !== manifest.gcGeneration;
        if (!isCollected || attempt === COLLECTED_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * The collected files that have to be named again, as they have chunks that somebody was told are here. Throws `notFound`
   * for a file that is not there, and `conflict` when the store would not be complete with them.
   */
  async #checkComplete(next: Address, last: Address, added: readonly UploadedFile[]): Promise<readonly UploadedFile[]> {
    const opened = await Promise.all(added.map((file) => this.#openReceived(file)));
    const isRecent = (name: Address): boolean =>
      this.#now() - (this.#received.get(name)?.atMs ?? Number.NEGATIVE_INFINITY) < GRACE_MS / 3;
    await this.#tidier.assertKept(added.filter(({ name }) => !isRecent(name)));
    const needed = new Map<Address, string>();
    for (const file of opened) {
      const references = this.#received.get(file.name)?.references ?? (await this.#checkAgain(file));
      for (const address of references) {
        needed.set(address, `file ${file.name} refers to chunk ${address}, which is not here`);
      }
    }
    if (next !== last) needed.set(next, `the new root, chunk ${next}, is not here`);
    const addresses = [...needed.keys()];
    const located = await this.#store.locate(addresses, opened);
    const again = await this.#collectedWith(
      addresses.filter((_, i) => located[i] === undefined),
      (address) => new DoltError('conflict', needed.get(address)!),
    );
    if (next !== last) {
      const files = [...opened, ...again];
      const [root] = await this.#store.locate([next], files);
      assertStoreRoot(next, root && (await this.#store.chunks([next], files)).get(next));
    }
    return again.map(({ name, chunkCount }) => ({ name, chunkCount }));
  }

  /** Collected files with these chunks, and with all that they refer to; none for no chunks. */
  async #collectedWith(
    addresses: readonly Address[],
    missing: (address: Address) => DoltError,
  ): Promise<readonly S3File[]> {
    const wanted = new Set(addresses);
    const taken = new Map<Address, S3File>();
    if (wanted.size === 0) return [];
    for (const files of await this.#tidier.collected()) {
      const opened = await this.#store.openAll(files);
      for (const file of opened) taken.set(file.name, file);
      for (const address of wanted) {
        const key = addressBytes(address);
        if (opened.some(({ index }) => index.place(key) !== undefined)) wanted.delete(address);
      }
      if (wanted.size === 0) return [...taken.values()];
    }
    const [first] = wanted;
    throw missing(first!);
  }

  async #openReceived({ name, chunkCount }: UploadedFile): Promise<S3File> {
    const size = (await this.fileSize(name, '')) ?? (await this.fileSize(name, ARCHIVE_SUFFIX));
    // So many were never announced, and as large an index is not asked for.
    if (size !== undefined && chunkCount * INDEX_BYTES_PER_CHUNK > size)
      throw new DoltError('invalid', `file ${name} has not ${chunkCount} chunks`);
    const file = await this.#store.files.open({ name, chunkCount }).catch((error: unknown) => {
      if (!(error instanceof MissingObjectError)) throw error;
      throw new DoltError('notFound', `file ${name} has not been uploaded`, { cause: error });
    });
    if (file.chunkCount === chunkCount) return file;
    throw new DoltError('invalid', `file ${name} has ${file.chunkCount} chunks, not ${chunkCount}`);
  }

  /** What a file refers to that another service took in. */
  async #checkAgain(file: S3File): Promise<readonly Address[]> {
    const { disk } = this.#environment;
    return await this.#onScratch(async (path) => {
      await writeAll(disk, path, this.#store.pieces(file, { offset: 0, length: file.byteSize }));
      const copy = chunkFileOf(file.name, file.suffix, path, disk.openRead(path)!);
      try {
        const references = await checkChunks(this.#environment, copy);
        this.#received.set(file.name, { references, atMs: Number.NEGATIVE_INFINITY });
        return references;
      } finally {
        copy.close();
      }
    });
  }

  async #onScratch<T>(work: (path: string) => Promise<T>): Promise<T> {
    const { disk } = this.#environment;
    disk.makeDirectory('receive:make-scratch', this.#scratch);
    const path = `${this.#scratch}/${randomName()}`;
    try {
      return await work(path);
    } finally {
      abandonFile(disk, 'receive:remove-scratch', path);
    }
  }

  /** What was committed stands, whether or not the bucket can be tidied now; nobody waits for that. */
  #tidy(): void {
    this.#tidying ??= this.#tidier
      .tidy()
      .catch((error: unknown) => {
        if (!(error instanceof DoltError)) throw error;
        this.#environment.logger.warn(`${this.#store.client.where} could not be tidied: ${error.message}`);
      })
      .finally(() => {
        this.#tidying = undefined;
      });
  }

  #now(): number {
    return this.#environment.clock.monotonic();
  }
}

const servedFile = ({ name, suffix, chunkCount, byteSize, index }: S3File): ServedFile => ({
  ...{ name, suffix, chunkCount, byteSize },
  splitOffset: index.recordBytes(),
});

function placeOf({ file, place }: LocatedChunk, served: Map<S3File, ServedFile>): ChunkPlace {
  let of = served.get(file);
  if (!of) {
    of = servedFile(file);
    served.set(file, of);
  }
  return { ...place, file: of };
}

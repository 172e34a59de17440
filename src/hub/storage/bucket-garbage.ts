/**
 * Garbage collection of a bucket's store, while any number of hubs and clients read it and push to it: as over a folder
 * (`garbage.ts`), with chunks that are asked for level by level. What is needed of files with much else is copied into one,
 * which takes their place by comparison of the manifest; they stay for a day (`S3Tidier`), and a push that counts on them has
 * them named again (`BucketStore`).
 */
import { type Address, addressBytes, EMPTY_ADDRESS } from '../../base/address.ts';
import { AddressQueue } from '../../base/address-queue.ts';
import { abandonFile } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import type { FileSpec, Manifest } from '../../chunks/manifest.ts';
import { TableFileWriter } from '../../chunks/table-file-writer.ts';
import { pipelined } from '../../remote/parallel.ts';
import { readRemoteRefs } from '../../remote/remote-refs.ts';
import { contentOf, writeAll } from '../../remote/s3/local-file.ts';
import type { ListedObject } from '../../remote/s3/s3-client.ts';
import { fileNameIn } from '../../remote/s3/s3-condemned.ts';
import type { S3File } from '../../remote/s3/s3-file.ts';
import { S3Store } from '../../remote/s3/s3-store.ts';
import { S3Tidier } from '../../remote/s3/s3-tidy.ts';
import { uploadObject } from '../../remote/s3/s3-upload.ts';
import { uniqueName } from '../../remote/s3/unique-name.ts';
import { addressesIn } from '../../repo/reachable.ts';
import { INTERNAL } from '../../repo/refs.ts';
import type { Environment } from '../../repo/repository.ts';
import { referencesOf } from '../../serial/references.ts';
import { chunkFileOf } from '../../service/receive-file.ts';
import { CONJOIN_AT, type GarbageOptions, type GarbageReport } from './garbage.ts';
import { Slices } from './slices.ts';

/** Whose collection would find nothing: the same manifest, and before this time, by the clock of S3. */
export interface QuietStore {
  readonly text: string;
  readonly untilMs: number;
}

export interface BucketGarbage extends GarbageReport {
  readonly quiet: QuietStore | undefined;
}

export interface BucketGarbageOptions extends GarbageOptions {
  /** A folder of this process, for files on their way. */
  readonly scratch: string;
  /** What the last collection answered: where nothing has changed since, chunks are not looked at. */
  readonly quiet?: QuietStore | undefined;
}

/** How often it begins again where a push needs what was left out. */
const ATTEMPTS = 5;
/** Chunks in one question, whose content is in memory, and questions on their way at a time. */
const BATCH = 512;
const AHEAD = 4;

/** The files that a manifest names. */
interface NamedFiles {
  readonly old: readonly S3File[];
  /** They belong to pushes that may be under way. */
  readonly young: readonly S3File[];
  /** When the first of the young ones is old. */
  readonly oldAtMs: number;
}

/** What is needed of wasteful files and in no other, uploaded; nothing names it yet. */
interface Compacted {
  readonly key: string;
  readonly spec: FileSpec;
}

/** Throws `corrupt` when a chunk that is needed cannot be read, and collects nothing then. */
export async function collectBucket(
  environment: Environment,
  url: string,
  options: BucketGarbageOptions,
): Promise<BucketGarbage> {
  const store = new S3Store(environment, url);
  try {
    const tidier = new S3Tidier(environment, store);
    const bytesBefore = await namedBytes(store);
    const { text } = await store.manifest.current();
    const { chunksDropped, quiet } = await new BucketCollection(environment, store, tidier, options).run();
    await tidier.conjoin(options.conjoinAt ?? CONJOIN_AT);
    const filesRemoved = await tidier.collect();
    const hasChanged = (await store.manifest.current()).text !== text;
    const bytesAfter = hasChanged ? await namedBytes(store) : bytesBefore;
    return { bytesBefore, bytesAfter, chunksDropped, filesRemoved, quiet };
  } finally {
    store.close();
  }
}

async function namedBytes(store: S3Store): Promise<number> {
  const named = new Set((await store.manifest.current()).manifest.files.map(({ name }) => name));
  const { objects } = await store.client.list();
  return objects.filter(({ name }) => named.has(fileNameIn(name)!)).reduce((sum, { size }) => sum + size, 0);
}

class BucketCollection {
  readonly #environment: Environment;
  readonly #store: S3Store;
  readonly #tidier: S3Tidier;
  readonly #options: BucketGarbageOptions;
  /** What is needed, as far as it was walked. */
  readonly #needed = new AddressQueue();
  readonly #slices: Slices;

  constructor(environment: Environment, store: S3Store, tidier: S3Tidier, options: BucketGarbageOptions) {
    this.#environment = environment;
    this.#store = store;
    this.#tidier = tidier;
    this.#options = options;
    this.#slices = new Slices(environment, options.signal);
  }

  async run(): Promise<{ readonly chunksDropped: number; readonly quiet?: QuietStore | undefined }> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { manifest, text } = await this.#store.manifest.current();
      // Nobody has pushed yet: whatever there is belongs to a push under way.
      if (manifest.root === EMPTY_ADDRESS) return { chunksDropped: 0 };
      const { objects, atMs } = await this.#store.client.list();
      const { quiet } = this.#options;
      if (attempt === 1 && quiet?.text === text && atMs < quiet.untilMs) return { chunksDropped: 0, quiet };
      const { old, young, oldAtMs } = await this.#files(manifest, objects, atMs);
      const nothing = { chunksDropped: 0, quiet: { text, untilMs: oldAtMs } };
      if (old.length === 0) return nothing;
      await this.#walk(manifest.root, young);
      const wasteful = await this.#wasteful(old);
      if (wasteful.length === 0) return nothing;
      const kept = [...old, ...young].filter((file) => !wasteful.includes(file));
      const dropped = await this.#compact(manifest, wasteful, kept);
      if (dropped !== undefined) return { chunksDropped: dropped };
      const now = await this.#store.manifest.current();
      // Another hub has just collected.
      if (now.manifest.gcGeneration !== manifest.gcGeneration) return { chunksDropped: 0 };
    }
    throw new DoltError(
      'unavailable',
      `${this.#store.client.where} is pushed to all the time; it will be collected later`,
    );
  }

  async #files(manifest: Manifest, objects: readonly ListedObject[], atMs: number): Promise<NamedFiles> {
    const { graceMs } = this.#options;
    const modified = new Map(objects.map(({ name, modifiedMs }) => [name, modifiedMs]));
    const files = await this.#store.openAll(manifest.files);
    const ageOf = ({ key }: S3File): number => atMs - (modified.get(key) ?? atMs);
    const young = files.filter((file) => ageOf(file) <= graceMs);
    const oldest = young.reduce((most, file) => Math.max(most, ageOf(file)), Number.NEGATIVE_INFINITY);
    return { old: files.filter((file) => ageOf(file) > graceMs), young, oldAtMs: atMs + graceMs - oldest };
  }

  async #walk(root: Address, young: readonly S3File[]): Promise<void> {
    this.#needed.add(root);
    for (const address of await this.#namedByDocuments(root)) this.#needed.add(address);
    for (const { index } of young) for (const address of index.addresses()) this.#needed.add(address);
    await pipelined<readonly Address[], ReadonlyMap<Address, Uint8Array>>({
      most: AHEAD,
      next: (isIdle) => (this.#needed.waiting >= (isIdle ? 1 : BATCH) ? this.#needed.take(BATCH) : undefined),
      ask: (batch) => this.#chunks(batch),
      take: async (chunks) => {
        await this.#slices.pause();
        for (const chunk of chunks.values()) for (const address of referencesOf(chunk)) this.#needed.add(address);
      },
    });
  }

  /** What refs do not say but internal documents do (`historyRoots`). */
  async #namedByDocuments(root: Address): Promise<readonly Address[]> {
    const { where } = this.#store.client;
    const refs = await readRemoteRefs({
      url: where,
      root: async () => ({ root, version: root }),
      chunks: (addresses) => this.#chunks(addresses),
    });
    const documents = await this.#chunks(Array.from(refs.entries(INTERNAL), ([, address]) => address));
    const named = [...documents.values()].flatMap(addressesIn);
    const located = await this.#store.locate(named);
    return named.filter((_, i) => located[i] !== undefined);
  }

  async #chunks(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>> {
    try {
      return await this.#store.chunks(addresses);
    } catch (cause) {
      if (!(cause instanceof DoltError) || cause.kind === 'unavailable') throw cause;
      throw new DoltError('corrupt', `${cause.message}; it is needed, and nothing was collected`, { cause });
    }
  }

  /** All files with chunks that are not needed, or none: see `leastShare`. */
  async #wasteful(old: readonly S3File[]): Promise<readonly S3File[]> {
    const wasteful: S3File[] = [];
    let dropped = 0;
    let count = 0;
    for (const file of old) {
      const before = dropped;
      for (const address of file.index.addresses()) {
        if (!this.#needed.has(address)) dropped++;
        await this.#slices.pause();
      }
      if (dropped > before) wasteful.push(file);
      count += file.chunkCount;
    }
    return dropped >= this.#options.leastShare * count ? wasteful : [];
  }

  /** How many chunks went; undefined where somebody needs what was left out, or has collected. */
  async #compact(
    manifest: Manifest,
    wasteful: readonly S3File[],
    kept: readonly S3File[],
  ): Promise<number | undefined> {
    const { disk } = this.#environment;
    const { scratch } = this.#options;
    disk.makeDirectory('gc:make-scratch', scratch);
    const writer = new TableFileWriter(disk, scratch, randomName());
    let added: Compacted | undefined;
    try {
      for (const file of wasteful) await this.#copyNeeded(file, writer, kept);
      if (writer.chunkCount > 0) added = await this.#upload(writer);
    } finally {
      if (added === undefined) writer.abandon();
    }
    const isDone = await this.#tidier.supersede(wasteful, added, async () => {
      const now = await this.#store.manifest.current();
      if (now.manifest.gcGeneration !== manifest.gcGeneration) return undefined;
      return (await this.#isEnough(now.manifest, wasteful, kept, writer)) ? now : undefined;
    });
    const chunksBefore = wasteful.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
    return isDone ? chunksBefore - writer.chunkCount : undefined;
  }

  async #upload(writer: TableFileWriter): Promise<Compacted> {
    const { disk } = this.#environment;
    const { name: contentName, path, byteSize, chunkCount } = writer.finish();
    try {
      const name = uniqueName(contentName);
      await uploadObject(this.#store.client, name, byteSize, contentOf(disk, path, byteSize));
      return { key: name, spec: { name, chunkCount } };
    } finally {
      abandonFile(disk, 'gc:remove-copy', path);
    }
  }

  /** Whether what was copied, and the other files, hold all that is needed by now. */
  async #isEnough(
    manifest: Manifest,
    wasteful: readonly S3File[],
    kept: readonly S3File[],
    copied: TableFileWriter,
  ): Promise<boolean> {
    const named = new Map(manifest.files.map((spec) => [spec.name, spec]));
    const known = [...wasteful, ...kept];
    // Somebody has joined them: they begin again with what there is.
    if (known.some(({ name }) => !named.has(name))) return false;
    for (const { name } of known) named.delete(name);
    const fresh = await this.#store.openAll([...named.values()]);
    const before = this.#needed.count;
    await this.#walk(manifest.root, fresh);
    if (this.#needed.count === before) return true;
    const others = [...kept, ...fresh];
    for (const { index } of wasteful) {
      for (const address of index.addresses()) {
        await this.#slices.pause();
        if (this.#needed.has(address) && !copied.has(address) && !isIn(others, address)) return false;
      }
    }
    return true;
  }

  async #copyNeeded(file: S3File, writer: TableFileWriter, kept: readonly S3File[]): Promise<void> {
    const { disk } = this.#environment;
    const wanted: Address[] = [];
    for (const address of file.index.addresses()) {
      await this.#slices.pause();
      if (this.#needed.has(address) && !writer.has(address) && !isIn(kept, address)) wanted.push(address);
    }
    if (wanted.length === 0) return;
    const path = `${this.#options.scratch}/${randomName()}`;
    await writeAll(disk, path, this.#store.pieces(file, { offset: 0, length: file.byteSize }));
    try {
      const copy = chunkFileOf(file.name, file.suffix, path, disk.openRead(path)!);
      try {
        for (const address of wanted) {
          writer.addRecord(address, copy.getRecord(addressBytes(address))!);
          await this.#slices.pause();
        }
      } finally {
        copy.close();
      }
    } finally {
      abandonFile(disk, 'gc:remove-scratch', path);
    }
  }
}

function isIn(files: readonly S3File[], address: Address): boolean {
  const key = addressBytes(address);
  return files.some(({ index }) => index.place(key) !== undefined);
}

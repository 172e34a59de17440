/**
 * Keeping a bucket tidy, whoever writes there: few files, and none that nobody needs. Many files are joined to one by whoever
 * pushed. What the manifest no longer names, and what killed pushes have left, is condemned first: a list of it is written.
 * Only when that list is older than any reader's knowledge is what it names removed, and never what the manifest names then.
 */
import { type Address, parseAddress } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import { ARCHIVE_SUFFIX } from '../../chunks/archive-file.ts';
import { chooseConjoin, joinedTail } from '../../chunks/conjoin.ts';
import type { FileSpec } from '../../chunks/manifest.ts';
import type { Environment } from '../../repo/repository.ts';
import { inParallel } from '../parallel.ts';
import type { ListedObject } from './s3-client.ts';
import type { S3File } from './s3-file.ts';
import type { StoredManifest } from './s3-manifest.ts';
import type { S3Store } from './s3-store.ts';
import { uploadObject } from './s3-upload.ts';
import { uniqueName } from './unique-name.ts';

/** How long what is condemned stays: twice as long as a hub's URLs to it are valid. */
export const GRACE_MS = 30 * 60 * 1000;
const CONJOIN_AT = 24;
/** How old a file that nothing names must be to be no part of a push under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
/** Who pushed looks for what can go when the manifest names so many files more than a multiple of eight, */
const LOOK_AT = 1;
/** and each process once in this time. */
const LOOK_EVERY_MS = 10 * 60 * 1000;
/** Begins the name of a list. */
const LIST = 'condemned-';
const PARALLEL = 4;

interface CondemnedList {
  readonly name: string;
  readonly modifiedMs: number;
  readonly condemned: readonly string[];
}

export class S3Tidier {
  readonly #environment: Environment;
  readonly #store: S3Store;
  #lookedMs: number | undefined;

  constructor(environment: Environment, store: S3Store) {
    this.#environment = environment;
    this.#store = store;
  }

  /** After a push, which has added a file. */
  async tidy(): Promise<void> {
    await this.#conjoin();
    const now = this.#environment.clock.monotonic();
    const { files } = (await this.#known()).manifest;
    if (files.length % 8 !== LOOK_AT || now - (this.#lookedMs ?? Number.NEGATIVE_INFINITY) < LOOK_EVERY_MS) return;
    this.#lookedMs = now;
    await this.collect();
  }

  /** Removes what was condemned long ago, and condemns what nothing has named for a day. */
  async collect(): Promise<void> {
    const { client, manifest } = this.#store;
    const { objects, atMs } = await client.list();
    const named = new Set((await manifest.current()).manifest.files.map(({ name }) => name));
    const unnamed = objects.filter(({ name }) => {
      const address = fileName(name);
      return address !== undefined && !named.has(address);
    });
    const lists = await this.#listsAmong(objects);
    if (unnamed.length === 0 && lists.length === 0) return;
    const condemnedMs = condemnedAt(lists);
    const doomed: ListedObject[] = [];
    const abandoned: ListedObject[] = [];
    for (const file of unnamed) {
      const at = condemnedMs.get(file.name);
      // What was written again since is not what was condemned.
      if (at === undefined || file.modifiedMs > at) {
        if (file.modifiedMs < atMs - ABANDONED_AFTER_MS) abandoned.push(file);
      } else if (at < atMs - GRACE_MS) doomed.push(file);
    }
    await inParallel(doomed, PARALLEL, async ({ name, modifiedMs }) => {
      if ((await client.head(name))?.modifiedMs === modifiedMs) await client.remove(name);
    });
    // A list goes after what it names, or when a younger one names it too.
    const waiting = new Set(unnamed.filter((file) => !doomed.includes(file)).map(({ name }) => name));
    const done = lists.filter(({ modifiedMs, condemned }) => {
      const isNeeded = condemned.some((name) => waiting.has(name) && condemnedMs.get(name) === modifiedMs);
      return modifiedMs < atMs - GRACE_MS && !isNeeded;
    });
    await inParallel(done, PARALLEL, ({ name }) => client.remove(name));
    if (abandoned.length > 0) await this.#condemn(abandoned.map(({ name }) => name));
    for (const { name, uploadId } of await client.unfinishedUploads(atMs - ABANDONED_AFTER_MS)) {
      if (fileName(name) !== undefined) await client.abortUpload(name, uploadId);
    }
  }

  /** Throws `conflict` when one of these files, which the manifest does not name, was removed or may be before it does. */
  async assertKept(files: readonly FileSpec[]): Promise<void> {
    if (files.length === 0) return;
    const { client, manifest } = this.#store;
    const named = new Set((await manifest.current()).manifest.files.map(({ name }) => name));
    const { objects, atMs } = await client.list();
    const condemnedMs = condemnedAt(await this.#listsAmong(objects));
    const there = new Map(objects.map((object) => [object.name, object]));
    for (const { name } of files) {
      if (named.has(name)) continue;
      const object = there.get(name) ?? there.get(name + ARCHIVE_SUFFIX);
      if (!object) throw new DoltError('conflict', `${client.where}: file ${name} is not there any more; try again`);
      const isCondemned = (condemnedMs.get(object.name) ?? 0) >= object.modifiedMs;
      if (!isCondemned && object.modifiedMs >= atMs - ABANDONED_AFTER_MS + GRACE_MS) continue;
      throw new DoltError(
        'conflict',
        `${client.where}: file ${name} was uploaded so long ago that it is being removed; try again`,
      );
    }
  }

  async #conjoin(): Promise<void> {
    const { client } = this.#store;
    const { files } = (await this.#known()).manifest;
    const chosen = chooseConjoin(files, CONJOIN_AT);
    if (chosen.length < 2) return;
    const sources = await this.#store.openAll(chosen);
    const joined = joinedTail(sources.map(({ index }) => index));
    const name = uniqueName(joined.name);
    const key = name + joined.suffix;
    await uploadObject(client, key, joined.byteSize, this.#contentOf(sources, joined.tail));
    // Before they are condemned, so that whoever is killed in between has condemned them.
    const list = await this.#condemn(sources.map(({ key: each }) => each));
    const condemnedMs = this.#environment.clock.monotonic();
    const gone = new Set(chosen.map((spec) => spec.name));
    const isDone = await this.#store.change(({ manifest: { root, files: current } }) => {
      const rest = current.filter((spec) => !gone.has(spec.name));
      const isLate = this.#environment.clock.monotonic() - condemnedMs > GRACE_MS / 3;
      // Somebody else was faster, or the sources would go too soon for who reads them.
      if (isLate || current.length - rest.length < gone.size) return undefined;
      return { root, files: [...rest, { name, chunkCount: joined.chunkCount }] };
    });
    if (!isDone) await inParallel([list, key], PARALLEL, (each) => client.remove(each));
  }

  async #known(): Promise<StoredManifest> {
    const { manifest } = this.#store;
    return manifest.known ?? (await manifest.current());
  }

  async *#contentOf(sources: readonly S3File[], tail: Uint8Array): AsyncGenerator<Uint8Array, void> {
    for (const source of sources) {
      yield* this.#store.pieces(source, { offset: 0, length: source.index.recordBytes() });
    }
    yield tail;
  }

  async #listsAmong(objects: readonly ListedObject[]): Promise<readonly CondemnedList[]> {
    const lists: CondemnedList[] = [];
    const found = objects.filter(({ name }) => name.startsWith(LIST));
    await inParallel(found, PARALLEL, async ({ name, modifiedMs }) => {
      const object = await this.#store.client.read(name);
      if (object) lists.push({ name, modifiedMs, condemned: new TextDecoder().decode(object.bytes).split('\n') });
    });
    return lists;
  }

  async #condemn(names: readonly string[]): Promise<string> {
    const list = LIST + randomName();
    await this.#store.client.write(list, new TextEncoder().encode(names.join('\n')));
    return list;
  }
}

/** When objects were condemned, the last time. */
function condemnedAt(lists: readonly CondemnedList[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { modifiedMs, condemned } of lists) {
    for (const name of condemned) times.set(name, Math.max(times.get(name) ?? 0, modifiedMs));
  }
  return times;
}

/** The name of the file of chunks in an object. */
function fileName(object: string): Address | undefined {
  return parseAddress(object.endsWith(ARCHIVE_SUFFIX) ? object.slice(0, -ARCHIVE_SUFFIX.length) : object);
}

/**
 * Keeping a bucket tidy, whoever writes there: few files, and none that nobody needs. Many files are joined to one by whoever
 * pushed. What the manifest no longer names, and what killed pushes have left, is condemned first: a list of it is written.
 * Only when that list is older than any reader's knowledge is what it names removed, and never what the manifest names then.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { ARCHIVE_SUFFIX } from '../../chunks/archive-file.ts';
import { chooseConjoin, joinedTail } from '../../chunks/conjoin.ts';
import type { FileSpec } from '../../chunks/manifest.ts';
import type { Environment } from '../../repo/repository.ts';
import { inParallel } from '../parallel.ts';
import type { ListedObject } from './s3-client.ts';
import { condemn, fileNameIn, GRACE_MS, readCondemned, type Sentence } from './s3-condemned.ts';
import type { S3File } from './s3-file.ts';
import { S3Lease } from './s3-lease.ts';
import type { StoredManifest } from './s3-manifest.ts';
import type { S3Store } from './s3-store.ts';
import { uploadObject } from './s3-upload.ts';
import { uniqueName } from './unique-name.ts';

const CONJOIN_AT = 24;
/** How old a file that nothing names must be to be no part of a push under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
/** Who pushed looks for what can go when the manifest names so many files more than a multiple of eight, */
const LOOK_AT = 1;
/** and each process once in this time. */
const LOOK_EVERY_MS = 10 * 60 * 1000;
/** Is there while somebody joins files. */
const JOINING = 'joining';
const PARALLEL = 4;

/** What takes the place of files, and what it is called in the list of what it takes the place of. */
interface Replacement {
  readonly sentence: Sentence;
  readonly old: readonly S3File[];
  /** The keys of objects that nothing names yet. */
  readonly made: readonly string[];
  /** Changes the manifest; false where somebody else has done so. */
  readonly swap: (isLate: () => boolean) => Promise<boolean>;
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
    await this.conjoin();
    const now = this.#environment.clock.monotonic();
    const { files } = (await this.#known()).manifest;
    if (files.length % 8 !== LOOK_AT || now - (this.#lookedMs ?? Number.NEGATIVE_INFINITY) < LOOK_EVERY_MS) return;
    this.#lookedMs = now;
    await this.collect();
  }

  /** Makes one file of several where there are so many, unless somebody is at it. */
  async conjoin(limit = CONJOIN_AT): Promise<void> {
    if (chooseConjoin((await this.#known()).manifest.files, limit).length < 2) return;
    const { client, manifest } = this.#store;
    const lease = await S3Lease.take(this.#environment, client, JOINING);
    if (lease === undefined) return;
    try {
      // Somebody may have joined them just now.
      const chosen = chooseConjoin((await manifest.current()).manifest.files, limit);
      if (chosen.length >= 2) await this.#join(chosen);
    } finally {
      await lease.release();
    }
  }

  /**
   * Names `added`, a file that holds what is needed of the files `superseded`, or none, in their place, and begins another gc
   * generation. `confirmed` is asked for a manifest of which that is true, again when a push was faster; false when there is
   * none, and then `added` is removed. The old files stay for whoever still needs them.
   */
  async supersede(
    superseded: readonly S3File[],
    added: { readonly key: string; readonly spec: FileSpec } | undefined,
    confirmed: () => Promise<StoredManifest | undefined>,
  ): Promise<boolean> {
    const names = new Set(superseded.map(({ name }) => name));
    return await this.#replace({
      ...{ sentence: 'collected', old: superseded, made: added ? [added.key] : [] },
      swap: async (isLate) => {
        for (let from = await confirmed(); from !== undefined && !isLate(); from = await confirmed()) {
          if (await this.#store.supersede(from, names, added ? [added.spec] : [])) return true;
        }
        return false;
      },
    });
  }

  /** Removes what was condemned long ago, and condemns what nothing has named for a day. How many files it removed. */
  async collect(): Promise<number> {
    const { client, manifest } = this.#store;
    const { objects, atMs } = await client.list();
    const named = new Set((await manifest.current()).manifest.files.map(({ name }) => name));
    const unnamed = objects.filter(({ name }) => {
      const address = fileNameIn(name);
      return address !== undefined && !named.has(address);
    });
    const condemned = await readCondemned(client, objects);
    const doomed: ListedObject[] = [];
    const abandoned: ListedObject[] = [];
    for (const file of unnamed) {
      const untilMs = condemned.untilMs(file);
      if (untilMs === undefined) {
        if (file.modifiedMs < atMs - ABANDONED_AFTER_MS) abandoned.push(file);
      } else if (untilMs < atMs) doomed.push(file);
    }
    await inParallel(doomed, PARALLEL, async ({ name, modifiedMs }) => {
      if ((await client.head(name))?.modifiedMs === modifiedMs) await client.remove(name);
    });
    // A list goes after what it names, or when a younger one names it too.
    const waiting = new Set(unnamed.filter((file) => !doomed.includes(file)).map(({ name }) => name));
    const done = condemned.lists.filter((list) => list.untilMs < atMs && !condemned.isNeeded(list, waiting));
    await inParallel(done, PARALLEL, ({ name }) => client.remove(name));
    if (abandoned.length > 0) await condemn(client, 'condemned', abandoned.map(abandonedFile));
    if (unnamed.length > 0 || condemned.lists.length > 0) await this.#abortUploads(atMs);
    return doomed.length;
  }

  /**
   * Files that were collected and stay long enough to be named again, those of the latest collection first: for a chunk that
   * somebody was told is here. Whoever names one again names those of later collections, too: all that a file of a
   * collection refers to was named then, so that it is in the files that are named, or in these.
   */
  async collected(): Promise<readonly (readonly FileSpec[])[]> {
    const { client, manifest } = this.#store;
    const { objects, atMs } = await client.list();
    const condemned = await readCondemned(client, objects);
    const named = new Set((await manifest.current()).manifest.files.map(({ name }) => name));
    const there = new Set(objects.map(({ name }) => name));
    const lists = condemned.lists
      .filter(({ sentence, untilMs }) => sentence === 'collected' && untilMs - atMs > GRACE_MS)
      .sort((a, b) => b.atMs - a.atMs);
    const collections: FileSpec[][] = [];
    for (const { files } of lists) {
      const unnamed = files.flatMap(({ key, chunkCount }) => {
        const name = fileNameIn(key);
        return name === undefined || named.has(name) ? [] : [{ key, name, chunkCount }];
      });
      // Nobody removes them so early; what an older one refers to may have been in them.
      if (unnamed.some(({ key }) => !there.has(key))) break;
      collections.push(unnamed.map(({ name, chunkCount }) => ({ name, chunkCount })));
    }
    return collections;
  }

  /** Throws `conflict` when one of these files, which the manifest does not name, was removed or may be before it does. */
  async assertKept(files: readonly FileSpec[]): Promise<void> {
    if (files.length === 0) return;
    const { client, manifest } = this.#store;
    const named = new Set((await manifest.current()).manifest.files.map(({ name }) => name));
    const { objects, atMs } = await client.list();
    const condemned = await readCondemned(client, objects);
    const there = new Map(objects.map((object) => [object.name, object]));
    for (const { name } of files) {
      if (named.has(name)) continue;
      const object = there.get(name) ?? there.get(name + ARCHIVE_SUFFIX);
      if (!object) throw new DoltError('conflict', `${client.where}: file ${name} is not there any more; try again`);
      const isCondemned = condemned.untilMs(object) !== undefined;
      if (!isCondemned && object.modifiedMs >= atMs - ABANDONED_AFTER_MS + GRACE_MS) continue;
      throw new DoltError(
        'conflict',
        `${client.where}: file ${name} was uploaded so long ago that it is being removed; try again`,
      );
    }
  }

  async #join(chosen: readonly FileSpec[]): Promise<void> {
    const sources = await this.#store.openAll(chosen);
    const joined = joinedTail(sources.map(({ index }) => index));
    const name = uniqueName(joined.name);
    const key = name + joined.suffix;
    await uploadObject(this.#store.client, key, joined.byteSize, this.#contentOf(sources, joined.tail));
    const gone = new Set(chosen.map((spec) => spec.name));
    await this.#replace({
      ...{ sentence: 'condemned', old: sources, made: [key] },
      swap: (isLate) =>
        this.#store.change(({ manifest: { root, files: current } }) => {
          const rest = current.filter((spec) => !gone.has(spec.name));
          // Somebody else was faster, or the sources would go too soon for who reads them.
          if (isLate() || current.length - rest.length < gone.size) return undefined;
          return { root, files: [...rest, { name, chunkCount: joined.chunkCount }] };
        }),
    });
  }

  /** What was made is removed again where the manifest was not changed. */
  async #replace({ sentence, old, made, swap }: Replacement): Promise<boolean> {
    const { client } = this.#store;
    const { clock } = this.#environment;
    // Before nothing names them, so that whoever is killed in between has condemned them.
    const list = await condemn(client, sentence, old);
    const condemnedMs = clock.monotonic();
    const isDone = await swap(() => clock.monotonic() - condemnedMs > GRACE_MS / 3);
    if (!isDone) await inParallel([list, ...made], PARALLEL, (each) => client.remove(each));
    return isDone;
  }

  async #abortUploads(atMs: number): Promise<void> {
    const { client } = this.#store;
    for (const { name, uploadId } of await client.unfinishedUploads(atMs - ABANDONED_AFTER_MS)) {
      if (fileNameIn(name) !== undefined) await client.abortUpload(name, uploadId);
    }
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
}

/** How many chunks it has nobody asks: it is never named again. */
function abandonedFile({ name }: ListedObject): { name: Address; suffix: string; chunkCount: number } {
  const address = fileNameIn(name)!;
  return { name: address, suffix: name.slice(address.length), chunkCount: 0 };
}

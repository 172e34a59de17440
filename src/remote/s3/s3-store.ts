/**
 * The chunk store in a bucket, laid out as the original's: the manifest and files of chunks below one prefix. Chunks are
 * found by the files' indexes and read by ranges, each checked against its address; the root and what the manifest names
 * change together, by comparison. A remote stands on it, and a store that a hub serves.
 */
import { type Address, addressBytes } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { StoredPlace } from '../../chunks/chunk-file.ts';
import { type FileSpec, manifestLock } from '../../chunks/manifest.ts';
import type { Environment } from '../../repo/repository.ts';
import { inParallel } from '../parallel.ts';
import { type ChunkSpan, chunkOf, groupSpans, readDictionary, type Span } from '../spans.ts';
import { S3Client } from './s3-client.ts';
import { MissingObjectError, type S3File } from './s3-file.ts';
import { S3Files } from './s3-files.ts';
import { S3Manifest, type StoredManifest } from './s3-manifest.ts';
import { type PieceOptions, piecesOf } from './s3-pieces.ts';

/** Names a file and its kind. */
export type FileName = Pick<S3File, 'name' | 'suffix'>;

export interface LocatedChunk {
  readonly file: S3File;
  readonly place: StoredPlace;
}

const PARALLEL_INDEXES = 8;
const PARALLEL_RANGES = 8;
/** Of a file that is read through. */
const PIECES = { pieceBytes: 8 << 20, parallel: 4 };
/** How often what is sought is looked for again, where a file went away because somebody tidied. */
const LOCATING_ATTEMPTS = 3;
const SWAP_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 500;

export class S3Store {
  readonly client: S3Client;
  readonly manifest: S3Manifest;
  readonly files: S3Files;
  readonly #environment: Environment;

  /** Throws `invalid` and `unsupported`, as `S3Client`. */
  constructor(environment: Environment, url: string) {
    this.#environment = environment;
    this.client = new S3Client(environment, url);
    this.manifest = new S3Manifest(environment, this.client);
    this.files = new S3Files(this.client);
  }

  /**
   * Where chunks lie, undefined for those that are not here; in the order of `addresses`. They are sought in `besides` too,
   * as in all of these.
   */
  async locate(addresses: readonly Address[], besides: readonly S3File[] = []): Promise<(LocatedChunk | undefined)[]> {
    return await this.#whileTidied(async ({ manifest }) => {
      const files = [...besides, ...(await this.openAll(manifest.files))];
      return addresses.map((address) => {
        const key = addressBytes(address);
        for (const file of files) {
          const place = file.index.place(key);
          if (place) return { file, place };
        }
        return undefined;
      });
    });
  }

  /** Chunks by address, each checked against it. Throws `notFound` for one that is not here, `corrupt` for a damaged one. */
  async chunks(
    addresses: readonly Address[],
    besides: readonly S3File[] = [],
  ): Promise<ReadonlyMap<Address, Uint8Array>> {
    const found = new Map<Address, Uint8Array>();
    await this.#whileTidied(async () => {
      const missing = addresses.filter((address) => !found.has(address));
      const byFile = new Map<S3File, ChunkSpan[]>();
      for (const { address, file, place } of await this.#find(missing, besides)) {
        const spans = byFile.get(file);
        const span = { address, ...place };
        if (spans) spans.push(span);
        else byFile.set(file, [span]);
      }
      await this.#readDictionaries(byFile);
      const groups = [...byFile].flatMap(([file, spans]) => groupSpans(spans).map((group) => ({ file, group })));
      await inParallel(groups, PARALLEL_RANGES, async ({ file, group }) => {
        const bytes = await this.read(file, group);
        for (const span of group.spans) {
          const stored = bytes.subarray(span.offset - group.offset, span.offset - group.offset + span.length);
          found.set(span.address, chunkOf(stored, span, file.dictionaries, `${this.client.where}/${file.key}`));
        }
      });
    });
    return found;
  }

  /** Opens files, in their order. Throws `MissingObjectError`. */
  async openAll(specs: readonly FileSpec[]): Promise<readonly S3File[]> {
    const files = new Array<S3File>(specs.length);
    const positions = Array.from(specs.keys());
    await inParallel(positions, PARALLEL_INDEXES, async (at) => {
      files[at] = await this.files.open(specs[at]!);
    });
    return files;
  }

  /** Bytes of a file. Throws `MissingObjectError`. */
  async read(file: S3File, span: Span): Promise<Uint8Array> {
    const held = file.held(span);
    if (held) return held;
    const object = await this.client.read(file.key, { offset: span.offset, length: span.length });
    if (object) return object.bytes;
    this.files.forget(file.name);
    throw new MissingObjectError(this.client.where, file.name);
  }

  /** Bytes of a file of any size, in order. Throws `MissingObjectError`. */
  async *pieces(
    { name, suffix }: FileName,
    span: Span,
    options: PieceOptions = PIECES,
  ): AsyncGenerator<Uint8Array, void> {
    const file = await this.files.opened(name);
    const held = file?.suffix === suffix ? file.held(span) : undefined;
    if (held) yield held;
    else yield* piecesOf(this.client, name + suffix, span, options);
  }

  /**
   * Names `added` in the manifest and swaps the root from `last` to `next`, together; false when the root is not `last` any
   * more. `generation`: the gc generation under which what is here was found to be enough; throws `conflict` when it is
   * another. Throws `unknown` when it is not known whether it happened.
   */
  async swap(next: Address, last: Address, added: readonly FileSpec[], generation?: Address): Promise<boolean> {
    return await this.change((from) => {
      const { manifest } = from;
      if (manifest.root !== last) return undefined;
      if (generation !== undefined && manifest.gcGeneration !== generation) throw this.#collected();
      const named = new Set(manifest.files.map(({ name }) => name));
      return { root: next, files: [...manifest.files, ...added.filter(({ name }) => !named.has(name))] };
    });
  }

  /** Changes the manifest to what `edit` makes of the current one, as often as others change it; false where that is nothing. */
  async change(
    edit: (from: StoredManifest) => { readonly root: Address; readonly files: readonly FileSpec[] } | undefined,
  ): Promise<boolean> {
    const { timers, random } = this.#environment;
    const { known } = this.manifest;
    let isFresh = known === undefined;
    let from = known ?? (await this.manifest.current());
    for (let attempt = 1; attempt <= SWAP_ATTEMPTS; attempt++) {
      let edited = edit(from);
      if (edited === undefined && !isFresh) {
        from = await this.manifest.current();
        isFresh = true;
        edited = edit(from);
      }
      if (edited === undefined) return false;
      const lock = manifestLock(edited.root, edited.files);
      if (await this.manifest.replace(from, { ...from.manifest, ...edited, lock })) return true;
      if (attempt > 1) await timers.sleep(Math.min(LONGEST_PAUSE_MS, 10 * 2 ** attempt) * random());
      from = await this.manifest.current();
      isFresh = true;
    }
    throw new DoltError('unavailable', `${this.client.where} was moved by others at every attempt; try again`);
  }

  /**
   * Names `added` in the place of the files `superseded` and begins another gc generation; false when the manifest is not
   * `from` any more. Throws `unknown` when it is not known whether it happened.
   */
  async supersede(
    { manifest, ...from }: StoredManifest,
    superseded: ReadonlySet<Address>,
    added: readonly FileSpec[],
  ): Promise<boolean> {
    const files = [...manifest.files.filter(({ name }) => !superseded.has(name)), ...added];
    const lock = manifestLock(manifest.root, files);
    return await this.manifest.replace({ manifest, ...from }, { root: manifest.root, files, lock, gcGeneration: lock });
  }

  close(): void {
    this.files.clear();
  }

  /** Runs `work` with the manifest as it was last seen, and again with the current one where a file of it went away. */
  async #whileTidied<T>(work: (from: StoredManifest) => Promise<T>): Promise<T> {
    const { known } = this.manifest;
    let from = known ?? (await this.manifest.current());
    for (let attempt = 1; ; attempt++) {
      const isFresh = attempt > 1 || known === undefined;
      try {
        return await work(from);
      } catch (error) {
        if (!(error instanceof MissingObjectError) || attempt === LOCATING_ATTEMPTS) throw error;
        const now = await this.manifest.current();
        if (isFresh && now.text === from.text) throw error;
        from = now;
      }
    }
  }

  /** Where chunks lie, all of them. Throws `notFound`. */
  async #find(
    addresses: readonly Address[],
    besides: readonly S3File[],
  ): Promise<readonly (LocatedChunk & { readonly address: Address })[]> {
    let located = await this.locate(addresses, besides);
    if (located.includes(undefined)) {
      // They may have come with a swap since the manifest was seen.
      await this.manifest.current();
      located = await this.locate(addresses, besides);
    }
    return located.map((chunk, i) => {
      const address = addresses[i]!;
      if (!chunk) throw new DoltError('notFound', `${this.client.where} lacks chunk ${address}`);
      return { address, ...chunk };
    });
  }

  async #readDictionaries(byFile: ReadonlyMap<S3File, readonly ChunkSpan[]>): Promise<void> {
    const wanted = [...byFile].flatMap(([file, spans]) => {
      const dictionaries = new Map(spans.flatMap(({ dictionary: d }) => (d ? [[d.offset, d] as const] : [])));
      return [...dictionaries.values()]
        .filter(({ offset }) => !file.dictionaries.has(offset))
        .map((span) => ({ file, span }));
    });
    await inParallel(wanted, PARALLEL_RANGES, async ({ file, span }) => {
      const stored = await this.read(file, span);
      file.dictionaries.set(span.offset, readDictionary(stored, `${this.client.where}/${file.key}`));
    });
  }

  #collected(): DoltError {
    const what = 'garbage was collected there meanwhile, and some of what was there may be gone; try again';
    return new DoltError('conflict', `${this.client.where}: ${what}`);
  }
}

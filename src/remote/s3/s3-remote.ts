/** A remote in a bucket (`s3://`), laid out as the original's. */
import type { Address } from '../../base/address.ts';
import { abandonFile } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { ARCHIVE_SUFFIX } from '../../chunks/archive-file.ts';
import type { Environment } from '../../repo/repository.ts';
import type { LocalTableFile, RemoteFile, RemoteRoot, RemoteStore, UploadedFile } from '../remote-store.ts';
import { smallTable } from '../small-table.ts';
import { contentOf, writeAll } from './local-file.ts';
import { GRACE_MS } from './s3-condemned.ts';
import { MissingObjectError, S3File } from './s3-file.ts';
import { S3Store } from './s3-store.ts';
import { S3Tidier } from './s3-tidy.ts';
import { uploadObject } from './s3-upload.ts';
import { TailFile } from './tail-file.ts';
import { uniqueName } from './unique-name.ts';

const LISTING_ATTEMPTS = 3;
/** Nobody removes what was uploaded so short a time ago, whatever they think of it. */
const SAFE_MS = GRACE_MS / 3;
/** A file up to this size stays in memory when it was uploaded: its chunks are asked for next. */
const KEPT_BYTES = 256 << 10;

export class S3Remote implements RemoteStore {
  readonly url: string;
  readonly #environment: Environment;
  readonly #store: S3Store;
  /** The gc generation that was in force when it was first asked what is there. */
  #generation: Address | undefined;
  readonly #tidier: S3Tidier;
  /** When files were uploaded, by the monotonic clock. */
  readonly #uploadedMs = new Map<Address, number>();

  /** Throws `invalid` for a URL that names no bucket, and `unsupported` without a network. */
  constructor(environment: Environment, url: string) {
    this.url = url;
    this.#environment = environment;
    this.#store = new S3Store(environment, url);
    this.#tidier = new S3Tidier(environment, this.#store);
  }

  async root(): Promise<RemoteRoot> {
    const { manifest, text } = await this.#store.manifest.current();
    return { root: manifest.root, version: text };
  }

  /** S3 answers when what was written is durable. */
  async settle(): Promise<void> {}

  async absent(addresses: readonly Address[]): Promise<readonly Address[]> {
    const { manifest } = this.#store.manifest.known ?? (await this.#store.manifest.current());
    this.#generation ??= manifest.gcGeneration;
    const located = await this.#store.locate(addresses);
    return addresses.filter((_, i) => located[i] === undefined);
  }

  async chunks(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>> {
    return await this.#store.chunks(addresses);
  }

  async upload(file: LocalTableFile): Promise<UploadedFile> {
    const { disk } = this.#environment;
    const name = uniqueName(file.name);
    await uploadObject(this.#store.client, name, file.byteSize, contentOf(disk, file.path, file.byteSize));
    abandonFile(disk, 'remote:remove-local', file.path);
    this.#uploadedMs.set(name, this.#environment.clock.monotonic());
    return { name, chunkCount: file.chunkCount };
  }

  async uploadChunks(
    chunks: Iterable<readonly [Address, Uint8Array]>,
    records: Iterable<readonly [Address, Uint8Array]> = [],
  ): Promise<UploadedFile> {
    const { name: contentName, chunkCount, bytes } = smallTable(chunks, records);
    const name = uniqueName(contentName);
    const { client, files } = this.#store;
    await uploadObject(client, name, bytes.length, [bytes]);
    this.#uploadedMs.set(name, this.#environment.clock.monotonic());
    if (bytes.length <= KEPT_BYTES) files.add(S3File.of(client.where, name, '', new TailFile(bytes, bytes.length)));
    return { name, chunkCount };
  }

  async swap(
    next: Address,
    last: Address,
    files: readonly UploadedFile[],
    ready: Promise<void> = Promise.resolve(),
  ): Promise<boolean> {
    await ready;
    const now = this.#environment.clock.monotonic();
    const old = files.filter(({ name }) => now - (this.#uploadedMs.get(name) ?? -SAFE_MS) >= SAFE_MS);
    await this.#tidier.assertKept(old);
    try {
      const swapped = await this.#store.swap(next, last, files, this.#generation);
      if (!swapped) return false;
      this.#generation = undefined;
      for (const { name } of files) this.#uploadedMs.delete(name);
      return true;
    } catch (error) {
      if (error instanceof DoltError && error.kind === 'conflict') this.#generation = undefined;
      throw error;
    }
  }

  async files(): Promise<readonly RemoteFile[]> {
    for (let attempt = 1; ; attempt++) {
      const { manifest, text } = await this.#store.manifest.current();
      const { objects } = await this.#store.client.list();
      const sizes = new Map(objects.map(({ name, size }) => [name, size]));
      const files = manifest.files.map(({ name, chunkCount }) => {
        const suffix = sizes.has(name) ? '' : ARCHIVE_SUFFIX;
        return { name, suffix, chunkCount, byteSize: sizes.get(name + suffix) };
      });
      const missing = files.find(({ byteSize }) => byteSize === undefined);
      if (!missing) return files.map((file) => ({ ...file, byteSize: file.byteSize! }));
      const isTidied = (await this.#store.manifest.current()).text !== text;
      if (!isTidied || attempt === LISTING_ATTEMPTS)
        throw new MissingObjectError(this.#store.client.where, missing.name);
    }
  }

  async download(file: RemoteFile, path: string, progress?: (bytes: number) => void): Promise<void> {
    const content = this.#store.pieces(file, { offset: 0, length: file.byteSize });
    try {
      await writeAll(this.#environment.disk, path, content, progress);
    } catch (error) {
      if (!(error instanceof MissingObjectError)) throw error;
      const what = `remote ${this.url}: ${file.name} went away while it was read; try again`;
      throw new DoltError('unavailable', what, { cause: error });
    }
  }

  async end(file: RemoteFile, length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#store.pieces(file, { offset: file.byteSize - length, length })) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async tidy(): Promise<void> {
    await this.#tidier.tidy();
  }

  close(): void {
    this.#store.close();
  }
}

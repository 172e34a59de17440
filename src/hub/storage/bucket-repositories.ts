/** Repositories in a bucket, each a store below `owner/database/`: what `s3://` remotes are too. */
import { randomBytes } from 'node:crypto';
import { DoltError } from '../../base/errors.ts';
import { EMPTY_MANIFEST, formatManifest, MANIFEST_NAME, parseManifest } from '../../chunks/manifest.ts';
import { inParallel } from '../../remote/parallel.ts';
import { S3Client } from '../../remote/s3/s3-client.ts';
import { LEASE_MS, S3Lease } from '../../remote/s3/s3-lease.ts';
import type { Environment } from '../../repo/repository.ts';
import { BucketStore } from '../../service/bucket-store.ts';
import type { ServedStore } from '../../service/served-store.ts';
import { BucketAccounts } from '../accounts/bucket-accounts.ts';
import { collectBucket, type QuietStore } from './bucket-garbage.ts';
import { BucketNotes } from './bucket-notes.ts';
import type { GarbageOptions, GarbageReport } from './garbage.ts';
import { lastPush, lastPushNote } from './last-push.ts';
import type { OwnFolder } from './own-folder.ts';
import { isValidOwner, parseRepositoryName, type RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';

const URL_KEY = '.hub/url-key';
const KEY_BYTES = 32;
const PARALLEL = 8;
/** For so long it is not asked again whether a repository is there. */
const FRESH_MS = 5000;
const MOST_REMEMBERED = 10_000;

export class BucketRepositories implements RepositoryStorage {
  readonly accounts: BucketAccounts;
  readonly notes: BucketNotes;
  readonly #environment: Environment;
  readonly #url: string;
  readonly #scratch: string;
  readonly #client: S3Client;
  /** When repositories were last seen, by the monotonic clock. */
  readonly #seenMs = new Map<RepositoryName, number>();
  /** In which there was nothing to collect. */
  readonly #quiet = new Map<RepositoryName, QuietStore>();

  readonly own: OwnFolder | undefined;

  /** `scratch`: a folder of this process, in `own` where that is given. Throws `invalid` for a URL that is none. */
  constructor(environment: Environment, url: string, scratch: string, own?: OwnFolder) {
    this.own = own;
    this.#environment = environment;
    this.#url = url;
    this.#scratch = scratch;
    this.#client = new S3Client(environment, url);
    this.accounts = new BucketAccounts(this.#client, environment.clock);
    this.notes = new BucketNotes(this.#client);
  }

  async urlKey(): Promise<Uint8Array> {
    const kept = await this.#client.read(URL_KEY);
    if (kept) return kept.bytes;
    const key = randomBytes(KEY_BYTES);
    if ((await this.#client.writeIf(URL_KEY, undefined, key)) !== undefined) return key;
    // Another hub was faster.
    return await this.urlKey();
  }

  async list(): Promise<readonly RepositoryName[]> {
    const owners = (await this.#client.folders()).filter(isValidOwner);
    const names: RepositoryName[] = [];
    for (const owner of owners) {
      for (const database of await this.#client.folders(`${owner}/`)) {
        const name = parseRepositoryName(`${owner}/${database}`);
        if (name !== undefined) names.push(name);
      }
    }
    const isThere = new Set<RepositoryName>();
    await inParallel(names, PARALLEL, async (name) => {
      if ((await this.identity(name)) !== undefined) isThere.add(name);
    });
    return names.filter((name) => isThere.has(name));
  }

  /** All of one name are alike: what a store remembers of an old one is of files that the new one does not name. */
  async identity(name: RepositoryName): Promise<string | undefined> {
    const now = this.#environment.clock.monotonic();
    if (now - (this.#seenMs.get(name) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) return name;
    this.#seenMs.delete(name);
    if ((await this.#client.head(`${name}/${MANIFEST_NAME}`)) === undefined) return undefined;
    this.#seenMs.set(name, now);
    for (const oldest of this.#seenMs.keys()) {
      if (this.#seenMs.size <= MOST_REMEMBERED) break;
      this.#seenMs.delete(oldest);
    }
    return name;
  }

  async create(name: RepositoryName): Promise<void> {
    const text = Buffer.from(formatManifest(EMPTY_MANIFEST));
    await this.#client.writeIf(`${name}/${MANIFEST_NAME}`, undefined, text);
  }

  async remove(name: RepositoryName): Promise<void> {
    this.#seenMs.delete(name);
    if ((await this.identity(name)) === undefined) throw new DoltError('notFound', `there is no repository ${name}`);
    // Without its manifest it is gone.
    await this.#client.remove(`${name}/${MANIFEST_NAME}`);
    this.#seenMs.delete(name);
    const { objects } = await this.#client.list(`${name}/`);
    await inParallel(objects, PARALLEL, (object) => this.#client.remove(object.name));
    await this.notes.remove(lastPushNote(name));
  }

  async changedMs(name: RepositoryName): Promise<number | undefined> {
    return (await this.#client.head(`${name}/${MANIFEST_NAME}`))?.modifiedMs;
  }

  async collect(name: RepositoryName, options: GarbageOptions): Promise<GarbageReport> {
    if ((await this.identity(name)) === undefined) throw new DoltError('notFound', `there is no repository ${name}`);
    const manifest = await this.#client.read(`${name}/${MANIFEST_NAME}`);
    if (manifest) await lastPush(this, name, parseManifest(new TextDecoder().decode(manifest.bytes), name).root);
    const own = { ...options, scratch: this.#scratch, quiet: this.#quiet.get(name) };
    const { quiet, ...report } = await collectBucket(this.#environment, this.#urlOf(name), own);
    this.#quiet.delete(name);
    if (quiet !== undefined && this.#quiet.size < MOST_REMEMBERED) this.#quiet.set(name, quiet);
    return report;
  }

  async exclusively(what: string, work: () => Promise<void>): Promise<boolean> {
    const lease = await S3Lease.take(this.#environment, this.#client, `.hub/${what}-runs`);
    if (lease === undefined) return false;
    const ended = new AbortController();
    const renewing = this.#renew(lease, ended.signal);
    try {
      await work();
    } finally {
      ended.abort();
      await renewing;
      await lease.release();
    }
    return true;
  }

  open(name: RepositoryName): ServedStore {
    return new BucketStore(this.#environment, this.#urlOf(name), this.#scratch);
  }

  /** Others need not know for how long this goes on. */
  async #renew(lease: S3Lease, ended: AbortSignal): Promise<void> {
    const { timers, logger } = this.#environment;
    while (!ended.aborted) {
      await timers.sleep(LEASE_MS / 3, ended).catch(() => {});
      if (ended.aborted) return;
      await lease.renew().catch((error: unknown) => logger.warn(`a lease was not renewed: ${String(error)}`));
    }
  }

  #urlOf(name: RepositoryName): string {
    const [, base = '', query = ''] = /^([^?]*)(.*)$/s.exec(this.#url)!;
    return `${base.replace(/\/+$/, '')}/${name}${query}`;
  }
}

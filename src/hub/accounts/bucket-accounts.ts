/** The accounts of hubs over a bucket: one object, replaced only where it is still the one that the change was made of. */
import type { Clock } from '../../base/environment.ts';
import type { S3Client } from '../../remote/s3/s3-client.ts';
import type { AccountStorage, KeptText } from './account-storage.ts';

const NAME = '.hub/accounts.json';
/** For so long nobody is asked again: a change elsewhere holds here after this time. */
const FRESH_MS = 1000;

export class BucketAccounts implements AccountStorage {
  readonly name: string;
  readonly #client: S3Client;
  readonly #clock: Clock;
  #kept: KeptText | undefined;
  #seenMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(client: S3Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.name = `${client.where}/${NAME}`;
  }

  async read(): Promise<KeptText | undefined> {
    if (this.#clock.monotonic() - this.#seenMs < FRESH_MS) return this.#kept;
    this.#reading ??= this.#look().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#kept;
  }

  async replace(before: KeptText | undefined, text: string): Promise<boolean> {
    const etag = await this.#client.writeIf(NAME, before?.version, Buffer.from(text));
    // What took its place is looked at by the next one who asks.
    this.#seenMs = Number.NEGATIVE_INFINITY;
    return etag !== undefined;
  }

  async #look(): Promise<void> {
    const seenMs = this.#clock.monotonic();
    const kept = this.#kept;
    const found =
      kept === undefined ? await this.#client.read(NAME) : await this.#client.readUnless(NAME, kept.version);
    if (found === undefined) this.#kept = undefined;
    else if (found !== 'unchanged')
      this.#kept = { text: Buffer.from(found.bytes).toString('utf8'), version: found.etag };
    this.#seenMs = seenMs;
  }
}

/**
 * Says to others that somebody is at something: an object, made under a condition, that goes when it is done, and is void
 * some minutes after whoever made it was killed. It saves the others work that would be for nothing; that nothing is lost
 * where two are at it after all rests on the comparison of the manifest.
 */
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import type { Environment } from '../../repo/repository.ts';
import type { S3Client } from './s3-client.ts';

/** How long it holds, by the clocks of those who look. */
export const LEASE_MS = 10 * 60 * 1000;

interface Held {
  readonly text: string;
  readonly etag: string;
}

export class S3Lease {
  readonly #environment: Environment;
  readonly #client: S3Client;
  readonly #name: string;
  #held: Held;

  private constructor(environment: Environment, client: S3Client, name: string, held: Held) {
    this.#environment = environment;
    this.#client = client;
    this.#name = name;
    this.#held = held;
  }

  /** Undefined while somebody else has it. */
  static async take(environment: Environment, client: S3Client, name: string): Promise<S3Lease | undefined> {
    const made = await write(environment, client, name, undefined);
    if (made !== undefined) return new S3Lease(environment, client, name, made);
    const there = await client.read(name);
    if (there === undefined) return undefined;
    const now = environment.clock.now();
    const untilMs = Number(new TextDecoder().decode(there.bytes).split(' ')[1]);
    // One of a clock that is far ahead is void, too.
    if (untilMs > now && untilMs <= now + 2 * LEASE_MS) return undefined;
    const taken = await write(environment, client, name, there.etag);
    return taken && new S3Lease(environment, client, name, taken);
  }

  /** Holds it for longer; false where somebody else has it by now. */
  async renew(): Promise<boolean> {
    const renewed = await write(this.#environment, this.#client, this.#name, this.#held.etag);
    if (renewed !== undefined) this.#held = renewed;
    return renewed !== undefined;
  }

  /** Whether or not S3 can be reached: it ends by itself, too. */
  async release(): Promise<void> {
    try {
      const there = await this.#client.read(this.#name);
      const isOurs = there !== undefined && new TextDecoder().decode(there.bytes) === this.#held.text;
      if (isOurs) await this.#client.remove(this.#name);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
    }
  }
}

/** In the place of the one with this ETag, or of none; undefined where that is not there. */
async function write(
  { clock }: Environment,
  client: S3Client,
  name: string,
  etag: string | undefined,
): Promise<Held | undefined> {
  const text = `${randomName()} ${clock.now() + LEASE_MS}`;
  try {
    const written = await client.writeIf(name, etag, new TextEncoder().encode(text));
    return written === undefined ? undefined : { text, etag: written };
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind !== 'unknown') throw error;
    const there = await client.read(name);
    const isOurs = there !== undefined && new TextDecoder().decode(there.bytes) === text;
    return isOurs ? { text, etag: there.etag } : undefined;
  }
}

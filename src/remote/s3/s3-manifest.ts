/**
 * The manifest of a bucket's store: one object, replaced only where it is still the one that the replacement was made of
 * (its ETag). A replacement whose answer was lost is settled by reading again.
 */
import { DoltError } from '../../base/errors.ts';
import { EMPTY_MANIFEST, formatManifest, MANIFEST_NAME, type Manifest, parseManifest } from '../../chunks/manifest.ts';
import type { Environment } from '../../repo/repository.ts';
import type { S3Client } from './s3-client.ts';

export interface StoredManifest {
  readonly manifest: Manifest;
  /** As it is stored; '' where there is none. */
  readonly text: string;
  /** Undefined where there is none. */
  readonly etag: string | undefined;
  /** When it was read, by the monotonic clock. */
  readonly seenMs: number;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

export class S3Manifest {
  readonly #environment: Environment;
  readonly #client: S3Client;
  #known: StoredManifest | undefined;
  #running: Promise<StoredManifest> | undefined;
  #following: Promise<StoredManifest> | undefined;

  constructor(environment: Environment, client: S3Client) {
    this.#environment = environment;
    this.#client = client;
  }

  /** As it was last seen. */
  get known(): StoredManifest | undefined {
    return this.#known;
  }

  /** As it is now: by a request that begins after the call, and that all share who call meanwhile. */
  async current(): Promise<StoredManifest> {
    if (!this.#running) return await this.#begin();
    this.#following ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return await this.#following;
  }

  /**
   * Puts `next` in the place of `from`; false when `from` was not there any more. Throws `unknown` when the answer was lost
   * and what is there now does not tell either.
   */
  async replace(from: StoredManifest, next: Manifest): Promise<boolean> {
    const { timers, random } = this.#environment;
    const text = formatManifest(next);
    const body = new TextEncoder().encode(text);
    let lost: unknown;
    for (let attempt = 1, pauseMs = FIRST_PAUSE_MS; ; attempt++, pauseMs *= 2) {
      try {
        const etag = await this.#client.writeIf(MANIFEST_NAME, from.etag, body);
        if (etag !== undefined) {
          this.#known = { manifest: next, text, etag, seenMs: this.#now() };
          return true;
        }
        if (lost === undefined) return false;
      } catch (error) {
        if (!(error instanceof DoltError) || error.kind !== 'unknown') throw error;
        lost = error;
      }
      const now = await this.current().catch(() => undefined);
      if (now?.text === text) return true;
      // It has not arrived yet. Should it still, it finds what was written meanwhile in the place of `from`.
      if (now === undefined || now.etag !== from.etag || attempt === ATTEMPTS) throw lost;
      await timers.sleep(pauseMs * (0.5 + random() / 2));
    }
  }

  #begin(): Promise<StoredManifest> {
    this.#following = undefined;
    const running = this.#read().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #read(): Promise<StoredManifest> {
    const { etag } = this.#known ?? {};
    const seenMs = this.#now();
    const found =
      etag === undefined ? await this.#client.read(MANIFEST_NAME) : await this.#client.readUnless(MANIFEST_NAME, etag);
    if (found === 'unchanged') {
      // Another call may have replaced it meanwhile.
      if (this.#known?.etag === etag) this.#known = { ...this.#known!, seenMs };
    } else if (found === undefined) {
      this.#known = { manifest: EMPTY_MANIFEST, text: '', etag: undefined, seenMs };
    } else {
      const text = new TextDecoder().decode(found.bytes);
      const manifest = parseManifest(text, `${this.#client.where}/${MANIFEST_NAME}`);
      this.#known = { manifest, text, etag: found.etag, seenMs };
    }
    return this.#known!;
  }

  #now(): number {
    return this.#environment.clock.monotonic();
  }
}

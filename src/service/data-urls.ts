/**
 * The URLs behind which clients read and write files. One says in clear which file, and, sealed (AES-256-GCM), what may be
 * done with it and by whom, so that nobody makes one of their own or for longer than it was given. A URL is valid for a
 * quarter of an hour, and for all processes that share the key.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import type { AnnouncedFile } from './served-store.ts';
import type { Caller } from './service-host.ts';

export const DATA_PREFIX = '/-/data/';
/** From when it is made. */
export const URL_LIFETIME_MS = 15 * 60 * 1000;
/** A clock elsewhere may be behind by this much. */
const EARLY_MS = 10 * 1000;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface DataRead {
  readonly kind: 'read';
  readonly repository: string;
  readonly caller: Caller;
  /** Name and suffix. */
  readonly file: string;
}

export interface DataWrite {
  readonly kind: 'write';
  readonly repository: string;
  readonly caller: Caller;
  readonly file: string;
  readonly announced: Pick<AnnouncedFile, 'chunkCount' | 'byteSize' | 'md5'>;
}

/** What a URL allows. */
export type DataRequest = DataRead | DataWrite;

export class DataUrls {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  /** `key`: 32 bytes that the processes behind one address share; a new one unless given. */
  constructor(clock: Clock, key: Uint8Array = randomBytes(KEY_BYTES)) {
    if (key.length !== KEY_BYTES) throw new DoltError('invalid', `a key of URLs has ${KEY_BYTES} bytes`);
    this.#key = key;
    this.#clock = clock;
  }

  /** The path and query that stand for `request`. */
  seal(request: DataRequest): string {
    const now = this.#clock.now();
    const from = String(now - EARLY_MS);
    const until = String(now + URL_LIFETIME_MS);
    const path = pathOf(request);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(`${path}?${from}:${until}`));
    const text = JSON.stringify(request, (_, value) => (value instanceof Uint8Array ? base64(value) : value));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${path}?req=${base64(sealed)}&nbf=${from}&exp=${until}&nonce=${base64(nonce)}`;
  }

  /** Throws `denied` for a URL that was not made here, or is not valid now. */
  unseal(pathAndQuery: string): DataRequest {
    const at = pathAndQuery.indexOf('?');
    const path = pathAndQuery.slice(0, at);
    const query = new URLSearchParams(pathAndQuery.slice(at));
    const part = (name: string): string => query.get(name) ?? '';
    const nonce = Buffer.from(part('nonce'), 'base64url');
    const sealed = Buffer.from(part('req'), 'base64url');
    if (at < 0 || nonce.length !== NONCE_BYTES || sealed.length <= TAG_BYTES) throw forged();
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce);
    decipher.setAAD(Buffer.from(`${path}?${part('nbf')}:${part('exp')}`));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    let text: string;
    try {
      text = decipher.update(sealed.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw forged();
    }
    const now = this.#clock.now();
    if (now < Number(part('nbf')) || now > Number(part('exp'))) {
      throw new DoltError('denied', 'this URL has expired; ask for another one');
    }
    const request = JSON.parse(text) as DataRequest;
    if (request.kind === 'read') return request;
    const { announced } = request as { readonly announced: { readonly md5: unknown } };
    const md5 = Buffer.from(announced.md5 as string, 'base64url');
    return { ...request, announced: { ...request.announced, md5 } };
  }
}

function pathOf({ repository, file }: DataRequest): string {
  return DATA_PREFIX + [...repository.split('/'), file].map(encodeURIComponent).join('/');
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const forged = (): DoltError => new DoltError('denied', 'this URL was not made by this server');

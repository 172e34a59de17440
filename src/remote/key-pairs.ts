/**
 * A user's key pairs: one file each in `~/.dolt/creds`, laid out as the original does it, so that both share them. A pair is
 * known by its public key, which is given to whoever runs a server, and by the id that is made of it, which is the
 * file's name and what `user.creds` holds; both in base32.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { base32, base32Bytes } from '../base/base32.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { readText, replaceFile } from '../repo/atomic-file.ts';

export interface KeyPair {
  /** 52 characters. */
  readonly publicKey: string;
  /** 45 characters. */
  readonly keyId: string;
  /** Undefined in a file with the public half alone. */
  readonly privateKey: KeyObject | undefined;
}

/** A file of key pairs that cannot be read. */
export interface DamagedKeyFile {
  readonly path: string;
}

const KEY_BYTES = 32;
/** Before a public key's bytes in its DER form (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SUFFIX = '.jwk';
const CREATE_HINT = 'make one with "dolt creds new"';

/** The public key for checking signatures; undefined where `text` is none. */
export function parsePublicKey(text: string): KeyObject | undefined {
  const bytes = base32Bytes(text);
  if (bytes?.length !== KEY_BYTES) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
}

/** The id of a public key that `text` spells; undefined where it spells none. */
export function keyIdOf(text: string): string | undefined {
  const bytes = base32Bytes(text);
  return bytes?.length === KEY_BYTES ? base32(createHash('sha512-224').update(bytes).digest()) : undefined;
}

export function generateKeyPair(): KeyPair {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return keyPairOf(Buffer.from(x!, 'base64url'), Buffer.from(d!, 'base64url'));
}

function keyPairOf(publicBytes: Uint8Array, seed: Uint8Array | undefined): KeyPair {
  const publicKey = base32(publicBytes);
  const x = Buffer.from(publicBytes).toString('base64url');
  const privateKey =
    seed &&
    createPrivateKey({
      key: { kty: 'OKP', crv: 'Ed25519', x, d: Buffer.from(seed).toString('base64url') },
      format: 'jwk',
    });
  return { publicKey, keyId: keyIdOf(publicKey)!, privateKey };
}

/**
 * The text of a pair's file. Its `d` is the public key and its `x` the private one with the public one behind it, which is the
 * original's way and the reverse of RFC 8037.
 */
export function keyFileText({ publicKey, privateKey }: KeyPair): string {
  const publicBytes = base32Bytes(publicKey)!;
  const seed = Buffer.from(privateKey?.export({ format: 'jwk' }).d ?? '', 'base64url');
  const whole = privateKey ? Buffer.concat([seed, publicBytes]) : Buffer.alloc(0);
  return JSON.stringify({ d: padded(publicBytes), x: padded(whole), kty: 'OKP', crv: 'Ed25519' });
}

const padded = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** Undefined where the text is no key pair's. */
export function parseKeyFile(text: string): KeyPair | undefined {
  try {
    const { d, x } = JSON.parse(text) as { d?: unknown; x?: unknown };
    if (typeof d !== 'string' || (x !== undefined && typeof x !== 'string')) return undefined;
    const publicBytes = Buffer.from(d, 'base64url');
    const whole = Buffer.from(x ?? '', 'base64url');
    if (publicBytes.length !== KEY_BYTES || (whole.length !== 0 && whole.length !== 2 * KEY_BYTES)) return undefined;
    const pair = keyPairOf(publicBytes, whole.length === 0 ? undefined : whole.subarray(0, KEY_BYTES));
    // A pair of two halves that do not belong together would sign what nobody accepts.
    const derived = pair.privateKey && createPublicKey(pair.privateKey).export({ format: 'jwk' }).x;
    return derived === undefined || derived === publicBytes.toString('base64url') ? pair : undefined;
  } catch {
    return undefined;
  }
}

/** The folder of key pairs of one user. */
export class KeyPairs {
  readonly #disk: Disk;
  readonly #directory: string;

  /** Throws `notFound` for a user without a home. */
  constructor(disk: Disk, homeDirectory: string | undefined) {
    if (homeDirectory === undefined) {
      throw new DoltError('notFound', 'there is no home directory for key pairs; set HOME');
    }
    this.#disk = disk;
    this.#directory = `${homeDirectory}/.dolt/creds`;
  }

  /** All pairs, by their ids. */
  list(): readonly (KeyPair | DamagedKeyFile)[] {
    const names = (this.#disk.list(this.#directory) ?? []).filter((name) => name.endsWith(SUFFIX));
    return names.map((name) => this.#read(name.slice(0, -SUFFIX.length)) ?? { path: `${this.#directory}/${name}` });
  }

  /** By the public key or the key id. Throws `notFound` and `corrupt`. */
  find(text: string): KeyPair {
    const keyId = keyIdOf(text) ?? text;
    const path = this.#path(keyId);
    if (!/^[0-9a-v]+$/.test(keyId) || this.#disk.stat(path) === undefined) {
      throw new DoltError(
        'notFound',
        `there is no key pair '${text}'; "dolt creds ls -v" lists those that are there, or ${CREATE_HINT}`,
      );
    }
    const pair = this.#read(keyId);
    if (pair) return pair;
    throw new DoltError('corrupt', `${path} is no key pair; remove it and ${CREATE_HINT}`);
  }

  /** Readable by the user alone. */
  add(pair: KeyPair): void {
    this.#disk.makeDirectory('creds:directory', this.#directory);
    replaceFile(this.#disk, 'creds', this.#path(pair.keyId), keyFileText(pair), 0o600);
  }

  remove({ keyId }: KeyPair): void {
    this.#disk.remove('creds:remove', this.#path(keyId));
    this.#disk.syncDirectory('creds:directory', this.#directory);
  }

  #path(keyId: string): string {
    return `${this.#directory}/${keyId}${SUFFIX}`;
  }

  #read(keyId: string): KeyPair | undefined {
    const text = readText(this.#disk, this.#path(keyId));
    return text === undefined ? undefined : parseKeyFile(text);
  }
}

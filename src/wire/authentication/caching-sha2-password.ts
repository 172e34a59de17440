/**
 * `caching_sha2_password`. The server keeps a salted hash of many rounds of SHA-256 (`$A$005$` salt, digest), which
 * needs the password itself: the client sends it over TLS or a socket, or enciphered with the server's RSA key (the full
 * way). After that the server remembers SHA256(SHA256(password)), against which a client proves itself as with native
 * passwords (the fast way).
 */
import { constants, createHash, privateDecrypt, publicEncrypt, timingSafeEqual } from 'node:crypto';
import { xor } from './native-password.ts';
import { sha256Crypt, sha256CryptSalt } from './sha256-crypt.ts';

/** First byte of what the server says in between. */
export const FAST_SUCCEEDED = 3;
export const FULL_NEEDED = 4;
/** With this byte the client asks for the server's RSA key. */
export const KEY_WANTED = 2;

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const BYTES = 32;
const ROUNDS_PER_UNIT = 1000;
const PREFIX = '$A$005$';
const ROUNDS = 5 * ROUNDS_PER_UNIT;
const SALT_LENGTH = 20;
const FORM = /^\$A\$([0-9A-F]{3})\$([\s\S]{20})([./0-9A-Za-z]{43})$/;

/** What the server keeps. An empty password keeps nothing. `salt` is 20 characters. */
export function sha2PasswordHash(password: string, salt = sha256CryptSalt(SALT_LENGTH)): string {
  return password === '' ? '' : `${PREFIX}${salt}${sha256Crypt(password, salt, ROUNDS)}`;
}

export function isSha2PasswordHash(text: string): boolean {
  return FORM.test(text);
}

/** Whether `password` is that of `hash`; some milliseconds of work. */
export function checkSha2Password(hash: string, password: string): boolean {
  if (hash === '') return password === '';
  const match = FORM.exec(hash);
  if (!match) return false;
  const [, units, salt, digest] = match;
  const made = sha256Crypt(password, salt!, Number.parseInt(units!, 16) * ROUNDS_PER_UNIT);
  return timingSafeEqual(Buffer.from(made), Buffer.from(digest!));
}

/** What the server remembers for the fast way. */
export function sha2Digest(password: string): Buffer {
  return sha256(sha256(Buffer.from(password)));
}

/** What the client sends first: SHA256(password) xor SHA256(SHA256(SHA256(password)), challenge). */
export function sha2Answer(password: string, challenge: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = sha256(Buffer.from(password));
  return xor(once, sha256(sha256(once), challenge));
}

/** Whether `answer` proves the password of `digest` (see `sha2Digest`). */
export function checkSha2Answer(digest: Uint8Array, challenge: Uint8Array, answer: Uint8Array): boolean {
  const given = answer.length === BYTES ? answer : Buffer.alloc(BYTES);
  const proof = sha256(xor(given, sha256(digest, challenge)));
  return timingSafeEqual(proof, digest) && answer.length === BYTES;
}

const PADDING = constants.RSA_PKCS1_OAEP_PADDING;

/** The password with its end, enciphered for a server without TLS. */
export function encipherPassword(password: string, challenge: Uint8Array, publicKey: string): Buffer {
  const plain = xor(Buffer.from(`${password}\0`), challenge);
  return publicEncrypt({ key: publicKey, padding: PADDING }, plain);
}

/** Undefined when the bytes are not what a client makes. */
export function decipherPassword(bytes: Uint8Array, challenge: Uint8Array, privateKey: string): string | undefined {
  try {
    return withoutEnd(xor(privateDecrypt({ key: privateKey, padding: PADDING }, bytes), challenge));
  } catch {
    return undefined;
  }
}

/** The password without the zero byte that ends it on the wire. */
export function withoutEnd(bytes: Buffer): string {
  return (bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes).toString('utf8');
}

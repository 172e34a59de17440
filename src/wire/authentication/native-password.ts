/**
 * `mysql_native_password`: the client proves that it knows SHA1(password) without sending it. The server keeps
 * SHA1(SHA1(password)), as `*` and 40 hexadecimal digits.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

const sha1 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const BYTES = 20;

/** What the server keeps. An empty password keeps nothing. */
export function nativePasswordHash(password: string): string {
  return password === ''
    ? ''
    : `*${sha1(sha1(Buffer.from(password)))
        .toString('hex')
        .toUpperCase()}`;
}

export function isNativePasswordHash(text: string): boolean {
  return /^\*[0-9a-f]{40}$/i.test(text);
}

/** What the client sends for `password`: SHA1(password) xor SHA1(challenge, SHA1(SHA1(password))). */
export function nativePasswordAnswer(password: string, challenge: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = sha1(Buffer.from(password));
  return xor(once, sha1(challenge, sha1(once)));
}

/** Whether `answer` proves the password of `hash`; takes the same time whatever it is. */
export function checkNativePassword(hash: string, challenge: Uint8Array, answer: Uint8Array): boolean {
  if (hash === '') return answer.length === 0;
  const stored = Buffer.from(hash.slice(1), 'hex');
  const given = answer.length === BYTES ? answer : Buffer.alloc(BYTES);
  const proof = sha1(xor(given, sha1(challenge, stored)));
  const isEqual = stored.length === BYTES && timingSafeEqual(proof, stored);
  return isEqual && answer.length === BYTES;
}

export function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ b[at % b.length]!));
}

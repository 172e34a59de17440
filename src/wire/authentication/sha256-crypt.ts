/**
 * The SHA-256 crypt of Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512" (public domain), of which
 * `caching_sha2_password` keeps the digest. Its own alphabet and its own order of bytes; no library of Node has it.
 */
import { createHash, randomInt } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BLOCK = 32;

/** Bytes of the digest as they are written, three to four characters. */
const ORDER: readonly (readonly [number, number, number])[] = [
  [0, 10, 20],
  [21, 1, 11],
  [12, 22, 2],
  [3, 13, 23],
  [24, 4, 14],
  [15, 25, 5],
  [6, 16, 26],
  [27, 7, 17],
  [18, 28, 8],
  [9, 19, 29],
];

/** The 43 characters after the salt. */
export function sha256Crypt(password: string, salt: string, rounds: number): string {
  const key = Buffer.from(password);
  const seed = Buffer.from(salt);
  const mixed = digestOf([key, seed, key]);
  let state = firstState(key, seed, mixed);
  const p = filled(digestOf(Array.from({ length: key.length }, () => key)), key.length);
  const s = filled(digestOf(Array.from({ length: 16 + state[0]! }, () => seed)), seed.length);
  for (let round = 0; round < rounds; round++) {
    const parts: Buffer[] = [round % 2 === 1 ? p : state];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(round % 2 === 1 ? state : p);
    state = digestOf(parts);
  }
  return encoded(state);
}

function digestOf(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function firstState(key: Buffer, seed: Buffer, mixed: Buffer): Buffer {
  const parts: Buffer[] = [key, seed, filled(mixed, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? mixed : key);
  return digestOf(parts);
}

/** `length` bytes of a digest said again and again. */
function filled(digest: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += BLOCK) digest.copy(bytes, at, 0, Math.min(BLOCK, length - at));
  return bytes;
}

function encoded(digest: Buffer): string {
  const groups = ORDER.map(([high, middle, low]) =>
    characters((digest[high]! << 16) | (digest[middle]! << 8) | digest[low]!, 4),
  );
  return groups.join('') + characters((digest[31]! << 8) | digest[30]!, 3);
}

function characters(bits: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += ALPHABET[(bits >> (6 * i)) & 63];
  return text;
}

/** Random characters of the alphabet. */
export function sha256CryptSalt(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

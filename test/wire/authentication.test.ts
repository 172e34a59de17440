/** The proofs of passwords; hashes as MySQL and the C library make them. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  checkSha2Answer,
  checkSha2Password,
  decipherPassword,
  encipherPassword,
  isSha2PasswordHash,
  sha2Answer,
  sha2Digest,
  sha2PasswordHash,
} from '../../src/wire/authentication/caching-sha2-password.ts';
import {
  checkNativePassword,
  nativePasswordAnswer,
  nativePasswordHash,
} from '../../src/wire/authentication/native-password.ts';
import { sha256Crypt } from '../../src/wire/authentication/sha256-crypt.ts';

const challenge = Buffer.from('abcdefghijklmnopqrst');

describe('mysql_native_password', () => {
  test('hash', () => {
    // SELECT PASSWORD('secret') of MariaDB 10.11.
    expect(nativePasswordHash('secret')).toBe('*14E65567ABDB5135D0CFD9A70B3032C179A49EE7');
  });
  test('proves the password and no other', () => {
    const hash = nativePasswordHash('secret');
    const answer = nativePasswordAnswer('secret', challenge);
    expect(checkNativePassword(hash, challenge, answer)).toBe(true);
    expect(checkNativePassword(hash, Buffer.from('tsrqponmlkjihgfedcba'), answer)).toBe(false);
    expect(checkNativePassword(hash, challenge, nativePasswordAnswer('Secret', challenge))).toBe(false);
    expect(checkNativePassword(hash, challenge, Buffer.alloc(0))).toBe(false);
    expect(checkNativePassword(hash, challenge, Buffer.alloc(20))).toBe(false);
    expect(checkNativePassword('', challenge, Buffer.alloc(0))).toBe(true);
    expect(checkNativePassword('', challenge, answer)).toBe(false);
  });
});

describe('caching_sha2_password', () => {
  test('the digest is that of the C library', () => {
    // crypt('secret', '$5$rounds=5000$abcdefghijklmnop'), and with another password.
    expect(sha256Crypt('secret', 'abcdefghijklmnop', 5000)).toBe('i7zHaTeYqXlesRXJ8dXj6o.MEFQdzfIJpJpcWAtszs6');
  });
  test('proves the password in full', () => {
    const hash = sha2PasswordHash('secret');
    expect(isSha2PasswordHash(hash)).toBe(true);
    expect(hash).not.toBe(sha2PasswordHash('secret'));
    expect(checkSha2Password(hash, 'secret')).toBe(true);
    expect(checkSha2Password(hash, 'secret ')).toBe(false);
    expect(checkSha2Password(hash, '')).toBe(false);
    expect(checkSha2Password('no hash', 'secret')).toBe(false);
  });
  test('proves it in short, once the digest is known', () => {
    const digest = sha2Digest('secret');
    expect(checkSha2Answer(digest, challenge, sha2Answer('secret', challenge))).toBe(true);
    expect(checkSha2Answer(digest, challenge, sha2Answer('other', challenge))).toBe(false);
    expect(checkSha2Answer(digest, challenge, Buffer.alloc(3))).toBe(false);
  });
  test('the password travels enciphered', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const enciphered = encipherPassword('sécret', challenge, publicKey);
    expect(decipherPassword(enciphered, challenge, privateKey)).toBe('sécret');
    expect(decipherPassword(Buffer.alloc(256, 1), challenge, privateKey)).toBeUndefined();
  });
});

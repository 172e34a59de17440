import { expect, test } from 'vitest';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { generateKeyPair, KeyPairs, keyFileText, keyIdOf, parseKeyFile } from '../../src/remote/key-pairs.ts';
import { originalKey } from './original-key.ts';

test("the original's file is read and written alike", () => {
  const pair = parseKeyFile(originalKey.file)!;
  expect(pair).toMatchObject({ publicKey: originalKey.publicKey, keyId: originalKey.keyId });
  expect(keyFileText(pair)).toBe(originalKey.file);
  expect(keyIdOf(originalKey.publicKey)).toBe(originalKey.keyId);
});

test('pairs are found by public key and by id, listed, and removed', () => {
  const disk = new MemoryDisk();
  const pairs = new KeyPairs(disk, '/home/ada');
  expect(pairs.list()).toEqual([]);
  const pair = generateKeyPair();
  const other = parseKeyFile(originalKey.file)!;
  pairs.add(pair);
  pairs.add(other);
  expect(pairs.find(pair.publicKey).keyId).toBe(pair.keyId);
  expect(pairs.find(pair.keyId).publicKey).toBe(pair.publicKey);
  const known = pairs.list().map((each) => ('path' in each ? each.path : each.keyId));
  expect(known).toEqual([pair.keyId, other.keyId].toSorted());
  pairs.remove(pair);
  expect(() => pairs.find(pair.keyId)).toThrow(/there is no key pair '.*'; "dolt creds ls -v".*dolt creds new/);
  expect(new KeyPairs(disk, '/home/ada').find(other.keyId).publicKey).toBe(other.publicKey);
});

test('a damaged file is listed as such, and not used', () => {
  const disk = new MemoryDisk();
  const pairs = new KeyPairs(disk, '/home/ada');
  const pair = generateKeyPair();
  pairs.add(pair);
  const path = `/home/ada/.dolt/creds/${pair.keyId}.jwk`;
  const file = disk.create('', path);
  file.write('', Buffer.from('{"d":"x"'), 0);
  file.close();
  expect(pairs.list()).toEqual([{ path }]);
  expect(() => pairs.find(pair.keyId)).toThrow(/is no key pair; remove it/);
  expect(() => pairs.find('../config')).toThrow(/there is no key pair/);
});

test.each([
  ['no JSON', 'hello'],
  ['no keys', '{}'],
  ['a list', '[]'],
  ['a short key', '{"d":"AAAA","x":""}'],
  ['halves that do not belong together', mixed()],
])('%s is no key pair', (_, text) => {
  expect(parseKeyFile(text)).toBeUndefined();
});

function mixed(): string {
  const ours = JSON.parse(keyFileText(generateKeyPair())) as { d: string };
  const theirs = JSON.parse(originalKey.file) as { x: string };
  return JSON.stringify({ ...ours, x: theirs.x });
}

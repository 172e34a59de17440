/** `dolt creds`: key pairs are made, chosen, imported and removed. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { originalKey } from '../remote/original-key.ts';
import { Scratch } from './command-line.ts';

let scratch: Scratch;
const creds = (...args: readonly string[]): string => scratch.run('.', ['creds', ...args]);
const chosen = (): string => scratch.run('.', ['config', '--global', '--get', 'user.creds']).trim();

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

test('the first pair is in use, others when they are chosen', () => {
  expect(creds('ls', '-v')).toBe('');
  const [, first] = /^Credentials created successfully.\npub key: ([0-9a-v]{52})\n$/.exec(creds('new'))!;
  expect(creds('ls')).toBe(`* ${first}\n`);
  const firstId = chosen();
  writeFileSync(scratch.path('laptop.jwk'), originalKey.file);
  expect(creds('import', 'laptop.jwk')).toBe(`Imported credential: ${originalKey.publicKey}\n`);
  expect(chosen()).toBe(firstId);
  creds('use', originalKey.publicKey);
  expect(chosen()).toBe(originalKey.keyId);
  const listed = creds('ls', '-v');
  expect(listed).toMatch(/public key \(used on dolthub settings page\) +key id \(user.creds in dolt config\)/);
  expect(listed).toContain(`* ${originalKey.publicKey}    ${originalKey.keyId}\n`);
  expect(listed).toContain(`  ${first}    ${firstId}\n`);
  creds('use', firstId);
  expect(chosen()).toBe(firstId);
});

test('a file is the original one, for the user alone, and goes', () => {
  expect(scratch.run('.', ['creds', 'import'], originalKey.file)).toContain(originalKey.publicKey);
  const folder = scratch.path('home', '.dolt', 'creds');
  expect(readdirSync(folder)).toEqual([`${originalKey.keyId}.jwk`]);
  const path = `${folder}/${originalKey.keyId}.jwk`;
  expect(readFileSync(path, 'utf8')).toBe(originalKey.file);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(`${folder}/broken.jwk`, '{');
  expect(creds('ls')).toContain(`Corrupted creds file: ${folder}/broken.jwk`);
  const { status, err } = scratch.try('.', ['creds', 'rm', 'nobody', originalKey.publicKey]);
  expect(status).toBe(1);
  expect(err).toContain('failed to delete nobody: there is no key pair');
  expect(readdirSync(folder)).toEqual(['broken.jwk']);
});

test.each([
  [['use'], /expected exactly one credential/],
  [['use', 'nobody'], /there is no key pair 'nobody'/],
  [['import', 'gone.jwk'], /cannot open .*gone.jwk/],
  [['check'], /no user credentials found; make a key pair with "dolt creds new"/],
  [['nonsense'], /Unknown Command nonsense/],
])('%j says what is wrong', (args, message) => {
  const { status, err } = scratch.try('.', ['creds', ...args]);
  expect(status).toBe(1);
  expect(err).toMatch(message);
});

test('check says what it calls, and why it was not answered', () => {
  creds('new');
  const { status, out, err } = scratch.try('.', ['creds', 'check', '--endpoint', 'http://127.0.0.1:1']);
  expect(status).toBe(1);
  expect(out).toMatch(/Calling...\n {2}Endpoint: 127.0.0.1:1\n {2}Key: [0-9a-v]{52}\n/);
  expect(err).toMatch(/ECONNREFUSED 127.0.0.1:1; is the URL right, and does the server run/);
});

/** Who calls, from what they send; that guessing is slow, and that what is taken back holds at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DoltError } from '../../../src/base/errors.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { AccountBook } from '../../../src/hub/accounts/account-book.ts';
import { Authenticator } from '../../../src/hub/accounts/authenticator.ts';
import { FolderAccounts } from '../../../src/hub/accounts/folder-accounts.ts';
import { OwnKeys } from '../../../src/hub/accounts/own-keys.ts';
import { hashPassword, newToken } from '../../../src/hub/accounts/passwords.ts';
import { generateKeyPair, keyIdOf } from '../../../src/remote/key-pairs.ts';
import { LoginLimiter } from '../../../src/service/login-limiter.ts';

let folder: string;
let book: AccountBook;
let authenticator: Authenticator;
let slept: number[];
let failures: (readonly [string, string])[];
let now = 1000;
let clockStands = false;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-authenticator-'));
  book = new AccountBook(new FolderAccounts(new NodeDisk(), folder, Date.now));
  clockStands = false;
  slept = [];
  failures = [];
  const clock = { now: () => now, monotonic: () => now };
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    if (!clockStands) now += ms;
  };
  authenticator = new Authenticator({
    book,
    clock,
    limiter: new LoginLimiter(clock, { sleep }),
    keyOfToken: (token, authority, publicKey) => {
      const [id = '', secret] = token.split('!');
      if (publicKey(id) !== secret) throw new DoltError('denied', `forged, or not for ${authority}`);
      return id;
    },
    failed: (user, peer) => failures.push([user, peer]),
  });
  const password = await hashPassword('pass:word');
  await book.change((accounts) => accounts.withUser('ada', password).withUser('ben', undefined));
});
afterEach(() => rmSync(folder, { recursive: true }));

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const caller = (authorization: string | undefined, peer = '10.0.0.1') =>
  authenticator.authenticate(authorization, { peer, authority: 'hub:1' });

test('nothing is nobody', async () => {
  expect(await caller(undefined)).toBeUndefined();
  expect(await caller('')).toBeUndefined();
});

test('a password', async () => {
  expect(await caller(basic('ada', 'pass:word'))).toBe('ada');
  expect(await caller(basic('ada', 'pass:word').replace('Basic', 'basic '))).toBe('ada');
  for (const [user, password] of [
    ...[
      ['ada', 'password'],
      ['ada', ''],
      ['Ada', 'pass:word'],
      ['ben', ''],
      ['ben', 'pass:word'],
    ],
    ...[
      ['root', ''],
      ['', ''],
      ['nobody', 'pass:word'],
      ['__proto__', ''],
      ['constructor', 'x'],
    ],
  ] as const) {
    await expect(caller(basic(user, password)), `${user}:${password}`).rejects.toMatchObject({ code: 16 });
  }
  expect(failures).toContainEqual(['nobody', '10.0.0.1']);
  expect(JSON.stringify(failures)).not.toContain('pass');
});

test.each(['Basic', 'Basic !', 'Digest x', 'Bearer', 'x', `Basic ${'a'.repeat(9000)}`, 'Bearer a.b.c'])(
  '%s is refused',
  async (authorization) => {
    await expect(caller(authorization)).rejects.toMatchObject({ code: 16 });
  },
);

test('a password that was right is known fast, until it is another', async () => {
  await caller(basic('ada', 'pass:word'));
  const before = performance.now();
  for (let i = 0; i < 50; i++) expect(await caller(basic('ada', 'pass:word'))).toBe('ada');
  // One check alone takes some 40 ms.
  expect((performance.now() - before) / 50).toBeLessThan(10);
  const other = await hashPassword('other');
  await book.change((accounts) => accounts.withPassword('ada', other));
  await expect(caller(basic('ada', 'pass:word'))).rejects.toThrow('the user or the password is wrong');
  expect(await caller(basic('ada', 'other'))).toBe('ada');
  await book.change((accounts) => accounts.withoutUser('ada'));
  await expect(caller(basic('ada', 'other'))).rejects.toThrow('the user or the password is wrong');
});

test('a token, as a password and by itself, until it expires or is taken back', async () => {
  const [token, short, foreign] = [newToken(), newToken(), newToken()];
  const kept = ({ id, hash }: { id: string; hash: string }) => ({ id, hash, name: '', created: 1 });
  await book.change((accounts) =>
    accounts.withToken('ben', kept(token)).withToken('ben', { ...kept(short), expires: now + 50 }),
  );
  expect(await caller(`Bearer ${token.text}`)).toBe('ben');
  expect(await caller(basic('ben', token.text))).toBe('ben');
  expect(await caller(`Bearer ${short.text}`)).toBe('ben');
  await expect(caller(basic('ada', token.text))).rejects.toThrow('the token is not known');
  await expect(caller(`Bearer ${foreign.text}`)).rejects.toThrow('the token is not known');
  await expect(caller(`Bearer dolt_${token.id}_${'A'.repeat(43)}`)).rejects.toThrow('the token is not known');
  now += 50;
  await expect(caller(`Bearer ${short.text}`)).rejects.toThrow('the token has expired');
  await book.change((accounts) => accounts.withoutToken('ben', token.id));
  await expect(caller(`Bearer ${token.text}`)).rejects.toThrow('the token is not known');
});

test('a signed token of a key that somebody has', async () => {
  await book.change((accounts) => accounts.withKey('ben', { id: 'k', publicKey: 'p', created: 1 }));
  expect(await caller('Bearer k!p')).toBe('ben');
  await expect(caller('Bearer k!q')).rejects.toThrow('forged, or not for hub:1');
  await book.change((accounts) => accounts.withoutKey('ben', 'k'));
  await expect(caller('Bearer k!p')).rejects.toThrow('forged, or not for hub:1');
});

test('a key lasts as long as the token by which it was added, and adds no other', async () => {
  const token = newToken();
  await book.change((accounts) =>
    accounts
      .withToken('ben', { id: token.id, name: 'short', hash: token.hash, created: 0, expires: now + 50 })
      .withKey('ben', { id: 'k', publicKey: 'p', created: 1, token: token.id })
      .withKey('ben', { id: 'own', publicKey: 'q', created: 1 }),
  );
  expect(await caller('Bearer k!p')).toBe('ben');
  now += 50;
  await expect(caller('Bearer k!p')).rejects.toThrow('the key has expired with the token by which it was added');
  await book.change((accounts) => accounts.withoutToken('ben', token.id));
  await expect(caller('Bearer k!p')).rejects.toThrow('forged, or not for hub:1');
  expect(await caller('Bearer own!q')).toBe('ben');
  const keys = new OwnKeys(book, { now: () => now, monotonic: () => now }, { info() {} });
  const { publicKey } = generateKeyPair();
  await expect(keys.change('ben', { add: publicKey }, 'Bearer own!q')).rejects.toMatchObject({ kind: 'denied' });
  await keys.change('ben', { add: publicKey }, basic('ben', 'a password'));
  expect((await keys.list('ben')).at(-1)).toEqual({ id: keyIdOf(publicKey), publicKey, created: now });
});

test('who guesses waits, longer each time; others do not', async () => {
  for (let i = 0; i < 8; i++) await caller(basic('ada', `guess${i}`)).catch(() => {});
  expect(slept.length).toBeGreaterThan(3);
  expect(slept.at(-1)).toBeGreaterThan(slept[0]!);
  const before = slept.length;
  expect(await caller(basic('ada', 'pass:word'), '10.0.0.2')).toBe('ada');
  expect(slept.length).toBe(before);
});

test('too many guesses at one time are refused', async () => {
  for (let i = 0; i < 6; i++) await caller(basic('ada', `guess${i}`)).catch(() => {});
  // All of them come while the first one waits.
  clockStands = true;
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => caller(basic('ada', `late${i}`))));
  const codes = outcomes.map((each) => (each.status === 'rejected' ? (each.reason as { code: number }).code : 0));
  expect(new Set(codes)).toEqual(new Set([16, 8]));
});

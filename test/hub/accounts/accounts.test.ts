/** Who may do what, and that the accounts' file says it to every process at once. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskError } from '../../../src/base/disk.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { AccountBook } from '../../../src/hub/accounts/account-book.ts';
import { Accounts, isEnough, RIGHTS, type Right } from '../../../src/hub/accounts/accounts.ts';
import { FolderAccounts } from '../../../src/hub/accounts/folder-accounts.ts';
import { hashPassword, isPassword, isSecret, newToken, readToken } from '../../../src/hub/accounts/passwords.ts';
import { parseRepositoryName, type RepositoryName } from '../../../src/hub/storage/repository-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'hub-accounts-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;
const newFolder = (): string => join(folder, String(made++));
const bookIn = (directory: string): AccountBook =>
  new AccountBook(new FolderAccounts(new NodeDisk(), directory, Date.now));

const shop = parseRepositoryName('acme/shop')!;

describe('names', () => {
  test.each(['a/b', 'timsehn/replication_example', 'A-1/b.c', '0/_'.replace('_', 'x_')])('%s is one', (name) => {
    expect(parseRepositoryName(name)).toBe(name);
  });
  test.each([
    ...['', 'a', 'a/', '/a', 'a/b/c', '/a/b', 'a//b', './b', '../b', 'a/..', 'a/.', 'a/b..c', 'a/.b', '.hub/b', 'a/b.'],
    ...[
      'a/b\0',
      'a/b\n',
      'a\r/b',
      'a/b\u0085',
      'a\\b/c',
      'a%2fb',
      'a/b%2e',
      'a/%2e%2e',
      'ä/b',
      'a/b c',
      'a /b',
      ' a/b',
      'a/b\u202e',
    ],
    ...['api/b', 'API/b', 'login/x', `a/${'b'.repeat(65)}`, '-a/b', '_a/b', 'C:/b', 'a/b:stream', '~/b', 'a/*'],
  ])('%j is none', (name) => {
    expect(parseRepositoryName(name)).toBeUndefined();
  });
});

describe('passwords', () => {
  test('are known again, and nothing else is', async () => {
    const hash = await hashPassword('pässword');
    expect(hash).not.toContain('pässword');
    expect(await isPassword('pässword', hash)).toBe(true);
    expect(await isPassword('pa\u0308ssword', hash), 'composed or not').toBe(true);
    expect(await isPassword('password', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
    expect(await isPassword('', undefined)).toBe(false);
    expect(await hashPassword('pässword')).not.toBe(hash);
  });

  test('tokens are known by their secret alone', () => {
    const token = newToken();
    const { id, secret } = readToken(token.text)!;
    expect(id).toBe(token.id);
    expect(token.hash).not.toContain(secret);
    expect(isSecret(secret, token.hash)).toBe(true);
    expect(isSecret(`${secret.slice(1)}A`, token.hash)).toBe(false);
    expect(isSecret(secret, '')).toBe(false);
    for (const other of ['', 'dolt_', 'dolt_1_2', `${token.text}x`, token.text.toUpperCase(), ` ${token.text}`]) {
      expect(readToken(other)).toBeUndefined();
    }
  });
});

describe('rights', () => {
  const users = (...names: readonly string[]): Accounts =>
    names.reduce((accounts, name) => accounts.withUser(name, undefined), Accounts.none);
  const rights = (accounts: Accounts, name: RepositoryName = shop) =>
    ['ada', 'ben', 'acme', undefined].map((user) => accounts.rightIn(name, user));

  test('a repository is private at first: who owns its name may do everything, others nothing', () => {
    expect(rights(users('ada', 'ben', 'acme'))).toEqual([undefined, undefined, 'owner', undefined]);
    expect(rights(users('ada', 'ben')), 'acme is no user').toEqual([undefined, undefined, undefined, undefined]);
  });

  test('in one repository, in all of an owner, and everybody in a public one: the highest counts', () => {
    const accounts = users('ada', 'ben', 'acme')
      .withRight('ada', 'acme/shop', 'writer')
      .withRight('ben', 'acme', 'reader');
    expect(rights(accounts)).toEqual(['writer', 'reader', 'owner', undefined]);
    expect(rights(accounts, parseRepositoryName('acme/other')!)).toEqual([undefined, 'reader', 'owner', undefined]);
    expect(rights(accounts, parseRepositoryName('acme2/shop')!)).toEqual([undefined, undefined, undefined, undefined]);
    const open = accounts.withPublic(shop, true);
    expect(rights(open)).toEqual(['writer', 'reader', 'owner', 'reader']);
    expect(rights(open.withRight('ada', 'acme', 'owner'))).toEqual(['owner', 'reader', 'owner', 'reader']);
    expect(rights(open.withRight('ada', 'acme/shop', undefined))).toEqual(['reader', 'reader', 'owner', 'reader']);
    expect(rights(open.withPublic(shop, false))).toEqual(rights(accounts));
    expect(rights(open.withoutRepository(shop))).toEqual([undefined, 'reader', 'owner', undefined]);
  });

  test('who owns a name makes repositories there', () => {
    const accounts = users('ada', 'ben').withRight('ben', 'acme', 'owner').withRight('ada', 'acme', 'writer');
    const creators = ['ada', 'ben', 'acme', undefined].map((user) => accounts.mayCreate('acme', user));
    expect(creators).toEqual([false, true, false, false]);
    expect(accounts.mayCreate('ada', 'ada')).toBe(true);
    expect(
      accounts.withRight('ben', 'acme/shop', 'owner').withRight('ben', 'acme', undefined).mayCreate('acme', 'ben'),
    ).toBe(false);
  });

  test('a user that is gone has none, and one made anew under the name has none of the old one', () => {
    const accounts = users('ada').withRight('ada', 'acme/shop', 'owner').withRight('ada', 'other', 'owner');
    const again = accounts.withoutUser('ada').withUser('ada', undefined);
    expect(accounts.withoutUser('ada').rightIn(shop, 'ada')).toBeUndefined();
    expect(again.rightIn(shop, 'ada')).toBeUndefined();
    expect(again.mayCreate('other', 'ada')).toBe(false);
  });

  test('what is wrong is refused', () => {
    const ada = users('ada');
    expect(() => ada.withUser('ada', undefined)).toThrow("there is a user 'ada' already");
    expect(() => ada.withUser('Ada', undefined)).toThrow("there is a user 'ada' already");
    expect(() => ada.withUser('a/b', undefined)).toThrow('no name for a user');
    expect(() => ada.withUser('api', undefined)).toThrow('no name for a user');
    expect(() => ada.withRight('ben', 'acme', 'reader')).toThrow("there is no user 'ben'");
    expect(() => ada.withRight('ada', 'acme/..', 'reader')).toThrow('neither an owner nor an owner/database');
    expect(() => ada.withRight('ada', 'acme', undefined)).toThrow('no right in acme was granted to ada');
    expect(() => ada.withoutToken('ada', 'x')).toThrow('ada has no token x');
    const key = { id: 'k', publicKey: 'p', created: 1 };
    const both = ada.withUser('ben', undefined).withKey('ada', key);
    expect(() => both.withKey('ben', key)).toThrow("the key k is ada's already");
  });

  test('are in order', () => {
    const enough = (['reader', 'writer', 'owner', undefined] as (Right | undefined)[]).map((right) =>
      RIGHTS.filter((needed) => isEnough(right, needed)),
    );
    expect(enough).toEqual([['reader'], ['reader', 'writer'], ['reader', 'writer', 'owner'], []]);
  });
});

describe('the file', () => {
  test('holds all, for its owner alone', async () => {
    const directory = newFolder();
    const token = { id: 'ab', name: 'ci', hash: 'h', created: 5, expires: 9 };
    const key = { id: 'k', publicKey: 'p', created: 1 };
    const password = await hashPassword('secret');
    const written = await bookIn(directory).change((accounts) =>
      accounts
        .withUser('ben', undefined)
        .withUser('ada', password)
        .withToken('ada', token)
        .withKey('ada', key)
        .withRight('ben', 'acme', 'owner')
        .withRight('ben', 'acme/shop', 'reader')
        .withPublic(shop, true),
    );
    const read = await bookIn(directory).now();
    expect(read).toEqual(written);
    expect(read.token('ab')).toEqual({ user: 'ada', token });
    expect(read.key('k')).toEqual({ user: 'ada', key });
    expect(read.user('ben')).toEqual({ password: undefined, tokens: [], keys: [] });
    const path = join(directory, '.hub/accounts.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain('secret');
  });

  test('a change is seen at once by whoever has read before', async () => {
    const directory = newFolder();
    const [hub, administrator] = [bookIn(directory), bookIn(directory)];
    expect(await hub.now()).toBe(Accounts.none);
    for (let i = 0; i < 50; i++) {
      // Of equal length, and faster than a file system's clock.
      await administrator.change((accounts) => accounts.withUser(`user${i + 10}`, undefined));
      expect((await hub.now()).user(`user${i + 10}`)).toBeDefined();
      await administrator.change((accounts) => accounts.withoutUser(`user${i + 10}`));
      expect((await hub.now()).user(`user${i + 10}`)).toBeUndefined();
    }
    rmSync(join(directory, '.hub/accounts.json'));
    expect((await hub.now()).users.size).toBe(0);
  });

  test('an old file is not read again before it changes', async () => {
    const directory = newFolder();
    await bookIn(directory).change((accounts) => accounts.withUser('ada', undefined));
    const path = join(directory, '.hub/accounts.json');
    utimesSync(path, 1000, 1000);
    let reads = 0;
    const disk = new NodeDisk();
    const read = disk.readFile.bind(disk);
    disk.readFile = (file) => {
      reads++;
      return read(file);
    };
    const book = new AccountBook(new FolderAccounts(disk, directory, Date.now));
    const first = await book.now();
    expect(await book.now()).toBe(first);
    expect(reads).toBe(1);
    await bookIn(directory).change((accounts) => accounts.withUser('ben', undefined));
    expect((await book.now()).user('ben')).toBeDefined();
  });

  test('changes of many at one time all stand', async () => {
    const directory = newFolder();
    const books = Array.from({ length: 20 }, () => bookIn(directory));
    await Promise.all(books.map((book, i) => book.change((accounts) => accounts.withUser(`u${i}`, undefined))));
    expect((await bookIn(directory).now()).users.size).toBe(20);
  });

  test.each([
    ['{', 'is damaged'],
    ['[]', 'it is no object'],
    ['{"version":2}', 'its version is 2, not 1'],
    ['{"version":1,"users":{"a/b":{}},"owners":{},"repositories":{}}', 'a name that is none: "a/b"'],
    ['{"version":1,"users":{"a":{"password":"clear","tokens":[],"keys":[]}},"owners":{},"repositories":{}}', 'no hash'],
    ['{"version":1,"users":{},"owners":{"a":{"b":"king"}},"repositories":{}}', 'a right that is none: "king"'],
    ['{"version":1,"users":{},"owners":{},"repositories":{"a/b":{"public":1,"rights":{}}}}', 'neither true nor false'],
  ])('%s lets nobody in, and is not overwritten', async (text, message) => {
    const directory = newFolder();
    const book = bookIn(directory);
    await book.change((accounts) => accounts.withUser('ada', undefined));
    writeFileSync(join(directory, '.hub/accounts.json'), text);
    await expect(book.now()).rejects.toThrow(message);
    await expect(book.change((accounts) => accounts.withUser('ben', undefined))).rejects.toThrow('is damaged');
    expect(readFileSync(join(directory, '.hub/accounts.json'), 'utf8')).toBe(text);
  });

  test('one that cannot be read lets nobody in', async () => {
    const directory = newFolder();
    const book = bookIn(directory);
    await book.change((accounts) => accounts.withUser('ada', undefined));
    if (process.getuid?.() === 0) return;
    chmodSync(join(directory, '.hub/accounts.json'), 0);
    await expect(book.now()).rejects.toThrow(DiskError);
  });
});

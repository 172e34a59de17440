import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DiskError } from '../../../src/base/disk.ts';
import { FailingDisk } from '../../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { privilegePath } from '../../../src/configuration-folder.ts';
import { openAccounts } from '../../../src/open-accounts.ts';
import { AccountBook, NO_ACCOUNTS, newAccount } from '../../../src/sql/accounts/account-book.ts';
import { Privilege } from '../../../src/sql/accounts/privilege.ts';
import { PrivilegeFile } from '../../../src/sql/accounts/privilege-file.ts';
import { accountText } from '../../../src/sql/types/account-name.ts';
import { checkSha2Password } from '../../../src/wire/authentication/caching-sha2-password.ts';
import { checkNativePassword, nativePasswordAnswer } from '../../../src/wire/authentication/native-password.ts';

const passwords = { hash: () => '', isHash: () => true };
const PATH = '/data/.doltcfg/privileges.db';
const recorded = readFileSync(new URL('../../../fixtures/accounts/privileges.db', import.meta.url));

function diskWith(bytes: Uint8Array): MemoryDisk {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/data/.doltcfg');
  disk.create('test', PATH).write('test', bytes, 0);
  return disk;
}

function bookOf(...names: readonly string[]): AccountBook {
  const book = new AccountBook(NO_ACCOUNTS, () => {}, passwords);
  book.edit((draft) => {
    for (const name of names) {
      const [user = '', host = ''] = name.split('@');
      draft.put(newAccount({ user, host }, 0));
    }
  });
  return book;
}

describe('accounts', () => {
  test('are found by the most specific host', () => {
    const book = bookOf('app@%', 'app@10.0.%', 'app@10.0.0.1', 'app@localhost', '@%', 'root@localhost');
    const found = (user: string, host: string) => {
      const account = book.find(user, host);
      return account && accountText(account);
    };
    expect(found('app', '10.0.0.1')).toBe('app@10.0.0.1');
    expect(found('app', '10.0.0.2')).toBe('app@10.0.%');
    expect(found('app', '11.0.0.2')).toBe('app@%');
    expect(found('app', 'localhost')).toBe('app@localhost');
    expect(found('APP', 'localhost')).toBe('@%');
    expect(found('root', 'localhost')).toBe('root@localhost');
    expect(found('root', '10.0.0.1')).toBe('@%');
    expect(bookOf('root@localhost').find('root', '10.0.0.1')).toBeUndefined();
  });

  test('an edit that throws, or that cannot be saved, did not happen', () => {
    let isFull = false;
    const save = () => {
      if (isFull) throw new Error('disk full');
    };
    const book = new AccountBook(NO_ACCOUNTS, save, passwords);
    book.edit((draft) => draft.put(newAccount({ user: 'a', host: '%' }, 0)));
    const { version, snapshot } = book;
    isFull = true;
    expect(() => book.edit((draft) => draft.remove({ user: 'a', host: '%' }))).toThrow('disk full');
    isFull = false;
    const half = () =>
      book.edit((draft) => {
        draft.remove({ user: 'a', host: '%' });
        throw new Error('no');
      });
    expect(half).toThrow('no');
    expect(book.snapshot).toBe(snapshot);
    expect(book.version).toBe(version);
    expect(book.find('a', 'x')).toBeDefined();
  });

  test('a guest is known and never saved', () => {
    const saved: number[] = [];
    const book = new AccountBook(NO_ACCOUNTS, ({ accounts }) => saved.push(accounts.size), passwords);
    book.admit(newAccount({ user: 'local', host: 'localhost' }, 0));
    book.edit((draft) => draft.put(newAccount({ user: 'a', host: '%' }, 0)));
    expect(book.find('local', 'localhost')).toBeDefined();
    expect(saved).toEqual([1]);
  });

  test('roles come with those that they were granted', () => {
    const book = bookOf('a@%', 'r1@%', 'r2@%', 'r3@%');
    const name = (user: string) => ({ user, host: '%' });
    book.edit((draft) => {
      draft.connect({ role: name('r1'), to: name('a'), withAdmin: true });
      draft.connect({ role: name('r2'), to: name('r1'), withAdmin: false });
      draft.connect({ role: name('r3'), to: name('r2'), withAdmin: false });
      // Without the option again: it stays.
      draft.connect({ role: name('r1'), to: name('a'), withAdmin: false });
    });
    expect(book.withInherited(book.rolesOf(name('a'))).map(({ user }) => user)).toEqual(['r1', 'r2', 'r3']);
    expect(book.snapshot.edges.find(({ to }) => to.user === 'a')?.withAdmin).toBe(true);
    book.edit((draft) => draft.remove(name('r2')));
    expect(book.snapshot.edges).toHaveLength(1);
  });
});

describe('the file of accounts', () => {
  test('of the original is read and written back as it is', () => {
    const disk = diskWith(recorded);
    const file = new PrivilegeFile(disk, PATH);
    file.write(file.read()!);
    const written = disk.readFile(PATH)!;
    // Dynamic privileges stand in a random order there.
    expect(written.length).toBe(recorded.length);
    expect(new PrivilegeFile(disk, PATH).read()).toEqual(new PrivilegeFile(diskWith(recorded), PATH).read());
  });

  test('passwords that the original kept are proven', () => {
    const { book } = openAccounts({ disk: diskWith(recorded) }, PATH);
    const challenge = Buffer.alloc(20, 7);
    const app = book.get({ user: 'app', host: '%' })!;
    expect(checkNativePassword(app.authentication, challenge, nativePasswordAnswer('secret', challenge))).toBe(true);
    expect(checkNativePassword(app.authentication, challenge, nativePasswordAnswer('other', challenge))).toBe(false);
    const sha = book.get({ user: 'sha', host: '10.0.%' })!;
    expect(checkSha2Password(sha.authentication, 'pass')).toBe(true);
    expect(checkSha2Password(sha.authentication, 'other')).toBe(false);
  });

  test('of early versions, in JSON, is read and takes the form of today with the next change', () => {
    const hash = '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19';
    const table = { Name: 't', Privileges: ['INSERT'], Columns: [{ Name: 'A', Privileges: ['UPDATE'] }] };
    const shop = { Name: 'Shop', Privileges: ['SELECT', 'GRANT OPTION'], Tables: [table] };
    const common = { Plugin: 'mysql_native_password', Locked: false, Attributes: null, IsRole: false };
    const json = {
      Users: [
        {
          ...{ User: 'old', Host: '', PrivilegeSet: { GlobalStatic: ['FILE'], Databases: [shop] }, Password: hash },
          ...{ ...common, PasswordLastChanged: '2022-05-23T20:37:32.5382927Z' },
        },
        {
          ...{ User: 'role', Host: '%', PrivilegeSet: { GlobalStatic: [], Databases: [] }, AuthString: hash },
          ...{ ...common, Locked: true, Attributes: '{"a": 1}', PasswordLastChanged: '1970-01-01T00:00:01Z' },
        },
      ],
      Roles: [{ FromHost: '%', FromUser: 'role', ToHost: '', ToUser: 'old', WithAdminOption: true }],
    };
    const disk = diskWith(Buffer.from(JSON.stringify(json)));
    const { book, isNew } = openAccounts({ disk }, PATH);
    expect(isNew).toBe(false);
    expect(book.get({ user: 'role', host: '%' })).toMatchObject({
      ...{ authentication: hash, isLocked: true, attributes: '{"a": 1}', passwordChangedSeconds: 1 },
    });
    const old = book.get({ user: 'old', host: '' })!;
    expect(old).toMatchObject({ authentication: hash, isLocked: false, passwordChangedSeconds: 1653338252 });
    expect(old.privileges.global).toBe(Privilege.file);
    const database = old.privileges.databases.get('shop')!;
    expect(database).toMatchObject({ name: 'Shop', privileges: Privilege.select | Privilege.grantOption });
    const { privileges, columns } = database.tables.get('t')!;
    expect(privileges).toBe(Privilege.insert);
    expect(columns.get('a')).toMatchObject({ name: 'A', privileges: Privilege.update });
    expect(book.rolesOf(old)).toEqual([{ user: 'role', host: '%' }]);
    book.edit((draft) => draft.put(newAccount({ user: 'new', host: '%' }, 0)));
    expect(disk.readFile(PATH)![0]).not.toBe('{'.charCodeAt(0));
    const again = openAccounts({ disk }, PATH).book;
    expect([...again.accounts()].map(({ user }) => user).sort()).toEqual(['new', 'old', 'role']);
    expect(again.get(old)).toEqual(old);
    expect(again.snapshot.edges).toEqual(book.snapshot.edges);
  });

  test('keeps what the original has no place for', () => {
    const disk = diskWith(recorded);
    const { book } = openAccounts({ disk }, PATH);
    const app = { user: 'app', host: '%' };
    const reader = { user: 'reader', host: '%' };
    book.edit((draft) => draft.put({ ...draft.get(app)!, defaultRoles: [reader], attributes: '{"x":1}' }));
    const read = openAccounts({ disk }, PATH).book.get(app)!;
    expect(read.defaultRoles).toEqual([reader]);
    expect(read.attributes).toBe('{"x":1}');
    book.edit((draft) => draft.put({ ...draft.get(app)!, defaultRoles: undefined, attributes: undefined }));
    expect(openAccounts({ disk }, PATH).book.get(app)).toMatchObject({
      defaultRoles: undefined,
      attributes: undefined,
    });
  });

  test('that is damaged is an error that names it', () => {
    const damaged = (bytes: Uint8Array) => () => new PrivilegeFile(diskWith(bytes), PATH).read();
    const named = { kind: 'corrupt', message: expect.stringContaining(PATH) };
    expect(damaged(new Uint8Array(0))).toThrow(expect.objectContaining(named));
    expect(damaged(new Uint8Array(500))).toThrow(expect.objectContaining(named));
    expect(damaged(recorded.subarray(0, 1000))).toThrow(expect.objectContaining(named));
    for (const json of ['{"Users": [', '{}', '{"Users": {}}', '{"Users": [{"User": 1}]}', '{"Users": [null]}']) {
      expect(damaged(Buffer.from(json)), json).toThrow(expect.objectContaining(named));
    }
    const set = '{"Users": [{"User": "a", "PrivilegeSet": {"GlobalStatic": ["FLY"]}}]}';
    expect(damaged(Buffer.from(set))).toThrow('there is no privilege FLY');
  });

  test('a bit that flips never makes more accounts or throws anything unnamed', () => {
    const known = new Set(new PrivilegeFile(diskWith(recorded), PATH).read()!.accounts.keys());
    for (let at = 0; at < recorded.length; at += 3) {
      const bytes = Buffer.from(recorded);
      bytes[at]! ^= 1 << (at % 8);
      try {
        const { accounts } = new PrivilegeFile(diskWith(bytes), PATH).read()!;
        expect(accounts.size).toBeLessThanOrEqual(known.size);
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ message: expect.stringContaining(PATH) });
      }
    }
  });

  test('holds the accounts of before or of after, wherever the disk fails', () => {
    for (let n = 1, failed = true; failed; n++) {
      const inner = diskWith(recorded);
      const disk = new FailingDisk(inner, { failAt: n });
      let error: unknown;
      try {
        const { book } = openAccounts({ disk }, PATH);
        book.edit((draft) => draft.remove({ user: 'app', host: '%' }));
      } catch (thrown) {
        error = thrown;
      }
      failed = disk.failed;
      expect(error !== undefined, `silent at ${disk.lastOperation}`).toBe(failed);
      if (failed) expect(error).toBeInstanceOf(DiskError);
      const users = openAccounts({ disk: inner }, PATH).book.snapshot.accounts;
      expect([7, 6]).toContain(users.size);
      if (!failed) expect(users.size).toBe(6);
    }
  });

  test('stands beside the databases, or around the folder of one', () => {
    const disk = new MemoryDisk();
    disk.makeDirectory('test', '/data/shop');
    expect(privilegePath(disk, { directory: '/data/shop' })).toBe('/data/shop/.doltcfg/privileges.db');
    disk.makeDirectory('test', '/data/.doltcfg');
    expect(privilegePath(disk, { directory: '/data/shop' })).toBe(PATH);
    expect(privilegePath(disk, { directory: '/data/shop', isNamed: true })).toBe('/data/shop/.doltcfg/privileges.db');
    expect(privilegePath(disk, { directory: '/data/shop', configDirectory: '/etc/x' })).toBe('/etc/x/privileges.db');
    expect(privilegePath(disk, { directory: '/data/shop', privilegeFile: '/etc/p' })).toBe('/etc/p');
    disk.makeDirectory('test', '/data/shop/.doltcfg');
    expect(() => privilegePath(disk, { directory: '/data/shop' })).toThrow('multiple .doltcfg directories');
  });
});

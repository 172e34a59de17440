import { afterEach, describe, expect, test } from 'vitest';
import { openAccounts } from '../../src/open-accounts.ts';
import { parseStatement } from '../../src/sql/syntax/parse.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { certificate, errnoOf, FOLDER, type Served, type ServeOptions, serve } from './served-accounts.ts';

let served: Served | undefined;
afterEach(async () => {
  await served?.stop();
  served = undefined;
});

async function start(options?: ServeOptions): Promise<Served> {
  served = await serve(options);
  return served;
}

const FILE = `${FOLDER}/.doltcfg/privileges.db`;
const onLinux = process.platform === 'linux';

describe('the first start', () => {
  test('makes root, for this machine alone', async () => {
    const { client, environment } = await start();
    const root = await client();
    expect((await root.query('select current_user() as who'))[0]).toEqual([{ who: 'root@localhost' }]);
    const accounts = [...openAccounts(environment, FILE).book.snapshot.accounts.keys()];
    expect(accounts).toEqual(['root@localhost']);
    expect(await errnoOf(client({ password: 'guess' }))).toBe(1045);
    expect(await errnoOf(client({ user: 'app' }))).toBe(1045);
  });

  test.runIf(onLinux)('root does not answer another address', async () => {
    const { client } = await start();
    expect(await errnoOf(client({ from: '127.0.0.2' }))).toBe(1045);
  });

  test('may be told to make none, and never makes one later', async () => {
    const environment = memoryEnvironment();
    const first = await start({ skipsRootUser: true, environment });
    expect(await errnoOf(first.client())).toBe(1045);
    await first.stop();
    const second = await start({ environment });
    expect(await errnoOf(second.client())).toBe(1045);
  });

  test('takes the host and the password of the environment', async () => {
    const { client, logged } = await start({ variables: { DOLT_ROOT_HOST: '%', DOLT_ROOT_PASSWORD: 'top' } });
    expect(await errnoOf(client())).toBe(1045);
    const root = await client({ password: 'top' });
    expect((await root.query('select current_user() as who'))[0]).toEqual([{ who: 'root@%' }]);
    expect(logged.join('')).not.toContain('"top"');
  });

  test('does not happen where the file is damaged', async () => {
    const environment = memoryEnvironment();
    await (await start({ environment })).stop();
    served = undefined;
    environment.disk.create('test', FILE).write('test', Buffer.from('nonsense'), 0);
    await expect(serve({ environment })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining(FILE),
    });
  });
});

describe.each(['mysql_native_password', 'caching_sha2_password'])('an account with %s', (plugin) => {
  test.each([false, true])('logs in with its password (TLS: %s)', async (tls) => {
    const { client } = await start({ tls });
    const root = await client();
    await root.query(`create user app@'%' identified with ${plugin} by 'säcret'`);
    const ssl = tls ? { ssl: { ca: certificate } } : {};
    // Twice: the second time in the fast way.
    for (let i = 0; i < 2; i++) {
      const app = await client({ user: 'app', password: 'säcret', ...ssl });
      expect((await app.query('select user() as u, current_user() as c'))[0]).toEqual([
        { u: 'app@localhost', c: 'app@%' },
      ]);
    }
    expect(await errnoOf(client({ user: 'app', password: 'wrong', ...ssl }))).toBe(1045);
    expect(await errnoOf(client({ user: 'app', ...ssl }))).toBe(1045);
    await root.query("alter user app identified by 'new'");
    expect(await errnoOf(client({ user: 'app', password: 'säcret', ...ssl }))).toBe(1045);
    await client({ user: 'app', password: 'new', ...ssl });
  });

  test('may want TLS, and may be locked', async () => {
    const { client } = await start({ tls: true });
    const root = await client();
    await root.query(`create user app identified with ${plugin} by 'x' require ssl`);
    expect(await errnoOf(client({ user: 'app', password: 'x' }))).toBe(1045);
    const tls = { user: 'app', password: 'x', ssl: { ca: certificate } };
    await client(tls);
    await root.query('alter user app account lock');
    expect(await errnoOf(client(tls))).toBe(3118);
    // Who does not know the password does not learn of the lock.
    expect(await errnoOf(client({ ...tls, password: 'y' }))).toBe(1045);
    await root.query('alter user app account unlock require none');
    await client({ user: 'app', password: 'x' });
  });

  test('passwords stand nowhere', async () => {
    const { client, environment, logged } = await start();
    const root = await client();
    await root.query(`create user app identified with ${plugin} by 'Hidden1'`);
    await root.query("alter user app identified by 'Hidden2'");
    await root.query("set password for app = 'Hidden3'");
    await root.execute("create user other identified by 'Hidden4'");
    await errnoOf(root.query("create user app identified by 'Hidden5'"));
    await root.query('alter user app identified by "It\\"s Hidden6"');
    await errnoOf(root.query("create user app identified by 'Hidden7"));
    const file = Buffer.from(environment.disk.readFile(FILE)!).toString('latin1');
    const [processes] = await root.query('show processlist');
    expect(file + logged.join('') + JSON.stringify(processes)).not.toMatch(/Hidden/);
    expect(logged.join('')).toContain('create user app');
  });
});

describe('a connected client', () => {
  test('has what is granted, loses what is revoked, and changes its roles', async () => {
    const { client } = await start();
    const root = await client({ multipleStatements: true });
    await root.query(`create database d; use d; create table t (a int primary key); insert into t values (1);
      create user app identified by 'x'; create role seer; grant select on d.* to seer`);
    expect(await errnoOf(client({ user: 'app', password: 'x', database: 'd' }))).toBe(1044);
    const app = await client({ user: 'app', password: 'x' });
    expect(await errnoOf(app.query('select * from d.t'))).toBe(1142);
    expect(await errnoOf(app.query('use d'))).toBe(1044);
    expect(await errnoOf(app.changeUser({ user: 'app', password: 'x', database: 'd' }))).toBe(1044);
    const again = await client({ user: 'app', password: 'x' });

    await root.query('grant select on d.t to app');
    await again.query('use d');
    expect((await again.query('select * from t'))[0]).toEqual([{ a: 1 }]);
    const [rows] = await again.execute('select a from t where a = ?', [1]);
    expect(rows).toEqual([{ a: 1 }]);
    expect(await errnoOf(again.execute('delete from t where a = ?', [1]))).toBe(1142);
    await root.query('revoke select on d.t from app');
    expect(await errnoOf(again.query('select * from t'))).toBe(1142);
    expect(await errnoOf(again.execute('select a from t where a = ?', [1]))).toBe(1142);

    await root.query('grant seer to app; set default role none to app');
    const third = await client({ user: 'app', password: 'x' });
    expect(await errnoOf(third.query('select * from d.t'))).toBe(1142);
    await third.query('set role seer');
    expect((await third.query('select *, current_role() as r from d.t'))[0]).toEqual([{ a: 1, r: '`seer`@`%`' }]);
    // A session that starts anew has its default roles.
    await third.reset();
    expect(await errnoOf(third.query('select * from d.t'))).toBe(1142);
  });

  test('has the mandatory roles, and all of its roles from the start where that is set', async () => {
    const { client } = await start();
    const root = await client({ multipleStatements: true });
    await root.query(`create database d; use d; create table t (a int primary key); insert into t values (1);
      create user app identified by 'x'; create role seer, other; grant select on d.* to seer; grant other to app;
      set default role none to app`);
    const enter = () => client({ user: 'app', password: 'x' });
    const app = await enter();
    expect(await errnoOf(app.query('set role seer'))).toBe(3530);

    expect(await errnoOf(root.query("set global mandatory_roles = 'seer@'"))).toBe(1231);
    await root.query("set global mandatory_roles = '`seer`@`%`, gone@localhost'");
    expect(await errnoOf(app.query('select * from d.t'))).toBe(1142);
    await app.query('set role all');
    expect((await app.query('select *, current_role() as r from d.t'))[0]).toEqual([
      { a: 1, r: '`other`@`%`,`seer`@`%`' },
    ]);
    const [grants] = (await app.query('show grants')) as unknown as [Record<string, string>[]];
    expect(grants.map((row) => Object.values(row)[0])).toContain('GRANT `other`@`%`,`seer`@`%` TO `app`@`%`');
    const applicable = 'select role_name, is_default, is_mandatory from information_schema.applicable_roles order by 1';
    expect((await app.query(applicable))[0]).toEqual([
      { ROLE_NAME: 'other', IS_DEFAULT: 'NO', IS_MANDATORY: 'NO' },
      { ROLE_NAME: 'seer', IS_DEFAULT: 'NO', IS_MANDATORY: 'YES' },
    ]);
    for (const text of ['revoke seer from app', 'drop role seer', 'drop user seer']) {
      expect(await errnoOf(root.query(text)), text).toBe(4527);
    }
    // Nobody else's but by default.
    await root.query('set default role seer to app');
    expect((await (await enter()).query('select * from d.t'))[0]).toEqual([{ a: 1 }]);
    await root.query('set default role none to app');
    expect(await errnoOf((await enter()).query('select * from d.t'))).toBe(1142);

    await root.query('set global activate_all_roles_on_login = 1');
    const later = await enter();
    expect((await later.query('select current_role() as r'))[0]).toEqual([{ r: '`other`@`%`,`seer`@`%`' }]);
    expect((await later.query('select * from d.t'))[0]).toEqual([{ a: 1 }]);
    await later.query('set role default');
    expect(await errnoOf(later.query('select * from d.t'))).toBe(1142);
    await later.reset();
    expect((await later.query('select * from d.t'))[0]).toEqual([{ a: 1 }]);
    // What is taken from everybody is gone at once.
    await root.query("set global mandatory_roles = ''");
    expect(await errnoOf(later.query('select * from d.t'))).toBe(1142);
    await root.query('drop role seer');

    await root.query("create user half identified by 'x'; grant system_variables_admin on *.* to half");
    const half = await client({ user: 'half', password: 'x' });
    expect(await errnoOf(half.query("set global mandatory_roles = 'other'"))).toBe(1227);
    await half.query('set global activate_all_roles_on_login = 0');
    await root.query('grant role_admin on *.* to half');
    await half.query("set global mandatory_roles = 'other'");
  });

  test('sees and ends its own connections only', async () => {
    const { client } = await start();
    const root = await client();
    await root.query("create user app identified by 'x'");
    await root.query("create user other identified by 'x'");
    const app = await client({ user: 'app', password: 'x' });
    const other = await client({ user: 'other', password: 'x' });
    const [own] = (await app.query('show processlist')) as unknown as [{ User: string }[]];
    expect(own.map(({ User }) => User)).toEqual(['app']);
    const [all] = (await root.query('show processlist')) as unknown as [{ User: string }[]];
    expect(all).toHaveLength(3);
    expect(await errnoOf(app.query(`kill ${other.threadId}`))).toBe(1095);
    await root.query(`kill ${other.threadId}`);
    const twin = await client({ user: 'app', password: 'x' });
    await app.query(`kill ${twin.threadId}`);
  });

  test('changes user, and is let go when it may not', async () => {
    const { client } = await start();
    const root = await client();
    await root.query("create user app identified by 'x'");
    await root.changeUser({ user: 'app', password: 'x' });
    expect((await root.query('select current_user() as who'))[0]).toEqual([{ who: 'app@%' }]);
    expect(await errnoOf(root.query('create user y'))).toBe(1227);
    const ended = new Promise((resolve) => root.once('error', resolve).once('end', resolve));
    expect(await errnoOf(root.changeUser({ user: 'root', password: 'guess' }))).toBe(1045);
    await ended;
    await expect(root.query('select 1')).rejects.toThrow();
  });
});

test('a server may want TLS of everybody', async () => {
  const { client } = await start({ tls: true });
  await (await client()).query('set global require_secure_transport = on');
  expect(await errnoOf(client())).toBe(3159);
  const root = await client({ ssl: { ca: certificate } });
  await root.query('set global require_secure_transport = off');
  await client();
});

test('what an account wants of a connection and cannot be checked keeps it out', async () => {
  const { client, running } = await start({ tls: true });
  const root = await client();
  await root.query("create user app identified by 'x'");
  const app = { user: 'app', host: '%' };
  const change = (part: object) => {
    running.server.accounts.edit((draft) => draft.put({ ...draft.get(app)!, ...part }));
  };
  const logIn = () => errnoOf(client({ user: 'app', password: 'x', ssl: { ca: certificate } }));
  expect(await logIn()).toBeUndefined();
  for (const transport of ['X509', 'SPECIFIED']) {
    change({ transport });
    expect(await logIn()).toBe(1045);
  }
  change({ transport: '', plugin: 'authentication_dolt_jwt' });
  expect(await logIn()).toBe(1045);
  // Nor with the password against which users are checked that do not exist.
  expect(await errnoOf(client({ user: 'app', password: 'nobody has it', ssl: { ca: certificate } }))).toBe(1045);
});

test('a statement is described by its columns when it is prepared, whatever it reads', async () => {
  const { client } = await start();
  const root = await client();
  const prepared = await root.prepare('select user, host from mysql.user where user = ?');
  expect((await prepared.execute(['root']))[0]).toEqual([{ user: 'root', host: 'localhost' }]);
  const session = served!.running.server.engine.session({ database: 'shop' });
  const columns = await session.drive(session.describe(parseStatement('select * from dolt_status')));
  expect(columns.map(({ name }) => name)).toEqual(['table_name', 'staged', 'status']);
});

describe('wrong passwords', () => {
  test('are told alike for users that exist and that do not', async () => {
    const { client } = await start();
    const root = await client();
    await root.query("create user known identified by 'x'");
    const message = async (user: string): Promise<string> => {
      const error = (await client({ user, password: 'guess' }).catch((thrown: unknown) => thrown)) as Error;
      return error.message.replace(user, 'X');
    };
    expect(await message('known')).toBe(await message('unknown'));
  });

  test('are in the log, without the password', async () => {
    const { client, logged } = await start();
    await expect(client({ user: 'eve', password: 'a guess' })).rejects.toMatchObject({ errno: 1045 });
    const lines = logged.filter((line) => line.includes('Error authenticating user'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warning', user: 'eve', host: 'localhost' }]);
    expect(logged.join()).not.toContain('guess');
  });

  test('are counted until the right one comes', async () => {
    const { client, running } = await start();
    const root = await client();
    await root.query("create user app identified by 'x'");
    for (let i = 0; i < 5; i++) expect(await errnoOf(client({ user: 'app', password: `y${i}` }))).toBe(1045);
    expect(await errnoOf(client({ user: 'nobody', password: 'y' }))).toBe(1045);
    expect(running.server.limiter.size).toBe(2);
    await client({ user: 'app', password: 'x' });
    expect(running.server.limiter.size).toBe(1);
  });
});

test('what one server writes the next one reads', async () => {
  const environment = memoryEnvironment();
  const first = await start({ environment });
  const root = await first.client({ multipleStatements: true });
  await root.query(`create user app identified by 'x'; create role r; grant select (a), insert on shop.t to r;
    grant r to app with admin option; set default role r to app`);
  const [before] = await root.query({ sql: 'show grants for app using r', rowsAsArray: true });
  await first.stop();
  const second = await start({ environment });
  const [after] = await (await second.client()).query({ sql: 'show grants for app using r', rowsAsArray: true });
  expect(after).toEqual(before);
  expect((await (await second.client({ user: 'app', password: 'x' })).query('select current_role() as r'))[0]).toEqual([
    { r: '`r`@`%`' },
  ]);
});

/** Branch permissions of a server: their file, held to what Dolt 2.3.1 wrote, and whom they bind. */
import { readFileSync } from 'node:fs';
import type { Connection } from 'mysql2/promise';
import { afterEach, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/open.ts';
import { parseServerInfo } from '../../src/server/server-info.ts';
import { BranchControl, initialRules } from '../../src/sql/accounts/branch-control/branch-control.ts';
import { SessionAccess } from '../../src/sql/session/session-access.ts';
import { memoryEnvironment, resultLines } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { FOLDER, type Served, type ServeOptions, serve } from './served-accounts.ts';

let served: Served | undefined;
afterEach(async () => {
  await served?.stop();
  served = undefined;
});

async function start(options?: ServeOptions): Promise<Served> {
  served = await serve(options);
  return served;
}

const FILE = `${FOLDER}/.doltcfg/branch_control.db`;
const recorded = (name: string) => readFileSync(new URL(`../../fixtures/branch-control/${name}`, import.meta.url));

const ACCOUNTS = ["ann@'%'", "bob@'127.0.0.1'", "my_user@'%'"];

async function makeAccounts(root: Connection): Promise<void> {
  for (const account of ACCOUNTS) {
    await root.query(`create user ${account}`);
    await root.query(`grant all on shop.* to ${account}`);
  }
}

async function messageOf(failing: Promise<unknown>): Promise<string | undefined> {
  try {
    await failing;
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Plays recorded statements: `user> statement`, or `user/branch> statement`, and `! message` where it was refused. */
async function play(script: string, { client }: Served): Promise<void> {
  const clients = new Map<string, Connection>();
  const lines = script.trimEnd().split('\n');
  for (const [i, line] of lines.entries()) {
    const [, who = '', statement = ''] = /^([\w/]+)> (.*)$/.exec(line) ?? [];
    if (who === '') continue;
    const [user, branch] = who.split('/');
    const database = branch === undefined ? 'shop' : `shop/${branch}`;
    if (!clients.has(who)) clients.set(who, await client({ user: user!, database }));
    const expected = /^! (.*)/.exec(lines[i + 1] ?? '')?.[1];
    expect(await messageOf(clients.get(who)!.query(statement)), line).toBe(expected);
  }
}

describe('branch_control.db', () => {
  test('becomes, by the same statements, what the original made of it', async () => {
    const environment = memoryEnvironment();
    const first = await start({ environment });
    await makeAccounts(await first.client());
    expect(environment.disk.readFile(FILE)).toBeUndefined();
    for (const name of ['first', 'second']) {
      await play(recorded(`${name}.txt`).toString(), served!);
      const written = Buffer.from(environment.disk.readFile(FILE)!);
      expect(written.subarray(4).equals(recorded(`${name}.db`).subarray(4))).toBe(true);
      await served!.stop();
      await start({ environment });
    }
  });

  test('of the original is enforced', async () => {
    const environment = memoryEnvironment();
    await (await start({ environment })).stop();
    environment.disk.create('test', FILE).write('test', recorded('second.db'), 0);
    const { client } = await start({ environment });
    await makeAccounts(await client());
    const ann = await client({ user: 'ann', database: 'shop' });
    const bob = await client({ user: 'bob', database: 'shop' });
    expect(await messageOf(ann.query('create table t (i int)'))).toMatch(/correct permissions on branch `main`/);
    expect(await messageOf(bob.query("call dolt_branch('release/7')"))).toMatch(/cannot create a branch/);
    await ann.query("call dolt_branch('release/7')");
    await bob.query("call dolt_branch('release/27')");
  });

  test('that is damaged keeps a server from starting, and stays as it is', async () => {
    const environment = memoryEnvironment();
    await (await start({ environment })).stop();
    served = undefined;
    const damaged = recorded('first.db').subarray(0, 400);
    environment.disk.create('test', FILE).write('test', damaged, 0);
    await expect(serve({ environment })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining(`the file of branch permissions ${FILE} is damaged`) as string,
    });
    expect(Buffer.from(environment.disk.readFile(FILE)!).equals(damaged)).toBe(true);
  });

  test('may be elsewhere', async () => {
    const { client, environment } = await start({ config: { branch_control_file: '/data/rules.db' } });
    await (await client({ database: 'shop' })).query("call dolt_branch('b')");
    expect(environment.disk.readFile('/data/rules.db')).toBeDefined();
    expect(environment.disk.readFile(FILE)).toBeUndefined();
  });

  test('that cannot be written leaves the rules as they were', () => {
    const control = new BranchControl(initialRules(), () => {
      throw new Error('no room');
    });
    const rule = { database: '%', branch: '%', user: '%', host: '%' };
    expect(() => control.edit(({ access }) => access.delete(rule))).toThrow('no room');
    expect([...control.rules.access.rules()]).toEqual([{ ...rule, permissions: 2 }]);
    expect(control.may(2, 'shop', 'main', { user: 'ann', host: '%' })).toBe(true);
  });
});

describe('rules about branches', () => {
  test('count for sessions that are open, from their next statement on', async () => {
    const { client } = await start();
    const root = await client({ database: 'shop' });
    await makeAccounts(root);
    await root.query('create table t (i int primary key)');
    const ann = await client({ user: 'ann', database: 'shop' });
    const insert = 'insert into t values (1)';
    await ann.query(insert);
    await root.query('delete from dolt_branch_control');
    expect(await messageOf(ann.query(insert))).toMatch(/correct permissions/);
    await root.query("insert into dolt_branch_control values ('shop', 'main', 'ann', '%', 'write')");
    await ann.query('delete from t');
  });

  test('do not bind the command line of this machine', async () => {
    const { client, environment } = await start();
    const root = await client({ database: 'shop' });
    await root.query('create table t (i int primary key)');
    await root.query('delete from dolt_branch_control');
    expect(await messageOf(root.query('insert into t values (1)'))).toMatch(/correct permissions/);
    const info = Buffer.from(environment.disk.readFile(`${FOLDER}/.dolt/sql-server.info`)!).toString();
    const password = parseServerInfo(info)!.secret;
    const local = await client({ user: '__dolt_local_user__', password, database: 'shop' });
    await local.query('insert into t values (1)');
    await local.query("call dolt_branch('b')");
    expect((await root.query('select * from dolt_branch_control'))[0]).toEqual([]);
  });

  test('bind the commands of other machines', async () => {
    const { client } = await start();
    const root = await client({ database: 'shop' });
    await makeAccounts(root);
    await root.query("grant execute on procedure shop.dolt_command_line to ann@'%'");
    await root.query('create table t (i int primary key)');
    await root.query("call dolt_commit('-Am', 'one')");
    await root.query("call dolt_branch('b')");
    await root.query('insert into `shop/b`.t values (1)');
    await root.query('use `shop/b`');
    await root.query("call dolt_commit('-am', 'two')");
    await root.query("delete from dolt_branch_control where branch = '%'");
    await root.query("insert into dolt_branch_control values ('shop', 'main', '%', '%', 'merge')");
    const ann = await client({ user: 'ann', database: 'shop' });
    const run = (...words: string[]) => ann.query('call dolt_command_line(?)', [words]);
    expect(await messageOf(run('add', '.'))).toMatch(/correct permissions on branch `main`/);
    expect(JSON.stringify((await run('branch', '-D', 'b'))[0])).toMatch(/cannot delete the branch/);
    await run('merge', 'b');
    expect((await root.query('select count(*) as n from `shop/main`.t'))[0]).toEqual([{ n: 1 }]);
  });

  test('are not in the way of replication', async () => {
    const { client, environment } = await start({ environment: { ...memoryEnvironment(), ...realTime } });
    const root = await client({ database: 'shop' });
    await makeAccounts(root);
    await root.query('create table t (i int primary key)');
    await root.query("call dolt_remote('add', 'origin', 'file:///data/remote')");
    await root.query("set persist dolt_replicate_to_remote = 'origin'");
    await root.query("call dolt_commit('-Am', 'one')");
    await root.query('delete from dolt_branch_control');
    await root.query("insert into dolt_branch_control values ('shop', 'main', 'ann', '%', 'write')");

    environment.disk.makeDirectory('test', '/replicas');
    const opened = openEngine(environment, '/replicas', { mayBeEmpty: true });
    const own = opened.engine.session();
    for await (const _ of own.execute("call dolt_clone('file:///data/remote', 'shop')"));
    for await (const _ of own.execute('use shop; delete from dolt_branch_control'));
    for await (const _ of own.execute("set global dolt_read_replica_remote = 'origin'"));
    for await (const _ of own.execute('set global dolt_replicate_all_heads = 1'));
    const book = await opened.engine.state.accounts!.open();
    for await (const _ of own.execute('create user ann; grant all on *.* to ann'));
    const reader = opened.engine.session({
      database: 'shop',
      access: (scene) => new SessionAccess({ book, account: { user: 'ann', host: '%' }, host: 'localhost' }, scene),
    });

    const ann = await client({ user: 'ann', database: 'shop' });
    await ann.query('insert into t values (7)');
    await ann.query("call dolt_commit('-am', 'two')");
    const lines: string[] = [];
    for await (const executed of reader.execute('select i from t'))
      lines.push(...(await resultLines(executed, reader)));
    expect(lines).toEqual(['i', '7']);
    opened.close();
  });
});

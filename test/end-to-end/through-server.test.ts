/**
 * The command line while a server holds the repository (transcripts of its commands are in served-console.test.ts): how the
 * server is found, what stands for a server and is none, and what happens when it goes away.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { open } from '../../src/index.ts';
import { dolt, type Outcome, Scratch } from './command-line.ts';
import { freePort, ServerProcess } from './sql-server.ts';

let scratch: Scratch;
let server: ServerProcess | undefined;

beforeEach(() => {
  scratch = new Scratch();
  scratch.repository('shop');
});

afterEach(async () => {
  await server?.end('SIGKILL');
  server = undefined;
  scratch.remove();
});

const serve = async (directory = 'shop'): Promise<ServerProcess> => {
  server = await ServerProcess.start(scratch, directory);
  return server;
};

const infoPath = (directory = 'shop'): string => scratch.path(directory, '.dolt', 'sql-server.info');

/** Runs beside the test. */
function start(directory: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(dolt, args, {
    cwd: scratch.path(directory),
    env: scratch.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}

/** A column for each type, values that are easily printed otherwise, and a row of NULLs. */
const ALL_TYPES = `create table kinds (
  id int primary key, ti tinyint, tu tinyint unsigned, flag tinyint(1), sm smallint, me mediumint, bi bigint, bu bigint unsigned,
  fl float, db double, dc decimal(20,5), d0 decimal(30,0), b1 bit(1), b9 bit(9), yr year, dt date, tm time, t6 time(6),
  dtm datetime, dt6 datetime(6), ts timestamp(3) null, ch char(4), vc varchar(20), bn binary(4), vb varbinary(8), tx text, bl blob,
  en enum('x','y y'), st set('a','b','c'), js json, pt point);
insert into kinds values
  (1, -128, 255, 1, -32768, 8388607, -9223372036854775808, 18446744073709551615, 1.1, 1e-7, -12345678901234.5, 123456789012345678901234567890,
   b'1', b'100000001', 2024, '2024-02-29', '-838:59:59', '12:34:56.789', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999999',
   '2024-01-02 03:04:05.678', ' a', 'ä, "b"\\n', 'ab', x'00ff', 'line\\nline', x'0a00', 'y y', 'a,c', '{"b": [1, 2.5, "x, y: z"], "a": null}', point(1, 2)),
  (2, 0, 0, 0, 0, 0, 0, 0, 3.4e38, -0.5, 0.5, 0, b'0', b'0', 1901, '0000-00-00', '00:00:00', '00:00:00', '0000-00-00 00:00:00', '2024-01-01 00:00:00', null,
   '', '', '', '', '', '', 'x', '', '[]', null),
  (3, ${Array.from({ length: 30 }, () => 'null').join(', ')});
insert ignore into kinds (id, dt) values (4, '0999-01-01')`;

const COMPUTED =
  "select 1 = 1 as yes, null is null, 7 / 2, 1.5e0, cast(1 as float), json_object('long key', 1, 'b', json_array(1.50, 2e0, 'x')), " +
  "json_array(), date '2024-01-02', time '01:02:03.5', now() > '2000-01-01', x'414243', cast('a' as binary), null, concat('a', 1), version(), " +
  'dolt_hashof_db() is not null, coalesce(flag, 3), sum(ti), avg(dc), group_concat(vc), max(dt6), count(*) from kinds group by flag order by flag';

test('--branch: a command works on another branch than that of the repository', async () => {
  scratch.run('shop', ['branch', 'side']);
  await serve();
  const side = (...args: string[]): string => scratch.run('shop', ['--branch', 'side', ...args]);
  writeFileSync(scratch.path('shop', 'rows.csv'), 'a\n1\n');
  side('table', 'import', '-c', '--pk', 'a', 't', 'rows.csv');
  side('add', 't');
  side('commit', '-m', 'on side');
  expect(side('log', '--oneline', '-n', '1')).toContain('on side');
  expect(side('ls')).toContain('t');
  expect(scratch.run('shop', ['log', '--oneline'])).not.toContain('on side');
  expect(scratch.run('shop', ['status'])).toContain('nothing to commit');
  expect(scratch.try('shop', ['--branch', 'nope', 'add', 't'])).toMatchObject({
    status: 1,
    err: 'branch not found: nope\n',
  });
});

describe('sql', () => {
  const formats = ['tabular', 'csv', 'json', 'vertical'];

  test('loads files of whoever runs it, from where it is run', async () => {
    for (const table of ['t', 'alone']) {
      scratch.run('shop', ['sql', '-q', `create table ${table} (id int primary key, s varchar(20))`]);
    }
    writeFileSync(scratch.path('shop', 'rows.csv'), '1,one\n2,two\n');
    const load = (path: string, table = 't'): string[] => [
      'sql',
      '-q',
      `load data local infile '${path}' into table ${table} fields terminated by ','`,
    ];
    const alone = scratch.run('shop', load('rows.csv', 'alone'));
    await serve();
    expect(scratch.run('shop', load('rows.csv'))).toBe(alone);
    expect(scratch.sql('shop', 'select * from t', '-r', 'csv')).toBe('id,s\n1,one\n2,two\n');
    const missing = scratch.try('shop', load('nope.csv'));
    expect(missing).toMatchObject({ status: 1, err: expect.stringContaining('cannot read nope.csv') });
  });

  test('prints values of every type as without a server', async () => {
    scratch.run('shop', ['sql'], `set sql_mode = '';${ALL_TYPES}`);
    const outputs = (): string[] =>
      formats.map((format) => scratch.sql('shop', `select * from kinds; ${COMPUTED}`, '-r', format));
    const before = outputs();
    await serve();
    expect(outputs()).toEqual(before);
  });

  test('prints errors, warnings and counts as without a server', async () => {
    scratch.sql('shop', 'create table t (id int primary key, n int not null)');
    const scripts = [
      'insert into t values (1, 1), (2, 2);\nselect * from nowhere;\nselect 3',
      'insert into t values (1, 1)',
      'update t set n = n + 1; delete from t where id > 100; replace into t values (1, 5)',
      'select 1 / 0; show warnings',
      'selec 1; select 2',
      'set sql_mode = \'ansi_quotes\'; select "n" from t',
      'use shop/nowhere; select 1',
      'delimiter //\nselect 1; //\nselect 2 //',
      "prepare p from 'update t set n = 0'; execute p",
      'select * from t where id in (select id from t) order by id limit 1; ; -- nothing\n',
    ];
    // Which rows are there before each script is no matter of command lines.
    const runs = async (restore: () => Promise<unknown>): Promise<Outcome[]> => {
      const outcomes = ['select 1', 'selec 1'].map((script) =>
        scratch.try('shop', ['sql', '--branch', 'nowhere', '-q', script]),
      );
      for (const script of scripts) {
        await restore();
        outcomes.push(scratch.try('shop', ['sql', '-q', script]));
        outcomes.push(scratch.try('shop', ['sql', '--continue', '-r', 'csv'], script));
      }
      return outcomes;
    };
    const rows = 'replace into t values (1, 1), (2, 2)';
    const before = await runs(async () => {
      const database = await open(scratch.path('shop'));
      await database.query(rows);
      await database.close();
    });
    const running = await serve();
    expect(await runs(() => running.rows(rows))).toEqual(before);
  });

  test('takes the bytes of a script as they are', async () => {
    scratch.sql('shop', 'create table t (id int primary key, b blob)');
    const script = (id: number): string => {
      const file = scratch.path('shop', 'bytes.sql');
      writeFileSync(file, Buffer.from(`insert into t values (${id}, _binary '\xff\0a\xe4')`, 'latin1'));
      return scratch.run('shop', ['sql', '-f', 'bytes.sql']);
    };
    script(1);
    await serve();
    script(2);
    expect(scratch.rows('shop', 'select hex(b) as b from t')).toEqual([{ b: 'FF0061E4' }, { b: 'FF0061E4' }]);
  });

  test('hands out more rows than are read', async () => {
    await serve();
    const script =
      'with recursive n as (select 1 as i union all select i + 1 from n where i < 900) select a.i from n a, n b';
    const { status, out } = await startPiped(`'${dolt}' sql -r csv -q '${script}' | head -3`);
    expect({ status, out }).toEqual({ status: 0, out: 'i\n1\n1\n' });
    expect(scratch.sql('shop', 'select 1', '-r', 'csv')).toBe('1\n1\n');
  });

  function startPiped(line: string): Promise<Outcome> {
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
      cwd: scratch.path('shop'),
      env: scratch.environment,
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err: '' })));
  }
});

describe('sql-server.info', () => {
  test('is there for its owner alone while the server runs', async () => {
    const running = await serve();
    expect(readFileSync(infoPath(), 'utf8')).toMatch(new RegExp(`^\\d+:${running.port}:[0-9a-f-]{36}$`));
    expect(statSync(infoPath()).mode & 0o777).toBe(0o600);
    await running.end();
    expect(existsSync(infoPath())).toBe(false);
  });

  test('of a server that was killed is ignored, and replaced by the next', async () => {
    await (await serve()).end('SIGKILL');
    const left = readFileSync(infoPath(), 'utf8');
    scratch.sql('shop', 'create table t (id int primary key)');
    expect(scratch.run('shop', ['ls'])).toContain('\t t\n');
    await serve();
    expect(readFileSync(infoPath(), 'utf8')).not.toBe(left);
    scratch.sql('shop', 'insert into t values (1)');
    expect(scratch.rows('shop', 'select * from t')).toEqual([{ id: 1 }]);
  });

  test('that names a process which listens nowhere, or is no such file, is ignored', async () => {
    for (const text of [`${process.pid}:${await freePort()}:secret`, `${process.pid}:-:secret`, 'nonsense', '']) {
      writeFileSync(infoPath(), text);
      expect(scratch.sql('shop', 'select 1', '-r', 'csv'), text).toBe('1\n1\n');
      scratch.run('shop', ['branch', `b${text.length}`]);
    }
  });

  test('with a wrong secret says what to do', async () => {
    await serve();
    writeFileSync(infoPath(), readFileSync(infoPath(), 'utf8').replace(/[^:]+$/, 'guess'));
    for (const args of [
      ['sql', '-q', 'select 1'],
      ['add', '.'],
      ['table', 'rm', 't'],
    ]) {
      const { status, err } = scratch.try('shop', args);
      expect(status).toBe(1);
      expect(err).toMatch(/does not take the secret in .*sql-server\.info: Access denied/);
      expect(err).toContain('Restart the server');
    }
    // What only reads needs no server.
    expect(scratch.run('shop', ['status'])).toContain('On branch main');
  });

  test('another server of the folder is told who holds it', async () => {
    await serve();
    const { status, err } = scratch.try('shop', ['sql-server', '--port', '0']);
    expect(status).toBe(1);
    expect(err).toMatch(/is locked by process \d+/);
    expect(scratch.sql('shop', 'select 1', '-r', 'csv')).toBe('1\n1\n');
  });
});

test('a socket file that is asked for without its place is where clients of MySQL look for it', async () => {
  const args = ['sql-server', '--host', '127.0.0.1', '--socket', '--port', '0'];
  const child = spawn(dolt, args, { cwd: scratch.path('shop'), env: scratch.environment });
  try {
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    expect(line).toMatch(/^Starting server with Config HP="127.0.0.1:\d+".*\|S="\/tmp\/mysql.sock"\n$/);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('a server whose own folder is dropped as a database goes on, and is found by the command line', async () => {
  const running = await serve();
  scratch.sql('shop', 'create database stock');
  scratch.sql('shop', 'drop database shop');
  expect(scratch.sql('shop', 'show databases', '-r', 'csv')).toBe('Database\ninformation_schema\nmysql\nstock\n');
  scratch.sql('shop', 'create table stock.t (id int primary key)');
  expect(scratch.run('shop/stock', ['status'])).toContain('new table:        t');
  await running.end();
  expect(existsSync(scratch.path('shop', '.dolt'))).toBe(false);
  await serve();
  expect(scratch.sql('shop', 'select * from stock.t', '-r', 'csv')).toBe('id\n');
});

describe('a server of several databases', () => {
  test('is worked on from the first, where none is named; so are the databases without it', async () => {
    mkdirSync(scratch.path('data'));
    for (const name of ['data/two', 'data/one']) scratch.repository(name);
    const where = (directory: string, ...flags: readonly string[]): string =>
      scratch.run(directory, [...flags, 'sql', '-r', 'csv', '-q', 'select database()']).split('\n')[1]!;
    const places = (): string[] => [
      where('data'),
      where('.', '--data-dir', 'data'),
      where('data/two'),
      where('data', '--use-db', 'two'),
    ];
    const expected = ['one', 'one', 'two', 'two'];
    expect(places()).toEqual(expected);
    const { port } = await serve('data');
    expect(places()).toEqual(expected);
    // What is asked of a server by its address is the server's to say.
    expect(where('data', '--host', '127.0.0.1', '--port', String(port), '--no-tls')).toBe('');
    scratch.sql('data', 'create user ada; grant select on two.* to ada');
    expect(where('data', '--user', 'ada', '--password', '')).toBe('two');
    expect(where('data', '--branch', 'main')).toBe('one/main');
  });

  test('is called by underscores, where DOLT_DBNAME_REPLACE asks for it', async () => {
    mkdirSync(scratch.path('data'));
    scratch.repository('data/my-own shop');
    const names = (): string => scratch.sql('data', 'show databases', '-r', 'csv').replaceAll('\n', ',');
    expect(names()).toBe('Database,information_schema,my-own shop,mysql,');
    expect(scratch.run('data', ['--use-db', 'my-own shop', 'status'])).toContain('On branch main');
    scratch.environment['DOLT_DBNAME_REPLACE'] = 'true';
    const look = (): void => {
      expect(names()).toBe('Database,information_schema,my_own_shop,mysql,');
      expect(scratch.sql('data/my-own shop', 'select database()', '-r', 'csv')).toBe('database()\nmy_own_shop\n');
      expect(scratch.run('data', ['--use-db', 'my_own_shop', 'status'])).toContain('On branch main');
    };
    look();
    await serve('data');
    look();
    scratch.sql('data', 'drop database my_own_shop');
    expect(existsSync(scratch.path('data', 'my-own shop'))).toBe(false);
    scratch.sql('data', "call dolt_undrop('my_own_shop')");
    expect(existsSync(scratch.path('data', 'my_own_shop'))).toBe(true);
  });

  test('is found from the folder of each, and from the one around them', async () => {
    mkdirSync(scratch.path('data'));
    for (const name of ['data/one', 'data/two']) scratch.repository(name);
    await serve('data');
    scratch.sql('data', 'create table two.t (id int primary key)');
    scratch.sql('data/one', 'create table u (id int primary key)');
    scratch.run('data/two', ['add', '.']);
    scratch.run('data/two', ['commit', '-m', 'A table']);
    expect(scratch.run('data/two', ['log', '--oneline'])).toContain('A table');
    expect(scratch.run('data/one', ['status'])).toContain('new table:        u');
    // One that was made since is nobody's but its folder's.
    scratch.repository('data/three');
    scratch.sql('data/three', 'create table w (id int primary key)');
    expect(scratch.run('data/three', ['ls'])).toContain('\t w\n');
  });
});

describe('a server that goes away', () => {
  test('while a statement runs: an error, and no lock is left', async () => {
    const running = await serve();
    const slow = start('shop', ['sql', '-q', 'select sleep(60)']);
    await until(async () => (await running.rows('show processlist')).some((row) => row.join().includes('sleep(60)')));
    await running.end('SIGKILL');
    const { status, out, err } = await slow;
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain('lost connection');
    scratch.sql('shop', 'create table t (id int primary key)');
    scratch.run('shop', ['commit', '-Am', 'Afterwards']);
    expect(scratch.run('shop', ['fsck'])).toContain('No problems found.');
  });

  test('one that does not answer is waited for only so long', async () => {
    const running = await serve();
    running.signal('SIGSTOP');
    const { status, err } = await start('shop', ['sql', '-q', 'select 1']);
    running.signal('SIGCONT');
    expect(status).toBe(1);
    expect(err).toContain('no answer in 10 seconds');
  });

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    for (let i = 0; !(await isSo()); i++) {
      if (i > 200) throw new Error('it does not come');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

test('two command lines at once, and a client: every row and every commit is there', async () => {
  const running = await serve();
  scratch.sql('shop', 'create table t (id int primary key, who int)');
  scratch.run('shop', ['commit', '-Am', 'A table']);
  const rounds = [1, 2, 3];
  const live = async (who: number): Promise<void> => {
    for (const round of rounds) {
      const insert = await start('shop', ['sql', '-q', `insert into t values (${who * 10 + round}, ${who})`]);
      expect(insert.err).toBe('');
      const commit = await start('shop', ['commit', '-A', '--allow-empty', '-m', `Round ${round} of ${who}`]);
      expect(commit).toMatchObject({ status: 0, err: '' });
    }
  };
  const client = async (): Promise<void> => {
    for (const round of rounds) await running.rows(`insert into t values (${90 + round}, 9)`);
  };
  await Promise.all([live(1), live(2), client()]);
  scratch.run('shop', ['commit', '-A', '--allow-empty', '-m', 'The rest']);
  expect(scratch.rows('shop', "select who, count(*) as n from t as of 'HEAD' group by who order by who")).toEqual(
    [1, 2, 9].map((who) => ({ who, n: 3 })),
  );
  await running.end();
  server = undefined;
  expect(scratch.run('shop', ['fsck'])).toContain('No problems found.');
});

describe('table import', () => {
  test('through a server makes the same table', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `${i},"n ${i}, \\x",${i / 4},2024-01-0${(i % 9) + 1}`);
    // Twins of one name, which errors tell.
    const twins = ['one/shop', 'two/shop'] as const;
    for (const directory of twins) {
      scratch.repository(directory);
      writeFileSync(scratch.path(directory, 'a.csv'), ['id,name,price,day', ...rows].join('\n'));
      writeFileSync(
        scratch.path(directory, 'b.csv'),
        'id,name,price,day\n1,changed,0.5,2024-02-01\n9999,new,,\nx,bad,1,2024-01-01\n2,ok,1,2024-01-01\n',
      );
    }
    const steps = (directory: string): Outcome[] =>
      [
        ['table', 'import', '-c', '--pk', 'id', 't', 'a.csv'],
        ['table', 'import', '-c', '--pk', 'id', 't', 'a.csv'],
        ['table', 'import', '-u', 't', 'b.csv'],
        ['table', 'import', '-u', '--continue', 't', 'b.csv'],
        ['table', 'import', '-a', 't', 'b.csv'],
        ['table', 'import', '-a', '--continue', 'T', 'b.csv'],
        ['table', 'import', '-r', '--continue', 't', 'b.csv'],
        ['table', 'import', '-c', '-f', '--pk', 'id', 't', 'b.csv'],
        ['table', 'import', '-c', '-f', '--pk', 'price', 't', 'b.csv'],
        ['table', 'cp', 't', 'u'],
        ['table', 'mv', 'u', 'v'],
        ['table', 'rm', 'nowhere'],
        ['sql', '-r', 'csv', '-q', 'select dolt_hashof_db(); select * from t'],
      ].map((args) => scratch.try(directory, args));
    await serve(twins[0]);
    expect(steps(twins[0])).toEqual(steps(twins[1]));
  });
});

describe('flags before the command', () => {
  test('connect to a server as one of its users', async () => {
    const running = await serve();
    await running.rows(
      "create user ada@localhost identified by 'secret'",
      'grant select on shop.* to ada@localhost',
      'create table t (id int)',
    );
    scratch.directory('elsewhere');
    const at = ['--host', '127.0.0.1', '--port', String(running.port), '--no-tls'];
    const ada = ['--user', 'ada', '--password', 'secret'];
    const csv = (query: string): string[] => ['sql', '-r', 'csv', '-q', query];
    expect(scratch.run('elsewhere', [...at, ...csv('select current_user()')])).toBe('current_user()\nroot@localhost\n');
    expect(scratch.run('elsewhere', [...at, ...ada, '--use-db', 'shop', ...csv('select count(*) as n from t')])).toBe(
      'n\n0\n',
    );
    expect(scratch.run('shop', [...ada, ...csv('select current_user()')])).toBe('current_user()\nada@localhost\n');
    const refused: readonly (readonly [string[], RegExp])[] = [
      [[...at, ...ada, '--use-db', 'shop', ...csv('insert into t values (1)')], /INSERT command denied to user 'ada'/],
      [[...at, '--user', 'ada', '--password', 'guess', ...csv('select 1')], /Access denied for user 'ada'/],
      [[...at.slice(0, 4), ...ada, ...csv('select 1')], /TLS is required/],
      [[...at, ...ada, ...csv("call dolt_command_line('add', '.')")], /denied/],
      [[...at, '--use-db', 'nowhere', ...csv('select 1')], /The provided --use-db nowhere does not exist/],
      [[...at, 'init'], /dolt init works on a folder of this machine/],
      [
        ['--host', '127.0.0.1', '--port', String(await freePort()), '--no-tls', ...csv('select 1')],
        /cannot connect to 127.0.0.1/,
      ],
      [['--port', '1', ...csv('select 1')], /only meaningful with the --host flag/],
      [['--user', 'ada', ...csv('select 1')], /a password is needed/],
    ];
    for (const [args, error] of refused) {
      const { status, err } = scratch.try('shop', args);
      expect(err).toMatch(error);
      expect(status).toBe(1);
    }
  });

  test('a user without a server is refused, but by sql', () => {
    const as = (name: string, password: string, ...args: string[]) =>
      scratch.try('shop', ['--user', name, '--password', password, ...args]);
    const sql = (name: string, password: string, text: string) =>
      as(name, password, '--doltcfg-dir', 'users', 'sql', '-r', 'csv', '-q', text);
    expect(as('ada', 'x', 'branch', 'b')).toMatchObject({
      status: 1,
      err: expect.stringContaining('no server runs in'),
    });
    expect(sql('ada', 'x', 'select current_user()').out).toBe('current_user()\nada@localhost\n');
    sql(
      'root',
      '',
      "create table secrets (a int); create user ada@localhost identified by 'pw'; grant create on *.* to ada@localhost",
    );
    expect(sql('ada', 'x', 'select 1').err).toContain("Access denied for user 'ada'@'localhost' (using password: YES)");
    expect(sql('bob', '', 'select 1').err).toContain("Access denied for user 'bob'@'localhost' (using password: NO)");
    expect(sql('ada', 'pw', 'select current_user()').out).toBe('current_user()\nada@localhost\n');
    expect(sql('ada', 'pw', 'select * from secrets').err).toContain('SELECT command denied');
    expect(sql('root', '', 'select current_user(); drop table secrets').out).toContain('root@localhost');
  });
});

describe('commands on a server elsewhere', () => {
  let away: Scratch;

  beforeEach(() => {
    away = new Scratch({ DOLT_AUTHOR_NAME: 'Eve', DOLT_AUTHOR_EMAIL: 'eve@example.com' });
    away.directory('here');
  });

  afterEach(() => away.remove());

  const commandsAt = (port: number, ...flags: readonly string[]) => {
    const at = ['--host', '127.0.0.1', '--port', String(port), '--no-tls', ...flags];
    return {
      run: (...args: readonly string[]): string => away.run('here', [...at, ...args]),
      fails: (...args: readonly string[]): string => {
        const { status, err } = away.try('here', [...at, ...args]);
        expect(status).toBe(1);
        return err;
      },
    };
  };

  test('do what they do in its folder, in the name of whoever asks', async () => {
    const running = await serve();
    const { run, fails } = commandsAt(running.port);
    await running.rows('create table t (id int primary key, a int)', 'insert into t values (1, 1)');
    const same = (...args: readonly string[]): string => {
      const out = run(...args);
      expect(out).toBe(scratch.run('shop', args));
      return out;
    };
    expect(same('status')).toContain('new table:        t');
    run('add', '.');
    expect(run('commit', '-m', 'a table')).toContain('Author: Eve <eve@example.com>');
    expect(same('log', '-n', '1')).toContain('a table');
    run('branch', 'side');
    await running.rows('use `shop/side`', 'update t set a = 2', "call dolt_commit('-am', 'on side')");
    expect(same('diff', 'main', 'side')).toContain('| > | 1  | 2 |');
    expect(run('merge', 'side')).toContain('Fast-forward');
    run('tag', 'v1');
    expect(same('tag')).toBe('\tv1\n');
    expect(same('ls')).toContain('t');
    expect(same('show')).toContain('on side');
    expect(same('schema', 'show', 't')).toContain('CREATE TABLE');
    run('table', 'cp', 't', 'copied');
    expect(same('status')).toContain('copied');
    run('reset', '--hard');
    run('clean');
    expect(same('status')).toContain('nothing to commit');
    expect(run('gc')).toContain('chunks kept');
    away.directory('remote');
    run('remote', 'add', 'origin', `file://${away.path('remote')}`);
    run('push', 'origin', 'main');
    expect(scratch.run('shop', ['branch', '-r'])).toContain('origin/main');
    expect(fails('status', '--nope')).toContain("unknown option `nope'");
    expect(fails('checkout', 'side')).toContain('can not currently be used when there is a local server running');
    expect(fails('merge', 'nowhere')).toContain('nowhere');
    expect(fails('table', 'export', 't', 't.csv')).toContain('works on a folder of this machine');
  });

  test('on the database, and the branch, that are named', async () => {
    scratch.directory('data');
    for (const name of ['one', 'two']) scratch.repository(`data/${name}`);
    scratch.run('data/two', ['branch', 'side']);
    const running = await serve('data');
    expect(commandsAt(running.port).fails('status')).toContain('the server has 2 databases: name one with --use-db');
    expect(commandsAt(running.port, '--use-db', 'two/side').run('status')).toContain('On branch side');
    expect(commandsAt(running.port, '--use-db', 'two', '--branch', 'side').run('status')).toContain('On branch side');
    expect(commandsAt(running.port, '--use-db', 'one').run('branch')).toBe('* main\n');
    expect(commandsAt(running.port, '--use-db', 'one', '--branch', 'side').fails('status')).toContain('side');
    expect(commandsAt(running.port, '--use-db', '../one').fails('status')).toContain('does not exist');
  });

  test('only for those who may do everything', async () => {
    const running = await serve();
    await running.rows("create user ada@localhost identified by 'secret'", 'grant all on shop.* to ada@localhost');
    const ada = commandsAt(running.port, '--user', 'ada', '--password', 'secret');
    expect(ada.fails('status')).toMatch(/execute command denied to user 'ada'/);
    await running.rows('grant super on *.* to ada@localhost');
    expect(ada.run('status')).toContain('On branch main');
  });
});

/** The shell of MariaDB and its dump, as Debian has them: what a dump restores is the same table. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../end-to-end/command-line.ts';
import { ERRORS, NUMBERS } from './scenario.ts';
import { ClientServer, missing, run } from './served-clients.ts';

describe.skipIf(missing('mariadb', 'mariadb', 'mariadb-dump', 'mariadb-admin'))('mariadb', () => {
  let served: ClientServer;

  beforeAll(async () => {
    served = await ClientServer.start();
  });

  afterAll(async () => {
    await served?.stop();
  });

  const over = {
    tcp: () => ['--protocol=tcp', '--host=127.0.0.1', `--port=${served.port}`],
    socket: () => [`--socket=${served.socket}`],
  };

  /** The shell on statements from standard input: rows without names. */
  const shell = (input: string, ...options: readonly string[]): Promise<Outcome> =>
    run('mariadb', ['--no-defaults', ...over.tcp(), '--user=root', '-N', ...options, 'shop'], input);

  const told = async (input: string, ...options: readonly string[]): Promise<string> => {
    const { status, out, err } = await shell(input, ...options);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return out;
  };

  test('over TCP, a socket file and TLS, and compressed', async () => {
    const who = 'select user(), database();';
    expect(await told(who)).toBe('root@localhost\tshop\n');
    const { out } = await run('mariadb', ['--no-defaults', ...over.socket(), '--user=root', '-N', 'shop'], who);
    expect(out).toBe('root@localhost\tshop\n');
    const guard = [...over.tcp(), '--user=guard', '--password=secret', '-N', '--ssl', `--ssl-ca=${served.certificate}`];
    expect((await run('mariadb', ['--no-defaults', ...guard, 'shop'], who)).out).toBe('guard@localhost\tshop\n');
    const repeated = await told("select repeat('abc', 1000000);", '--compress');
    expect(repeated).toBe(`${'abc'.repeat(1_000_000)}\n`);
  });

  test.each(['ada', 'old', 'bob'])('%s logs in with a password, and not with another', async (user) => {
    const options = ['--no-defaults', ...over.tcp(), `--user=${user}`, '-N', '--default-character-set=utf8mb4'];
    const password = user === 'old' ? 'secret' : 'geheim é';
    const ca = `--ssl-ca=${served.certificate}`;
    const logIn = (given: string) => run('mariadb', [...options, '--ssl', ca, `--password=${given}`], 'select user();');
    expect((await logIn(password)).out).toBe(`${user}@localhost\n`);
    expect((await logIn('wrong')).err).toMatch(/^ERROR 1045 \(28000\)/);
  });

  test('errors have their number and state, and the shell goes on', async () => {
    const { err, out } = await shell(
      `${ERRORS.map(([statement]) => `${statement};`).join('\n')}\nselect 7;`,
      '--force',
    );
    const numbers = [...err.matchAll(/^ERROR (\d+) \((\w+)\)/gm)].map(([, errno, state]) => [errno, state]);
    expect(numbers).toEqual(ERRORS.map(([, errno, state]) => [errno, state]));
    expect(out).toBe('7\n');
  });

  test('names for completion, several statements in one text, results row by row', async () => {
    // `rehash` asks for the fields of every table.
    expect(await told('rehash\nselect 1;', '--auto-rehash')).toBe('1\n');
    expect(await told('delimiter //\nselect 1; select 2//\nselect 3//')).toBe('1\n2\n3\n');
    const rows = await told('select id from numbers order by id;', '--quick');
    expect(rows).toBe(Array.from({ length: NUMBERS }, (_, at) => `${at + 1}\n`).join(''));
  });

  test('prepared statements, transactions and warnings in SQL', async () => {
    expect(await told("prepare p from 'select ? + 1'; set @a = 41; execute p using @a;")).toBe('42\n');
    const counts =
      'delete from accounts; start transaction; insert into accounts values (1); rollback; select count(*) from accounts;';
    expect(await told(counts)).toBe('0\n');
    expect(await told('select 1/0; show warnings;')).toBe('NULL\nWarning\t1365\tDivision by 0\n');
  });

  test('a killed session is lost, and the next one served', async () => {
    const { err, out } = await shell('select 0;\nkill connection_id();\nselect 1;\n', '--force');
    // 2026 is what becomes of it under TLS.
    expect(err).toMatch(/^ERROR (2013|2026) /m);
    expect(out).toBe('0\n');
    expect(await told('select 2;')).toBe('2\n');
  });

  test('a file of the client is refused', async () => {
    const { err } = await shell(
      `load data local infile '${served.certificate}' into table accounts;`,
      '--local-infile=1',
    );
    expect(err).toMatch(/^ERROR \d+ \(\w+\)/m);
  });

  test('what an administrator asks', async () => {
    const admin = ['--no-defaults', ...over.tcp(), '--user=root'];
    const { out, err } = await run('mariadb-admin', [...admin, 'ping', 'status', 'processlist']);
    expect(err).toBe('');
    expect(out).toMatch(/mysqld is alive\nUptime: \d+ +Threads: \d+/);
    expect(out).toMatch(/\| root +\| localhost +\|/);
  });

  test.each([['--hex-blob'], ['--skip-extended-insert'], ['--single-transaction']])(
    'a dump restores equal tables (%s)',
    async (option) => {
      const name = `copy${option.replaceAll('-', '_')}`;
      await served.server.rows('create database if not exists dumped', 'use dumped', ...DUMPED);
      const dump = ['--no-defaults', ...over.tcp(), '--user=root', '--routines', '--triggers', '--events', option];
      const dumped = await run('bash', ['-c', `mariadb-dump ${dump.join(' ')} dumped > ${served.scratch.path(name)}`]);
      expect(dumped).toMatchObject({ status: 0, err: '' });
      await served.server.rows(`create database ${name}`);
      const mariadb = ['--no-defaults', ...over.tcp(), '--user=root', '--comments', name];
      const restored = await run('bash', ['-c', `mariadb ${mariadb.join(' ')} < ${served.scratch.path(name)}`]);
      expect(restored).toMatchObject({ status: 0, err: '' });
      for (const table of ['parent', 'child', 'od d', 'keyed', 'keyless']) {
        const hashes = await Promise.all(
          ['dumped', name].map((database) =>
            served.server.rows(`use ${database}`, `select dolt_hashof_table('${table}')`),
          ),
        );
        expect([table, hashes[1]]).toEqual([table, hashes[0]]);
      }
      expect(await served.server.rows(`use ${name}`, 'select * from v')).toEqual([['2', '']]);
      expect(await programsOf(served, name)).toEqual(await programsOf(served, 'dumped'));
      await served.server.rows(`use ${name}`, 'call `fill it`(2, @last)');
      expect(await served.server.rows(`use ${name}`, 'select what from log_of')).toEqual([
        ["it's 2 first second"],
        ["it's 4 first second"],
      ]);
      // The command line reads the same file.
      const repository = served.scratch.repository(`repository_${name}`);
      served.scratch.run(repository, ['sql', '--file', served.scratch.path(name)]);
      const [parent] = await served.server.rows('use dumped', "select dolt_hashof_table('parent')");
      expect(served.scratch.rows(repository, "select dolt_hashof_table('parent') as hash")).toEqual([
        { hash: parent![0] },
      ]);
    },
  );

  test('a dump of all databases restores into another server', async () => {
    await served.server.rows('create database if not exists dumped', 'use dumped', ...DUMPED);
    const path = served.scratch.path('everything.sql');
    const dump = ['--no-defaults', ...over.tcp(), '--user=root', '--routines', '--triggers', '--events'];
    const dumped = await run('bash', ['-c', `mariadb-dump ${dump.join(' ')} --all-databases > ${path}`]);
    expect(dumped).toMatchObject({ status: 0, err: '' });
    const other = await ClientServer.start();
    try {
      await other.server.rows('drop database shop');
      const mariadb = ['--no-defaults', '--protocol=tcp', '--host=127.0.0.1', `--port=${other.port}`, '--user=root'];
      const restored = await run('bash', ['-c', `mariadb ${mariadb.join(' ')} < ${path}`]);
      expect(restored).toMatchObject({ status: 0, err: '' });
      const databases = await served.server.rows('show databases');
      expect(await other.server.rows('show databases')).toEqual(databases);
      for (const [database] of databases) {
        if (database === 'mysql' || database === 'information_schema') continue;
        for (const [table] of await served.server.rows(
          `use ${database}`,
          "show full tables where table_type <> 'VIEW'",
        )) {
          const hash = [`use ${database}`, `select dolt_hashof_table('${table}')`];
          expect([table, await other.server.rows(...hash)]).toEqual([table, await served.server.rows(...hash)]);
        }
      }
    } finally {
      await other.stop();
    }
  });
});

/** What a database says of its stored programs. */
async function programsOf({ server }: ClientServer, database: string): Promise<readonly unknown[]> {
  const shown = [
    'procedure `fill it`',
    'function twice',
    'trigger first',
    'trigger second',
    'trigger later',
    'event nightly',
  ];
  const texts = shown.map((what) => server.rows(`use ${database}`, `show create ${what}`));
  // Without the time at which a trigger was made.
  return (await Promise.all(texts)).map(([row]) => row!.slice(0, 4));
}

/** Tables of every kind, with what is hard to write: bytes that are no text, names, every escape, least and greatest. */
const DUMPED = [
  'drop view if exists v',
  'drop table if exists child, parent, `od d`, keyed, keyless, log_of',
  `create table parent (id int primary key auto_increment, a varchar(20) not null default 'x', b decimal(65,30), c longblob,
    d datetime(3) default current_timestamp(3), j json, e enum('p','q'), bi bit(9), key by_a (a), unique key (b))`,
  'create table child (id int primary key, p int, key p_ (p), constraint c foreign key (p) references parent (id) on delete cascade)',
  "create table `od d` (`a b` text, f float, d double, tm time(6), y year, bin binary(5), vb varbinary(10), s set('a','b'), check (f > -5))",
  `create table keyed (x bigint unsigned not null comment 'it''s', y timestamp not null default current_timestamp on update
    current_timestamp, primary key (x, y)) comment 'a table'`,
  'create table keyless (i int)',
  'create view v as select id, a from parent where id = 2',
  'drop procedure if exists `fill it`',
  'drop function if exists twice',
  'drop event if exists nightly',
  'create table log_of (n int primary key auto_increment, what varchar(40))',
  'create function twice(n int) returns int deterministic return n * 2',
  "create trigger later after insert on log_of for each row begin if new.n > 99 then signal sqlstate '45000'; end if; end",
  "create trigger second before insert on log_of for each row set new.what = concat(new.what, ' second')",
  "create trigger first before insert on log_of for each row precedes second set new.what = concat(new.what, ' first')",
  `create procedure \`fill it\`(in top int, out last int) comment 'fills; then looks'
  begin
    declare i int default 0; -- counts; up
    /* the work; */
    again: while i < top do
      set i = i + 1;
      insert into log_of (what) values (concat('it''s ', twice(i)));
    end while;
    select max(n) into last from log_of;
  end`,
  "create event nightly on schedule every 1 day starts '2030-01-01 03:00:00' comment 'at night' do delete from log_of",
  `insert into parent (a, b, c, d, j, e, bi) values
    ('é\\'"\\\\\\0\\Z', -1.5, x'00ff270a5c1ac328', '2024-02-29 01:02:03.456', '{"k": [1, "a\\\\n"]}', 'q', b'101010101'),
    ('', null, null, null, null, null, null), ('🙂', 3, repeat(x'fe00', 70000), null, null, null, null)`,
  'insert into child values (1, 1), (2, 2)',
  `insert into \`od d\` values ('x\\ny\\tz\\r', 1.5, 1e300, '-838:59:59', 2020, 'ab', x'ff00', 'a,b'),
    (null, null, null, null, null, null, null, null), ('', 0.1, 0.1, '00:00:00.000001', 1901, '', '', ''),
    (repeat('é', 20000), 3.4e38, 2.2250738585072014e-308, '01:00:00', 2155, 'abcde', '', 'a')`,
  "insert into keyed values (18446744073709551615, '2038-01-19 03:14:07')",
  'insert into keyless values (1), (1), (null)',
];

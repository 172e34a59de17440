/** Events of a running server, in a world whose time passes when it is told to. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serverConfig } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import { eventDefinition } from '../../src/sql/catalog/event-definition.ts';
import { nextRun } from '../../src/sql/catalog/event-schedule.ts';
import { loadFamily } from '../../src/sql/statements/families.ts';
import { parseStatement } from '../../src/sql/syntax/parse.ts';
import { World } from '../replication/world.ts';

interface Asked {
  readonly running: RunningServer;
  readonly client: Connection;
  readonly logged: string[];
}

// What is loaded when it is first wanted takes the machine's time, not this world's.
const KINDS = ['block', 'signal', 'insert', 'select', 'alterEvent', 'dropObject', 'call', 'do', 'begin'] as const;
beforeAll(() => Promise.all(KINDS.map(loadFamily)));

let world: World;
const open = new Set<Asked>();

beforeEach(() => {
  world = new World();
  world.init('/p');
});

afterEach(async () => {
  for (const asked of open) await stop(asked);
});

async function serve(folder = '/p', behavior: object = {}): Promise<Asked> {
  const logged: string[] = [];
  const log = openLog('warning', 'text', (line) => logged.push(line.replace(/^time="[^"]*" /, '').trimEnd()));
  const { config } = serverConfig({ listener: { host: '127.0.0.1', port: 0 }, behavior });
  const running = await startServer({ environment: world.environment(), directory: folder, config, log });
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  const client = await createConnection({
    ...{ host: '127.0.0.1', port, user: 'root', database: folder.slice(1) },
    ...{ timezone: 'Z', dateStrings: true, multipleStatements: true },
  });
  const asked = { running, client, logged };
  open.add(asked);
  return asked;
}

async function stop(asked: Asked): Promise<void> {
  open.delete(asked);
  asked.client.destroy();
  await world.finish(asked.running.stop());
}

async function rows({ client }: Asked, sql: string): Promise<unknown[][]> {
  const [found] = await client.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return found as unknown as unknown[][];
}

async function seconds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await world.advance(1000);
}

const LOG = 'create table log (id int primary key auto_increment, at datetime, what varchar(20))';
const note = (what: string) => `insert into log (at, what) values (now(), '${what}')`;
const EVENTS = 'select event_name, status, last_executed from information_schema.events order by 1';

test('a recurring event runs at its times, one of a single time goes when it has run, or is disabled', async () => {
  const server = await serve();
  await server.client.query(`${LOG};
    create event often on schedule every 2 second do ${note('often')};
    create event twice on schedule every 1 second ends '2024-01-02 03:04:07' on completion preserve do ${note('twice')};
    create event once on schedule at '2024-01-02 03:04:08' do ${note('once')};
    create event kept on schedule at '2024-01-02 03:04:08' on completion preserve do begin ${note('kept')}; end;
    create event off on schedule every 1 second disable do ${note('off')}`);
  await seconds(6);
  expect(await rows(server, 'select at, what from log order by at, what')).toEqual([
    // Seen a second after they were created.
    ['2024-01-02 03:04:06', 'often'],
    ['2024-01-02 03:04:06', 'twice'],
    ['2024-01-02 03:04:07', 'often'],
    ['2024-01-02 03:04:07', 'twice'],
    ['2024-01-02 03:04:08', 'kept'],
    ['2024-01-02 03:04:08', 'once'],
    ['2024-01-02 03:04:09', 'often'],
    ['2024-01-02 03:04:11', 'often'],
  ]);
  expect(await rows(server, EVENTS)).toEqual([
    ['kept', 'DISABLED', '2024-01-02 03:04:08'],
    ['off', 'DISABLED', null],
    ['often', 'ENABLED', '2024-01-02 03:04:11'],
    ['twice', 'DISABLED', '2024-01-02 03:04:07'],
  ]);
  expect(await rows(server, "select fragment from dolt_schemas where name = 'kept'")).toEqual([
    [
      `CREATE DEFINER = \`root\`@\`localhost\` EVENT \`kept\` ON SCHEDULE AT '2024-01-02 03:04:08' ON COMPLETION PRESERVE DISABLE DO begin ${note('kept')}; end`,
    ],
  ]);
  expect(server.logged).toEqual([]);
});

test('an event that is altered, dropped, taken back or merged runs as it is then', async () => {
  const server = await serve();
  const what = async (): Promise<string> =>
    (await rows(server, 'select what from log order by id')).map(([word]) => word).join(' ');
  await server.client.query(`${LOG}; create event e on schedule every 1 second do ${note('a')}`);
  await seconds(2);
  await server.client.query(`call dolt_commit('-Am', 'an event'); alter event e do ${note('b')}`);
  await seconds(2);
  await server.client.query('drop event e; drop event if exists e');
  await seconds(2);
  expect(await what()).toBe('a a b b');
  await server.client.query("call dolt_reset('--hard')");
  await seconds(1);
  await server.client.query(`call dolt_checkout('-b', 'other'); alter event e do ${note('other')};
    call dolt_commit('-am', 'another')`);
  await seconds(1);
  await server.client.query("call dolt_checkout('main'); call dolt_commit('-am', 'rows'); call dolt_merge('other')");
  await seconds(1);
  expect(await what()).toBe('a a a a other');
});

test('an event runs at its second, however late it was seen first', async () => {
  const server = await serve();
  await server.client.query(LOG);
  await world.advance(700);
  await server.client.query(`create event e on schedule every 1 second do ${note('e')}`);
  await seconds(1);
  await world.advance(300);
  expect(await rows(server, 'select at from log')).toEqual([['2024-01-02 03:04:06'], ['2024-01-02 03:04:07']]);
});

test('an event of the same text runs again where it was dropped and created within a second, and with the sql_mode of now', async () => {
  const server = await serve();
  await world.advance(900);
  const once = `create event once on schedule at now() do ${note('once')}`;
  await server.client.query(`${LOG}; ${once}`);
  await world.advance(100);
  await server.client.query(once);
  const mode = 'create event mode on schedule every 1 second do insert into log (what) values (@@sql_mode)';
  await server.client.query(`set sql_mode = 'ansi_quotes'; ${mode}`);
  await seconds(1);
  await server.client.query("set sql_mode = ''; alter event mode comment ''");
  await seconds(1);
  expect(await rows(server, 'select what from log order by what')).toEqual([[''], ['ANSI_QUOTES'], ['once'], ['once']]);
});

test('what ran before a restart does not run again after it within the same second', async () => {
  let server = await serve();
  await server.client.query(`${LOG}; create event e on schedule every 1 second do ${note('e')}`);
  await seconds(1);
  await world.advance(100);
  await stop(server);
  server = await serve();
  await world.advance(900);
  expect(await rows(server, 'select at from log order by at')).toEqual([
    ['2024-01-02 03:04:06'],
    ['2024-01-02 03:04:07'],
  ]);
});

test('times that passed while nobody looked are left out, and one of a single time is over', async () => {
  let server = await serve();
  await server.client.query(`${LOG};
    create event minutely on schedule every 1 minute do ${note('minutely')};
    create event late on schedule at '2024-01-02 03:04:30' do ${note('late')};
    create event kept on schedule at '2024-01-02 03:04:30' on completion preserve do ${note('kept')}`);
  await seconds(1);
  await stop(server);
  await world.advance(600_000);
  server = await serve();
  await seconds(60);
  expect(await rows(server, 'select at from log')).toEqual([['2024-01-02 03:04:06'], ['2024-01-02 03:15:05']]);
  expect(await rows(server, EVENTS)).toEqual([
    ['kept', 'DISABLED', null],
    ['minutely', 'ENABLED', '2024-01-02 03:15:05'],
  ]);
  expect(server.logged).toEqual([
    'level=warning msg="an event is over, its time passed while no events ran" event=p.kept',
    'level=warning msg="an event is over, its time passed while no events ran" event=p.late',
  ]);
});

test('an event whose stored text does not say when it runs is left alone', async () => {
  const server = await serve();
  const texts = ['at now() + interval 1 day', 'every 1 + 1 day', "every 0 day starts '2024-01-01'", 'every 1 day'];
  await server.client.query('create event e on schedule every 1 day do select 1');
  for (const [i, schedule] of texts.entries()) {
    await server.client.query(
      `insert into dolt_schemas select type, 'e${i}', 'create event e${i} on schedule ${schedule.replaceAll("'", "''")} do select 1', extra, sql_mode from dolt_schemas where name = 'e'`,
    );
  }
  await seconds(3);
  expect((await rows(server, EVENTS)).map(([name]) => name)).toEqual(['e', 'e0', 'e1', 'e2', 'e3']);
  expect(server.logged).toEqual([]);
});

test('what fails is in the log; what it did before stands, and it runs again', async () => {
  const server = await serve();
  await server.client.query(`${LOG};
    create event simple on schedule every 1 second ends now() + interval 2 second do insert into nowhere values (1);
    create event compound on schedule every 1 second ends now() + interval 2 second do begin
      declare n int default 7;
      ${note('before')};
      select n;
      insert into log values (1, null, null);
      ${note('never')};
    end;
    create event undone on schedule at now() do begin start transaction; ${note('undone')}; signal sqlstate '45000'; end`);
  await seconds(3);
  expect(await rows(server, 'select distinct what from log')).toEqual([['before']]);
  const failed = (event: string, rest: string) =>
    `level=error msg="an event failed" event=p.${event} definer=root@localhost ${rest}`;
  const twice = [
    failed('compound', `errno=1062 error="Duplicate entry '1' for key 'log.PRIMARY'"`),
    failed('simple', `errno=1146 error="Table 'p.nowhere' doesn't exist"`),
  ];
  expect([...server.logged].sort()).toEqual(
    [...twice, ...twice, failed('undone', 'errno=1644 error="Unhandled user-defined exception condition"')].sort(),
  );
});

test('the definer has to be there and needs EVENT, and its rights count', async () => {
  const server = await serve();
  await server.client.query(`${LOG}; create table secret (a int);
    create user ada@localhost; grant event, select on p.* to ada@localhost; grant insert on p.log to ada@localhost;
    create definer = ada@localhost event mine on schedule every 1 second do
      insert into log (what) values (concat(current_user(), ' ', database()));
    create definer = ada@localhost event others on schedule every 1 second do insert into secret values (1)`);
  await seconds(1);
  expect(await rows(server, 'select what from log')).toEqual([['ada@localhost p']]);
  await server.client.query('revoke event on p.* from ada@localhost');
  await seconds(1);
  await server.client.query('drop user ada@localhost');
  await seconds(1);
  expect(await rows(server, 'select count(*) from log')).toEqual([[1]]);
  expect(server.logged.map((line) => line.replace(/^.*event=/, ''))).toEqual([
    `p.others definer=ada@localhost errno=1142 error="INSERT command denied to user 'ada'@'localhost' for table 'secret'"`,
    ...['mine', 'others'].map(
      (name) =>
        `p.${name} definer=ada@localhost errno=1044 error="Access denied for user 'ada'@'localhost' to database 'p'"`,
    ),
    ...['mine', 'others'].map(
      (name) =>
        `p.${name} definer=ada@localhost errno=1449 error="The user specified as a definer ('ada'@'localhost') does not exist"`,
    ),
  ]);
});

const PROCESSES = 'select user, db, command, time, state, info from information_schema.processlist order by id';

test('an event never overlaps itself, is shown while it runs, and can be ended', async () => {
  const server = await serve();
  expect((await rows(server, PROCESSES))[0]).toEqual([
    'event_scheduler',
    null,
    'Daemon',
    0,
    'Waiting on empty queue',
    null,
  ]);
  await server.client.query(`${LOG}; create event slow on schedule every 1 second do begin ${note('begin')};
    do sleep(3); ${note('end')}; end`);
  await seconds(3);
  const shown = await rows(server, PROCESSES);
  expect(shown[0]).toEqual(['event_scheduler', null, 'Daemon', 3, 'Waiting for next activation', null]);
  expect(shown).toContainEqual(['root', 'p', 'Connect', 2, '', expect.stringMatching(/^begin insert into log/)]);
  expect(shown).toHaveLength(3);
  await seconds(6);
  const found = await rows(server, 'select what from log order by id');
  expect(found.slice(0, 4).map(([what]) => what)).toEqual(['begin', 'end', 'begin', 'end']);
  const [[id] = []] = await rows(server, "select id from information_schema.processlist where command = 'Connect'");
  await server.client.query(`kill ${id}`);
  await seconds(1);
  expect(server.logged).toEqual([expect.stringContaining('errno=1317')]);
  await server.client.query('drop event slow');
  await seconds(5);
});

test('a stop waits for what runs; what is cut off then is rolled back', async () => {
  let server = await serve();
  await server.client.query(`${LOG}; create event short on schedule at now() do begin
      ${note('short')}; do sleep(20); ${note('ends')}; end;
    create event lengthy on schedule at now() do begin ${note('lengthy')}; do sleep(1000); ${note('never')}; end`);
  await seconds(2);
  await stop(server);
  server = await serve('/p', { event_scheduler: 'OFF' });
  expect(await rows(server, 'select what from log order by id')).toEqual([['short'], ['ends']]);
  expect(await rows(server, EVENTS)).toEqual([]);
});

test('event_scheduler turns it on and off; DISABLED is for good', async () => {
  let server = await serve('/p', { event_scheduler: 'OFF' });
  await server.client.query(`${LOG}; create event e on schedule every 1 second do ${note('e')}`);
  await seconds(3);
  const count = async (): Promise<unknown> => (await rows(server, 'select count(*) from log'))[0]![0];
  expect([await count(), (await rows(server, PROCESSES)).length]).toEqual([0, 1]);
  await server.client.query('set global event_scheduler = on');
  await seconds(2);
  expect([await count(), (await rows(server, PROCESSES)).length]).toEqual([2, 2]);
  await server.client.query(`create event slow on schedule at now() do do sleep(2)`);
  await seconds(1);
  await server.client.query('set global event_scheduler = 0');
  await seconds(1);
  // What runs is shown to its end.
  expect([await count(), (await rows(server, PROCESSES)).length]).toEqual([3, 2]);
  await seconds(3);
  expect([await count(), (await rows(server, PROCESSES)).length]).toEqual([3, 1]);
  const errno = async (sql: string): Promise<unknown> =>
    await server.client.query(sql).then(
      () => undefined,
      (error: { errno: number }) => error.errno,
    );
  expect(await errno('set global event_scheduler = disabled')).toBe(1231);
  expect(await errno('set event_scheduler = on')).toBe(1229);
  await stop(server);
  server = await serve('/p', { event_scheduler: 'disabled' });
  await seconds(2);
  expect(await count()).toBe(3);
  expect(await errno('set global event_scheduler = on')).toBe(1290);
});

test('only the primary runs them, and what they commit is replicated; where one is promoted, they run there', async () => {
  world.configure('/p', { dolt_replicate_to_remote: 'origin' });
  await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'first')");
  await world.clone('/r', { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' });
  const primary = await serve();
  const replica = await serve('/r');
  await primary.client.query(`${LOG}; create event e on schedule every 1 second do begin
    ${note('e')}; call dolt_commit('-Am', concat('run ', now())); end`);
  await seconds(3);
  const runs = "select message from dolt_log where message like 'run%' order by 1 desc limit 1";
  expect(await rows(replica, runs)).toEqual([['run 2024-01-02 03:04:08']]);
  expect(await rows(primary, runs)).toEqual(await rows(replica, runs));
  await replica.client.query("call dolt_promote('origin')");
  await seconds(3);
  expect(await rows(replica, runs)).toEqual([['run 2024-01-02 03:04:11']]);
  expect(primary.logged.join('\n')).toMatch(/errno=1290 .* is fenced/);
  const fenced = primary.logged.length;
  await seconds(3);
  expect(primary.logged).toHaveLength(fenced);
  expect(replica.logged).toEqual([]);
});

test.each([
  ["every 1 month starts '2024-01-31 12:00:00'", '2024-01-31 12:00:01', ['2024-02-29 12:00:00', '2024-03-31 12:00:00']],
  [
    "every '1:30' hour_minute starts '2024-01-01 23:00:00'",
    '2024-01-02',
    ['2024-01-02 00:30:00', '2024-01-02 02:00:00'],
  ],
  ["every '1:2' year_month starts '2023-12-01'", '2024-01-04', ['2025-02-01 00:00:00', '2026-04-01 00:00:00']],
  ["every 1 week starts '1990-01-01' ends '2024-01-10'", '2024-01-02', ['2024-01-08 00:00:00']],
  ["every 2 year starts '2025-02-28'", '2024-01-02', ['2025-02-28 00:00:00', '2027-02-28 00:00:00']],
  ["at '2024-01-02 00:00:00'", '2024-01-02', ['2024-01-02 00:00:00']],
  ["at '2024-01-02 00:00:00'", '2024-01-02 00:00:01', []],
])('an event %s is due from %s on at %j', (schedule, from, times) => {
  const micros = (text: string): number => Date.parse(`${text}Z`) * 1000;
  const { statement, script } = parseStatement(`create event e on schedule ${schedule} do select 1`);
  if (statement.kind !== 'createEvent') throw new Error(statement.kind);
  const definition = eventDefinition({
    name: 'e',
    statement,
    script,
    text: script,
    sqlMode: '',
    created: 0,
    modified: 0,
  });
  const found: number[] = [];
  for (let at = nextRun(definition, micros(from)); at !== undefined && found.length < 2; ) {
    found.push(at);
    at = nextRun(definition, at + 1);
  }
  expect(found).toEqual(times.map(micros));
});

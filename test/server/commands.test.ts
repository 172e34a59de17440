/** Commands of the protocol that the usual clients hardly send, packet by packet. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capability, CommandCode, ServerStatus } from '../../src/wire/capabilities.ts';
import { FieldType } from '../../src/wire/column-types.ts';
import type { PacketWriter } from '../../src/wire/packet-writer.ts';
import { readColumnDefinition } from '../../src/wire/packets/column-definition.ts';
import { readEnd, readOk } from '../../src/wire/packets/ok.ts';
import { PayloadReader } from '../../src/wire/payload-reader.ts';
import { errorOf, PLAIN, RawClient, responseOf, uint32 } from './raw-client.ts';
import { type Served, serve } from './served-accounts.ts';

let served: Served;
let opened: RawClient[] = [];

const port = (): number => {
  const [endpoint] = served.running.endpoints;
  return endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
};

const logIn = async (capabilities?: number): Promise<RawClient> => {
  const client = await RawClient.logIn(port(), capabilities);
  opened.push(client);
  return client;
};

beforeAll(async () => {
  served = await serve();
  const root = await logIn();
  await root.query('create table t (id int primary key, v varchar(20) not null, b longblob)');
  await root.query("insert into t (id, v) values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')");
});

afterAll(async () => {
  for (const client of opened) client.close();
  opened = [];
  await served.stop();
  expect(served.logged.filter((line) => line.includes('a bug'))).toEqual([]);
});

/** What one SELECT of one column says. */
async function selected(client: RawClient, sql: string): Promise<string | null> {
  expect((await client.query(sql))[0]).toBe(1);
  await client.untilEnd();
  const [row] = (await client.untilEnd()).payloads;
  return row![0] === 0xfb ? null : new PayloadReader(row!).lengthText();
}

describe('a cursor', () => {
  const READ_ONLY = 1;
  const fetch = (client: RawClient, statement: number, rows: number) => {
    client.tell(CommandCode.fetch, uint32(statement), uint32(rows));
    return client.untilEnd();
  };
  const idOf = (row: Buffer): number => row.readInt32LE(2);

  test('hands rows out in portions, while other statements run', async () => {
    const client = await logIn();
    const statement = await client.prepare('select id from t order by id');
    expect((await client.execute(statement, 0, () => {}, READ_ONLY))[0]).toBe(1);
    const { end: opening } = await client.untilEnd();
    expect(readEnd(opening, PLAIN).status & ServerStatus.cursorExists).not.toBe(0);
    const first = await fetch(client, statement, 2);
    expect(first.payloads.map(idOf)).toEqual([1, 2]);
    expect(readEnd(first.end, PLAIN).status & ServerStatus.lastRowSent).toBe(0);
    // The cursor shows what was there when it was opened.
    await client.query("insert into t (id, v) values (6, 'f')");
    await client.query('delete from t where id = 4');
    const none = await fetch(client, statement, 0);
    expect(none.payloads).toEqual([]);
    const last = await fetch(client, statement, 100);
    expect(last.payloads.map(idOf)).toEqual([3, 4, 5]);
    expect(readEnd(last.end, PLAIN).status & ServerStatus.lastRowSent).not.toBe(0);
    await client.query('delete from t where id = 6');
    await client.query("insert into t (id, v) values (4, 'd')");
    const closed = client.ask(CommandCode.fetch, uint32(statement), uint32(1));
    expect(errorOf(await closed).errno).toBe(1421);
  });

  test('ends with a reset, another execution, and its statement', async () => {
    const client = await logIn();
    const statement = await client.prepare('select id from t order by id');
    const open = async () => {
      await client.execute(statement, 0, () => {}, READ_ONLY);
      await client.untilEnd();
    };
    const fetched = () => client.ask(CommandCode.fetch, uint32(statement), uint32(1));
    await open();
    expect((await client.ask(CommandCode.resetStatement, uint32(statement)))[0]).toBe(0);
    expect(errorOf(await fetched()).errno).toBe(1421);
    await open();
    await open();
    expect((await fetch(client, statement, 1)).payloads.map(idOf)).toEqual([1]);
    client.tell(CommandCode.closeStatement, uint32(statement));
    expect(errorOf(await fetched()).errno).toBe(1243);
  });
});

describe('parameters', () => {
  const typed = (writer: PacketWriter, code: number): void => {
    writer.uint8(code);
    writer.uint8(0);
  };

  test.each<[string, number, (writer: PacketWriter) => void, string]>([
    ['the 13th month', FieldType.date, (writer) => date(writer, 2024, 13, 1), 'date'],
    ['the 30th of February', FieldType.date, (writer) => date(writer, 2024, 2, 30), 'date'],
    ['a year of five digits', FieldType.datetime, (writer) => date(writer, 10_000, 1, 1), 'datetime'],
    ['the 25th hour', FieldType.datetime, (writer) => datetime(writer, 25, 0, 0, 0), 'datetime(6)'],
    ['the 61st second', FieldType.datetime, (writer) => datetime(writer, 0, 0, 60, 0), 'datetime(6)'],
    ['a million microseconds', FieldType.datetime, (writer) => datetime(writer, 0, 0, 0, 1_000_000), 'datetime(6)'],
    ['60 minutes', FieldType.time, (writer) => time(writer, 0, 1, 60), 'time'],
    ['no number', FieldType.double, (writer) => writer.double(Number.NaN), 'double'],
    ['endless', FieldType.double, (writer) => writer.double(Number.POSITIVE_INFINITY), 'double'],
    ['endless', FieldType.float, (writer) => writer.float(Number.NEGATIVE_INFINITY), 'float'],
  ])('%s is no value', async (_name, code, write, type) => {
    const client = await logIn();
    await client.query('drop table if exists made');
    await client.query(`create table made (v ${type})`);
    const statement = await client.prepare('insert into made values (?)');
    const { errno } = errorOf(
      await client.execute(statement, 1, (writer) => {
        typed(writer, code);
        write(writer);
      }),
    );
    expect(errno).toBe(type === 'double' || type === 'float' ? 1367 : 1292);
    expect(await selected(client, 'select count(*) from made')).toBe('0');
  });

  const date = (writer: PacketWriter, year: number, month: number, day: number): void => {
    writer.uint8(4);
    writer.uint16(year);
    writer.uint8(month);
    writer.uint8(day);
  };
  const datetime = (writer: PacketWriter, hour: number, minute: number, second: number, micros: number): void => {
    writer.uint8(11);
    writer.uint16(2024);
    for (const part of [2, 29, hour, minute, second]) writer.uint8(part);
    writer.uint32(micros);
  };
  const time = (writer: PacketWriter, days: number, hour: number, minute: number): void => {
    writer.uint8(8);
    writer.uint8(0);
    writer.uint32(days);
    for (const part of [hour, minute, 0]) writer.uint8(part);
  };
});

test('bytes between quotes that are no UTF-8', async () => {
  const client = await logIn();
  const query = (before: string, bytes: Buffer, after: string): Promise<Buffer> =>
    client.answer(CommandCode.query, (writer) => {
      writer.text(before);
      writer.bytes(bytes);
      writer.text(after);
    });
  const bytes = Buffer.of(0xff, 0xc3, 0x28, 0x80, 0xed, 0xb2, 0x80, 0xc3, 0xa9);
  for (const introducer of ['', '_binary ']) {
    expect((await query(`update t set b = ${introducer}'a`, bytes, "é' where id = 2"))[0]).toBe(0);
    expect(await selected(client, 'select hex(b) from t where id = 2')).toBe('61FFC32880EDB280C3A9C3A9');
  }
  expect(errorOf(await query("update t set v = '", Buffer.of(0xff), "' where id = 2")).errno).toBe(1366);
  expect(await selected(client, 'select v from t where id = 2')).toBe('b');
});

test('the fields of a table, for completion', async () => {
  const client = await logIn();
  client.tell(CommandCode.fieldList, Buffer.from('t\0%'));
  const { payloads } = await client.untilEnd();
  const columns = payloads.map(readColumnDefinition);
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', FieldType.long],
    ['v', FieldType.varString],
    ['b', FieldType.blob],
  ]);
  expect(errorOf(await client.answer(CommandCode.fieldList, (writer) => writer.terminatedText('no`pe'))).errno).toBe(
    1146,
  );
});

test('the state of the server, a sign of life, and what is not known', async () => {
  const client = await logIn();
  expect((await client.answer(CommandCode.statistics)).toString()).toMatch(/^Uptime: \d+ {2}Threads: \d+/);
  expect(readOk(await client.answer(CommandCode.ping)).affectedRows).toBe(0);
  expect((await client.answer(CommandCode.debug))[0]).toBe(0xfe);
  expect(errorOf(await client.answer(200)).errno).toBe(1047);
});

test('a statement is prepared on what others have made since this one was last looked at', async () => {
  const [one, two] = [await logIn(), await logIn()];
  await one.query('create table made_since (id int primary key)');
  await one.query('insert into made_since values (7)');
  const statement = await two.prepare('select id from made_since');
  expect((await two.execute(statement, 0, () => {}))[0]).toBe(1);
  await two.untilEnd();
  expect((await two.untilEnd()).payloads.map((row) => row.readInt32LE(2))).toEqual([7]);
});

test('several statements in one text, once the client wants them', async () => {
  const client = await logIn();
  const option = (value: number) => client.answer(CommandCode.setOption, (writer) => writer.uint16(value));
  const TWO = 'do 1; do 2';
  expect(errorOf(await client.query(TWO)).errno).toBe(1064);
  expect((await option(0))[0]).toBe(0xfe);
  expect(readOk(await client.query(TWO)).status & ServerStatus.moreResults).not.toBe(0);
  expect(readOk((await client.receive())!).status & ServerStatus.moreResults).toBe(0);
  expect((await option(1))[0]).toBe(0xfe);
  expect(errorOf(await client.query(TWO)).errno).toBe(1064);
  expect(errorOf(await option(2)).errno).toBe(1047);
});

describe('a client that tracks its session', () => {
  const changes = async (client: RawClient, sql: string) => readOk(await client.query(sql)).changes;

  test('is told of the database and of variables', async () => {
    const client = await logIn(PLAIN | Capability.sessionTracking);
    expect(await changes(client, 'do 1')).toEqual([]);
    expect(await changes(client, 'use mysql')).toEqual([{ kind: 'schema', value: 'mysql' }]);
    const use = await client.answer(CommandCode.initDatabase, (writer) => writer.text('shop'));
    expect(readOk(use).changes).toEqual([{ kind: 'schema', value: 'shop' }]);
    expect(await changes(client, 'set autocommit = 0')).toEqual([
      { kind: 'variable', name: 'autocommit', value: 'OFF' },
    ]);
    expect(await changes(client, 'set autocommit = 0')).toEqual([]);
    await client.query("set session_track_system_variables = 'sql_mode, nope'");
    expect(await changes(client, "set sql_mode = 'ANSI_QUOTES', autocommit = 1")).toEqual([
      { kind: 'variable', name: 'sql_mode', value: 'ANSI_QUOTES' },
    ]);
    await client.query("set session_track_system_variables = '*', session_track_schema = 0");
    expect(await changes(client, 'set wait_timeout = 1234')).toEqual([
      { kind: 'variable', name: 'wait_timeout', value: '1234' },
    ]);
    expect(await changes(client, 'use mysql')).toEqual([]);
  });

  test('is told that its state changed', async () => {
    const client = await logIn(PLAIN | Capability.sessionTracking);
    expect(await changes(client, 'set @a = 1')).toEqual([]);
    await client.query('set session_track_state_change = 1');
    const changed = [{ kind: 'state', value: '1' }];
    expect(await changes(client, 'do 1')).toEqual([]);
    expect(await changes(client, 'set @a = 2')).toEqual(changed);
    expect(await changes(client, 'do 1')).toEqual([]);
    expect(await changes(client, 'set wait_timeout = 1234')).toEqual(changed);
    expect(await changes(client, 'use mysql')).toEqual([{ kind: 'schema', value: 'mysql' }, ...changed]);
  });

  test('and another is not', async () => {
    const client = await logIn();
    expect(readOk(await client.query('use mysql')).changes).toEqual([]);
  });
});

describe('a client from before plugins', () => {
  const OLD = PLAIN & ~Capability.pluginAuthentication;
  const answerTo = async (user: string): Promise<Buffer> => {
    const { client, challenge } = await RawClient.connect(port());
    opened.push(client);
    expect(challenge.toString('latin1')).toMatch(/^[!-~]{20}$/);
    client.sendPayload(responseOf(OLD, user, 'shop', Buffer.alloc(20, 1)), 1);
    return (await client.receive())!;
  };

  test('is told that it cannot prove a password in the new way', async () => {
    const root = await logIn();
    await root.query("create user fresh identified with caching_sha2_password by 'x'");
    await root.query("create user old identified with mysql_native_password by 'x'");
    expect(errorOf(await answerTo('fresh'))).toMatchObject({ errno: 1251, sqlState: '08004' });
    expect(errorOf(await answerTo('old')).errno).toBe(1045);
    expect((await RawClient.logIn(port(), OLD)).isClosed).toBe(false);
  });
});

/** mysql2 for Node: both protocols of rows, change and reset of a session, compression. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Connection as PlainConnection } from 'mysql2';
import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { type Checks, type Got, recorded } from './recorder.ts';
import { BIG, type Binding, COLUMNS, ERRORS, rowsOf } from './scenario.ts';
import type { ClientServer } from './served-clients.ts';

const PASSWORD = 'geheim é';

type Open = (options?: ConnectionOptions) => Promise<Connection>;

describe('mysql2', () => {
  plays(async (served) => {
    const opened: Connection[] = [];
    const open: Open = async (options = {}) => {
      const place = options.socketPath === undefined ? { host: '127.0.0.1', port: served.port } : {};
      const connection = await createConnection({ user: 'root', database: 'shop', ...place, ...options });
      connection.on('error', () => {});
      opened.push(connection);
      return connection;
    };
    try {
      return await recorded(checksOf(served, open));
    } finally {
      for (const connection of opened) connection.destroy();
    }
  });
});

function checksOf(served: ClientServer, open: Open): Checks {
  const ssl = { ca: readFileSync(served.certificate) };
  const logIns = async (got: Got, options: ConnectionOptions): Promise<void> => {
    for (let i = 0; i < 2; i++) got(...(await one(await open(options), 'select user()')));
  };
  return {
    tcp: async (got) => got(...(await one(await open(), 'select database(), user()'))),
    socket: async (got) => got(...(await one(await open({ socketPath: served.socket }), 'select database(), user()'))),
    tls: async (got) => got(...(await one(await open({ user: 'guard', password: 'secret', ssl }), 'select user()'))),
    sha2: (got) => logIns(got, { user: 'ada', password: PASSWORD }),
    'sha2 tls': (got) => logIns(got, { user: 'bob', password: PASSWORD, ssl }),
    native: async (got) => got(...(await one(await open({ user: 'old', password: 'secret' }), 'select user()'))),
    refused: (got) => failure(got, () => open({ user: 'old', password: 'wrong' })),
    text: (got) => kinds(got, open, 'query'),
    binary: (got) => kinds(got, open, 'execute'),
    moment: async (got) => {
      const connection = await open({ timezone: 'Z' });
      const at = new Date('2024-02-29T01:02:03.123Z');
      await connection.execute('replace into moments values (4, ?)', [at]);
      await connection.query('update moments set at = at + interval 456 microsecond where id = 4');
      got(...(await one(connection, "select cast(at as char) from moments where id = 4 and at > '2024-02-29'")));
    },
    transaction: async (got) => {
      const connection = await open();
      await connection.query('delete from accounts');
      const counts: unknown[] = [];
      for (const end of ['rollback', 'commit'] as const) {
        await connection.beginTransaction();
        await connection.execute('insert into accounts values (?)', [1]);
        await connection[end]();
        counts.push(...(await one(await open(), 'select count(*) from accounts')));
      }
      got(...counts);
    },
    results: async (got) => {
      const connection = await open({ multipleStatements: true });
      const [results] = await connection.query('select 1, 2; set @a = 3; select @a');
      for (const rows of (results as RowDataPacket[][]).filter(Array.isArray)) {
        for (const row of rows) got(...Object.values(row));
      }
    },
    errors: async (got) => {
      const connection = await open();
      for (const [statement] of ERRORS) await failure(got, () => connection.query(statement));
    },
    killed: async (got) => {
      const connection = await open();
      await (await open()).query(`kill ${connection.threadId}`);
      const outcome = await connection.query('select 1').then(
        () => 'alive',
        () => 'lost',
      );
      got(outcome, ...(await one(await open(), 'select 1')));
    },
    big: (got) => big(got, open, {}),
    compressed: (got) => big(got, open, { compress: true }),
    'change user': async (got) => {
      const connection = await open();
      await connection.query('set @a = 1');
      await connection.changeUser({ user: 'ada', password: PASSWORD, database: 'shop' });
      got(...(await one(connection, "select if(user() = 'ada@localhost', 'changed', user()), @a")));
    },
    reset: async (got) => {
      const connection = await open();
      await connection.query('delete from accounts');
      await connection.query('set @a = 1');
      await connection.beginTransaction();
      await connection.query('insert into accounts values (1)');
      await connection.reset();
      got(...(await one(connection, 'select user(), @a, (select count(*) from accounts)')));
    },
    cursor: async (got) => {
      // The wrapper of promises has no streams.
      const { connection } = (await open()) as unknown as { readonly connection: PlainConnection };
      let count = 0;
      let sum = 0;
      for await (const { id } of connection.query('select id from numbers order by id').stream()) {
        count++;
        sum += id;
      }
      got(count, sum);
    },
    infile: async (got) => {
      const connection = await open({ infileStreamFactory: () => Readable.from(['1\n']) });
      const refused = connection.query("load data local infile 'x' into table accounts").then(
        () => 'loaded',
        () => 'refused',
      );
      got(await refused, ...(await one(connection, 'select 1')));
    },
  };
}

async function one(connection: Connection, statement: string): Promise<unknown[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql: statement, rowsAsArray: true });
  return rows[0] as unknown as unknown[];
}

async function failure(got: Got, failing: () => Promise<unknown>): Promise<void> {
  try {
    await failing();
    got('none');
  } catch (error) {
    const { errno, sqlState } = error as { errno: number; sqlState: string };
    got(errno, sqlState);
  }
}

function bound(value: string | null, binding: Binding): string | number | bigint | Buffer | null {
  if (value === null) return null;
  switch (binding) {
    case 'integer':
    case 'unsigned':
      return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
    case 'double':
    case 'float':
      return Number(value);
    case 'bytes':
    case 'bit':
      return Buffer.from(value, 'hex');
    default:
      return value;
  }
}

async function kinds(got: Got, open: Open, form: 'query' | 'execute'): Promise<void> {
  const connection = await open({
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
  });
  await connection.query('delete from kinds');
  const marks = COLUMNS.map(() => '?').join();
  for (const [at, row] of rowsOf(COLUMNS).entries()) {
    const values = row.map((value, column) => bound(value, COLUMNS[column]!.binding));
    const insert = `insert into kinds values (${at}, ${marks})`;
    await (form === 'query' ? connection.query(insert, values) : connection.execute(insert, values));
  }
  const select = { sql: 'select * from kinds order by id', rowsAsArray: true };
  const selected =
    form === 'query' ? connection.query<RowDataPacket[]>(select) : connection.execute<RowDataPacket[]>(select);
  const [rows] = await selected;
  for (const [, ...row] of rows as unknown as unknown[][]) got(...row);
}

async function big(got: Got, open: Open, options: ConnectionOptions): Promise<void> {
  const connection = await open(options);
  await connection.execute('replace into big values (1, ?)', [BIG]);
  const [rows] = await connection.execute<RowDataPacket[]>(
    'select length(b) as l, sha1(b) as s, b from big where id = 1',
  );
  const { l, s, b } = rows[0]!;
  got(l, s, BIG.equals(b) ? 'equal' : createHash('sha1').update(b).digest('hex'));
}

/** mysql for Node: a client from before authentication plugins, which knows `mysql_native_password` alone. */
import { readFileSync } from 'node:fs';
import { type Connection, type ConnectionConfig, createConnection, type MysqlError } from 'mysql';
import { describe } from 'vitest';
import { plays } from './plays.ts';
import { type Checks, type Got, recorded } from './recorder.ts';
import { BIG, type Binding, COLUMNS, ERRORS, rowsOf } from './scenario.ts';
import type { ClientServer } from './served-clients.ts';

describe('mysql', () => {
  plays(
    async (served) => {
      const opened: Connection[] = [];
      const open = async (options: ConnectionConfig = {}): Promise<Connection> => {
        const place = options.socketPath === undefined ? { host: '127.0.0.1', port: served.port } : {};
        const connection = createConnection({ user: 'root', database: 'shop', ...place, ...options });
        connection.on('error', () => {});
        opened.push(connection);
        await done((end) => connection.connect(end));
        return connection;
      };
      try {
        return await recorded(checksOf(served, open));
      } finally {
        for (const connection of opened) connection.destroy();
      }
    },
    {
      without: {
        binary: 'it has no prepared statements',
        sha2: 'it cannot: see the refusal',
        'sha2 tls': 'it cannot: see the refusal',
        compressed: 'it has no compression',
        reset: 'it cannot',
      },
    },
  );
});

type Open = (options?: ConnectionConfig) => Promise<Connection>;

function checksOf(served: ClientServer, open: Open): Checks {
  return {
    tcp: async (got) => got(...(await one(await open(), 'select database(), user()'))),
    socket: async (got) => got(...(await one(await open({ socketPath: served.socket }), 'select database(), user()'))),
    tls: async (got) => {
      const ssl = { ca: readFileSync(served.certificate, 'utf8') };
      got(...(await one(await open({ user: 'guard', password: 'secret', ssl }), 'select user()')));
    },
    native: async (got) => got(...(await one(await open({ user: 'old', password: 'secret' }), 'select user()'))),
    refused: (got) => failure(got, () => open({ user: 'old', password: 'wrong' })),
    text: (got) => kinds(got, open),
    moment: async (got) => {
      const connection = await open({ timezone: 'Z' });
      await query(connection, 'replace into moments values (5, ?)', [new Date('2024-02-29T01:02:03.123Z')]);
      await query(connection, 'update moments set at = at + interval 456 microsecond where id = 5');
      got(...(await one(connection, 'select cast(at as char) from moments where id = 5')));
    },
    transaction: async (got) => {
      const connection = await open();
      await query(connection, 'delete from accounts');
      const counts: unknown[] = [];
      for (const end of ['rollback', 'commit'] as const) {
        await done((ended) => connection.beginTransaction(ended));
        await query(connection, 'insert into accounts values (?)', [1]);
        await done((ended) => connection[end](ended));
        counts.push(...(await one(await open(), 'select count(*) from accounts')));
      }
      got(...counts);
    },
    results: async (got) => {
      const connection = await open({ multipleStatements: true });
      const results = await query(connection, 'select 1, 2; set @a = 3; select @a');
      for (const rows of (results as object[][]).filter(Array.isArray))
        for (const row of rows) got(...Object.values(row));
    },
    errors: async (got) => {
      const connection = await open();
      for (const [statement] of ERRORS) await failure(got, () => query(connection, statement));
    },
    killed: async (got) => {
      const connection = await open();
      await query(await open(), `kill ${connection.threadId}`);
      const outcome = await query(connection, 'select 1').then(
        () => 'alive',
        () => 'lost',
      );
      got(outcome, ...(await one(await open(), 'select 1')));
    },
    big: async (got) => {
      const connection = await open();
      await query(connection, 'replace into big values (1, ?)', [BIG]);
      const [length, sum, back] = await one(connection, 'select length(b), sha1(b), b from big where id = 1');
      got(length, sum, BIG.equals(back as Buffer) ? 'equal' : 'other');
    },
    'change user': async (got) => {
      const connection = await open();
      await query(connection, 'set @a = 1');
      await done((end) => connection.changeUser({ user: 'old', password: 'secret' }, end));
      got(...(await one(connection, "select if(user() = 'old@localhost', 'changed', user()), @a")));
    },
    cursor: async (got) => {
      const connection = await open();
      let count = 0;
      let sum = 0;
      await new Promise((resolve, reject) => {
        const rows = connection.query('select id from numbers order by id');
        rows.on('result', ({ id }) => {
          count++;
          sum += id;
        });
        rows.on('error', reject).on('end', resolve);
      });
      got(count, sum);
    },
    infile: async (got) => {
      const connection = await open();
      const outcome = query(connection, "load data local infile 'x' into table accounts").then(
        () => 'loaded',
        () => 'refused',
      );
      got(await outcome, ...(await one(connection, 'select 1')));
    },
  };
}

const done = (call: (end: (error?: MysqlError | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));

const query = (connection: Connection, statement: string, values: readonly unknown[] = []): Promise<unknown> =>
  new Promise((resolve, reject) =>
    connection.query(statement, values, (error, rows) => (error ? reject(error) : resolve(rows))),
  );

async function one(connection: Connection, statement: string): Promise<unknown[]> {
  const [row] = (await query(connection, statement)) as object[];
  return Object.values(row!);
}

async function failure(got: Got, failing: () => Promise<unknown>): Promise<void> {
  try {
    await failing();
    got('none');
  } catch (error) {
    const { errno, sqlState } = error as { errno: number; sqlState?: string };
    // It does not keep the state of an error in the log-in.
    got(errno, sqlState ?? '28000');
  }
}

function bound(value: string | null, binding: Binding): string | number | Buffer | null {
  if (value === null) return null;
  if (binding === 'bytes' || binding === 'bit') return Buffer.from(value, 'hex');
  return binding === 'double' || binding === 'float' ? Number(value) : value;
}

async function kinds(got: Got, open: Open): Promise<void> {
  const connection = await open({ supportBigNumbers: true, bigNumberStrings: true, dateStrings: true });
  await query(connection, 'delete from kinds');
  for (const [at, row] of rowsOf(COLUMNS).entries()) {
    const values = row.map((value, column) => bound(value, COLUMNS[column]!.binding));
    await query(connection, 'insert into kinds values (?)', [[at, ...values]]);
  }
  const rows = (await query(connection, 'select * from kinds order by id')) as object[];
  for (const row of rows) got(...Object.values(row).slice(1));
}

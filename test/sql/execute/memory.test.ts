/**
 * The bound of a statement's memory: what does not fit goes through a file and comes out as if it had not; what cannot fails
 * with 3170; and nothing is left of either.
 */
import { beforeAll, expect, test } from 'vitest';
import type { Disk, DiskFile } from '../../../src/base/disk.ts';
import { FailingDisk } from '../../../src/base/failing-disk.ts';
import type { SqlError } from '../../../src/sql/types/sql-error.ts';
import { type MemoryDatabase, memoryDatabase, resultLines } from '../memory-engine.ts';

const ROWS = 3000;
let database: MemoryDatabase;

beforeAll(async () => {
  database = memoryDatabase();
  const value = (i: number): string => {
    const text = i % 17 === 0 ? 'null' : `'${['Öl', 'oil', 'OIL', 'x'][i % 4]} ${(i * 7919) % 1000}'`;
    const number = i % 13 === 0 ? 'null' : (i * 104729) % 700;
    return `(${i}, ${text}, ${number}, ${i % 11 === 0 ? 'null' : `${(i % 90) / 4}`}, '2024-01-${1 + (i % 28)}')`;
  };
  const rows = Array.from({ length: ROWS }, (_, i) => value(i)).join();
  await database.run(`
    create table t (id int primary key, name varchar(40), n bigint, price decimal(10,2), day date);
    insert into t values ${rows};
  `);
});

const bounded = (bytes: number, sql: string): Promise<string[]> =>
  database.run(`set max_statement_memory = ${bytes}; ${sql}`);

const SPILLING = [
  'select * from t order by name, n desc',
  'select id, n from t order by n',
  'select id, concat(name, id) as c from t order by c desc, id limit 5 offset 2900',
  'select name, count(*), sum(price), min(day) from t group by name',
  'select n, name, max(id) from t group by n, name',
  'select n, count(distinct day) from t group by n order by n',
  'select count(distinct name, id) as c, sum(distinct id) as s, min(n) from t union all select id, n, n from t where id < 5',
  'select day, group_concat(distinct n order by n desc), count(distinct name) from t where id < 400 group by day',
  'select n, count(*), count(distinct name) from t group by n with rollup',
  'select day, n, grouping(day, n), sum(id) from t where id < 2000 group by day, n with rollup having sum(id) > 20',
  'select distinct name, n from t',
  'select distinct name, n from t order by n, name desc',
  'select name from t union select concat(name, 1) from t',
  'select name from t intersect select name from t where id > 3',
  'select name, n from t except select name, n from t where id % 3 = 0',
  'select name from t intersect all select name from t where id % 3 = 0 order by 1',
  'select name from t except all (select name from t where id % 3 = 0)',
  'select a.id, b.name, b.id from t a join t b on a.n = b.n',
  'select a.id, b.id from t a left join t b on a.n = b.id and b.price > 10',
  'select id, day from t where name in (select name from t where n > 350)',
  'select id, day from t where not exists (select 1 from t b where b.n = t.n and b.id > t.id)',
  'select a.id, b.id from (select * from t where id < 40) a join t b on a.n < b.n',
  'select a.id, b.id from t a left join (select * from t where id % 4 = 0) b on a.n < b.n - 680',
  'select id, row_number() over (partition by n order by id desc) from t',
  'select id, rank() over (order by n), dense_rank() over (order by n), sum(price) over (order by n) from t',
  'select id, row_number() over (), count(n) over (rows unbounded preceding) from t',
  'select id, rank() over (partition by day order by n), avg(n) over (partition by day order by n) from t',
  'select id, lag(id) over (order by n), ntile(7) over (order by n), sum(n) over (), first_value(name) over (order by n) from t',
  'select id, max(id) over (order by n rows between 2 preceding and 2 following), cume_dist() over (order by n) from t',
  'select id, count(*) over (order by n range between 9 preceding and 9 following), n from t where id < 1500',
  'select id, sum(id) over (partition by day), lead(name, 2) over (partition by day order by id) from t',
  'select id, sum(n) over (partition by name order by id rows 1 preceding), lag(id) over (partition by name) from t',
];

test.each(SPILLING)('a small bound changes no result: %s', async (sql) => {
  const wanted = await bounded(2 ** 29, sql);
  expect(wanted.length).toBeGreaterThan(4);
  expect(await bounded(40_000, sql)).toEqual(wanted);
  expect(database.environment.disk.list('/shop/.dolt/temptf')).toEqual([]);
});

test('a join whose left rows mostly have partners, or mostly none, gives what one without an index gives', async () => {
  for (const most of [2900, 100]) {
    const pairs = (on: string): Promise<string[]> =>
      database.run(`select a.id, a.name, b.day from t a join (select * from t where id < ${most}) b on ${on}`);
    const joined = await pairs('a.id = b.id');
    expect(joined).toHaveLength(most + 1);
    expect(joined).toEqual(await database.run(`select id, name, day from t where id < ${most}`));
  }
});

test('calls that look at no more than peers number and sum up what goes through piece by piece', async () => {
  for (const parts of [1, 2]) {
    const over = `over (partition by id % ${parts} order by n)`;
    const calls = ['row_number()', 'rank()', 'dense_rank()', 'count(*)', 'sum(id)'].map((call) => `${call} ${over}`);
    const [, ...rows] = await database.run(`select id % ${parts} as part, n, id from t order by part, n, id`);
    const cells = rows.map((line) => line.split(' | '));
    const expected = cells.map(([part, n, id], at) => {
      const partition = cells.filter((other) => other[0] === part);
      const row = at - cells.findIndex((other) => other[0] === part);
      const before = partition.slice(0, row + 1);
      const rank = partition.findIndex((other) => other[1] === n) + 1;
      const peers = partition.filter((other, place) => place < row || other[1] === n);
      const sum = peers.reduce((total, other) => total + Number(other[2]), 0);
      return [id, row + 1, rank, new Set(before.map((other) => other[1])).size, peers.length, sum].join(' | ');
    });
    expect((await database.run(`select id, ${calls.join()} from t`)).slice(1)).toEqual(expected);
  }
});

const HELD = [
  'select group_concat(name) from t',
  'select lag(id) over (order by n) from t',
  'with x as (select * from t) select count(*) from x join x y on x.id = y.n + 1',
  'select id from t where name not in (select name from t where id > 5)',
  'with recursive r as (select 1 as n, 2 as m union select n + 1, m * 3 % 100003 from r where n < 900) select count(*) from r',
];

test.each(HELD)('what has to be held fails with the name of the variable: %s', async (sql) => {
  await bounded(2 ** 29, sql);
  const error = await bounded(4000, sql).then(
    () => undefined,
    (thrown: SqlError) => thrown,
  );
  expect(error).toMatchObject({ errno: 3170, sqlState: 'HY000' });
  expect(error!.message).toContain("Memory capacity of 4000 bytes for 'max_statement_memory' exceeded.");
  // The session goes on.
  expect(await database.run('select count(*) from t')).toEqual(['count(*)', `${ROWS}`]);
});

const SPILLED = [
  'select name, n, count(*) from t where id < 1500 group by name, n order by n, name desc',
  'select a.id, b.name from t a left join (select * from t where id > 400) b on a.n = b.id where a.id < 700',
  'select name, n from t where id < 1500 except select name, n from t where id > 800',
  'select n, count(distinct name) from t where id < 1200 group by n with rollup',
  'select id, lead(name) over (order by n), max(id) over (order by n rows between 1 preceding and 1 following) from t where id < 1500',
];
const FOLDER = '/shop/.dolt/temptf';

/** Runs a statement that spills over a disk of its own, and tells how many of its files stayed open. */
async function spilledOver(
  disk: FailingDisk,
  sql: string,
  session = database.session(),
): Promise<{ lines: string[]; open: number }> {
  const { state } = database.opened.engine;
  const { files } = state;
  let open = 0;
  const openWrite = (moment: string, path: string): DiskFile => {
    const file = disk.openWrite(moment, path);
    open++;
    const close = (): void => {
      open--;
      file.close();
    };
    return { ...file, close };
  };
  const counting = new Proxy<Disk>(disk, {
    get: (target, name: keyof Disk) => (name === 'openWrite' ? openWrite : (target[name] as () => void).bind(target)),
  });
  Object.assign(state, { files: { ...files, disk: counting } });
  try {
    const lines: string[] = [];
    for await (const executed of session.execute(`set max_statement_memory = 20000; ${sql}`)) {
      lines.push(...(await resultLines(executed, session)));
    }
    return { lines: lines.slice(1), open };
  } catch (error) {
    return { lines: [(error as Error).message], open };
  } finally {
    Object.assign(state, { files });
    await session.close();
  }
}

test.each(SPILLED)('a disk that fails, at any call, is told of, and no file stays: %s', async (sql) => {
  const { disk } = database.environment;
  const wanted = await database.run(sql);
  const isOurs = (operation: string): boolean => operation.includes('rows') || operation.includes('temptf');
  for (let failAt = 1; ; failAt++) {
    const failing = new FailingDisk(disk, { failAt, counts: isOurs });
    const { lines, open } = await spilledOver(failing, sql);
    expect({ open, left: disk.list(FOLDER) }).toEqual({ open: 0, left: failAt === 1 ? disk.list(FOLDER) : [] });
    if (!failing.failed) {
      expect(lines).toEqual(wanted);
      expect(failAt).toBeGreaterThan(12);
      return;
    }
    expect(lines.join(), failing.lastOperation).toContain('injected failure');
  }
});

test.each(SPILLED)('KILL ends a statement that spills, and its files: %s', async (sql) => {
  const session = database.session();
  const disk = new FailingDisk(database.environment.disk, {
    counts: (operation) => {
      if (operation === 'rows:append') session.interrupt();
      return false;
    },
  });
  const { lines, open } = await spilledOver(disk, sql, session);
  expect(lines).toEqual(['Query execution was interrupted']);
  expect({ open, left: database.environment.disk.list(FOLDER) }).toEqual({ open: 0, left: [] });
});

test('what a crash left in the folder goes with the next file', async () => {
  const { disk } = database.environment;
  disk.create('test', `${FOLDER}/rows-left`).close();
  disk.create('test', `${FOLDER}/other`).close();
  await spilledOver(new FailingDisk(disk), SPILLED[0]!);
  expect(disk.list(FOLDER)).toEqual(['other']);
  disk.remove('test', `${FOLDER}/other`);
});

test('texts that grow are made a few at a time, and come out as they should', async () => {
  const session = database.session();
  try {
    const sql = "select id, rpad(name, 700000, id) as r, lpad(id, id % 7, '0') as l from t where id < 200";
    let rows = 0;
    for await (const { result } of session.execute(sql)) {
      if (result.kind !== 'rows') throw new Error(result.kind);
      for await (const { length, columns } of session.batches(result)) {
        const texts = columns[1]!.slice(0, length) as (string | null)[];
        expect(texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)).toBeLessThan(8 << 20);
        for (const [i, text] of texts.entries()) {
          const id = String(columns[0]![i]);
          if (text !== null) expect(text.slice(-2 * id.length)).toContain(id);
          expect(columns[2]![i]).toBe(id.padStart(Number(id) % 7, '0').slice(0, Number(id) % 7));
        }
        rows += length;
      }
    }
    expect(rows).toBe(200);
  } finally {
    await session.close();
  }
});

/** Terms over expressions that an index has: what they find is the same with the index and without it, also after changes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryDatabase } from '../memory-engine.ts';

const session = () => memoryDatabase().session();
type Session = ReturnType<typeof session>;

const DEFINITION = `create table t (
  id int primary key, a int, b varchar(10), d datetime, v int as (a * 2), c int, ts timestamp null,
  key sum ((a + 1), c), key letters ((lower(b))), key years ((year(d))), key twice (v), key hours ((hour(ts)))
)`;

async function rowsOf(on: Session, sql: string): Promise<string[]> {
  const { rows } = await on.query(sql);
  return rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .sort();
}

/** The access of the plan's only table. */
async function accessOf(on: Session, where: string): Promise<string> {
  const { rows } = await on.query(`explain select id from t where ${where}`);
  return rows.map((row) => String(row[0])).join('\n');
}

test('the index serves its expression, however the query calls the table, and nothing else', async () => {
  const on = session();
  await on.query(DEFINITION);
  const values = Array.from({ length: 200 }, (_, i) => `(${i}, ${i}, 'B${i}', '${1900 + i}-01-01', ${i}, null)`);
  await on.query(`insert into t (id, a, b, d, c, ts) values ${values.join(', ')}`);
  const served: Record<string, string> = {
    'a + 1 = 5': 'sum',
    't.a + 1 in (5, 7)': 'sum',
    'a + 1 > 195': 'sum',
    'a + 1 = 5 and c = 4': 'sum',
    "lower(b) = 'b7'": 'letters',
    "lower(b) like 'b19%'": 'letters',
    'year(d) between 1950 and 1952': 'years',
    'v = 8': 'twice',
  };
  for (const [where, index] of Object.entries(served)) expect(await accessOf(on, where), where).toContain(index);
  for (const where of ['a + 2 = 5', "upper(b) = 'B7'", '1 + a = 5', "lower(b) = 'b7' collate utf8mb4_0900_ai_ci"])
    expect(await accessOf(on, where), where).not.toMatch(/sum|letters/);
  // The column holds another type than the expression has.
  expect(await accessOf(on, 'a * 2 = 8')).not.toContain('twice');
  // The hour depends on the session's time zone.
  expect(await accessOf(on, 'hour(ts) = 3')).not.toContain('hours');
});

test('its order serves ORDER BY, MIN and MAX', async () => {
  const on = session();
  await on.query(DEFINITION);
  const values = Array.from({ length: 200 }, (_, i) => `(${i}, ${i}, 'B${i}', '${1900 + i}-01-01', ${i}, null)`);
  await on.query(`insert into t (id, a, b, d, c, ts) values ${values.join(', ')}`);
  const planOf = async (query: string): Promise<string> =>
    (await on.query(`explain ${query}`)).rows.map((row) => String(row[0])).join('\n');
  const served: Record<string, string> = {
    'select id from t order by a + 1 limit 2': 'Scan t by sum (',
    'select x.id from t x order by x.a + 1 desc, c desc limit 2': 'as x by sum, backwards',
    'select id from t where a + 1 = 5 order by c': 'Range t by sum',
    'select lower(b) l, c from t order by l limit 2': 'Scan t by letters',
    'select y from (select year(d) y, id from t) s order by y desc limit 1': 'Scan t by years, backwards',
    'select * from t order by v limit 2': 'Scan t by twice',
    'select min(v) from t': 'Scan t by twice (',
    'select max(a + 1) from t': 'Scan t by sum, backwards',
  };
  for (const [query, index] of Object.entries(served)) expect(await planOf(query), query).toContain(index);
  for (const [query, index] of Object.entries(served))
    if (/order/.test(query)) expect(await planOf(query), index).not.toMatch(/Sort|First/);
  for (const order of [
    'a + 2',
    'a + 1, c desc',
    'lower(b) collate utf8mb4_0900_ai_ci',
    'a * 2',
    'hour(ts)',
    'a + 1, b',
  ])
    expect(await planOf(`select id from t order by ${order} limit 2`), order).toContain('First 2');
});

const number = fc.option(fc.integer({ min: -3, max: 6 }), { nil: null });
const word = fc.option(fc.constantFrom('', 'a', 'A', 'ab', 'AB', 'Zz'), { nil: null });
const text = (value: string | null): string => (value === null ? 'null' : `'${value}'`);
const day = fc.constantFrom('null', "'1999-12-31 23:59:59'", "'2000-01-01'", "'2024-02-29'");
const row = fc
  .tuple(fc.integer({ min: 0, max: 9 }), number, word, day, number)
  .map(([id, a, b, d, c]) => `(${id}, ${a}, ${text(b)}, ${d}, ${c})`);
const change = fc.oneof(
  row.map((values) => `replace into t (id, a, b, d, c) values ${values}`),
  row.map((values) => `insert into t (id, a, b, d, c) values ${values} on duplicate key update a = a + 1, b = 'AB'`),
  fc.tuple(number, number).map(([a, c]) => `update t set a = ${a} where c <=> ${c}`),
  number.map((a) => `delete from t where a + 1 = ${a}`),
  fc.constant("update t set b = upper(b) where lower(b) = 'a'"),
);
const operator = fc.constantFrom('=', '<=>', '<', '<=', '>', '>=', '<>');
const where = fc.oneof(
  fc.tuple(operator, number).map(([op, value]) => `a + 1 ${op} ${value}`),
  fc.tuple(operator, number, number).map(([op, value, c]) => `a + 1 ${op} ${value} and c <=> ${c}`),
  fc.tuple(operator, word).map(([op, value]) => `lower(b) ${op} ${text(value)}`),
  fc.tuple(operator, fc.constantFrom(1999, 2000, 2024.5)).map(([op, value]) => `year(d) ${op} ${value}`),
  fc.tuple(operator, number).map(([op, value]) => `v ${op} ${value}`),
  fc.constantFrom(
    'a + 1 is null',
    'lower(b) is not null',
    "lower(b) like 'a%'",
    "lower(b) in ('a', 'zz')",
    'v + 0 = 4',
  ),
  fc.constantFrom(
    'a + 1 = 2 or a + 1 = 3',
    'a + 1 in (select c from t x)',
    'exists (select 1 from t x where x.a + 1 = t.c)',
  ),
);

const orders = ['a + 1', 'a + 1, c', 'lower(b)', 'year(d)', 'v'];
const INDEXES = 'sum, letters, years, twice';

test('with the index as without it', async () => {
  const on = session();
  await on.query(DEFINITION);
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.array(where, { minLength: 4, maxLength: 6 }),
      async (changes, terms) => {
        for (const sql of changes) await on.query(sql);
        for (const term of terms) {
          const without = `select id from t ignore index (${INDEXES}) where ${term}`;
          expect(await rowsOf(on, `select id from t where ${term}`), term).toEqual(await rowsOf(on, without));
        }
        for (const key of orders) {
          for (const direction of ['', ' desc']) {
            const order = key.replaceAll(',', `${direction},`) + direction;
            const select = (table: string): Promise<{ rows: readonly unknown[] }> =>
              on.query(`select ${key} from ${table} order by ${order} limit 3`);
            const { rows } = await select(`t ignore index (${INDEXES})`);
            expect((await select('t')).rows, order).toEqual(rows);
          }
          const ends = `min(${key.split(',')[0]}), max(${key.split(',')[0]})`;
          for (const end of ends.split(', ')) {
            const without = await rowsOf(on, `select ${end} from t ignore index (${INDEXES})`);
            expect(await rowsOf(on, `select ${end} from t`), end).toEqual(without);
          }
        }
      },
    ),
    { seed: 20261127, numRuns: 15 },
  );
});

test('a cascade keeps the index of the referring table', async () => {
  const on = session();
  await on.query('create table p (id int primary key)');
  await on.query('insert into p values (1), (2), (3)');
  await on.query(
    'create table c (id int primary key, p int, key twice ((p * 2)), foreign key (p) references p (id) on update cascade on delete cascade)',
  );
  await on.query('insert into c values (1, 1), (2, 2), (3, 3)');
  await on.query('update p set id = 10 where id = 1');
  await on.query('delete from p where id = 2');
  expect(await rowsOf(on, 'select id from c where p * 2 = 20')).toEqual(['[1]']);
  expect(await rowsOf(on, 'select id from c where p * 2 in (2, 4)')).toEqual([]);
  expect(await rowsOf(on, 'select count(*) from c force index (twice) where p * 2 > 0')).toEqual(['[2]']);
});

/** Statements that are deep or long: an error or a result, never the end of the stack. */
import { expect, test } from 'vitest';
import { DoltError } from '../../../src/base/errors.ts';
import { memoryDatabase } from '../memory-engine.ts';

const MANY = 100_000;
const LONG = 20_000;
const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);
const numbered = (times: number, text: (n: number) => string, between: string): string =>
  Array.from({ length: times }, (_, n) => text(n)).join(between);

/** What a statement gives: its last value, or the number of its error. Throws what is no error of SQL. */
async function outcome(sql: string): Promise<string> {
  const database = memoryDatabase();
  try {
    return await database.scalar(sql);
  } catch (error) {
    if (error instanceof DoltError && 'errno' in error) return `error ${error.errno}`;
    throw error;
  } finally {
    database.opened.close();
  }
}

const nests: readonly (readonly [name: string, sql: (times: number) => string, few: string])[] = [
  ['parentheses', (n) => `select ${nested('(', '1', ')', n)}`, '1'],
  ['parentheses without an end', (n) => `select ${'('.repeat(n)}`, 'error 1064'],
  ['parentheses around a query', (n) => nested('(', 'select 1', ')', n), '1'],
  ['calls', (n) => `select ${nested('abs(', '1', ')', n)}`, '1'],
  ['subqueries', (n) => `select ${nested('(select ', '1', ')', n)}`, '1'],
  ['derived tables', (n) => `select * from ${nested('(select * from ', '(select 1 a) t', ') t', n)}`, '1'],
  ['tables in parentheses', (n) => `select * from ${nested('(', '(select 1 a) t', ')', n)}`, '1'],
  ['rows', (n) => `select ${nested('row(1, ', '1', ')', n)} = 1`, 'error 1241'],
  ['CASE', (n) => `select ${nested('case when 1 then ', '1', ' end', n)}`, '1'],
  ['lists', (n) => `select ${nested('1 in (1, ', '1', ')', n)}`, '1'],
  ['minus', (n) => `select ${'- '.repeat(n)}1`, '1'],
  ['NOT', (n) => `select ${'not '.repeat(n)}1`, '1'],
  ['!', (n) => `select ${'!'.repeat(n)}1`, '1'],
  ['~', (n) => `select ${'~'.repeat(n)}1`, '1'],
  ['BINARY', (n) => `select ${'binary '.repeat(n)}1`, '1'],
  ['assignments', (n) => `select ${'@a := '.repeat(n)}1`, '1'],
  ['INTERVAL', (n) => `select ${nested("'2020-01-01' + interval ", '1', ' day', n)} > 0`, '1'],
  ['EXPLAIN', (n) => `${'explain '.repeat(n)}select 1`, 'error 1235'],
  ['code in comments', (n) => `select ${nested('/*! ', '1', ' */', n)}`, '1'],
];

test.each(nests)('%s', async (_, sql, few) => {
  expect(await outcome(sql(40))).toContain(few);
  expect(['error 1064', 'error 1436', few]).toContain(await outcome(sql(MANY)));
});

const chains: readonly (readonly [name: string, sql: (times: number) => string])[] = [
  ['+', (n) => `select ${numbered(n, () => '1', '+')} > 0`],
  ['*', (n) => `select ${numbered(n, () => '1', '*')}`],
  ['=', (n) => `select ${numbered(n, () => '1', '=')}`],
  ['||', (n) => `set sql_mode = 'PIPES_AS_CONCAT'; select ${numbered(n, () => '1', '||')} > 0`],
  ['IS', (n) => `select 1${' is not null'.repeat(n)}`],
  ['BETWEEN', (n) => `select 1${' between 0 and 1'.repeat(n)}`],
  ['LIKE', (n) => `select 1${' like 1'.repeat(n)}`],
  ['COLLATE', (n) => `select '1'${' collate utf8mb4_bin'.repeat(n)}`],
  ['->', (n) => `select json_array(1)${" -> '$'".repeat(n)} is not null`],
  ['UNION that alternates', (n) => `select 1${' union select 1 union all select 1'.repeat(n / 2)}`],
  ['JOIN', (n) => `select count(*) from (select 1 a) t${numbered(n, (i) => ` join (select 1 a) t${i}`, '')}`],
  ['comma', (n) => `select count(*) from ${numbered(n, (i) => `(select 1 a) t${i}`, ',')}`],
  ['CHECK', (n) => `create table t (a int check (a > ${numbered(n, () => '1', '+')})); select 1`],
];

test.each(chains)('a chain of %s', async (_, sql) => {
  expect(await outcome(sql(100))).toBe('1');
  for (const length of [2000, MANY]) {
    expect(['error 1064', 'error 1116', 'error 1436', '1']).toContain(await outcome(sql(length)));
  }
});

test.each([
  ['AND', `select 1 where ${numbered(LONG, () => '1 = 1', ' and ')}`, '1'],
  ['OR', `select 1 where ${numbered(LONG, (n) => `1 = ${n}`, ' or ')}`, '1'],
  ['arguments', `select length(concat(${numbered(LONG, () => '1', ',')}))`, String(LONG)],
  ['IN', `select count(*) from (select 7 a union select -1) t where a in (${numbered(LONG, String, ',')})`, '1'],
  ['VALUES', `select count(*) from (values ${numbered(LONG, (n) => `row(${n})`, ',')}) v`, String(LONG)],
  ['INSERT', `create table t (a int); insert into t values ${numbered(LONG, (n) => `(${n})`, ',')}`, `ok ${LONG}`],
  ['UNION', `select count(*) from (select 1${' union all select 1'.repeat(2000)}) t`, '2001'],
  ['columns', `select ${numbered(4000, (n) => `${n} c${n}`, ',')}`, numbered(4000, String, ' | ')],
])('a long list of %s', async (_, sql, value) => {
  expect(await outcome(sql)).toBe(value);
});

test('a text of 64 MB', async () => {
  const length = 63 * 2 ** 20;
  expect(await outcome(`select length('${'x'.repeat(length)}')`)).toBe(String(length));
  expect(await outcome(`select length('${"''".repeat(1000)}')`)).toBe('1000');
});

test('queries of queries', async () => {
  const tables = numbered(400, (n) => `c${n} as (select a from ${n === 0 ? '(select 1 a) t' : `c${n - 1}`})`, ',');
  await expect(outcome(`with ${tables} select a from c399`)).rejects.toThrow('queries are nested too deeply');
});

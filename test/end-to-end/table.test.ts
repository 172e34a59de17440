/** `dolt table import` and `export` on the built command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scratch } from './command-line.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
  scratch.repository('shop');
});
afterAll(() => scratch.remove());

const write = (name: string, text: string): void => writeFileSync(scratch.path('shop', name), text);
const read = (name: string): string => readFileSync(scratch.path('shop', name), 'utf8');
const table = (...args: string[]) => scratch.try('shop', ['table', ...args]);

test('a table is created with types that fit', () => {
  write(
    'all.csv',
    `id,name,price,ts,d,t,flag,big,empty,uu,mixed,j
1,abc,1.50,2020-01-01 01:00:00,2020-01-01,12:00:00,true,12345678901,,00000000-0000-0000-0000-000000000001,1,"{""a"":1}"
2,"x,y",2,2020-01-02 01:02:03.5,2020-01-02,13:00:00,false,7,,00000000-0000-0000-0000-000000000002,x,[]
`,
  );
  const made = table('import', '-c', 'everything', 'all.csv');
  expect(made).toEqual({
    status: 0,
    out: 'Import completed successfully.\n',
    err: 'Rows Processed: 2, Additions: 2, Modifications: 0, Had No Effect: 0\n',
  });
  const columns = scratch.rows('shop', 'describe everything').map(({ Field, Type }) => `${Field} ${Type}`);
  expect(columns).toEqual([
    'id int',
    'name varchar(200)',
    'price float',
    'ts datetime(6)',
    'd date',
    't time(6)',
    'flag tinyint(1)',
    'big bigint',
    'empty varchar(200)',
    'uu char(36)',
    'mixed varchar(200)',
    'j json',
  ]);
  const [identifier] = scratch.rows('shop', "show full columns from everything like 'uu'");
  expect(identifier).toMatchObject({ Collation: 'ascii_bin' });
  const again = table('import', '-c', 'everything', 'all.csv');
  expect([again.status, again.err]).toEqual([1, 'everything already exists. Use -f to overwrite.\n']);
});

test('update, append and replace', () => {
  write('first.csv', 'id,name,qty\n1,one,10\n2,two,20\n');
  write('second.csv', 'id,name\n3,three\n2,zwei\n1,one\n');
  table('import', '-c', '--pk', 'id', 'items', 'first.csv');
  const updated = table('import', '-u', 'items', 'second.csv');
  expect(updated.err).toContain('Missing columns in items:\n\tqty\n');
  expect(updated.err).toContain('Rows Processed: 3, Additions: 1, Modifications: 1, Had No Effect: 1\n');
  const rows = () => scratch.sql('shop', 'select * from items', '-r', 'csv');
  expect(rows()).toBe('id,name,qty\n1,one,10\n2,zwei,20\n3,three,\n');
  const appended = table('import', '-a', 'items', 'second.csv');
  expect([appended.status, appended.out]).toEqual([1, '']);
  expect(appended.err).toContain("cause: Duplicate entry '3' for key 'items.PRIMARY'");
  expect(rows()).toBe('id,name,qty\n1,one,10\n2,zwei,20\n3,three,\n');
  expect(table('import', '-r', 'items', 'first.csv').status).toBe(0);
  expect(rows()).toBe('id,name,qty\n1,one,10\n2,two,20\n');
});

test('a row that cannot be stored changes nothing, or is left out', () => {
  scratch.sql('shop', 'create table strict (id int primary key, n tinyint not null)');
  write('bad.csv', 'id,n\n1,1\n2,300\n3,\n4,4\n');
  const failed = table('import', '-u', 'strict', 'bad.csv');
  expect([failed.status, failed.out]).toEqual([1, '']);
  expect(failed.err).toContain("cause: Out of range value for column 'n'\n");
  expect(scratch.rows('shop', 'select * from strict')).toEqual([]);
  const partly = table('import', '-u', '--continue', 'strict', 'bad.csv');
  expect(partly.status).toBe(0);
  expect(partly.err).toContain("[2,300] line 3: Out of range value for column 'n'\n[3,<nil>] line 4: ");
  expect(scratch.rows('shop', 'select id from strict')).toEqual([{ id: 1 }, { id: 4 }]);
  write('short.csv', 'id,n\n9\n');
  expect(table('import', '-u', 'strict', 'short.csv').err).toContain('row has 1 fields where 2 are expected');
});

test('what a definition asks for is done by SQL', () => {
  scratch.sql(
    'shop',
    "create table parent (id int primary key); insert into parent values (1); create table child (id int primary key auto_increment, p int, twice int as (p * 2) stored, s varchar(5) default 'dd', check (p < 10), foreign key (p) references parent (id))",
  );
  write('child.csv', 'p\n1\n1\n');
  expect(table('import', '-a', 'child', 'child.csv').status).toBe(0);
  expect(scratch.sql('shop', 'select * from child', '-r', 'csv')).toBe('id,p,twice,s\n1,1,2,dd\n2,1,2,dd\n');
  write('orphan.csv', 'p\n1\n2\n');
  const orphan = table('import', '-a', 'child', 'orphan.csv');
  expect(orphan.status).toBe(1);
  expect(orphan.err).toContain('(on line 3)');
  expect(scratch.rows('shop', 'select count(*) as n from child')).toEqual([{ n: 2 }]);
});

test('triggers see the rows that are imported; a dump has stored programs, and can be read again', () => {
  scratch.repository('programs');
  scratch.sql(
    'programs',
    'create table seen (id int primary key, v int); create trigger seen_bi before insert on seen for each row begin set new.v = new.v + 1; end; create trigger a_first before insert on seen for each row precedes seen_bi set new.v = new.v * 2; create procedure count_seen() begin select count(*) as n from seen; end',
  );
  writeFileSync(scratch.path('programs', 'seen.csv'), 'id,v\n1,10\n');
  expect(scratch.try('programs', ['table', 'import', '-a', 'seen', 'seen.csv']).status).toBe(0);
  expect(scratch.rows('programs', 'select v from seen')).toEqual([{ v: 21 }]);
  expect(scratch.try('programs', ['dump', '-f', '--no-create-db']).status).toBe(0);
  scratch.repository('restored');
  scratch.sql('restored', readFileSync(scratch.path('programs', 'doltdump.sql'), 'utf8'));
  expect(scratch.rows('restored', 'insert into seen values (2, 1); call count_seen()')).toEqual([{ n: 2 }]);
});

test('a dump leaves out the values of generated columns, and restores the same tables', () => {
  scratch.repository('generated');
  scratch.sql(
    'generated',
    `create table t (a int primary key, s varchar(9) as (concat('s', a)) stored, b int default (7), v int as (b * 2) virtual, key (v));
     insert into t (a, b) values (1, 5), (2, null); insert into t (a) values (3);
     create table made (g int as (1) stored); insert into made values (), ()`,
  );
  const hashes = (repository: string) =>
    scratch.rows(repository, "select dolt_hashof_table('t') as t, dolt_hashof_table('made') as made");
  scratch.run('generated', ['dump', '--no-create-db']);
  const restored = scratch.repository('regenerated');
  scratch.run(restored, ['sql', '--file', scratch.path('generated', 'doltdump.sql')]);
  expect(hashes(restored)).toEqual(hashes('generated'));
  expect(scratch.rows(restored, 'select * from t where a = 1')).toEqual([{ a: 1, s: 's1', b: 5, v: 10 }]);
});

test('what is exported can be imported, in every format', () => {
  scratch.sql(
    'shop',
    `create table kinds (id int primary key, b varbinary(5), j json, e enum('a','b'), s varchar(9), bi bit(4), d decimal(5,2), t time(6), dt datetime(6));
     insert into kinds values (1, 'AB', '{"a": "x,y"}', 'b', '', b'101', -1.5, '-01:02:03.5', '2020-01-01 00:00:00.000001'), (2, null, null, null, 'a "q"|', null, null, null, null)`,
  );
  const hash = () => scratch.sql('shop', "select dolt_hashof_table('kinds')", '-r', 'csv');
  const before = hash();
  for (const type of ['csv', 'psv', 'json', 'jsonl']) {
    expect(table('export', '-f', 'kinds', `kinds.${type}`).status).toBe(0);
    expect(table('import', '-r', 'kinds', `kinds.${type}`)).toMatchObject({ status: 0 });
    expect(hash(), type).toBe(before);
  }
  expect(read('kinds.jsonl').split('\n')[1]).toBe('{"id":2,"s":"a \\"q\\"|"}');
  table('export', 'kinds', 'kinds.sql');
  scratch.run('shop', ['sql'], read('kinds.sql'));
  expect(hash()).toBe(before);
  const there = table('export', 'kinds', 'kinds.sql');
  expect([there.status, there.err]).toEqual([1, 'kinds.sql already exists. Use -f to overwrite.\n']);
});

test('wrong words', () => {
  expect(table('import', 'items', 'first.csv').err).toMatch(/^Must specify exactly one of -c, -u, -a, or -r\./);
  expect(table('imprt').err).toContain('Did you mean `dolt table import`?');
  expect(table('import', '-u', '--continu', 'a', 'b.csv').status).toBe(1);
  expect(table('import', '-u', 'nope', 'first.csv').err).toBe('The following table could not be found: nope\n');
  expect(table('import', '-u', 'items', 'nope.csv').err).toContain('nope.csv: file does not exist');
  expect(table('import', '-u', 'items', 'first.xlsx').err).toContain(
    "file type 'xlsx' is none of csv, psv, json, jsonl",
  );
  expect(table('import', '--help').out).toContain('dolt table import -c --pk id employees employees.csv');
});

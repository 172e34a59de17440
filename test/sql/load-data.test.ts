import { beforeEach, expect, test } from 'vitest';
import { delimitedFormat } from '../../src/sql/statements/files/delimited-format.ts';
import { DelimitedReader } from '../../src/sql/statements/files/delimited-reader.ts';
import type { FileFormat } from '../../src/sql/syntax/ast/query.ts';
import { type MemoryDatabase, memoryDatabase, resultLines } from './memory-engine.ts';

let shop: MemoryDatabase;

beforeEach(() => {
  shop = memoryDatabase();
});

function put(name: string, content: string | Uint8Array): void {
  const file = shop.environment.disk.create('test', `/shop/${name}`);
  file.write('test', Buffer.from(content), 0);
  file.close();
}

const text = (name: string): string => Buffer.from(shop.environment.disk.readFile(`/shop/${name}`)!).toString();

const errnoOf = (sql: string): Promise<unknown> =>
  shop.run(sql).then(
    () => undefined,
    (error: { errno: number }) => error.errno,
  );

/** All rows of a file that comes in pieces of `size` bytes. */
function rowsOf(content: string, format: FileFormat, size: number, columns = 9): (string | null)[][] {
  const reader = new DelimitedReader(delimitedFormat(format), 1 << 20);
  const rows: (string | null)[][] = [];
  const take = (): void => {
    while (reader.next(columns)) rows.push([...reader.fields]);
  };
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, at + size));
    take();
  }
  reader.end();
  take();
  return rows;
}

const QUOTED: FileFormat = { fieldsTerminatedBy: ',', enclosedBy: '"', linesTerminatedBy: '\r\n' };

test.each<[string, string, FileFormat, (string | null)[][]]>([
  [
    'tabs, escapes and NULL',
    'a\\tb\t\\N\t\\\\N\\0\nNULL\t\t\n',
    {},
    [
      ['a\tb', null, '\\N\0'],
      ['NULL', '', ''],
    ],
  ],
  ['a last line without end', '1\t2\n3', {}, [['1', '2'], ['3']]],
  ['an escaped end of line', 'a\\\nb\tc\n', {}, [['a\nb', 'c']]],
  [
    'enclosed ends, doubled marks',
    '"a,\r\nb","say ""x""",NULL,"NULL"\r\n',
    QUOTED,
    [['a,\r\nb', 'say "x"', null, 'NULL']],
  ],
  ['a mark in the middle', '"a"b",c"d\r\n', QUOTED, [['a"b', 'c"d']]],
  ['one that is never closed', 'x,"a,b\r\n', QUOTED, [['x', '"a,b\r\n']]],
  ['marks that escape themselves', '"a""b",c\\n\r\n', { ...QUOTED, escapedBy: '"' }, [['a"b', 'c\\n']]],
  ['no escapes', 'a\\N,\\\r\n', { ...QUOTED, escapedBy: '' }, [['a\\N', '\\']]],
  ['long marks', 'a|b||c<<|d<<<|', { fieldsTerminatedBy: '||', linesTerminatedBy: '<<|' }, [['a|b', 'c'], ['d<']]],
  ['beginnings of lines', 'no\n>>1\t2\nx>>3\n', { linesStartingBy: '>>' }, [['1', '2'], ['3']]],
  [
    'lines that end with the last field',
    '1,2,3,4,',
    { fieldsTerminatedBy: ',', linesTerminatedBy: '' },
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
])('a file is taken apart: %s', (_, content, format, expected) => {
  for (const size of [1, 2, 3, 7, 1000]) expect(rowsOf(content, format, size, 2)).toEqual(expected);
});

test('columns, variables, SET, lines to skip, and what is counted', async () => {
  put('in.csv', 'id,name\n1,é\n2,"b, c"\n3,\\N\n');
  await shop.run('create table t (id int primary key auto_increment, name varchar(20), n int default 7, l int)');
  const session = shop.session();
  const lines: string[] = [];
  for await (const { result } of session.execute(`load data infile 'in.csv' into table t fields terminated by ','
    optionally enclosed by '"' ignore 1 lines (@id, name) set id = @id * 10, l = char_length(name); select @id`)) {
    if (result.kind === 'ok') lines.push(result.info);
    else for await (const { columns } of session.batches(result)) lines.push(String(columns[0]![0]));
  }
  expect(lines).toEqual(['Records: 3  Deleted: 0  Skipped: 0  Warnings: 0', '3']);
  expect(await shop.run('select * from t')).toEqual([
    'id | name | n | l',
    '10 | é | 7 | 1',
    '20 | b, c | 7 | 4',
    '30 | NULL | 7 | NULL',
  ]);
});

test('duplicates fail, are left out or replace; values that do not fit likewise', async () => {
  put('in.tsv', '1\ta\n2\tb\n1\tc\n');
  await shop.run("create table t (id int primary key, s varchar(3)); insert into t values (2, 'old')");
  expect(await errnoOf("load data infile 'in.tsv' into table t")).toBe(1062);
  expect(await shop.run('select * from t')).toEqual(['id | s', '2 | old']);
  const infoOf = async (sql: string): Promise<string> => {
    for await (const { result } of shop.session().execute(sql)) if (result.kind === 'ok') return result.info;
    return '';
  };
  expect(await infoOf("load data infile 'in.tsv' ignore into table t")).toBe(
    'Records: 3  Deleted: 0  Skipped: 2  Warnings: 2',
  );
  expect(await shop.run('select * from t')).toEqual(['id | s', '1 | a', '2 | old']);
  expect(await infoOf("load data infile 'in.tsv' replace into table t")).toBe(
    'Records: 3  Deleted: 2  Skipped: 0  Warnings: 0',
  );
  expect(await shop.run('select * from t')).toEqual(['id | s', '1 | c', '2 | b']);
  put('bad.tsv', '3\tlong text\nx\ty\n');
  expect(await errnoOf("load data infile 'bad.tsv' into table t")).toBe(1406);
  await shop.run("load data infile 'bad.tsv' ignore into table t");
  expect(await shop.run('select * from t where id in (0, 3)')).toEqual(['id | s', '0 | y', '3 | lon']);
});

test('rows that are too short or too long, empty fields and bytes', async () => {
  put('in.tsv', Buffer.from('1\t\t\xff\x00\tx\textra\n2\n', 'latin1'));
  await shop.run('create table t (id int primary key, n int, b varbinary(9), s varchar(9) not null)');
  const session = shop.session();
  for await (const executed of session.execute("load data infile 'in.tsv' into table t; show warnings")) {
    if (executed.result.kind === 'rows') {
      expect((await resultLines(executed, session)).slice(1)).toEqual([
        'Warning | 1262 | Row 1 was truncated; it contained more data than there were input columns',
        "Warning | 1261 | Row 2 doesn't contain data for all columns",
      ]);
    }
  }
  expect(await shop.run('select id, n, hex(b), s from t')).toEqual([
    'id | n | hex(b) | s',
    '1 | NULL | FF00 | x',
    '2 | NULL | NULL |',
  ]);
});

test('indexes, checks and foreign keys hold; a file in another character set', async () => {
  put('in.tsv', Buffer.from('1\tna\xefve\n2\tb\n', 'latin1'));
  await shop.run(`create table p (id int primary key); insert into p values (1);
    create table t (id int primary key, s varchar(9), key (s), check (id < 10), foreign key (id) references p (id))`);
  expect(await errnoOf("load data infile 'in.tsv' into table t character set latin1")).toBe(1452);
  expect(await errnoOf("load data infile 'in.tsv' into table t character set utf16")).toBe(1115);
  await shop.run("insert into p values (2); load data infile 'in.tsv' into table t character set latin1");
  expect(await shop.run("select id from t where s = 'naïve'")).toEqual(['id', '1']);
  put('in.tsv', '11\tx\n');
  await shop.run('insert into p values (11)');
  expect(await errnoOf("load data infile 'in.tsv' into table t")).toBe(3819);
});

test('triggers see each row; what they refuse takes the whole file back', async () => {
  await shop.run(`create table t (id int primary key, v int not null); create table seen (n int primary key auto_increment, what varchar(20));
    create trigger doubled before insert on t for each row set new.v = coalesce(new.v, 50) * 2;
    create trigger noted after insert on t for each row insert into seen (what) values (concat(new.id, '=', new.v));
    create trigger gone after delete on t for each row insert into seen (what) values (concat('gone ', old.v));
    create trigger small before insert on t for each row follows doubled begin if new.v > 100 then signal sqlstate '45000'; end if; end`);
  const all = 'select * from t; select what from seen order by n';
  put('a', '1\t10\n2\t\\N\n');
  expect(await shop.run(`load data infile 'a' into table t; ${all}`)).toEqual([
    ...['ok 2', 'id | v', '1 | 20', '2 | 100'],
    ...['what', '1=20', '2=100'],
  ]);
  put('b', '3\t30\n4\t51\n');
  expect(await errnoOf("load data infile 'b' into table t")).toBe(1644);
  expect(await errnoOf("load data infile 'b' ignore into table t")).toBe(1644);
  expect(await shop.run('select count(*) from t')).toEqual(['count(*)', '2']);
  put('c', '1\t11\n5\t1\n');
  expect(await shop.run(`delete from seen; load data infile 'c' replace into table t; ${all}`)).toEqual([
    ...['ok 2', 'ok 3', 'id | v', '1 | 22', '2 | 100', '5 | 2'],
    ...['what', 'gone 20', '1=22', '5=2'],
  ]);
});

test('INTO OUTFILE writes what LOAD DATA reads, and never over a file', async () => {
  await shop.run(`create table t (id int primary key, s varchar(40), b varbinary(9), d decimal(9,2));
    insert into t values (1, 'tab\\t, "quote" \\\\ line\\n', x'00ff', 1.5), (2, null, null, null), (3, '', '', 0)`);
  for (const [i, format] of [
    '',
    `fields terminated by ',' optionally enclosed by '"' lines terminated by '\\r\\n'`,
    `fields terminated by '||' enclosed by '''' lines starting by '> '`,
  ].entries()) {
    await shop.run(`select * from t into outfile 'o${i}' ${format}; create table c${i} like t;
      load data infile 'o${i}' into table c${i} ${format}`);
    expect(await shop.run(`select * from c${i}`)).toEqual(await shop.run('select * from t'));
    expect(await errnoOf(`select 1 into outfile 'o${i}'`)).toBe(1086);
  }
  expect(text('o1').split('\r\n')[1]).toBe('2,\\N,\\N,\\N');
  await shop.run("select s, b from t where id = 1 into dumpfile 'd'");
  expect(shop.environment.disk.readFile('/shop/d')).toEqual(
    new Uint8Array(Buffer.from('tab\t, "quote" \\ line\n\0\xff', 'latin1')),
  );
  expect(await errnoOf("select s from t into dumpfile 'd2'")).toBe(1172);
  expect(shop.environment.disk.stat('/shop/d2')).toBeUndefined();
});

test('secure_file_priv is the one folder, and FILE is needed', async () => {
  put('in.tsv', '1\n');
  shop.environment.disk.makeDirectory('test', '/shop/files');
  put('files/in.tsv', '2\n');
  shop.opened.engine.setGlobal('secure_file_priv', 'files');
  await shop.run('create table t (id int primary key)');
  for (const path of ['in.tsv', 'files/../in.tsv', '/shop/in.tsv', '../shop/in.tsv']) {
    expect(await errnoOf(`load data infile '${path}' into table t`)).toBe(1290);
  }
  expect(await errnoOf("select 1 into outfile 'x'")).toBe(1290);
  expect(await errnoOf("load data infile 'files/none' into table t")).toBe(29);
  await shop.run("load data infile 'files/in.tsv' into table t");
  expect(await shop.run('select * from t')).toEqual(['id', '2']);
  await shop.run('create user a; grant insert, select on shop.* to a');
  const a = await shop.logIn('a', 'h');
  for (const sql of ["load data infile 'files/in.tsv' into table shop.t", "select 1 into outfile 'files/y'"]) {
    await expect(a.query(sql)).rejects.toMatchObject({ errno: 1227 });
  }
  await expect(a.query("load data local infile 'x' into table shop.t")).rejects.toMatchObject({ errno: 3948 });
});

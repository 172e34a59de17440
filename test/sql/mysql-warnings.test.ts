/**
 * The warnings and notes that MySQL gives: level, number and wording, for a statement that gives each, under a sql_mode. Those
 * of MySQL 8.0; what MariaDB has alike was compared with it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../src/sql/engine-session.ts';
import { type MemoryDatabase, memoryDatabase, resultLines } from './memory-engine.ts';

const SCENE = `
  create table t (id int primary key auto_increment, a int, s varchar(5), n int not null default 1, m int not null, e enum('x', 'y'), st set('p', 'q'), d date, dt datetime, tm time, y year, c decimal(4, 1), ti tinyint unsigned);
  insert into t (id, s, m) values (1, 'abcde', 7), (2, null, 7);
  create table p (id int primary key);
  insert into p values (1);
  create view v as select 1;
`;

const STRICT = 'NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES';

type Warning = readonly [level: 'Note' | 'Warning' | 'Error', code: number, message: string];
type Row = readonly [statement: string, ...warnings: readonly Warning[]];

const cut = (column: string, row = 1): Warning => [
  'Warning',
  1265,
  `Data truncated for column '${column}' at row ${row}`,
];
const noteOfCut = (column: string): Warning => ['Note', 1265, `Data truncated for column '${column}' at row 1`];
const beyond = (column: string): Warning => ['Warning', 1264, `Out of range value for column '${column}' at row 1`];
const incorrect = (kind: string, value: string): Warning => ['Warning', 1292, `Incorrect ${kind} value: '${value}'`];
const truncated = (kind: string, value: string): Warning => [
  'Warning',
  1292,
  `Truncated incorrect ${kind} value: '${value}'`,
];
const corrupted: Warning = ['Warning', 1259, 'ZLIB: Input data corrupted'];
const duplicate = (index: string, table: string): Warning => [
  'Warning',
  1831,
  `Duplicate index '${index}' defined on the table 'shop.${table}'. This is deprecated and will be disallowed in a future release.`,
];
const deprecated = (what: string, instead: string): Warning => [
  'Warning',
  1287,
  `${what} is deprecated and will be removed in a future release. ${instead}`,
];

/** Without strict mode: what does not fit is cut to fit. */
const LENIENT: readonly Row[] = [
  ["insert into t (m, s) values (1, 'abcdef')", cut('s')],
  [
    "insert into t (m, a) values (1, 'abc')",
    ['Warning', 1366, "Incorrect integer value: 'abc' for column 'a' at row 1"],
  ],
  ["insert into t (m, a) values (1, '12abc')", cut('a')],
  ['insert into t (m, a) values (1, 1e20)', beyond('a')],
  ['insert into t (m, ti) values (1, 256)', beyond('ti')],
  ['insert into t (m, ti) values (1, -1)', beyond('ti')],
  ['insert into t (m, c) values (1, 12345)', beyond('c')],
  ["insert into t (m, c) values (1, 'x')", ['Warning', 1366, "Incorrect decimal value: 'x' for column 'c' at row 1"]],
  ['insert into t (m, y) values (1, 3000)', beyond('y')],
  ["insert into t (m, e) values (1, 'z')", cut('e')],
  ['insert into t (m, e) values (1, 7)', cut('e')],
  ["insert into t (m, st) values (1, 'p,z')", cut('st')],
  ["insert into t (m, d) values (1, 'nonsense')", cut('d')],
  ["insert into t (m, d) values (1, '2020-02-30')", beyond('d')],
  ["insert into t (m, d) values (1, '2020-13-01')", cut('d')],
  ["insert into t (m, dt) values (1, '2020-01-01 25:00:00')", cut('dt')],
  ["insert into t (m, dt) values (1, '2020-01-01 10:00:00 etc')", cut('dt')],
  ["insert into t (m, tm) values (1, 'abc')", cut('tm')],
  ["insert into t (m, tm) values (1, '900:00:00')", beyond('tm')],
  ['insert into t (a) values (1)', ['Warning', 1364, "Field 'm' doesn't have a default value"]],
  ['insert into t (m) values (null), (1)', ['Warning', 1048, "Column 'm' cannot be null"]],
  ['insert into t (m) select null', ['Warning', 1048, "Column 'm' cannot be null"]],
  ['insert into t (m) values (null)', ['Error', 1048, "Column 'm' cannot be null"]],
  ['update t set m = null where id = 1', ['Warning', 1048, "Column 'm' cannot be null"]],
  ["update t set s = 'too long' where id = 1", cut('s')],
  ['alter table t modify s varchar(3)', cut('s')],
  ['alter table t modify s varchar(5) not null', cut('s', 2)],
];

/** In strict mode: what is an error there is left out. */
const IN_STRICT_MODE: readonly Row[] = [
  ["insert into t (m, d) values (1, '2020-01-01 10:11:12')", noteOfCut('d')],
  ['insert into t (m, c) values (1, 1.25)', noteOfCut('c')],
  ["insert into t (m, c) values (1, '1.25')", noteOfCut('c')],
  ['insert into t (m, c) values (1, 1.20)'],
  ["insert into t (m, s) values (1, 'abcdef')", ['Error', 1406, "Data too long for column 's' at row 1"]],
  ["insert ignore into t (m, s) values (1, 'abcdef')", cut('s')],
  ['insert ignore into t (m, ti) values (1, 256)', beyond('ti')],
  [
    "insert ignore into t (m, d) values (1, 'nonsense')",
    ['Warning', 1292, "Incorrect date value: 'nonsense' for column 'd' at row 1"],
  ],
  ['insert ignore into t (a) values (1)', ['Warning', 1364, "Field 'm' doesn't have a default value"]],
  ['insert ignore into t (m) values (null)', ['Warning', 1048, "Column 'm' cannot be null"]],
  ['insert ignore into t (id, m) values (1, 1)', ['Warning', 1062, "Duplicate entry '1' for key 't.PRIMARY'"]],
  [
    'insert ignore into p values (1), (2), (2)',
    ['Warning', 1062, "Duplicate entry '1' for key 'p.PRIMARY'"],
    ['Warning', 1062, "Duplicate entry '2' for key 'p.PRIMARY'"],
  ],
  ['update ignore t set id = 2 where id = 1', ['Warning', 1062, "Duplicate entry '2' for key 't.PRIMARY'"]],
  ['update ignore t set m = null where id = 1', ['Warning', 1048, "Column 'm' cannot be null"]],

  // Expressions.
  ['select 1 / 0, 1 div 0, 1 % 0', ...new Array<Warning>(3).fill(['Warning', 1365, 'Division by 0'])],
  ["select 'abc' + 1, '12abc' + 1", truncated('DOUBLE', 'abc'), truncated('DOUBLE', '12abc')],
  ["select cast('abc' as signed)", truncated('INTEGER', 'abc')],
  ["select cast('12abc' as unsigned)", truncated('INTEGER', '12abc')],
  ["select cast('abc' as decimal(5, 2))", truncated('DECIMAL', 'abc')],
  ["select cast('nonsense' as date), date('x')", incorrect('datetime', 'nonsense'), incorrect('datetime', 'x')],
  ["select cast('2020-13-01' as datetime)", incorrect('datetime', '2020-13-01')],
  ["select cast('99:99:99' as time)", incorrect('time', '99:99:99')],
  [
    'select cast(1234 as decimal(4, 1))',
    ['Warning', 1264, "Out of range value for column 'cast(1234 as decimal(4, 1))' at row 1"],
  ],
  ["select cast('-1e90' as decimal(4, 1)) c", ['Warning', 1264, "Out of range value for column 'c' at row 1"]],
  ['select cast(a as decimal(1)) + 1 from (select 10 a) d', beyond('(null)')],
  ["select cast('abcdef' as char(3))", truncated('CHAR(3)', 'abcdef')],
  ["select year('x')", incorrect('datetime', 'x')],
  ["select date_add('nonsense', interval 1 day)", incorrect('datetime', 'nonsense')],
  [
    "select str_to_date('nonsense', '%Y-%m-%d')",
    ['Warning', 1411, "Incorrect datetime value: 'nonsense' for function str_to_date"],
  ],
  ['select id from t where s = 5 and id = 1', truncated('DOUBLE', 'abcde')],
  [
    'select ln(0), log(-1), log(1, 2), log2(0), log10(-1)',
    ...new Array<Warning>(5).fill(['Warning', 3020, 'Invalid argument for logarithm']),
  ],
  ['select char(255 using utf8mb4)', ['Warning', 1300, "Invalid utf8mb4 character string: 'FF'"]],
  [
    "select repeat('a', 1e10)",
    ['Warning', 1301, 'Result of repeat() was larger than max_allowed_packet (67108864) - truncated'],
  ],

  ["select uncompress('abc')", corrupted],
  ["select uncompress('\\0\\0\\0\\0abc')", corrupted],
  ["select uncompressed_length('abc')", corrupted],
  [
    "select uncompress('abcdefg')",
    [
      'Warning',
      1256,
      'Uncompressed data size too large; the maximum size is 67108864 (probably, length of uncompressed data was corrupted)',
    ],
  ],
  [
    "select uncompress(insert(compress('abc'), 1, 1, x'01'))",
    [
      'Warning',
      1258,
      'ZLIB: Not enough room in the output buffer (probably, length of uncompressed data was corrupted)',
    ],
  ],
  ["select uncompress(compress('abc')), uncompress('')"],

  // Settings, and keys twice.
  ['set max_error_count = 65536', truncated('max_error_count', '65536')],
  ['set global net_read_timeout = -1', truncated('net_read_timeout', '-1')],
  ['create index k on p (id)'],
  ['create table w (a int, b int, key (a), key (b), key (a, b), unique (a), key (a))', duplicate('a_4', 'w')],
  ['create table w (a varchar(9), key (a(5)), key (a(6)), key (a), key k (a(5)))', duplicate('k', 'w')],
  ['alter table t add key (a), add key k (a)', duplicate('k', 't')],

  // What is there, or is not.
  ['create table if not exists t (a int)', ['Note', 1050, "Table 't' already exists"]],
  ['create table if not exists p like t', ['Note', 1050, "Table 'p' already exists"]],
  ['create view if not exists v as select 2', ['Note', 1050, "Table 'v' already exists"]],
  ['create database if not exists shop', ['Note', 1007, "Can't create database 'shop'; database exists"]],
  ['drop database if exists nothing', ['Note', 1008, "Can't drop database 'nothing'; database doesn't exist"]],
  [
    'drop table if exists nothing, other',
    ['Note', 1051, "Unknown table 'shop.nothing'"],
    ['Note', 1051, "Unknown table 'shop.other'"],
  ],
  ['drop view if exists nothing', ['Note', 1051, "Unknown table 'shop.nothing'"]],
  ['drop procedure if exists nothing', ['Note', 1305, 'PROCEDURE shop.nothing does not exist']],
  ['drop function if exists nothing', ['Note', 1305, 'FUNCTION shop.nothing does not exist']],
  ['drop trigger if exists nothing', ['Note', 1360, 'Trigger does not exist']],
  ['drop event if exists nothing', ['Note', 1305, 'Event nothing does not exist']],
  ['drop user if exists nobody', ['Note', 3162, "Authorization ID 'nobody'@'%' does not exist."]],

  // What will go.
  ['select 1 && 1', deprecated("'&&'", 'Please use AND instead')],
  ['select 1 || 0', deprecated("'|| as a synonym for OR'", 'Please use OR instead')],
  ['select !1', deprecated("'!'", 'Please use NOT instead')],
  ["select binary 'a'", deprecated("'BINARY expr'", 'Please use CAST instead')],
  ['select sql_calc_found_rows 1', deprecated('SQL_CALC_FOUND_ROWS', 'Consider using two separate queries instead.')],
  ['select found_rows()', deprecated('FOUND_ROWS()', 'Consider using COUNT(*) instead.')],
  [
    'insert into p values (5) on duplicate key update id = values(id)',
    deprecated(
      "'VALUES function'",
      'Please use an alias (INSERT INTO ... VALUES (...) AS alias) and replace VALUES(col) in the ON DUPLICATE KEY UPDATE clause with alias.col instead',
    ),
  ],
  [
    'create table w (a int(5), b tinyint(1))',
    ['Warning', 1681, 'Integer display width is deprecated and will be removed in a future release.'],
  ],
  [
    'create table w (a int zerofill)',
    [
      'Warning',
      1681,
      'The ZEROFILL attribute is deprecated and will be removed in a future release. Use the LPAD function to zero-pad numbers, or store the formatted numbers in a CHAR column.',
    ],
  ],
  [
    'create table w (a float(5, 2))',
    [
      'Warning',
      1681,
      'Specifying number of digits for floating point data types is deprecated and will be removed in a future release.',
    ],
  ],
  [
    'create table w (a decimal(5) unsigned)',
    [
      'Warning',
      1681,
      'UNSIGNED for decimal and floating point data types is deprecated and support for it will be removed in a future release.',
    ],
  ],
  ['create table w (a year(4))', deprecated("'YEAR(4)'", 'Please use YEAR instead')],
  ['create table w (a varchar(9) charset utf8mb3)', deprecated("'utf8mb3'", 'Please use utf8mb4 instead')],
  [
    'set names utf8',
    [
      'Warning',
      3719,
      "'utf8' is currently an alias for the character set UTF8MB3, but will be an alias for UTF8MB4 in a future release. Please consider using UTF8MB4 in order to be unambiguous.",
    ],
  ],
  [
    'create event past on schedule at 20200101000000 do select 1',
    [
      'Note',
      1588,
      'Event execution time is in the past and ON COMPLETION NOT PRESERVE is set. The event was dropped immediately after creation.',
    ],
  ],
];

let database: MemoryDatabase;
let session: Session;

beforeEach(async () => {
  database = memoryDatabase();
  session = database.session();
  await run(SCENE);
});

afterEach(async () => {
  await session.close();
  database.opened.close();
});

async function run(text: string): Promise<void> {
  try {
    for await (const executed of session.execute(text)) await resultLines(executed, session);
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error;
  }
}

async function warningsOf(statement: string): Promise<Warning[]> {
  await run(statement);
  const count = await session.query('show count(*) warnings');
  const { rows } = await session.query('show warnings');
  expect(count.rows).toEqual([[rows.length]]);
  const errors = await session.query('show errors');
  expect(errors.rows).toEqual(rows.filter(([level]) => level === 'Error'));
  return rows as unknown as Warning[];
}

for (const [mode, table] of [
  ['', LENIENT],
  [STRICT, IN_STRICT_MODE],
] as const) {
  for (const [statement, ...warnings] of table) {
    test(`sql_mode '${mode}': ${statement}`, async () => {
      await run(`set sql_mode = '${mode}'`);
      expect(await warningsOf(statement)).toEqual(warnings);
    });
  }
}

test('the warnings stand until the next statement that is not about them', async () => {
  await run("select 'abc' + 1");
  expect((await session.query('select @@warning_count')).rows).toEqual([[1]]);
  expect((await session.query('show warnings limit 1')).rows).toHaveLength(1);
  expect((await session.query('show warnings limit 1, 1')).rows).toEqual([]);
  await run('select 1');
  expect((await session.query('show count(*) warnings')).rows).toEqual([[0]]);
});

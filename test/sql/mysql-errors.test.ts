/** The errors that applications look at: MySQL's number, its SQLSTATE and its wording, for a statement that gives each. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/sql/engine-session.ts';
import { SqlError } from '../../src/sql/types/sql-error.ts';
import { type MemoryDatabase, memoryDatabase, resultLines } from './memory-engine.ts';

const SCENE = `
  create table t (id int primary key, a int, s varchar(5), n int not null, u int unique, e enum('x', 'y'), d date, dec1 decimal(4,1), ti tinyint unsigned, txt text, j json, g int as (a + 1), constraint a_is_small check (a < 100));
  insert into t (id, a, n, u) values (1, 1, 1, 1), (2, 2, 2, 2);
  create table parent (id int primary key, v int);
  create table child (id int primary key, p int, constraint child_parent foreign key (p) references parent (id));
  insert into parent values (1, 1);
  insert into child values (1, 1);
  create view v as select id, a from t;
  create table keyless (a int, b int);
  create temporary table temporary_one (a int);
`;

type Row = readonly [statement: string, errno: number, sqlState: string, message: string | RegExp];

const ERRORS: readonly Row[] = [
  // Names.
  ['create database shop', 1007, 'HY000', "Can't create database 'shop'; database exists"],
  ['drop database nothing', 1008, 'HY000', "Can't drop database 'nothing'; database doesn't exist"],
  ['use nothing', 1049, '42000', "Unknown database 'nothing'"],
  ['select * from nothing.t', 1049, '42000', "Unknown database 'nothing'"],
  ['create table t (a int)', 1050, '42S01', "Table 't' already exists"],
  ['drop table nothing', 1051, '42S02', "Unknown table 'shop.nothing'"],
  ['drop view nothing', 1051, '42S02', "Unknown table 'shop.nothing'"],
  ['select * from nothing', 1146, '42S02', "Table 'shop.nothing' doesn't exist"],
  ['insert into nothing values (1)', 1146, '42S02', "Table 'shop.nothing' doesn't exist"],
  ['select id from t join parent', 1052, '23000', "Column 'id' in field list is ambiguous"],
  ['select a.id from t a join parent b where id = 1', 1052, '23000', "Column 'id' in where clause is ambiguous"],
  ['select nothing from t', 1054, '42S22', "Unknown column 'nothing' in 'field list'"],
  ['select id from t where nothing = 1', 1054, '42S22', "Unknown column 'nothing' in 'where clause'"],
  ['select id from t order by nothing', 1054, '42S22', "Unknown column 'nothing' in 'order clause'"],
  ['select id from t group by nothing', 1054, '42S22', "Unknown column 'nothing' in 'group statement'"],
  ['select id from t having nothing = 1', 1054, '42S22', "Unknown column 'nothing' in 'having clause'"],
  ['select * from t join parent p on p.nothing = t.id', 1054, '42S22', "Unknown column 'p.nothing' in 'on clause'"],
  ['insert into t (nothing) values (1)', 1054, '42S22', "Unknown column 'nothing' in 'field list'"],
  ['update t set nothing = 1', 1054, '42S22', "Unknown column 'nothing' in 'field list'"],
  ['select x.id from t', 1054, '42S22', "Unknown column 'x.id' in 'field list'"],
  ['select x.* from t', 1051, '42S02', "Unknown table 'x'"],
  ['select * from t, t', 1066, '42000', "Not unique table/alias: 't'"],
  ['create table x (a int, A int)', 1060, '42S21', "Duplicate column name 'A'"],
  ['alter table t add column a int', 1060, '42S21', "Duplicate column name 'a'"],
  ['create table x (a int, key k (a), key k (a))', 1061, '42000', "Duplicate key name 'k'"],
  ['create index u on t (a)', 1061, '42000', "Duplicate key name 'u'"],
  ['alter table t drop column nothing', 1091, '42000', "Can't DROP 'nothing'; check that column/key exists"],
  ['drop index nothing on t', 1091, '42000', "Can't DROP 'nothing'; check that column/key exists"],
  ['alter table child drop foreign key nothing', 1091, '42000', "Can't DROP 'nothing'; check that column/key exists"],
  ['alter table t drop check nothing', 3821, 'HY000', "Check constraint 'nothing' is not found in the table."],
  ['create index i on t (nothing)', 1072, '42000', "Key column 'nothing' doesn't exist in table"],
  ['select nothing()', 1305, '42000', /^FUNCTION (shop\.)?nothing does not exist$/],
  ['call nothing()', 1305, '42000', 'PROCEDURE shop.nothing does not exist'],
  ['rollback to nothing', 1305, '42000', 'SAVEPOINT nothing does not exist'],
  ['set @@nothing = 1', 1193, 'HY000', "Unknown system variable 'nothing'"],
  ['select @@nothing', 1193, 'HY000', "Unknown system variable 'nothing'"],
  [
    'set session max_connections = 1',
    1229,
    'HY000',
    "Variable 'max_connections' is a GLOBAL variable and should be set with SET GLOBAL",
  ],
  ["set autocommit = 'x'", 1231, '42000', "Variable 'autocommit' can't be set to the value of 'x'"],
  ['set sql_mode = "nothing"', 1231, '42000', "Variable 'sql_mode' can't be set to the value of 'nothing'"],
  ["set version = '1'", 1238, 'HY000', "Variable 'version' is a read only variable"],
  ['set names nothing', 1115, '42000', "Unknown character set: 'nothing'"],
  ["select 'a' collate nothing", 1273, 'HY000', "Unknown collation: 'nothing'"],
  [
    "select _latin1'a' collate utf8mb4_bin",
    1253,
    '42000',
    "COLLATION 'utf8mb4_bin' is not valid for CHARACTER SET 'latin1'",
  ],
  ['execute nothing', 1243, 'HY000', 'Unknown prepared statement handler (nothing) given to EXECUTE'],
  ['kill 4711', 1094, 'HY000', 'Unknown thread id: 4711'],
  ['show create view t', 1347, 'HY000', "'shop.t' is not VIEW"],
  [`create table \`${'x'.repeat(65)}\` (a int)`, 1059, '42000', `Identifier name '${'x'.repeat(65)}' is too long`],
  ['create table `a ` (a int)', 1103, '42000', "Incorrect table name 'a '"],
  ['create table x (`a ` int)', 1166, '42000', "Incorrect column name 'a '"],
  // Syntax.
  ['selct 1', 1064, '42000', /near 'selct 1'/],
  // Definitions.
  ['create table x (a int primary key, b int primary key)', 1068, '42000', 'Multiple primary key defined'],
  ['alter table t add primary key (a)', 1068, '42000', 'Multiple primary key defined'],
  [
    'create table x (a int auto_increment)',
    1075,
    '42000',
    'Incorrect table definition; there can be only one auto column and it must be defined as a key',
  ],
  [
    'create table x (a varchar(3) auto_increment primary key)',
    1063,
    '42000',
    "Incorrect column specifier for column 'a'",
  ],
  ["create table x (a int default 'x')", 1067, '42000', "Invalid default value for 'a'"],
  ['create table x (a int not null default null)', 1067, '42000', "Invalid default value for 'a'"],
  [
    'create table x (a text, key (a))',
    1170,
    '42000',
    "BLOB/TEXT column 'a' used in key specification without a key length",
  ],
  [
    'create index i on t (a(3))',
    1089,
    'HY000',
    "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, or the storage engine doesn't support unique prefix keys",
  ],
  [
    'create table x (a int null, primary key (a))',
    1171,
    '42000',
    'All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE instead',
  ],
  [
    'create table x (a varchar(70000))',
    1074,
    '42000',
    "Column length too big for column 'a' (max = 16383); use BLOB or TEXT instead",
  ],
  ['create table x (a decimal(70, 2))', 1426, '42000', "Too-big precision 70 specified for 'a'. Maximum is 65."],
  ['create table x (a decimal(40, 31))', 1425, '42000', "Too big scale 31 specified for column 'a'. Maximum is 30."],
  [
    'create table x (a decimal(3, 5))',
    1427,
    '42000',
    "For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column 'a').",
  ],
  ['create table x (a datetime(7))', 1426, '42000', "Too-big precision 7 specified for 'a'. Maximum is 6."],
  ['create table x (a bit(65))', 1439, '42000', "Display width out of range for column 'a' (max = 64)"],
  ["create table x (a enum('x', 'x'))", 1291, 'HY000', "Column 'a' has duplicated value 'x' in ENUM"],
  ['create table x ()', 1064, '42000', /near '\)'/],
  [
    'alter table keyless drop column a, drop column b',
    1090,
    '42000',
    "You can't delete all columns with ALTER TABLE; use DROP TABLE instead",
  ],
  ['create table x (a int as (nothing + 1))', 1054, '42S22', "Unknown column 'nothing' in 'generated column function'"],
  [
    'create table x (a int, foreign key (a) references nothing (id))',
    1824,
    'HY000',
    "Failed to open the referenced table 'nothing'",
  ],
  [
    'create table x (a int, foreign key (a) references parent (nothing))',
    3734,
    'HY000',
    /^Failed to add the foreign key constraint. Missing column 'nothing' for constraint '.*' in the referenced table 'parent'$/,
  ],
  [
    'create table x (a int, foreign key (a) references parent (v))',
    1822,
    'HY000',
    /^Failed to add the foreign key constraint. Missing index for constraint '.*' in the referenced table 'parent'$/,
  ],
  [
    'create table x (a varchar(3), foreign key (a) references parent (id))',
    3780,
    'HY000',
    /^Referencing column 'a' and referenced column 'id' in foreign key constraint '.*' are incompatible\.$/,
  ],
  [
    'drop table parent',
    3730,
    'HY000',
    "Cannot drop table 'parent' referenced by a foreign key constraint 'child_parent' on table 'child'.",
  ],
  [
    'truncate table parent',
    1701,
    '42000',
    /^Cannot truncate a table referenced in a foreign key constraint \(`shop`\.`child`, CONSTRAINT `child_parent`\)$/,
  ],
  [
    'alter table child drop index child_parent',
    1553,
    'HY000',
    "Cannot drop index 'child_parent': needed in a foreign key constraint",
  ],
  [
    'alter table child drop column p',
    1828,
    'HY000',
    "Cannot drop column 'p': needed in a foreign key constraint 'child_parent'",
  ],
  ['alter table t drop column a', 3108, 'HY000', "Column 'a' has a generated column dependency."],
  ['create view v as select 1', 1050, '42S01', "Table 'v' already exists"],
  [
    'create view w (a) as select 1, 2',
    1353,
    'HY000',
    'In definition of view, derived table or common table expression, SELECT list and column names list have different column counts',
  ],
  // Queries.
  ['select (select 1, 2)', 1241, '21000', 'Operand should contain 1 column(s)'],
  ['select 1 where (1, 2) = (select 1)', 1241, '21000', 'Operand should contain 2 column(s)'],
  ['select (select id from t)', 1242, '21000', 'Subquery returns more than 1 row'],
  ['select 1 union select 1, 2', 1222, '21000', 'The used SELECT statements have a different number of columns'],
  ['select * from (select 1)', 1248, '42000', 'Every derived table must have its own alias'],
  ['select * from (select 1 as a, 2 as a) x', 1060, '42S21', "Duplicate column name 'a'"],
  [
    'select count(*), id from t',
    1140,
    '42000',
    "In aggregated query without GROUP BY, expression #2 of SELECT list contains nonaggregated column 'shop.t.id'; this is incompatible with sql_mode=only_full_group_by",
  ],
  [
    'select id, a from t group by a',
    1055,
    '42000',
    "Expression #1 of SELECT list is not in GROUP BY clause and contains nonaggregated column 'shop.t.id' which is not functionally dependent on columns in GROUP BY clause; this is incompatible with sql_mode=only_full_group_by",
  ],
  ['select id from t where count(*) > 1', 1111, 'HY000', 'Invalid use of group function'],
  ['select sum(sum(a)) from t', 1111, 'HY000', 'Invalid use of group function'],
  [
    'select distinct id from t order by a',
    3065,
    'HY000',
    "Expression #1 of ORDER BY clause is not in SELECT list, references column 'shop.t.a' which is not in SELECT list; this is incompatible with DISTINCT",
  ],
  ['select id from t order by 2', 1054, '42S22', "Unknown column '2' in 'order clause'"],
  ['select row_number() over w from t', 3579, 'HY000', "Window name 'w' is not defined."],
  [
    'select id from t where row_number() over () = 1',
    3593,
    'HY000',
    "You cannot use the window function 'row_number' in this context.'",
  ],
  ['select * from t natural join t x using (id)', 1064, '42000', /near 'using/],
  ['select concat()', 1582, '42000', "Incorrect parameter count in the call to native function 'concat'"],
  ['select 9223372036854775807 + 1', 1690, '22003', "BIGINT value is out of range in '(9223372036854775807 + 1)'"],
  ['select exp(1000)', 1690, '22003', "DOUBLE value is out of range in 'exp(1000)'"],
  ["select json_extract('{', '$')", 3141, '22032', /^Invalid JSON text in argument 1 to function json_extract: /],
  ["select json_extract('{}', 'x')", 3143, '42000', /^Invalid JSON path expression\. /],
  ['select json_object(null, 1)', 3158, '22032', 'JSON documents may not contain NULL member names.'],
  ["select uuid_to_bin('x')", 1411, 'HY000', "Incorrect string value: 'x' for function uuid_to_bin"],
  [
    'with recursive c as (select 1 as n union all select n + 1 from c) select * from c',
    3636,
    'HY000',
    'Recursive query aborted after 1001 iterations. Try increasing @@cte_max_recursion_depth to a larger value.',
  ],
  ['select id from t limit -1', 1064, '42000', /near '-1'/],
  [
    'select id into @a, @b from t limit 1',
    1222,
    '21000',
    'The used SELECT statements have a different number of columns',
  ],
  ['select id into @a from t', 1172, '42000', 'Result consisted of more than one row'],
  // Changes.
  ['insert into t values (1)', 1136, '21S01', "Column count doesn't match value count at row 1"],
  ['insert into t (id, a) values (9, 1), (10)', 1136, '21S01', "Column count doesn't match value count at row 2"],
  ['insert into t (id, a) values (9)', 1136, '21S01', "Column count doesn't match value count at row 1"],
  ['insert into t (id, id) values (9, 9)', 1110, '42000', "Column 'id' specified twice"],
  ['insert into t (id, n) values (1, 1)', 1062, '23000', "Duplicate entry '1' for key 't.PRIMARY'"],
  ['insert into t (id, n, u) values (9, 1, 2)', 1062, '23000', "Duplicate entry '2' for key 't.u'"],
  ['update t set id = 2 where id = 1', 1062, '23000', "Duplicate entry '2' for key 't.PRIMARY'"],
  ['insert into t (id, n) values (9, null)', 1048, '23000', "Column 'n' cannot be null"],
  ['update t set n = null', 1048, '23000', "Column 'n' cannot be null"],
  ['insert into t (id) values (9)', 1364, 'HY000', "Field 'n' doesn't have a default value"],
  ["insert into t (id, n, s) values (9, 1, 'abcdef')", 1406, '22001', "Data too long for column 's' at row 1"],
  ['insert into t (id, n, ti) values (9, 1, 256)', 1264, '22003', "Out of range value for column 'ti' at row 1"],
  ['insert into t (id, n, ti) values (9, 1, -1)', 1264, '22003', "Out of range value for column 'ti' at row 1"],
  ['insert into t (id, n, dec1) values (9, 1, 1000)', 1264, '22003', "Out of range value for column 'dec1' at row 1"],
  [
    "insert into t (id, n, a) values (9, 1, 'x')",
    1366,
    'HY000',
    "Incorrect integer value: 'x' for column 'a' at row 1",
  ],
  ["insert into t (id, n, a) values (9, 1, '5x')", 1265, '01000', "Data truncated for column 'a' at row 1"],
  [
    "insert into t (id, n, dec1) values (9, 1, 'x')",
    1366,
    'HY000',
    "Incorrect decimal value: 'x' for column 'dec1' at row 1",
  ],
  ["insert into t (id, n, e) values (9, 1, 'z')", 1265, '01000', "Data truncated for column 'e' at row 1"],
  [
    "insert into t (id, n, d) values (9, 1, '2024-02-30')",
    1292,
    '22007',
    "Incorrect date value: '2024-02-30' for column 'd' at row 1",
  ],
  [
    "insert into t (id, n, j) values (9, 1, '{')",
    3140,
    '22032',
    /^Invalid JSON text: .* in value for column '(t\.)?j'\.$/,
  ],
  [
    "insert into t (id, n, txt) values (9, 1, x'ff')",
    1366,
    'HY000',
    "Incorrect string value: '\\xFF' for column 'txt' at row 1",
  ],
  [
    'insert into t (id, n, g) values (9, 1, 1)',
    3105,
    'HY000',
    "The value specified for generated column 'g' in table 't' is not allowed.",
  ],
  ['insert into t (id, n, a) values (9, 1, 100)', 3819, 'HY000', "Check constraint 'a_is_small' is violated."],
  [
    'insert into child values (2, 9)',
    1452,
    '23000',
    'Cannot add or update a child row: a foreign key constraint fails (`shop`.`child`, CONSTRAINT `child_parent` FOREIGN KEY (`p`) REFERENCES `parent` (`id`))',
  ],
  [
    'delete from parent',
    1451,
    '23000',
    'Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`child`, CONSTRAINT `child_parent` FOREIGN KEY (`p`) REFERENCES `parent` (`id`))',
  ],
  ['update t set a = (select 1, 2)', 1241, '21000', 'Operand should contain 1 column(s)'],
  ['delete x from t', 1109, '42S02', "Unknown table 'x' in MULTI DELETE"],
  [
    'start transaction read only; insert into parent values (7, 7)',
    1792,
    '25006',
    'Cannot execute statement in a READ ONLY transaction.',
  ],
  ['rollback; xa start "x"', 1235, '42000', /./],
  // What definitions may not hold.
  ['create view w as select @a', 1351, 'HY000', "View's SELECT contains a variable or parameter"],
  ['create view w as select id from t where a < @@sort_buffer_size', 1351, 'HY000', /contains a variable/],
  [
    'create view w as select * from temporary_one',
    1352,
    'HY000',
    "View's SELECT refers to a temporary table 'temporary_one'",
  ],
  [
    'create table x (a int, b double as (a + RAND()))',
    3763,
    'HY000',
    "Expression of generated column 'b' contains a disallowed function: rand.",
  ],
  ['alter table t add column w datetime as (now())', 3763, 'HY000', /'w' contains a disallowed function: now\.$/],
  [
    'create table x (a int, b int as (@a))',
    3765,
    'HY000',
    "Expression of generated column 'b' cannot refer user or system variables.",
  ],
  [
    'create table x (a int, b int as (a + (select 1)))',
    3102,
    'HY000',
    "Expression of generated column 'b' contains a disallowed function.",
  ],
  [
    'create table x (a int, b int constraint b_small check (a < b))',
    3813,
    'HY000',
    "Column check constraint 'b_small' references other column.",
  ],
  [
    'create table x (a date, constraint past check (a < curdate()))',
    3814,
    'HY000',
    "An expression of a check constraint 'past' contains disallowed function: curdate.",
  ],
  [
    'alter table t add constraint c check (a < (select 1))',
    3815,
    'HY000',
    "An expression of a check constraint 'c' contains disallowed function.",
  ],
  [
    'create table x (a int, constraint c check (a < @@sort_buffer_size))',
    3816,
    'HY000',
    "An expression of a check constraint 'c' cannot refer to a user or system variable.",
  ],
];

let database: MemoryDatabase;
let session: Session;

beforeAll(async () => {
  database = memoryDatabase();
  session = database.session();
  for await (const { result } of session.execute(SCENE)) void result;
});

afterAll(async () => {
  await session.close();
  database.opened.close();
});

async function errorOf(text: string): Promise<SqlError> {
  try {
    let statements = 0;
    for await (const executed of session.execute(text)) {
      statements++;
      await resultLines(executed, session);
    }
    throw new Error(`no error in ${statements} statements`);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
}

test.each(ERRORS)('%s', async (statement, errno, sqlState, message) => {
  const error = await errorOf(statement);
  expect({ errno: error.errno, sqlState: error.sqlState, message: error.message }).toEqual({
    errno,
    sqlState,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

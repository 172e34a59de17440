/** Indexes over expressions are stored as Dolt 2.3.1 stores them: it gave these hashes for the same statements. */
import { expect, test } from 'vitest';
import { memoryDatabase } from './memory-engine.ts';

const COLUMNS = '(id int primary key, a int, b varchar(20), c text, d datetime)';
const ROWS = "(1,2,'Xy','c','2020-01-02 00:00:00'),(2,3,'Zy','d','2021-01-02 00:00:00')";

const recorded: readonly (readonly [table: string, statements: readonly string[], hash: string])[] = [
  [
    't1',
    [`create table t1 ${COLUMNS}`, `insert into t1 values ${ROWS}`, 'create index fx on t1 ((a+1))'],
    '0l0ntflt5sgth1gqu38i3ipg60dbol0i',
  ],
  [
    't2',
    [`create table t2 ${COLUMNS}`, `insert into t2 values ${ROWS}`, 'create index fx on t2 ((lower(b)))'],
    'bd21esvpdfca9j26i44shfk08j8fdpkl',
  ],
  [
    't3',
    [`create table t3 ${COLUMNS}`, `insert into t3 values ${ROWS}`, 'alter table t3 add index fx ((year(d)), b)'],
    'u4kgk5oaeeqcrm9f4e2ud6k1td88bgbq',
  ],
  [
    't4',
    [`create table t4 ${COLUMNS}`, `insert into t4 values ${ROWS}`, 'create unique index fx on t4 ((a+1), (lower(b)))'],
    'k0qd8co6no56bfbm17eio9h49ovtslla',
  ],
  [
    't13',
    [
      'create table t13 (a int, b varchar(20))',
      "insert into t13 values (1,'Q'),(1,'Q'),(null,null)",
      'create index i4 on t13 ((a+1))',
    ],
    'b9pf5v78a7g74m4bb04q6ju4vajht8ek',
  ],
  [
    't14',
    [
      'create table t14 (id int primary key, a int, b varchar(20))',
      "insert into t14 values (1,2,'Q')",
      'create index i4 on t14 ((a+1))',
      'drop index i4 on t14',
    ],
    'st192pogbmcj45birksp18ei9a3omlc0',
  ],
  [
    't15',
    [
      `create table t15 ${COLUMNS}`,
      'create index f1 on t15 ((a+1))',
      'alter table t15 add column z int',
      'alter table t15 add index f3 (z)',
    ],
    'tee69nvbel0cnojt1fpjhikhr39utaem',
  ],
  [
    't17',
    [`create table t17 ${COLUMNS}`, 'create index f1 on t17 ((a+1))', 'alter table t17 drop column c'],
    'dh86aq3kgmiba0vpovdnt7bio8l9pst8',
  ],
  [
    't19',
    [`create table t19 ${COLUMNS}`, 'create index f1 on t19 ((a+1))', 'create unique index f2 on t19 (b)'],
    '053721pp8jdp52quggm5180i9onssu8k',
  ],
];

test.each(recorded)('%s', async (table, statements, hash) => {
  const session = memoryDatabase().session();
  for (const statement of statements) await session.query(statement);
  const { rows } = await session.query(`select dolt_hashof_table('${table}')`);
  expect(rows).toEqual([[hash]]);
});

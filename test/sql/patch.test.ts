/** What `dolt_patch` says makes of one revision the other: the same content, at the same address. */
import { expect, test } from 'vitest';
import { memoryDatabase } from './memory-engine.ts';

const BASE = `
  create table parent (id int primary key, k int, unique key uk (k));
  create table t (id int primary key, name varchar(20), n decimal(6,2), g int generated always as (id * 2) stored,
    index nn (n));
  create table ren (a int primary key, b varbinary(10), j json, d datetime(3), e enum('p','q'), f double, bt bit(4));
  create table gone (a int primary key);
  create table keyless (a int, b varchar(10));
  create table child (id int primary key, p int, constraint fk1 foreign key (p) references parent (k));
  insert into parent values (1, 1);
  insert into t (id, name, n) values (1,'one',1.5), (2,'two',2), (3,null,null);
  insert into ren values (1,x'00ff','{"a":1}','2024-01-01 10:00:00.123','p',1.5,b'101'), (2,null,null,null,null,null,null);
  insert into keyless values (1,'a'), (1,'a'), (2,'b'), (null,null);
  insert into gone values (1);`;

const CHANGES = `
  alter table t add column z int not null default 5 comment 'a''b', add constraint positive check (id > 0), drop index nn,
    add unique index q (name);
  insert into t (id, name) values (4,'it''s "\\t"\\n\\\\');
  update t set name = 'ONE' where id = 1;
  delete from t where id = 2;
  rename table ren to renamed;
  insert into renamed (a, b, bt) values (3, x'', b'11');
  update renamed set j = '{"b": "x\\'y"}', d = null, e = 'q', f = 2.5e30 where a = 1;
  drop table gone;
  create table added (a int primary key, t text);
  insert into added values (1,'x'), (2,null);
  delete from keyless where a = 1 limit 1;
  delete from keyless where a is null;
  insert into keyless values (5,null), (5,null);
  alter table child drop foreign key fk1, add constraint fk2 foreign key (p) references parent (id) on delete cascade;
  insert into child values (1, 1);
  alter table parent collate utf8mb4_0900_ai_ci;`;

test.each([
  ['forwards', 'HEAD~1', 'HEAD'],
  ['backwards', 'HEAD', 'HEAD~1'],
])('%s', async (_, from, to) => {
  const database = memoryDatabase();
  const session = database.session();
  await session.query(`${BASE} call dolt_commit('-Am', 'base'); ${CHANGES} call dolt_commit('-Am', 'changed');`);
  const { rows: statements } = await session.query(`select statement from dolt_patch('${from}', '${to}')`);
  const { rows: expected } = await session.query(`select dolt_hashof_db('${to}')`);
  await session.query(`call dolt_checkout('-b', 'patched', '${from}')`);
  for (const [statement] of statements) await session.query(String(statement));
  const { rows: left } = await session.query(`select statement from dolt_patch('WORKING', 'main${to.slice(4)}')`);
  expect(left).toEqual([]);
  expect((await session.query("select dolt_hashof_db('WORKING')")).rows).toEqual(expected);
  await session.close();
  database.opened.close();
});

/**
 * What is replayed is what the merge gives; and where constraints may be broken by both sides together, it is left to the
 * merge.
 */
import { expect, test } from 'vitest';
import { mergeRoots } from '../../../src/repo/merge/merge-roots.ts';
import { replayEdits } from '../../../src/repo/merge/replay-edits.ts';
import type { RootValue } from '../../../src/repo/root-value.ts';
import { completeNow } from '../../../src/repo/steps.ts';
import type { Session } from '../../../src/sql/engine-session.ts';
import fc from '../../fast-check.ts';
import { memoryDatabase } from '../../sql/memory-engine.ts';

const TABLES = `
  create table p (id int primary key, name varchar(20) unique, n int);
  create table c (id int primary key auto_increment, p int, t text, key (p), foreign key (p) references p (id));
  create table l (x int, y int, key (x));
  create table k (a varchar(20) collate utf8mb4_0900_ai_ci primary key, n int);
  create table r (id int primary key, a int, b varchar(20), c int, t text, key (a), unique (b), key (c, a));
  create table e (id int primary key, a int, b int, check (a < b));
  create table g (id int primary key, a int, b int, c int as (a + b) stored);
  insert into p values (1, 'one', 1), (2, 'two', 2), (3, 'three', 3), (4, null, 4), (5, null, 5);
  insert into c values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c');
  insert into l values (1, 1), (1, 1), (2, 2);
  insert into k values ('a', 1), ('b', 2);
  insert into r values (1, 1, 'x', 1, 'u'), (2, 2, 'y', 2, 'v'), (3, null, null, 3, null), (4, 4, 'z', 4, 'w');
  insert into e values (1, 1, 9);
  insert into g (id, a, b) values (1, 1, 1);`;

const rootOf = ({ state }: Session): RootValue => state.root(state.handle());

async function run(session: Session, sql: string): Promise<void> {
  for await (const _ of session.execute(sql)) {
  }
}

/** What two transactions make of one state, each without the other. */
async function sides(ours: string, theirs: string) {
  const database = memoryDatabase();
  await database.run(TABLES);
  const [a, b] = [database.session(), database.session()];
  await run(a, 'start transaction; select 1 from p');
  await run(b, 'start transaction; select 1 from p');
  const base = rootOf(b);
  await run(b, theirs);
  const edited = rootOf(b);
  await run(a, `${ours}; commit; select 1 from p`);
  return { base, ours: rootOf(a), theirs: edited };
}

function merged({ base, ours, theirs }: { base: RootValue; ours: RootValue; theirs: RootValue }) {
  const { address: baseAddress } = base;
  return completeNow(mergeRoots({ base, ours, theirs, baseAddress, theirsAddress: theirs.address }));
}

test.each([
  [
    'rows side by side',
    "update p set n = 9 where id = 1; insert into p values (7, 'seven', 7)",
    'update p set n = 8 where id = 2',
  ],
  [
    'indexed values',
    "update p set name = 'uno' where id = 1",
    "update p set name = 'dos' where id = 2; delete from p where id = 4",
  ],
  ['equal NULLs in a unique index', 'insert into p values (7, null, 7)', 'insert into p values (8, null, 8)'],
  [
    'rows of two tables',
    "update k set n = 5 where a = 'a'",
    "insert into l values (3, 3); update k set n = 5 where a = 'b'",
  ],
  ['a counter', "insert into c values (10, 1, 'x')", "insert into c values (20, 1, 'y')"],
  ['children of one parent', "insert into c (p, t) values (1, 'x')", 'delete from c where id = 1'],
  ['cells of one row', 'update r set a = 9 where id = 1', "update r set b = 'neu' where id = 1"],
  [
    'cells of one row, and an index over both',
    'update r set a = 9, t = null where id in (1, 3)',
    'update r set c = 8 where id < 4; delete from r where id = 4',
  ],
  ['the same change of one row', 'update r set a = 9, c = 7 where id = 1', 'update r set a = 9, c = 7 where id < 3'],
  ['one row that both removed', 'delete from r where id = 1', 'delete from r where id < 3'],
  ['one row that both added', "insert into r values (7, 7, 'q', 7, 'q')", "insert into r values (7, 7, 'q', 7, 'q')"],
  [
    'a unique value that moved',
    "update r set b = 'neu' where id = 1",
    "update r set c = 9 where id = 1; update r set b = 'alt' where id = 2",
  ],
  ['long text', "insert into c values (10, 1, repeat('x', 9000))", "insert into c values (20, 1, repeat('y', 9000))"],
])('%s: as the merge', async (_, ours, theirs) => {
  const three = await sides(ours, theirs);
  const replayed = replayEdits(three.base, three.ours, three.theirs);
  const { root, conflicts, violations } = merged(three);
  expect([conflicts.size, violations.size]).toEqual([0, 0]);
  expect(replayed).toMatchObject({ address: root.address });
});

test.each([
  ['one cell', 'update p set n = 9 where id = 1', 'update p set n = 8 where id = 1'],
  ['a row that went', 'delete from p where id = 4', 'update p set n = 8 where id = 4'],
  ['a row that is new on both sides', "insert into p values (7, 'x', 7)", "insert into p values (7, 'y', 7)"],
  ['equal rows of a keyless table', 'insert into l values (1, 1)', 'delete from l where x = 1 limit 1'],
])('%s: a conflict, as the merge finds one', async (_, ours, theirs) => {
  const three = await sides(ours, theirs);
  expect(replayEdits(three.base, three.ours, three.theirs)).toBe('conflict');
  expect(merged(three).conflicts.size).toBe(1);
});

test.each([
  ['one row', 'update p set n = 9 where id = 1', "update p set name = 'uno' where id = 1"],
  ['cells that a check compares', 'update e set a = 8 where id = 1', 'update e set b = 5 where id = 1'],
  ['cells that another is computed of', 'update g set a = 8 where id = 1', 'update g set b = 5 where id = 1'],
  [
    'equal unique values, and cells of one row',
    "update r set b = 'neu' where id = 1",
    "update r set c = 9 where id = 1; update r set b = 'neu' where id = 2",
  ],
  ['equal unique values', "insert into p values (7, 'x', 7)", "insert into p values (8, 'x', 8)"],
  ['keys that compare equal', "insert into k values ('x', 1)", "insert into k values ('X', 1)"],
  ['a child whose parent went', 'delete from p where id = 4', "insert into c (p, t) values (4, 'x')"],
  ['a parent that got a child', "insert into c (p, t) values (4, 'x')", 'delete from p where id = 4'],
  ['another schema', 'alter table p add column z int', 'update p set n = 8 where id = 1'],
  ['a new foreign key', 'alter table l add foreign key (y) references p (id)', 'insert into l values (9, 9)'],
  ['a table that went', 'drop table k', "insert into k values ('x', 1)"],
  ['its own new column', 'update p set n = 8 where id = 1', 'alter table p add column z int'],
])('%s: not replayed', async (_, ours, theirs) => {
  const three = await sides(ours, theirs);
  expect(replayEdits(three.base, three.ours, three.theirs)).toBeUndefined();
});

const statement = fc.oneof(
  fc.tuple(fc.nat(40), fc.nat(9)).map(([id, n]) => `update p set n = ${n} where id = ${id}`),
  fc.tuple(fc.nat(40), fc.nat(60)).map(([id, n]) => `update ignore p set name = 'n${n}' where id = ${id}`),
  fc.tuple(fc.nat(40), fc.nat(60)).map(([id, n]) => `insert ignore into p values (${id}, 'n${n}', 0)`),
  fc.tuple(fc.nat(40), fc.nat(5)).map(([id, n]) => `delete from p where id between ${id} and ${id + n} and id > 3`),
  fc.tuple(fc.nat(5), fc.nat(5)).map(([x, y]) => `insert into l values (${x}, ${y})`),
  fc.nat(5).map((x) => `delete from l where x = ${x}`),
  fc.tuple(fc.nat(4), fc.nat(9)).map(([id, n]) => `update r set a = ${n} where id = ${id}`),
  fc.tuple(fc.nat(4), fc.nat(9)).map(([id, n]) => `update ignore r set b = 'n${n}' where id = ${id}`),
  fc.tuple(fc.nat(4), fc.nat(9)).map(([id, n]) => `update r set c = ${n} where id >= ${id}`),
  fc.tuple(fc.nat(4), fc.nat(9)).map(([id, n]) => `replace into r values (${id}, ${n}, null, 1, 't')`),
  fc.constant('delete from r where id = 2'),
  fc.constant('select count(*) from p'),
);
const script = fc.array(statement, { minLength: 1, maxLength: 6 }).map((all) => all.join(';'));

test('random statements: as the merge, or left to it', async () => {
  let replays = 0;
  let found = 0;
  await fc.assert(
    fc.asyncProperty(script, script, async (ours, theirs) => {
      const three = await sides(ours, theirs);
      const replayed = replayEdits(three.base, three.ours, three.theirs);
      if (replayed === undefined) return;
      const { root, conflicts, violations } = merged(three);
      if (replayed === 'conflict') {
        found++;
        expect(conflicts.size).toBeGreaterThan(0);
        return;
      }
      replays++;
      expect([conflicts.size, violations.size]).toEqual([0, 0]);
      expect(replayed.address).toBe(root.address);
    }),
    { numRuns: 150 },
  );
  expect(replays).toBeGreaterThan(10);
  expect(found).toBeGreaterThan(0);
});

/** Transactions of several statements: what they read of themselves, what they write before their COMMIT, and who wins. */
import { expect, test, vi } from 'vitest';
import { openEngine } from '../../../src/open.ts';
import { NodeStore } from '../../../src/prolly/node-store.ts';
import type { Session } from '../../../src/sql/engine-session.ts';
import { BranchActivity } from '../../../src/sql/session/branch-activity.ts';
import { HeldDisk } from '../../chunks/held-disk.ts';
import fc from '../../fast-check.ts';
import { memoryDatabase, memoryEnvironment } from '../memory-engine.ts';

interface ModelRow {
  readonly a: number;
  readonly b: number;
  readonly u: number | null;
}
type Rows = ReadonlyMap<number, ModelRow>;

const ROWS = 60;
const TABLE = 'create table t (id int primary key, a int, b int, u int unique, pad varchar(200), key ia (a))';
const pad = "repeat('x', 150)";

async function run(session: Session, sql: string): Promise<number> {
  let affected = 0;
  for await (const { result } of session.execute(sql)) if (result.kind === 'ok') affected = result.affectedRows;
  return affected;
}

const attempt = async (session: Session, sql: string): Promise<number | undefined> =>
  await run(session, sql).then(
    () => undefined,
    (error: { errno: number }) => error.errno,
  );

type Step =
  | { readonly kind: 'insert' | 'update a' | 'update b' | 'move'; readonly id: number; readonly n: number }
  | { readonly kind: 'update range' | 'delete'; readonly id: number; readonly n: number }
  | { readonly kind: 'savepoint' | 'rollback to' | 'commit' | 'rollback' | 'clash' };

// Often the same few rows.
const id = fc.oneof(fc.nat(6), fc.nat(ROWS + 10));
const n = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('insert', 'update a', 'update b', 'move'), id, n }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('update range', 'delete'), id, n }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('savepoint', 'rollback to', 'clash') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'commit', 'rollback') }) },
);
const schedule = fc.array(fc.record({ who: fc.nat(2), step }), { minLength: 20, maxLength: 40 });

const sqlOf = (given: Step): string => {
  switch (given.kind) {
    case 'insert':
      return `insert ignore into t values (${given.id}, ${given.n}, ${given.n}, null, ${pad})`;
    case 'update a':
      return `update t set a = a + ${given.n} where id = ${given.id}`;
    case 'update b':
      return `update t set b = b + ${given.n} where id = ${given.id}`;
    case 'move':
      return `update ignore t set u = ${given.n} where id = ${given.id}`;
    case 'update range':
      return `update t set a = a - 1 where id between ${given.id} and ${given.id + given.n}`;
    case 'delete':
      return `delete from t where id between ${given.id} and ${given.id + given.n}`;
    case 'savepoint':
      return 'savepoint s';
    case 'rollback to':
      return 'rollback to s';
    case 'clash':
      // Fails at its second row.
      return `insert into t values (1000, 0, 0, null, ''), (1000, 1, 1, null, '')`;
    default:
      return given.kind;
  }
};

/** What a statement makes of the rows that its transaction sees. */
function changed(rows: Rows, given: Step): Rows {
  const next = new Map(rows);
  const set = (key: number, change: (row: ModelRow) => ModelRow): void => {
    const row = next.get(key);
    if (row !== undefined) next.set(key, change(row));
  };
  if (given.kind === 'insert' && !next.has(given.id)) next.set(given.id, { a: given.n, b: given.n, u: null });
  if (given.kind === 'update a') set(given.id, (row) => ({ ...row, a: row.a + given.n }));
  if (given.kind === 'update b') set(given.id, (row) => ({ ...row, b: row.b + given.n }));
  if (given.kind === 'move' && ![...next.values()].some(({ u }) => u === given.n)) {
    set(given.id, (row) => ({ ...row, u: given.n }));
  }
  for (
    let key = (given as { id?: number }).id ?? 0;
    key <= ((given as { id?: number }).id ?? 0) + ((given as { n?: number }).n ?? 0);
    key++
  ) {
    if (given.kind === 'update range') set(key, (row) => ({ ...row, a: row.a - 1 }));
    if (given.kind === 'delete') next.delete(key);
  }
  return next;
}

const cells = ['a', 'b', 'u'] as const;
const same = (x: ModelRow | undefined, y: ModelRow | undefined): boolean =>
  x === y || (x !== undefined && y !== undefined && cells.every((cell) => x[cell] === y[cell]));

/** What is stored once a transaction that began with `start` commits `mine`; undefined is a conflict. */
function committed(start: Rows, stored: Rows, mine: Rows): Rows | undefined {
  const next = new Map(stored);
  for (const key of new Set([...start.keys(), ...mine.keys()])) {
    const [was, is, wanted] = [start.get(key), stored.get(key), mine.get(key)];
    if (same(was, wanted) || same(is, wanted)) continue;
    if (same(was, is)) {
      if (wanted === undefined) next.delete(key);
      else next.set(key, wanted);
      continue;
    }
    if (was === undefined || is === undefined || wanted === undefined) return undefined;
    const merged = { ...is };
    for (const cell of cells) {
      if (was[cell] === wanted[cell] || is[cell] === wanted[cell]) continue;
      if (was[cell] !== is[cell]) return undefined;
      Object.assign(merged, { [cell]: wanted[cell] });
    }
    next.set(key, merged);
  }
  const unique = [...next.values()].flatMap(({ u }) => (u === null ? [] : [u]));
  return new Set(unique).size === unique.length ? next : undefined;
}

/** The rows as several ways of reading show them. */
async function expectRead(session: Session, rows: Rows, from: number): Promise<void> {
  const sorted = [...rows].sort(([x], [y]) => x - y);
  const numbers = async (sql: string): Promise<number[]> =>
    (await session.query(sql)).rows.map((row) => Number(row[0]));
  const all = (await session.query('select id, a, b, u from t')).rows;
  expect(all).toEqual(sorted.map(([key, { a, b, u }]) => [key, a, b, u]));
  const part = sorted.filter(([key]) => key >= from && key < from + 20);
  expect(await numbers(`select id from t where id >= ${from} and id < ${from + 20} order by id desc`)).toEqual(
    part.map(([key]) => key).reverse(),
  );
  const few = sorted.filter(([, { a }]) => a >= 2 && a < 4).sort(([x, { a }], [y, { a: c }]) => a - c || x - y);
  expect(await numbers('select id from t where a >= 2 and a < 4 order by a, id')).toEqual(few.map(([key]) => key));
  expect(await numbers('select max(id) from t where u is not null')).toEqual([
    Math.max(...sorted.flatMap(([key, { u }]) => (u === null ? [] : [key])), 0),
  ]);
}

test.each([
  ['alone', false],
  ['sharing syncs, which take their time', true],
])(
  'random transactions side by side read what they wrote, and leave what one after the other would: %s',
  async (_, served) => {
    const seen = { commits: 0, conflicts: 0, waiting: 0 };
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const disk = new HeldDisk();
        disk.isHolding = false;
        const database = memoryDatabase('shop', [], { disk, served });
        const values = Array.from({ length: ROWS }, (_, i) => `(${i}, ${i % 5}, 0, null, ${pad})`);
        await database.run(`${TABLE}; insert into t values ${values.join()}`);
        let stored: Rows = new Map(Array.from({ length: ROWS }, (_, i) => [i, { a: i % 5, b: 0, u: null }]));
        const open = async (session: Session) => {
          await run(session, 'start transaction; select 1 from t limit 1');
          return { session, start: stored, rows: stored, saved: undefined as Rows | undefined };
        };
        const sides = [];
        for (let i = 0; i < 3; i++) sides.push(await open(database.session()));
        disk.isHolding = served;
        let ended = 0;
        const answers: Promise<number | undefined>[] = [];
        for (const { who, step: given } of [
          ...steps,
          ...sides.map((_, i) => ({ who: i, step: { kind: 'commit' } as Step })),
        ]) {
          const side: Awaited<ReturnType<typeof open>> = sides[who]!;
          const answer = attempt(side.session, sqlOf(given));
          const next = given.kind === 'commit' ? committed(side.start, stored, side.rows) : undefined;
          if (served && next !== undefined) {
            // It is answered when it is durable, and stands for others before.
            await settled();
            answers.push(answer);
            stored = next;
            seen.commits++;
            seen.waiting = Math.max(seen.waiting, answers.length - ended);
            sides[who] = await open(database.session());
            if (seen.commits % 3 === 0) disk.held[ended++]?.end();
            continue;
          }
          const errno = await answer;
          if (given.kind === 'clash') expect(errno).toBe(1062);
          else if (given.kind === 'savepoint') side.saved = side.rows;
          else if (given.kind === 'rollback to') {
            expect(errno).toBe(side.saved === undefined ? 1305 : undefined);
            side.rows = side.saved ?? side.rows;
          } else if (given.kind === 'commit') {
            expect(errno).toBe(next === undefined ? 1213 : undefined);
            stored = next ?? stored;
            seen[next === undefined ? 'conflicts' : 'commits']++;
            sides[who] = await open(side.session);
          } else if (given.kind === 'rollback') sides[who] = await open(side.session);
          else {
            expect(errno).toBeUndefined();
            side.rows = changed(side.rows, given);
          }
          await expectRead(sides[who]!.session, sides[who]!.rows, ((given as { id?: number }).id ?? 30) - 10);
        }
        disk.isHolding = false;
        for (const sync of disk.held) sync.end();
        expect(await Promise.all(answers)).toEqual(answers.map(() => undefined));
        const again = openEngine(memoryEnvironment(disk.crash(() => 0)), '/shop');
        await expectRead(again.engine.session({ database: 'shop' }), stored, 20);
        again.close();
      }),
      { numRuns: 20, endOnFailure: true },
    );
    expect(seen.commits).toBeGreaterThan(30);
    expect(seen.conflicts).toBeGreaterThan(5);
    if (served) expect(seen.waiting).toBeGreaterThan(2);
  },
  60_000,
);

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test('few changes of a transaction write nothing before its COMMIT, and then each tree once', async () => {
  const database = memoryDatabase();
  const values = Array.from({ length: 2000 }, (_, i) => `(${i}, ${i}, 0, null, ${pad})`);
  await database.run(`${TABLE}; insert into t values ${values.join()}`);
  const session = database.session();
  await run(session, 'start transaction; select 1 from t limit 1');
  const write = vi.spyOn(NodeStore.prototype, 'write');
  try {
    await run(session, 'update t set a = a + 1 where id = 7');
    await run(session, 'update t set b = 1 where id = 900');
    await run(session, 'delete from t where id = 1500');
    await run(session, `insert into t values (1500, 3, 3, 3, ${pad})`);
    expect((await session.query('select a from t where id = 1500')).rows).toEqual([[3]]);
    expect((await session.query('select id from t where a = 8 order by id')).rows).toEqual([[7], [8]]);
    expect(write).not.toHaveBeenCalled();
    await run(session, 'commit');
    expect(write.mock.calls.length).toBeLessThan(20);
  } finally {
    write.mockRestore();
  }
  expect(await database.scalar('select sum(a) from t where id in (7, 1500)')).toContain('11');
});

test('changes that take each other back leave the branch as it was', async () => {
  const database = memoryDatabase();
  await database.run(`${TABLE}; insert into t values (1, 1, 1, 1, ''); call dolt_commit('-Am', 'a table')`);
  const refs = () => database.opened.engine.state.databases.database('shop')!.repository.rebase().storeRoot;
  const before = refs();
  await database.run('start transaction; update t set a = 2; update t set a = 1; commit');
  await database.run("start transaction; insert into t values (2, 2, 2, 2, ''); delete from t where id = 2; commit");
  expect(refs()).toBe(before);
  // No change, so none on a second branch either.
  await database.run(`call dolt_branch('other');
    start transaction; update t set a = 2; update t set a = 1; update \`shop/other\`.t set a = 5; commit`);
  expect(await database.scalar('select a from `shop/other`.t')).toContain('5');
});

test('dolt_branch_activity says when branches were read and written', async () => {
  const { environment, opened } = memoryDatabase();
  const { engine, database } = opened;
  const client = () => engine.session({ database, connectionId: engine.state.nextConnection() });
  const one = client();
  await expect(one.query('select * from dolt_branch_activity')).rejects.toThrow(/is not enabled/);
  engine.state.branchActivity = new BranchActivity(environment.clock);
  const seconds = async (): Promise<unknown[][]> => {
    const since = 'timestampdiff(second, system_start_time';
    const { rows } = await one.query(
      `select branch, ${since}, last_read), ${since}, last_write), active_sessions from dolt_branch_activity`,
    );
    return rows;
  };
  const later = async (sql: string): Promise<void> => {
    environment.tick(1000);
    await one.query(sql);
  };
  await later("call dolt_branch('side'); call dolt_branch('gone'); call dolt_branch('-d', 'gone')");
  expect(await seconds()).toEqual([
    ['main', 1, null, 1],
    ['side', null, 1, 0],
  ]);
  await later('create table t (id int primary key)');
  await later("call dolt_commit('-Am', 'one'); select * from t as of 'HEAD'");
  const two = client();
  await two.query("call dolt_checkout('side')");
  await later('select 1');
  expect(await seconds()).toEqual([
    ['main', 4, 3, 1],
    ['side', 3, 1, 1],
  ]);
  await later("select * from t as of 'main'");
  await two.query('create table u (id int primary key)');
  await two.close();
  expect(await seconds()).toEqual([
    ['main', 5, 3, 1],
    ['side', 5, 5, 0],
  ]);
  await later('create table `shop/side`.v (id int primary key)');
  expect((await seconds())[1]).toEqual(['side', 5, 6, 0]);
});

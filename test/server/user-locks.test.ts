/** GET_LOCK and its kin, between clients. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { errnoOf, type Served, serve } from './served-accounts.ts';

type Client = Awaited<ReturnType<Served['client']>>;

let served: Served;
let ada: Client;
let bob: Client;

beforeEach(async () => {
  const environment = {
    ...memoryEnvironment(),
    ...realTime,
  };
  served = await serve({ environment });
  ada = await served.client({ database: 'shop' });
  bob = await served.client({ database: 'shop' });
});

afterEach(async () => {
  await served.stop();
});

async function row(client: Client, sql: string): Promise<unknown[]> {
  const [rows] = await client.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return rows[0]!;
}

const idOf = async (client: Client) => Number((await row(client, 'select connection_id()'))[0]);

/** What a statement gives, and whether it has ended. */
function started<T>(statement: Promise<T>): { ended: boolean; outcome: Promise<T | number | undefined> } {
  const state = {
    ended: false,
    outcome: statement.catch((error: { errno?: number }) => error.errno),
  };
  void state.outcome.then(() => {
    state.ended = true;
  });
  return state;
}

const LONG_ENOUGH_MS = 60;

describe('GET_LOCK waits', () => {
  test.each([
    ['a SELECT', "select get_lock('job', 30)", [[{ [`get_lock('job', 30)`]: 1 }]]],
    ['a prepared SELECT', 'select get_lock(?, ?) as won', [[{ won: 1 }]]],
    ['a DO', "do get_lock('job', 30)", undefined],
    ['a SET', "set @won = get_lock('job', 30)", undefined],
    ['a WHERE', "select 'it' as it from (select 1) x where get_lock('job', 30) = 1", [[{ it: 'it' }]]],
    ['an INSERT', "insert into t values (get_lock('job', -1))", undefined],
    ['an UPDATE', "update t set won = get_lock('job', 30)", undefined],
  ])('in %s', async (_, sql, rows) => {
    await ada.query('create table t (won int)');
    await ada.query('insert into t values (7)');
    await ada.query("do get_lock('job', 0)");
    const waiting = started<unknown>(sql.includes('?') ? bob.execute(sql, ['job', 30]) : bob.query(sql));
    await sleep(LONG_ENOUGH_MS);
    expect(waiting.ended).toBe(false);
    expect(await row(ada, "select is_used_lock('job'), is_free_lock('job')")).toEqual([await idOf(ada), 0]);
    expect(await row(ada, "select release_lock('job')")).toEqual([1]);
    const outcome = await waiting.outcome;
    if (rows !== undefined) expect((outcome as unknown[]).slice(0, 1)).toEqual(rows);
    expect(await row(ada, "select is_used_lock('job')")).toEqual([await idOf(bob)]);
  });

  test('as many seconds as told', async () => {
    await ada.query("do get_lock('job', 0)");
    const asked = performance.now();
    expect(await row(bob, "select get_lock('job', 1)")).toEqual([0]);
    expect(performance.now() - asked).toBeGreaterThan(990);
    expect(await row(bob, "select get_lock('job', 0), get_lock('job', null)")).toEqual([0, null]);
    await ada.query("do release_lock('job')");
    expect(await row(bob, "select get_lock('job', 0)")).toEqual([1]);
  });

  test('in turn, and those that left the queue get nothing', async () => {
    const eve = await served.client({ database: 'shop' });
    await ada.query("do get_lock('job', 0)");
    const second = started(row(bob, "select get_lock('job', 30)"));
    await sleep(LONG_ENOUGH_MS);
    const third = started(row(eve, "select get_lock('job', 30)"));
    await sleep(LONG_ENOUGH_MS);
    await ada.query(`kill query ${await waiterId()}`);
    expect(await second.outcome).toBe(1317);
    expect(third.ended).toBe(false);
    await ada.query("do release_lock('job')");
    expect(await third.outcome).toEqual([1]);
  });

  test('until the holder leaves', async () => {
    await ada.query("do get_lock('job', 0)");
    const waiting = started(row(bob, "select get_lock('job', -1)"));
    await sleep(LONG_ENOUGH_MS);
    ada.destroy();
    expect(await waiting.outcome).toEqual([1]);
  });

  test('until whoever waits leaves: the lock goes to nobody', async () => {
    await ada.query("do get_lock('job', 0)");
    started(row(bob, "select get_lock('job', -1)"));
    await sleep(LONG_ENOUGH_MS);
    bob.destroy();
    await sleep(LONG_ENOUGH_MS);
    await ada.query("do release_lock('job')");
    expect(await row(ada, "select is_free_lock('job')")).toEqual([1]);
  });

  test('until max_execution_time', async () => {
    await ada.query("do get_lock('job', 0)");
    await bob.query('set max_execution_time = 100');
    expect(await errnoOf(bob.query("select get_lock('job', 30)"))).toBe(3024);
    await ada.query("do release_lock('job')");
    expect(await row(ada, "select is_free_lock('job')")).toEqual([1]);
  });

  test('not for each other: the second of two gets 3058, and keeps what it has', async () => {
    await ada.query("do get_lock('a', 0)");
    await bob.query("do get_lock('b', 0)");
    const waiting = started(row(ada, "select get_lock('b', 30)"));
    await sleep(LONG_ENOUGH_MS);
    expect(await errnoOf(bob.query("select get_lock('a', 30)"))).toBe(3058);
    expect(waiting.ended).toBe(false);
    await bob.query('do release_all_locks()');
    expect(await waiting.outcome).toEqual([1]);
  });

  test.each([
    ['IF', "if(n = 1, get_lock('job', 30), 'no')"],
    ['the second branch of IF', "if(n = 2, 'no', get_lock('job', 30))"],
    ['CASE', "case when n = 2 then 'no' when n = 1 then get_lock('job', 30) end"],
    ['a condition of CASE', "case when n = 2 then 'no' when get_lock('job', 30) then 1 end"],
    ['CASE of a value', "case n when 2 then 'no' when 1 then get_lock('job', 30) end"],
    ['ELSE', "case n when 2 then 'no' else get_lock('job', 30) end"],
    ['COALESCE', "coalesce(nullif(n, 1), get_lock('job', 30))"],
    ['IFNULL', "ifnull(nullif(n, 1), get_lock('job', 30))"],
    ['AND', "n = 1 and get_lock('job', 30)"],
    ['AND after NULL', "(null and get_lock('job', 30)) is null"],
    ['OR', "n = 2 or get_lock('job', 30)"],
    ['a third term', "n = 1 and n < 2 and get_lock('job', 30)"],
    ['parts of parts', "if(n = 1, coalesce(null, n = 1 and get_lock('job', 30)), 0)"],
    ['a subquery', "if(n = 1, (select get_lock('job', 30)), 'no')"],
  ])('in %s, where it is evaluated', async (_, expression) => {
    await ada.query('create table t (n int)');
    await ada.query('insert into t values (1)');
    await ada.query("do get_lock('job', 0)");
    const waiting = started(row(bob, `select ${expression} from t`));
    await sleep(LONG_ENOUGH_MS);
    expect(waiting.ended).toBe(false);
    await ada.query("do release_lock('job')");
    expect(String(await waiting.outcome)).toBe('1');
    expect(await row(ada, "select is_used_lock('job')")).toEqual([await idOf(bob)]);
  });

  test.each([
    "if(n = 2, get_lock('job', 30), 1)",
    "if(n = 1, 1, get_lock('job', 30))",
    "case when n = 1 then 1 when get_lock('job', 30) then 2 end",
    "case n when 1 then 1 when 2 then get_lock('job', 30) else get_lock('job', 30) end",
    "coalesce(n, get_lock('job', 30))",
    "nvl(n, get_lock('job', 30))",
    "not (n = 2 and get_lock('job', 30))",
    "n = 1 or get_lock('job', 30)",
    "if(n = 2, (select get_lock('job', 30)), 1)",
    "if(n = 2, exists (select 1 from t where get_lock('job', 30)), 1)",
    "if(n = 1, 1, if(n = 1, get_lock('job', 30), 0))",
  ])('not in %s, which does not evaluate it', async (expression) => {
    await ada.query('create table t (n int)');
    await ada.query('insert into t values (1)');
    await ada.query("do get_lock('job', 0)");
    expect(String(await row(bob, `select ${expression} from t`))).toBe('1');
    await ada.query("do release_lock('job')");
    expect(await row(ada, "select is_free_lock('job')")).toEqual([1]);
  });

  test('row by row, and each part once', async () => {
    await ada.query('create table t (n int)');
    await ada.query('insert into t values (1), (2), (3)');
    await ada.query("do get_lock('2', 0)");
    const sql = "select n, if((@seen := @seen + 1) and n = 2, get_lock(n, 30), 'no') as won from t order by n";
    await bob.query('set @seen = 0');
    const waiting = started(bob.query<RowDataPacket[]>(sql));
    await sleep(LONG_ENOUGH_MS);
    expect(waiting.ended).toBe(false);
    await ada.query("do release_lock('2')");
    expect(await waiting.outcome).toMatchObject([
      [
        { n: 1, won: 'no' },
        { n: 2, won: '1' },
        { n: 3, won: 'no' },
      ],
      expect.anything(),
    ]);
    expect(String(await row(bob, 'select @seen'))).toBe('3');
  });

  test('in the order in which calls stand, those of a branch too', async () => {
    await ada.query("do get_lock('job', 0)");
    await bob.query("do get_lock('mine', 0)");
    const waiting = started(
      row(bob, "select get_lock('job', 30), if(1, is_free_lock('mine'), 0), release_lock('mine')"),
    );
    await sleep(LONG_ENOUGH_MS);
    expect(await row(ada, "select is_free_lock('mine')")).toEqual([0]);
    await ada.query("do release_lock('job')");
    expect(await waiting.outcome).toEqual([1, 0, 1]);
  });

  test('effects of a statement that waits in a branch happen once', async () => {
    await ada.query('create table t (id int auto_increment primary key, n int, won int)');
    await ada.query('insert into t (n) values (1), (2)');
    await ada.query("do get_lock('job', 0)");
    const waiting = started(bob.query("update t set n = n + 10, won = case when n = 1 then get_lock('job', 30) end"));
    await sleep(LONG_ENOUGH_MS);
    expect(waiting.ended).toBe(false);
    await ada.query("do release_lock('job')");
    await waiting.outcome;
    expect(await row(ada, 'select group_concat(n), group_concat(won) from t')).toEqual(['11,12', '1']);
  });

  test('in ON DUPLICATE KEY UPDATE', async () => {
    await ada.query('create table t (id int primary key, n int)');
    await ada.query('insert into t values (1, 7)');
    await ada.query("do get_lock('job', 0)");
    const sql = "insert into t values (1, 1) on duplicate key update n = 10 + get_lock('job', 30)";
    const waiting = started(bob.query(sql));
    await sleep(LONG_ENOUGH_MS);
    expect(waiting.ended).toBe(false);
    await ada.query("do release_lock('job')");
    await waiting.outcome;
    expect(await row(ada, 'select id, n from t')).toEqual([1, 11]);
  });

  test('and a garbage collection does not wait for it', async () => {
    await ada.query("do get_lock('job', 0)");
    const waiting = started(row(bob, "select get_lock('job', -1)"));
    await sleep(LONG_ENOUGH_MS);
    await ada.query('call dolt_gc()');
    expect(waiting.ended).toBe(false);
    await ada.query("do release_lock('job')");
    expect(await waiting.outcome).toEqual([1]);
  });
});

/** The connection that runs a statement about a lock: it cannot be asked for its number itself. */
async function waiterId(): Promise<number> {
  const [list] = await ada.query<RowDataPacket[]>('show processlist');
  return list.filter(({ Info }) => /^select get_lock/.test(Info)).map(({ Id }) => Number(Id))[0]!;
}

test('a session holds several locks, each as often as it took it', async () => {
  expect(await row(ada, "select get_lock('a', 5), get_lock('A', 5), get_lock('b', 5)")).toEqual([1, 1, 1]);
  expect(await row(bob, "select release_lock('a'), release_lock('never')")).toEqual([0, null]);
  expect(await row(ada, "select release_lock('a'), is_free_lock('a')")).toEqual([1, 0]);
  expect(await row(ada, "select release_lock('a'), is_free_lock('a')")).toEqual([1, 1]);
  expect(await row(ada, "select get_lock('a', 5), release_all_locks(), is_free_lock('b')")).toEqual([1, 2, 1]);
  expect(await row(ada, 'select release_all_locks()')).toEqual([0]);
});

test.each([
  ["get_lock('', 1)"],
  [`get_lock('${'x'.repeat(65)}', 1)`],
  ['get_lock(null, 1)'],
  ['release_lock(null)'],
  ["is_free_lock('')"],
  ["is_used_lock('')"],
])('%s names no lock: 3057', async (call) => {
  expect(await errnoOf(ada.query(`select ${call}`))).toBe(3057);
});

/** Several primaries, and people with the command line, on one remote: nobody's commit is overwritten or comes back. */
import { describe, expect, test } from 'vitest';
import { branch } from '../../src/verbs/branch.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { commit } from '../../src/verbs/commit.ts';
import { fetch } from '../../src/verbs/fetch.ts';
import { pull } from '../../src/verbs/pull.ts';
import { push } from '../../src/verbs/push.ts';
import { reset } from '../../src/verbs/reset.ts';
import { tag } from '../../src/verbs/tag.ts';
import { Transport, unreachableTransport } from './transport.ts';
import { type Server, seeded, turns, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const ASYNC = { ...PRIMARY, dolt_async_replication: '1' };

async function peers(settings: Readonly<Record<string, string>> = PRIMARY, setup = ''): Promise<World> {
  const world = new World();
  world.init('/a');
  await world.sql(
    '/a',
    `create table t (pk int primary key, c int, d int); insert into t values (1, 1, 1); ${setup};
     call dolt_commit('-Am', 'one')`,
  );
  await world.command('/a', push, '-u', 'origin', 'main');
  await world.clone('/b', settings);
  world.configure('/a', settings);
  return world;
}

const rows = 'select * from t order by pk';

describe('two primaries', () => {
  test('disjoint rows are merged cell by cell', async () => {
    const world = await peers();
    await world.sql(
      '/a',
      "insert into t values (2, 2, 2); update t set c = 10 where pk = 1; call dolt_commit('-am', 'of a')",
    );
    const b = await world.start('/b');
    await b.rows('insert into t values (3, 3, 3); update t set d = 30 where pk = 1');
    const [hash] = await b.rows("call dolt_commit('-am', 'of b')");
    expect(b.warnings.join()).toMatch(/main was merged with newer commits of 'origin'/);
    expect(await b.rows(rows)).toEqual([
      [1, 10, 30],
      [2, 2, 2],
      [3, 3, 3],
    ]);
    // The procedure answers the user's commit, which is the first parent of the merge.
    expect(await b.rows("select commit_hash from dolt_log where message = 'of b'")).toEqual([hash]);
    expect(await b.rows("select dolt_hashof('HEAD^1'), dolt_hashof('HEAD^2')")).toEqual([
      [hash?.[0], world.refs('/a')['refs/heads/main']],
    ]);
    expect(world.messages().sort()).toEqual([
      'Initialize data repository',
      "Merge remote 'origin'",
      'of a',
      'of b',
      'one',
    ]);
    expect(world.refs()).toEqual(world.refs('/b'));
    expect(await b.rows('select * from dolt_status')).toEqual([]);
    await b.stop();
    // And a goes on from there.
    await world.sql('/a', "insert into t values (4, 4, 4); call dolt_commit('-am', 'more of a')");
    expect(world.refs()).toEqual(world.refs('/a'));
    expect(await world.sql('/a', rows)).toHaveLength(4);
  });

  test('local changes that are not committed are carried along', async () => {
    const world = await peers(PRIMARY, 'create table u (pk int primary key)');
    await world.sql('/a', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of a')");
    const b = await world.start('/b');
    await b.rows(
      "insert into u values (1); insert into t values (3, 3, 3); call dolt_add('t'); call dolt_commit('-m', 'of b')",
    );
    expect(await b.rows(rows)).toHaveLength(3);
    expect(await b.rows('select table_name, staged, status from dolt_status')).toEqual([['u', 0, 'modified']]);
    expect(await b.rows('select * from u')).toEqual([[1]]);
    await b.stop();
  });

  test('conflicting rows: 1213, the tables named, all as before', async () => {
    const world = await peers();
    await world.sql('/a', "update t set c = 10 where pk = 1; call dolt_commit('-am', 'of a')");
    const b = await world.start('/b');
    await b.rows('update t set c = 20 where pk = 1');
    const before = world.refs('/b');
    const state = await b.rows('select @@b_head, @@b_staged, @@b_working');
    const error = await b.error("call dolt_commit('-am', 'of b')");
    expect(error).toMatchObject({ name: 'SqlError', errno: 1213, sqlState: '40001' });
    expect(error.message).toMatch(/conflicts in t:/);
    expect(world.refs('/b')).toEqual(before);
    expect(await b.rows('select @@b_head, @@b_staged, @@b_working')).toEqual(state);
    expect(world.messages()[0]).toBe('of a');
    // Resolved by hand, it goes through.
    await b.rows("update t set c = 1 where pk = 1; update t set d = 7; call dolt_commit('-am', 'of b')");
    expect(await b.rows(rows)).toEqual([[1, 10, 7]]);
    expect(world.refs()).toEqual(world.refs('/b'));
    await b.stop();
  });

  test('conflicting schemas: 1213', async () => {
    const world = await peers();
    await world.sql('/a', "alter table t add column e int; call dolt_commit('-am', 'of a')");
    const b = await world.start('/b');
    const error = await b.error("alter table t add column e varchar(10); call dolt_commit('-am', 'of b')");
    expect(error.message).toMatch(/\bt\b/);
    expect(world.messages('main', '/b')[0]).toBe('one');
    await b.stop();
  });

  test('a transaction that conflicts rolls back, the branch catches up, and the retry succeeds', async () => {
    const world = await peers({ ...PRIMARY, dolt_transaction_commit: '1' });
    const b = await world.start('/b');
    await world.sql('/a', 'update t set c = 10 where pk = 1');
    const error = await b.error('update t set c = c + 5 where pk = 1');
    expect(error).toMatchObject({ errno: 1213, sqlState: '40001' });
    expect(await b.rows(rows)).toEqual([[1, 10, 1]]);
    expect(world.refs()).toEqual(world.refs('/b'));
    await b.rows('update t set c = c + 5 where pk = 1');
    expect(await b.rows(rows)).toEqual([[1, 15, 1]]);
    expect(world.refs()).toEqual(world.refs('/b'));
    await b.stop();
  });

  test('the same auto-increment id: 1213, and the retry succeeds', async () => {
    const world = await peers(
      { ...PRIMARY, dolt_transaction_commit: '1' },
      'create table i (id int primary key auto_increment, s text)',
    );
    const b = await world.start('/b');
    await world.sql('/a', "insert into i (s) values ('a1'), ('a2'), ('a3')");
    expect(await b.error("insert into i (s) values ('b1')")).toMatchObject({ errno: 1213 });
    await b.rows("insert into i (s) values ('b1')");
    const all = await b.rows('select s from i order by id');
    expect(all).toEqual([['a1'], ['a2'], ['a3'], ['b1']]);
    expect(world.refs()).toEqual(world.refs('/b'));
    await b.stop();
  });

  test('a merge that would break a foreign key: named, and nothing moves', async () => {
    const world = await peers(
      PRIMARY,
      'create table parent (id int primary key); insert into parent values (1); create table child (id int primary key, p int, foreign key (p) references parent (id))',
    );
    await world.sql('/a', "delete from parent; call dolt_commit('-am', 'of a')");
    const b = await world.start('/b');
    await b.rows('insert into child values (1, 1)');
    const [local, remote] = [world.refs('/b'), world.refs()];
    const state = await b.rows('select @@b_head, @@b_staged, @@b_working');
    const error = await b.error("call dolt_commit('-am', 'of b')");
    expect(error).toMatchObject({ errno: 1213 });
    expect(error.message).toMatch(/child/);
    expect([world.refs('/b'), world.refs()]).toEqual([local, remote]);
    expect(await b.rows('select @@b_head, @@b_staged, @@b_working')).toEqual(state);
    await b.stop();
  });

  test('the same, in a transaction', async () => {
    const world = await peers(
      { ...PRIMARY, dolt_transaction_commit: '1' },
      'create table parent (id int primary key); insert into parent values (1); create table child (id int primary key, p int, foreign key (p) references parent (id))',
    );
    const b = await world.start('/b');
    await world.sql('/a', 'delete from parent');
    const local = world.refs('/b');
    expect((await b.error('insert into child values (1, 1)')).message).toMatch(/child/);
    expect(world.refs('/b')).toEqual(local);
    expect(await b.rows('select * from child')).toEqual([]);
    await b.stop();
  });

  test('merges compute defaults, generated columns and checks', async () => {
    const world = await peers(
      PRIMARY,
      'create table g (pk int primary key, v int, w int as (v * 2) stored, check (v < 100))',
    );
    await world.sql('/a', "insert into g (pk, v) values (1, 10); call dolt_commit('-am', 'of a')");
    await world.sql(
      '/b',
      "alter table g add column x int default 5; insert into g (pk, v) values (2, 20); call dolt_commit('-Am', 'of b')",
    );
    expect(await world.sql('/b', 'select pk, v, w, x from g order by pk')).toEqual([
      [1, 10, 20, 5],
      [2, 20, 40, 5],
    ]);
  });

  test('a race for the swap is decided again on what is there then', async () => {
    const world = await peers();
    const transport = new Transport();
    transport.before = async (call, nth) => {
      if (call !== 'swap' || nth > 2) return;
      await world.sql('/a', `insert into t values (${100 + nth}, 0, 0); call dolt_commit('-am', 'of a ${nth}')`);
    };
    const b = await world.start('/b', { transport });
    await b.rows("insert into t values (2, 2, 2); call dolt_commit('-am', 'of b')");
    expect(transport.count('swap')).toBe(4);
    expect((await b.rows('select pk from t order by pk')).flat()).toEqual([1, 2, 100, 101, 102]);
    expect(world.refs()).toEqual(world.refs('/b'));
    // One merge stands: those that lost their race were never published.
    expect(world.messages().filter((message) => message.startsWith('Merge'))).toHaveLength(1);
    await b.stop();
  });

  test('what was merged and is taken back before the swap does not come back with the merge', async () => {
    const world = await peers();
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'taken back')");
    const transport = new Transport();
    transport.before = async (call, nth) => {
      if (call === 'swap' && nth === 0) await world.sql('/b', "call dolt_reset('--hard', 'HEAD~1')");
    };
    const a = await world.start('/a', { transport });
    await a.rows("insert into t values (3, 3, 3); call dolt_commit('-am', 'of a')");
    expect(transport.count('swap')).toBe(2);
    expect(world.messages()).toEqual(['of a', 'one', 'Initialize data repository']);
    expect(world.refs()).toEqual(world.refs('/a'));
    expect(await a.rows('select pk from t order by pk')).toEqual([[1], [3]]);
    await a.stop();
  });

  test('a commit that is made while the one before is merged in the background', async () => {
    const world = await peers();
    world.configure('/a', { ...PRIMARY, dolt_async_replication: '1' });
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of b')");
    const transport = new Transport();
    const a = await world.start('/a', { transport });
    transport.before = async (call, nth) => {
      if (call !== 'swap' || nth > 0) return;
      await a.rows("insert into t values (4, 4, 4); call dolt_commit('-am', 'meanwhile')", a.session());
    };
    await a.rows("insert into t values (3, 3, 3); call dolt_commit('-am', 'of a')");
    expect(await a.stop()).toEqual([]);
    expect(world.messages()).toEqual(expect.arrayContaining(['of a', 'of b', 'meanwhile']));
    expect(world.refs()).toEqual(world.refs('/a'));
  });

  test('a branch that both create is refused to the second', async () => {
    const world = await peers();
    await world.sql('/a', "call dolt_checkout('-b', 'f'); call dolt_commit('--allow-empty', '-m', 'of a')");
    const b = await world.start('/b');
    expect((await b.error("call dolt_branch('f')")).message).toMatch(/refs\/heads\/f stands on .*: moved by another/);
    expect(world.refs('/b')['refs/heads/f']).toBeUndefined();
    // Fetched and checked out it is followed.
    await b.rows("call dolt_fetch('origin')");
    await world.sql('/a', "call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'more of a')");
    await b.rows("call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'of b')");
    expect(world.messages('f')).toEqual(expect.arrayContaining(['of a', 'more of a', 'of b']));
    await b.stop();
  });
});

describe('what was taken back stays away', () => {
  test('a peer resets and forces; ours is refused', async () => {
    const world = await peers();
    await world.sql('/a', "call dolt_commit('--allow-empty', '-m', 'discarded')");
    await world.clone('/peer');
    await world.command('/peer', reset, '--hard', 'HEAD~1');
    await world.command('/peer', push, '--force', 'origin', 'main');
    const a = await world.start('/a');
    const before = world.refs('/a');
    const error = await a.error("call dolt_commit('--allow-empty', '-m', 'next')");
    expect(error.message).toMatch(/refused: refs\/heads\/main stands on .*moved by another/);
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    expect(world.refs('/a')).toEqual(before);
    // A fetch, or a look, does not change that; throwing one's own away does.
    await a.rows("call dolt_fetch('origin')");
    await a.error("call dolt_commit('--allow-empty', '-m', 'next')");
    await a.rows("call dolt_reset('--hard', 'origin/main'); call dolt_commit('--allow-empty', '-m', 'next')");
    expect(world.messages()).toEqual(['next', 'one', 'Initialize data repository']);
    await a.stop();
  });

  test('the same with other commits on top', async () => {
    const world = await peers();
    await world.sql('/a', "call dolt_commit('--allow-empty', '-m', 'discarded')");
    await world.clone('/peer');
    await world.command('/peer', reset, '--hard', 'HEAD~1');
    await world.command('/peer', commit, '--allow-empty', '-m', 'instead');
    await world.command('/peer', push, '--force', 'origin', 'main');
    const a = await world.start('/a');
    await a.error("call dolt_commit('--allow-empty', '-m', 'next')");
    expect(world.messages()).toEqual(['instead', 'one', 'Initialize data repository']);
    // Merged by hand, both are wanted.
    await a.rows("call dolt_pull('origin', 'main')");
    expect(world.messages()).toEqual(expect.arrayContaining(['instead', 'discarded']));
    expect(world.refs()).toEqual(world.refs('/a'));
    await a.rows("call dolt_commit('--allow-empty', '-m', 'next')");
    expect(world.refs()).toEqual(world.refs('/a'));
    await a.stop();
  });

  test('what the command line took back, and a peer built on: ours is refused until it is fetched and decided', async () => {
    const world = await peers();
    await world.sql('/a', `call dolt_branch('f'); call dolt_commit('--allow-empty', '-m', 'taken back')`);
    await world.sql('/a', `call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'taken back')`);
    await world.clone('/peer');
    for (const name of ['f', 'main']) {
      await world.command('/peer', checkout, name);
      await world.command('/peer', commit, '--allow-empty', '-m', 'of the peer');
      await world.command('/peer', push, 'origin', name);
    }
    const before = world.refs();
    await world.command('/a', reset, '--hard', 'HEAD~1');
    await world.command('/a', branch, '-D', 'f');
    const a = await world.start('/a');
    for (const change of ["call dolt_commit('--allow-empty', '-m', 'next')", "call dolt_branch('f', 'main')"]) {
      expect((await a.error(change)).message).toMatch(/refused: refs\/heads\/.* stands on .*: moved by another/);
      expect(world.refs()).toEqual(before);
    }
    await a.rows("call dolt_pull('origin', 'main'); call dolt_commit('--allow-empty', '-m', 'next')");
    expect(world.messages()).toEqual(expect.arrayContaining(['taken back', 'of the peer', 'next']));
    await a.rows("call dolt_fetch('origin'); call dolt_branch('f', 'origin/f')");
    expect(world.refs()).toEqual(world.refs('/a'));
    await a.stop();
  });

  test.each([
    ['its branch went on', "call dolt_reset('--hard', 'HEAD~1'); call dolt_commit('--allow-empty', '-m', 'instead')"],
    ['its branch stands where it stood', "call dolt_reset('--hard', 'HEAD~1')"],
  ])('what is pulled, and taken back before it is pushed, does not come back: %s', async (_, takeBack) => {
    const world = await peers();
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'taken back')");
    const transport = new Transport();
    const a = await world.start('/a', { transport });
    const before = world.refs('/a');
    transport.before = async (call, nth) => {
      if (call === 'root' && nth === 0) await world.sql('/b', takeBack);
    };
    expect((await a.error("call dolt_pull('origin', 'main')")).message).toMatch(/moved by another/);
    expect(world.messages()).not.toContain('taken back');
    expect(world.refs('/a')).toEqual(before);
    await a.rows("call dolt_pull('origin', 'main'); call dolt_commit('--allow-empty', '-m', 'next')");
    expect(world.messages()).not.toContain('taken back');
    expect(world.refs('/a')).toEqual(world.refs());
    await a.stop();
  });

  test.each([
    ['a reset to it', PRIMARY, "call dolt_reset('--hard', 'origin/main')"],
    ['a merge', PRIMARY, "call dolt_merge('origin/main')"],
    ['a reset to it, asynchronously', ASYNC, "call dolt_reset('--hard', 'origin/main')"],
    ['a merge, asynchronously', ASYNC, "call dolt_merge('origin/main')"],
  ])(
    'what is fetched, taken back there, and then taken in here, does not come back: %s',
    async (_, settings, takeIn) => {
      const world = await peers(settings);
      await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'taken back')");
      const a = await world.start('/a');
      await a.rows("call dolt_fetch('origin')");
      await world.sql('/b', "call dolt_commit('--amend', '-m', 'instead')");
      if (settings === ASYNC) await a.rows(takeIn);
      else expect((await a.error(takeIn)).message).toMatch(/moved by another/);
      expect((await a.stop()).join()).toMatch(settings === ASYNC ? /moved by another/ : /^$/);
      expect(world.messages()).toEqual(['instead', 'one', 'Initialize data repository']);
      const again = "call dolt_fetch('origin'); call dolt_reset('--hard', 'origin/main')";
      await world.sql('/a', `${again}; call dolt_commit('--allow-empty', '-m', 'next')`);
      expect(world.messages()).toEqual(['next', 'instead', 'one', 'Initialize data repository']);
    },
  );

  test.each([
    ['synchronous', PRIMARY],
    ['asynchronous', ASYNC],
  ])('%s: what another branch has pulled is not missing from the one of its name', async (_, settings) => {
    const world = await peers();
    world.configure('/a', settings);
    await world.sql('/a', "call dolt_branch('f')");
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of b')");
    const there = world.refs()['refs/heads/main'];
    await world.command('/a', checkout, 'f');
    await world.command('/a', pull, 'origin', 'main');
    await world.command('/a', checkout, 'main');
    await world.sql('/a', "call dolt_checkout('f'); call dolt_pull('origin', 'main'); call dolt_tag('v1')");
    expect(world.refs()['refs/heads/main']).toBe(there);
    await world.sql('/a', "call dolt_commit('--amend', '--allow-empty', '-m', 'amended')").catch(() => {});
    expect(world.refs()['refs/heads/main']).toBe(there);
  });

  test.each([
    ['synchronous', PRIMARY],
    ['asynchronous', ASYNC],
  ])(
    '%s: what was pushed to a branch of another name is not missing from the one of that name',
    async (_, settings) => {
      const world = await peers();
      await world.sql('/a', "call dolt_branch('f'); call dolt_commit('--allow-empty', '-m', 'of main')");
      world.configure('/a', settings);
      await world.sql('/a', "call dolt_push('origin', 'main:f'); call dolt_tag('v1')");
      const { 'refs/heads/f': f, 'refs/heads/main': main } = world.refs();
      expect(f).toBe(main);
      // Its commits go on from what it has.
      await world.sql('/a', "call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'of f')");
      expect(world.messages('f')).toEqual(expect.arrayContaining(['of main', 'of f']));
    },
  );

  test('fetch, then amend over a commit that was not seen: refused', async () => {
    const world = await peers();
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of b')");
    const a = await world.start('/a');
    await a.rows("call dolt_fetch('origin')");
    const error = await a.error("call dolt_commit('--amend', '--allow-empty', '-m', 'amended')");
    expect(error.message).toMatch(/moved by another/);
    expect(world.messages()[0]).toBe('of b');
    expect(world.messages('main', '/a')[0]).toBe('one');
    await a.stop();
  });

  test('the same in a clone of the original, which knows no bases', async () => {
    const world = await peers();
    world.disk.removeTree('', '/a');
    await world.clone('/a', PRIMARY);
    world.forgetBases('/a');
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of b')");
    const a = await world.start('/a');
    await a.rows("call dolt_fetch('origin')");
    expect((await a.error("call dolt_commit('--amend', '-m', 'amended')")).message).toMatch(/moved by another/);
    await a.rows("insert into t values (3, 3, 3); call dolt_commit('-am', 'of a')");
    expect(world.messages()).toEqual(expect.arrayContaining(['of a', 'of b']));
    await a.stop();
  });

  test('a peer amends what we build on', async () => {
    const world = await peers();
    await world.clone('/peer');
    await world.command('/peer', commit, '--amend', '-m', 'one, amended');
    await world.command('/peer', push, '--force', 'origin', 'main');
    const a = await world.start('/a');
    await a.error("insert into t values (2, 2, 2); call dolt_commit('-am', 'two')");
    await a.error("call dolt_commit('--amend', '-m', 'mine, amended')");
    expect(world.messages()).toEqual(['one, amended', 'Initialize data repository']);
    await a.stop();
  });

  test('a peer deletes the branch', async () => {
    const world = await peers();
    await world.sql('/a', "call dolt_branch('f')");
    await world.clone('/peer');
    await world.command('/peer', push, 'origin', ':f');
    const a = await world.start('/a');
    const error = await a.error("call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'more')");
    expect(error.message).toMatch(/refs\/heads\/f was deleted: moved by another/);
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
    await a.stop();
  });
});

describe('what was deleted stays away', () => {
  test('a tag that was fetched', async () => {
    const world = await peers();
    await world.sql('/b', "call dolt_tag('v1')");
    const a = await world.start('/a');
    await a.rows("call dolt_fetch('origin')");
    expect(world.refs('/a')['refs/tags/v1']).toBeDefined();
    await world.sql('/b', "call dolt_tag('-d', 'v1')");
    await a.rows("call dolt_commit('--allow-empty', '-m', 'next')");
    expect(a.warnings).toEqual([]);
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
    // Deleted here as well, there is nothing to say any more.
    await a.rows("call dolt_tag('-d', 'v1')");
    expect(a.warnings).toEqual([]);
    await a.stop();
  });

  test('a tag that came with a pull', async () => {
    const world = await peers();
    world.configure('/a', { ...PRIMARY, dolt_async_replication: '1' });
    await world.sql('/b', "insert into t values (2, 2, 2); call dolt_commit('-am', 'of b'); call dolt_tag('v1')");
    // Its transaction begins before the fetch, and nothing is pushed after it.
    const transport = unreachableTransport();
    await world.sql('/a', "begin; select * from t; call dolt_pull('origin', 'main'); commit", { transport });
    expect(Object.keys(world.refs('/a'))).toContain('refs/tags/v1');
    await world.sql('/b', "call dolt_tag('-d', 'v1')");
    await world.sql('/a', "call dolt_commit('--allow-empty', '-m', 'of a')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
    expect(world.messages()[0]).toBe('of a');
  });

  test('a branch whose checkout was interrupted', async () => {
    const world = await peers();
    await world.sql('/b', "call dolt_branch('f')");
    await world.sql('/a', "call dolt_fetch('origin')");
    const transport = new Transport();
    transport.fate = (_call, nth) => (nth >= 0 ? 'black hole' : undefined);
    const a = await world.start('/a', { transport });
    a.rows("call dolt_checkout('f')").catch(() => {});
    while (transport.calls.length === 0) await turns(1);
    a.kill();
    await world.sql('/b', "call dolt_branch('-D', 'f')");
    const again = await world.start('/a');
    expect(again.recovered.join()).toMatch(/refs\/heads\/f that was interrupted was dropped: .*was deleted/);
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
    await again.stop();
  });
});

test('a branch that was checked out and amended while another deleted it is not made again', async () => {
  const world = await peers({ ...PRIMARY, dolt_async_replication: '1' });
  await world.sql('/b', "call dolt_checkout('-b', 'f'); call dolt_commit('--allow-empty', '-m', 'on f')");
  await world.sql('/a', "call dolt_fetch('origin')");
  await world.sql('/b', "call dolt_branch('-D', 'f')");
  const a = await world.start('/a');
  await a.rows("call dolt_checkout('f'); call dolt_commit('--amend', '-m', 'amended')");
  expect((await a.stop()).join()).toMatch(/refs\/heads\/f was deleted: moved by another/);
  expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
});

test('an interrupted commit that landed, and another made meanwhile on the command line, are merged', async () => {
  const world = await peers();
  const transport = new Transport();
  transport.fate = (call) => (call === 'swap' ? 'silence' : undefined);
  const a = await world.start('/a', { transport });
  a.rows("insert into t values (2, 2, 2); call dolt_commit('-am', 'landed')").catch(() => {});
  while (transport.count('swap') === 0) await turns(1);
  a.kill();
  expect(world.messages()[0]).toBe('landed');
  await world.command('/a', commit, '--allow-empty', '-m', 'by hand');
  const again = await world.start('/a');
  await again.rows("call dolt_commit('--allow-empty', '-Am', 'next')");
  expect(world.messages()).toEqual(expect.arrayContaining(['landed', 'by hand', 'next']));
  expect(world.refs()).toEqual(world.refs('/a'));
  await again.stop();
});

test('a tag whose push was interrupted, and that was made anew meanwhile, does not stand in the way', async () => {
  const world = await peers();
  const transport = new Transport();
  transport.fate = (call) => (call === 'swap' ? 'silence' : undefined);
  const a = await world.start('/a', { transport });
  a.rows("call dolt_tag('v1')").catch(() => {});
  while (transport.count('swap') === 0) await turns(1);
  a.kill();
  world.tick();
  await world.command('/a', tag, 'v1', '-m', 'by hand');
  const again = await world.start('/a');
  expect(again.recovered).toEqual([]);
  await again.rows("call dolt_commit('--allow-empty', '-m', 'next')");
  expect(again.warnings.join()).toMatch(/refs\/tags\/v1 was not replicated: .*moved by another/);
  expect(world.messages()[0]).toBe('next');
  await again.stop();
});

test('after a reset on the command line to what the remote was reset to, commits replicate again', async () => {
  const world = await peers();
  await world.sql('/a', "insert into t values (2, 2, 2); call dolt_commit('-am', 'discarded')");
  await world.clone('/peer');
  await world.command('/peer', reset, '--hard', 'HEAD~1');
  await world.command('/peer', push, '--force', 'origin', 'main');
  await world.command('/a', fetch, 'origin');
  await world.command('/a', reset, '--hard', 'origin/main');
  await world.sql('/a', "call dolt_commit('--allow-empty', '-m', 'next')");
  expect(world.messages()).toEqual(['next', 'one', 'Initialize data repository']);
});

describe('a random life of three primaries', () => {
  // Each writes rows of its own, resets and amends now and then, and loses answers; what was acknowledged and not taken
  // back by whom it belongs to stays.
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    test(`seed ${seed}`, async () => {
      const random = seeded(seed);
      const world = await peers();
      await world.clone('/c', PRIMARY);
      const servers: Server[] = [];
      for (const folder of ['/a', '/b', '/c']) {
        const transport = new Transport();
        transport.fate = (call) => {
          if (call !== 'swap' || random() > 0.3) return undefined;
          return random() < 0.5 ? 'answer lost' : 'request lost';
        };
        servers.push(await world.start(folder, { transport }));
      }
      const kept = new Set<number>();
      for (let i = 0; i < 30; i++) {
        const server = servers[Math.floor(random() * 3)]!;
        const pk = 100 + i;
        const insert = `insert into t values (${pk}, ${i}, ${i}); call dolt_commit('-Am', 'c${pk}')`;
        if (random() < 0.2) await fetchAll(server);
        await server.rows(insert);
        kept.add(pk);
      }
      for (const server of servers) await server.rows("call dolt_commit('--allow-empty', '-m', 'last'); ");
      const found = new Set((await servers[2]!.rows('select pk from t where pk >= 100')).map(([pk]) => Number(pk)));
      expect([...found].sort(), `seed ${seed}`).toEqual([...kept].sort());
      const messages = world.messages().filter((message) => /^c\d+$/.test(message));
      expect(messages.length, `seed ${seed}: each once`).toBe(new Set(messages).size);
      expect(messages.length).toBe(kept.size);
      for (const server of servers) await server.stop();
    });
  }
});

const fetchAll = (server: Server) => server.rows("call dolt_fetch('origin')");

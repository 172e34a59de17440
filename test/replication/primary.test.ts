/** A primary alone: what replicates, and what each outcome leaves behind. */
import { describe, expect, test } from 'vitest';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { branch } from '../../src/verbs/branch.ts';
import { commit } from '../../src/verbs/commit.ts';
import { push } from '../../src/verbs/push.ts';
import { remote } from '../../src/verbs/remote.ts';
import { reset } from '../../src/verbs/reset.ts';
import { tag } from '../../src/verbs/tag.ts';
import { Transport, unreachableTransport } from './transport.ts';
import { settled, turns, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const SKIP = { ...PRIMARY, dolt_skip_replication_errors: '1' };
const ASYNC = { ...PRIMARY, dolt_async_replication: '1' };

async function primary(settings: Readonly<Record<string, string>> = PRIMARY): Promise<World> {
  const world = new World();
  world.init('/p');
  await world.sql('/p', 'create table t (pk int primary key, c int)');
  world.configure('/p', settings);
  return world;
}

const main = (world: World, folder?: string) => world.refs(folder)['refs/heads/main'];

describe('what replicates', () => {
  test('a commit, with what was there before', async () => {
    const world = await primary();
    await world.sql('/p', "insert into t values (1, 1); call dolt_commit('-Am', 'one')");
    expect(main(world)).toBe(main(world, '/p'));
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    expect(world.tables()).toEqual(['t']);
  });

  test('an insert alone does not', async () => {
    const world = await primary();
    const server = await world.start('/p');
    await server.rows('insert into t values (1, 1)');
    expect(server.transport.calls).toEqual([]);
    await server.stop();
  });

  test('branches: new, copied, renamed, deleted, moved', async () => {
    const world = await primary();
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'one'); call dolt_branch('a'); call dolt_checkout('-b', 'b')");
    await server.rows("insert into t values (2, 2); call dolt_commit('-am', 'on b')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/a', 'refs/heads/b', 'refs/heads/main']);
    await server.rows("call dolt_branch('-c', 'b', 'copy'); call dolt_branch('-m', 'a', 'renamed')");
    await server.rows("call dolt_branch('-f', 'renamed', 'b'); call dolt_branch('-D', 'copy')");
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(Object.keys(world.refs())).toEqual(['refs/heads/b', 'refs/heads/main', 'refs/heads/renamed']);
    expect(world.messages('renamed')[0]).toBe('on b');
    await server.stop();
  });

  test('tags: new and deleted', async () => {
    const world = await primary();
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'one'); call dolt_tag('v1'); call dolt_tag('v2', 'HEAD', '-m', 'two')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main', 'refs/tags/v1', 'refs/tags/v2']);
    await server.rows("call dolt_tag('-d', 'v1')");
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(world.refs()['refs/tags/v1']).toBeUndefined();
    await server.stop();
  });

  test('reset and amend', async () => {
    const world = await primary();
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'one'); call dolt_commit('--allow-empty', '-m', 'two')");
    await server.rows("call dolt_reset('--hard', 'HEAD~1')");
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    await server.rows(
      "insert into t values (7, 7); call dolt_add('t'); call dolt_commit('--amend', '-m', 'one, amended')",
    );
    expect(world.messages()).toEqual(['one, amended', 'Initialize data repository']);
    expect(world.refs()).toEqual(world.refs('/p'));
    await server.stop();
  });

  test('merges', async () => {
    const world = await primary();
    await world.sql(
      '/p',
      `call dolt_commit('-Am', 'one'); call dolt_checkout('-b', 'b'); insert into t values (2, 2);
       call dolt_commit('-am', 'on b'); call dolt_checkout('main'); call dolt_merge('b')`,
    );
    expect(world.messages()[0]).toBe('on b');
    expect(world.refs()).toEqual(world.refs('/p'));
  });

  test('every transaction, where that is asked for', async () => {
    const world = await primary({ ...PRIMARY, dolt_transaction_commit: '1' });
    const server = await world.start('/p');
    await server.rows('insert into t values (1, 1)');
    expect(world.messages()).toEqual(['Transaction commit', 'Initialize data repository']);
    await server.rows('begin; insert into t values (2, 2); insert into t values (3, 3)');
    expect(world.messages()).toHaveLength(2);
    await server.rows('commit');
    expect(world.messages()).toHaveLength(3);
    expect(main(world)).toBe(main(world, '/p'));
    await server.stop();
  });

  test('the command line does not, and its changes go along with the next that does', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const before = world.refs();
    await world.command('/p', commit, '--allow-empty', '-m', 'by hand');
    await world.command('/p', branch, 'other');
    await world.command('/p', tag, 'v1');
    expect(world.refs()).toEqual(before);
    await world.sql('/p', "call dolt_branch('third')");
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(Object.keys(world.refs())).toHaveLength(4);
    await world.command('/p', branch, '-D', 'other');
    await world.command('/p', tag, '-d', 'v1');
    await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'more')");
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main', 'refs/heads/third']);
  });

  for (const [how, settings] of [
    ['synchronous', PRIMARY],
    ['asynchronous', ASYNC],
    ['errors skipped', SKIP],
  ] as const) {
    test(`what the command line took back goes with the next change of the same branch, ${how}`, async () => {
      const world = await primary(settings);
      const two = "call dolt_commit('--allow-empty', '-m', 'two')";
      await world.sql(
        '/p',
        `call dolt_commit('-Am', 'one'); call dolt_branch('f'); ${two}; call dolt_checkout('f'); ${two}`,
      );
      await world.command('/p', reset, '--hard', 'HEAD~1');
      await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'three')");
      expect(world.messages()).toEqual(['three', 'one', 'Initialize data repository']);
      for (const start of ['main~1', 'main']) {
        await world.command('/p', branch, '-D', 'f');
        await world.sql('/p', `call dolt_branch('f', '${start}')`);
        expect(world.refs()).toEqual(world.refs('/p'));
        expect(world.messages('f')).not.toContain('two');
      }
    });
  }

  test('a push by hand leaves nothing to do', async () => {
    const world = await primary();
    await world.command('/p', commit, '--allow-empty', '-m', 'by hand');
    await world.command('/p', push, '-u', 'origin', 'main');
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    expect(main(world)).toBe(main(world, '/p'));
  });

  test('to a remote whose folder changed, as if nothing were known of it', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one'); call dolt_branch('b')");
    await world.command('/p', remote, 'remove', 'origin');
    await world.command('/p', remote, 'add', 'origin', 'file:///elsewhere');
    await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'two')");
    expect(world.refs('/elsewhere')).toEqual(world.refs('/p'));
    expect(world.messages()[0]).toBe('one');
  });

  test('branches below unreplicated/ stay here', async () => {
    const world = await primary();
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'one')");
    const { length } = server.transport.calls;
    await server.rows("call dolt_branch('unreplicated/x')");
    expect(server.transport.calls).toHaveLength(length);
    await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
    await server.stop();
  });

  test('SET GLOBAL starts and ends it', async () => {
    const world = await primary({});
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'one')");
    expect(server.transport.calls).toEqual([]);
    await server.rows("set global dolt_replicate_to_remote = 'origin'; call dolt_branch('b')");
    expect(world.refs()).toEqual(world.refs('/p'));
    await server.rows("set global dolt_replicate_to_remote = ''; call dolt_branch('c')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/b', 'refs/heads/main']);
    await server.stop();
  });
});

describe('a remote that is not configured', () => {
  const BROKEN = { dolt_replicate_to_remote: 'broken' };
  const text = "failure loading hook; remote not found: 'broken'";

  test('fails the action, and the head does not move', async () => {
    const world = await primary(BROKEN);
    const before = world.refs('/p');
    const server = await world.start('/p');
    for (const action of [
      "call dolt_commit('-Am', 'x')",
      "call dolt_branch('b')",
      "call dolt_tag('v')",
      "call dolt_checkout('-b', 'c')",
    ]) {
      expect((await server.error(action)).message).toBe(text);
    }
    expect(world.refs('/p')).toEqual(before);
    expect(await server.rows('select count(*) from dolt_status where staged')).toEqual([[0]]);
    expect(await server.rows('insert into t values (1, 1); select * from t')).toEqual([[1, 1]]);
    await server.stop();
  });

  test('is a warning where errors are skipped', async () => {
    const world = await primary({ ...BROKEN, dolt_skip_replication_errors: '1' });
    const server = await world.start('/p');
    await server.rows("call dolt_commit('-Am', 'x')");
    expect(server.warnings).toEqual([text]);
    expect(await server.rows('show warnings')).toEqual([['Warning', 1105, text]]);
    expect(world.messages('main', '/p')[0]).toBe('x');
    await server.stop();
  });

  test('fails transactions that would be commits', async () => {
    const world = await primary({});
    world.configure('/p', { ...BROKEN, dolt_transaction_commit: '1' });
    const server = await world.start('/p');
    expect((await server.error('insert into t values (1, 1)')).message).toBe(text);
    expect(await server.rows('select * from t')).toEqual([]);
    await server.stop();
  });
});

describe('a push that definitely fails', () => {
  test('leaves head, staged and working root as they were', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = unreachableTransport();
    const server = await world.start('/p', { transport });
    await server.rows('insert into t values (5, 5)');
    const before = world.refs('/p');
    const state = await server.rows('select @@p_head, @@p_staged, @@p_working');
    const error = await server.error("call dolt_commit('-am', 'x')");
    expect(error.message).toMatch(/^replication to 'origin' \(file:\/\/\/remote\) failed: connection refused/);
    expect(error.kind).toBe('unavailable');
    expect(world.refs('/p')).toEqual(before);
    expect(await server.rows('select @@p_head, @@p_staged, @@p_working')).toEqual(state);
    expect(await server.rows('select * from t')).toEqual([[5, 5]]);
    expect(await server.stop()).toEqual([]);
    // Nor does it come back.
    const again = await world.start('/p');
    await turns();
    expect(world.messages('main', '/p')[0]).toBe('one');
    await again.rows("call dolt_branch('b')");
    expect(world.messages('main')[0]).toBe('one');
    expect(world.datasets('/p', 'refs/internal/replication/held')).toEqual([]);
    await again.stop();
  });

  test('rolls a transaction back that would have been a commit', async () => {
    const world = await primary({ ...PRIMARY, dolt_transaction_commit: '1' });
    const server = await world.start('/p', { transport: unreachableTransport() });
    await server.error('insert into t values (1, 1)');
    expect(await server.rows('select * from t')).toEqual([]);
    await server.rows('begin; insert into t values (2, 2)');
    await server.error('commit');
    expect(await server.rows('select * from t')).toEqual([]);
    expect(world.messages('main', '/p')).toHaveLength(1);
    await server.stop();
  });

  test('a rename moves both branches or none', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one'); call dolt_branch('a')");
    // A peer has a branch of the new name.
    await world.clone('/peer');
    await world.command('/peer', branch, 'b');
    await world.command('/peer', commit, '--allow-empty', '-m', 'of the peer');
    await world.command('/peer', push, 'origin', 'main:b');
    const [remote, local] = [world.refs(), world.refs('/p')];
    const server = await world.start('/p');
    const error = await server.error("call dolt_branch('-m', 'a', 'b')");
    expect(error.message).toMatch(/moved by another/);
    expect(world.refs()).toEqual(remote);
    expect(world.refs('/p')).toEqual(local);
    await server.stop();
  });

  test('a remote that became empty is not filled again', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    world.disk.removeTree('', '/remote');
    world.disk.makeDirectory('', '/remote');
    const server = await world.start('/p');
    expect((await server.error("call dolt_branch('new')")).message).toMatch(/is empty, and was not before/);
    expect(world.disk.list('/remote')).toEqual([]);
    await server.stop();
    world.disk.removeTree('', '/remote');
    const again = await world.start('/p');
    expect((await again.error("call dolt_branch('new')")).message).toMatch(/there is no folder/);
    expect(world.disk.stat('/remote')).toBeUndefined();
    await again.stop();
  });

  for (const settings of [PRIMARY, ASYNC]) {
    const how = settings === ASYNC ? 'asynchronous' : 'synchronous';
    const made = "call dolt_commit('-Am', 'one'); call dolt_branch('f'); call dolt_tag('v1')";
    const next = "call dolt_commit('--allow-empty', '-m', 'two')";

    test(`what is deleted on the remote by hand, and kept here, stays away until it is changed, ${how}`, async () => {
      const world = await primary(settings);
      await world.sql('/p', made);
      await world.command('/p', push, 'origin', ':f', ':refs/tags/v1');
      await world.sql('/p', next);
      expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
      expect(world.messages()[0]).toBe('two');
      await world.sql('/p', "call dolt_checkout('f'); call dolt_commit('--allow-empty', '-m', 'on f')");
      expect(Object.keys(world.refs())).toEqual(['refs/heads/f', 'refs/heads/main']);
      expect(world.messages('f')[0]).toBe('on f');
    });

    test(`so does what the session deletes there, until it is made again where it was, ${how}`, async () => {
      const world = await primary(settings);
      await world.sql('/p', made);
      await world.sql('/p', `call dolt_push('origin', ':f'); ${next}`);
      expect(Object.keys(world.refs())).toEqual(['refs/heads/main', 'refs/tags/v1']);
      await world.sql('/p', "call dolt_branch('-D', 'f'); call dolt_branch('f', 'main~1')");
      expect(world.refs()).toEqual(world.refs('/p'));
    });

    test(`what the command line commits after that goes along, and what it pushes is replicated again, ${how}`, async () => {
      const world = await primary(settings);
      await world.sql('/p', made);
      await world.command('/p', push, 'origin', ':f', ':refs/tags/v1');
      await world.command('/p', branch, '-f', 'f', 'HEAD~1');
      await world.command('/p', push, 'origin', 'refs/tags/v1');
      await world.sql('/p', next);
      expect(world.refs()).toEqual(world.refs('/p'));
      await world.sql('/p', "call dolt_tag('-d', 'v1')");
      expect(Object.keys(world.refs())).toEqual(['refs/heads/f', 'refs/heads/main']);
    });
  }

  test('what waits from before does not fail the change', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one'); call dolt_branch('b')");
    await world.clone('/peer');
    await world.command('/peer', push, 'origin', ':b');
    await world.command('/p', branch, '-f', 'b', 'HEAD~1');
    const server = await world.start('/p');
    await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    expect(server.warnings.join()).toMatch(/refs\/heads\/b was not replicated: .*moved by another/);
    expect(world.messages()[0]).toBe('two');
    expect(world.refs()['refs/heads/b']).toBeUndefined();
    await server.stop();
  });

  for (const settings of [PRIMARY, ASYNC]) {
    test(`a branch that cannot be read holds up no other, ${settings === ASYNC ? 'asynchronous' : 'synchronous'}`, async () => {
      const world = await primary();
      await world.sql('/p', "call dolt_commit('-Am', 'one')");
      world.configure('/p', settings);
      for (const name of ['a', 'z']) await world.command('/p', branch, name);
      world.breakBranch('/p', 'broken');
      const server = await world.start('/p');
      await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
      if (settings === PRIMARY)
        expect(server.warnings.join()).toMatch(/refs\/heads\/broken was not replicated: .*missing/);
      const said = await server.stop();
      if (settings === ASYNC) expect(said.join()).toMatch(/missing/);
      expect(Object.keys(world.refs())).toEqual(['refs/heads/a', 'refs/heads/main', 'refs/heads/z']);
      expect(world.messages()[0]).toBe('two');
      expect(world.messages('main', '/p')[0]).toBe('two');
    });
  }

  test('is done with at the deadline when nothing was sent', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = new Transport();
    transport.fate = (call) => (call === 'root' ? 'silence' : undefined);
    const server = await world.start('/p', { transport });
    const failing = server.error("call dolt_commit('--allow-empty', '-m', 'slow')");
    expect(await settled(failing)).toBe('open');
    await world.advance(29_000);
    expect(await settled(failing)).toBe('open');
    await world.advance(1_000);
    expect((await failing).message).toMatch(/no answer within 30000 ms/);
    expect((await failing).kind).toBe('unavailable');
    transport.fate = () => undefined;
    await server.rows("call dolt_branch('b')");
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    await server.stop();
  });
});

describe('skipped errors', () => {
  test('the commit stands with a warning, and arrives with the next action', async () => {
    const world = await primary(SKIP);
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = unreachableTransport();
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    expect(server.warnings.join()).toMatch(/replication to 'origin' .* failed: connection refused/);
    expect(await server.rows('show warnings')).toHaveLength(1);
    expect(world.messages('main', '/p')[0]).toBe('two');
    expect(world.messages()[0]).toBe('one');
    transport.fate = () => undefined;
    await server.rows("call dolt_branch('b')");
    expect(server.warnings).toEqual([]);
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(await server.stop()).toEqual([]);
  });

  test('it is retried by itself until it arrives', async () => {
    const world = await primary(SKIP);
    const transport = unreachableTransport();
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one')");
    await world.advance(1_000);
    await world.advance(2_000);
    expect(world.disk.stat('/remote')).toBeUndefined();
    transport.fate = () => undefined;
    await world.advance(4_000);
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(await server.stop()).toEqual([]);
  });

  test('the next start pushes it', async () => {
    const world = await primary(SKIP);
    const server = await world.start('/p', { transport: unreachableTransport() });
    await server.rows("call dolt_commit('-Am', 'one')");
    expect(await server.stop()).toEqual([]);
    const next = await world.start('/p');
    await next.stop();
    expect(world.refs()).toEqual(world.refs('/p'));
  });

  test('a peer that took back what we had is a warning, and nothing moves there', async () => {
    const world = await primary(SKIP);
    await world.sql('/p', "call dolt_commit('-Am', 'one'); call dolt_commit('--allow-empty', '-m', 'two')");
    await world.clone('/peer');
    await world.command('/peer', reset, '--hard', 'HEAD~1');
    await world.command('/peer', push, '-f', 'origin', 'main');
    const server = await world.start('/p');
    await server.rows("call dolt_commit('--allow-empty', '-m', 'three')");
    expect(server.warnings.join()).toMatch(/moved by another/);
    expect(world.messages()[0]).toBe('one');
    expect(world.messages('main', '/p')[0]).toBe('three');
    await server.stop();
  });
});

describe('asynchronous', () => {
  test('acknowledges before the push, which follows', async () => {
    const world = await primary(ASYNC);
    const transport = new Transport();
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    transport.before = () => gate;
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one')");
    expect(world.messages('main', '/p')[0]).toBe('one');
    expect(world.refs()).toEqual({});
    expect(server.opened.engine.state.databases.database('p')?.replication?.status()[0]?.queue).toBe(1);
    go();
    expect(await server.stop()).toEqual([]);
    expect(world.refs()).toEqual(world.refs('/p'));
  });

  test('a killed process leaves its queue to the next start', async () => {
    const world = await primary(ASYNC);
    const transport = new Transport();
    transport.before = () => new Promise(() => {});
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one'); call dolt_branch('b'); call dolt_tag('v1')");
    server.kill();
    await turns();
    expect(world.refs()).toEqual({});
    world.disk = world.disk.crash(() => 0.999999);
    const next = await world.start('/p');
    expect(await next.rows('select * from t')).toEqual([]);
    expect(await next.stop()).toEqual([]);
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(Object.keys(world.refs())).toHaveLength(3);
  });

  test('its queue outlives the remote it was for, and nobody is told that commits were dropped', async () => {
    const world = await primary(ASYNC);
    const transport = new Transport();
    transport.fate = (_call, nth) => (nth >= 0 ? 'black hole' : undefined);
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one')");
    while (transport.calls.length === 0) await turns(1);
    server.kill();
    await world.command('/p', remote, 'remove', 'origin');
    const without = await world.start('/p');
    expect(without.recovered).toEqual([]);
    expect(await without.stop()).toEqual([]);
    await world.command('/p', remote, 'add', 'origin', 'file:///remote');
    await world.sql('/p', 'select 1');
    expect(world.messages()[0]).toBe('one');
  });

  test('commits while a push runs are the next group', async () => {
    const world = await primary(ASYNC);
    const transport = new Transport();
    const server = await world.start('/p', { transport });
    for (let i = 0; i < 10; i++) await server.rows(`insert into t values (${i}, 0); call dolt_commit('-Am', 'c${i}')`);
    await server.stop();
    expect(world.messages()).toHaveLength(11);
    expect(transport.count('swap')).toBeLessThanOrEqual(10);
    expect(world.refs()).toEqual(world.refs('/p'));
  });

  test('what is committed while an interrupted change lands does not take its place', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const first = new Transport();
    first.fate = (call) => (call === 'swap' ? 'black hole' : undefined);
    const killed = await world.start('/p', { transport: first });
    killed.rows("call dolt_commit('--allow-empty', '-m', 'interrupted')").catch(() => {});
    while (first.count('swap') === 0) await turns(1);
    killed.kill();
    world.configure('/p', ASYNC);
    const transport = new Transport();
    let isStarted = false;
    transport.fate = () => (isStarted ? undefined : 'refused');
    const server = await world.start('/p', { transport });
    isStarted = true;
    transport.before = async (call) => {
      if (call !== 'swap') return;
      transport.before = () => {};
      await server.rows("call dolt_commit('--allow-empty', '-m', 'meanwhile')");
    };
    await world.advance(60_000);
    await server.stop();
    expect(world.messages()).toEqual(expect.arrayContaining(['interrupted', 'meanwhile']));
    expect(world.refs()).toEqual(world.refs('/p'));
  });

  test('what was reset before it was known to have landed does not come back', async () => {
    const world = await primary(ASYNC);
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    // The swap happens, and the process dies before it hears of it.
    const transport = new Transport();
    transport.fate = (call) => (call === 'swap' ? 'silence' : undefined);
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    await turns();
    expect(world.messages()[0]).toBe('two');
    server.kill();
    world.disk = world.disk.crash(() => 0.999999);
    await world.command('/p', reset, '--hard', 'HEAD~1');
    await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'three')");
    expect(world.messages()).toEqual(['three', 'one', 'Initialize data repository']);
    expect(world.refs()).toEqual(world.refs('/p'));
  });
});

test('a remote whose garbage is collected before the swap gets all of it again', async () => {
  const world = await primary();
  await world.sql('/p', "call dolt_commit('-Am', 'one')");
  const transport = new Transport();
  transport.before = (call, nth) => {
    if (call !== 'swap' || nth > 0) return;
    // What nothing names is gone, and the generation is another.
    const [version, format, lock, root, , ...files] = Buffer.from(world.disk.readFile('/remote/manifest')!)
      .toString()
      .split(':');
    const named = new Set(files);
    for (const name of world.disk.list('/remote') ?? []) {
      if (/^[0-9a-v]{32}$/.test(name) && !named.has(name)) world.disk.remove('', `/remote/${name}`);
    }
    const text = [version, format, lock, root, '0123456789abcdefghijklmnopqrstuv', ...files].join(':');
    const manifest = world.disk.create('', '/remote/manifest');
    manifest.write('', Buffer.from(text), 0);
    manifest.sync('');
    manifest.close();
  };
  const server = await world.start('/p', { transport });
  // So much that it is uploaded before the swap.
  const noise = (): string => Array.from({ length: 3000 }, () => world.random().toString(36).slice(2, 8)).join('');
  const rows = Array.from({ length: 40 }, (_, pk) => `(${pk}, '${noise()}')`).join();
  await server.rows(`create table big (pk int primary key, c longtext); insert into big values ${rows}`);
  await server.rows("call dolt_commit('-Am', 'two')");
  expect(transport.count('upload')).toBe(2);
  expect(transport.count('swap')).toBe(2);
  expect(world.messages()[0]).toBe('two');
  await world.clone('/clone');
  expect(await world.sql('/clone', 'select count(*), sum(length(c)) > 700000 from big')).toEqual([[40, 1]]);
  await server.stop();
});

describe('a lost answer', () => {
  test('the swap happened: it is found, acknowledged, and there once', async () => {
    const world = await primary();
    const transport = new Transport();
    transport.fate = (call, nth) => (call === 'swap' && nth === 0 ? 'answer lost' : undefined);
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one')");
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    expect(world.refs()).toEqual(world.refs('/p'));
    expect(transport.count('swap')).toBe(1);
    await server.stop();
  });

  test('the swap happened and is not durable: made so before it is acknowledged', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    let failures = 0;
    const transport = new Transport();
    const counts = (operation: string): boolean =>
      operation === 'manifest:sync-directory' && transport.count('swap') > 0 && ++failures === 1;
    const disk = new FailingDisk(world.disk, { failAt: 1, counts });
    const server = await world.start('/p', { disk, transport });
    await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    expect(disk.failed).toBe(true);
    server.kill();
    // Whatever was not synced is gone.
    world.disk = world.disk.crash(() => 0);
    expect(world.messages()[0]).toBe('two');
    expect(world.refs('/p')).toEqual(world.refs());
  });

  test('the swap did not happen: it is sent again', async () => {
    const world = await primary();
    const transport = new Transport();
    transport.fate = (call, nth) => (call === 'swap' && nth < 2 ? 'request lost' : undefined);
    const server = await world.start('/p', { transport });
    await server.rows("call dolt_commit('-Am', 'one')");
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    expect(world.refs()).toEqual(world.refs('/p'));
    await server.stop();
  });

  for (const happened of [true, false]) {
    test(`and then nothing: unknown, ${happened ? 'landed' : 'not landed'}, settled once by itself`, async () => {
      const world = await primary();
      await world.sql('/p', "call dolt_commit('-Am', 'one')");
      const transport = new Transport();
      let silent = true;
      transport.fate = (call) => {
        if (!silent) return undefined;
        if (call === 'swap') return happened ? 'answer lost' : 'request lost';
        return transport.count('swap') > 0 ? 'refused' : undefined;
      };
      const server = await world.start('/p', { transport });
      await server.rows('insert into t values (9, 9)');
      const before = world.refs('/p');
      const failing = server.error("call dolt_commit('-am', 'two')");
      // Its attempts have short pauses between them, which pass by themselves.
      const error = await failing;
      expect(error.message).toMatch(/^outcome unknown/);
      expect(error.kind).toBe('unknown');
      expect(world.refs('/p')).toEqual(before);
      // Until it is settled, the branch takes no changes.
      expect((await server.error("call dolt_commit('--allow-empty', '-m', 'three')")).message).toMatch(
        /replication to/,
      );
      silent = false;
      await world.advance(60_000);
      expect(world.messages()).toEqual(['two', 'one', 'Initialize data repository']);
      expect(world.refs('/p')).toEqual(world.refs());
      expect(await server.rows('select * from t')).toEqual([[9, 9]]);
      expect(await server.rows('select * from dolt_status')).toEqual([]);
      await server.rows("call dolt_commit('--allow-empty', '-m', 'three')");
      expect(world.messages()).toEqual(['three', 'two', 'one', 'Initialize data repository']);
      expect(await server.stop()).toEqual([]);
    });
  }

  test.each(['refused', 'black hole'] as const)(
    'the swap happened, and that it is durable cannot be asked for: unknown, not refused, %s',
    async (fate) => {
      const world = await primary();
      await world.sql('/p', "call dolt_commit('-Am', 'one')");
      const transport = new Transport();
      let silent = true;
      transport.fate = (call) => {
        if (!silent) return undefined;
        return call === 'swap' ? 'answer lost' : call === 'settle' ? fate : undefined;
      };
      const server = await world.start('/p', { transport });
      const error = await world.finish(server.error("call dolt_commit('--allow-empty', '-m', 'two')"));
      expect(error.message).toMatch(/^outcome unknown/);
      expect(world.messages()[0]).toBe('two');
      silent = false;
      await world.advance(60_000);
      expect(world.refs('/p')).toEqual(world.refs());
      expect(await server.stop()).toEqual([]);
    },
  );

  test('an answer that never comes: unknown at the deadline, settled at the next start', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = new Transport();
    transport.fate = (call) => (call === 'swap' ? 'silence' : undefined);
    const server = await world.start('/p', { transport });
    const failing = server.error("call dolt_commit('--allow-empty', '-m', 'two')");
    await turns();
    await world.advance(30_000);
    expect((await failing).message).toMatch(/^outcome unknown/);
    await server.stop();
    const next = await world.start('/p');
    expect(world.refs('/p')).toEqual(world.refs());
    expect(world.messages()).toEqual(['two', 'one', 'Initialize data repository']);
    await next.stop();
  });
});

test('a start that cannot ask the remote only warns, and reads work', async () => {
  const world = await primary();
  await world.sql('/p', "call dolt_commit('-Am', 'one')");
  const transport = new Transport();
  transport.fate = (call) => (call === 'swap' ? 'black hole' : undefined);
  const server = await world.start('/p', { transport });
  const hanging = server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
  hanging.catch(() => {});
  await turns();
  server.kill();
  world.disk = world.disk.crash(() => 0.999999);
  const next = await world.start('/p', { transport: unreachableTransport() });
  expect(next.recovered.join()).toMatch(/replication to 'origin'/);
  expect(await next.rows('select * from t')).toEqual([]);
  expect(world.messages('main', '/p')[0]).toBe('one');
  await next.stop();
  await world.sql('/p', 'select 1');
  expect(world.messages()[0]).toBe('two');
  expect(world.refs('/p')).toEqual(world.refs());
});

test('a remote that goes silent holds up neither a start nor an end for ever', async () => {
  const world = await primary();
  await world.sql('/p', "call dolt_commit('-Am', 'one')");
  const transport = new Transport();
  transport.fate = (call) => (call === 'swap' ? 'black hole' : undefined);
  const server = await world.start('/p', { transport });
  server.rows("call dolt_commit('--allow-empty', '-m', 'two')").catch(() => {});
  await turns();
  server.kill();
  const silent = new Transport();
  silent.fate = () => 'black hole';
  const starting = world.start('/p', { transport: silent });
  expect(await settled(starting)).toBe('open');
  await world.advance(30_000);
  const next = await starting;
  expect(next.recovered.join()).toMatch(/no answer within 30000 ms/);
  silent.fate = (call) => (call === 'tidy' ? 'silence' : undefined);
  // What waited is settled first; it moves the head, and the commit goes on top of it.
  await next.rows("call dolt_commit('--allow-empty', '-m', 'three')");
  const ending = next.stop();
  expect(await settled(ending)).toBe('open');
  await world.advance(30_000);
  expect(await ending).toEqual([]);
  expect(world.messages()).toEqual(['three', 'two', 'one', 'Initialize data repository']);
});

test('a second process leaves the changes of the first to it', async () => {
  for (const settings of [PRIMARY, ASYNC]) {
    const world = await primary(settings);
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = new Transport();
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    transport.before = (call) => (call === 'uploadChunks' ? gate : undefined);
    transport.fate = (call) => (call === 'uploadChunks' ? 'refused' : undefined);
    const first = await world.start('/p', { transport });
    const failing = first.rows("call dolt_commit('--allow-empty', '-m', 'two')").catch((error: unknown) => error);
    while (transport.count('uploadChunks') === 0) await turns(1);
    const second = await world.start('/p');
    expect(second.recovered).toEqual([]);
    expect(await second.rows('select * from t')).toEqual([]);
    expect(await second.stop()).toEqual([]);
    expect(world.messages()[0]).toBe('one');
    go();
    await failing;
    expect(world.messages('main', '/p')[0]).toBe(settings === ASYNC ? 'two' : 'one');
    await first.stop();
  }
});

describe('a backup that was restored', () => {
  /** A primary, and a copy of its store as of a push that was under way, in another folder. */
  async function restored(settings: Readonly<Record<string, string>> = PRIMARY): Promise<World> {
    const world = await primary(settings);
    await world.sql('/p', "call dolt_commit('-Am', 'one'); call dolt_commit('--allow-empty', '-m', 'two')");
    const transport = new Transport();
    transport.fate = (call) => (call === 'uploadChunks' ? 'black hole' : undefined);
    const server = await world.start('/p', { transport });
    server.rows("call dolt_commit('--allow-empty', '-m', 'under way')").catch(() => {});
    while (transport.count('uploadChunks') === 0) await turns(1);
    server.kill();
    world.copy('/p', '/backup');
    // The primary goes on: it takes back what the backup has.
    await world.sql('/p', "call dolt_reset('--hard', 'HEAD~2'); call dolt_commit('--allow-empty', '-m', 'instead')");
    world.disk.remove('', '/backup/.dolt/replication_server');
    return world;
  }
  const before = ['instead', 'one', 'Initialize data repository'];

  test('drops its intents, and replicates nothing before it has followed the remote', async () => {
    for (const settings of [PRIMARY, ASYNC, SKIP]) {
      const world = await restored(settings);
      const server = await world.start('/backup');
      expect(await server.rows('select * from t')).toEqual([]);
      const error = await server.error("call dolt_commit('--allow-empty', '-m', 'more')");
      expect(error).toMatchObject({ errno: 1290 });
      expect(error.message).toMatch(/restored from a backup.*'origin'/);
      await server.stop();
      expect(world.messages()).toEqual(before);
      expect(world.datasets('/backup', 'refs/internal/replication/held')).toEqual([]);
      // Not either at the next start.
      await (await world.start('/backup')).stop();
      expect(world.messages()).toEqual(before);
    }
  });

  test('follows, keeps what it had aside, and is a primary again', async () => {
    const world = await restored();
    await world.command('/backup', commit, '--allow-empty', '-m', 'only here');
    world.configure('/backup', {
      dolt_replicate_to_remote: '',
      dolt_read_replica_remote: 'origin',
      dolt_replicate_all_heads: '1',
    });
    await world.sql('/backup', 'select 1');
    const kept = Object.keys(world.refs('/backup')).filter((ref) => ref.includes('unreplicated/'));
    expect(kept).toHaveLength(1);
    expect(world.messages(kept[0]!.slice('refs/heads/'.length), '/backup')[0]).toBe('only here');
    world.configure('/backup', { ...PRIMARY, dolt_read_replica_remote: '', dolt_replicate_all_heads: '0' });
    await world.sql('/backup', "call dolt_commit('--allow-empty', '-m', 'from the backup')");
    expect(world.messages()).toEqual(['from the backup', ...before]);
  });

  test('a folder that was moved, or copied with all that is in it, is none', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    world.copy('/p', '/moved');
    await world.sql('/moved', "call dolt_commit('--allow-empty', '-m', 'two')");
    expect(world.messages()[0]).toBe('two');
  });
});

test('a transaction that others overtook during the push stands, with theirs on top', async () => {
  const world = await primary();
  await world.sql('/p', "insert into t values (1, 1); call dolt_commit('-Am', 'one')");
  const transport = new Transport();
  const server = await world.start('/p', { transport });
  const other = server.session();
  transport.before = async (call) => {
    if (call === 'swap') await server.rows('update t set c = 20 where pk = 1; insert into t values (3, 3)', other);
  };
  await server.rows(
    "begin; update t set c = 10 where pk = 1; insert into t values (2, 2); call dolt_commit('-am', 'two')",
  );
  expect(await server.rows("select * from t as of 'main' order by pk")).toEqual([
    [1, 10],
    [2, 2],
  ]);
  expect(await server.rows('select * from t order by pk')).toEqual([
    [1, 20],
    [2, 2],
    [3, 3],
  ]);
  expect(world.refs()).toEqual(world.refs('/p'));
  await server.stop();
});

describe('a commit that is interrupted', () => {
  test.each([
    ['landed', 'swap'],
    ['did not land', 'uploadChunks'],
  ] as const)('while its push is under way: unknown, and found out afterwards: %s', async (outcome, at) => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = new Transport();
    let arrive = (): void => {};
    transport.before = async (call) => {
      if (call === at && transport.count('swap') < 3) await new Promise<void>((resolve) => (arrive = resolve));
    };
    if (outcome === 'did not land') transport.fate = (call) => (call === at ? 'refused' : undefined);
    const server = await world.start('/p', { transport });
    const session = server.session();
    const committing = server
      .rows("insert into t values (9, 9); call dolt_commit('-am', 'two')", session)
      .catch((error: unknown) => error);
    await expect.poll(() => transport.calls.includes(at)).toBe(true);
    session.interrupt();
    expect(await committing).toMatchObject({ kind: 'unknown' });
    expect(world.messages('main', '/p')[0]).toBe('one');
    transport.before = () => {};
    arrive();
    await turns(300);
    transport.fate = () => undefined;
    await world.advance(60_000);
    await world.finish(server.rows("call dolt_commit('--allow-empty', '-m', 'three')"));
    const landed = outcome === 'landed';
    expect(world.messages()).toEqual([...(landed ? ['three', 'two'] : ['three']), 'one', 'Initialize data repository']);
    expect(world.refs('/p')).toEqual(world.refs());
    expect(await server.rows('select * from t')).toEqual([[9, 9]]);
    expect((await server.rows('select * from dolt_status')).length).toBe(landed ? 0 : 1);
    await server.stop();
  });

  test('while it waits for another: nothing has happened, and those behind it have their turn', async () => {
    const world = await primary();
    await world.sql('/p', "call dolt_commit('-Am', 'one')");
    const transport = new Transport();
    let arrive = (): void => {};
    let isFirst = false;
    transport.before = async (call) => {
      if (call === 'swap' && isFirst) await new Promise<void>((resolve) => (arrive = resolve));
    };
    const server = await world.start('/p', { transport });
    const [second, third] = [server.session(), server.session()];
    // What the others need is loaded.
    await server.rows("call dolt_branch('a'); call dolt_branch('-D', 'a')", second);
    await server.rows('set lock_wait_timeout = 5', third);
    isFirst = true;
    const first = server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
    await expect.poll(() => transport.calls.at(-1)).toBe('swap');
    isFirst = false;
    const killed = server.rows("call dolt_branch('b')", second).catch((error: unknown) => error);
    const impatient = server.rows("call dolt_branch('c')", third).catch((error: unknown) => error);
    await turns(300);
    second.interrupt();
    expect(await killed).toMatchObject({ errno: 1317 });
    await world.advance(5_000);
    expect(await impatient).toMatchObject({ errno: 1205 });
    arrive();
    await first;
    await server.rows("call dolt_branch('d')");
    expect(Object.keys(world.refs())).toEqual(['refs/heads/d', 'refs/heads/main']);
    await server.stop();
  });
});

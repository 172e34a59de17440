/** Promotion, fencing and coming back, on the scripted world: every call to the remote can fail. */
import { describe, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { HEADS } from '../../src/repo/refs.ts';
import { Transport, unreachableTransport } from './transport.ts';
import { beginning, replicatedWorld, type Server, settled, turns, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };
const ASYNC = { ...PRIMARY, dolt_async_replication: '1' };

/** A process that lives on. */
const AS_SERVER = { exclusive: true };

/** A primary in /p and a standby in /s, which have one table. */
const standbyOf = (settings: Readonly<Record<string, string>>) =>
  beginning(async () => {
    const world = await replicatedWorld(settings);
    await world.clone('/s', REPLICA);
    return world;
  });
const standby = standbyOf(PRIMARY);

const commitRow = (pk: number): string => `insert into t values (${pk}, ${pk}); call dolt_commit('-am', 'row ${pk}')`;

const promote = "call dolt_promote('origin')";
const demote = "call dolt_demote('origin')";
const rowsOfT = 'select pk from t order by pk';

const keptBranches = (world: World, folder: string): string[] =>
  Object.keys(world.refs(folder)).filter((ref) => ref.startsWith(`${HEADS}unreplicated/`));

const fenced = { errno: 1290, message: expect.stringMatching(/fenced: 'localhost' took over .*'origin' \(epoch 1\)/) };

describe('promotion', () => {
  test('a standby takes writes, and is a primary after a restart', async () => {
    const world = await standby();
    await world.sql('/p', commitRow(2));
    const server = await world.start('/s');
    const other = server.session();
    expect(await server.error('insert into t values (3, 3)')).toMatchObject({ errno: 1290 });
    await server.rows(promote);
    expect(
      await server.rows('select @@dolt_replicate_to_remote, @@dolt_read_replica_remote, @@dolt_replicate_all_heads'),
    ).toEqual([['origin', '', 0]]);
    // For sessions that were there before too.
    await server.rows(commitRow(3), other);
    expect(await server.rows(rowsOfT)).toEqual([[1], [2], [3]]);
    await server.stop();
    expect(world.refs()).toEqual(world.refs('/s'));
    await world.sql('/s', commitRow(4));
    expect(world.messages()).toEqual(['row 4', 'row 3', 'row 2', 'one', 'Initialize data repository']);
    expect(keptBranches(world, '/s')).toEqual([]);
    expect((await world.fsck('/s')).problems).toEqual([]);
  });

  test('takes what the primary pushed and the standby had not read', async () => {
    const world = await standby();
    const server = await world.start('/s');
    await server.rows(rowsOfT);
    const transport = server.transport;
    // After the pull that begins the statement: between reading the remote and the swap.
    transport.before = async (call, nth) => {
      if (call === 'swap' && nth === 0) await world.sql('/p', commitRow(2));
    };
    await server.rows(promote);
    expect(transport.count('swap')).toBe(2);
    expect(await server.rows(rowsOfT)).toEqual([[1], [2]]);
    await server.stop();
    expect(world.refs()).toEqual(world.refs('/s'));
  });

  test('the remote unreachable: refused, nothing changed', async () => {
    const world = await standby();
    const before = world.refs('/s');
    const server = await world.start('/s', { transport: unreachableTransport() });
    expect(await server.error(promote)).toMatchObject({ kind: 'unavailable' });
    expect(server.opened.engine.state.globals.text('dolt_read_replica_remote')).toBe('origin');
    server.kill();
    expect(world.refs('/s')).toEqual(before);
    await world.sql('/p', commitRow(2));
    expect(await world.sql('/s', rowsOfT)).toEqual([[1], [2]]);
  });

  test.each([
    ['no remote', 'call dolt_promote()', 1105, /the name of one remote/],
    ['an unknown remote', "call dolt_promote('elsewhere')", 3100, /remote not found: 'elsewhere'/],
    ['an unknown option', "call dolt_promote('origin', '--now')", 1105, /unknown option `now'/],
    ['demotion to two remotes', "call dolt_demote('origin', 'b')", 1105, /the name of one remote/],
  ])('refused: %s', async (_, statement, errno, message) => {
    const world = await standby();
    const server = await world.start('/s');
    const error = await server.error(statement);
    expect(error.message).toMatch(message);
    expect(error.errno).toBe(errno);
    expect(await server.error('insert into t values (3, 3)')).toMatchObject({ errno: 1290 });
    await server.stop();
  });

  test('the remote locked by a process that stands still: refused within seconds, says who, and goes on once it is gone', async () => {
    const world = await standby();
    const server = await world.start('/s', AS_SERVER);
    const lock = world.disk.tryLock('/remote/LOCK')!;
    const file = world.disk.create('', '/remote/LOCK.pid');
    file.write('', new TextEncoder().encode('4711 one\n'), 0);
    const { clock } = world.environment();
    const start = clock.monotonic();
    const refused = server.error(promote);
    // Reads are served meanwhile.
    expect(await server.rows(rowsOfT, server.session())).toEqual([[1]]);
    expect((await refused).message).toMatch(/\/remote is locked by process 4711 on one; .* for 10 s: .* end it/);
    expect(clock.monotonic() - start).toBeLessThan(11_000);
    expect(await server.error('insert into t values (3, 3)')).toMatchObject({ errno: 1290 });
    lock.release();
    await server.rows(`${promote}; ${commitRow(2)}`);
    await server.stop();
  });

  test('two at once: one wins, the other stays what it was', async () => {
    const world = await standby();
    await world.clone('/s2', REPLICA);
    const first = await world.start('/s');
    const second = await world.start('/s2');
    const results = await Promise.allSettled([first.rows(promote), second.rows(promote)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [winner, loser] = results[0]!.status === 'fulfilled' ? [first, second] : [second, first];
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/was promoted .*\(epoch 1\) meanwhile; nothing was changed/) },
    });
    await winner.rows(commitRow(2));
    expect(await loser.error(commitRow(3))).toMatchObject({ errno: 1290 });
    expect(await loser.rows(rowsOfT)).toEqual([[1], [2]]);
    await first.stop();
    await second.stop();
  });

  test('one more primary begins the next epoch: the first is fenced', async () => {
    const world = await standby();
    await world.clone('/s2', REPLICA);
    await world.sql('/s', promote);
    await world.sql('/s2', promote);
    expect((await world.start('/s').then((server) => server.error(commitRow(2)))).message).toMatch(/epoch 2/);
    await world.sql('/s2', commitRow(3));
    // And a primary that was promoted begins another itself: nothing else changes.
    await world.sql('/s2', `${promote}; ${commitRow(4)}`);
    expect(world.messages().slice(0, 2)).toEqual(['row 4', 'row 3']);
  });
});

describe('the former primary', () => {
  test.each([
    ['synchronous', PRIMARY],
    ['skipping errors', { ...PRIMARY, dolt_skip_replication_errors: '1' }],
  ])('resumes after a promotion: its swap fails, and it stays fenced, %s', async (kind, settings) => {
    const world = await standbyOf(settings)();
    const paused = await world.start('/p');
    await world.sql('/s', `${promote}; ${commitRow(2)}`);
    const answer = await paused.error(commitRow(3)).catch(() => undefined);
    if (kind === 'synchronous') expect(answer).toMatchObject(fenced);
    for (const write of [
      'insert into t values (4, 4)',
      'create table u (pk int primary key)',
      "call dolt_commit('--allow-empty', '-m', 'x')",
      "call dolt_tag('v1')",
      "call dolt_branch('b')",
      "call dolt_branch('-m', 'main', 'other')",
      "call dolt_reset('--hard', 'HEAD~1')",
    ]) {
      expect(await paused.error(write), write).toMatchObject(fenced);
    }
    expect(await paused.rows('select count(*) from t')).toHaveLength(1);
    const [status] = await paused.rows('select last_error from dolt_replication_status');
    expect(status).toEqual([fenced.message]);
    await paused.stop();
    // It is remembered, without asking the remote.
    const again = await world.start('/p', { transport: unreachableTransport() });
    expect(await again.error('insert into t values (5, 5)')).toMatchObject(fenced);
    expect(await again.rows('select pk from t where pk = 1')).toEqual([[1]]);
    await again.stop();
    expect(world.messages()).toEqual(['row 2', 'one', 'Initialize data repository']);
  });

  test('what it acknowledged and had not pushed is kept aside, and it follows', async () => {
    const world = await standbyOf(ASYNC)();
    const cut = new Transport();
    cut.fate = () => 'refused';
    const old = await world.start('/p', { transport: cut });
    await old.rows(`${commitRow(2)}; call dolt_branch('made'); call dolt_tag('v1')`);
    await old.rows('insert into t values (9, 9)');
    old.kill();
    const refs = world.refs('/p');
    await world.sql('/s', `${promote}; ${commitRow(3)}`);
    const back = await world.start('/p');
    await back.stop();
    const again = await world.start('/p');
    expect(await again.error(commitRow(4))).toMatchObject(fenced);
    expect(world.refs('/p')).toEqual(refs);
    await again.rows(demote);
    expect(again.warnings.join()).toMatch(/'main' were kept on branch 'unreplicated\/localhost\/\d{8}T\d{6}Z\/main'/);
    expect(await again.rows(rowsOfT)).toEqual([[1], [3]]);
    const kept = keptBranches(world, '/p');
    expect(kept.map((ref) => ref.split('/').at(-1))).toEqual(['made', 'main']);
    const branch = kept[1]!.slice(HEADS.length);
    expect(await again.rows(`select pk from t as of '${branch}' order by pk`)).toEqual([[1], [2], [9]]);
    expect(world.refs('/p')['refs/tags/v1']).toBeUndefined();
    expect(Object.keys(world.refs('/p')).filter((ref) => ref.startsWith('refs/tags/unreplicated/'))).toHaveLength(1);
    expect(await again.error('insert into t values (7, 7)')).toMatchObject({
      errno: 1290,
      message: expect.stringMatching(/read replica/),
    });
    await again.stop();
    // It follows, and can be the next.
    await world.sql('/s', commitRow(5));
    expect(await world.sql('/p', rowsOfT)).toEqual([[1], [3], [5]]);
    await world.sql('/p', `${promote}; ${commitRow(6)}`);
    expect(world.messages()).toEqual(['row 6', 'row 5', 'row 3', 'one', 'Initialize data repository']);
    expect(Object.keys(world.refs()).sort()).toEqual(['refs/heads/main']);
    const old2 = await world.start('/s');
    expect(await old2.error(commitRow(7))).toMatchObject({ errno: 1290 });
    await old2.stop();
    expect((await world.fsck('/p')).problems).toEqual([]);
  });

  test.each([
    ['asynchronous', ASYNC],
    ['skipping errors', { ...PRIMARY, dolt_skip_replication_errors: '1' }],
  ])('a server looks before it acknowledges, %s', async (_, settings) => {
    const world = await standbyOf(settings)();
    const old = await world.start('/p', AS_SERVER);
    await old.rows(commitRow(2));
    await old.opened.drain();
    await world.sql('/s', promote);
    await world.advance(1000);
    expect(await old.error("call dolt_commit('--allow-empty', '-m', 'late')")).toMatchObject(fenced);
    await old.stop();
    expect(world.messages('main', '/p')[0]).toBe('row 2');
  });

  test('a server looks before it stores what passes no gate, and once a second', async () => {
    const world = await standby();
    const old = await world.start('/p', AS_SERVER);
    await old.rows('insert into t values (2, 2)');
    await old.rows('insert into t values (3, 3)');
    expect(old.transport.count('root')).toBe(2);
    await world.advance(1000);
    await old.rows('insert into t values (4, 4)');
    // One look at an unmoved root.
    expect(old.transport.calls.slice(-1)).toEqual(['root']);
    expect(old.transport.count('root')).toBe(3);
    await world.sql('/s', promote);
    await world.advance(1000);
    expect(await old.error('insert into t values (5, 5)')).toMatchObject(fenced);
    expect(await old.rows(rowsOfT)).toEqual([[1], [2], [3], [4]]);
    await old.stop();
  });

  test('a remote that cannot be asked does not stop what passes no gate, and costs time once', async () => {
    const world = await standby();
    const old = await world.start('/p', AS_SERVER);
    old.transport.fate = () => 'black hole';
    const first = old.rows('insert into t values (2, 2)');
    expect(await settled(first)).toBe('open');
    await world.advance(1000);
    await first;
    await old.rows('insert into t values (3, 3)');
    expect(await old.rows(rowsOfT)).toEqual([[1], [2], [3]]);
    old.kill();
  });

  test('asynchronous: what arrives after the promotion is not pushed', async () => {
    const world = await standbyOf(ASYNC)();
    const old = await world.start('/p');
    await world.sql('/s', promote);
    await old.rows(commitRow(2));
    expect((await old.stop()).join()).toMatch(/fenced/);
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    expect(world.messages('main', '/p')[0]).toBe('row 2');
  });

  test('a planned change: demoted first, nothing is left', async () => {
    const world = await standbyOf(ASYNC)();
    const old = await world.start('/p');
    await old.rows(commitRow(2));
    await old.rows(demote);
    expect(old.warnings).toEqual([]);
    expect(keptBranches(world, '/p')).toEqual([]);
    await world.sql('/s', `${promote}; ${commitRow(3)}`);
    expect(await old.rows(rowsOfT)).toEqual([[1], [2], [3]]);
    await old.stop();
  });

  test('a demotion that cannot reach the remote changes nothing', async () => {
    const world = await standby();
    const server = await world.start('/p', { transport: unreachableTransport() });
    expect(await server.error(demote)).toMatchObject({ kind: 'unavailable' });
    server.kill();
    await world.sql('/p', commitRow(2));
    expect(world.messages()[0]).toBe('row 2');
  });

  test('a commit that waits while the server is demoted is refused', async () => {
    const world = await standby();
    const server = await world.start('/p');
    await server.rows('insert into t values (2, 2)');
    let waiting: Promise<unknown> | undefined;
    server.transport.before = (call) => {
      if (call !== 'root' || waiting !== undefined) return;
      waiting = server.rows("call dolt_commit('-am', 'row 2')", server.session());
      waiting.catch(() => {});
    };
    await server.rows(demote);
    await expect(waiting).rejects.toMatchObject({ errno: 1290 });
    await server.stop();
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
  });
});

describe('a push in flight at the moment of promotion', () => {
  /** The standby is promoted when the primary's first swap is about to be sent, or was done. */
  async function duringSwap(moment: 'before' | 'done', fate: 'answer lost' | 'request lost' | undefined) {
    const world = await standby();
    const old = await world.start('/p');
    old.transport.fate = (call, nth) => (call === 'swap' && nth === 0 ? fate : undefined);
    const promoteNow = async (): Promise<void> => void (await world.sql('/s', `${promote}; ${commitRow(9)}`));
    if (moment === 'before')
      old.transport.before = (call, nth) => (call === 'swap' && nth === 0 ? promoteNow() : undefined);
    else old.transport.before = (call, nth) => (call === 'root' && nth === 1 ? promoteNow() : undefined);
    const error = await old.rows(commitRow(2)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await old.stop();
    const count = (folder: string) => world.messages('main', folder).filter((message) => message === 'row 2').length;
    return { world, error, here: count('/p'), there: count('/remote') };
  }

  test('promoted before the swap: refused, and nowhere', async () => {
    const { error, here, there } = await duringSwap('before', undefined);
    expect(error).toMatchObject(fenced);
    expect([here, there]).toEqual([0, 0]);
  });

  test('the request was lost, then promoted: refused for certain', async () => {
    const { error, here, there } = await duringSwap('done', 'request lost');
    expect(error).toMatchObject(fenced);
    expect([here, there]).toEqual([0, 0]);
  });

  test('the answer was lost, then promoted: acknowledged, and the new primary has it', async () => {
    const { world, error, here, there } = await duringSwap('done', 'answer lost');
    expect(error).toBeUndefined();
    expect([here, there]).toEqual([1, 1]);
    expect(await world.sql('/s', rowsOfT)).toEqual([[1], [2], [9]]);
  });

  test.each(['before', 'after'] as const)(
    'killed %s its swap, then promoted: dropped or finished, once',
    async (when) => {
      const world = await standby();
      const old = await world.start('/p');
      old.transport[when] = (call) => {
        if (call === 'swap') old.transport.cut();
        return call === 'swap' ? new Promise<never>(() => {}) : undefined;
      };
      const open = old.rows(commitRow(2));
      open.catch(() => {});
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      old.kill();
      await world.sql('/s', `${promote}; ${commitRow(9)}`);
      const back = await world.start('/p');
      const expected = when === 'after' ? 1 : 0;
      expect(world.messages('main', '/p').filter((message) => message === 'row 2')).toHaveLength(expected);
      expect(world.messages().filter((message) => message === 'row 2')).toHaveLength(expected);
      expect(await back.error(commitRow(3))).toMatchObject({ errno: 1290 });
      await back.rows(demote);
      expect(await back.rows(rowsOfT)).toEqual(when === 'after' ? [[1], [2], [9]] : [[1], [9]]);
      await back.stop();
      expect(world.datasets('/p', 'refs/internal/replication/held')).toEqual([]);
    },
  );
});

describe('several primaries', () => {
  test('who joins the epoch pushes with the others', async () => {
    const world = await standby();
    await world.clone('/s2', REPLICA);
    await world.sql('/s', promote);
    const joined = await world.start('/s2');
    await joined.rows("call dolt_promote('origin', '--join')");
    await joined.rows(commitRow(2));
    await world.sql('/s', commitRow(3));
    await joined.rows(commitRow(4));
    await joined.stop();
    expect(world.messages()).toEqual(expect.arrayContaining(['row 2', 'row 3', 'row 4']));
    // A fenced one joins again; what it has and did not push is kept aside.
    const old = await world.start('/p');
    expect(await old.error(commitRow(5))).toMatchObject({ errno: 1290 });
    await old.rows("call dolt_promote('origin', '--join')");
    await old.rows(commitRow(6));
    expect(await old.rows(rowsOfT)).toEqual([[1], [2], [3], [4], [6]]);
    await old.stop();
  });

  test('a promotion fences all of the epoch before', async () => {
    const world = await standby();
    await world.clone('/s2', REPLICA);
    await world.clone('/s3', REPLICA);
    await world.sql('/s', promote);
    await world.sql('/s2', "call dolt_promote('origin', '--join')");
    await world.sql('/s3', promote);
    for (const folder of ['/p', '/s', '/s2']) {
      const server = await world.start(folder);
      expect(await server.error(commitRow(2)), folder).toMatchObject({ errno: 1290 });
      await server.stop();
    }
    await world.sql('/s3', commitRow(3));
  });

  test('in an epoch that nobody began, primaries write together as ever', async () => {
    const world = await standby();
    await world.clone('/q', PRIMARY);
    await world.sql('/q', commitRow(2));
    await world.sql('/p', commitRow(3));
    expect(world.messages()).toEqual(expect.arrayContaining(['row 2', 'row 3']));
    expect(world.datasets('/remote', 'refs/internal/replication').filter((ref) => !ref.includes('/pushed/'))).toEqual(
      [],
    );
  });
});

describe('a remote that was restored from a backup', () => {
  test('takes nothing from a primary of a later epoch, until it is promoted', async () => {
    const world = await standby();
    world.copy('/remote', '/backup');
    await world.sql('/s', `${promote}; ${commitRow(2)}`);
    world.disk.removeTree('', '/remote');
    world.copy('/backup', '/remote');
    const server = await world.start('/s');
    const error = await server.error(commitRow(3));
    expect(error).toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(/epoch 0, and was in epoch 1: it was restored/),
    });
    expect(world.messages()).toEqual(['one', 'Initialize data repository']);
    await server.rows(promote);
    await server.stop();
    await expect(world.start('/p').then((old) => old.error(commitRow(7)))).resolves.toMatchObject({ errno: 1290 });
  });
});

/** Runs `action` with each fate at each call to the remote; whatever it says, what follows must hold. */
async function withEachFault(
  folder: string,
  action: string,
  check: (world: World, server: Server, thrown: unknown, what: string) => Promise<void>,
): Promise<number> {
  let runs = 0;
  for (const fate of ['refused', 'answer lost', 'request lost'] as const) {
    for (let n = 0, isHit = true; isHit; n++, runs++) {
      const world = await standby(n + 1);
      await world.sql('/p', commitRow(2));
      const server = await world.start(folder);
      let calls = 0;
      isHit = false;
      server.transport.fate = () => {
        if (calls++ !== n) return undefined;
        isHit = true;
        return fate;
      };
      const thrown = await server.rows(action).then(
        () => undefined,
        (error: unknown) => error,
      );
      server.transport.fate = () => undefined;
      if (thrown !== undefined && !(thrown instanceof DoltError)) throw thrown;
      await check(world, server, thrown, `${fate} at call ${n}`);
    }
  }
  return runs;
}

describe('faults', () => {
  test('at each call of a promotion', async () => {
    const runs = await withEachFault('/s', promote, async (world, server, thrown, what) => {
      const [role] = await server.rows('select role from dolt_replication_status');
      expect(role, what).toEqual([thrown === undefined ? 'primary' : 'replica']);
      if (thrown !== undefined) {
        // Nothing changed here, and calling it again works.
        expect(await server.error('insert into t values (8, 8)'), what).toMatchObject({ errno: 1290 });
        await server.rows(promote);
      }
      await server.rows(commitRow(3));
      const old = await world.start('/p');
      expect(await old.error(commitRow(4)), what).toMatchObject({ errno: 1290 });
      await old.stop();
      await server.stop();
      expect(world.messages(), what).toEqual(['row 3', 'row 2', 'one', 'Initialize data repository']);
      expect(world.refs(), what).toEqual(world.refs('/s'));
    });
    expect(runs).toBeGreaterThan(15);
  });

  test('at each call of a demotion', async () => {
    const runs = await withEachFault('/p', demote, async (world, server, thrown, what) => {
      const [role] = await server.rows('select role from dolt_replication_status');
      expect(role, what).toEqual([thrown === undefined ? 'replica' : 'primary']);
      if (thrown !== undefined) await server.rows(`${commitRow(3)}; ${demote}`);
      expect(await server.error(commitRow(4)), what).toMatchObject({ errno: 1290 });
      await server.stop();
      expect(world.refs(), what).toEqual(world.refs('/p'));
      expect(keptBranches(world, '/p'), what).toEqual([]);
    });
    expect(runs).toBeGreaterThan(5);
  });

  test('at each call of a write after the promotion: never on the remote', async () => {
    for (const fate of ['refused', 'answer lost', 'request lost'] as const) {
      for (let n = 0, isHit = true; isHit; n++) {
        const world = await standby(n + 1);
        const old = await world.start('/p');
        await world.sql('/s', promote);
        let calls = 0;
        isHit = false;
        old.transport.fate = () => {
          if (calls++ !== n) return undefined;
          isHit = true;
          return fate;
        };
        await expect(old.rows(commitRow(2)), `${fate} ${n}`).rejects.toThrow();
        await old.stop().catch(() => old.kill());
        expect(world.messages(), `${fate} ${n}`).toEqual(['one', 'Initialize data repository']);
        expect(world.messages('main', '/p'), `${fate} ${n}`).toEqual(['one', 'Initialize data repository']);
      }
    }
  });
});

describe('a server of several databases', () => {
  const TEMPLATE = { dolt_replication_remote_url_template: 'file:///remotes/{database}' };
  const databases = ['a', 'b'];

  /** A primary, and a standby that has both databases. */
  async function servers(): Promise<{ world: World; old: Server; standby: Server }> {
    const world = new World();
    world.dataFolder('/one', { ...PRIMARY, ...TEMPLATE });
    const old = await world.start('/one', AS_SERVER);
    for (const name of databases) {
      await old.rows(`create database ${name}; use ${name}; create table t (pk int primary key, c int)`);
      await old.rows("call dolt_commit('-Am', 'one')");
    }
    world.dataFolder('/two', { ...REPLICA, ...TEMPLATE });
    const server = await world.start('/two', AS_SERVER);
    for (const name of databases) await server.rows(`use ${name}`);
    return { world, old, standby: server };
  }

  test('is promoted with all of them', async () => {
    const { world, old, standby: server } = await servers();
    await server.rows(promote);
    for (const name of databases) {
      await server.rows(`use ${name}; ${commitRow(2)}`);
      expect(world.messages('main', `/remotes/${name}`)[0]).toBe('row 2');
      expect(await old.error(`use ${name}; ${commitRow(3)}`), name).toMatchObject(fenced);
    }
    await old.rows(demote);
    for (const name of databases) expect(await old.rows(`use ${name}; ${rowsOfT}`)).toEqual([[2]]);
    await old.stop();
    await server.stop();
  });

  test('takes those along that it has not met', async () => {
    const { world, old, standby: server } = await servers();
    await old.rows(
      "create database c; use c; create table t (pk int primary key, c int); call dolt_commit('-Am', 'one')",
    );
    await old.rows(commitRow(2));
    // No database: it has a manifest, but nothing that can be cloned.
    world.disk.makeDirectory('', '/remotes/d');
    const file = world.disk.create('', '/remotes/d/manifest');
    file.write('', new TextEncoder().encode('nonsense'), 0);
    world.disk.makeDirectory('', '/remotes/no database');
    await server.rows(promote);
    expect(server.warnings).toEqual([
      expect.stringMatching(/^database 'd' of remote 'origin' is not here, and was not taken along: /),
    ]);
    expect(await server.rows(`use c; ${rowsOfT}`)).toEqual([[2]]);
    await server.rows(commitRow(3));
    expect(world.messages('main', '/remotes/c')[0]).toBe('row 3');
    expect(await old.error(`use c; ${commitRow(4)}`)).toMatchObject(fenced);
    await old.stop();
    await server.stop();
  });

  test('is not, where one that it has not met cannot be cloned now', async () => {
    const { world, old, standby: server } = await servers();
    await old.rows(
      "create database c; use c; create table t (pk int primary key, c int); call dolt_commit('-Am', 'one')",
    );
    server.transport.fate = (_call, _nth, url) => (url.endsWith('/c') ? 'refused' : undefined);
    expect(await server.error(promote)).toMatchObject({ kind: 'unavailable' });
    await old.rows(`use a; ${commitRow(2)}`);
    server.transport.fate = () => undefined;
    await server.rows(promote);
    expect(server.warnings).toEqual([]);
    expect(await old.error(`use a; ${commitRow(3)}`)).toMatchObject(fenced);
    expect(world.disk.stat('/two/c')).toBeDefined();
    await old.stop();
    await server.stop();
  });

  test('is not, where the remote of one does not answer', async () => {
    const { world, old, standby: server } = await servers();
    let swaps = 0;
    server.transport.fate = (call) => (call === 'swap' && swaps++ > 0 ? 'refused' : undefined);
    expect(await server.error(promote)).toMatchObject({ kind: 'unavailable' });
    for (const name of databases) {
      expect(await server.error(`use ${name}; ${commitRow(2)}`)).toMatchObject({ errno: 1290 });
    }
    server.transport.fate = () => undefined;
    await server.rows(promote);
    for (const name of databases) {
      await server.rows(`use ${name}; ${commitRow(2)}`);
      expect(await old.error(`use ${name}; ${commitRow(3)}`), name).toMatchObject({ errno: 1290 });
    }
    await old.stop();
    await server.stop();
    expect(world.messages('main', '/remotes/b')[0]).toBe('row 2');
  });
});

describe('health', () => {
  const replicationOf = (server: Server) => server.opened.replicated()[0]!.replication;
  const well = { isWell: true, reason: 'ok' };

  test('of a primary: asked once by all who ask at once, and anew after a second', async () => {
    const world = await standby();
    const server = await world.start('/p', AS_SERVER);
    const replication = replicationOf(server);
    expect(await Promise.all([1, 2, 3].map(() => replication.primaryHealth()))).toEqual([well, well, well]);
    const before = server.transport.calls.length;
    expect(await replication.primaryHealth()).toEqual(well);
    expect(server.transport.calls.length).toBe(before);
    await world.advance(1000);
    expect(await replication.primaryHealth()).toEqual(well);
    expect(server.transport.calls.slice(before)).toEqual(['root']);
    expect(await replication.replicaHealth()).toBeUndefined();
    await world.sql('/s', promote);
    await world.advance(1000);
    expect(await replication.primaryHealth()).toMatchObject({ isWell: false, reason: fenced.message });
    await server.stop();
  });

  test.each(['refused', 'black hole'] as const)('of a primary whose remote does not answer: %s', async (fate) => {
    const world = await standby();
    const server = await world.start('/p', AS_SERVER);
    server.transport.fate = () => fate;
    const asked = replicationOf(server).primaryHealth();
    if (fate === 'black hole') expect(await settled(asked)).toBe('open');
    await world.advance(1000);
    expect(await asked).toMatchObject({ isWell: false, reason: expect.stringMatching(/remote 'origin'/) });
    server.kill();
  });

  test('of a replica: whether it can read its remote now', async () => {
    const world = await standby();
    const server = await world.start('/s', AS_SERVER);
    const replication = replicationOf(server);
    expect(await replication.primaryHealth()).toBeUndefined();
    expect(await replication.replicaHealth()).toEqual(well);
    server.transport.fate = () => 'refused';
    const ill = { isWell: false, reason: expect.stringMatching(/cannot read its remote 'origin'/) };
    expect(await replication.replicaHealth()).toMatchObject(ill);
    await server.rows('set global dolt_skip_replication_errors = 1');
    expect(await replication.replicaHealth()).toMatchObject(ill);
    server.transport.fate = () => undefined;
    await replication.replicaHealth();
    expect(await replication.replicaHealth()).toEqual(well);
    await server.rows('set global dolt_replicate_all_heads = 0');
    expect(await replication.replicaHealth()).toMatchObject({ isWell: false });
    await server.stop();
  });
});

describe('sessions of a server', () => {
  test('all have what one sets for all', async () => {
    const world = await standby();
    const server = await world.start('/s', AS_SERVER);
    const first = server.session();
    const second = server.session();
    await server.rows('select 1', second);
    await server.rows("set global dolt_read_replica_remote = ''", first);
    await server.rows(commitRow(2), second);
    expect(world.messages()[0]).toBe('one');
    await server.rows("set global dolt_replicate_to_remote = 'origin'", first);
    await server.rows(commitRow(3), second);
    expect(world.messages().slice(0, 2)).toEqual(['row 3', 'row 2']);
    await server.stop();
  });

  test('of a replica share one check', async () => {
    const world = await standby();
    const server = await world.start('/s', AS_SERVER);
    await server.rows(rowsOfT);
    const before = server.transport.count('root');
    const sessions = Array.from({ length: 8 }, () => server.session());
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.transport.before = () => held;
    const reads = sessions.map((session) => server.rows(rowsOfT, session));
    await turns();
    answer();
    expect(await Promise.all(reads)).toEqual(sessions.map(() => [[1]]));
    // The first started at once; all who came later share the next.
    expect(server.transport.count('root') - before).toBe(2);
    await server.stop();
  });
});

describe('the disk', () => {
  const roles = 'select role from dolt_replication_status';

  test.each([
    ['promotion', '/s', promote],
    ['demotion', '/p', demote],
  ])('dies at each operation of a %s: it happened or not, and can be called again', async (_, folder, statement) => {
    const following = beginning(async () => {
      const world = await standby();
      await world.sql('/p', commitRow(2));
      if (folder === '/s') await world.sql('/s', rowsOfT);
      return world;
    });
    let died = 0;
    for (let n = 1, failed = true; failed; n++) {
      const world = await following(n);
      let isOn = false;
      const disk = new FailingDisk(world.disk, { failAt: n, sticky: true, counts: () => isOn });
      const server = await world.start(folder, { disk });
      isOn = true;
      await server.rows(statement).catch((error: unknown) => {
        if (!(error instanceof DoltError)) throw error;
      });
      failed = disk.failed;
      if (failed) died++;
      server.kill();
      const next = await world.start(folder);
      const [before] = await next.rows(roles);
      expect(['primary', 'replica'], `operation ${n}`).toContain(before?.[0]);
      await next.rows(statement);
      expect(await next.rows(roles), `operation ${n}`).toEqual([[folder === '/s' ? 'primary' : 'replica']]);
      expect(await next.rows(rowsOfT), `operation ${n}`).toEqual([[1], [2]]);
      if (folder === '/s') await next.rows(commitRow(3));
      await next.stop();
      expect(world.refs(folder), `operation ${n}`).toEqual(world.refs());
      expect((await world.fsck(folder)).problems, `operation ${n}`).toEqual([]);
    }
    expect(died).toBeGreaterThan(10);
  });
});

test.each([promote, "call dolt_promote('origin', '--join')"])(
  'a server that was restored from a backup, %s',
  async (statement) => {
    const world = await standby();
    world.copy('/p', '/backup');
    world.disk.remove('', '/backup/.dolt/replication_server');
    await world.sql('/p', commitRow(2));
    const server = await world.start('/backup');
    expect(await server.error(commitRow(3))).toMatchObject({ errno: 1290, message: expect.stringMatching(/backup/) });
    await server.rows(statement);
    await server.rows(commitRow(3));
    expect(await server.rows(rowsOfT)).toEqual([[1], [2], [3]]);
    await server.stop();
    expect(world.refs('/backup')).toMatchObject(world.refs());
    // The row of the commit that was refused.
    expect(keptBranches(world, '/backup')).toHaveLength(1);
  },
);

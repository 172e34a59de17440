/** Replicas: what a read sees, what follows, what is refused, and what an idle one costs. */
import { describe, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { branch } from '../../src/verbs/branch.ts';
import { commit } from '../../src/verbs/commit.ts';
import { push } from '../../src/verbs/push.ts';
import { reset } from '../../src/verbs/reset.ts';
import { tag } from '../../src/verbs/tag.ts';
import { Transport, unreachableTransport } from './transport.ts';
import { type Server, settled, turns, World } from './world.ts';

/** What a read that may be refused gives then; anything but a refusal is a bug. */
function refusal(error: unknown): undefined {
  if (!(error instanceof DoltError)) throw error;
}

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_heads: 'main' };
const ALL = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };
const SKIP = { dolt_skip_replication_errors: '1' };

interface Pair {
  readonly world: World;
  readonly primary: Server;
  readonly replica: Server;
}

async function pair(settings: Readonly<Record<string, string>> = REPLICA, transport = new Transport()): Promise<Pair> {
  const world = new World();
  world.init('/p', PRIMARY);
  const primary = await world.start('/p');
  await primary.rows(
    "create table t (pk int primary key, c int); insert into t values (1, 1); call dolt_commit('-Am', 'one')",
  );
  await world.clone('/r', settings);
  const replica = await world.start('/r', { transport });
  return { world, primary, replica };
}

const all = 'select pk from t order by pk';
const add = (pk: number) => `insert into t values (${pk}, 0); call dolt_commit('-am', 'c${pk}')`;

describe('a read sees', () => {
  test('what was acknowledged before it', async () => {
    const { primary, replica, world } = await pair();
    expect(await replica.rows(all)).toEqual([[1]]);
    await primary.rows(add(2));
    expect(await replica.rows(all)).toEqual([[1], [2]]);
    expect(await replica.rows('select count(*) from dolt_log')).toEqual([[3]]);
    expect(world.refs('/r')).toEqual(world.refs());
    expect(world.datasets('/r', 'refs/remotes/')).toEqual(['refs/remotes/origin/main']);
  });

  test('one state throughout a transaction', async () => {
    const { primary, replica } = await pair();
    await replica.rows('start transaction');
    expect(await replica.rows(all)).toHaveLength(1);
    await primary.rows(add(2));
    expect(await replica.rows(all)).toHaveLength(1);
    // Even when another session has pulled meanwhile.
    expect(await replica.rows(all, replica.session())).toHaveLength(2);
    expect(await replica.rows(all)).toHaveLength(1);
    await replica.rows('commit');
    expect(await replica.rows(all)).toHaveLength(2);
  });

  test('one state until COMMIT where autocommit is off', async () => {
    const { primary, replica } = await pair();
    await replica.rows('set autocommit = 0');
    expect(await replica.rows(all)).toHaveLength(1);
    await primary.rows(add(2));
    expect(await replica.rows(all)).toHaveLength(1);
    await replica.rows('commit');
    expect(await replica.rows(all)).toHaveLength(2);
  });

  test('one state of all branches', async () => {
    const { primary, replica } = await pair(ALL);
    await primary.rows("call dolt_checkout('-b', 'f')");
    for (let i = 2; i < 6; i++) {
      await primary.rows(`call dolt_checkout('main'); ${add(i)}; call dolt_checkout('f'); call dolt_merge('main')`);
      await replica.rows('begin');
      const [main] = await replica.rows("select count(*) from t as of 'main'");
      const [f] = await replica.rows("select count(*) from t as of 'f'");
      expect(main).toEqual(f);
      await replica.rows('commit');
    }
  });

  test('a commit that is acknowledged while a check runs', async () => {
    const { primary, replica } = await pair();
    const { transport } = replica;
    await replica.rows(all);
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    // The check has its answer, and is slow to bring it.
    let first = true;
    transport.after = async (call) => {
      if (call !== 'root' || !first) return;
      first = false;
      await gate;
    };
    const early = replica.rows(all, replica.session());
    expect(await settled(early)).toBe('open');
    await primary.rows(add(2));
    const late = replica.rows(all, replica.session());
    expect(await settled(late)).toBe('open');
    go();
    expect(await early).toHaveLength(1);
    expect(await late).toHaveLength(2);
  });

  test('what another process of the replica has pulled while it had the lock', async () => {
    const { world, primary, replica } = await pair(ALL);
    // Takes the lock, until it ends.
    await primary.rows(add(2));
    await replica.rows(all);
    const transport = new Transport();
    const other = await world.start('/r', { transport });
    expect(await other.rows(all)).toHaveLength(2);

    await primary.rows(add(3));
    let asked = 0;
    transport.after = async (call) => {
      if (call === 'root' && ++asked === 1) await replica.rows(all);
    };
    expect(await other.rows(all)).toHaveLength(3);

    // Nobody has pulled this.
    await primary.rows(add(4));
    expect((await other.error(all)).message).toMatch(
      /^replica cannot take what is new on its remote 'origin': \/r\/\.dolt\/noms is locked by .*; try again/,
    );
    await other.rows('set global dolt_skip_replication_errors = 1');
    expect(await other.rows(all)).toHaveLength(3);
    expect(other.warnings.join()).toMatch(/^replica cannot take what is new on its remote 'origin'/);
    await replica.rows(all);
    expect(await other.rows(all)).toHaveLength(4);
    expect(other.warnings).toEqual([]);
    await replica.stop();
    await primary.rows(add(5));
    expect(await other.rows(all)).toHaveLength(5);
  });

  test('and shares its check with others who wait', async () => {
    const { replica } = await pair();
    await replica.rows(all);
    const { transport } = replica;
    const before = transport.calls.length;
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    transport.before = () => gate;
    const reads = Array.from({ length: 50 }, () => replica.rows(all, replica.session()));
    await turns();
    go();
    expect((await Promise.all(reads)).every((rows) => rows.length === 1)).toBe(true);
    // One that ran, one that waited.
    expect(transport.calls.length - before).toBeLessThanOrEqual(2);
  });
});

test('a read that waited for a check that failed makes its own', async () => {
  const { replica } = await pair();
  await replica.rows(all);
  const { transport } = replica;
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const first = transport.count('root');
  transport.before = (_call, nth) => (nth === first ? gate : undefined);
  transport.fate = (_call, nth) => (nth === first ? 'refused' : undefined);
  const failing = replica.rows(all, replica.session());
  const waiting = replica.rows(all, replica.session());
  await turns();
  go();
  await expect(failing).rejects.toThrow(/connection refused/);
  expect(await waiting).toEqual([[1]]);
});

describe('an idle replica', () => {
  test('asks once a read, and writes nothing', async () => {
    const { world, primary, replica } = await pair();
    await replica.rows(all);
    await replica.stop();
    const writes: string[] = [];
    const disk = new FailingDisk(world.disk, {
      counts: (operation) => {
        if (!/^(read|openRead|readFile|stat|list|size|lock) /.test(operation)) writes.push(operation);
        return false;
      },
    });
    const again = await world.start('/r', { disk });
    for (let i = 0; i < 5; i++) await again.rows(all);
    expect(again.transport.calls).toEqual(['root', 'root', 'root', 'root', 'root']);
    expect(writes).toEqual([]);
    // What concerns it is written, in one record.
    await primary.rows(add(2));
    await again.rows(all);
    expect(writes.length).toBeGreaterThan(0);
    await again.stop();
    await primary.stop();
  });

  test('reads cost few operations more than without replication', async () => {
    const { world, replica } = await pair();
    await replica.rows(all);
    await replica.stop();
    const count = async (settings: Readonly<Record<string, string>>): Promise<number> => {
      world.configure('/r', settings);
      const disk = new FailingDisk(world.disk, {});
      const server = await world.start('/r', { disk });
      await server.rows(all);
      const before = disk.count;
      for (let i = 0; i < 10; i++) await server.rows(all);
      const { count } = disk;
      await server.stop();
      return (count - before) / 10;
    };
    const replicated = await count(REPLICA);
    const plain = await count({ dolt_read_replica_remote: '', dolt_replicate_heads: '' });
    expect(replicated - plain).toBeLessThanOrEqual(4);
  });
});

describe('it follows', () => {
  test('forced moves', async () => {
    const { world, primary, replica } = await pair();
    await primary.rows(add(2));
    await replica.rows(all);
    await primary.rows("call dolt_reset('--hard', 'HEAD~1')");
    expect(await replica.rows(all)).toEqual([[1]]);
    await primary.rows("insert into t values (9, 9); call dolt_commit('-a', '--amend', '-m', 'amended')");
    expect(await replica.rows(all)).toEqual([[1], [9]]);
    expect(world.refs('/r')).toEqual(world.refs());
  });

  test('all branches and tags: new, moved, renamed, deleted', async () => {
    const { world, primary, replica } = await pair(ALL);
    const steps = [
      "call dolt_branch('a'); call dolt_tag('v1')",
      "call dolt_checkout('a'); insert into t values (5, 5); call dolt_commit('-am', 'on a')",
      "call dolt_checkout('main'); call dolt_branch('-m', 'a', 'b')",
      "call dolt_tag('-d', 'v1'); call dolt_tag('v1', 'b'); call dolt_tag('v2')",
      "call dolt_branch('-D', 'b'); call dolt_tag('-d', 'v2')",
    ];
    for (const step of steps) {
      await primary.rows(step);
      await replica.rows('select 1 from t');
      expect(world.refs('/r'), step).toEqual(world.refs());
      const tracked = world
        .datasets('/r', 'refs/remotes/')
        .map((ref) => ref.replace('refs/remotes/origin/', 'refs/heads/'));
      expect(tracked, step).toEqual(Object.keys(world.refs()).filter((ref) => ref.startsWith('refs/heads/')));
    }
  });

  test('branches by name and by pattern, and no tags', async () => {
    const { world, primary, replica } = await pair({ ...REPLICA, dolt_replicate_heads: ' main , release/* ' });
    await primary.rows(
      "call dolt_branch('release/1'); call dolt_branch('release/2'); call dolt_branch('other'); call dolt_tag('v1')",
    );
    await replica.rows(all);
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/main', 'refs/heads/release/1', 'refs/heads/release/2']);
    await primary.rows("call dolt_branch('-D', 'release/1')");
    await replica.rows(all);
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/main', 'refs/heads/release/2']);
  });

  test('a session whose branch was deleted is on the default branch, with a warning', async () => {
    const { primary, replica } = await pair(ALL);
    await primary.rows("call dolt_branch('f')");
    await replica.rows("call dolt_checkout('f')");
    expect(await replica.rows('select active_branch()')).toEqual([['f']]);
    await primary.rows("call dolt_branch('-D', 'f')");
    expect(await replica.rows('select active_branch()')).toEqual([['main']]);
    expect(replica.warnings.join()).toMatch(/branch 'f' was deleted; the session is on 'main'/);
    expect(await replica.rows(all)).toEqual([[1]]);
  });

  test('a database whose own branch was deleted, too', async () => {
    const { world, primary, replica } = await pair(ALL);
    await primary.rows("call dolt_branch('keep')");
    await replica.rows(all);
    await replica.stop();
    await primary.rows("call dolt_checkout('keep'); call dolt_branch('-D', 'main')");
    const again = await world.start('/r');
    expect(await again.rows(all)).toEqual([[1]]);
    expect(await again.rows('select active_branch()')).toEqual([['keep']]);
    await again.stop();
  });
});

describe('it is read-only', () => {
  const refused = [
    'insert into t values (5, 5)',
    'update t set c = 2',
    'delete from t',
    'create table u (pk int primary key)',
    'drop table t',
    "call dolt_commit('--allow-empty', '-m', 'x')",
    "call dolt_reset('--hard', 'HEAD~1')",
    "call dolt_branch('-m', 'main', 'x')",
    "call dolt_branch('-f', 'main', 'HEAD~1')",
    "call dolt_merge('other')",
  ];
  for (const settings of [REPLICA, ALL]) {
    test(`in SQL, ${settings === ALL ? 'all' : 'named'} heads`, async () => {
      const { world, primary, replica } = await pair(settings);
      await primary.rows(`${add(2)}; call dolt_branch('other'); call dolt_branch('-D', 'other')`);
      await replica.rows(`${all}; call dolt_branch('other', 'HEAD~1')`);
      await replica.rows(
        "call dolt_checkout('other'); insert into t values (77, 7); call dolt_commit('-am', 'local'); call dolt_checkout('main')",
      );
      const before = world.refs('/r');
      for (const text of refused) {
        const error = await replica.error(text);
        expect(error, text).toMatchObject({ name: 'SqlError', errno: 1290, sqlState: 'HY000' });
        expect(error.message, text).toMatch(/read replica of 'origin': branch 'main'/);
      }
      expect(world.refs('/r')).toEqual(before);
      expect(await replica.rows(all)).toEqual([[1], [2]]);
    });
  }

  test('and so are replicated tags; local ones come and go', async () => {
    const { world, primary, replica } = await pair(ALL);
    await primary.rows("call dolt_tag('v1')");
    await replica.rows(all);
    const error = await replica.error("call dolt_tag('-d', 'v1')");
    expect(error).toMatchObject({ errno: 1290 });
    expect(error.message).toMatch(/tag 'v1' takes no changes here/);
    await replica.rows("call dolt_tag('mine')");
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/main', 'refs/tags/mine', 'refs/tags/v1']);
    await replica.rows("call dolt_tag('-d', 'mine')");
    await replica.rows("set global dolt_replicate_heads = 'main', global dolt_replicate_all_heads = 0");
    await replica.rows("call dolt_tag('-d', 'v1')");
  });

  test('but for temporary tables, SET, checkout, fetch and branches that are only local', async () => {
    const { world, primary, replica } = await pair(ALL);
    await replica.rows('set @x = 1; create temporary table tmp (a int); insert into tmp values (1); select * from tmp');
    await replica.rows(
      "call dolt_checkout('-b', 'mine'); insert into t values (50, 5); call dolt_commit('-am', 'mine')",
    );
    await primary.rows(add(2));
    await replica.rows("call dolt_fetch('origin'); call dolt_checkout('main')");
    expect(await replica.rows(all)).toEqual([[1], [2]]);
    await replica.rows("call dolt_checkout('mine')");
    expect(await replica.rows(all)).toEqual([[1], [50]]);
    expect(world.messages('mine', '/r')[0]).toBe('mine');
    expect(Object.keys(world.refs())).toEqual(['refs/heads/main']);
  });

  test('nor is a branch of the remote that it does not follow', async () => {
    const { world, primary, replica } = await pair();
    await primary.rows("call dolt_branch('f')");
    await replica.rows("call dolt_fetch('origin')");
    await replica.rows("call dolt_checkout('f'); insert into t values (50, 5); call dolt_commit('-am', 'mine')");
    await primary.rows(add(2));
    expect(await replica.rows(all)).toEqual([[1], [50]]);
    expect(world.messages('f', '/r')[0]).toBe('mine');
  });

  test('its remote missing, with skipped errors', async () => {
    const { world, replica } = await pair();
    await replica.stop();
    world.configure('/r', { ...REPLICA, ...SKIP, dolt_read_replica_remote: 'broken' });
    const again = await world.start('/r');
    expect(await again.rows(all)).toEqual([[1]]);
    expect(again.warnings).toEqual(["failure loading hook; remote not found: 'broken'"]);
    expect(await again.error('delete from t')).toMatchObject({ errno: 1290 });
    await again.stop();
  });
});

describe('what is only here is kept', () => {
  test('a branch of the same name is an error, and stays', async () => {
    const { world, primary, replica } = await pair(ALL);
    await replica.rows("call dolt_checkout('-b', 'f'); insert into t values (50, 5); call dolt_commit('-am', 'mine')");
    await primary.rows(
      "call dolt_checkout('-b', 'f'); insert into t values (60, 6); call dolt_commit('-am', 'theirs')",
    );
    expect((await replica.error(all)).message).toMatch(/branch 'f' is local here and also on remote 'origin'/);
    expect(world.messages('f', '/r')[0]).toBe('mine');
    await replica.rows('set global dolt_skip_replication_errors = 1');
    await primary.rows(`call dolt_checkout('main'); ${add(2)}`);
    await replica.rows('use `r/main`');
    expect(await replica.rows(all)).toEqual([[1], [2]]);
    expect(replica.warnings.join()).toMatch(/branch 'f' is local here/);
    expect(world.messages('f', '/r')[0]).toBe('mine');
  });

  test('and so is a tag; one that is the same on both sides is none', async () => {
    const { world, primary, replica } = await pair(ALL);
    await replica.rows("call dolt_tag('v1'); call dolt_tag('local')");
    const mine = world.refs('/r')['refs/tags/v1'];
    world.tick();
    await primary.rows("call dolt_tag('v1', 'HEAD', '-m', 'theirs'); call dolt_tag('v2')");
    expect((await replica.error(all)).message).toMatch(/tag 'v1' is local here and another on remote 'origin'/);
    expect(world.refs('/r')['refs/tags/v1']).toBe(mine);
    await replica.rows("set global dolt_read_replica_remote = ''; call dolt_tag('-d', 'v1')");
    await replica.rows(`set global dolt_read_replica_remote = 'origin'; ${all}`);
    expect(world.refs('/r')).toMatchObject(world.refs());
    expect(Object.keys(world.refs('/r'))).toContain('refs/tags/local');
  });

  test('a clone of the original, which knows no bases, follows forced moves', async () => {
    const { world, primary, replica } = await pair();
    await replica.stop();
    world.forgetBases('/r');
    await primary.rows("call dolt_commit('--amend', '-m', 'amended')");
    expect(await world.sql('/r', all)).toEqual([[1]]);
    expect(world.refs('/r')).toEqual(world.refs());
  });

  test('a dirty working set, on a branch of its own', async () => {
    const { world, primary, replica } = await pair();
    await replica.rows(all);
    await replica.rows('set global dolt_read_replica_remote = ""; insert into t values (50, 5)');
    for (const moves of [false, true]) {
      if (moves) {
        await replica.rows('set global dolt_read_replica_remote = ""; insert into t values (60, 6)');
        await primary.rows(add(2));
      }
      await replica.rows('set global dolt_read_replica_remote = "origin"');
      expect(await replica.rows(all)).toEqual(moves ? [[1], [2]] : [[1]]);
      expect(replica.warnings.join()).toMatch(/local changes of 'main' were kept on branch 'unreplicated\//);
      expect(await replica.rows('select * from dolt_status')).toEqual([]);
    }
    const kept = Object.keys(world.refs('/r')).filter((ref) => ref.includes('unreplicated'));
    const contents = await Promise.all(
      kept.map((ref) => replica.rows(`select pk from t as of '${ref.slice('refs/heads/'.length)}'`, replica.session())),
    );
    expect(contents.sort()).toEqual([
      [[1], [50]],
      [[1], [60]],
    ]);
    await replica.rows(all);
    expect(replica.warnings).toEqual([]);
  });

  test('commits that were made here, on a branch of their own', async () => {
    const { world, primary, replica } = await pair();
    await replica.rows(all);
    await replica.stop();
    await world.command('/r', commit, '--allow-empty', '-m', 'by mistake');
    const again = await world.start('/r');
    expect(await again.rows(all)).toEqual([[1]]);
    expect(again.warnings.join()).toMatch(/kept on branch/);
    const [kept] = Object.keys(world.refs('/r')).filter((ref) => ref.includes('unreplicated'));
    expect(world.messages(kept!.slice('refs/heads/'.length), '/r')[0]).toBe('by mistake');
    expect(world.refs('/r')['refs/heads/main']).toBe(world.refs()['refs/heads/main']);
    await again.stop();
    await primary.stop();
  });

  test('and so is what was on a branch that the remote deleted', async () => {
    const { world, primary, replica } = await pair(ALL);
    await primary.rows("call dolt_branch('f')");
    await replica.rows(all);
    await replica.rows('set global dolt_read_replica_remote = ""');
    await replica.rows("call dolt_checkout('f'); insert into t values (50, 5); call dolt_commit('-am', 'mine')");
    await primary.rows("call dolt_branch('-D', 'f')");
    await replica.rows('set global dolt_read_replica_remote = "origin"; select 1 from t');
    const kept = Object.keys(world.refs('/r')).filter((ref) => ref.startsWith('refs/heads/unreplicated/'));
    expect(kept).toHaveLength(1);
    expect(world.messages(kept[0]!.slice('refs/heads/'.length), '/r')[0]).toBe('mine');
    expect(world.refs('/r')['refs/heads/f']).toBeUndefined();
  });
});

describe('outcomes', () => {
  test('the remote cannot be reached: an error with its name and the cause', async () => {
    const { replica } = await pair();
    replica.transport.fate = () => 'refused';
    const error = await replica.error(all);
    expect(error.message).toBe("replica cannot read its remote 'origin' (file:///remote): connection refused");
    replica.transport.fate = () => undefined;
    expect(await replica.rows(all)).toEqual([[1]]);
  });

  test('the remote does not answer: an error within a second', async () => {
    const { world, replica } = await pair();
    replica.transport.fate = () => 'black hole';
    const failing = replica.error(all);
    await turns();
    await world.advance(999);
    expect(await settled(failing)).toBe('open');
    await world.advance(1);
    expect((await failing).message).toMatch(/'origin'.*no answer within 1000 ms/);
  });

  test('it moved, and goes silent before it tells where to: within a second too', async () => {
    const { world, primary, replica } = await pair();
    await primary.rows(add(2));
    replica.transport.fate = (call) => (call === 'chunks' ? 'black hole' : undefined);
    const failing = replica.error(all);
    await turns();
    await world.advance(1000);
    expect((await failing).message).toMatch(/no answer within 1000 ms/);
  });

  test('it goes silent in the middle of the transfer: an error when nothing comes any more', async () => {
    const { world, primary, replica } = await pair();
    await primary.rows(`${add(2)}; ${add(3)}`);
    replica.transport.fate = (call, nth) => (call === 'chunks' && nth > 2 ? 'black hole' : undefined);
    const failing = replica.error(all);
    await turns();
    await world.advance(29_000);
    expect(await settled(failing)).toBe('open');
    await world.advance(1_000);
    expect((await failing).message).toMatch(/cannot read its remote 'origin' .*no answer within 30000 ms/);
    replica.transport.fate = () => undefined;
    expect(await replica.rows(all)).toHaveLength(3);
  });

  test('the same with skipped errors: a warning, local data at once, and a probe that finds it again', async () => {
    const { world, primary, replica } = await pair({ ...REPLICA, ...SKIP });
    await replica.rows(all);
    replica.transport.fate = () => 'black hole';
    const waiting = replica.rows(all);
    await turns();
    await world.advance(1000);
    expect(await waiting).toEqual([[1]]);
    expect(replica.warnings.join()).toMatch(/no answer/);
    // Now it does not wait any more.
    expect(await replica.rows(all)).toEqual([[1]]);
    expect(replica.warnings.join()).toMatch(/no answer/);
    await primary.rows(add(2));
    replica.transport.fate = () => undefined;
    await world.advance(1000);
    expect(await replica.rows(all)).toEqual([[1], [2]]);
    expect(replica.warnings).toEqual([]);
  });

  test('refused, with skipped errors, until it is back', async () => {
    const { replica } = await pair({ ...REPLICA, ...SKIP }, unreachableTransport());
    for (let i = 0; i < 3; i++) {
      expect(await replica.rows(all)).toEqual([[1]]);
      expect(replica.warnings.join()).toMatch(/cannot read its remote 'origin'/);
      expect(await replica.rows('show warnings')).toHaveLength(1);
    }
    replica.transport.fate = () => undefined;
    await replica.rows(all);
    await replica.rows(all);
    expect(replica.warnings).toEqual([]);
  });

  test('a folder that is gone, or empty', async () => {
    const { world, replica } = await pair(ALL);
    world.disk.removeTree('', '/remote');
    world.disk.makeDirectory('', '/remote');
    expect((await replica.error(all)).message).toMatch(/is empty, and was not before/);
    await replica.stop();
    world.disk.removeTree('', '/remote');
    const again = await world.start('/r');
    expect((await again.error(all)).message).toMatch(/there is no folder \/remote/);
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/main']);
    await again.stop();
  });

  test('its own disk fails, with skipped errors: a warning, and what is here', async () => {
    const { world, primary, replica } = await pair({ ...REPLICA, ...SKIP });
    await replica.stop();
    await primary.rows(add(2));
    const disk = new FailingDisk(world.disk, { failAt: 1, counts: (operation) => operation.startsWith('journal:') });
    const again = await world.start('/r', { disk });
    expect(await again.rows(all)).toEqual([[1]]);
    expect(again.warnings.join()).toMatch(/injected failure EIO/);
    await again.stop();
    expect(await world.sql('/r', all)).toEqual([[1], [2]]);
  });

  test('a named head that is not there', async () => {
    const { world, primary, replica } = await pair({ ...REPLICA, dolt_replicate_heads: 'main,missing' });
    const text = /unable to find "missing" on "origin"; branch not found/;
    expect((await replica.error(all)).message).toMatch(text);
    await replica.stop();
    world.configure('/r', SKIP);
    const again = await world.start('/r');
    expect(await again.rows(all)).toEqual([[1]]);
    expect(again.warnings.join()).toMatch(text);
    await primary.rows(add(2));
    expect(await again.rows(all)).toHaveLength(2);
    expect(await again.rows(all)).toHaveLength(2);
    expect(again.warnings.join()).toMatch(text);
    await again.stop();
  });

  test('a pattern that nothing matches', async () => {
    for (const skip of [{}, SKIP]) {
      const { replica } = await pair({ ...REPLICA, dolt_replicate_heads: 'main,release/*', ...skip });
      for (let i = 0; i < 2; i++) {
        expect(await replica.rows(all)).toEqual([[1]]);
        expect(replica.warnings.join()).toMatch(/no branch of remote 'origin' matches 'release\/\*'/);
      }
    }
  });

  test('diverged, and only fast-forwards are allowed', async () => {
    const { world, primary, replica } = await pair({ ...REPLICA, dolt_read_replica_force_pull: '0' });
    await primary.rows(add(2));
    expect(await replica.rows(all)).toHaveLength(2);
    const ours = world.refs('/r')['refs/heads/main']!;
    await primary.rows("call dolt_commit('--amend', '-m', 'amended')");
    const theirs = world.refs()['refs/heads/main']!;
    for (let i = 0; i < 2; i++) {
      const error = await replica.error(all);
      expect(error.message).toContain(ours);
      expect(error.message).toContain(theirs);
    }
    await replica.rows('set global dolt_skip_replication_errors = 1');
    expect(await replica.rows(all)).toHaveLength(2);
    expect(replica.warnings.join()).toMatch(/diverged/);
    expect(await replica.error('delete from t')).toMatchObject({ errno: 1290 });
    await replica.rows('set global dolt_read_replica_force_pull = 1');
    await replica.rows(all);
    expect(world.refs('/r')).toEqual(world.refs());
  });

  test('a configuration that contradicts itself', async () => {
    const both = { ...REPLICA, ...ALL };
    const neither = { dolt_read_replica_remote: 'origin' };
    const roles = { ...REPLICA, ...PRIMARY };
    for (const [settings, text] of [
      [both, /cannot both be set/],
      [neither, /needs dolt_replicate_heads .* or dolt_replicate_all_heads/],
      [roles, /'origin' cannot be both/],
    ] as const) {
      const { replica, primary } = await pair(settings);
      expect((await replica.error(all)).message).toMatch(text);
      await replica.rows('set global dolt_skip_replication_errors = 1');
      expect(await replica.rows(all)).toEqual([[1]]);
      expect(replica.warnings.join()).toMatch(text);
      await replica.rows('set global dolt_skip_replication_errors = 0; set global dolt_read_replica_remote = ""');
      expect(await replica.rows(all)).toEqual([[1]]);
      await primary.stop();
    }
  });

  test('a pull that breaks off at any operation leaves what was, and the next completes it', async () => {
    for (let n = 1, failed = true; failed; n += 2) {
      const { world, primary, replica } = await pair(ALL);
      await replica.rows(all);
      await replica.stop();
      await primary.rows(`call dolt_branch('f'); ${add(2)}; call dolt_tag('v1')`);
      const disk = new FailingDisk(world.disk, { failAt: n });
      let rows: unknown;
      try {
        const broken = await world.start('/r', { disk });
        rows = await broken.rows(all).catch(refusal);
        broken.kill();
      } catch (error) {
        rows = refusal(error);
      }
      failed = disk.failed;
      if (rows !== undefined) expect(rows, disk.lastOperation).toEqual([[1], [2]]);
      world.disk = n % 4 === 1 ? world.disk.crash(world.random) : world.disk.crash(() => 0.999999);
      const again = await world.start('/r');
      expect(await again.rows(all), disk.lastOperation).toEqual([[1], [2]]);
      expect(world.refs('/r'), disk.lastOperation).toEqual(world.refs());
      await again.stop();
    }
  });
});

test('people who push by hand are followed as well', async () => {
  const { world, primary, replica } = await pair(ALL);
  await primary.stop();
  await world.clone('/peer');
  await world.command('/peer', branch, 'f');
  await world.command('/peer', commit, '--allow-empty', '-m', 'by hand');
  await world.command('/peer', tag, 'v1');
  await world.command('/peer', push, 'origin', 'main');
  await world.command('/peer', push, 'origin', 'f');
  await replica.rows(all);
  expect(world.refs('/r')).toEqual(world.refs());
  await world.command('/peer', reset, '--hard', 'HEAD~1');
  await world.command('/peer', push, '--force', 'origin', 'main');
  await replica.rows(all);
  expect(world.refs('/r')).toEqual(world.refs());
});

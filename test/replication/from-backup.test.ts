/**
 * Promotion from a backup of the primary, while the remote cannot be asked: nothing that was shown is lost, and one primary
 * is left.
 */
import { describe, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { HEADS } from '../../src/repo/refs.ts';
import { Transport } from './transport.ts';
import { type Server, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const ASYNC = { ...PRIMARY, dolt_async_replication: '1' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };
const REMOTE = '/remote';
const AWAY = '/away';

const commitRow = (pk: number): string => `insert into t values (${pk}, ${pk}); call dolt_commit('-am', 'row ${pk}')`;
const sync = "call dolt_backup('sync', 'b')";
const recover = "call dolt_promote('--from-backup', 'b')";
const promote = "call dolt_promote('origin')";
const rowsOfT = 'select pk from t order by pk';
const START = ['one', 'Initialize data repository'];

/**
 * A primary in /p with a backup `b`, and a standby in /s that followed it and knows the backup; both write later as
 * `settings` say.
 */
async function withBackup(settings: Readonly<Record<string, string>> = PRIMARY, seed = 1): Promise<World> {
  const world = new World(seed);
  world.init('/p', PRIMARY);
  await world.sql(
    '/p',
    "create table t (pk int primary key, c int); insert into t values (1, 1); call dolt_commit('-Am', 'one')",
  );
  await world.sql('/p', `call dolt_backup('add', 'b', 'file:///backup'); ${sync}`);
  world.configure('/p', settings);
  await world.clone('/s', { ...REPLICA, dolt_async_replication: settings['dolt_async_replication'] ?? '0' });
  await world.sql('/s', "call dolt_backup('add', 'b', 'file:///backup')");
  return world;
}

const lose = (world: World): void => world.move(REMOTE, AWAY);
const findAgain = (world: World): void => world.move(AWAY, REMOTE);

const keptBranches = (world: World, folder = '/s'): string[] =>
  Object.keys(world.refs(folder))
    .filter((ref) => ref.startsWith(`${HEADS}unreplicated/`))
    .map((ref) => ref.slice(HEADS.length));

/** The primary commits without the remote's having it. */
async function commitUnpushed(world: World, text: string): Promise<void> {
  const cut = new Transport();
  cut.fate = () => 'refused';
  const server = await world.start('/p', { transport: cut });
  await server.rows(text);
  server.kill();
}

const fenced = { errno: 1290, message: expect.stringMatching(/fenced: 'localhost' took over/) };

describe('what is taken', () => {
  test('what the backup has ahead; the remote gets it once it answers, and the old primary is fenced', async () => {
    const world = await withBackup(ASYNC);
    await commitUnpushed(world, `${commitRow(2)}; call dolt_branch('made'); call dolt_tag('v1'); ${sync}`);
    lose(world);
    const server = await world.start('/s');
    expect(await server.error(promote)).toMatchObject({ kind: 'unavailable' });
    await server.rows(recover);
    expect(server.warnings).toEqual([]);
    expect(await server.rows('select role, remote from dolt_replication_status')).toMatchObject([
      ['primary', 'origin'],
      ['primary', 'origin'],
    ]);
    await server.rows(commitRow(3));
    expect(await server.rows(rowsOfT)).toEqual([[1], [2], [3]]);
    findAgain(world);
    expect(world.messages()).toEqual(START);
    await world.advance(60_000);
    expect(world.messages()).toEqual(['row 3', 'row 2', ...START]);
    await server.stop();
    expect(world.refs()).toEqual(world.refs('/s'));
    expect(Object.keys(world.refs()).sort()).toEqual(['refs/heads/made', 'refs/heads/main', 'refs/tags/v1']);
    expect((await world.fsck('/s')).problems).toEqual([]);
    const old = await world.start('/p', { exclusive: true });
    expect(await old.error(commitRow(4))).toMatchObject(fenced);
    await old.stop();
  });

  test('what the standby has ahead stays', async () => {
    const world = await withBackup();
    await world.sql('/p', commitRow(2));
    await world.sql('/s', rowsOfT);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    expect(server.warnings).toEqual([]);
    expect(await server.rows(rowsOfT)).toEqual([[1], [2]]);
    expect(keptBranches(world)).toEqual([]);
    server.kill();
  });

  test('a branch that went two ways stays as it was shown, and the backup has its own kept aside', async () => {
    const world = await withBackup(ASYNC);
    await commitUnpushed(world, `${commitRow(2)}; call dolt_tag('v1'); ${sync}`);
    await world.clone('/q', PRIMARY);
    await world.sql('/q', `${commitRow(3)}; call dolt_tag('v1')`);
    await world.sql('/s', rowsOfT);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    expect(server.warnings).toEqual([
      expect.stringMatching(
        /^commits that the backup has of 'main' were kept on branch 'unreplicated\/localhost\/\w+\/main'$/,
      ),
      expect.stringMatching(/^tag 'v1' was kept as 'unreplicated\//),
    ]);
    expect(await server.rows(rowsOfT)).toEqual([[1], [3]]);
    const [kept] = keptBranches(world);
    expect(await server.rows(`select pk from t as of '${kept}' order by pk`)).toEqual([[1], [2]]);
    server.kill();
  });

  test('uncommitted changes come with their branch, or are kept aside', async () => {
    const world = await withBackup();
    await world.sql('/p', `insert into t values (7, 7); ${sync}`);
    world.copy('/s', '/s2');
    await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'on')");
    await world.sql('/s2', rowsOfT);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    expect(await server.rows(rowsOfT)).toEqual([[1], [7]]);
    server.kill();
    const later = await world.start('/s2');
    await later.rows(recover);
    expect(await later.rows(rowsOfT)).toEqual([[1]]);
    const [kept] = keptBranches(world, '/s2');
    expect(await later.rows(`select pk from t as of '${kept}' order by pk`)).toEqual([[1], [7]]);
    expect(later.warnings).toEqual([]);
    later.kill();
  });

  test("the standby's own work is kept aside", async () => {
    const world = await withBackup(ASYNC);
    await commitUnpushed(world, `${commitRow(2)}; ${sync}`);
    world.configure('/s', { ...REPLICA, dolt_read_replica_remote: '' });
    await world.sql('/s', `${commitRow(9)}; insert into t values (10, 10)`);
    world.configure('/s', REPLICA);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    expect(server.warnings).toEqual([expect.stringMatching(/^local changes of 'main' were kept on branch/)]);
    expect(await server.rows(rowsOfT)).toEqual([[1], [2]]);
    const [kept] = keptBranches(world);
    expect(await server.rows(`select pk from t as of '${kept}' order by pk`)).toEqual([[1], [9], [10]]);
    server.kill();
  });
});

describe('the epoch', () => {
  async function recovered(settings: Readonly<Record<string, string>>): Promise<{ world: World; server: Server }> {
    const world = await withBackup(settings);
    lose(world);
    const server = await world.start('/s', { exclusive: true });
    await server.rows(recover);
    return { world, server };
  }

  test.each([
    ['synchronous', PRIMARY],
    ['asynchronous', ASYNC],
  ])('is begun as soon as the remote answers, without a write, %s', async (_, settings) => {
    const { world, server } = await recovered(settings);
    findAgain(world);
    await world.advance(60_000);
    const old = await world.start('/p', { exclusive: true });
    expect(await old.error(commitRow(4))).toMatchObject(fenced);
    await old.stop();
    await server.stop();
  });

  test('synchronous: no write is acknowledged before; then it goes with the first', async () => {
    const { world, server } = await recovered(PRIMARY);
    expect(await server.error(commitRow(2))).toMatchObject({ kind: 'unavailable' });
    findAgain(world);
    await server.rows("call dolt_commit('-am', 'row 2')");
    expect(world.messages()[0]).toBe('row 2');
    const old = await world.start('/p', { exclusive: true });
    expect(await old.error(commitRow(4))).toMatchObject(fenced);
    await old.stop();
    await server.stop();
  });

  test('is claimed after a restart', async () => {
    const { world, server } = await recovered(PRIMARY);
    server.kill();
    findAgain(world);
    const again = await world.start('/s');
    await again.stop();
    const old = await world.start('/p', { exclusive: true });
    expect(await old.error(commitRow(4))).toMatchObject(fenced);
    await old.stop();
  });

  test('takes over what the former primary pushed after the backup', async () => {
    const { world, server } = await recovered(ASYNC);
    await server.rows(commitRow(2));
    findAgain(world);
    await world.sql('/p', commitRow(3));
    await world.advance(60_000);
    await server.stop();
    expect(world.messages()).toEqual(expect.arrayContaining(['row 2', 'row 3']));
    expect(await world.sql('/s', rowsOfT)).toEqual([[1], [2], [3]]);
  });

  test('moved on meanwhile: this server is fenced, and keeps what it has', async () => {
    const { world, server } = await recovered(ASYNC);
    await server.rows(commitRow(2));
    findAgain(world);
    await world.clone('/s2', REPLICA);
    await world.sql('/s2', `${promote}; ${commitRow(3)}`);
    await world.advance(60_000);
    expect(await server.error(commitRow(4))).toMatchObject(fenced);
    expect(world.messages()).toEqual(['row 3', ...START]);
    await server.rows("call dolt_demote('origin')");
    expect(await server.rows(rowsOfT)).toEqual([[1], [3]]);
    expect(keptBranches(world)).toHaveLength(1);
    await server.stop();
  });

  test('an epoch that the standby saw is no other promotion, though the backup is older', async () => {
    const world = await withBackup();
    await world.clone('/s2', REPLICA);
    await world.sql('/s2', `${promote}; ${commitRow(2)}`);
    await world.sql('/s', rowsOfT);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    findAgain(world);
    await server.rows(commitRow(3));
    await server.stop();
    expect(world.messages()).toEqual(['row 3', 'row 2', ...START]);
    for (const folder of ['/p', '/s2']) {
      const old = await world.start(folder);
      expect(await old.error(commitRow(4)), folder).toMatchObject({ errno: 1290 });
      await old.stop();
    }
  });

  test('demoted before it could begin: a replica, and no primary by itself', async () => {
    const world = await withBackup(ASYNC);
    await commitUnpushed(world, `${commitRow(2)}; ${sync}`);
    lose(world);
    const server = await world.start('/s');
    await server.rows(recover);
    findAgain(world);
    let swaps = 0;
    server.transport.fate = (call) => (call === 'swap' && swaps++ === 0 ? 'refused' : undefined);
    await server.rows("call dolt_demote('origin')");
    expect(keptBranches(world)).toHaveLength(1);
    expect(await server.rows(rowsOfT)).toEqual([[1]]);
    await world.advance(60_000);
    await server.stop();
    await world.sql('/p', commitRow(3));
    expect(await world.sql('/s', rowsOfT)).toEqual([[1], [2], [3]]);
  });

  test('a remote that was restored from an older backup is refused', async () => {
    const world = await withBackup();
    world.copy(REMOTE, '/older');
    await world.sql('/s', promote);
    await world.sql('/s', sync);
    await world.clone('/s2', REPLICA);
    await world.sql('/s2', "call dolt_backup('add', 'b', 'file:///backup')");
    lose(world);
    const server = await world.start('/s2');
    await server.rows(recover);
    world.copy('/older', REMOTE);
    expect((await server.error(commitRow(2))).message).toMatch(/epoch 0, and was in epoch 1: it was restored/);
    await server.rows(promote);
    await server.rows(commitRow(3));
    await server.stop();
  });
});

describe('another remote', () => {
  test('takes all of it at once', async () => {
    const world = await withBackup(ASYNC);
    await commitUnpushed(world, `${commitRow(2)}; ${sync}`);
    lose(world);
    world.configure('/s', { ...REPLICA, dolt_async_replication: '0' });
    const server = await world.start('/s');
    await server.rows("call dolt_remote('add', 'other', 'file:///other')");
    await server.rows("call dolt_promote('--from-backup', 'b', 'other')");
    await server.rows(commitRow(3));
    await server.stop();
    expect(world.messages('main', '/other')).toEqual(['row 3', 'row 2', ...START]);
    expect(world.refs('/other')).toEqual(world.refs('/s'));
    await world.clone('/new', REPLICA, 'file:///other');
    expect(await world.sql('/new', rowsOfT)).toEqual([[1], [2], [3]]);
  });
});

describe('refused, nothing changed', () => {
  test.each([
    ['no backup is named', "call dolt_promote('--from-backup')", /the name or URL of one backup/],
    ['one that is not there', "call dolt_promote('--from-backup', 'c')", /backup 'c' not found/],
    ['an empty one', "call dolt_promote('--from-backup', 'file:///nothing')", /no folder \/nothing/],
    ['one of another database', "call dolt_promote('--from-backup', 'file:///elsewhere')", /is of another database/],
    ['an unknown remote', "call dolt_promote('--from-backup', 'b', 'x')", /remote not found: 'x'/],
    ['joining', "call dolt_promote('--from-backup', 'b', '--join')", /unknown option `join'/],
  ])('%s', async (_, statement, message) => {
    const world = await withBackup();
    world.tick();
    world.init('/x');
    await world.sql('/x', "call dolt_backup('sync-url', 'file:///elsewhere')");
    lose(world);
    const before = world.refs('/s');
    const server = await world.start('/s');
    expect((await server.error(statement)).message).toMatch(message);
    expect(server.opened.engine.state.globals.text('dolt_read_replica_remote')).toBe('origin');
    server.kill();
    expect(world.refs('/s')).toEqual(before);
  });

  test('a primary', async () => {
    const world = await withBackup();
    expect((await (await world.start('/p')).error(recover)).message).toMatch(/only a replica takes over from a backup/);
  });
});

describe('faults', () => {
  test('at each call to the backup and to the remote that comes back: once, and nothing is lost', async () => {
    let runs = 0;
    for (const fate of ['refused', 'answer lost', 'request lost'] as const) {
      for (let n = 0, isHit = true; isHit; n++, runs++) {
        const world = await withBackup(ASYNC, n + 1);
        await commitUnpushed(world, `${commitRow(2)}; ${sync}`);
        lose(world);
        const server = await world.start('/s');
        const what = `${fate} at call ${n}`;
        let calls = 0;
        isHit = false;
        server.transport.fate = (_call, nth) => {
          if (nth < 0 || calls++ !== n) return undefined;
          isHit = true;
          return fate;
        };
        await server.rows(recover).catch(async (error: unknown) => {
          if (!(error instanceof DoltError)) throw error;
          expect(await server.error('insert into t values (8, 8)'), what).toMatchObject({ kind: 'unavailable' });
          await server.rows(recover);
        });
        await server.rows(commitRow(3));
        findAgain(world);
        await world.advance(60_000);
        await world.advance(60_000);
        await server.stop();
        expect(world.messages(), what).toEqual(['row 3', 'row 2', ...START]);
        const old = await world.start('/p', { exclusive: true });
        expect(await old.error(commitRow(4)), what).toMatchObject({ errno: 1290 });
        await old.stop();
      }
    }
    expect(runs).toBeGreaterThan(15);
  });

  test('the disk dies at each operation: it happened or not, and can be called again', async () => {
    let died = 0;
    for (let n = 1, failed = true; failed; n++) {
      const world = await withBackup(ASYNC, n);
      await commitUnpushed(world, `${commitRow(2)}; ${sync}`);
      lose(world);
      let isOn = false;
      const disk = new FailingDisk(world.disk, { failAt: n, sticky: true, counts: () => isOn });
      const server = await world.start('/s', { disk });
      isOn = true;
      await server.rows(recover).catch((error: unknown) => {
        if (!(error instanceof DoltError)) throw error;
      });
      failed = disk.failed;
      if (failed) died++;
      server.kill();
      const next = await world.start('/s');
      const role = next.opened.engine.state.globals.text('dolt_read_replica_remote');
      if (role !== '') await next.rows(recover);
      await next.rows(commitRow(3));
      expect(await next.rows(rowsOfT), `operation ${n}`).toEqual([[1], [2], [3]]);
      findAgain(world);
      await world.advance(60_000);
      await next.stop();
      expect(world.messages(), `operation ${n}`).toEqual(['row 3', 'row 2', ...START]);
      expect((await world.fsck('/s')).problems, `operation ${n}`).toEqual([]);
    }
    expect(died).toBeGreaterThan(5);
  });
});

describe('a server of several databases', () => {
  test('takes over from a backup of each', async () => {
    const world = new World();
    const template = { dolt_replication_remote_url_template: 'file:///remotes/{database}' };
    world.dataFolder('/one', { ...PRIMARY, ...template });
    const old = await world.start('/one', { exclusive: true });
    for (const name of ['a', 'b', 'c']) {
      await old.rows(`create database ${name}; use ${name}; create table t (pk int primary key, c int)`);
      await old.rows(`call dolt_commit('-Am', 'one'); call dolt_backup('sync-url', 'file:///backups/${name}')`);
    }
    await old.stop();
    world.dataFolder('/two', { ...REPLICA, ...template, dolt_async_replication: '1' });
    const server = await world.start('/two', { exclusive: true });
    for (const name of ['a', 'b']) await server.rows(`use ${name}`);
    world.move('/remotes', AWAY);
    expect((await server.error("call dolt_promote('--from-backup', 'file:///backups/a')")).message).toMatch(
      /one backup for 2 databases; '\{database\}'/,
    );
    await server.rows("call dolt_promote('--from-backup', 'file:///backups/{database}')");
    expect(server.warnings).toEqual([
      "the backup of database 'c' was not taken over, as it is not here: CALL dolt_backup('restore', 'file:///backups/c', 'c')",
    ]);
    for (const name of ['a', 'b']) await server.rows(`use ${name}; ${commitRow(2)}`);
    world.move(AWAY, '/remotes');
    await world.advance(60_000);
    await server.stop();
    for (const name of ['a', 'b']) expect(world.messages('main', `/remotes/${name}`)[0]).toBe('row 2');
  });
});

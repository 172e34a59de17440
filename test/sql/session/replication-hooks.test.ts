/** Sessions and the hooks of replication: what is refused leaves no trace, a read waits for its pull. */
import { describe, expect, test } from 'vitest';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { type CommitHook, type HeadIntent, openGate } from '../../../src/repo/commit-hook.ts';
import { HEADS } from '../../../src/repo/refs.ts';
import { Repository } from '../../../src/repo/repository.ts';
import { waitFor } from '../../../src/repo/steps.ts';
import { Engine } from '../../../src/sql/engine.ts';
import type { Session } from '../../../src/sql/engine-session.ts';
import type { Database, ReadHook } from '../../../src/sql/session/database.ts';
import { memoryEnvironment, resultLines } from '../memory-engine.ts';

interface Hooks {
  readonly commitHook?: CommitHook;
  readonly readHook?: ReadHook;
  readonly globals?: ReadonlyMap<string, string>;
}

function engineWith({ commitHook = openGate, readHook, globals = new Map() }: Hooks): Engine {
  const environment = memoryEnvironment(new MemoryDisk());
  environment.disk.makeDirectory('test', '/shop');
  const repository = Repository.init(environment, '/shop', { name: 'A', email: 'a@b.c', initialBranch: 'main' });
  repository.config.set(
    'local',
    new Map([
      ['user.name', 'A'],
      ['user.email', 'a@b.c'],
    ]),
  );
  const database: Database = { name: 'shop', repository, commitHook, readHook };
  return new Engine({
    databases: {
      databases: () => [database],
      database: (name) => (name === 'shop' ? database : undefined),
      // biome-ignore lint/correctness/useYield: it never waits
      *create() {
        return { database, warnings: [] };
      },
      drop() {},
    },
    globals,
    clock: environment.clock,
    random: environment.random,
    timers: environment.timers,
  });
}

async function run(session: Session, sql: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const executed of session.execute(sql)) lines.push(...(await resultLines(executed, session)));
  return lines;
}

function refusing(): { hook: CommitHook; intents: HeadIntent[]; refuse: { now: boolean }; closed: boolean[] } {
  const intents: HeadIntent[] = [];
  const closed: boolean[] = [];
  const refuse = { now: false };
  const hook: CommitHook = {
    *before(intent) {
      yield* waitFor(Promise.resolve());
      if (refuse.now) throw new Error('the remote says no');
      intents.push(intent);
      return { edits: () => new Map(), merged: new Map(), warnings: ['told you'] };
    },
    // biome-ignore lint/correctness/useYield: it only notes
    *after(_admission, written) {
      closed.push(written);
    },
  };
  return { hook, intents, refuse, closed };
}

describe('the gate', () => {
  test('a Dolt commit passes it once, with its branch, and its warnings reach the session', async () => {
    const { hook, intents, closed } = refusing();
    const session = engineWith({ commitHook: hook }).session({ database: 'shop' });
    await run(session, "create table t (id int primary key); call dolt_commit('-Am', 'one')");
    expect(intents).toHaveLength(1);
    expect(intents[0]!.refs.map(({ ref, forced }) => [ref, forced])).toEqual([[`${HEADS}main`, false]]);
    expect(closed).toEqual([true]);
    expect(session.state.warnings.map(({ message }) => message)).toEqual(['told you']);
  });

  test('a refused commit leaves head, staged and working root as they were', async () => {
    const { hook, refuse, closed } = refusing();
    const session = engineWith({ commitHook: hook }).session({ database: 'shop' });
    await run(session, 'create table t (id int primary key); insert into t values (1)');
    refuse.now = true;
    await expect(run(session, "call dolt_commit('-Am', 'no')")).rejects.toThrow('the remote says no');
    expect(await run(session, 'select * from dolt_status')).toEqual([
      'table_name | staged | status',
      't | 0 | new table',
    ]);
    expect(await run(session, 'select message from dolt_log')).toEqual(['message', 'Initialize data repository']);
    expect(closed).toEqual([]);
  });

  test('with dolt_transaction_commit a refused push rolls the transaction back', async () => {
    const { hook, refuse } = refusing();
    const globals = new Map([['dolt_transaction_commit', '1']]);
    const session = engineWith({ commitHook: hook, globals }).session({ database: 'shop' });
    await run(session, 'create table t (id int primary key)');
    refuse.now = true;
    await expect(run(session, 'insert into t values (1)')).rejects.toThrow('the remote says no');
    refuse.now = false;
    expect(await run(session, 'select count(*) from t')).toEqual(['count(*)', '0']);
    await run(session, 'insert into t values (2)');
    expect(await run(session, 'select message from dolt_log limit 1')).toEqual(['message', 'Transaction commit']);
  });

  test('a plain COMMIT does not pass it', async () => {
    const { hook, intents } = refusing();
    const session = engineWith({ commitHook: hook }).session({ database: 'shop' });
    await run(session, 'create table t (id int primary key); insert into t values (1)');
    expect(intents).toEqual([]);
  });

  test('a branch and a tag pass it', async () => {
    const { hook, intents } = refusing();
    const session = engineWith({ commitHook: hook }).session({ database: 'shop' });
    await run(session, "call dolt_branch('b'); call dolt_tag('v'); call dolt_branch('-D', 'b')");
    expect(intents.flatMap(({ refs }) => refs.map(({ ref, new: next }) => [ref, next === undefined]))).toEqual([
      ['refs/heads/b', false],
      ['refs/tags/v', false],
      ['refs/heads/b', true],
    ]);
  });
});

describe('a replica', () => {
  test('pulls before each transaction, not within one', async () => {
    let pulls = 0;
    const readHook: ReadHook = {
      *beforeTransaction() {
        yield* waitFor(Promise.resolve());
        pulls++;
        return pulls === 1 ? ['the remote is slow'] : [];
      },
      assertWritable() {},
    };
    const session = engineWith({ readHook }).session({ database: 'shop' });
    await run(session, 'select 1');
    expect(pulls).toBe(1);
    expect(session.state.warnings.map(({ message }) => message)).toEqual(['the remote is slow']);
    await run(session, 'start transaction; select 1; select 2; commit');
    expect(pulls).toBe(2);
    // Looking between statements must not keep the next one from pulling.
    expect(session.branch).toBe('main');
    await run(session, 'select 1');
    expect(pulls).toBe(3);
  });

  test('a failing pull fails the read, and SET still works', async () => {
    const readHook: ReadHook = {
      // biome-ignore lint/correctness/useYield: it fails at once
      *beforeTransaction() {
        throw new Error('unreachable');
      },
      assertWritable() {},
    };
    const session = engineWith({ readHook }).session({ database: 'shop' });
    await expect(run(session, 'select 1')).rejects.toThrow('unreachable');
    expect(await run(session, 'set @@dolt_transaction_commit = 0')).toEqual(['ok']);
  });

  test('refuses writes of a replicated branch, commits of it too', async () => {
    const readHook: ReadHook = {
      // biome-ignore lint/correctness/useYield: it never waits
      *beforeTransaction() {
        return [];
      },
      assertWritable(ref) {
        if (ref === 'refs/heads/main') throw new Error('main is read only');
      },
    };
    const session = engineWith({ readHook }).session({ database: 'shop' });
    await expect(run(session, 'create table t (a int)')).rejects.toThrow('main is read only');
    await expect(run(session, "call dolt_commit('--allow-empty', '-m', 'x')")).rejects.toThrow('main is read only');
    expect(
      await run(session, "call dolt_checkout('-b', 'own'); create table t (a int); insert into t values (1)"),
    ).toEqual(['status', '0', 'ok', 'ok 1']);
    expect(await run(session, 'create temporary table tmp (a int); insert into tmp values (1)')).toEqual([
      'ok',
      'ok 1',
    ]);
  });
});

/**
 * The command line is killed (SIGKILL) at moments from a seed while it writes. Whatever it had acknowledged on standard
 * output is there at the next start, which needs no help; every file is whole; the remote can be cloned.
 *
 * `DOLT_KILL_ROUNDS` and `DOLT_KILL_SEED` make it longer and other than it is by default.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../replication/world.ts';
import { dolt, outcomeOf, Scratch } from './command-line.ts';

const ROUNDS = Number(process.env['DOLT_KILL_ROUNDS'] ?? 1);
const SEED = Number(process.env['DOLT_KILL_SEED'] ?? 1);

const scratch = new Scratch();
/** How long a command that only starts takes here: kills are spread from there on. */
let startMs = 0;
afterAll(() => scratch.remove());

/** Runs a command and kills it after `ms`; what it wrote until then, and whether it had ended by itself. */
async function killed(directory: string, args: readonly string[], ms: number, input = '') {
  const child = spawn(dolt, args, { cwd: scratch.path(directory), env: scratch.environment });
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const { status, out, err } = await outcomeOf(child, input);
  clearTimeout(timer);
  if (status !== null && status !== 0) throw new Error(`dolt ${args.join(' ')}: exit ${status}: ${err}`);
  return { out, ended: status === 0 };
}

/** One folder a round, a copy of `of` made before. */
function copied(of: string, name: string): string {
  rmSync(scratch.path(name), { recursive: true, force: true });
  cpSync(scratch.path(of), scratch.path(name), { recursive: true });
  return name;
}

const commits = (directory: string): string[] =>
  scratch.rows(directory, 'select commit_hash from dolt_log').map((row) => String(row['commit_hash']));

const ids = (directory: string): number[] =>
  scratch.rows(directory, 'select id from t order by id').map((row) => Number(row['id']));

const remoteUrl = (directory: string, name: string): void => {
  scratch.run(directory, ['remote', 'add', 'origin', `file://${scratch.path(name)}`]);
};

/** Each row is inserted, then said; then committed, which says the commit. */
function script(from: number, count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const id = from + i;
    return `insert into t values (${id}, repeat('row ${id} ', 40)); select 'row ${id}' as said; call dolt_commit('-am', 'c${id}');`;
  }).join('\n');
}

const acknowledged = (out: string) => ({
  rows: Array.from(out.matchAll(/row (\d+)/g), ([, id]) => Number(id)),
  commits: Array.from(out.matchAll(/\b[0-9a-v]{32}\b/g), ([hash]) => hash),
});

beforeAll(() => {
  scratch.repository('plain');
  scratch.sql('plain', 'create table t (id int primary key, v varchar(400), key(v))');
  scratch.run('plain', ['sql'], script(0, 40));
  const csv = Array.from({ length: 20_000 }, (_, i) => `${i + 1000},imported ${i * 7919}`);
  writeFileSync(scratch.path('rows.csv'), `id,v\n${csv.join('\n')}\n`);
  const started = performance.now();
  scratch.sql('plain', 'select count(*) from t');
  startMs = performance.now() - started;
});

/** Kills spread over about `workMs` behind the start. */
function eachRound(scene: string, workMs: number, play: (ms: number, round: number) => Promise<void>): void {
  describe(scene, () => {
    const random = seeded(SEED + scene.length * 1000);
    for (let round = 0; round < ROUNDS; round++) {
      const part = (round + random()) / ROUNDS;
      test(`killed at ${part.toFixed(3)} of it`, () => play(startMs * 0.7 + part * (workMs + startMs * 0.5), round));
    }
  });
}

function assertWhole(directory: string): void {
  expect(scratch.run(directory, ['fsck'])).toContain('No problems found.');
}

eachRound('commits of one process', 2500, async (ms) => {
  const folder = copied('plain', 'commits');
  const { out } = await killed(folder, ['sql', '-r', 'csv'], ms, script(100, 1500));
  const said = acknowledged(out);
  expect(commits(folder)).toEqual(expect.arrayContaining(said.commits));
  expect(ids(folder)).toEqual(expect.arrayContaining(said.rows));
  assertWhole(folder);
});

eachRound('import', 600, async (ms) => {
  const folder = copied('plain', 'import');
  const before = ids(folder).length;
  const { ended } = await killed(folder, ['table', 'import', '-u', 't', scratch.path('rows.csv')], ms);
  expect([before, before + 20_000].slice(ended ? 1 : 0)).toContain(ids(folder).length);
  assertWhole(folder);
  scratch.run(folder, ['table', 'import', '-u', 't', scratch.path('rows.csv')]);
  expect(ids(folder).length).toBe(before + 20_000);
});

eachRound('gc', 150, async (ms) => {
  const folder = copied('plain', 'gc');
  const before = { commits: commits(folder), ids: ids(folder) };
  await killed(folder, ['gc'], ms);
  expect({ commits: commits(folder), ids: ids(folder) }).toEqual(before);
  assertWhole(folder);
  scratch.run(folder, ['gc']);
  expect({ commits: commits(folder), ids: ids(folder) }).toEqual(before);
});

eachRound('push', 250, async (ms, round) => {
  const folder = copied('plain', 'push');
  const remote = `push-remote-${round}`;
  scratch.directory(remote);
  remoteUrl(folder, remote);
  const { ended } = await killed(folder, ['push', 'origin', 'main'], ms);
  if (!ended) scratch.run(folder, ['push', 'origin', 'main']);
  scratch.run('.', ['clone', `file://${scratch.path(remote)}`, `push-clone-${round}`]);
  expect(commits(`push-clone-${round}`)).toEqual(commits(folder));
  assertWhole(`push-clone-${round}`);
  assertWhole(folder);
});

eachRound('clone, then pull', 250, async (ms, round) => {
  const folder = copied('plain', 'origin');
  const [remote, clone] = [`clone-remote-${round}`, `clone-${round}`];
  scratch.directory(remote);
  remoteUrl(folder, remote);
  scratch.run(folder, ['push', 'origin', 'main']);
  const { ended } = await killed('.', ['clone', `file://${scratch.path(remote)}`, clone], ms);
  if (!ended && existsSync(scratch.path(clone))) {
    // A clone was not acknowledged: it is whole, or nothing that anyone could take for a repository.
    const { status, out, err } = scratch.try(clone, ['sql', '-r', 'csv', '-q', 'select count(*) from t']);
    if (status === 0) expect(out).toContain('40');
    else expect(err).toMatch(/is not a valid dolt repository|No database selected/);
  }
  // What it left is gone on from.
  if (!existsSync(scratch.path(clone, '.dolt'))) scratch.run('.', ['clone', `file://${scratch.path(remote)}`, clone]);
  scratch.run(folder, ['sql'], script(100, 20));
  scratch.run(folder, ['push', 'origin', 'main']);
  const before = commits(clone);
  await killed(clone, ['pull', 'origin'], ms);
  expect([before, commits(folder)]).toContainEqual(commits(clone));
  assertWhole(clone);
  scratch.run(clone, ['pull', 'origin']);
  expect(commits(clone)).toEqual(commits(folder));
});

for (const [mode, asynchronous] of [
  ['synchronous', '0'],
  ['asynchronous', '1'],
] as const) {
  // Enough commits for the remote to be conjoined on the way.
  eachRound(`${mode} replication`, 2500, async (ms, round) => {
    const folder = copied('plain', 'primary');
    const remote = `${mode}-remote-${round}`;
    scratch.directory(remote);
    remoteUrl(folder, remote);
    for (const setting of [`dolt_replicate_to_remote origin`, `dolt_async_replication ${asynchronous}`])
      scratch.run(folder, ['config', '--add', '--local', ...`sqlserver.global.${setting}`.split(' ')]);
    const { out } = await killed(folder, ['sql', '-r', 'csv'], ms, script(100, 1500));
    const said = acknowledged(out);
    const clone = `${mode}-clone-${round}`;
    const url = `file://${scratch.path(remote)}`;
    if (mode === 'synchronous' && said.commits.length > 0) {
      scratch.run('.', ['clone', url, clone]);
      expect(commits(clone)).toEqual(expect.arrayContaining(said.commits));
      rmSync(scratch.path(clone), { recursive: true });
    }
    // The next start pushes what waits.
    expect(ids(folder)).toEqual(expect.arrayContaining(said.rows));
    const here = commits(folder);
    expect(here).toEqual(expect.arrayContaining(said.commits));
    assertWhole(folder);
    if (said.commits.length === 0) return;
    scratch.run('.', ['clone', url, clone]);
    expect(commits(clone)).toEqual(here);
    assertWhole(clone);
    expect(readdirSync(scratch.path(remote)).length).toBeLessThan(100);
  });
}

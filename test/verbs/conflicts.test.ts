/** A merge with conflicts that Dolt 2.3.1 left behind: read, resolved and aborted as Dolt does (fixtures/conflicts). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { ArtifactKind, ArtifactsEditor, artifactsOf, conflictMeta } from '../../src/repo/artifacts.ts';
import { readCommit } from '../../src/repo/commit.ts';
import { ConflictReader } from '../../src/repo/conflicts.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { Repository } from '../../src/repo/repository.ts';
import { complete, completeNow } from '../../src/repo/steps.ts';
import { add } from '../../src/verbs/add.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { commit } from '../../src/verbs/commit.ts';
import { conflictsResolve } from '../../src/verbs/conflicts-resolve.ts';
import { merge } from '../../src/verbs/merge.ts';
import type { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';
import { status } from '../../src/verbs/status.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';
import { rowsOf } from './scratch-tables.ts';
import { workspaceOf } from './scratch-workspace.ts';

const fixture = fileURLToPath(new URL('../../fixtures/conflicts', import.meta.url));
const FILES = ['repo_state.json', 'noms/manifest', `noms/${'v'.repeat(32)}`];

let repository: Repository;
let workspace: RepoWorkspace;
const run = <T>(verb: Verb<T>, ...args: string[]): T => completeNow(verb.run(workspace, args));
const working = () => workspace.workingSet().working;
const table = () => working().table('t')!;

beforeEach(() => {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/repo/.dolt/noms');
  for (const name of FILES)
    disk.create('test', `/repo/.dolt/${name}`).write('test', readFileSync(`${fixture}/${name}`), 0);
  repository = Repository.open(scratchEnvironment({ disk }), '/repo');
  workspace = workspaceOf(repository);
});

afterEach(async () => {
  expect((await complete(checkIntegrity(repository.environment, repository.directory))).problems).toEqual([]);
  repository.close();
});

test('status and the sides of each conflict', () => {
  const { conflicts, merge: state } = run(status);
  expect(conflicts).toEqual(['t']);
  expect(state).toMatchObject({ fromSpec: 'side', fromCommit: repository.headOf('side'), unmergableTables: [] });
  const read = [...new ConflictReader('t', table()).conflicts()];
  expect(read.map(({ base, ours, theirs }) => [base, ours, theirs])).toEqual([
    [
      [1, 1, 'a'],
      [1, 10, 'a'],
      [1, 11, 'a'],
    ],
    [[2, 2, 'b'], undefined, [2, 20, 'b']],
    [[3, 3, 'c'], [3, 30, 'x'], undefined],
    [undefined, [5, 5, 'ours'], [5, 50, 'theirs']],
  ]);
  expect(new Set(read.map(({ theirsAddress }) => theirsAddress))).toEqual(new Set([repository.headOf('side')]));
});

test('the artifacts map is written as Dolt wrote it', () => {
  const [emptied, filled] = [table().with({ artifacts: new ArtifactsEditor(table()).finish() }), table()];
  expect(emptied.write()).toBe(filled.write());
  const editor = new ArtifactsEditor(table());
  const artifacts = [...artifactsOf(table())];
  for (const { key } of artifacts) editor.remove(key);
  const without = table().with({ artifacts: editor.finish() });
  expect([...artifactsOf(without)]).toEqual([]);
  const again = new ArtifactsEditor(without);
  for (const { rowKey, theirs, base } of artifacts) {
    again.add({ kind: ArtifactKind.conflict, rowKey, theirs, meta: conflictMeta(base!) });
  }
  expect(without.with({ artifacts: again.finish() }).write()).toBe(filled.write());
});

test('a commit is refused until they are resolved', () => {
  const head = workspace.head();
  expect(() => run(commit, '-m', 'x')).toThrow('error: the table(s) t are in conflict');
  expect(() => run(commit, '-am', 'x')).toThrow('error: the table(s) t are in conflict');
  expect(() => run(commit, '--amend', '-m', 'x')).toThrow('you are in the middle of a merge -- cannot amend');
  expect(() => run(merge, 'side')).toThrow('you have not committed an active merge');
  expect(() => run(checkout, 'side')).toThrow('you are in the middle of a merge');
  expect(() => run(checkout, '-b', 'other')).toThrow('you are in the middle of a merge');
  expect(repository.refs().branches()).toEqual(['main', 'side']);
  expect(workspace.head()).toBe(head);
});

test.each([
  ['--theirs', 'eliqoo6lj74vjcjk0o9u1pvieonf5o5v', 'vlspbbt434uhcap690jg4qd0lpf5vtfo'],
  ['--ours', 'n8g6m82vn8hp9mmp5te8so6lsqdmveff', '0ss9r5p8ebashssvaj6gbtfq0orcnco8'],
])('resolve %s, then commit with both parents', (side, hashOfTable, hashOfDb) => {
  const [ours, theirs] = [workspace.head(), repository.headOf('side')];
  expect(run(conflictsResolve, side, 't').tables).toEqual(['t']);
  expect(working().tableAddress('t')).toBe(hashOfTable);
  expect(working().address).toBe(hashOfDb);
  run(add, 't');
  const merged = run(commit, '-m', 'merged').commit!;
  expect(readCommit(repository.nodes, merged).parents).toEqual([ours, theirs]);
  expect(workspace.workingSet().merge).toBeUndefined();
});

test('abort goes back to before', () => {
  run(merge, '--abort');
  expect(rowsOf(table())).toEqual([
    [1, 10, 'a'],
    [3, 30, 'x'],
    [4, 4, 'd'],
    [5, 5, 'ours'],
  ]);
  expect(working().address).toBe(workspace.headRoot().address);
  expect(run(status)).toMatchObject({ conflicts: [], merge: undefined, staged: [], unstaged: [] });
});

test('what resolve refuses', () => {
  expect(() => run(conflictsResolve, 't')).toThrow('--ours or --theirs must be supplied');
  expect(() => run(conflictsResolve, '--ours', '--theirs', 't')).toThrow('specify only either --ours or --theirs');
  expect(() => run(conflictsResolve, '--ours')).toThrow('specify at least one table to resolve conflicts');
  expect(() => run(conflictsResolve, '--ours', 'x')).toThrow('table not found: x');
});

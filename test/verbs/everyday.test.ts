/** A day with the command line: the verbs on a repository with a few small tables, checked by fsck at the end of each. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { readCommit } from '../../src/repo/commit.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import type { Repository } from '../../src/repo/repository.ts';
import { complete, completeNow } from '../../src/repo/steps.ts';
import { diffStat, diffSummary, rowChanges } from '../../src/repo/table-diff.ts';
import { add } from '../../src/verbs/add.ts';
import { branch } from '../../src/verbs/branch.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { commit } from '../../src/verbs/commit.ts';
import { diff } from '../../src/verbs/diff.ts';
import { gc } from '../../src/verbs/gc.ts';
import { log } from '../../src/verbs/log.ts';
import { merge } from '../../src/verbs/merge.ts';
import { remote } from '../../src/verbs/remote.ts';
import type { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';
import { reset } from '../../src/verbs/reset.ts';
import { type StatusResult, status } from '../../src/verbs/status.ts';
import { tag } from '../../src/verbs/tag.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { ignoreSchema, rowsOf, withRows, work } from './scratch-tables.ts';
import { workspaceOf } from './scratch-workspace.ts';

let repository: Repository;
let workspace: RepoWorkspace;

beforeEach(() => {
  repository = scratchRepository(scratchEnvironment({ ticking: true }));
  workspace = workspaceOf(repository);
});

afterEach(async () => {
  expect((await complete(checkIntegrity(repository.environment, repository.directory))).problems).toEqual([]);
  repository.close();
});

const run = <T>(verb: Verb<T>, ...args: string[]): T => completeNow(verb.run(workspace, args));
const rows = (...keys: number[]) => keys.map((pk) => [pk, pk, `row ${pk}`]);
const put = (table: string, ...keys: number[]): void => work(workspace, (root) => withRows(root, table, rows(...keys)));
const drop = (table: string): void => work(workspace, (root) => root.withoutTable(table));
const tables = (of: 'working' | 'staged'): string[] => workspace.workingSet()[of].tableNames();
const keys = (table: string): unknown[] => rowsOf(workspace.workingSet().working.table(table)!).map(([pk]) => pk);
const short = ({ staged, unstaged, untracked, ignored }: StatusResult) => {
  const words = (entries: StatusResult['staged']): string[] => entries.map((e) => `${e.status}: ${e.table}`);
  return { staged: words(staged), unstaged: words(unstaged), untracked: words(untracked), ignored: words(ignored) };
};
const clean = { staged: [], unstaged: [], untracked: [], ignored: [] };
const messages = (): string[] => Array.from(run(log).entries, (entry) => entry.commit.message);

test('add, status, commit', () => {
  put('t', 1, 2);
  put('u', 1);
  expect(short(run(status))).toEqual({ ...clean, untracked: ['new table: t', 'new table: u'] });
  run(add, 'T');
  expect(short(run(status))).toEqual({ ...clean, staged: ['new table: t'], untracked: ['new table: u'] });
  const { commit: first } = run(commit, '-m', 'add t');
  expect(workspace.head()).toBe(first);
  expect(workspace.headRoot().tableNames()).toEqual(['t']);
  expect(short(run(status))).toEqual({ ...clean, untracked: ['new table: u'] });
  put('t', 1, 2, 3);
  expect(short(run(status)).unstaged).toEqual(['modified: t']);
  expect(() => run(commit, '-m', 'nothing')).toThrow('nothing to commit');
  expect(run(commit, '-m', 'nothing', '--skip-empty').commit).toBeUndefined();
  run(commit, '-a', '-m', 'all, new ones too');
  expect(short(run(status))).toEqual(clean);
  expect(workspace.headRoot().tableNames()).toEqual(['t', 'u']);
  expect(messages()).toEqual(['all, new ones too', 'add t', 'Initialize data repository']);
  drop('u');
  expect(short(run(status)).unstaged).toEqual(['deleted: u']);
  run(add, '.');
  expect(short(run(status)).staged).toEqual(['deleted: u']);
  run(commit, '-m', 'drop u');
  expect(workspace.headRoot().tableNames()).toEqual(['t']);
});

test('what add refuses changes nothing', () => {
  put('t', 1);
  expect(() => run(add)).toThrow("Nothing specified, nothing added. Maybe you wanted to say 'dolt add .'?");
  expect(() => run(add, 't', 'x', 'y')).toThrow('error: the table(s) x, y do not exist');
  expect(tables('staged')).toEqual([]);
});

test('a renamed table is one, and is staged under its new name', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  work(workspace, (root) => root.withTableRenamed('t', 'renamed'));
  expect(short(run(status)).unstaged).toEqual(['renamed: t -> renamed']);
  run(add, 'renamed');
  expect(short(run(status)).staged).toEqual(['renamed: t -> renamed']);
  run(commit, '-m', 'two');
  expect(workspace.headRoot().tableNames()).toEqual(['renamed']);
});

test('dolt_ignore is honoured by every add, until forced', () => {
  const patterns = [
    ['tmp%', 1],
    ['tmp_kept', 0],
  ];
  work(workspace, (root) => withRows(root, 'dolt_ignore', patterns, ignoreSchema()));
  for (const name of ['t', 'tmp1', 'tmp_kept']) put(name, 1);
  expect(short(run(status))).toEqual({
    ...clean,
    untracked: ['new table: dolt_ignore', 'new table: t', 'new table: tmp_kept'],
    ignored: ['new table: tmp1'],
  });
  run(add, '-A');
  expect(tables('staged')).toEqual(['dolt_ignore', 't', 'tmp_kept']);
  run(commit, '-am', 'without tmp1');
  expect(workspace.headRoot().hasTable('tmp1')).toBe(false);
  run(add, 'tmp1');
  expect(tables('staged')).not.toContain('tmp1');
  run(add, '-f', 'tmp1');
  expect(tables('staged')).toContain('tmp1');
});

test('amend replaces the last commit', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  const parent = readCommit(repository.nodes, workspace.head()).parents;
  put('t', 1, 2);
  run(commit, '-a', '--amend');
  const amended = readCommit(repository.nodes, workspace.head());
  expect([amended.message, amended.parents]).toEqual(['one', parent]);
  expect(keys('t')).toEqual([1, 2]);
});

test.each<[string[], string]>([
  [[], 'Must provide commit message.'],
  [['-m', ''], 'Aborting commit due to empty commit message.'],
  [['-m', 'x', '--allow-empty', '--skip-empty'], 'cannot use both --allow-empty and --skip-empty'],
  [['-m', 'x', '--author', 'nobody'], 'Author not formatted correctly'],
  [['-m', 'x', '--date', 'yesterday'], "error: 'yesterday' is not in a supported format."],
  [['-m', 'x', 'file'], 'error: commit does not take positional arguments, but found 1: file'],
])('commit %j is refused', (args, message) => {
  put('t', 1);
  run(add, '.');
  const head = workspace.head();
  expect(() => run(commit, ...args)).toThrow(message);
  expect(workspace.head()).toBe(head);
});

test('branches: create, list, copy, rename, delete', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(branch, 'feature');
  run(branch, 'old', 'HEAD~1');
  expect(() => run(branch, 'feature')).toThrow("fatal: A branch named 'feature' already exists.");
  expect(() => run(branch, 'a b')).toThrow('a b is an invalid branch name');
  expect(() => run(branch, 'x', 'nowhere')).toThrow(
    "fatal: 'nowhere' is not a commit and a branch 'x' cannot be created",
  );
  expect(repository.headOf('old')).not.toBe(repository.headOf('feature'));
  run(branch, '-f', 'old', 'main');
  expect(repository.headOf('old')).toBe(repository.headOf('main'));
  run(branch, '-c', 'feature', 'copy');
  run(branch, '-m', 'copy', 'moved');
  run(branch, '-m', 'trunk');
  expect(workspace.branch()).toBe('trunk');
  expect(keys('t')).toEqual([1]);
  const listed = run(branch);
  expect(listed.kind === 'list' && listed.branches.map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
    ['feature', false],
    ['moved', false],
    ['old', false],
    ['trunk', true],
  ]);
  run(branch, '-d', 'old', 'moved');
  expect(() => run(branch, '-d', 'trunk')).toThrow("Cannot delete checked out branch 'trunk'");
  expect(() => run(branch, '-d', 'nope')).toThrow('branch not found: nope');
  run(checkout, 'feature');
  put('t', 1, 2);
  run(commit, '-am', 'only on feature');
  run(checkout, 'trunk');
  expect(() => run(branch, '-d', 'feature')).toThrow("branch 'feature' is not fully merged");
  run(branch, '-D', 'feature');
  expect(repository.refs().branches()).toEqual(['trunk']);
  expect([...repository.refs().entries('workingSets/')].map(([name]) => name)).toEqual(['workingSets/heads/trunk']);
});

test('checkout takes uncommitted changes along', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  expect(run(checkout, '-b', 'feature')).toMatchObject({ kind: 'branch', branch: 'feature', created: true });
  put('t', 1, 2);
  put('u', 1);
  run(add, 'u');
  run(checkout, 'main');
  expect(workspace.branch()).toBe('main');
  expect(keys('t')).toEqual([1, 2]);
  expect(tables('staged')).toEqual(['t', 'u']);
  const left = repository.workingSet('feature');
  expect([left.working.address, left.staged.address]).toEqual(Array(2).fill(workspace.headRoot().address));
  expect(run(checkout, 'main')).toEqual({ kind: 'already', branch: 'main' });
});

test('checkout refuses to overwrite, and then changes nothing', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(checkout, '-b', 'feature');
  put('t', 1, 2);
  run(commit, '-am', 'two');
  put('t', 1, 2, 3);
  expect(() => run(checkout, 'main')).toThrow(
    'Your local changes to the following tables would be overwritten by checkout:\n\tt\n',
  );
  expect(() => run(checkout, '-b', 'another', 'main')).toThrow('would be overwritten by checkout');
  expect(repository.refs().branches()).toEqual(['feature', 'main']);
  expect([workspace.branch(), keys('t')]).toEqual(['feature', [1, 2, 3]]);
  run(checkout, '-f', 'main');
  expect([workspace.branch(), keys('t')]).toEqual(['main', [1]]);
});

test('a branch with changes of its own is not overwritten', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(branch, 'feature');
  put('t', 1, 2);
  const theirs = repository.workingSet('main');
  completeNow(workspace.updateHeads({ refs: [], workingSets: new Map([['feature', theirs]]) }, 'test'));
  put('t', 9);
  expect(() => run(checkout, 'feature')).toThrow('checkout would overwrite uncommitted changes on target branch');
});

test('checkout of tables', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  put('t', 1, 2);
  run(commit, '-am', 'two');
  put('t', 9);
  run(checkout, 't');
  expect(keys('t')).toEqual([1, 2]);
  run(checkout, 'HEAD~1', 't');
  expect(keys('t')).toEqual([1]);
  expect(short(run(status)).staged).toEqual(['modified: t']);
  expect(() => run(checkout, 'nothing')).toThrow('nothing');
  expect(() => run(checkout, 'HEAD~1', 'x')).toThrow("tablespec 'x' did not match any table(s) known to dolt");
  expect(() => run(checkout, '--', 'x')).toThrow("error: tablespec 'x' did not match any table(s) known to dolt");
  run(tag, 'v1');
  expect(() => run(checkout, 'v1')).toThrow('dolt does not support a detached head state');
});

test('reset', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  const one = workspace.head();
  put('t', 1, 2);
  run(commit, '-am', 'two');
  put('t', 1, 2, 3);
  put('new', 1);
  put('staged', 1);
  run(add, 't', 'staged');
  run(reset, 'staged');
  expect(short(run(status)).staged).toEqual(['modified: t']);
  run(reset);
  expect(short(run(status))).toEqual({
    ...clean,
    unstaged: ['modified: t'],
    untracked: ['new table: new', 'new table: staged'],
  });
  run(reset, '--soft', 'HEAD~1');
  expect(workspace.head()).toBe(one);
  expect(keys('t')).toEqual([1, 2, 3]);
  expect(short(run(status)).staged).toEqual(['modified: t']);
  run(reset, 'HEAD');
  expect(short(run(status)).staged).toEqual([]);
  run(reset, '--hard');
  expect([keys('t'), tables('working')]).toEqual([[1], ['new', 'staged', 't']]);
  expect(() => run(reset, '--hard', 'nowhere')).toThrow('branch not found: nowhere');
  expect(() => run(reset, '--hard', '--soft')).toThrow('--hard and --soft are mutually exclusive options.');
});

test('tags', () => {
  run(tag, 'v1', '-m', 'first');
  expect(run(tag)).toMatchObject({ kind: 'list', tags: [{ name: 'v1', message: 'first', commit: workspace.head() }] });
  expect(() => run(tag, 'v1')).toThrow("A tag named 'v1' already exists");
  put('t', 1);
  run(commit, '-am', 'one');
  run(tag, 'v0', 'HEAD~1');
  const entries = [...run(log).entries];
  expect(entries.map(({ decorations }) => decorations.map(({ name }) => name))).toEqual([['main'], ['v0', 'v1']]);
  run(tag, '-d', 'v1', 'v0');
  expect(() => run(tag, '-d', 'v1')).toThrow('tag not found: v1');
});

test('log: ranges, counts, tables', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(checkout, '-b', 'feature');
  put('u', 1);
  run(commit, '-am', 'two');
  const of = (...args: string[]): string[] => Array.from(run(log, ...args).entries, (entry) => entry.commit.message);
  expect(of('-n', '1')).toEqual(['two']);
  expect(of('--n', '1')).toEqual(['two']);
  expect(of('main')).toEqual(['one', 'Initialize data repository']);
  expect(of('main..feature')).toEqual(['two']);
  expect(of('^main', 'feature')).toEqual(['two']);
  expect(of('feature', '--not', 'main')).toEqual(['two']);
  expect(of('t')).toEqual(['one']);
  expect(of('--', 'u')).toEqual(['two']);
  expect(of('--merges')).toEqual([]);
  run(checkout, 'main');
  expect(() => of('u')).toThrow("'u' is neither a commit nor a table");
  expect(of('--all', 'u')).toEqual(['two']);
  expect(() => of('nowhere')).toThrow("'nowhere' is neither a commit nor a table");
  expect(() => of('-n', 'x')).toThrow('invalid --number argument: x');
});

test('a fast-forward keeps uncommitted changes to other tables', () => {
  put('t', 1);
  put('u', 1);
  run(commit, '-am', 'one');
  run(checkout, '-b', 'feature');
  put('t', 1, 2);
  run(commit, '-am', 'two');
  run(checkout, 'main');
  put('u', 1, 2);
  expect(run(merge, 'feature')).toMatchObject({ kind: 'fastForward', to: repository.headOf('feature') });
  expect([keys('t'), keys('u')]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(short(run(status))).toEqual({ ...clean, unstaged: ['modified: u'] });
  expect(run(merge, 'feature')).toEqual({ kind: 'upToDate', ahead: false });
});

test('merge refuses to stomp on uncommitted changes', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(checkout, '-b', 'feature');
  put('t', 1, 2);
  run(commit, '-am', 'two');
  run(checkout, 'main');
  put('t', 9);
  expect(() => run(merge, 'feature')).toThrow('error: local changes would be stomped by merge:\n\tt\n');
  expect(() => run(merge)).toThrow('error: Please specify a branch to merge');
  expect(() => run(merge, '--abort')).toThrow('fatal: There is no merge to abort');
  expect(() => run(merge, 'feature', '--no-ff', '--squash')).toThrow(
    "'--squash' and '--no-ff' cannot be used together",
  );
  expect(keys('t')).toEqual([9]);
});

test('merge --no-ff makes a commit with two parents', () => {
  put('t', 1);
  run(commit, '-am', 'one');
  run(checkout, '-b', 'feature');
  put('t', 1, 2);
  run(commit, '-am', 'two');
  run(checkout, 'main');
  const before = workspace.head();
  run(merge, '--no-ff', 'feature');
  const merged = readCommit(repository.nodes, workspace.head());
  expect([merged.message, merged.parents]).toEqual([
    "Merge branch 'feature' into main",
    [before, repository.headOf('feature')],
  ]);
  expect([keys('t'), short(run(status))]).toEqual([[1, 2], clean]);
});

test('diff: summaries, numbers, rows', () => {
  put('t', 1, 2, 3);
  put('gone', 1);
  run(commit, '-am', 'one');
  work(workspace, (root) =>
    withRows(root, 't', [
      [1, 1, 'row 1'],
      [2, 20, 'changed'],
      [4, 4, null],
    ]),
  );
  drop('gone');
  put('fresh', 7, 8);
  const { deltas } = run(diff, 'HEAD', 'WORKING');
  expect(deltas.map(diffSummary)).toEqual([
    { kind: 'added', fromName: undefined, toName: 'fresh', dataChange: true, schemaChange: true },
    { kind: 'dropped', fromName: 'gone', toName: undefined, dataChange: true, schemaChange: true },
    { kind: 'modified', fromName: 't', toName: 't', dataChange: true, schemaChange: false },
  ]);
  expect(diffStat(deltas[2]!)).toMatchObject({
    rowsUnmodified: 1,
    rowsAdded: 1,
    rowsDeleted: 1,
    rowsModified: 1,
    cellsModified: 2,
    oldRowCount: 3,
    newRowCount: 3,
  });
  expect([...rowChanges(deltas[2]!)]).toEqual([
    { kind: 'modified', from: [2, 2, 'row 2'], to: [2, 20, 'changed'] },
    { kind: 'removed', from: [3, 3, 'row 3'], to: undefined },
    { kind: 'added', from: undefined, to: [4, 4, null] },
  ]);
  expect([...rowChanges(deltas[0]!)].map(({ kind, to }) => [kind, to?.[0]])).toEqual([
    ['added', 7],
    ['added', 8],
  ]);
  expect(run(diff, '--cached').deltas).toEqual([]);
  expect(run(diff, 't').deltas.map(({ toName }) => toName)).toEqual(['t']);
  expect(() => run(diff, 'HEAD', 'x')).toThrow('table x does not exist in either revision');
  expect(() => run(diff, '--stat', '--data')).toThrow('--stat and --summary cannot be combined');
});

test('remotes in the configuration', () => {
  run(remote, 'add', 'origin', 'file://../there');
  expect(run(remote, '-v')).toMatchObject({ kind: 'list', remotes: [{ name: 'origin', url: 'file:///there' }] });
  expect(() => run(remote, 'add', 'origin', 'file:///x')).toThrow("a remote named 'origin' already exists.");
  expect(() => run(remote, 'add', 'a/b', 'file:///x')).toThrow('invalid remote name: a/b');
  expect(() => run(remote, 'remove', 'other')).toThrow("error: unknown remote: 'other'");
  run(remote, 'remove', 'origin');
  expect(run(remote)).toMatchObject({ remotes: [] });
});

test('gc keeps all that refs lead to', async () => {
  for (let i = 1; i < 6; i++) {
    put('t', ...Array.from({ length: 100 * i }, (_, k) => k));
    run(commit, '-am', `commit ${i}`);
  }
  run(branch, 'doomed');
  run(reset, '--hard', 'HEAD~1');
  put('t', 1);
  const before = keys('t');
  run(branch, '-D', 'doomed');
  const result = await complete(gc.run(workspace, []));
  expect(result.bytesAfter).toBeLessThan(result.bytesBefore);
  expect(keys('t')).toEqual(before);
  expect(messages()).toHaveLength(5);
});

test('without a configured user a commit says how to set one', () => {
  repository.config.unset('global', ['user.name']);
  put('t', 1);
  run(add, '.');
  const attempt = (): unknown => run(commit, '-m', 'x');
  expect(attempt).toThrow(DoltError);
  expect(attempt).toThrow('Could not determine user.name.');
});

/** Two repositories and a remote in a folder: clone, push, fetch, pull. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { complete } from '../../src/repo/steps.ts';
import { branch } from '../../src/verbs/branch.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { clone } from '../../src/verbs/clone.ts';
import { commit } from '../../src/verbs/commit.ts';
import { fetch } from '../../src/verbs/fetch.ts';
import { pull } from '../../src/verbs/pull.ts';
import { PushRejectedError, push, pushReport } from '../../src/verbs/push.ts';
import { remote } from '../../src/verbs/remote.ts';
import type { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';
import { reset } from '../../src/verbs/reset.ts';
import { status } from '../../src/verbs/status.ts';
import { tag } from '../../src/verbs/tag.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { rowsOf, withRows, work } from './scratch-tables.ts';
import { workspaceOf } from './scratch-workspace.ts';

const URL = 'file:///remote';
let environment: Environment;
let mine: RepoWorkspace;
const opened: Repository[] = [];

beforeEach(async () => {
  environment = scratchEnvironment({ ticking: true });
  const repository = scratchRepository(environment);
  opened.push(repository);
  mine = workspaceOf(repository);
  put(mine, 't', 1);
  await run(mine, commit, '-am', 'one');
  await run(mine, remote, 'add', 'origin', URL);
});

afterEach(async () => {
  for (const repository of opened.splice(0)) {
    expect((await complete(checkIntegrity(repository.environment, repository.directory))).problems).toEqual([]);
    repository.close();
  }
});

const run = <T>(workspace: RepoWorkspace, verb: Verb<T>, ...args: string[]): Promise<T> =>
  complete(verb.run(workspace, args));
const put = (workspace: RepoWorkspace, table: string, ...keys: number[]): void =>
  work(workspace, (root) =>
    withRows(
      root,
      table,
      keys.map((pk) => [pk, pk, `row ${pk}`]),
    ),
  );
const keys = (workspace: RepoWorkspace, table: string): unknown[] =>
  rowsOf(workspace.workingSet().working.table(table)!).map(([pk]) => pk);

async function cloned(...args: string[]): Promise<RepoWorkspace & { readonly warnings: readonly string[] }> {
  const say = (message: string): void => void said.push(message);
  const announcer = { warn: say, progress: say };
  const place = { environment, directory: '/', announcer };
  const result = await complete(clone.run(place, args));
  const repository = Repository.open(environment, result.directory);
  opened.push(repository);
  return workspaceOf(repository);
}
const said: string[] = [];

test('push, clone, push back, pull', async () => {
  await expect(run(mine, push, 'origin')).rejects.toThrow('fatal: The current branch main has no upstream branch.');
  const first = await run(mine, push, '-u', 'origin', 'main');
  expect(pushReport(first.remote.url, first.refs, first.upstreams)).toBe(
    `To ${URL}\n * [new branch]          main -> main\nbranch 'main' set up to track 'origin/main'.`,
  );
  const again = await run(mine, push);
  expect(pushReport(URL, again.refs, again.upstreams)).toBe('Everything up-to-date');

  said.length = 0;
  const theirs = await cloned(URL, 'theirs');
  expect(said[0]).toBe(`cloning ${URL}`);
  expect(said.at(-1)).toMatch(/^(\d+) of \1 chunks complete\. 0 chunks being downloaded currently\.$/);
  expect([theirs.branch(), keys(theirs, 't')]).toEqual(['main', [1]]);
  expect((await run(theirs, status)).tracking).toEqual({ upstream: 'origin/main', ahead: 0, behind: 0 });

  put(theirs, 't', 1, 2);
  await run(theirs, commit, '-am', 'two');
  expect((await run(theirs, status)).tracking).toEqual({ upstream: 'origin/main', ahead: 1, behind: 0 });
  await run(theirs, push);
  const { merge } = await run(mine, pull);
  expect([merge!.kind, keys(mine, 't'), mine.head()]).toEqual(['fastForward', [1, 2], theirs.head()]);
  expect((await run(mine, pull, 'origin')).merge).toEqual({ kind: 'upToDate', ahead: false });
});

test('a push over what others pushed is rejected, and forced goes through', async () => {
  await run(mine, push, '-u', 'origin', 'main');
  const theirs = await cloned(URL, 'theirs');
  put(theirs, 't', 1, 2);
  await run(theirs, commit, '-am', 'theirs');
  await run(theirs, push);
  put(mine, 'u', 1);
  await run(mine, commit, '-am', 'mine');
  const rejected = run(mine, push);
  await expect(rejected).rejects.toThrow(PushRejectedError);
  await expect(rejected).rejects.toThrow(' ! [rejected]            main -> main (non-fast-forward)');
  await run(mine, push, '-f');
  await run(theirs, fetch);
  expect(theirs.refs().get('refs/remotes/origin/main')).toBe(mine.head());
  expect((await run(theirs, status)).tracking).toEqual({ upstream: 'origin/main', ahead: 1, behind: 1 });
});

test('a push makes the folder of a new remote, and not of one that is gone', async () => {
  await run(mine, push, '-u', 'origin', 'main');
  const { disk } = environment;
  disk.removeTree('test', '/remote');
  put(mine, 't', 1, 2);
  await run(mine, commit, '-am', 'two');
  await expect(run(mine, push)).rejects.toThrow(
    `remote 'origin' (${URL}) has no folder, and was not so before: was it moved, or is it not mounted?\nhint: to push to a new one, run 'dolt remote remove origin' and add it again`,
  );
  expect(disk.stat('/remote')).toBeUndefined();
  // What is left of a disk that is not mounted.
  disk.makeDirectory('test', '/remote');
  await expect(run(mine, push, '-f')).rejects.toThrow(`remote 'origin' (${URL}) is empty, and was not so before`);
  expect(disk.list('/remote')).not.toContain('manifest');

  await run(mine, remote, 'remove', 'origin');
  await run(mine, remote, 'add', 'origin', URL);
  await run(mine, push, 'origin', 'main');
  expect(keys(await cloned(URL, 'theirs'), 't')).toEqual([1, 2]);
});

test('branches and tags: push, follow, prune, delete', async () => {
  await run(mine, branch, 'feature');
  await run(mine, tag, 'v1');
  await run(mine, push, 'origin', 'main', 'feature');
  await run(mine, push, 'origin', 'v1');
  const theirs = await cloned(URL, 'theirs');
  expect(
    [...theirs.refs().entries('refs/')].map(([name]) => name).filter((name) => !name.includes('internal')),
  ).toEqual(['refs/heads/main', 'refs/remotes/origin/feature', 'refs/remotes/origin/main', 'refs/tags/v1']);
  expect(await run(theirs, checkout, 'feature')).toMatchObject({ created: true, upstream: 'origin/feature' });
  await run(mine, push, 'origin', ':feature');
  await run(theirs, fetch, '--prune');
  expect(theirs.refs().get('refs/remotes/origin/feature')).toBeUndefined();
  expect(theirs.refs().get('refs/heads/feature')).toBeDefined();
});

test('a tag that was made here is not overwritten by a fetch, unless forced', async () => {
  await run(mine, tag, 'v1');
  await run(mine, push, 'origin', 'main', 'v1');
  const theirs = await cloned(URL, 'theirs');
  // Known from the remote and not touched here: follows.
  put(mine, 't', 1, 2);
  await run(mine, commit, '-am', 'two');
  const retag = async (workspace: RepoWorkspace, ...args: string[]): Promise<unknown> => {
    await run(workspace, tag, '-d', 'v1');
    await run(workspace, tag, 'v1', ...args);
    return workspace.refs().get('refs/tags/v1');
  };
  const second = await retag(mine);
  await run(mine, push, '--force', 'origin', 'main', 'v1');
  await run(theirs, fetch);
  expect(theirs.refs().get('refs/tags/v1')).toBe(second);
  expect(theirs.warnings).toEqual([]);

  const own = await retag(theirs, '-m', 'of my own');
  put(mine, 't', 1, 2, 3);
  await run(mine, commit, '-am', 'three');
  const third = await retag(mine);
  await run(mine, push, '--force', 'origin', 'main', 'v1');
  await run(theirs, fetch);
  expect(theirs.refs().get('refs/tags/v1')).toBe(own);
  expect(theirs.refs().get('refs/remotes/origin/main')).toBe(mine.head());
  await run(theirs, pull);
  expect(theirs.warnings).toEqual(
    Array(2).fill(
      "tag 'v1' is another on remote 'origin' and was kept as it is here; 'dolt fetch origin +refs/tags/v1' replaces it",
    ),
  );

  // Asked for by name: the rest moves, then it fails.
  put(mine, 't', 4);
  await run(mine, commit, '-am', 'four');
  await run(mine, push, 'origin', 'main');
  await expect(run(theirs, fetch, 'origin', 'main', 'refs/tags/v1')).rejects.toThrow(
    ' ! [rejected]            v1 -> v1 (would clobber existing tag)',
  );
  expect(theirs.refs().get('refs/remotes/origin/main')).toBe(mine.head());
  expect(theirs.refs().get('refs/tags/v1')).toBe(own);
  await run(theirs, fetch, 'origin', '+refs/tags/v1');
  expect(theirs.refs().get('refs/tags/v1')).toBe(third);
});

test('pull merges, and not over uncommitted changes', async () => {
  await run(mine, push, '-u', 'origin', 'main');
  const theirs = await cloned(URL, 'theirs');
  put(theirs, 'u', 1);
  await run(theirs, commit, '-am', 'theirs');
  await run(theirs, push);
  await run(mine, commit, '--allow-empty', '-m', 'mine');
  put(mine, 't', 9);
  await expect(run(mine, pull)).rejects.toThrow('cannot merge with uncommitted changes');
  await run(mine, reset, '--hard');
  const { merge } = await run(mine, pull);
  expect([merge!.kind, keys(mine, 'u')]).toEqual(['merged', [1]]);
  await run(mine, push);
  await expect(run(mine, pull, 'origin', 'nowhere')).rejects.toThrow('nowhere');
});

test('what is not there is named', async () => {
  await expect(run(mine, push, 'other', 'main')).rejects.toThrow("fatal: remote 'other' not found.");
  await expect(run(mine, push, 'origin', 'nope')).rejects.toThrow("refspec not found: 'nope'");
  await expect(run(mine, fetch, 'other')).rejects.toThrow("'other' does not appear to be a dolt database");
  await expect(run(mine, pull)).rejects.toThrow('There is no tracking information for the current branch.');
  await expect(cloned('file:///nothing')).rejects.toThrow();
  expect(environment.disk.stat('/nothing')).toBeUndefined();
  await expect(cloned(URL, 'repo')).rejects.toThrow();
  await run(mine, push, 'origin', 'main');
  await expect(cloned(URL, 'repo')).rejects.toThrow('data repository already exists at');
  await expect(cloned(URL, 'x', '-b', 'nope')).rejects.toThrow("remote branch 'nope' not found");
  expect(environment.disk.stat('/x')).toBeUndefined();
});

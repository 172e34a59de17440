/**
 * Every disk operation of a verb fails in turn, until a run meets no failure: each failure is reported, as an error or a
 * warning, and what a restart finds is the state of before or of after, also when the power went at that moment.
 */
import { expect, test } from 'vitest';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { Repository } from '../../src/repo/repository.ts';
import { complete, completeNow } from '../../src/repo/steps.ts';
import { branch } from '../../src/verbs/branch.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { commit } from '../../src/verbs/commit.ts';
import { merge } from '../../src/verbs/merge.ts';
import { remote } from '../../src/verbs/remote.ts';
import type { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';
import { reset } from '../../src/verbs/reset.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { withRows, work } from './scratch-tables.ts';
import { workspaceOf } from './scratch-workspace.ts';

const rows = (count: number) => Array.from({ length: count }, (_, pk) => [pk, pk, `row ${pk}`]);
const put = (workspace: RepoWorkspace, table: string, count: number): void =>
  work(workspace, (root) => withRows(root, table, rows(count)));
const run = <T>(workspace: RepoWorkspace, verb: Verb<T>, ...args: string[]): T =>
  completeNow(verb.run(workspace, args));

/** main with one commit and uncommitted changes, feature one commit ahead of it. */
function prepared(): MemoryDisk {
  const disk = new MemoryDisk();
  const repository = scratchRepository(scratchEnvironment({ disk, ticking: true }));
  const workspace = workspaceOf(repository);
  put(workspace, 't', 10);
  run(workspace, commit, '-am', 'one');
  run(workspace, checkout, '-b', 'feature');
  put(workspace, 't', 20);
  run(workspace, commit, '-am', 'two');
  run(workspace, checkout, 'main');
  put(workspace, 'u', 10);
  repository.close();
  return disk;
}

/** Everything a user would notice. */
function contentOf(disk: MemoryDisk): string {
  const repository = Repository.open(scratchEnvironment({ disk }), '/repo', { readOnly: true });
  const { working, staged } = repository.workingSet('main');
  const heads = [...repository.refs().entries('refs/heads/')];
  const { head, remotes, branches } = repository.state();
  const content = {
    heads,
    working: working.address,
    staged: staged.address,
    head,
    remotes: [...remotes],
    branches: [...branches],
  };
  repository.close();
  return JSON.stringify(content);
}

const actions: readonly [name: string, act: (workspace: RepoWorkspace) => void][] = [
  ['commit -a', (workspace) => run(workspace, commit, '-am', 'three')],
  ['merge', (workspace) => run(workspace, merge, 'feature')],
  ['reset --hard', (workspace) => run(workspace, reset, '--hard', 'HEAD~1')],
  ['branch -D', (workspace) => run(workspace, branch, '-D', 'feature')],
  ['branch', (workspace) => run(workspace, branch, 'other', 'feature')],
  ['remote add', (workspace) => run(workspace, remote, 'add', 'origin', 'file:///x')],
];

test.each(actions)(
  '%s',
  async (_, act) => {
    const before = contentOf(prepared());
    const whole = prepared();
    const repository = Repository.open(scratchEnvironment({ disk: whole, ticking: true }), '/repo');
    act(workspaceOf(repository));
    repository.close();
    const after = contentOf(whole);
    expect(after).not.toBe(before);

    for (let n = 1, failed = true; failed; n++) {
      const memory = prepared();
      const disk = new FailingDisk(memory, { failAt: n });
      let error: unknown;
      let opened: Repository | undefined;
      let warnings: readonly string[] = [];
      try {
        opened = Repository.open(scratchEnvironment({ disk, ticking: true }), '/repo');
        const workspace = workspaceOf(opened);
        ({ warnings } = workspace);
        act(workspace);
      } catch (thrown) {
        error = thrown;
      }
      const survivors = [memory.crash(() => 0), memory.crash(() => 0.5)];
      try {
        opened?.close();
      } catch (thrown) {
        error ??= thrown;
      }
      failed = disk.failed;
      // Only the evidence for the last commit may be missing without a word.
      if (disk.lastOperation !== 'journal:confirm')
        expect(error !== undefined || warnings.length > 0, `silent at ${disk.lastOperation}`).toBe(failed);
      for (const survivor of [memory, ...survivors]) {
        const content = contentOf(survivor);
        expect([before, after], `torn at ${disk.lastOperation}`).toContain(content);
        if (!failed) expect(content).toBe(after);
      }
      const reopened = Repository.open(scratchEnvironment({ disk: survivors[1]! }), '/repo');
      expect(
        (await complete(checkIntegrity(reopened.environment, reopened.directory))).problems,
        `damaged at ${disk.lastOperation}`,
      ).toEqual([]);
      reopened.close();
    }
  },
  60_000,
);

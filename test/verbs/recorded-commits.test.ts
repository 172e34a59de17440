/**
 * Addresses of commits that Dolt 2.3.1 made, on a repository that `scratchRepository` made, with the commands named
 * here: the same verbs with the same words give the same commits.
 */
import { expect, test } from 'vitest';
import { completeNow } from '../../src/repo/steps.ts';
import { branch } from '../../src/verbs/branch.ts';
import { checkout } from '../../src/verbs/checkout.ts';
import { commit } from '../../src/verbs/commit.ts';
import { merge } from '../../src/verbs/merge.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { workspaceOf } from './scratch-workspace.ts';

test('commits, an amended one, a merge', () => {
  const variables: Record<string, string> = {};
  const repository = scratchRepository(scratchEnvironment({ variables }));
  const workspace = workspaceOf(repository);
  const withVariables = <T>(set: Record<string, string>, run: () => T): T => {
    Object.assign(variables, set);
    try {
      return run();
    } finally {
      for (const name of Object.keys(set)) delete variables[name];
    }
  };
  const dated = (author: string, committer = author) => ({
    DOLT_AUTHOR_DATE: author,
    DOLT_COMMITTER_DATE: committer,
  });
  const runCommit = (...args: string[]): void => void completeNow(commit.run(workspace, ['--allow-empty', ...args]));
  const head = (): string => workspace.head();

  expect(head()).toBe('j9btqigbcthls0b028jv5c0mehm9tff8');
  withVariables(dated('2024-05-06T07:08:09', '2024-05-06T07:08:10.123Z'), () => runCommit('-m', 'second'));
  expect(head()).toBe('jh18s8dad4kb36jcb77i5hr4t0p55b6r');
  runCommit('-m', 'third', '--author', 'A B <a@b>', '--date', '2024-06-01T10:00:00+02:00');
  expect(head()).toBe('k21m8fclqk4ajho16qnnsoof6ah4199u');
  withVariables({ DOLT_COMMITTER_NAME: 'Carl', DOLT_COMMITTER_EMAIL: 'c@d', DOLT_COMMITTER_DATE: '2024-06-03' }, () =>
    runCommit('-m', 'fourth', '--author', 'A B <a@b>', '--date', '2024-06-02'),
  );
  expect(head()).toBe('po6sn89ga8vb4d8s2131f12nafqrf4g8');
  completeNow(branch.run(workspace, ['side', 'HEAD~1']));
  runCommit('--amend', '-m', 'fourth, amended', '--date', '2024-06-04');
  expect(head()).toBe('70h0d1p7ommr95ovn67eas3gnkthjjju');
  completeNow(checkout.run(workspace, ['side']));
  runCommit('-m', 'on side', '--date', '2024-06-05');
  expect(head()).toBe('hq7cdcod8ebms0s7vfbhvmm3bbt18skb');
  completeNow(checkout.run(workspace, ['main']));
  withVariables(dated('2024-06-06'), () => completeNow(merge.run(workspace, ['side', '-m', 'merged'])));
  expect(head()).toBe('dvhb3gr5ba4ghdbg54vs9apobvemgfqh');
});

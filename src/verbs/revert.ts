/** `revert`: undoes the change that a commit made, as a commit of its own. */

import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type CommitMeta, readCommit } from '../repo/commit.ts';
import type { Steps } from '../repo/steps.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { authorFlag, signed } from './commit.ts';
import { abortMerge } from './merge.ts';
import { assertClean, continuePick, type PickResult, pick } from './pick.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { resolveSpec } from './workspace-roots.ts';

export const revert: Verb<PickResult> = {
  name: 'revert',
  summary: 'Undo the changes introduced in a commit.',
  synopsis: ['<revision>...', '--abort', '--continue'],
  positional: [
    ['revision', "The commit revisions. If multiple revisions are given, they're applied in the order given."],
  ],
  flags: [
    authorFlag,
    {
      name: 'abort',
      help: 'Abort the current revert operation and return the working set to the pre-revert state.',
    },
    { name: 'continue', help: 'Continue the current revert operation after resolving conflicts.' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(revert, args);
    if (parsed.has('abort')) {
      yield* abortMerge(workspace, 'revert');
      return { kind: 'aborted' };
    }
    if (parsed.has('continue')) {
      const state = workspace.workingSet().merge;
      const result = yield* continuePick(workspace, 'revert', ({ fromCommit }) =>
        revertMeta(workspace, fromCommit, parsed),
      );
      const left = (state?.pendingCommits ?? []) as readonly Address[];
      return left.length === 0 ? result : yield* revertAll(workspace, left, left, state!.preMergeHead!, parsed);
    }
    if (parsed.positional.length === 0) throw new UsageError('error: Please specify a revision to revert');
    assertClean(workspace, 'You must commit any changes before using revert.');
    // All are found before the first is reverted, which moves HEAD.
    const commits = parsed.positional.map((spec) => resolveSpec(workspace, spec));
    return yield* revertAll(workspace, commits, parsed.positional, workspace.head(), parsed);
  },
};

/** One after the other, on top of `head`, until one has conflicts; `specs` are what the user calls them. */
function* revertAll(
  workspace: Workspace,
  commits: readonly Address[],
  specs: readonly string[],
  head: Address,
  parsed: ParsedArguments,
): Steps<PickResult> {
  let result: PickResult | undefined;
  for (const [i, commit] of commits.entries()) {
    const [parent] = readCommit(workspace.repository.nodes, commit).parents;
    if (parent === undefined) throw new DoltError('invalid', 'cannot revert commit with no parents');
    result = yield* pick(workspace, {
      operation: 'revert',
      from: commit,
      to: parent,
      commit,
      spec: specs[i]!,
      meta: revertMeta(workspace, commit, parsed),
      allowEmpty: false,
      series: { head, left: commits.slice(i + 1) },
    });
    if (result.kind === 'conflicts') break;
  }
  return result!;
}

function revertMeta(workspace: Workspace, address: Address, parsed: ParsedArguments): CommitMeta {
  const { message } = readCommit(workspace.repository.nodes, address);
  return { message: `Revert ${goQuoted(message)}`, ...signed(workspace, parsed) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** In double quotes as Go writes them: what prints stays. */
function goQuoted(text: string): string {
  const escaped = text.replace(/["\\]|[\p{C}\p{Z}]/gu, (rune) => {
    if (rune === ' ') return rune;
    const code = rune.codePointAt(0)!;
    const hex = (digits: number): string => code.toString(16).padStart(digits, '0');
    if (code < 0x80) return ESCAPES[rune] ?? `\\x${hex(2)}`;
    return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  });
  return `"${escaped}"`;
}

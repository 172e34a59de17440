/** `dolt show`: a commit, and what it changed. */
import { completeNow } from '../../repo/steps.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import { diff } from '../../verbs/diff.ts';
import { type LogEntry, log } from '../../verbs/log.ts';
import type { RepoWorkspace } from '../../verbs/repo-workspace.ts';
import type { Flag } from '../../verbs/verb.ts';
import type { Command, CommandContext } from '../command.ts';
import { commitText } from '../commit-text.ts';
import { printDiff } from '../diff/print-diff.ts';
import { openWorkspace } from '../verb-command.ts';

const LOG_FLAGS: readonly string[] = ['parents', 'decorate'];
/** Flags of `diff` that are not about what is compared with what. */
const DIFF_FLAGS: readonly string[] = [
  'data',
  'schema',
  'stat',
  'summary',
  'name-only',
  'result-format',
  'where',
  'limit',
  'filter',
  'skinny',
  'include-cols',
  'diff-mode',
  'system',
];

const chosen = (flags: readonly Flag[], names: readonly string[]): Flag[] =>
  flags.filter(({ name }) => names.includes(name));

export const command: Command = {
  name: 'show',
  summary: 'Show information about a specific commit.',
  synopsis: ['[options] [<revision>...]'],
  positional: [['revision', 'The commits to show; HEAD when left out.']],
  flags: [...chosen(log.flags, LOG_FLAGS), ...chosen(diff.flags, DIFF_FLAGS)],
  examples: ['dolt show', 'dolt show --stat HEAD~1', 'dolt show -r sql v1'],
  isPaged: true,
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const given = (names: readonly string[]): string[] =>
      chosen(command.flags, names)
        .filter(({ name }) => parsed.has(name))
        .flatMap(({ name, value }) => (value === undefined ? [`--${name}`] : [`--${name}`, parsed.value(name)!]));
    const workspace = openWorkspace(context, context.repository());
    const { positional } = parsed;
    for (const revision of positional.length === 0 ? ['HEAD'] : positional) {
      const logged = completeNow(log.run(workspace, ['-n', '1', ...given(LOG_FLAGS), revision, '--']));
      for (const entry of logged.entries) {
        context.terminal.write(commitText(entry, logged, context.terminal));
        await showChanges(context, workspace, entry, given(DIFF_FLAGS));
      }
    }
    return 0;
  },
};

/** Against the parent; the first commit has none, and a merge no one to compare with. */
async function showChanges(
  context: CommandContext,
  workspace: RepoWorkspace,
  { commit }: LogEntry,
  flags: readonly string[],
): Promise<void> {
  const [parent, other] = commit.parents;
  if (parent === undefined || other !== undefined) return;
  await printDiff(context, completeNow(diff.run(workspace, [...flags, parent, commit.address])));
}

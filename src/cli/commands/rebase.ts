/** `dolt rebase`; with `-i` on a terminal the plan is edited first. */
import { withRebasePlan } from '../../repo/rebase-plan.ts';
import type { Steps } from '../../repo/steps.ts';
import { abortRebase, continueRebase, type RebaseResult, rebase } from '../../verbs/rebase.ts';
import { rebaseMessage } from '../../verbs/rebase-message.ts';
import type { Verb } from '../../verbs/verb.ts';
import type { Workspace } from '../../verbs/workspace.ts';
import { editPlan } from '../rebase/edit-plan.ts';
import { verbCommand } from '../verb-command.ts';

const edited: Verb<RebaseResult> = {
  ...rebase,
  *run(workspace, args) {
    const result = yield* rebase.run(workspace, args);
    if (result.kind !== 'started') return result;
    try {
      return yield* runEdited(workspace, result);
    } catch (error) {
      if (workspace.workingSet().rebase !== undefined) yield* abortRebase(workspace);
      throw error;
    }
  },
};

function* runEdited(
  workspace: Workspace,
  { plan, upstream, workingBranch }: RebaseResult & { kind: 'started' },
): Steps<RebaseResult> {
  const title = `Rebase of ${plan.length} commits onto ${upstream}`;
  const steps = editPlan(workspace.repository, plan, title);
  if (steps.length === 0) return yield* abortRebase(workspace);
  const workingSet = workspace.workingSet();
  const working = withRebasePlan(workingSet.working, steps);
  yield* workspace.setWorkingSet({ ...workingSet, working }, `rebase on ${workingBranch}`);
  return yield* continueRebase(workspace);
}

export const command = verbCommand(edited, {
  server: 'forbids',
  examples: ['dolt rebase main', 'dolt rebase -i HEAD~3', 'dolt rebase --continue'],
  movesHeads: ({ kind }) => kind === 'done',
  print(result, { terminal }) {
    if (result.kind === 'conflict') terminal.error(rebaseMessage(result));
    else terminal.line(rebaseMessage(result));
  },
  status: ({ kind }) => (kind === 'conflict' ? 1 : 0),
});

/**
 * CALL dolt_command_line(verb, …arguments): what a command of the command line does, where a server holds the repository.
 * It is the verb as the command line runs it, on the session's branch; its answer is one text, made for the command line
 * alone (verbs/verb-answer.ts). A verb that fails leaves no trace and is answered, too. With `begin` instead of a verb, a
 * transaction begins that definitions do not commit. With `run` and a JSON object (`branch`, `variables`) a whole
 * command runs beside the server, for a client that has no folder, and its output is the answer (command-rows.ts).
 */
import { DoltError } from '../../../base/errors.ts';
import { type Steps, waitFor } from '../../../repo/steps.ts';
import type { Verb } from '../../../verbs/verb.ts';
import { encodeAnswer } from '../../../verbs/verb-answer.ts';
import type { BranchNeed } from '../../session/branch-rights.ts';
import type { CommandRequest } from '../../session/command-run.ts';
import { SessionWorkspace } from '../../session/session-workspace.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { SqlError } from '../../types/sql-error.ts';
import { commandNeed } from '../branch-needs.ts';
import { commandRows } from '../command-rows.ts';
import { oneRow, type Procedure, type ProcedureCall, success, textArguments } from './procedure.ts';

/** Those of commands that change something, or may. What only reads needs no server, and `checkout` is none of its business. */
export const verbs: Readonly<Record<string, () => Promise<Verb<unknown>>>> = {
  add: async () => (await import('../../../verbs/add.ts')).add,
  backup: async () => (await import('../../../verbs/backup.ts')).backup,
  branch: async () => (await import('../../../verbs/branch.ts')).branch,
  'cherry-pick': async () => (await import('../../../verbs/cherry-pick.ts')).cherryPick,
  clean: async () => (await import('../../../verbs/clean.ts')).clean,
  commit: async () => (await import('../../../verbs/commit.ts')).commit,
  'conflicts resolve': async () => (await import('../../../verbs/conflicts-resolve.ts')).conflictsResolve,
  'constraints verify': async () => (await import('../../../verbs/constraints-verify.ts')).constraintsVerify,
  fetch: async () => (await import('../../../verbs/fetch.ts')).fetch,
  gc: async () => (await import('../../../verbs/gc.ts')).gc,
  merge: async () => (await import('../../../verbs/merge.ts')).merge,
  pull: async () => (await import('../../../verbs/pull.ts')).pull,
  push: async () => (await import('../../../verbs/push.ts')).push,
  remote: async () => (await import('../../../verbs/remote.ts')).remote,
  reset: async () => (await import('../../../verbs/reset.ts')).reset,
  revert: async () => (await import('../../../verbs/revert.ts')).revert,
  rm: async () => (await import('../../../verbs/rm.ts')).rm,
  'schema copy-tags': async () => (await import('../../../verbs/copy-tags.ts')).copyTags,
  'schema update-tag': async () => (await import('../../../verbs/update-tag.ts')).updateTag,
  stash: async () => (await import('../../../verbs/stash.ts')).stash,
  tag: async () => (await import('../../../verbs/tag.ts')).tag,
};

export const procedure: Procedure = {
  *call(call) {
    const [name = '', ...args] = textArguments(call);
    if (name === 'begin') {
      call.session.implicitCommits = false;
      yield* call.session.begin();
      return success();
    }
    if (name === 'run') return yield* runCommand(call, args);
    const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (load === undefined) throw new SqlError(1105, 'HY000', `no command runs here by the name of '${name}'`);
    const verb = yield* waitFor(load());
    const need = commandNeed(name);
    if (need !== undefined) call.session.branchRights.assertMayOnSelected(need);
    const workspace = new CommandLineWorkspace(call, need);
    // As it would find it without a server: others may have changed it since the server read it.
    workspace.repository.config.forget();
    const { session } = call;
    const before = session.save();
    try {
      const result = yield* verb.run(workspace, args);
      return answer(workspace, { result });
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      session.restore(before);
      return answer(workspace, { error });
    }
  },
};

function* runCommand(
  { session }: ProcedureCall,
  [settings = '{}', ...args]: readonly string[],
): Steps<StatementResult> {
  const run = session.engine.runCommand;
  if (run === undefined) throw new SqlError(1235, '42000', 'this server runs no commands of the command line');
  const { branch, variables = {} } = JSON.parse(settings) as Partial<CommandRequest>;
  const { name } = session.handle().database;
  // The command is a client of its own. A garbage collection that it asks for waits for what runs, and not for this.
  yield* session.commit();
  session.rest();
  return commandRows(run, { database: name, branch, args, variables });
}

function answer({ warnings, messages }: CommandLineWorkspace, outcome: { result: unknown } | { error: DoltError }) {
  return oneRow({ answer: encodeAnswer({ outcome, warnings, progress: messages.at(-1) }) });
}

/** The session's, with the defaults of the command line. */
class CommandLineWorkspace extends SessionWorkspace {
  override readonly isSession = false;
  readonly warnings: string[] = [];

  constructor({ session }: ProcedureCall, need: BranchNeed | undefined) {
    super(session, session.handle(), need);
  }

  override warn(message: string): void {
    this.warnings.push(message);
  }
}

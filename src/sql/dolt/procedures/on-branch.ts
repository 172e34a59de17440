/** `--branch` of `dolt_add` and `dolt_commit`, which the commands of these names lack: they work on another branch. */
import type { Steps } from '../../../repo/steps.ts';
import { UsageError } from '../../../verbs/arguments.ts';
import type { Verb } from '../../../verbs/verb.ts';
import { SessionWorkspace } from '../../session/session-workspace.ts';
import { type ProcedureCall, runVerbWith, textArguments, withErrno } from './procedure.ts';

export function* runOnBranch<Result>(verb: Verb<Result>, call: ProcedureCall): Steps<Result> {
  const { session, need } = call;
  const { branch, rest } = splitBranch(textArguments(call), verb);
  const here = session.handle();
  const handle = branch === undefined ? here : session.handle(`${here.database.name}/${branch}`);
  if (branch !== undefined && need !== undefined) session.branchRights.assertMay(need, handle);
  return yield* runVerbWith(verb, new SessionWorkspace(session, handle, need), rest);
}

function splitBranch(args: readonly string[], verb: Verb<unknown>) {
  const rest: string[] = [];
  let branch: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg.startsWith('--branch=')) branch = arg.slice('--branch='.length);
    else if (arg === '--branch') {
      branch = args[++i];
      if (branch === undefined) throw withErrno(new UsageError("error: no value for option `branch'"));
    } else {
      rest.push(arg);
      // What follows is that flag's, whatever it looks like.
      if (takesNext(arg, verb) && i + 1 < args.length) rest.push(args[++i]!);
    }
  }
  return { branch, rest };
}

function takesNext(arg: string, { flags }: Verb<unknown>): boolean {
  return flags.some(({ name, short, value }) => {
    if (value === undefined) return false;
    return arg === `--${name}` || (short !== undefined && /^-\w+$/.test(arg) && arg.endsWith(short));
  });
}

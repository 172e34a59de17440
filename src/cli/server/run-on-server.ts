/**
 * Runs a verb where the repository can be written: in the server that holds it. Its result comes back and is read here, on
 * the repository as the server left it.
 */

import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';
import type { Verb } from '../../verbs/verb.ts';
import { decodeAnswer } from '../../verbs/verb-answer.ts';
import type { CommandContext } from '../command.ts';
import { takeCommitIdentity, withConfiguredSigners } from '../sql/commit-identity.ts';
import { explained } from './other-program.ts';

/** What a command does is all that happens: it stands at once, with its conflicts, and becomes no commit of its own. */
const SETTINGS =
  "set sql_mode = replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), autocommit = 1, dolt_transaction_commit = 0, dolt_allow_commit_conflicts = 1, dolt_force_transaction_commit = 1";

export async function runOnServer<Result>(
  server: ScriptSession,
  verb: Verb<Result>,
  args: readonly string[],
  context: CommandContext,
): Promise<Result> {
  const repository = context.repository();
  await server.query(SETTINGS);
  await takeCommitIdentity(server, withConfiguredSigners(context.environment.variables, repository.config));
  const answer = await answerOf(server, verb.name, args);
  repository.rebase();
  const { outcome, warnings, progress } = decodeAnswer<Result>(answer, (root) => repository.root(root));
  const { terminal } = context;
  if (progress !== undefined) {
    terminal.progress(progress);
    terminal.endProgress();
  }
  for (const warning of warnings) terminal.error(warning);
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

async function answerOf(server: ScriptSession, verb: string, args: readonly string[]): Promise<string> {
  try {
    const { rows } = await server.query(`call dolt_command_line(${[verb, ...args].map(quoteString).join(', ')})`);
    return String(rows[0]![0]);
  } catch (cause) {
    throw explained(cause, `call dolt_${verb.replace(/[ -]/g, '_')}(…)`);
  }
}

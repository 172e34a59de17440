/**
 * What a line of the shell asks for that begins with a backslash: the shell's own commands, and those of the command line.
 * A command of the command line runs beside the session, as it would from another terminal, on the database and the branch
 * that the session is on: it sees what the session has committed. Only `\checkout` is the session's own.
 */

import { DoltError } from '../../base/errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';
import type { CommandContext } from '../command.ts';
import { useBranch } from './use-branch.ts';

/** Commands of the command line, as in the original. */
const COMMANDS = ['status', 'diff', 'log', 'show', 'add', 'commit', 'checkout', 'reset', 'branch', 'merge'];

const HELP = `A statement ends with ; and may go over several lines.
\\G at its end, instead, prints each row as a block.
delimiter //   statements end with // from here on
use db/branch  works on another database or branch
\\edit          opens the last statement in your editor, and runs what you leave
\\w, \\W         hides or shows the warnings of statements
Ctrl-C         gives up what is typed, or the statement that runs
exit, quit, \\q or Ctrl-D leave the shell

Commands of dolt work here, too, with a backslash before them: \\${COMMANDS.join(', \\')}.
\\help status   tells more of one`;

export interface ShellState {
  readonly context: CommandContext;
  readonly session: ScriptSession;
  /** The name of the folder's own database. */
  readonly database: string | undefined;
  /** Another session on what the shell works on; whoever asks for it closes it. */
  beside(): Promise<ScriptSession>;
  showsWarnings: boolean;
}

export async function runShellCommand(line: string, state: ShellState): Promise<void> {
  const { terminal } = state.context;
  const [word = '', ...rest] = wordsOf(line.replace(/^\\/, '').replace(/;$/, ''));
  if (word === 'w' || word === 'W') {
    state.showsWarnings = word === 'W';
    terminal.line(`Show warnings ${state.showsWarnings ? 'enabled' : 'disabled'}`);
    return;
  }
  const name = word.toLowerCase();
  if (['help', 'h', '?'].includes(name)) {
    const [about = ''] = rest;
    if (COMMANDS.includes(about)) await runCommand([about, '--help'], state);
    else terminal.line(HELP);
  } else if (name === 'checkout') await checkout(rest, state);
  else if (COMMANDS.includes(name)) await runCommand([name, ...rest], state);
  else terminal.line(`unknown command ${line}; "\\help" lists the commands`);
}

async function runCommand(words: readonly string[], { context, session, database, beside }: ShellState): Promise<void> {
  const { branch } = session;
  if (branch === undefined) {
    context.terminal.error('no branch is selected; use <database>/<branch>');
    return;
  }
  const other = await beside();
  const selected = session.database?.split('/')[0] ?? database;
  await useBranch(other, selected, branch);
  // It closes the session.
  await context.runLine(words, { database: selected, branch, session: other });
}

/** The session goes to another branch; the command line stays where it is. */
async function checkout(words: readonly string[], { context: { terminal }, session }: ShellState): Promise<void> {
  const before = session.branch;
  try {
    await session.query(`call dolt_checkout(${words.map(quoteString).join(', ')})`);
    if (session.branch !== before) terminal.line(`Switched to branch '${session.branch}'`);
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    terminal.error(error.message);
  }
}

/** Parted by blanks, but for what stands in quotes. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g), ([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'),
    ),
  );
}

/**
 * The interactive shell: statements end with `;` (or the delimiter) and may go over several lines; `\G` prints a result
 * vertically. Ctrl-C gives up what is typed, or the statement that runs. History is kept in `~/.dolt/sql_history`.
 */
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { DoltError } from '../../base/errors.ts';
import { Config } from '../../repo/config.ts';
import { doltDirectoryIn } from '../../repo/repository.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { delimiterCommand, isComplete } from '../../sql/syntax/delimiters.ts';
import type { CommandContext } from '../command.ts';
import { editText } from '../editor.ts';
import type { ResultFormat } from '../print/result-printer.ts';
import { HISTORY_LENGTH, readHistory, remember } from './history.ts';
import { runScript } from './run-script.ts';
import { runShellCommand, type ShellState } from './shell-commands.ts';

const WELCOME = `# Welcome to the DoltSQL shell.
# Statements must be terminated with ';'.
# "exit" or "quit" (or Ctrl-D) to exit. "\\help" for help.`;

export interface ShellOptions {
  /** The name of the folder's own database. */
  readonly database: string | undefined;
  readonly format: ResultFormat;
  /** Another session, for a command. */
  beside(): Promise<ScriptSession>;
}

export async function runShell(
  context: CommandContext,
  session: ScriptSession,
  options: ShellOptions,
): Promise<number> {
  const { terminal, environment } = context;
  const historyPath = environment.homeDirectory && join(environment.homeDirectory, '.dolt', 'sql_history');
  await session.trackPlace();
  terminal.line(WELCOME);
  const input = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: readHistory(historyPath),
    historySize: HISTORY_LENGTH,
    removeHistoryDuplicates: true,
  });
  const state: ShellState = {
    context,
    session,
    database: options.database,
    beside: options.beside,
    showsWarnings: true,
  };
  let isChanged = await session.isChanged();
  const prompt = (pending: string): void => {
    input.setPrompt(promptText(session, options.database, isChanged, pending));
    input.prompt();
  };
  let pending = '';
  let last = '';
  let delimiter = ';';
  let isRunning = false;
  input.on('SIGINT', () => {
    if (isRunning) {
      session.interrupt();
      return;
    }
    pending = '';
    clearLine(input);
    process.stdout.write('^C\n');
    prompt(pending);
  });
  prompt(pending);
  for await (const line of input) {
    const typed = line.trim();
    if (pending === '' && /^(exit|quit|\\q);?$/i.test(typed)) break;
    const command = pending === '' ? delimiterCommand(typed, 0) : undefined;
    if (command !== undefined) delimiter = command.delimiter;
    else if (pending === '' && /^\\edit;?$/i.test(typed)) {
      pending = editedStatement(last, delimiter, context);
      // The line editor knows what was typed alone.
      if (pending !== '') (input as { history?: string[] }).history?.unshift(pending.replaceAll('\n', ' '));
    } else if (pending === '' && /^(\\|help;?$|\?$)/i.test(typed)) {
      remember(historyPath, typed);
      await runShellCommand(typed, state);
      isChanged = await session.isChanged();
    } else if (pending !== '' || typed !== '') pending = pending === '' ? line : `${pending}\n${line}`;
    if (pending !== '' && isComplete(pending.replace(VERTICAL, delimiter), delimiter)) {
      const format = /\\G\s*$/.test(pending) ? 'vertical' : options.format;
      const statements = pending.replace(VERTICAL, '');
      const script = delimiter === ';' ? statements : `delimiter ${delimiter}\n${statements}`;
      remember(historyPath, pending);
      last = pending;
      pending = '';
      isRunning = true;
      const summary = { now: environment.clock.monotonic, showsWarnings: state.showsWarnings };
      await runScript(terminal, session, script, { format, showsChanges: format === 'tabular', summary });
      isRunning = false;
      isChanged = await session.isChanged();
    }
    prompt(pending);
  }
  input.close();
  terminal.line('Bye');
  return 0;
}

const VERTICAL = /\\[gG]\s*$/;

/** The last statement as the user leaves it, to be run; '' when there is none. */
function editedStatement(
  last: string,
  delimiter: string,
  { environment, directory, terminal }: CommandContext,
): string {
  const config = new Config(environment.disk, doltDirectoryIn(directory), environment.homeDirectory);
  try {
    const file = { name: 'statement.sql', text: `${last}\n`, failure: 'nothing is run' };
    const text = editText({ config, environment }, file).trim();
    if (text === '') return '';
    const statement = isComplete(text.replace(VERTICAL, delimiter), delimiter) ? text : text + delimiter;
    terminal.line(statement);
    return statement;
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    terminal.error(error.message);
    return '';
  }
}

/** `shop/main> `, and `shop/main*> ` where the branch has changes that are in no commit. */
function promptText(session: ScriptSession, database: string | undefined, isChanged: boolean, pending: string): string {
  const name = session.database ?? database ?? '(none)';
  const branch = session.branch === undefined ? '' : `/${session.branch}${isChanged ? '*' : ''}`;
  const prompt = `${name.split('/')[0]}${branch}> `;
  return pending === '' ? prompt : `${' '.repeat(Math.max(0, prompt.length - 3))}-> `;
}

/** Empties the line being typed, as Ctrl-E and Ctrl-U do. */
function clearLine(input: Interface): void {
  input.write(null, { ctrl: true, name: 'e' });
  input.write(null, { ctrl: true, name: 'u' });
}

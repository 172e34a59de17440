/**
 * The interactive shell: statements end with `;` (or the delimiter) and may go over several lines; `\G` prints a result
 * vertically; history is kept in `~/.dolt/sql_history`.
 */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Session } from '../../sql/engine.ts';
import { delimiterCommand, isComplete } from '../../sql/syntax/delimiters.ts';
import type { CommandContext } from '../command.ts';
import { runScript } from './run-script.ts';

const HISTORY_LENGTH = 1_000;
const WELCOME = `# Welcome to the DoltSQL shell.
# Statements must be terminated with ';'.
# "exit" or "quit" (or Ctrl-D) to exit.`;

export async function runShell(
  context: CommandContext,
  session: Session,
  database: string | undefined,
): Promise<number> {
  const { terminal, environment } = context;
  const historyPath = environment.homeDirectory && join(environment.homeDirectory, '.dolt', 'sql_history');
  terminal.line(WELCOME);
  const input = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: readHistory(historyPath),
    historySize: HISTORY_LENGTH,
    removeHistoryDuplicates: true,
  });
  const promptOf = (pending: string): string => {
    const name = session.database ?? database ?? '(none)';
    const branch = session.branch === undefined ? '' : `/${session.branch}`;
    const prompt = `${name.split('/')[0]}${branch}> `;
    return pending === '' ? prompt : `${' '.repeat(Math.max(0, prompt.length - 3))}-> `;
  };
  let pending = '';
  let delimiter = ';';
  input.on('SIGINT', () => {
    pending = '';
    process.stdout.write('\n');
    input.setPrompt(promptOf(pending));
    input.prompt();
  });
  input.setPrompt(promptOf(pending));
  input.prompt();
  for await (const line of input) {
    const typed = line.trim();
    if (pending === '' && /^(exit|quit|\\q);?$/i.test(typed)) break;
    const command = pending === '' ? delimiterCommand(typed, 0) : undefined;
    if (command !== undefined) delimiter = command.delimiter;
    else pending = pending === '' ? line : `${pending}\n${line}`;
    if (typed === '') pending = pending.trim() === '' ? '' : pending;
    else if (pending !== '' && isComplete(pending.replace(/\\[gG]\s*$/, delimiter), delimiter)) {
      const isVertical = /\\G\s*$/.test(pending);
      const statements = pending.replace(/\\[gG]\s*$/, '');
      const script = delimiter === ';' ? statements : `delimiter ${delimiter}\n${statements}`;
      remember(historyPath, pending);
      pending = '';
      await runScript(terminal, session, script, { format: isVertical ? 'vertical' : 'tabular', showsChanges: true });
    }
    input.setPrompt(promptOf(pending));
    input.prompt();
  }
  input.close();
  terminal.line('Bye');
  return 0;
}

function readHistory(path: string | undefined): string[] {
  if (path === undefined || path === '') return [];
  try {
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).slice(-HISTORY_LENGTH);
    return lines.reverse().map((line) => JSON.parse(line) as string);
  } catch {
    return [];
  }
}

function remember(path: string | undefined, text: string): void {
  if (path === undefined || path === '') return;
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(text.replaceAll('\n', ' '))}\n`);
  } catch {
    // A home that cannot be written only costs the history.
  }
}

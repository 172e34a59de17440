/**
 * The command line: finds the command, runs it, and turns what happened into words and an exit status. Status 0 when all
 * is well, 1 on any error, whose message is on standard error.
 */
import type { Repository } from '../repo/repository.ts';
import type { Command, CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { OutputFailed, ReaderGone, Terminal } from './terminal.ts';
import { commandLineEnvironment } from './world.ts';

export async function main(args: readonly string[]): Promise<void> {
  const terminal = await Terminal.open(Boolean(process.env['NO_COLOR']));
  process.exitCode = await run(args, terminal);
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  // `dolt help commit` is `dolt commit --help`.
  const [name, ...rest] = args[0] === 'help' && args.length > 1 ? [...args.slice(1), '--help'] : args;
  const entry = name === undefined ? undefined : Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (entry) return await runIn((await entry.load()).command, rest, terminal);
    const { runProgram } = await import('./program.ts');
    return runProgram(name === undefined ? args : [name, ...rest], terminal);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    return await explain(error, terminal);
  }
}

async function runIn(command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  const environment = commandLineEnvironment(terminal);
  const directory = process.cwd();
  const { Repository: repositories } = await import('../repo/repository.ts');
  let opened: Repository | undefined;
  const context: CommandContext = {
    environment,
    directory,
    terminal,
    repository: (options) => {
      opened ??= repositories.open(environment, directory, options);
      return opened;
    },
  };
  try {
    const { runCommand } = await import('./run-command.ts');
    return await runCommand(command, context, args);
  } finally {
    terminal.endProgress();
    opened?.close();
  }
}

/** The message of what we expected may go wrong; the stack of what we did not. */
async function explain(error: unknown, terminal: Terminal): Promise<number> {
  const { DoltError } = await import('../base/errors.ts');
  if (error instanceof DoltError || error instanceof OutputFailed) terminal.error(error.message);
  else terminal.error(`dolt: a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return 1;
}

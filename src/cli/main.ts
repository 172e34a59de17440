/**
 * The command line: finds the command, runs it, and turns what happened into words and an exit status. Status 0 when all
 * is well, 1 on any error, whose message is on standard error.
 */
import type { Environment, Repository } from '../repo/repository.ts';
import type { Command, CommandContext, ServerSession } from './command.ts';
import { commands } from './commands.ts';
import type { GlobalFlags } from './global-flags.ts';
import { OutputFailed, ReaderGone, Terminal } from './terminal.ts';
import { commandLineEnvironment, hasServerInfo, mentionsProfiles } from './world.ts';

export async function main(args: readonly string[]): Promise<void> {
  const terminal = await Terminal.open(Boolean(process.env['NO_COLOR']));
  process.exitCode = await run(args, terminal);
}

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const globals = await globalFlags(args, terminal);
    // `dolt help commit` is `dolt commit --help`.
    const [name, ...rest] =
      globals.rest[0] === 'help' && globals.rest.length > 1 ? [...globals.rest.slice(1), '--help'] : globals.rest;
    // Commands are known in any case, as in the original.
    const known = name?.toLowerCase();
    const entry = known !== undefined && Object.hasOwn(commands, known) ? commands[known] : undefined;
    if (entry) return await runIn((await entry.load()).command, rest, globals, terminal);
    const { runProgram } = await import('./program.ts');
    return runProgram(name === undefined ? args : [name, ...rest], terminal);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    return await explain(error, terminal);
  }
}

/** The flags before the command; most command lines have none. */
async function globalFlags(args: readonly string[], terminal: Terminal): Promise<GlobalFlags> {
  const [first] = args;
  const none = { ...NO_GLOBAL_FLAGS, rest: args };
  if (first === undefined || /^--?(h|help|v|version)$/.test(first)) return none;
  if (!first.startsWith('-') && !mentionsProfiles()) return none;
  const { readGlobalFlags } = await import('./global-flags.ts');
  const { readProfiles } = await import('./profile/profiles.ts');
  return readGlobalFlags(args, process.cwd(), () => readProfiles(commandLineEnvironment(terminal, undefined)));
}

const NO_GLOBAL_FLAGS = {
  dataDirectory: undefined,
  database: undefined,
  branch: undefined,
  accounts: { configDirectory: undefined, privilegeFile: undefined, branchControlFile: undefined },
  host: undefined,
  user: undefined,
};

/** The folder that a command works on. */
async function placeOf(
  command: Command,
  { dataDirectory, database, branch, host }: GlobalFlags,
  environment: Environment,
): Promise<string> {
  const directory = dataDirectory ?? process.cwd();
  if (branch !== undefined && command.hasNoBranch) {
    const { onNoBranch } = await import('./global-flags.ts');
    throw onNoBranch(command.name);
  }
  if (host !== undefined || (dataDirectory === undefined && database === undefined)) return directory;
  const { assertFolder, databaseDirectory } = await import('./global-flags.ts');
  assertFolder(environment.disk, directory);
  if (database === undefined || command.selectsDatabase) return directory;
  return databaseDirectory(environment, directory, database);
}

async function runIn(
  command: Command,
  args: readonly string[],
  globals: GlobalFlags,
  terminal: Terminal,
  given?: ServerSession,
): Promise<number> {
  const environment = commandLineEnvironment(
    terminal,
    globals.host !== undefined || command.selectsDatabase ? undefined : globals.branch,
  );
  const directory = await placeOf(command, globals, environment);
  const { Repository: repositories } = await import('../repo/repository.ts');
  let opened: Repository | undefined;
  let session: Promise<ServerSession | undefined> | undefined = given && Promise.resolve(given);
  const context: CommandContext = {
    environment,
    directory,
    workingDirectory: process.cwd(),
    database: globals.database,
    branch: globals.branch,
    user: globals.user,
    accounts: globals.accounts,
    terminal,
    repository: (options) => {
      opened ??= repositories.open(environment, directory, options);
      return opened;
    },
    server: () => {
      session ??= serverOf(command, directory, globals, environment);
      return session;
    },
    async runLine([name = '', ...rest], { database, branch, session }) {
      const place = { ...globals, database: database ?? globals.database, branch };
      try {
        return await runIn((await commands[name]!.load()).command, rest, place, terminal, session);
      } catch (error) {
        return await explain(error, terminal);
      }
    },
  };
  try {
    if (globals.host !== undefined && !command.worksAnywhere) {
      const { runElsewhere } = await import('./server/run-elsewhere.ts');
      return await runElsewhere(command.name, args, context);
    }
    const { runCommand } = await import('./run-command.ts');
    const running = (): Promise<number> => runCommand(command, context, args);
    // The shell reads the terminal itself.
    if (!command.isPaged || given !== undefined || !terminal.isRead()) return await running();
    const { paged } = await import('./pager.ts');
    return await paged(terminal, environment.variables['DOLT_PAGER'], running);
  } finally {
    terminal.endProgress();
    opened?.close();
    await session?.then(
      (each) => each?.close(),
      () => {},
    );
  }
}

/** Nothing is loaded where no server is meant, and none has left word. */
async function serverOf(
  { worksAnywhere }: Command,
  directory: string,
  { host, user }: GlobalFlags,
  { disk, variables, branch }: Environment,
): Promise<ServerSession | undefined> {
  if (host === undefined && user === undefined && !hasServerInfo(directory)) return undefined;
  const { openServerSession } = await import('./server/open-session.ts');
  const session = await openServerSession({ directory, disk, variables, host, user, branch });
  if (session !== undefined || user === undefined || worksAnywhere) return session;
  const { noServerOfUsers } = await import('./global-flags.ts');
  throw noServerOfUsers(directory);
}

/** The message of what we expected may go wrong; the stack of what we did not. */
async function explain(error: unknown, terminal: Terminal): Promise<number> {
  const { DoltError } = await import('../base/errors.ts');
  if (error instanceof DoltError || error instanceof OutputFailed) terminal.error(error.message);
  else terminal.error(`dolt: a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return 1;
}

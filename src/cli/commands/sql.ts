/**
 * `dolt sql`: runs statements from `-q`, a file or standard input, or a shell when standard input is a terminal. Each
 * statement's result is printed when it has ended; the first error ends the run, unless `--continue`.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { DoltError } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { privilegePath } from '../../configuration-folder.ts';
import { type OpenedEngine, openEngine } from '../../open.ts';
import { Config } from '../../repo/config.ts';
import { doltDirectoryIn } from '../../repo/repository.ts';
import type { AccountBook } from '../../sql/accounts/account-book.ts';
import type { Session } from '../../sql/engine-session.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext, ServerSession } from '../command.ts';
import { RESULT_FORMATS, type ResultFormat } from '../print/result-printer.ts';
import { takeCommitIdentity, withConfiguredAuthor } from '../sql/commit-identity.ts';
import { localFiles } from '../sql/local-file.ts';
import { runScript } from '../sql/run-script.ts';
import { LIST_SAVED, savedQuery, saveQuery } from '../sql/saved-queries.ts';
import { useBranch, useDatabase } from '../sql/use-branch.ts';

/** Its descriptor: `process.stdin` would make a pipe non-blocking, and reading one that is slow fail. */
const STANDARD_INPUT = 0;

export const command: Command = {
  name: 'sql',
  summary: 'Run a SQL query against tables in repository.',
  synopsis: [
    '[-r <result format>]',
    '-q <query> [-r <result format>] [-s <name> [-m <message>]]',
    '-x <name> [-r <result format>]',
    '--list-saved [-r <result format>]',
    '-f <file> [-r <result format>]',
    '< script.sql',
  ],
  positional: [],
  flags: [
    { name: 'query', short: 'q', value: 'SQL query to run', help: 'Runs a single query and exits.' },
    {
      name: 'result-format',
      short: 'r',
      value: 'result output format',
      help: `How to format result output. Valid values are ${RESULT_FORMATS.join(', ')}. Defaults to tabular.`,
    },
    { name: 'file', short: 'f', value: 'input file', help: 'Execute statements from the file given.' },
    { name: 'continue', short: 'c', help: 'Continue running queries on an error.' },
    { name: 'batch', short: 'b', help: 'Accepted and without effect: statements of one input always share a process.' },
    { name: 'save', short: 's', value: 'saved query name', help: 'Used with --query, saves the query under a name.' },
    { name: 'message', short: 'm', value: 'saved query description', help: 'Used with --save, describes the query.' },
    { name: 'execute', short: 'x', value: 'saved query name', help: 'Runs a saved query.' },
    { name: 'list-saved', short: 'l', help: 'Lists all saved queries.' },
    { name: 'branch', value: 'branch', help: 'The branch to work on instead of the current one.' },
  ],
  examples: [
    'dolt sql -q "select * from employees"',
    'dolt sql -r csv -q "select name from employees" > names.csv',
    'dolt sql < script.sql',
    'dolt sql',
  ],
  selectsDatabase: true,
  worksAnywhere: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const format = formatOf(parsed.value('result-format'));
    const file = parsed.value('file');
    const [first, second] = ['query', 'file', 'execute', 'list-saved'].filter((flag) => parsed.has(flag));
    if (second !== undefined) throw new UsageError(`error: give either --${first} or --${second}`);
    const [saved, saveAs, message] = ['execute', 'save', 'message'].map((flag) => parsed.value(flag));
    if (saveAs !== undefined && first !== 'query') throw new UsageError('error: --save is used with --query only');
    if (message !== undefined && saveAs === undefined) {
      throw new UsageError('error: --message is used with --query and --save only');
    }
    const run: Run = async (session, database, beside) => {
      if (context.database !== undefined) await useDatabase(session, context.database);
      const branch = parsed.value('branch') ?? context.branch;
      if (branch !== undefined) await useBranch(session, database, branch);
      const query = saved === undefined ? parsed.value('query') : await savedQuery(session, saved);
      if (saved !== undefined) context.terminal.error(`Executing saved query '${saved}':\n${query}`);
      if (first === undefined && isatty(STANDARD_INPUT)) {
        const { runShell } = await import('../sql/shell.ts');
        return await runShell(context, session, { database, format, beside });
      }
      const script = parsed.has('list-saved') ? LIST_SAVED : (query ?? readScript(context, file));
      const status = await runScript(context.terminal, session, script, {
        format,
        showsChanges: query !== undefined && format === 'tabular',
        continues: parsed.has('continue'),
      });
      if (saveAs !== undefined && status === 0) await saveQuery(session, saveAs, script, message ?? '');
      return status;
    };
    const server = await context.server();
    if (server === undefined) return await runHere(context, run);
    server.openLocalFile = localFiles(context.directory);
    return await runOn(server, context, run);
  },
};

const UNKNOWN_VARIABLE = 1193;

type Run = (
  session: ScriptSession,
  database: string | undefined,
  beside: () => Promise<ScriptSession>,
) => Promise<number>;

/** On the databases of the folder. */
async function runHere(context: CommandContext, run: Run): Promise<number> {
  const book = context.user && (await accountsOf(context));
  const opened = openEngine(context.environment, context.directory, {
    systemTimeZone: systemTimeZone(context),
    mayBeEmpty: true,
    accounts: context.accounts,
    openAccounts: book && (() => book),
  });
  try {
    const warnings = await opened.recover();
    for (const warning of warnings) context.terminal.error(`warning: ${warning}`);
    if (book) await opened.engine.state.branchControl?.open();
    opened.engine.setGlobal('secure_file_priv', context.directory);
    const database = opened.database ?? opened.replicated()[0]?.name;
    const user = book === undefined ? { user: 'root@localhost' } : await userOf(context, book);
    const open = (): Session =>
      opened.engine.session({ database, ...user, openLocalFile: localFiles(context.directory) });
    const session = open();
    try {
      await takeCommitIdentity(session, context.environment.variables);
      return await run(session, context.database ?? database, async () => open());
    } finally {
      await session.close();
    }
  } finally {
    await drain(context, opened);
    opened.close();
  }
}

async function accountsOf({ environment, directory, accounts }: CommandContext): Promise<AccountBook> {
  const { openAccounts } = await import('../../open-accounts.ts');
  return openAccounts(environment, privilegePath(environment.disk, { directory, ...accounts })).book;
}

/** Who flags before the command have named. */
async function userOf({ environment, user }: CommandContext, book: AccountBook) {
  const { localUser } = await import('../sql/local-user.ts');
  const { credentials } = await import('../server/open-session.ts');
  return await localUser(book, user!.name, async () => (await credentials(user!, environment.variables)).password);
}

/** On the server that holds them. */
async function runOn(
  server: ServerSession,
  { environment, directory, database }: CommandContext,
  run: Run,
): Promise<number> {
  const { disk, homeDirectory, variables } = environment;
  const config = new Config(disk, doltDirectoryIn(directory), homeDirectory);
  try {
    await takeCommitIdentity(server, withConfiguredAuthor(variables, config));
  } catch (error) {
    // A server of MySQL makes no commits.
    if (!(error instanceof SqlError) || error.errno !== UNKNOWN_VARIABLE) throw error;
  }
  return await run(server, database ?? server.database ?? undefined, async () => server.beside!());
}

/** What was committed asynchronously is pushed before the process ends. */
async function drain({ terminal }: CommandContext, opened: OpenedEngine): Promise<void> {
  for (const warning of await opened.drain()) terminal.error(`warning: ${warning}`);
}

function formatOf(text = 'tabular'): ResultFormat {
  const format = RESULT_FORMATS.find((each) => each === text.toLowerCase());
  if (format) return format;
  throw new UsageError(`Invalid argument for --result-format. Valid values are ${RESULT_FORMATS.join(', ')}`);
}

function readScript({ workingDirectory }: CommandContext, file: string | undefined): string {
  const path = file === undefined ? STANDARD_INPUT : resolve(workingDirectory, file);
  try {
    return textOf(readFileSync(path));
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${file ?? 'standard input'}: ${(cause as Error).message}`, { cause });
  }
}

/** In UTF-8, or in what a byte order mark says: editors of Windows write UTF-16. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le', 2);
  return decodeUtf8(bytes).replace(/^\uFEFF/, '');
}

/**
 * The IANA name of the machine's zone. Asking Intl costs milliseconds, so the environment is asked first, then the link
 * that the C library follows, which takes UTC where there is none.
 */
function systemTimeZone({ environment }: CommandContext): string {
  return environment.variables['TZ'] || zoneOfLink() || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function zoneOfLink(): string | undefined {
  try {
    return /\/zoneinfo\/(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1];
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'UTC' : undefined;
  }
}

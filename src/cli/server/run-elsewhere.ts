/** Runs a command on a server that flags before it have named: the server runs it, and what it writes is written here. */
import { DoltError } from '../../base/errors.ts';
import { Config } from '../../repo/config.ts';
import { doltDirectoryIn } from '../../repo/repository.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';
import type { CommandContext } from '../command.ts';
import { needsFolder } from '../global-flags.ts';
import { SIGNERS, withConfiguredSigners } from '../sql/commit-identity.ts';
import { useDatabase } from '../sql/use-branch.ts';
import type { Terminal } from '../terminal.ts';
import { isUnknownProcedure } from './other-program.ts';
import { isServed } from './served-commands.ts';

const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

/** The exit status. */
export async function runElsewhere(name: string, args: readonly string[], context: CommandContext): Promise<number> {
  if (!isServed([name, ...args])) throw needsFolder(name);
  const server = (await context.server())!;
  const { environment, directory, branch, terminal } = context;
  const database = context.database ?? (await onlyDatabase(server));
  const config = new Config(environment.disk, doltDirectoryIn(directory), environment.homeDirectory);
  const signers = withConfiguredSigners(environment.variables, config);
  const variables = Object.fromEntries(SIGNERS.map((variable) => [variable, signers[variable] || undefined]));
  const settings = JSON.stringify({ branch, variables });
  const words = ['run', settings, name, ...args].map(quoteString).join(', ');
  await useDatabase(server, database);
  try {
    await server.query("set sql_mode = replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')");
    return await written(server, `call dolt_command_line(${words})`, terminal);
  } catch (cause) {
    if (!isUnknownProcedure(cause)) throw cause;
    throw new DoltError(
      'unsupported',
      `the server is another program, which runs no commands: use its SQL (dolt --host … sql), as in call dolt_commit('-am', '…') or select * from dolt_log`,
      { cause },
    );
  }
}

/** Throws `invalid` where there are several, or none. */
async function onlyDatabase(server: ScriptSession): Promise<string> {
  const { rows } = await server.query('show databases');
  const names = rows.map(([name]) => String(name)).filter((name) => !SYSTEM_DATABASES.has(name.toLowerCase()));
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new DoltError('invalid', `the server has ${names.length} databases: name one with --use-db`);
}

async function written(server: ScriptSession, sql: string, terminal: Terminal): Promise<number> {
  let status = 1;
  let errors = '';
  for await (const { result } of server.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const { length, columns } of server.batches(result)) {
      for (let i = 0; i < length; i++) {
        const [stream, bytes] = [columns[0]![i] as string, columns[1]![i] as Uint8Array];
        if (stream === 'out') terminal.write(bytes);
        else if (stream === 'err') errors += Buffer.from(bytes).toString('latin1');
        else status = Number(Buffer.from(bytes).toString());
      }
    }
  }
  if (errors !== '') terminal.error(Buffer.from(errors, 'latin1').toString());
  return status;
}

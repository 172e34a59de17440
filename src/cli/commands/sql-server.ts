/** `dolt sql-server`: serves the databases of a folder to MySQL's clients until it is told to stop. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { serverConfig } from '../../server/config.ts';
import { startServer } from '../../server/server-process.ts';
import { openLog } from '../../service/log.ts';
import { withEnvironment } from '../../service/with-environment.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { AccountFiles, Command, CommandContext } from '../command.ts';
import { commandsOn } from '../server/commands-on.ts';

export const command: Command = {
  name: 'sql-server',
  summary: 'Start a MySQL-compatible server.',
  synopsis: [
    '--config <file>',
    '[-H <host>] [-P <port>] [--socket [<path>]] [--data-dir <directory>] [-t <timeout>] [-l <loglevel>] [-r]',
  ],
  positional: [],
  flags: [
    {
      name: 'config',
      value: 'file',
      help: 'Takes the configuration from this YAML file; most other flags are ignored then.',
    },
    { name: 'host', short: 'H', value: 'host address', help: 'The address to listen on. Defaults to localhost.' },
    { name: 'port', short: 'P', value: 'port', help: 'The port to listen on. Defaults to 3306; 0 is a free one.' },
    {
      name: 'socket',
      value: 'socket file',
      optional: true,
      help: 'Listens on this unix socket too. Defaults to /tmp/mysql.sock, where the host is localhost.',
    },
    {
      name: 'data-dir',
      value: 'directory',
      help: 'The folder whose databases are served. Defaults to the current one.',
    },
    {
      name: 'doltcfg-dir',
      value: 'directory',
      help: 'The folder of accounts. Defaults to .doltcfg in the data folder.',
    },
    {
      name: 'privilege-file',
      value: 'privilege file',
      help: 'The file of accounts. Defaults to privileges.db in the folder of accounts.',
    },
    {
      name: 'branch-control-file',
      value: 'branch control file',
      help: 'The file of branch permissions. Defaults to branch_control.db in the folder of accounts.',
    },
    {
      name: 'timeout',
      short: 't',
      value: 'connection timeout',
      help: 'Seconds that a client may be silent. Defaults to 28800.',
    },
    {
      name: 'skip-root-user-initialization',
      help: 'Makes no root user where there are no accounts yet.',
    },
    { name: 'readonly', short: 'r', help: 'Takes no changes.' },
    {
      name: 'loglevel',
      short: 'l',
      value: 'log level',
      help: 'One of trace, debug, info, warning, error, fatal. Defaults to info.',
    },
    { name: 'logformat', short: 'f', value: 'log format', help: 'text or json. Defaults to text.' },
    {
      name: 'event-scheduler',
      value: 'status',
      help: 'ON, OFF or DISABLED: whether events run. Defaults to ON.',
    },
    { name: 'no-auto-commit', help: 'Sessions start with autocommit off.' },
    {
      name: 'remotesapi-port',
      value: 'port',
      help: 'Serves the databases as remotes on this port: to clone, fetch and push. 0 is a free one.',
    },
    { name: 'remotesapi-readonly', help: 'Takes no pushes there. What SQL changes is not affected.' },
    { name: 'max-connections', value: 'max connections', help: 'Clients served at once. Defaults to 1000.' },
  ],
  examples: ['dolt sql-server', 'dolt sql-server --host 127.0.0.1 --port 3307', 'dolt sql-server --config server.yaml'],
  selectsDatabase: true,
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const { environment, directory, terminal } = context;
    const { config, notes } = serverConfig(await readConfig(context, parsed));
    const log = openLog(config.logLevel, config.logFormat, (line) => terminal.error(line));
    for (const note of notes) log.warn(note);
    const stopped = new Promise<NodeJS.Signals>((done) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
    });
    const running = await startServer({
      environment: { ...environment, logger: log },
      directory,
      config,
      log,
      skipsRootUser: parsed.has('skip-root-user-initialization'),
      commandsOn,
    });
    const [tcp] = running.endpoints;
    if (tcp !== undefined && 'port' in tcp) {
      const socket = config.socket === undefined ? '' : `|S="${config.socket}"`;
      terminal.line(
        `Starting server with Config HP="${config.host}:${tcp.port}"|T="${config.readTimeoutMs}"|R="${config.isReadOnly}"|L="${config.logLevel}"${socket}`,
      );
    }
    log.info('Server ready. Accepting connections.');
    log.info(`stopping: ${await stopped}`);
    await running.stop();
    return 0;
  },
};

async function readConfig(context: CommandContext, parsed: ParsedArguments): Promise<unknown> {
  const { workingDirectory, environment, accounts } = context;
  const path = parsed.value('config');
  if (path === undefined) return fromFlags(parsed, accounts);
  let text: string;
  try {
    text = readFileSync(resolve(workingDirectory, path), 'utf8');
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  const { parse } = await import('yaml');
  try {
    return parse(withEnvironment(text, environment.variables));
  } catch (cause) {
    if (cause instanceof DoltError) throw cause;
    throw new DoltError('invalid', `${path} is no YAML: ${(cause as Error).message}`, { cause });
  }
}

/** The flags as the file would say them. */
function fromFlags(parsed: ParsedArguments, accounts: AccountFiles): unknown {
  const number = (flag: string): number | undefined => {
    const text = parsed.value(flag);
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text))
      throw new UsageError(`error: invalid value '${text}' for --${flag}: a number is needed`);
    return Number(text);
  };
  const timeout = number('timeout');
  return {
    log_level: parsed.value('loglevel') ?? null,
    log_format: parsed.value('logformat') ?? null,
    data_dir: parsed.value('data-dir') ?? null,
    cfg_dir: parsed.value('doltcfg-dir') ?? accounts.configDirectory ?? null,
    privilege_file: parsed.value('privilege-file') ?? accounts.privilegeFile ?? null,
    branch_control_file: parsed.value('branch-control-file') ?? accounts.branchControlFile ?? null,
    behavior: {
      read_only: parsed.has('readonly'),
      autocommit: !parsed.has('no-auto-commit'),
      event_scheduler: parsed.value('event-scheduler') ?? null,
    },
    remotesapi: { port: number('remotesapi-port') ?? null, read_only: parsed.has('remotesapi-readonly') },
    listener: {
      host: parsed.value('host') ?? null,
      port: number('port') ?? null,
      socket: parsed.value('socket') ?? null,
      max_connections: number('max-connections') ?? null,
      read_timeout_millis: timeout === undefined ? null : timeout * 1000,
    },
  };
}

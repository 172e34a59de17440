/** `dolt sql-server`: serves the databases of a folder to MySQL's clients until it is told to stop. */
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import { Server } from '../../server/server.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';

const GRACE_MS = 30_000;

export const command: Command = {
  name: 'sql-server',
  summary: 'Start a MySQL-compatible server.',
  synopsis: ['[-H <host>] [-P <port>]'],
  positional: [],
  flags: [
    { name: 'host', short: 'H', value: 'host address', help: 'Defines the host address that the server listens on.' },
    { name: 'port', short: 'P', value: 'port', help: 'Defines the port that the server listens on. Defaults to 3306.' },
    { name: 'socket', value: 'socket file', help: 'Path of the unix socket file.' },
  ],
  examples: ['dolt sql-server', 'dolt sql-server --host 127.0.0.1 --port 3307'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const port = Number(parsed.value('port') ?? 3306);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new UsageError(`error: invalid port '${parsed.value('port')}'`);
    const { environment, directory, terminal } = context;
    const opened = openEngine(environment, directory);
    try {
      for (const warning of await opened.recover()) terminal.error(`warning: ${warning}`);
      const server = new Server({
        engine: opened.engine,
        accounts: { find: (user) => (user === 'root' ? ROOT : undefined) },
        clock: environment.clock,
        logger: environment.logger,
        serverVersion: '8.0.33',
        defaultDatabase: undefined,
      });
      const stopped = new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      });
      try {
        await server.listen({ host: parsed.value('host') ?? 'localhost', port });
        const socket = parsed.value('socket');
        if (socket !== undefined) await server.listen({ path: socket });
      } catch (cause) {
        throw new DoltError('unavailable', `cannot listen: ${(cause as Error).message}`, { cause });
      }
      terminal.error(`Server ready. Accepting connections.`);
      await stopped;
      await server.stop(GRACE_MS, environment.timers);
      for (const warning of await opened.drain()) terminal.error(`warning: ${warning}`);
      return 0;
    } finally {
      opened.close();
    }
  },
};

const ROOT = { user: 'root', host: '%', plugin: 'caching_sha2_password', authentication: '', isLocked: false } as const;

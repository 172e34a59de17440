/**
 * A server on a folder in memory, for real clients over loopback; the clock stands still, so that nobody waits, and so no events
 * run unless `behavior` says so.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { Repository } from '../../src/repo/repository.ts';
import { serverConfig } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import type { RunCommand } from '../../src/sql/session/command-run.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

export const FOLDER = '/data/shop';
const TLS = new URL('../../fixtures/tls/', import.meta.url).pathname;
export const certificate = readFileSync(`${TLS}cert.pem`);

export interface Served {
  readonly running: RunningServer;
  readonly environment: ReturnType<typeof memoryEnvironment>;
  readonly logged: string[];
  /** As root, from this machine, unless told. Close it, or let `stop` do so. */
  client(options?: ConnectionOptions & { readonly from?: string }): Promise<Connection>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly environment?: ReturnType<typeof memoryEnvironment>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly skipsRootUser?: boolean;
  readonly tls?: boolean;
  /** More of the configuration file. */
  readonly config?: object;
  readonly behavior?: object;
  readonly listener?: object;
  /** Growth after which garbage is collected. */
  readonly garbageBytes?: number;
  readonly runCommand?: RunCommand;
}

export async function serve(options: ServeOptions = {}): Promise<Served> {
  const environment = { ...(options.environment ?? memoryEnvironment()), variables: options.variables ?? {} };
  if (environment.disk.stat(FOLDER) === undefined) {
    environment.disk.makeDirectory('test', FOLDER);
    Repository.init(environment, FOLDER, { name: 'A B', email: 'a@b.c', initialBranch: 'main' }).close();
  }
  const logged: string[] = [];
  const log = openLog('debug', 'json', (line) => logged.push(line));
  const tls = options.tls ? { tls_key: `${TLS}key.pem`, tls_cert: `${TLS}cert.pem` } : {};
  const { config } = serverConfig({
    listener: { host: '127.0.0.1', port: 0, ...tls, ...options.listener },
    behavior: { event_scheduler: 'DISABLED', ...options.behavior },
    ...options.config,
  });
  const running = await startServer({
    environment: { ...environment, logger: log },
    directory: FOLDER,
    config,
    log,
    skipsRootUser: options.skipsRootUser,
    garbageBytes: options.garbageBytes,
    commandsOn: options.runCommand && (() => options.runCommand!),
  });
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  const open: Connection[] = [];
  return {
    running,
    environment,
    logged,
    async client({ from, ...given } = {}) {
      const stream = () => connect({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) });
      const client = await createConnection({ user: 'root', stream, ...given });
      client.on('error', () => {});
      open.push(client);
      return client;
    },
    async stop() {
      for (const client of open) client.destroy();
      await running.stop();
    },
  };
}

/** `1045` and its like of what a promise throws. */
export async function errnoOf(failing: Promise<unknown>): Promise<number | undefined> {
  try {
    await failing;
  } catch (error) {
    return (error as { errno?: number }).errno;
  }
  return undefined;
}

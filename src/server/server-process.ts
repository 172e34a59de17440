/**
 * A server from its configuration to its end: the engine on the data folder, the listeners of MySQL's protocol and of HTTP,
 * and their stop in good order: no new clients, what runs ends, what waits to be pushed is pushed, then the folder is left.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../base/errors.ts';
import { branchControlPath, type ConfigurationPlace, privilegePath } from '../configuration-folder.ts';
import { type OpenedEngine, openEngine } from '../open.ts';
import { openAccounts } from '../open-accounts.ts';
import type { Environment } from '../repo/repository.ts';
import type { ServerLog } from '../service/log.ts';
import type { AccountBook } from '../sql/accounts/account-book.ts';
import { BranchActivity } from '../sql/session/branch-activity.ts';
import type { RunCommand } from '../sql/session/command-run.ts';
import { AutoGc } from './auto-gc.ts';
import type { ServerConfig } from './config.ts';
import { EventScheduler } from './event-scheduler.ts';
import { serveHttp } from './http.ts';
import { admitLocalUser } from './local-account.ts';
import { ServerMetrics } from './metrics.ts';
import type { RemotesApi } from './remotes-api.ts';
import { primaryHealth, replicaHealth, replicationMetrics } from './replication-health.ts';
import { makeFirstAccount } from './root-account.ts';
import { type Endpoint, Server } from './server.ts';
import { removeServerInfo, writeServerInfo } from './server-info.ts';
import type { TlsFiles } from './server-scene.ts';
import { listenOnSocketFile } from './socket-file.ts';

/** What a change of roles sets. */
const ROLE_VARIABLES: ReadonlySet<string> = new Set([
  'dolt_replicate_to_remote',
  'dolt_read_replica_remote',
  'dolt_replicate_heads',
  'dolt_replicate_all_heads',
]);

/** How long a stop waits for what runs, pushes that have begun among it. */
const GRACE_MS = 30_000;
/** And for other calls of remotes: who is cut off in a clone tries again. */
const REMOTES_GRACE_MS = 5_000;

export interface RunningServer {
  readonly server: Server;
  /** Where MySQL's protocol is spoken, as it is: a port of 0 became a free one. */
  readonly endpoints: readonly Endpoint[];
  readonly httpPort: number | undefined;
  /** Where its databases are remotes. */
  readonly remotesPort: number | undefined;
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly environment: Environment;
  readonly directory: string;
  readonly config: ServerConfig;
  readonly log: ServerLog;
  readonly systemTimeZone?: string | undefined;
  /** Where there are no accounts yet, none is made. */
  readonly skipsRootUser?: boolean | undefined;
  /** How commands run for clients elsewhere, on the data folder; without it they do not. */
  readonly commandsOn?: ((directory: string) => RunCommand) | undefined;
  /** Growth of a database after which garbage is collected; 128 MiB unless told. */
  readonly garbageBytes?: number | undefined;
}

/** Throws `unavailable` for an endpoint that cannot be had, and what `openEngine` throws. */
export async function startServer(options: ServerProcessOptions): Promise<RunningServer> {
  const { environment, config, log } = options;
  const directory = resolve(options.directory, config.dataDirectory ?? '.');
  const tls = readTls(config, directory);
  const place = placeOf(options, directory);
  let book: AccountBook | undefined;
  const opened = openEngine(environment, directory, {
    systemTimeZone: options.systemTimeZone,
    exclusive: true,
    isLasting: true,
    // CREATE DATABASE makes the first one.
    mayBeEmpty: true,
    openAccounts: () => book!,
    accounts: { branchControlFile: branchControlPath(environment.disk, place) },
  });
  opened.engine.state.runCommand = options.commandsOn?.(directory);
  try {
    // Locks every database, or says who holds one.
    opened.engine.state.databases.databases();
    book = accountsOf(options, place);
    await opened.engine.state.accounts?.open();
    await opened.engine.state.branchControl?.open();
    setVariables(opened, config, log);
    for (const warning of await opened.recover()) log.warn(warning);
    await lookForSuccessor(opened, log);
    return await listen(opened, book, tls, directory, options);
  } catch (error) {
    opened.close();
    throw error;
  }
}

function placeOf({ config, directory: from }: ServerProcessOptions, directory: string): ConfigurationPlace {
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(from, path);
  return {
    directory,
    configDirectory: absolute(config.configDirectory),
    privilegeFile: absolute(config.privilegeFile),
    branchControlFile: absolute(config.branchControlFile),
    isNamed: config.dataDirectory !== undefined,
  };
}

/** The accounts; at the first start of a server, with root. */
function accountsOf(options: ServerProcessOptions, place: ConfigurationPlace): AccountBook {
  const { environment, config, log, skipsRootUser } = options;
  const path = privilegePath(environment.disk, place);
  if (config.userName !== undefined || config.userPassword !== undefined) {
    log.warn('user.name and user.password have no effect: make accounts with CREATE USER and GRANT');
  }
  const { book, isNew } = openAccounts(environment, path);
  if (!isNew) return book;
  const { DOLT_ROOT_HOST: host, DOLT_ROOT_PASSWORD: password } = environment.variables;
  const root = { host: host || undefined, password: password || undefined };
  makeFirstAccount(book, skipsRootUser ? undefined : root, environment.clock.now(), log);
  return book;
}

/** Before the first client: a primary that another server has taken over from takes no writes. */
async function lookForSuccessor(opened: OpenedEngine, log: ServerLog): Promise<void> {
  for (const { name, replication } of opened.replicated()) {
    try {
      await replication.verify();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      log.warn(`${name}: ${error.message}`);
    }
  }
}

async function listen(
  opened: OpenedEngine,
  book: AccountBook,
  tls: TlsFiles | undefined,
  directory: string,
  options: ServerProcessOptions,
): Promise<RunningServer> {
  const { environment, config, log } = options;
  const httpTls = keyPair('metrics', config.metricsTlsKey, config.metricsTlsCert, directory);
  const secret = randomUUID();
  admitLocalUser(book, secret, environment.clock.now());
  const { engine } = opened;
  const { clock, timers } = environment;
  if (config.keepsBranchActivity) engine.state.branchActivity = new BranchActivity(clock);
  const events = new EventScheduler({ engine, accounts: book, clock, timers, log });
  const server: Server = new Server({
    engine,
    accounts: book,
    clock,
    log,
    tls,
    events,
    autoGc: config.collectsGarbage ? autoGc(opened, options) : undefined,
    readTimeoutMs: config.readTimeoutMs,
    writeTimeoutMs: config.writeTimeoutMs,
    waitingConnections: config.waitingConnections,
    waitForConnectionMs: config.waitForConnectionMs,
    refusesMultiStatements: config.refusesMultiStatements,
    encodesLoggedQueries: config.encodesLoggedQueries,
    maxLoggedQueryLength: config.maxLoggedQueryLength,
    userVariables: config.userVariables,
    metrics: new ServerMetrics(
      { connections: () => server.connections().size, replication: () => replicationMetrics(opened.replicated()) },
      config.metricsLabels,
    ),
  });
  const endpoints: Endpoint[] = [];
  const tcp = await bound(server.listen({ host: config.host, port: config.port }), `${config.host}:${config.port}`);
  endpoints.push(tcp);
  if ('port' in tcp) opened.engine.setGlobal('port', String(tcp.port));
  opened.engine.setGlobal('datadir', directory);
  if (config.socket !== undefined) {
    const socket = await bound(listenOnSocketFile(server, config.socket, log), config.socket);
    if (socket !== undefined) endpoints.push(socket);
    opened.engine.setGlobal('socket', config.socket);
  }
  const http = config.metricsPort === undefined ? undefined : await startHttp(server, opened, config, httpTls);
  const scheme = httpTls === undefined ? 'http' : 'https';
  if (http !== undefined) log.info(`metrics and health: ${scheme}://${config.metricsHost}:${http.port}`);
  const remotes = config.remotesPort === undefined ? undefined : await startRemotes(server, environment, config, tls);
  if (remotes !== undefined)
    log.info(`remotesapi: ${tls === undefined ? 'http' : 'https'}://${config.host}:${remotes.port}`);
  const info = { pid: process.pid, port: 'port' in tcp ? tcp.port : undefined, secret };
  writeServerInfo(environment.disk, directory, info);
  events.start();
  return {
    server,
    endpoints,
    httpPort: http?.port,
    remotesPort: remotes?.port,
    async stop() {
      removeServerInfo(environment.disk, directory, info);
      await Promise.all([
        remotes?.stop({ pushesMs: GRACE_MS, callsMs: REMOTES_GRACE_MS }),
        server.stop(GRACE_MS, environment.timers),
      ]);
      http?.server.close();
      http?.server.closeAllConnections();
      for (const warning of await opened.drain()) log.warn(warning);
      opened.close();
    },
  };
}

function autoGc({ engine }: OpenedEngine, { environment, log, garbageBytes }: ServerProcessOptions): AutoGc {
  const { databases } = engine.state;
  return new AutoGc({
    databases: () => databases.databases(),
    clock: environment.clock,
    log,
    leastBytes: garbageBytes,
  });
}

async function bound<T>(listening: Promise<T>, name: string): Promise<T> {
  try {
    return await listening;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'it is in use; another server runs there, or choose another port' : message;
    throw new DoltError('unavailable', `cannot listen on ${name}: ${reason}`, { cause });
  }
}

function startHttp(
  server: Server,
  opened: OpenedEngine,
  { metricsHost: host, metricsPort: port }: ServerConfig,
  tls: ReturnType<typeof keyPair>,
) {
  const { metrics } = server;
  const listening = serveHttp(
    { host, port: port! },
    {
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
      alive: () => ({ isWell: true, reason: 'ok' }),
      primary: () => primaryHealth(opened.replicated()),
      replica: () => replicaHealth(opened.replicated()),
    },
    tls,
  );
  return bound(listening, `${host}:${port}`);
}

/** Loaded where it is wanted: gRPC is large. */
async function startRemotes(
  server: Server,
  { timers }: Environment,
  config: ServerConfig,
  tls: TlsFiles | undefined,
): Promise<RemotesApi> {
  const { host, remotesPort: port, remotesAreReadOnly: isReadOnly } = config;
  const { serveRemotes } = await import('./remotes-api.ts');
  return await bound(serveRemotes({ scene: server, host, port: port!, timers, isReadOnly, tls }), `${host}:${port}`);
}

function readTls({ tlsKey, tlsCert, tlsCa, requiresClientCertificate }: ServerConfig, directory: string) {
  const pair = keyPair('listener', tlsKey, tlsCert, directory);
  return (
    pair && {
      ...pair,
      ...(tlsCa === undefined ? {} : { ca: readPem(directory, tlsCa) }),
      requiresClientCertificate,
    }
  );
}

function keyPair(section: string, key: string | undefined, cert: string | undefined, directory: string) {
  if (key === undefined && cert === undefined) return undefined;
  if (key !== undefined && cert !== undefined) return { key: readPem(directory, key), cert: readPem(directory, cert) };
  const message = `the configuration needs both ${section}.tls_key and ${section}.tls_cert, or neither`;
  throw new DoltError('invalid', message);
}

function readPem(directory: string, path: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8');
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** What the file says of system variables holds for this server, over what the repository's configuration says. */
function setVariables({ engine }: OpenedEngine, config: ServerConfig, log: ServerLog): void {
  const set = (name: string, text: string): void => engine.setGlobal(name, text);
  set('max_connections', String(config.maxConnections));
  if (config.requiresTls) set('require_secure_transport', '1');
  if (config.isReadOnly) set('read_only', '1');
  if (!config.autocommit) set('autocommit', '0');
  if (config.eventScheduler !== undefined) set('event_scheduler', config.eventScheduler);
  if (config.transactionCommit) set('dolt_transaction_commit', '1');
  for (const [name, text] of config.variables) set(name, text);
  // What no session could take is told now.
  for (const variables of config.userVariables.values()) engine.session().setVariables(variables);
  const roles = [...config.variables.keys()].filter((name) => ROLE_VARIABLES.has(name.toLowerCase()));
  if (roles.length > 0) {
    log.warn(
      `system_variables sets ${roles.join(', ')}: a change of roles (dolt_promote, dolt_demote) lasts until the next start, which sets them again; set them with dolt config instead`,
    );
  }
}

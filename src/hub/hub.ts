/**
 * A hub from its configuration to its end: the repositories of its storage behind ChunkStoreService and HTTP, on two ports
 * that take both alike. All that it knows is in the storage, so that several hubs may serve the same repositories, and one
 * that is killed has lost nothing that it acknowledged.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DoltError } from '../base/errors.ts';
import type { Environment } from '../repo/repository.ts';
import { ChunkService } from '../service/chunk-service.ts';
import { DataRoutes } from '../service/data-routes.ts';
import { DATA_PREFIX, DataUrls, URL_LIFETIME_MS } from '../service/data-urls.ts';
import { type Listener, listen } from '../service/listener.ts';
import type { ServerLog } from '../service/log.ts';
import { LoginLimiter } from '../service/login-limiter.ts';
import { OpenPushes } from '../service/open-pushes.ts';
import { AccountBook } from './accounts/account-book.ts';
import { Authenticator } from './accounts/authenticator.ts';
import { HUB_FOLDER } from './accounts/folder-accounts.ts';
import { OwnKeys } from './accounts/own-keys.ts';
import { credentialsService, tokenCheck } from './accounts/signed-tokens.ts';
import { CallNotes } from './calls/call-notes.ts';
import { HubMetrics } from './calls/hub-metrics.ts';
import { ObservedCalls } from './calls/observed-calls.ts';
import { RequestLimits } from './calls/request-limits.ts';
import { TrustedProxies } from './calls/trusted-proxies.ts';
import { type HubConfig, isLoopback } from './config.ts';
import { SQL_LIMITS } from './content/sql-limits.ts';
import { StoreCopies } from './content/store-copies.ts';
import { HubAccess } from './hub-access.ts';
import { HubHost } from './hub-host.ts';
import { HubSite } from './hub-site.ts';
import { GarbageSchedule } from './storage/garbage-schedule.ts';
import { openStorage } from './storage/open-storage.ts';
import { PushNotes } from './storage/push-notes.ts';
import { Repositories } from './storage/repositories.ts';

/** How long a stop waits for what runs, and for pushes that have begun. */
const GRACE_MS = 30_000;
/** Of a request of the page, whose forms are short. */
const MOST_FORM_BYTES = 1 << 20;

export interface RunningHub {
  /** As they are: a port of 0 became a free one. */
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Begins no more pushes, lets those that have begun come to their end, and then takes no more calls. */
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly environment: Environment;
  /** With absolute paths. */
  readonly config: HubConfig;
  readonly log: ServerLog;
}

/** Throws `unavailable` for a port that cannot be had, and what `openStorage` throws. */
export async function startHub({ environment, config, log }: HubOptions): Promise<RunningHub> {
  const { clock, timers } = environment;
  const { limits: limit } = config;
  const tls = readTls(config);
  if (config.garbage.everyMs !== undefined && config.garbage.graceMs < URL_LIFETIME_MS) {
    const message = 'gc.grace is shorter than URLs of files are valid: who reads or pushes may find them gone';
    log.warn(message, { grace: config.garbage.graceMs / 1000, valid: URL_LIFETIME_MS / 1000 });
  }
  const storage = await openStorage(environment, config);
  const book = new AccountBook(storage.accounts);
  const repositories = new Repositories(storage, limit.openRepositories);
  const limits = new RequestLimits(limit.requests, limit.requestsOfClient);
  const metrics = new HubMetrics({ running: () => limits.running, openRepositories: () => repositories.openCount });
  const notes = new CallNotes();
  const proxies = new TrustedProxies(config.trustedProxies);
  const clientOf = ({ socket, headers }: IncomingMessage): string =>
    proxies.clientOf(socket.remoteAddress ?? '', headers['x-forwarded-for']);
  const pushNotes = new PushNotes(storage, clock, log);
  const authenticator = new Authenticator({
    ...{ book, clock },
    limiter: new LoginLimiter(clock, timers),
    keyOfToken: tokenCheck(clock, config.publicUrl),
    failed: (user, peer) => {
      metrics.failedLogin();
      log.warn('log-in failed', { user, peer });
    },
  });
  const host = new HubHost({
    ...{ repositories, book, authenticator, notes, isOpen: config.isOpen, mostUploadBytes: limit.uploadBytes },
    events: {
      polled: (repository, caller, origin, root) => site.polled(repository, caller, origin, root),
      pushed: (repository, caller, next, last) => {
        site.pushed(repository, caller, next, last);
        pushNotes.pushed(repository, next);
        metrics.pushed();
        log.info('pushed', { repository, ...(caller === undefined ? {} : { user: caller }), root: next });
      },
      sent: (bytes) => metrics.sent(bytes),
      received: (bytes) => metrics.received(bytes),
    },
  });
  const urls = new DataUrls(clock, await storage.urlKey());
  const dataAuthority = config.publicUrl === undefined ? {} : { dataAuthority: config.publicUrl };
  const pushes = new OpenPushes(environment);
  const calls = new ObservedCalls({
    calls: new ChunkService({ host, urls, pushes, logger: log, ...dataAuthority }),
    more: credentialsService(host, config.isOpen),
    ...{ limits, metrics, notes, log, clock },
    failed: (repository, caller, origin, message) => site.failed(repository, caller, origin, message),
  });
  const data = new DataRoutes({ host, urls, pushes, logger: log, idleMs: limit.idleMs });
  const copies = lazily(() => {
    const folder = storage.own?.path ?? `${config.dataDirectory}/${HUB_FOLDER}`;
    return new StoreCopies(environment.disk, clock, `${folder}/copies`, limit.copiesBytes);
  });
  const keys = config.isOpen ? undefined : new OwnKeys(book, clock, log);
  const access = new HubAccess({
    ...{ disk: environment.disk, host, book, storage, repositories, isOpen: config.isOpen, copies, keys, log },
  });
  const scheme = tls === undefined ? 'http' : 'https';
  const site: HubSite = new HubSite({
    ...{ environment, log, access, webhooks: config.webhooks, isSecure: tls !== undefined, clientOf },
    notes: storage.notes,
    folderOf: (name) => access.folderOf(name),
    remoteBase: (asked) => config.publicUrl ?? `${scheme}://${hostOf(asked) ?? config.host}:${grpcPort}`,
    sqlLimits: { ...SQL_LIMITS, time: limit.sqlMs, rows: limit.sqlRows },
  });
  const problem = async (): Promise<string | undefined> =>
    pushes.isEnding ? 'the hub is ending' : await problemOf(book);
  const pages = webPages(config, problem, metrics, site);
  const http = (request: IncomingMessage, response: ServerResponse): void => {
    const kind = request.url?.startsWith(DATA_PREFIX) ? 'data' : 'page';
    const end = limits.begin(clientOf(request));
    response.once('close', () => {
      end?.();
      metrics.requested(kind, response.statusCode);
    });
    if (end === undefined) {
      metrics.refused();
      tooMany(response);
    } else if (!data.handle(request, response)) {
      // What nobody has read by then is not waited for.
      response.once('finish', () => {
        if (!request.complete) request.destroy();
      });
      if (Number(request.headers['content-length'] ?? 0) > MOST_FORM_BYTES) tooLarge(response);
      else pages(request, response);
    }
  };
  const listening = listen({
    ...{ service: calls, http, host: config.host, ports: [config.grpcPort, config.httpPort] },
    clientOf: (peer, forwarded) => proxies.clientOf(peer, forwarded),
    ...(tls ? { tls } : {}),
  });
  const listener = await bound(listening, config);
  storage.own?.take();
  if (tls === undefined && !isLoopback(config.host)) {
    log.warn(`passwords come in clear to ${config.host}: give --tls-cert and --tls-key, or let a proxy do TLS`);
  }
  const garbage = new GarbageSchedule({ environment, config: config.garbage, storage, log, metrics });
  garbage.start();
  site.start();
  const [grpcPort, httpPort] = listener.ports as [number, number];
  return {
    grpcPort,
    httpPort,
    async stop() {
      const lastMs = clock.monotonic() + GRACE_MS;
      await Promise.all([garbage.stop(), pushes.end(GRACE_MS)]);
      await listener.close(Math.max(0, lastMs - clock.monotonic()));
      await site.close();
      await pushNotes.settled();
      repositories.close();
      storage.own?.close();
    },
  };
}

async function bound(listening: Promise<Listener>, { host, grpcPort, httpPort }: HubConfig): Promise<Listener> {
  try {
    return await listening;
  } catch (cause) {
    const { code, message, port } = cause as NodeJS.ErrnoException & { port?: number };
    const where = `${host}:${port ?? `${grpcPort}, ${httpPort}`}`;
    const reason = code === 'EADDRINUSE' ? 'it is in use; another hub runs there, or choose another port' : message;
    throw new DoltError('unavailable', `cannot listen on ${where}: ${reason}`, { cause });
  }
}

function readTls({ tlsKey, tlsCert }: HubConfig) {
  if (tlsKey === undefined || tlsCert === undefined) return undefined;
  return { key: readPem(tlsKey), certificate: readPem(tlsCert) };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** `/healthz` and `/metrics`, and the page. */
function webPages(
  { metrics: hasMetrics }: HubConfig,
  problemNow: () => Promise<string | undefined>,
  metrics: HubMetrics,
  site: HubSite,
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url?.replace(/[?#].*$/, '');
    const answer = async (): Promise<void> => {
      if (path === '/healthz') {
        const problem = await problemNow();
        send(response, problem === undefined ? 200 : 503, 'text/plain', `${problem ?? 'ok'}\n`);
      } else if (path === '/metrics' && hasMetrics) {
        send(response, 200, metrics.contentType, await metrics.text());
      } else site.handle(request, response);
    };
    answer().catch(() => response.destroy());
  };
}

/** Without the port; undefined where a client sends nonsense. */
function hostOf(authority: string): string | undefined {
  return URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : undefined;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Why nobody can be served now; undefined when all is well. */
async function problemOf(book: AccountBook): Promise<string | undefined> {
  try {
    await book.now();
    return undefined;
  } catch (error) {
    // The reason names paths, which are for the log.
    return error instanceof DoltError ? `the accounts cannot be read (${error.kind})` : 'an error of the server';
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

function tooLarge(response: ServerResponse): void {
  response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
  response.end('nothing as large is taken here\n');
}

function tooMany(response: ServerResponse): void {
  response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '1', connection: 'close' });
  response.end('too many requests run here now; try again in a moment\n');
}

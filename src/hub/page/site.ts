/**
 * The hub's site: pages for people and, below `/api/v1`, JSON for programs. Everything is made here for each request, from
 * what the repository holds then; nothing is loaded from elsewhere, and a content security policy says so. Only signing in
 * and out, an owner's rights and a user's keys change anything, and only from the site itself.
 */
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';
import type { Caller } from '../../service/service-host.ts';
import { addApi } from '../api/routes.ts';
import { statusOf } from '../calls/requests.ts';
import { ReadOnlySql, type RunStatement } from '../content/read-only-sql.ts';
import { Readings } from '../content/reading.ts';
import { runStatement } from '../content/run-statement.ts';
import { SQL_LIMITS, type SqlLimits } from '../content/sql-limits.ts';
import type { PageAccess } from '../page-access.ts';
import { Replicas } from '../replicas.ts';
import { Webhooks } from '../webhooks.ts';
import { ASSETS } from './assets.ts';
import { addForms } from './forms.ts';
import { addKeysPage } from './keys-routes.ts';
import { problemPage, type Visit } from './layout.ts';
import { addRightsPages } from './rights-routes.ts';
import { addPages } from './routes.ts';
import { addSigningIn, authorizationOf, originOf, tokenCookie } from './signing-in.ts';

export interface SiteOptions {
  readonly environment: Environment;
  readonly access: PageAccess;
  /** What a clone's URL begins with, for who has reached the page by this `Host`: `http://localhost:50051`. */
  readonly remoteBase: (host: string) => string;
  /** Reached by HTTPS alone: cookies are sent nowhere else. False unless told. */
  readonly isSecure?: boolean | undefined;
  /** The address of who asks; of who has connected unless told. */
  readonly clientOf?: ((request: IncomingMessage) => string) | undefined;
  readonly replicas?: Replicas | undefined;
  readonly webhooks?: Webhooks | undefined;
  readonly sqlLimits?: SqlLimits | undefined;
  /** Runs statements; in this process unless told. */
  readonly statements?: RunStatement | undefined;
}

/** What answers requests. */
export interface Site {
  readonly environment: Environment;
  readonly access: PageAccess;
  readonly readings: Readings;
  readonly sql: ReadOnlySql;
  readonly sqlLimits: SqlLimits;
  readonly replicas: Replicas;
  readonly webhooks: Webhooks;
  readonly isSecure: boolean;
  readonly clientOf: (request: IncomingMessage) => string;
  readonly remoteUrl: (request: FastifyRequest, owner: string, database: string) => string;
  /** Who asks; by a cookie that is not good any more, nobody. Throws as `PageAccess.authenticate` does for a header. */
  readonly caller: (request: FastifyRequest) => Promise<Caller>;
}

export const visitAs = ({ access, environment }: Site, { url }: FastifyRequest, caller: Caller): Visit => ({
  ...{
    caller,
    isOpen: access.isOpen === true,
    hasKeys: access.keys !== undefined,
    path: url,
    now: environment.clock.now(),
  },
});

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** What a client takes to send its request, and a connection without any bytes, milliseconds. */
const REQUEST_TIMEOUT = 30_000;
const SILENCE_TIMEOUT = 120_000;

const BODY_BYTES = 64 << 10;

/** To be closed: with it goes what it has opened. */
export async function openSite(options: SiteOptions): Promise<FastifyInstance> {
  const { environment, access, isSecure = false, sqlLimits = SQL_LIMITS } = options;
  const { clientOf = ({ socket }) => socket.remoteAddress ?? '' } = options;
  const readings = new Readings(environment);
  /** Those whose cookie is not good any more. */
  const stale = new WeakSet<FastifyRequest>();
  /** Those of whom it is known who asks. */
  const identified = new WeakSet<FastifyRequest>();
  const site: Site = {
    ...{ environment, access, readings, sqlLimits, isSecure, clientOf },
    sql: new ReadOnlySql(
      options.statements ?? ((reading, commit, sql) => runStatement(reading, commit, sql, sqlLimits)),
    ),
    replicas: options.replicas ?? new Replicas(environment.clock),
    webhooks: options.webhooks ?? new Webhooks([], { ...environment, fetch }),
    remoteUrl: (request, owner, database) => `${options.remoteBase(request.host)}/${owner}/${database}`,
    caller: async (request) => {
      const caller = await callerOf(site, request, () => stale.add(request));
      identified.add(request);
      return caller;
    },
  };
  const problem = (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> =>
    answerError(site, error, { request, reply, isIdentified: identified.has(request) });
  const app = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: SILENCE_TIMEOUT,
    routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: true },
    frameworkErrors: problem,
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS).header('cache-control', 'private, no-cache');
  });
  app.addHook('onSend', async (request, reply) => {
    // It would be tried, and fail, with every request.
    if (stale.has(request) && !reply.hasHeader('set-cookie')) reply.header('set-cookie', tokenCookie('', 0, isSecure));
  });
  app.addHook('onClose', async () => readings.close());
  app.setErrorHandler(problem);
  app.setNotFoundHandler((request, reply) => {
    return problem(new DoltError('notFound', 'There is nothing at this address.'), request, reply);
  });
  for (const { url, type, text } of ASSETS) {
    app.get(url, (_request, reply) => {
      const kept = url.endsWith('.svg') ? 'max-age=86400' : 'public, max-age=31536000, immutable';
      return reply.type(type).header('cache-control', kept).send(text);
    });
  }
  addForms(app);
  addSigningIn(app, site);
  addApi(app, site);
  addPages(app, site);
  addRightsPages(app, site);
  if (access.keys !== undefined) addKeysPage(app, site, access.keys);
  await app.ready();
  return app;
}

async function callerOf(site: Site, request: FastifyRequest, onStale: () => void): Promise<Caller> {
  const { access } = site;
  const { header, cookie } = authorizationOf(request);
  const origin = originOf(site, request);
  if (header !== undefined || cookie === undefined) return await access.authenticate(header, origin);
  try {
    return await access.authenticate(`Bearer ${cookie}`, origin);
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind !== 'denied') throw error;
    onStale();
    return await access.authenticate(undefined, origin);
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'That was not understood',
  401: 'Sign in first',
  403: 'That is not allowed',
  404: 'Not found',
  413: 'That is too large',
  414: 'That address is too long',
  501: 'Not supported',
  503: 'Not now',
};

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Who asks is known, be it that nobody is. */
  readonly isIdentified: boolean;
}

async function answerError(site: Site, error: unknown, { request, reply, isIdentified }: Asked): Promise<void> {
  const isApi = request.url.startsWith('/api/');
  let status = statusOf(error);
  if (status === 403 && !isIdentified && authorizationOf(request).header !== undefined) {
    status = 401;
    reply.header('www-authenticate', 'Bearer realm="dolt hub"');
  }
  if (status === undefined || status === 500) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    site.environment.logger.warn(`${request.method} ${request.url.slice(0, 500)}: ${text}`);
  }
  const known = status !== undefined && error instanceof Error;
  const message = known ? error.message : 'The hub failed to answer. Its log says why.';
  reply.code(status ?? 500);
  if (isApi) {
    reply.type('application/json; charset=utf-8').send(`${JSON.stringify({ error: message })}\n`);
    return;
  }
  const caller = status === 401 ? undefined : await site.caller(request).catch(() => undefined);
  const visit = visitAs(site, request, caller);
  const title = TITLES[status ?? 500] ?? 'Something went wrong';
  reply.type('text/html; charset=utf-8').send(problemPage(visit, status ?? 500, title, sentence(message)));
}

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/**
 * A running server's databases as remotes (`remotesapi`): cloned and fetched by accounts with CLONE_ADMIN, pushed to by those
 * with SUPER, as Dolt has it. A path is the name of a database.
 */
import type { Timers } from '../base/environment.ts';
import { GrpcError, GrpcStatus } from '../base/network.ts';
import type { HeadUpdate } from '../repo/head-update.ts';
import { complete } from '../repo/steps.ts';
import { ChunkService } from '../service/chunk-service.ts';
import { DataRoutes } from '../service/data-routes.ts';
import { DataUrls } from '../service/data-urls.ts';
import { type Listener, listen } from '../service/listener.ts';
import { OpenPushes } from '../service/open-pushes.ts';
import { RepositoryStore } from '../service/repository-store.ts';
import type { ServedStore } from '../service/served-store.ts';
import type { Caller, CallOrigin, Need, ServiceHost } from '../service/service-host.ts';
import type { Account } from '../sql/accounts/account.ts';
import { Privilege } from '../sql/accounts/privilege.ts';
import type { Database } from '../sql/session/database.ts';
import { SessionAccess } from '../sql/session/session-access.ts';
import { SessionWorkspace } from '../sql/session/session-workspace.ts';
import { checkSha2Password, sha2Digest, sha2PasswordHash } from '../wire/authentication/caching-sha2-password.ts';
import { nativePasswordHash } from '../wire/authentication/native-password.ts';
import { hostOf } from './client-host.ts';
import type { ServerScene } from './server-scene.ts';

export interface RemotesApiOptions {
  readonly scene: Pick<ServerScene, 'engine' | 'accounts' | 'limiter' | 'keys' | 'clock' | 'log'>;
  readonly host: string;
  readonly port: number;
  readonly timers: Timers;
  readonly isReadOnly: boolean;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

export interface RemotesApi {
  readonly port: number;
  /** Lets pushes that have begun come to their end, for `pushesMs` at most, and then calls under way, for `callsMs`. */
  stop(grace: { readonly pushesMs: number; readonly callsMs: number }): Promise<void>;
}

export async function serveRemotes(options: RemotesApiOptions): Promise<RemotesApi> {
  const { scene, tls } = options;
  const host = new DatabaseHost(options);
  const urls = new DataUrls(scene.clock);
  const pushes = new OpenPushes({ clock: scene.clock, timers: options.timers });
  const service = new ChunkService({ host, urls, pushes, logger: scene.log });
  const routes = new DataRoutes({ host, urls, pushes, logger: scene.log });
  const listener: Listener = await listen({
    service,
    http: (request, response) => {
      if (!routes.handle(request, response)) response.writeHead(404).end();
    },
    host: options.host,
    ports: [options.port],
    tls: tls && { key: tls.key, certificate: tls.cert },
  });
  return {
    port: listener.ports[0]!,
    async stop({ pushesMs, callsMs }) {
      await pushes.end(pushesMs);
      await listener.close(callsMs);
      host.close();
    },
  };
}

/** Whose password nobody has: what is asked of a user that does not exist takes as long. */
const NOBODY_HASH = sha2PasswordHash('nobody has it');
/** Asked for in a call without a name: Dolt's own. */
const ROOT = 'root';
const never = new AbortController().signal;

class DatabaseHost implements ServiceHost {
  readonly assertsWorkingSet = true;
  readonly #options: RemotesApiOptions;
  readonly #stores = new Map<Database['repository'], ServedStore>();

  constructor(options: RemotesApiOptions) {
    this.#options = options;
  }

  async authenticate(authorization: string | undefined, { peer }: CallOrigin): Promise<Caller> {
    const { accounts, limiter, log } = this.#options.scene;
    const { user, password } = credentialsOf(authorization);
    const host = hostOf(peer);
    const denied = new GrpcError(GrpcStatus.unauthenticated, `Access denied for user '${user}'`);
    if (!(await limiter.turn(user, host, never))) throw denied;
    const account = accounts.find(user, host);
    const isProven = this.#proves(account, password) && (account!.transport === '' || this.#suits(account!));
    if (!isProven || account!.isLocked) {
      limiter.failed(user, host);
      log.warn('remotesapi: error authenticating user', { user, host });
      throw denied;
    }
    limiter.succeeded(user, host);
    return JSON.stringify([user, host]);
  }

  async store(path: string, caller: Caller, need: Need): Promise<ServedStore> {
    const { engine, accounts } = this.#options.scene;
    const [user, host] = JSON.parse(caller ?? '[]') as [string?, string?];
    const account = user === undefined ? undefined : accounts.find(user, host ?? '');
    if (account === undefined)
      throw new GrpcError(GrpcStatus.unauthenticated, `Access denied for user '${user ?? ''}'`);
    this.#assertAllowed(account, host ?? '', need);
    const database = engine.state.databases.database(path);
    // As the original says it.
    if (database === undefined) throw new GrpcError(GrpcStatus.unknown, `database not found: ${path}`);
    let store = this.#stores.get(database.repository);
    if (!store) {
      this.#leaveDropped();
      store = new RepositoryStore(database.repository, (update) => this.#move(database, update));
      this.#stores.set(database.repository, store);
    }
    return store;
  }

  close(): void {
    for (const store of this.#stores.values()) store.close();
  }

  /** Lets go of the files of databases that were dropped. */
  #leaveDropped(): void {
    const databases = this.#options.scene.engine.state.databases.databases();
    for (const [repository, store] of this.#stores) {
      if (databases.some((database) => database.repository === repository)) continue;
      store.close();
      this.#stores.delete(repository);
    }
  }

  /** As a session of the server's own, whose change of refs is then like any other. */
  async #move({ name }: Database, update: HeadUpdate): Promise<void> {
    const { engine, log } = this.#options.scene;
    const session = engine.session({ database: name, user: 'remotesapi' });
    try {
      const workspace = new SessionWorkspace(session.state, session.state.handle(name));
      await complete(workspace.updateHeads(update, 'push'));
    } finally {
      await session.close();
    }
    log.info('remotesapi: pushed', { database: name, refs: update.refs.map(({ ref }) => ref).join(' ') });
  }

  #assertAllowed(account: Account, host: string, need: Need): void {
    const { scene, isReadOnly } = this.#options;
    const access = new SessionAccess(
      { book: scene.accounts, account, host },
      {
        currentDatabase: () => undefined,
        hasTemporaryTable: () => false,
        globalVariable: (name) => scene.engine.state.globals.text(name),
      },
    );
    const { privileges } = access;
    if (need === 'read' && !privileges.hasDynamic('clone_admin')) throw lacks(account, 'CLONE_ADMIN');
    if (need === 'read') return;
    if ((privileges.global & Privilege.super) === 0) throw lacks(account, 'SUPER');
    if (isReadOnly || scene.engine.state.globals.text('read_only') === 'ON')
      throw new GrpcError(GrpcStatus.permissionDenied, 'this server only provides read-only access');
  }

  /** Whether the password is the account's. The slow way of a hash is gone once: many calls make one push. */
  #proves(account: Account | undefined, password: string): boolean {
    const hash = account?.authentication ?? '';
    if (account?.plugin === 'mysql_native_password')
      return hash === '' ? password === '' : nativePasswordHash(password) === hash;
    if (account?.plugin !== 'caching_sha2_password') {
      // As long as for one that exists.
      checkSha2Password(NOBODY_HASH, password);
      return false;
    }
    if (hash === '' || password === '') return hash === password;
    const name = `${account.user}@${account.host}`;
    const { digests } = this.#options.scene.keys;
    const known = digests.get(name);
    const digest = sha2Digest(password);
    if (known?.authentication === hash && known.digest.equals(digest)) return true;
    if (!checkSha2Password(hash, password)) return false;
    digests.set(name, { authentication: hash, digest });
    return true;
  }

  /** Certificates of clients are not compared. */
  #suits({ transport }: Account): boolean {
    return transport === 'ANY' && this.#options.tls !== undefined;
  }
}

const lacks = ({ user }: Account, privilege: string): GrpcError =>
  new GrpcError(GrpcStatus.permissionDenied, `${user} has not been granted ${privilege}`);

/** Throws `GrpcError` (unauthenticated) for what names no user. */
function credentialsOf(authorization: string | undefined): { readonly user: string; readonly password: string } {
  if (authorization === undefined) return { user: ROOT, password: '' };
  const [, encoded] = /^Basic ([A-Za-z0-9+/=_-]+)$/.exec(authorization) ?? [];
  const text = encoded && Buffer.from(encoded, 'base64').toString('utf8');
  const at = text?.indexOf(':') ?? -1;
  if (!text || at < 0)
    throw new GrpcError(GrpcStatus.unauthenticated, 'the authorization should be a name and a password (Basic)');
  return { user: text.slice(0, at), password: text.slice(at + 1) };
}

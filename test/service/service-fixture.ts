/** A service over folders of a disk in memory, on a port of this machine, with accounts whose passwords are their names. */
import type { Disk } from '../../src/base/disk.ts';
import { type Logger, silentLogger } from '../../src/base/environment.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type CallMetadata, type GrpcChannel, GrpcError, GrpcStatus } from '../../src/base/network.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { GrpcRemote } from '../../src/remote/grpc/grpc-remote.ts';
import type { Method } from '../../src/remote/grpc/messages.ts';
import type { Environment } from '../../src/repo/repository.ts';
import { ChunkService } from '../../src/service/chunk-service.ts';
import { DataRoutes } from '../../src/service/data-routes.ts';
import { DataUrls } from '../../src/service/data-urls.ts';
import { FolderStore } from '../../src/service/folder-store.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/service/listener.ts';
import { OpenPushes } from '../../src/service/open-pushes.ts';
import type { ServedStore } from '../../src/service/served-store.ts';
import type { Caller, Need, ServiceHost } from '../../src/service/service-host.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';

export const basic = (user: string, password = user): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** `open/…` is read by everybody, anything else by accounts; written by `writer`. */
export class FolderHost implements ServiceHost {
  readonly assertsWorkingSet = false;
  readonly #environment: Environment;
  readonly #stores = new Map<string, ServedStore>();
  /** Repositories that were asked for. */
  readonly asked: string[] = [];
  /** Log-ins of `slow`, who has to wait for each. */
  readonly waiting: (() => void)[] = [];

  readonly #open: (environment: Environment, path: string) => ServedStore;

  constructor(environment: Environment, open: ServeOptions['open']) {
    this.#environment = environment;
    this.#open = open ?? ((own, path) => new FolderStore(own, `/data/${path}`));
  }

  async authenticate(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) return undefined;
    const [user, password] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    if (user === 'slow') await new Promise<void>((resolve) => void this.waiting.push(resolve));
    if (!['reader', 'writer'].includes(user!) || user !== password)
      throw new GrpcError(GrpcStatus.unauthenticated, 'wrong name or password');
    return user;
  }

  async store(path: string, caller: Caller, need: Need): Promise<ServedStore> {
    this.asked.push(path);
    if (need === 'read' ? caller === undefined && !path.startsWith('open/') : caller !== 'writer')
      throw new GrpcError(GrpcStatus.permissionDenied, `${caller ?? 'nobody'} may not ${need} ${path}`);
    let store = this.#stores.get(path);
    if (!store) {
      store = this.#open(this.#environment, path);
      this.#stores.set(path, store);
    }
    return store;
  }

  close(): void {
    for (const store of this.#stores.values()) store.close();
  }
}

export interface Served {
  readonly environment: Environment;
  readonly host: FolderHost;
  readonly urls: DataUrls;
  readonly listener: Listener;
  readonly channel: GrpcChannel;
  readonly origin: string;
  /** What was logged as a warning. */
  readonly warnings: string[];
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Partial<Request>,
    metadata?: CallMetadata,
  ): Promise<Response>;
  /** Sends requests in turn; the answers. */
  stream<Request, Response>(
    method: Method<Request, Response>,
    requests: readonly Partial<Request>[],
    metadata?: CallMetadata,
  ): Promise<Response[]>;
  /** Our own client of a repository; a writer unless told. */
  remote(path: string, user?: string): GrpcRemote;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly disk?: Disk;
  readonly idleMs?: number;
  readonly key?: Uint8Array;
  readonly now?: () => number;
  readonly listener?: Partial<ListenerOptions>;
  /** Opens a repository's store; that of a folder unless told. */
  readonly open?: (environment: Environment, path: string) => ServedStore;
}

export async function serveFolders(options: ServeOptions = {}): Promise<Served> {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const base = scratchEnvironment({ disk: options.disk ?? new MemoryDisk() });
  const timers = { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
  const clock = options.now ? { ...base.clock, now: options.now } : base.clock;
  const environment: Environment = { ...base, clock, timers, logger, network: nodeNetwork };
  const host = new FolderHost(environment, options.open);
  const urls = new DataUrls(environment.clock, options.key);
  const pushes = new OpenPushes(environment);
  const service = new ChunkService({ host, urls, pushes, logger });
  const routes = new DataRoutes({ host, urls, pushes, logger, idleMs: options.idleMs });
  const listener = await listen({
    service,
    http: (request, response) => {
      if (!routes.handle(request, response)) response.writeHead(404).end();
    },
    host: '127.0.0.1',
    ports: [0],
    ...options.listener,
  });
  const authority = `127.0.0.1:${listener.ports[0]}`;
  const channel = nodeNetwork.openChannel({ authority, isSecure: false });
  const remotes: GrpcRemote[] = [];
  return {
    environment,
    host,
    urls,
    listener,
    channel,
    origin: `http://${authority}`,
    warnings,
    async call(method, request, metadata = { authorization: basic('writer') }) {
      return method.response.decode(await channel.call(method.path, method.request.encode(request), { metadata }));
    },
    async stream(method, requests, metadata = { authorization: basic('writer') }) {
      const stream = channel.stream(method.path, { metadata });
      for (const request of requests) stream.send(method.request.encode(request));
      stream.end();
      const answers = [];
      for await (const answer of stream.answers) answers.push(method.response.decode(answer));
      return answers;
    },
    remote(path, user = 'writer') {
      const remote = new GrpcRemote(environment, `http://${user}:${user}@${authority}/${path}`);
      remotes.push(remote);
      return remote;
    },
    async close() {
      for (const remote of remotes) remote.close();
      channel.close();
      await listener.close(1000);
      host.close();
    },
  };
}

/**
 * Where the service is called: ports on which gRPC and HTTP/1.1 come alike, in clear or over TLS. In clear the first bytes of
 * a connection tell the two apart; over TLS the protocols that the client offers do: who could read files by HTTP/1.1 gets
 * that, who offers HTTP/2 alone calls methods.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  Server as GrpcServer,
  type Metadata,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type StatusObject,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { GrpcError, GrpcStatus } from '../base/network.ts';
import { REPLICA_METADATA } from '../remote/grpc/messages.ts';
import type { Answer, CallContext, Calls } from './chunk-service.ts';

export interface ListenerOptions {
  readonly service: Calls;
  /** Answers what comes by HTTP/1.1. */
  readonly http: (request: IncomingMessage, response: ServerResponse) => void;
  /** The address of this machine to listen on. */
  readonly host: string;
  /** Each takes both protocols; 0 is a free one. */
  readonly ports: readonly number[];
  /** PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly certificate: string | Buffer } | undefined;
  /**
   * The address of who calls, from that of who has connected and the `x-forwarded-for` of the call; that of who has
   * connected unless given.
   */
  readonly clientOf?: ((peer: string, forwarded: readonly string[]) => string) | undefined;
  /** Connections at a time, on each port; 1,000 unless given. */
  readonly maxConnections?: number | undefined;
}

export interface Listener {
  /** In the order of `ports`. */
  readonly ports: readonly number[];
  /** Takes no more connections and calls; waits for those under way, and no longer than `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const MAX_MESSAGE_BYTES = 128 << 20;
const MAX_STREAMS = 128;
const MAX_CONNECTIONS = 1000;
/** How long a connection may take to say what it is. */
const HELLO_MS = 10_000;
/** How long a request's head may take. */
const HEADERS_MS = 20_000;
/** How long a connection may stay without a request. */
const KEEP_ALIVE_MS = 60_000;
/** How long nothing may come and go on a connection: longer than the check of a large file takes. */
const SILENCE_MS = 600_000;
const PREFACE = Buffer.from('PRI * HTTP/2.0');

export async function listen(options: ListenerOptions): Promise<Listener> {
  const { service, host, ports, tls, maxConnections = MAX_CONNECTIONS } = options;
  const calls = grpcServer(service, tls !== undefined, options.clientOf);
  const injector = calls.createConnectionInjector(ServerCredentials.createInsecure());
  const web = webServer(options.http);
  const sockets = new Set<Socket>();
  const asCall = (socket: Socket): void => injector.injectConnection(socket);
  const asWeb = (socket: Socket): void => void web.server.emit('connection', socket);
  const servers: Server[] = ports.map(() => {
    const server = tls
      ? createTlsServer(
          {
            key: tls.key,
            cert: tls.certificate,
            handshakeTimeout: HELLO_MS,
            ALPNCallback: ({ protocols }) => chooseProtocol(protocols),
          },
          (socket: TLSSocket) => (socket.alpnProtocol === 'h2' ? asCall(socket) : asWeb(socket)),
        )
      : createServer({ noDelay: true }, (socket) => tellApart(socket, asCall, asWeb));
    server.maxConnections = maxConnections;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
    server.on('tlsClientError', (_: Error, socket: TLSSocket) => socket.destroy());
    return server;
  });
  await Promise.all(servers.map((server, i) => listening(server, host, ports[i]!)));
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    async close(graceMs) {
      const ends = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      const quiet = [web.close(), new Promise<void>((resolve) => calls.tryShutdown(() => resolve()))];
      injector.drain(graceMs);
      await Promise.race([Promise.all(quiet), after(graceMs)]);
      calls.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await Promise.all(ends);
    },
  };
}

/** HTTP/1.1 on connections that are handed to it. */
function webServer(answer: ListenerOptions['http']) {
  const server = createHttpServer({
    headersTimeout: HEADERS_MS,
    // A body may take long: who takes it sees to it that it comes.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: HEADERS_MS / 4,
  });
  server.timeout = SILENCE_MS;
  let active = 0;
  let quiet = (): void => {};
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    active++;
    response.on('close', () => {
      active--;
      if (active === 0) quiet();
    });
    answer(request, response);
  };
  server.on('request', take);
  // A body that is going to be refused is not asked for.
  server.on('checkContinue', take);
  // Starts the watch over slow heads, which is for servers that listen themselves.
  server.emit('listening');
  return {
    server,
    /** Comes when no request is under way. */
    close: (): Promise<void> => {
      server.close(() => {});
      if (active === 0) return Promise.resolve();
      return new Promise((resolve) => {
        quiet = resolve;
      });
    },
  };
}

function tellApart(socket: Socket, asCall: (socket: Socket) => void, asWeb: (socket: Socket) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const silent = setTimeout(() => socket.destroy(), HELLO_MS);
  const look = (): void => {
    const piece = socket.read() as Buffer | null;
    if (piece) seen = Buffer.concat([seen, piece]);
    const length = Math.min(seen.length, PREFACE.length);
    const couldBeCall = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (couldBeCall && length < PREFACE.length && !socket.readableEnded) return;
    clearTimeout(silent);
    socket.off('readable', look);
    if (seen.length > 0) socket.unshift(seen);
    if (couldBeCall && length === PREFACE.length) asCall(socket);
    else asWeb(socket);
  };
  socket.on('readable', look);
  socket.on('close', () => clearTimeout(silent));
}

/** `h2` alone is what clients of gRPC offer. */
const chooseProtocol = (offered: readonly string[]): string | undefined =>
  offered.includes('http/1.1') ? 'http/1.1' : offered.includes('h2') ? 'h2' : undefined;

function grpcServer(
  service: Calls,
  isSecure: boolean,
  clientOf: NonNullable<ListenerOptions['clientOf']> = (peer) => peer,
): GrpcServer {
  const server = new GrpcServer({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.enable_channelz': 0,
  });
  const contextOf = (call: { metadata: Metadata; getHost(): string; getPeer(): string }): CallContext => ({
    authorization: onlyValue(call.metadata, 'authorization'),
    authority: call.getHost(),
    peer: clientOf(
      call
        .getPeer()
        .replace(/:\d+$/, '')
        .replace(/^\[(.*)\]$/, '$1'),
      call.metadata.get('x-forwarded-for').map(String),
    ),
    isSecure,
    forwardedProto: onlyValue(call.metadata, 'x-forwarded-proto'),
    replica: onlyValue(call.metadata, REPLICA_METADATA),
  });
  for (const [path, answer] of service.unary()) {
    const handle = (call: ServerUnaryCall<Uint8Array, Uint8Array>, reply: sendUnaryData<Uint8Array>): void => {
      answer(call.request, contextOf(call)).then(
        (bytes) => reply(null, bytes),
        (error: unknown) => reply(statusOf(error)),
      );
    };
    server.register(path, handle, asBuffer, asBuffer, 'unary');
  }
  for (const [path, begin] of service.streams()) {
    const handle = (call: ServerDuplexStream<Uint8Array, Uint8Array>): void => {
      answerAll(call, begin(), contextOf(call)).catch((error: unknown) => call.emit('error', statusOf(error)));
    };
    server.register(path, handle, asBuffer, asBuffer, 'bidi');
  }
  return server;
}

async function answerAll(
  call: ServerDuplexStream<Uint8Array, Uint8Array>,
  answer: Answer,
  context: CallContext,
): Promise<void> {
  for await (const request of call.iterator({ destroyOnReturn: false })) {
    const hasRoom = call.write(await answer(request as Uint8Array, context));
    if (!hasRoom && !call.cancelled)
      await new Promise<void>((resolve) => onceEither(call, ['drain', 'cancelled'], resolve));
    if (call.cancelled) return;
  }
  call.end();
}

function onceEither(call: ServerDuplexStream<Uint8Array, Uint8Array>, names: readonly string[], act: () => void): void {
  const settle = (): void => {
    for (const name of names) call.off(name, settle);
    act();
  };
  for (const name of names) call.on(name, settle);
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function onlyValue(metadata: Metadata, name: string): string | undefined {
  const values = metadata.get(name);
  return values.length === 1 ? String(values[0]) : undefined;
}

function statusOf(error: unknown): Partial<StatusObject> {
  if (error instanceof GrpcError) return { code: error.code, details: error.details };
  return { code: GrpcStatus.internal, details: 'an error of the server' };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

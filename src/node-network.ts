/** The real network: Node's `fetch` and HTTP client, and gRPC by @grpc/grpc-js, which is loaded with the first call. */
import type { Client, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { CallOptions, ChannelOptions, GrpcChannel, GrpcStatusCode, GrpcStream, Network } from './base/network.ts';
import { GrpcError } from './base/network.ts';
import { nodeHttp } from './base/node-http.ts';
import { nodeRanges } from './base/node-ranges.ts';

type Grpc = typeof import('@grpc/grpc-js');

/** Dolt's limit for a message. */
const MAX_MESSAGE_BYTES = 128 << 20;

export const nodeNetwork: Network = {
  fetch: (input, init) => fetch(input, init),
  http: nodeHttp(),
  readRange: nodeRanges(),
  openChannel: (options) => new NodeChannel(connectionTo(options)),
};

interface Connection {
  readonly grpc: Grpc;
  readonly client: Client;
}

/** To one server; channels share it, and a while after the last one was closed it ends. */
interface SharedConnection {
  readonly opened: Promise<Connection>;
  users: number;
  ending: NodeJS.Timeout | undefined;
}

/** How long a connection stays that nobody uses: what a session does on its remotes comes in bursts. */
const LINGER_MS = 30_000;
/** Pauses before a server that was not reached is tried again. */
const RECONNECT_MS = 100;
const LONGEST_RECONNECT_MS = 1_000;
const connections = new Map<string, SharedConnection>();

/** Opened when it is asked for; counts its user until `release`. */
function connectionTo(options: ChannelOptions): { opened(): Promise<Connection>; release(): void } {
  const key = `${options.isSecure ? 'https' : 'http'}://${options.authority}`;
  let shared: SharedConnection | undefined;
  return {
    opened() {
      if (!shared) {
        shared = connections.get(key) ?? { opened: connect(options), users: 0, ending: undefined };
        connections.set(key, shared);
        clearTimeout(shared.ending);
        shared.users++;
      }
      return shared.opened;
    },
    release() {
      const left = shared;
      shared = undefined;
      if (!left || --left.users > 0) return;
      left.ending = setTimeout(() => {
        connections.delete(key);
        left.opened.then(
          ({ client }) => client.close(),
          () => {},
        );
      }, LINGER_MS).unref();
    },
  };
}

const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

class NodeChannel implements GrpcChannel {
  readonly #connection: ReturnType<typeof connectionTo>;

  constructor(connection: ReturnType<typeof connectionTo>) {
    this.#connection = connection;
  }

  async call(path: string, request: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    const { grpc, client } = await this.#connection.opened();
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest<Uint8Array, Uint8Array>(
        path,
        asIs,
        asIs,
        request,
        metadataOf(grpc, options),
        deadlineOf(options),
        (error, answer) => {
          if (error) reject(grpcError(error));
          else resolve(answer ?? new Uint8Array(0));
        },
      );
    });
  }

  stream(path: string, options: CallOptions = {}): GrpcStream {
    const opened = this.#connection
      .opened()
      .then(({ grpc, client }) =>
        client.makeBidiStreamRequest<Uint8Array, Uint8Array>(
          path,
          asIs,
          asIs,
          metadataOf(grpc, options),
          deadlineOf(options),
        ),
      );
    // Who reads the answers is told.
    opened.catch(() => {});
    const withStream = (act: (stream: ClientDuplexStream<Uint8Array, Uint8Array>) => void): void => {
      opened.then(act, () => {});
    };
    return {
      send: (request) => withStream((stream) => stream.write(request)),
      end: () => withStream((stream) => stream.end()),
      cancel: () => withStream((stream) => stream.cancel()),
      answers: answersOf(opened),
    };
  }

  close(): void {
    this.#connection.release();
  }
}

async function connect({ authority, isSecure }: ChannelOptions): Promise<Connection> {
  const grpc = await import('@grpc/grpc-js');
  // Its own context for TLS does not know the authorities of NODE_EXTRA_CA_CERTS, as that of `fetch` does.
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  const credentials = isSecure
    ? grpc.credentials.createFromSecureContext(createSecureContext())
    : grpc.credentials.createInsecure();
  const client = new grpc.Client(authority, credentials, {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    // A proxy of the environment is for the web.
    'grpc.enable_http_proxy': 0,
    // Neither is asked of the name service: what is repeated, and how, is decided above.
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    // A call does not wait for a connection: it fails with the last one that was tried. So that is tried again soon.
    'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
    'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS,
    // Its account of calls for a debugger, which costs a tenth of each.
    'grpc.enable_channelz': 0,
  });
  return { grpc, client };
}

async function* answersOf(opened: Promise<ClientDuplexStream<Uint8Array, Uint8Array>>): AsyncGenerator<Uint8Array> {
  const stream = await opened;
  try {
    for await (const answer of stream) yield answer as Uint8Array;
  } catch (error) {
    throw grpcError(error as ServiceError);
  } finally {
    stream.cancel();
  }
}

function metadataOf(grpc: Grpc, { metadata = {} }: CallOptions): Metadata {
  const made = new grpc.Metadata();
  for (const [name, value] of Object.entries(metadata)) made.set(name, value);
  return made;
}

const deadlineOf = ({ timeoutMs }: CallOptions): { deadline?: number } =>
  timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };

const grpcError = (error: ServiceError): GrpcError =>
  new GrpcError((error.code ?? 2) as GrpcStatusCode, withoutNotes(error.details || error.message), { cause: error });

/** What grpc-js says about its own steps is left out. */
function withoutNotes(text: string): string {
  return text
    .replace(/^No connection established\. Last error: (?:Error: )?/, '')
    .replace(/\.? ?(?:Resolution note:.*)?$/s, '');
}

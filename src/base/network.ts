/**
 * The network as this project uses it: HTTP by `fetch`, and gRPC's calls as bytes. The edges hand in the real one; tests
 * hand in one that loses answers, is slow or refuses, at a call of their choice.
 */
import { DoltError, type ErrorKind } from './errors.ts';

export interface Network {
  /** As the web's `fetch`. Rejects with `TypeError` where the other side cannot be reached. */
  readonly fetch: typeof globalThis.fetch;
  /** The same for ranges of files and whole ones, at less cost; by `fetch` where it is left out. */
  readonly http?: HttpClient;
  /** Parts of files at less cost still; by `http` where it is left out. */
  readonly readRange?: RangeReader;
  /** A channel to a gRPC server; connects with its first call. */
  openChannel(options: ChannelOptions): GrpcChannel;
}

/** Follows no redirections. Rejects where the other side cannot be reached. */
export type HttpClient = (url: string, request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array>;
}

export interface HttpAnswer {
  readonly status: number;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  /** Throws where it breaks off. Read to its end, or discarded. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/**
 * Has the part of a file that begins at `offset` written into `target`; how many bytes there were. Undefined where the answer
 * is none that it can read, and then the same can be asked by an `HttpClient`. Rejects where the other side cannot be
 * reached, or breaks off.
 */
export type RangeReader = (url: string, offset: number, target: Uint8Array) => Promise<number | undefined>;

/** An `HttpClient` by the web's `fetch`. */
export function httpByFetch(fetch: typeof globalThis.fetch): HttpClient {
  return async (url, { method = 'GET', headers = {}, body }) => {
    const stream = body && { body: ReadableStream.from(body), duplex: 'half' as const };
    const response = await fetch(url, { method, headers, ...stream });
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: response.body ?? nothing(),
      discard: () => void response.body?.cancel().catch(() => {}),
    };
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

export interface ChannelOptions {
  /** Host and port. */
  readonly authority: string;
  readonly isSecure: boolean;
}

/** gRPC's metadata: names in lower case. */
export type CallMetadata = Readonly<Record<string, string>>;

export interface GrpcChannel {
  /** One request, one answer. `path` is `/package.Service/Method`. Throws `GrpcError`. */
  call(path: string, request: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  /** Requests and answers in turn, as many as there are. */
  stream(path: string, options?: CallOptions): GrpcStream;
  close(): void;
}

export interface CallOptions {
  readonly metadata?: CallMetadata;
  /** Milliseconds until `GrpcStatus.deadlineExceeded`; no limit unless given. */
  readonly timeoutMs?: number;
}

export interface GrpcStream {
  send(request: Uint8Array): void;
  /** Nothing more is sent. */
  end(): void;
  /** The answers, in order; throws `GrpcError` where the call failed. */
  readonly answers: AsyncIterable<Uint8Array>;
  cancel(): void;
}

/** The status codes of gRPC that mean something here (https://grpc.io/docs/guides/status-codes/). */
export const GrpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;
export type GrpcStatusCode = (typeof GrpcStatus)[keyof typeof GrpcStatus];

/** A call that failed: `code` as the server, or the channel itself, gave it. */
export class GrpcError extends DoltError {
  readonly code: GrpcStatusCode;
  readonly details: string;
  constructor(code: GrpcStatusCode, details: string, options?: ErrorOptions) {
    super(kindOf(code), details, options);
    this.code = code;
    this.details = details;
  }
}

function kindOf(code: GrpcStatusCode): ErrorKind {
  switch (code) {
    case GrpcStatus.notFound:
      return 'notFound';
    case GrpcStatus.permissionDenied:
    case GrpcStatus.unauthenticated:
      return 'denied';
    case GrpcStatus.invalidArgument:
    case GrpcStatus.outOfRange:
      return 'invalid';
    case GrpcStatus.alreadyExists:
    case GrpcStatus.aborted:
    case GrpcStatus.failedPrecondition:
      return 'conflict';
    case GrpcStatus.unimplemented:
      return 'unsupported';
    case GrpcStatus.dataLoss:
      return 'corrupt';
    default:
      return 'unavailable';
  }
}

/**
 * Calls of ChunkStoreService for one repository: each carries the repository's path and the token that the server gave,
 * and is repeated where that is harmless and the server cannot be reached. Errors name the remote.
 */
import { DoltError, type ErrorKind } from '../../base/errors.ts';
import { type GrpcChannel, GrpcError, GrpcStatus } from '../../base/network.ts';
import { type RetryOptions, retrying } from '../retry.ts';
import { type Method, REPLICA_METADATA } from './messages.ts';
import { unreached } from './unreached.ts';

/** What every request carries. */
export interface RepoFields {
  readonly repoId: { readonly org: string; readonly repoName: string } | undefined;
  readonly repoToken: string;
  readonly repoPath: string;
}

/** The `authorization` of a call, made anew for each: tokens expire. */
export type Authorization = () => string | undefined;

export interface ClientOptions {
  readonly channel: GrpcChannel;
  /** Of the remote, as the user wrote it. */
  readonly url: string;
  /** The path of the URL, without slashes at its ends. */
  readonly path: string;
  readonly authorization: Authorization;
  /** Which replica calls, where one does. */
  readonly replica?: string | undefined;
  readonly retry: RetryOptions;
}

/** How long a call may take: what it answers was not computed from much. */
const TIMEOUT_MS = 60_000;

export class ChunkServiceClient {
  readonly #options: ClientOptions;
  #token = '';

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Throws `unavailable` when the server was not reached, after several attempts. */
  async call<Request extends object, Response extends object>(
    method: Method<Request, Response>,
    request: Partial<Request>,
  ): Promise<Response> {
    return await retrying(this.#options.retry, () => this.callOnce(method, request));
  }

  /** The same without repetition: for what must not happen twice. */
  async callOnce<Request extends object, Response extends object>(
    method: Method<Request, Response>,
    request: Partial<Request>,
  ): Promise<Response> {
    const { channel } = this.#options;
    const encoded = method.request.encode({ ...this.repoFields(), ...request } as Partial<Request>);
    try {
      const options = { metadata: this.#metadata(), timeoutMs: TIMEOUT_MS };
      return this.#remembered(method.response.decode(await channel.call(method.path, encoded, options)));
    } catch (error) {
      throw this.#named(error);
    }
  }

  /** Sends requests in turn, and hands their answers, in the same order, to `take`. */
  async stream<Request extends object, Response extends object>(
    method: Method<Request, Response>,
    requests: readonly Partial<Request>[],
    take: (response: Response, index: number) => void,
  ): Promise<void> {
    const stream = this.#options.channel.stream(method.path, { metadata: this.#metadata(), timeoutMs: TIMEOUT_MS });
    try {
      for (const request of requests) {
        stream.send(method.request.encode({ ...this.repoFields(), ...request } as Partial<Request>));
      }
      stream.end();
      let answered = 0;
      for await (const answer of stream.answers) {
        if (answered === requests.length) throw new DoltError('corrupt', 'more answers than requests');
        take(this.#remembered(method.response.decode(answer)), answered++);
      }
      if (answered < requests.length) throw new DoltError('unavailable', 'the answers ended too early');
    } catch (error) {
      throw this.#named(error);
    } finally {
      stream.cancel();
    }
  }

  repoFields(): RepoFields {
    const { path } = this.#options;
    const [org, repoName, ...rest] = path.split('/');
    const isPair = org !== undefined && repoName !== undefined && rest.length === 0;
    return { repoId: isPair ? { org, repoName } : undefined, repoToken: this.#token, repoPath: path };
  }

  close(): void {
    this.#options.channel.close();
  }

  #metadata(): Record<string, string> {
    const authorization = this.#options.authorization();
    const { replica } = this.#options;
    return {
      ...(authorization === undefined ? {} : { authorization }),
      ...(replica === undefined ? {} : { [REPLICA_METADATA]: replica }),
    };
  }

  #remembered<Response extends object>(response: Response): Response {
    if ('repoToken' in response && response.repoToken) this.#token = response.repoToken as string;
    return response;
  }

  /** Errors of a call, with the remote's URL and what can be done. */
  #named(error: unknown): unknown {
    if (!(error instanceof DoltError)) return error;
    const { kind, text } =
      error instanceof GrpcError ? adviceOn(error, this.#options) : { kind: error.kind, text: error.message };
    return new DoltError(kind, `remote ${this.#options.url}: ${text}`, { cause: error });
  }
}

/** What a failed call means to the user, and what can be done. */
function adviceOn(
  { code, details, kind }: GrpcError,
  { path, url }: Pick<ClientOptions, 'path' | 'url'>,
): { kind: ErrorKind; text: string } {
  switch (code) {
    case GrpcStatus.unauthenticated:
      return {
        kind,
        text: `access denied: ${details}; name the user by --user and set DOLT_REMOTE_PASSWORD, or use a key pair that the server knows (dolt creds)`,
      };
    case GrpcStatus.permissionDenied:
      return {
        kind,
        text: `permission denied: ${details}; ask its owner for the right, or be somebody else (--user, dolt creds use)`,
      };
    case GrpcStatus.notFound:
      return {
        kind,
        text: `there is no repository '${path}', or none that you may see: ${details}; is the URL right? dolt remote -v`,
      };
    case GrpcStatus.unavailable: {
      const { cause, remedy } = unreached(details, /^https:/i.test(url));
      return { kind, text: `cannot be reached: ${cause}; ${remedy}` };
    }
    case GrpcStatus.deadlineExceeded:
      return { kind, text: `did not answer in time: ${details}; try again` };
    case GrpcStatus.unknown:
      // The original's sql-server has this code for whatever it did not expect.
      if (!/not found/i.test(details)) return { kind, text: details };
      return {
        kind: 'notFound',
        text: `there is no repository '${path}': ${details}; is the URL right? dolt remote -v`,
      };
    default:
      return { kind, text: details };
  }
}

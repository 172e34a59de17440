/**
 * A network that writes down what a real server answers, and one that answers so without a server: by what was asked, in
 * the order in which it was asked. Bodies that are parts of golden files are kept as their places.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GrpcError, type GrpcStatusCode, type GrpcStream, type Network } from '../../../src/base/network.ts';
import { nodeNetwork } from '../../../src/node-network.ts';
import { type Method, methods } from '../../../src/remote/grpc/messages.ts';
import { golden } from '../remote-fixture.ts';

type Body = string | { readonly file: string; readonly offset: number; readonly length: number };

export interface Exchange {
  /** The method or the URL, with what was sent. */
  readonly asked: string;
  readonly answers?: readonly string[];
  readonly error?: { readonly code: number; readonly details: string };
  readonly status?: number;
  readonly range?: string;
  readonly body?: Body;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Tokens are the server's business and differ. */
function withoutToken(path: string, request: Uint8Array): string {
  const { request: message } = Object.values(methods).find((each) => each.path === path) as Method<object, object>;
  return base64(message.encode({ ...message.decode(request), repoToken: '' }));
}

const callKey = (path: string, requests: readonly Uint8Array[]): string =>
  `${path.split('/').at(-1)} ${requests.map((request) => withoutToken(path, request)).join(' ')}`;
const fileKey = (method: string, url: string, range = ''): string => `${method} ${url} ${range}`.trim();

export function recordingNetwork(into: Exchange[], fixture: string): Network {
  const places = new Map(
    readdirSync(join(golden, fixture)).map((name) => [name, readFileSync(join(golden, fixture, name))]),
  );
  const bodyOf = (bytes: Uint8Array): Body => {
    for (const [name, content] of places) {
      const offset = content.indexOf(bytes);
      if (bytes.length > 64 && offset >= 0) return { file: `${fixture}/${name}`, offset, length: bytes.length };
    }
    return base64(bytes);
  };
  return {
    ...nodeNetwork,
    async http(url, request) {
      const answer = await nodeNetwork.http!(url, request);
      const pieces: Uint8Array[] = [];
      for await (const piece of answer.body) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      const asked = fileKey(request.method ?? 'GET', url, request.headers?.['range']);
      const range = answer.header('content-range');
      into.push({ asked, status: answer.status, ...(range === undefined ? {} : { range }), body: bodyOf(bytes) });
      return { ...answer, body: once(bytes) };
    },
    openChannel(options) {
      const channel = nodeNetwork.openChannel(options);
      return {
        close: () => channel.close(),
        async call(path, request, call) {
          const asked = callKey(path, [request]);
          try {
            const answer = await channel.call(path, request, call);
            into.push({ asked, answers: [base64(answer)] });
            return answer;
          } catch (error) {
            if (error instanceof GrpcError) into.push({ asked, error: { code: error.code, details: error.details } });
            throw error;
          }
        },
        stream(path, call): GrpcStream {
          const stream = channel.stream(path, call);
          const requests: Uint8Array[] = [];
          return {
            ...stream,
            send(request) {
              requests.push(request);
              stream.send(request);
            },
            answers: (async function* () {
              const answers: string[] = [];
              for await (const answer of stream.answers) {
                answers.push(base64(answer));
                yield answer;
              }
              into.push({ asked: callKey(path, requests), answers });
            })(),
          };
        },
      };
    },
  };
}

export function replayingNetwork(recorded: readonly Exchange[]): Network {
  const queues = new Map<string, Exchange[]>();
  for (const exchange of recorded) queues.set(exchange.asked, [...(queues.get(exchange.asked) ?? []), exchange]);
  const answerTo = (asked: string): Exchange => {
    const queue = queues.get(asked);
    if (!queue) throw new Error(`nobody has asked so when it was recorded: ${asked.slice(0, 300)}`);
    // The last one is asked again where a question is put more often than then.
    return queue.length > 1 ? queue.shift()! : queue[0]!;
  };
  const answersTo = (path: string, requests: readonly Uint8Array[]): Uint8Array[] => {
    const { error, answers = [] } = answerTo(callKey(path, requests));
    if (error) throw new GrpcError(error.code as GrpcStatusCode, error.details);
    return answers.map((answer) => Buffer.from(answer, 'base64'));
  };
  return {
    fetch: () => Promise.reject(new TypeError('everything goes by http')),
    async http(url, { method = 'GET', headers, body }) {
      for await (const piece of body ?? []) void piece;
      const { status = 0, range, body: recordedBody = '' } = answerTo(fileKey(method, url, headers?.['range']));
      return {
        status,
        header: (name) => (name === 'content-range' ? range : undefined),
        body: once(bytesOf(recordedBody)),
        discard() {},
      };
    },
    openChannel: () => ({
      close() {},
      call: async (path, request) => answersTo(path, [request])[0]!,
      stream(path) {
        const requests: Uint8Array[] = [];
        return {
          send: (request) => void requests.push(request),
          end() {},
          cancel() {},
          answers: (async function* () {
            yield* answersTo(path, requests);
          })(),
        };
      },
    }),
  };
}

function bytesOf(body: Body): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body, 'base64');
  return readFileSync(join(golden, body.file)).subarray(body.offset, body.offset + body.length);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

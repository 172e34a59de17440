/** HTTP by Node's own client: a small command that reads some ranges does not pay for all that `fetch` can do. */
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { HttpAnswer, HttpClient, HttpRequest } from './network.ts';

/** Nothing came or went for so long. */
const IDLE_MS = 60_000;
const MOST_SOCKETS = 16;

type Scheme = 'http' | 'https';

export function nodeHttp(): HttpClient {
  const clients = new Map<Scheme, ReturnType<typeof clientOf>>();
  return async (url, request) => {
    const parsed = new URL(url);
    const scheme: Scheme = parsed.protocol === 'https:' ? 'https' : 'http';
    const client = clients.get(scheme) ?? clientOf(scheme);
    clients.set(scheme, client);
    return await send(client, parsed, request);
  };
}

/** Connections are used again, and an idle one keeps nobody from ending. */
function clientOf(scheme: Scheme) {
  const { Agent, request } =
    scheme === 'https' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
  return (url: URL, options: RequestOptions) => request(url, { ...options, agent });
}

async function send(
  client: ReturnType<typeof clientOf>,
  url: URL,
  { method = 'GET', headers = {}, body }: HttpRequest,
): Promise<HttpAnswer> {
  const request = client(url, { method, headers, timeout: IDLE_MS });
  request.on('timeout', () => request.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
  // Whoever writes the body is told first, and then who waits for the answer.
  answered.catch(() => {});
  try {
    for await (const piece of body ?? []) {
      if (request.destroyed || request.writableEnded) break;
      if (!request.write(piece)) await Promise.race([drained(request), answered]);
    }
    request.end();
    return answerOf(await answered);
  } catch (error) {
    request.destroy();
    throw error;
  }
}

const drained = (request: NodeJS.EventEmitter): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      request.off('drain', done).off('close', done);
      resolve();
    };
    request.on('drain', done).on('close', done);
  });

function answerOf(response: IncomingMessage): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: response,
    discard: () => void response.destroy(),
  };
}

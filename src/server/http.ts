/**
 * What a server says over HTTP: `/metrics` for Prometheus; `/healthz`, `/healthz/primary` and `/healthz/replica` for a proxy
 * that decides where to send clients. 200 is yes, 503 is no, with the reason in a word.
 */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Health } from '../replication/replication.ts';

export interface HttpSources {
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Takes statements. */
  alive(): Health;
  /** Takes writes, and no other server has taken over: verified within the last second. */
  primary(): Promise<Health>;
  /** Follows its remote. */
  replica(): Promise<Health>;
}

/** Answers the server and the port that it listens on. With `tls`, PEM texts, it is HTTPS. */
export async function serveHttp(
  endpoint: { readonly host: string; readonly port: number },
  sources: HttpSources,
  tls: { readonly key: string; readonly cert: string } | undefined,
): Promise<{ readonly server: HttpServer; readonly port: number }> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request.url ?? '/', sources, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`);
    });
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(endpoint, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : endpoint.port };
}

async function answer(url: string, sources: HttpSources, response: ServerResponse): Promise<void> {
  switch (url.replace(/[?#].*$/, '')) {
    case '/metrics': {
      const { contentType, text } = await sources.metrics();
      send(response, 200, contentType, text);
      return;
    }
    case '/healthz':
      sendHealth(response, sources.alive());
      return;
    case '/healthz/primary':
      sendHealth(response, await sources.primary());
      return;
    case '/healthz/replica':
      sendHealth(response, await sources.replica());
      return;
    default:
      send(response, 404, 'text/plain', 'not found: try /metrics, /healthz, /healthz/primary, /healthz/replica\n');
  }
}

function sendHealth(response: ServerResponse, { isWell, reason }: Health): void {
  send(response, isWell ? 200 : 503, 'text/plain', `${reason}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

/**
 * Signing in: a token is shown once and kept in a cookie that scripts do not see and other sites do not cause to be sent.
 * The hub keeps no sessions: the cookie is the token, and whoever takes the token away signs its bearer out.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';
import type { RequestOrigin } from '../page-access.ts';
import { assertOwn, formOf } from './forms.ts';
import { loginPage } from './pages/login.ts';
import { type Site, visitAs } from './site.ts';
import { safePath } from './urls.ts';

const COOKIE = 'dolt_hub_token';
const KEPT_SECONDS = 30 * 24 * 3600;

/** The header `authorization`, and the token of the cookie. */
export function authorizationOf(request: FastifyRequest): {
  readonly header: string | undefined;
  readonly cookie: string | undefined;
} {
  const { authorization: header, cookie: cookies } = request.headers;
  const found = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(cookies ?? '')?.[1];
  return { header, cookie: found === undefined || found === '' ? undefined : decoded(found) };
}

/** What the caller of a request is known by, as a header. */
export function usedAuthorization(request: FastifyRequest): string {
  const { header, cookie } = authorizationOf(request);
  return header ?? (cookie === undefined ? '' : `Bearer ${cookie}`);
}

export const originOf = (site: Site, request: FastifyRequest): RequestOrigin => ({
  peer: site.clientOf(request.raw),
  authority: request.host,
});

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The header that sets the cookie; for 0 seconds, that removes it. */
export const tokenCookie = (value: string, seconds: number, isSecure: boolean): string =>
  `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

export function addSigningIn(app: FastifyInstance, site: Site): void {
  const cookie = (value: string, seconds: number): string => tokenCookie(value, seconds, site.isSecure);
  const visitOf = (request: FastifyRequest) => visitAs(site, request, undefined);

  app.get<{ Querystring: { next?: string | string[] } }>('/login', (request, reply) => {
    const next = safePath([request.query.next].flat()[0]);
    return reply.type('text/html; charset=utf-8').send(loginPage(visitOf(request), next, undefined));
  });

  app.post('/login', async (request, reply) => {
    assertOwn(request);
    const form = formOf(request);
    const next = safePath(form.get('next') ?? undefined);
    const token = (form.get('token') ?? '').trim();
    if (await isGood(site, token, originOf(site, request))) {
      return reply.header('set-cookie', cookie(encodeURIComponent(token), KEPT_SECONDS)).redirect(next, 303);
    }
    const problem = 'This token is not known here, or is not valid any more.';
    return reply
      .code(403)
      .type('text/html; charset=utf-8')
      .send(loginPage(visitOf(request), next, problem));
  });

  app.post('/logout', (request, reply) => {
    assertOwn(request);
    return reply.header('set-cookie', cookie('', 0)).redirect('/', 303);
  });
}

async function isGood({ access }: Site, token: string, origin: RequestOrigin): Promise<boolean> {
  if (!/^[\x21-\x7e]{1,4096}$/.test(token)) return false;
  try {
    return (await access.authenticate(`Bearer ${token}`, origin)) !== undefined;
  } catch (error) {
    if (error instanceof DoltError && error.kind === 'denied') return false;
    throw error;
  }
}

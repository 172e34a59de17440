/**
 * What changes something comes from the site itself. A browser says by itself where a request comes from, and that is all
 * there is to check: no other site can make it say otherwise, and the cookie is not sent from there either.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';

export function addForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
}

/** Throws `invalid` for what is no form. */
export function formOf({ body }: FastifyRequest): URLSearchParams {
  if (body instanceof URLSearchParams) return body;
  throw new DoltError('invalid', 'a form was expected');
}

/** It is sent by this site, or by a program: another site's would say so in its headers. Throws `denied`. */
export function assertOwn(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isOwn = site === undefined ? origin === undefined || isSameHost(origin, request.host) : site === 'same-origin';
  if (!isOwn) throw new DoltError('denied', 'this was sent by another site');
}

/** Default ports may be left out. */
function isSameHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return URL.canParse(`${from.protocol}//${host}`) && new URL(`${from.protocol}//${host}`).origin === from.origin;
}

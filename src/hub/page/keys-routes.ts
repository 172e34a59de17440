/** The page of a user's own key pairs (`dolt creds`), and its forms. `dolt login` leads there with the key that it has made. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';
import type { KeyChange } from '../accounts/own-keys.ts';
import { one, type Query, statusOf } from '../calls/requests.ts';
import type { KeyAccess } from '../page-access.ts';
import { assertOwn, formOf } from './forms.ts';
import { keysPage } from './pages/keys.ts';
import { send } from './routes.ts';
import { usedAuthorization } from './signing-in.ts';
import { type Site, visitAs } from './site.ts';
import { keysUrl, query } from './urls.ts';

type Route = FastifyRequest<{ Querystring: Query }>;

export function addKeysPage(app: FastifyInstance, site: Site, keys: KeyAccess): void {
  const show = async (
    request: Route,
    reply: FastifyReply,
    offered: string,
    problem?: string,
  ): Promise<FastifyReply> => {
    const caller = await site.caller(request);
    if (caller === undefined) return reply.redirect(`/login${query({ next: request.url })}`, 303);
    return send(reply, keysPage(visitAs(site, request, caller), { keys: await keys.list(caller), offered, problem }));
  };

  app.get<{ Querystring: Query }>(keysUrl(), (request, reply) => show(request, reply, one(request.query, 'key') ?? ''));

  app.post<{ Querystring: Query }>(keysUrl(), async (request, reply) => {
    assertOwn(request);
    const caller = await site.caller(request);
    const form = formOf(request);
    try {
      await keys.change(caller, changeOf(form), usedAuthorization(request));
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind === 'denied' || statusOf(error)! >= 500) throw error;
      return await show(request, reply.code(statusOf(error)!), form.get('add') ?? '', error.message);
    }
    return reply.redirect(keysUrl(), 303);
  });
}

/** Throws `invalid` for what the page's forms do not send. */
function changeOf(form: URLSearchParams): KeyChange {
  const [add, remove] = ['add', 'remove'].map((name) => form.get(name)?.trim());
  if (add) return { add };
  if (remove) return { remove };
  throw new DoltError('invalid', 'a public key is needed');
}

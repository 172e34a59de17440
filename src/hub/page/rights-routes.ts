/** The page of a repository's rights, and its forms. Each change is one form, sent by a button, and works without scripts. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';
import { RIGHTS } from '../accounts/accounts.ts';
import type { RightsChange } from '../accounts/repository-rights.ts';
import { type Names, repositoryFor, statusOf } from '../calls/requests.ts';
import { assertOwn, formOf } from './forms.ts';
import { rightsPage } from './pages/rights.ts';
import { send, visitOf } from './routes.ts';
import type { Site } from './site.ts';
import { rightsUrl } from './urls.ts';

type Route = FastifyRequest<{ Params: Names }>;

export function addRightsPages(app: FastifyInstance, site: Site): void {
  const { access } = site;
  const show = async (request: Route, reply: FastifyReply, problem?: string): Promise<FastifyReply> => {
    const visit = await visitOf(site, request);
    const repository = await repositoryFor(access, request.params, visit.caller);
    const rights = await access.rights(repository, visit.caller);
    return send(reply, rightsPage({ ...visit, repository }, rights, problem));
  };
  const path = '/:owner/:database/rights';

  app.get<{ Params: Names }>(path, async (request, reply) => await show(request, reply));

  app.post<{ Params: Names }>(path, async (request, reply) => {
    assertOwn(request);
    const caller = await site.caller(request);
    const repository = await repositoryFor(access, request.params, caller);
    try {
      await access.changeRights(repository, caller, changeOf(formOf(request)));
    } catch (error) {
      if (!(error instanceof DoltError) || (error.kind !== 'notFound' && error.kind !== 'invalid')) throw error;
      return await show(request, reply.code(statusOf(error)!), error.message);
    }
    return reply.redirect(rightsUrl(repository), 303);
  });
}

/** Throws `invalid` for what the page's forms do not send. */
function changeOf(form: URLSearchParams): RightsChange {
  const visibility = form.get('visibility');
  if (visibility === 'public' || visibility === 'private') return { isPublic: visibility === 'public' };
  const user = form.get('user')?.trim();
  const word = form.get('right');
  const right = RIGHTS.find((each) => each === word);
  if (user && (right !== undefined || word === 'none')) return { user, right };
  throw new DoltError('invalid', `a user is needed, and a right: ${RIGHTS.join(', ')} or none`);
}

/** The routes of the API, from the list of its calls. */
import type { FastifyInstance } from 'fastify';
import { type Names, one, type Query, readRepository, repositoryFor } from '../calls/requests.ts';
import { assertOwn } from '../page/forms.ts';
import { sendTable } from '../page/routes.ts';
import type { Site } from '../page/site.ts';
import { API_PREFIX, DOWNLOAD_FORMATS, DOWNLOAD_PATH, openApi } from './openapi.ts';
import { operations } from './operations.ts';

type Params = Readonly<Record<string, string>>;

const namesOf = (params: Params): Names => ({ owner: params['owner']!, database: params['database']! });

const routePath = (path: string): string => API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');

export function addApi(app: FastifyInstance, site: Site): void {
  const description = JSON.stringify(openApi(), undefined, 2);
  app.get(`${API_PREFIX}/openapi.json`, (_request, reply) => reply.type('application/json').send(description));

  for (const operation of operations) {
    const url = routePath(operation.path);
    if (operation.kind === 'change') {
      const { method, change } = operation;
      app[method]<{ Params: Params }>(url, async (request, reply) => {
        assertOwn(request);
        const { params: path, body } = request;
        const caller = await site.caller(request);
        const repository = await repositoryFor(site.access, namesOf(path), caller);
        await site.access.changeRights(repository, caller, change({ path, body }));
        return reply.code(204).send();
      });
      continue;
    }
    app.get<{ Params: Params; Querystring: Query }>(url, async (request, reply) => {
      const { query, params } = request;
      const caller = await site.caller(request);
      reply.type('application/json; charset=utf-8');
      if (operation.kind === 'hub') return JSON.stringify(await operation.run({ site, caller, query }));
      const names = namesOf(params);
      const repository = await repositoryFor(site.access, names, caller);
      if (operation.kind === 'rights') {
        return JSON.stringify(await operation.run({ site, caller, query, repository }));
      }
      return await readRepository(site.readings, repository, async (reading) => {
        const point = () => reading.point(one(query, 'ref'));
        const cloneUrl = site.remoteUrl(request, names.owner, names.database);
        const asked = { site, caller, query, repository, reading, point, path: params, cloneUrl };
        return JSON.stringify(await operation.run(asked));
      });
    });
  }

  for (const format of DOWNLOAD_FORMATS) {
    app.get<{ Params: { owner: string; database: string; table: string }; Querystring: Query }>(
      `${routePath(DOWNLOAD_PATH)}/${format}`,
      (request, reply) => sendTable(site, request, reply, format),
    );
  }
}

/** The routes of the API, from the list of its calls. */
import type { FastifyInstance } from 'fastify';
import { one, type Query, readRepository, repositoryFor } from '../calls/requests.ts';
import { sendTable } from '../page/routes.ts';
import type { Site } from '../page/site.ts';
import { API_PREFIX, DOWNLOAD_FORMATS, DOWNLOAD_PATH, openApi } from './openapi.ts';
import { operations } from './operations.ts';

type Params = Readonly<Record<string, string>>;

const routePath = (path: string): string => API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');

export function addApi(app: FastifyInstance, site: Site): void {
  const description = JSON.stringify(openApi(), undefined, 2);
  app.get(`${API_PREFIX}/openapi.json`, (_request, reply) => reply.type('application/json').send(description));

  for (const operation of operations) {
    app.get<{ Params: Params; Querystring: Query }>(routePath(operation.path), async (request, reply) => {
      const { query, params } = request;
      const caller = await site.caller(request);
      reply.type('application/json; charset=utf-8');
      if (operation.kind === 'hub') return JSON.stringify(await operation.run({ site, caller, query }));
      const names = { owner: params['owner']!, database: params['database']! };
      const repository = await repositoryFor(site.access, names, caller);
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

/** From the address of a page to what it shows. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DoltError } from '../../base/errors.ts';
import { readCommit } from '../../repo/commit.ts';
import { walkLog } from '../../repo/log-walk.ts';
import {
  assertSeesReplication,
  COMMITS_A_PAGE,
  found,
  many,
  one,
  pageOf,
  type Query,
  REPOSITORIES_A_PAGE,
  ROWS_A_PAGE,
  readRepository,
  repositoryFor,
} from '../calls/requests.ts';
import { differenceOf, parentOf } from '../content/difference.ts';
import { CONTENT_TYPES, type DownloadFormat, download } from '../content/download.ts';
import { branchesOf, logOf, rowHistory, tagsOf } from '../content/history.ts';
import { replicationOf } from '../content/replication.ts';
import { rowByKey, rowsFrom, tableOf } from '../content/rows.ts';
import type { HubRepository } from '../page-access.ts';
import type { RepositoryVisit, Visit } from './layout.ts';
import { commitsPage } from './pages/commits.ts';
import { commitPage, comparePage } from './pages/difference.ts';
import { refsPage } from './pages/refs.ts';
import { replicationPage } from './pages/replication.ts';
import { repositoriesPage } from './pages/repositories.ts';
import { emptyRepositoryPage, repositoryOverview } from './pages/repository.ts';
import { type SqlOutcome, sqlPage } from './pages/sql.ts';
import { rowPage, rowsPage, schemaPage } from './pages/table.ts';
import { type Site, visitAs } from './site.ts';
import { commitUrl, compareUrl } from './urls.ts';

interface Params {
  readonly owner: string;
  readonly database: string;
  readonly table: string;
  readonly commit: string;
}

type Route = FastifyRequest<{ Params: Params; Querystring: Query }>;

export const visitOf = async (site: Site, request: FastifyRequest): Promise<Visit> =>
  visitAs(site, request, await site.caller(request));

export function addPages(app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: Query }>('/', async (request, reply) => {
    const visit = await visitOf(site, request);
    const search = one(request.query, 'q') ?? '';
    const page = pageOf(request.query);
    const all = found(await site.access.repositories(visit.caller), search);
    const first = (page - 1) * REPOSITORIES_A_PAGE;
    const listed = await Promise.all(
      all.slice(first, first + REPOSITORIES_A_PAGE).map(async (repository) => {
        return { repository, facts: await repository.facts() };
      }),
    );
    const hasMore = all.length > first + REPOSITORIES_A_PAGE;
    return send(reply, repositoriesPage(visit, { listed, search, page, hasMore, total: all.length }));
  });

  /** A page of one repository; `show` makes its text. */
  const at = (path: string, show: (visit: RepositoryVisit, request: Route) => string | Promise<string>): void => {
    app.get<{ Params: Params; Querystring: Query }>(`/:owner/:database${path}`, async (request, reply) => {
      const visit = await visitOf(site, request);
      const repository = await repositoryFor(site.access, request.params, visit.caller);
      const text = await readRepository(site.readings, repository, async (reading) => {
        if (reading.isEmpty) return emptyRepositoryPage({ ...visit, repository }, remoteOf(request, repository));
        const ref = one(request.query, 'ref');
        return await show({ ...visit, repository, reading, ref, point: reading.point(ref) }, request);
      });
      return send(reply, text);
    });
  };
  const remoteOf = (request: FastifyRequest, { owner, database }: HubRepository) => ({
    url: site.remoteUrl(request, owner, database),
  });

  at('', async (visit, request) =>
    repositoryOverview(visit, await visit.repository.facts(), remoteOf(request, visit.repository)),
  );

  at('/tables/:table', async (visit, { params, query }) => {
    const { name } = tableOf(visit.reading, visit.point, params.table);
    const page = pageOf(query);
    const first = (page - 1) * ROWS_A_PAGE;
    const rows = await rowsFrom(visit.reading, visit.point, name, first, ROWS_A_PAGE, 'beginnings');
    return rowsPage(visit, { name, page, ...rows });
  });

  at('/tables/:table/schema', (visit, { params }) => {
    return schemaPage(visit, tableOf(visit.reading, visit.point, params.table).name);
  });

  at('/tables/:table/row', async (visit, { params, query }) => {
    const { reading, point } = visit;
    const { name } = tableOf(reading, point, params.table);
    const { shape, row, key } = await rowByKey(reading, point, name, many(query, 'key'));
    return rowPage(visit, { name, shape, row, history: rowHistory(reading, point, name, key) });
  });

  for (const format of ['csv', 'json'] as const) {
    app.get<{ Params: Params; Querystring: Query }>(`/:owner/:database/tables/:table/${format}`, (request, reply) =>
      sendTable(site, request, reply, format),
    );
  }

  at('/sql', async (visit, { query }) => {
    const sql = one(query, 'q') ?? '';
    return sqlPage(visit, sql, sql.trim() === '' ? undefined : await sqlOutcome(site, visit, sql), site.sqlLimits);
  });

  at('/commits', (visit, { query }) => {
    const page = pageOf(query);
    const log = logOf(visit.reading, visit.point, (page - 1) * COMMITS_A_PAGE, COMMITS_A_PAGE);
    return commitsPage(visit, log, page);
  });

  at('/commits/:commit', (visit, { params, query }) => {
    const { repository, reading } = visit;
    const { commit } = reading.point(params.commit);
    const tables = differenceOf(reading, parentOf(reading, commit), commit);
    const url = (table?: string, page?: number) => commitUrl(repository, commit, table, page);
    const shown = { tables, table: one(query, 'table'), page: pageOf(query), url };
    return commitPage(visit, readCommit(reading.repository.nodes, commit), shown);
  });

  at('/compare', (visit, { query }) => {
    const { repository, reading } = visit;
    const { nodes } = reading.repository;
    const from = reading.point(one(query, 'from'));
    const to = reading.point(one(query, 'to'));
    const tables = differenceOf(reading, from.commit, to.commit);
    const url = (table?: string, page?: number) => compareUrl(repository, from.text, to.text, table, page);
    const shown = { tables, table: one(query, 'table'), page: pageOf(query), url };
    const ahead = countUpTo(walkLog(nodes, [to.commit], [from.commit]));
    const behind = countUpTo(walkLog(nodes, [from.commit], [to.commit]));
    return comparePage(visit, { from, to, shown, ahead, behind });
  });

  at('/refs', (visit) => refsPage(visit, branchesOf(visit.reading), tagsOf(visit.reading)));

  at('/replication', async (visit) => {
    const { repository, reading, caller } = visit;
    await assertSeesReplication(site.access, repository, caller);
    const name = `${repository.owner}/${repository.database}`;
    return replicationPage(visit, replicationOf(reading, name, site.replicas), site.webhooks.of(name));
  });
}

const MOST_COUNTED = 10_000;

function countUpTo(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) if (++count === MOST_COUNTED) break;
  return count;
}

export function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(text);
}

/** What is wrong with a statement is shown beside it. */
async function sqlOutcome(site: Site, { reading, point }: RepositoryVisit, sql: string): Promise<SqlOutcome> {
  try {
    return { answer: await site.sql.run(reading, point, sql) };
  } catch (error) {
    if (error instanceof DoltError) return { error: error.message };
    throw error;
  }
}

/** A whole table as it is read; the repository stays open until the last byte has gone, or the client has. */
export async function sendTable(
  site: Site,
  request: FastifyRequest<{ Params: Pick<Params, 'owner' | 'database' | 'table'>; Querystring: Query }>,
  reply: FastifyReply,
  format: DownloadFormat,
): Promise<FastifyReply> {
  const repository = await repositoryFor(site.access, request.params, await site.caller(request));
  const { reading, release } = site.readings.hold(await repository.folder(), repository.database);
  let stream: Readable;
  let name: string;
  try {
    const point = reading.point(one(request.query, 'ref'));
    ({ name } = tableOf(reading, point, request.params.table));
    stream = Readable.from(download(reading, point, name, format), { objectMode: false });
  } catch (error) {
    release();
    throw error;
  }
  stream.once('close', release);
  return reply
    .type(CONTENT_TYPES[format])
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${name}.${format}`)}`)
    .send(stream);
}

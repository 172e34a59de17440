/** All calls of the API. All but those about rights only read. */
import { DoltError } from '../../base/errors.ts';
import { readCommit } from '../../repo/commit.ts';
import { documentsOf } from '../../sql/catalog/documents.ts';
import {
  assertSeesReplication,
  COMMITS_A_PAGE,
  found,
  many,
  one,
  pageOf,
  REPOSITORIES_A_PAGE,
  ROWS_A_PAGE,
} from '../calls/requests.ts';
import { cellFormat } from '../content/cell.ts';
import { changedRows, differenceOf, parentOf } from '../content/difference.ts';
import { branchesOf, logOf, rowHistory, tagsOf } from '../content/history.ts';
import { replicationOf } from '../content/replication.ts';
import { rowByKey, rowsFrom, tableOf } from '../content/rows.ts';
import { columnsOf, createText, tablesOf, viewsOf } from '../content/tables.ts';
import {
  commitJson,
  differenceJson,
  optionalTime,
  recordJson,
  repositoryJson,
  rowJson,
  timeJson,
  valueJson,
} from './answers.ts';
import type { Operation, Parameter, RepositoryRequest } from './operation.ts';
import { rightsOperations } from './rights-operations.ts';

const parameter = (name: string, description: string, required = false): Parameter => ({
  ...{ name, in: 'query', description, required },
  schema: { type: 'string' },
});

const REF = parameter('ref', 'A branch, a tag or a commit; the default branch unless given.');
const PAGE: Parameter = {
  ...{ name: 'page', in: 'query', description: 'From 1.', required: false },
  schema: { type: 'integer', minimum: 1 },
};
const KEY: Parameter = {
  ...{ name: 'key', in: 'query', required: true },
  description: 'The values of the primary key, in its order.',
  schema: { type: 'array', items: { type: 'string' } },
};
const FROM = parameter('from', 'The branch, tag or commit before; the default branch unless given.');
const TO = parameter('to', 'The branch, tag or commit after; the default branch unless given.');

const REPOSITORY = '/repositories/{owner}/{database}';

export const operations: readonly Operation[] = [
  {
    kind: 'hub',
    path: '/repositories',
    id: 'listRepositories',
    summary: 'The repositories that the caller may read',
    query: [parameter('q', 'A part of `owner/database`.'), PAGE],
    answer: 'RepositoryList',
    async run({ site, caller, query }) {
      const all = found(await site.access.repositories(caller), one(query, 'q') ?? '');
      const page = pageOf(query);
      const first = (page - 1) * REPOSITORIES_A_PAGE;
      const shown = all.slice(first, first + REPOSITORIES_A_PAGE);
      const repositories = await Promise.all(shown.map(repositoryJson));
      return { repositories, total: all.length, page, hasMore: all.length > first + shown.length && shown.length > 0 };
    },
  },
  {
    kind: 'repository',
    path: REPOSITORY,
    id: 'getRepository',
    summary: 'One repository',
    answer: 'Repository',
    async run({ repository, reading, cloneUrl }) {
      return { ...(await repositoryJson(repository)), cloneUrl, defaultBranch: reading.defaultBranch ?? null };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/branches`,
    id: 'listBranches',
    summary: 'Branches with their heads, the newest first',
    answer: 'BranchList',
    run: ({ reading }) => ({
      branches: branchesOf(reading).map(({ name, head }) => ({ name, head: commitJson(head) })),
    }),
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tags`,
    id: 'listTags',
    summary: 'Tags, the newest first',
    answer: 'TagList',
    run: ({ reading }) => ({
      tags: tagsOf(reading).map(({ name, commit, message, tagger, date }) => ({
        ...{ name, commit, message, tagger: { name: tagger.name, email: tagger.email }, date: timeJson(date) },
      })),
    }),
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tables`,
    id: 'listTables',
    summary: 'Tables with their columns',
    query: [REF],
    answer: 'TableList',
    run({ reading, point }) {
      const at = point();
      const tables = tablesOf(reading.root(at)).map(({ name, rows, comment, columns }) => ({
        ...{ name, rows, comment, columns: columns.map((column) => ({ ...column })) },
      }));
      return { commit: at.commit, tables };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tables/{table}`,
    id: 'getTable',
    summary: 'One table with its CREATE TABLE',
    query: [REF],
    answer: 'Table',
    run({ reading, point, path }) {
      const at = point();
      const { name, table } = tableOf(reading, at, path['table']!);
      const columns = columnsOf(table.schema).map((column) => ({ ...column }));
      const createStatement = createText(reading.root(at), name);
      const rows = table.entryCount;
      return { commit: at.commit, name, rows, comment: table.schema.comment, columns, createStatement };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tables/{table}/rows`,
    id: 'listRows',
    summary: 'Rows of a table, 50 a page, in the order of the primary key',
    query: [REF, PAGE],
    answer: 'RowPage',
    async run({ reading, point, path, query }) {
      const at = point();
      const page = pageOf(query);
      const { name } = tableOf(reading, at, path['table']!);
      const { shape, rows } = await rowsFrom(reading, at, name, (page - 1) * ROWS_A_PAGE, ROWS_A_PAGE);
      const total = shape.table.entryCount;
      return {
        commit: at.commit,
        columns: shape.columns.map(({ name }) => name),
        rows: rows.map(({ key, times, values }) => ({
          key: key ?? null,
          times,
          values: rowJson(values, shape.columns),
        })),
        ...{ total, page, hasMore: page * ROWS_A_PAGE < total },
      };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tables/{table}/row`,
    id: 'getRow',
    summary: 'The row with a primary key',
    query: [KEY, REF],
    answer: 'Row',
    async run({ reading, point, path, query }) {
      const at = point();
      const { name } = tableOf(reading, at, path['table']!);
      const { shape, row } = await rowByKey(reading, at, name, many(query, 'key'));
      const columns = shape.columns.map(({ name }) => name);
      return { commit: at.commit, columns, values: rowJson(row.values, shape.columns) };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/tables/{table}/history`,
    id: 'getRowHistory',
    summary: 'What commits made of the row with a primary key, the newest first, along first parents',
    query: [KEY, REF],
    answer: 'RowHistory',
    async run({ reading, point, path, query }) {
      const at = point();
      const { name } = tableOf(reading, at, path['table']!);
      const { key } = await rowByKey(reading, at, name, many(query, 'key'));
      const { isWhole, versions } = rowHistory(reading, at, name, key);
      return {
        isWhole,
        versions: versions.map(({ commit, kind, before, after }) => {
          return { commit: commitJson(commit), kind, before: recordJson(before), after: recordJson(after) };
        }),
      };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/views`,
    id: 'listViews',
    summary: 'Views with their definitions',
    query: [REF],
    answer: 'ViewList',
    run({ reading, point }) {
      const at = point();
      return { commit: at.commit, views: viewsOf(reading.root(at)).map((view) => ({ ...view })) };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/documents`,
    id: 'listDocuments',
    summary: 'The documents of dolt_docs',
    query: [REF],
    answer: 'DocumentList',
    run({ reading, point }) {
      const at = point();
      const documents = Array.from(documentsOf(reading.root(at)), ([name, text]) => ({ name, text }));
      return { commit: at.commit, documents };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/sql`,
    id: 'query',
    summary: 'One statement that reads, with limits of time, rows and memory',
    query: [parameter('q', 'The statement.', true), REF],
    answer: 'SqlAnswer',
    async run({ site, reading, point, query }) {
      const at = point();
      const { columns, rows, isCut, time } = await site.sql.run(reading, at, one(query, 'q') ?? '');
      const formats = columns.map(({ type }) => cellFormat(type));
      return {
        commit: at.commit,
        columns: columns.map(({ name }) => name),
        rows: rows.map((row) => rowJson(row, formats)),
        ...{ isCut, milliseconds: time },
      };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/commits`,
    id: 'listCommits',
    summary: 'The commits that lead to a ref, 50 a page, the newest first',
    query: [REF, PAGE],
    answer: 'CommitPage',
    run({ reading, point, query }) {
      const page = pageOf(query);
      const { commits, hasMore } = logOf(reading, point(), (page - 1) * COMMITS_A_PAGE, COMMITS_A_PAGE);
      return { commits: commits.map(commitJson), page, hasMore };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/commits/{commit}`,
    id: 'getCommit',
    summary: 'One commit, with what it changed',
    answer: 'CommitDetails',
    run({ reading, path }) {
      const { commit } = reading.point(path['commit']);
      const tables = differenceOf(reading, parentOf(reading, commit), commit);
      return { commit: commitJson(readCommit(reading.repository.nodes, commit)), tables: tables.map(differenceJson) };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/diff`,
    id: 'compare',
    summary: 'What differs between two refs, table by table',
    query: [FROM, TO],
    answer: 'Difference',
    run(request) {
      const { from, to } = ends(request);
      return { from, to, tables: differenceOf(request.reading, from, to).map(differenceJson) };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/diff/{table}`,
    id: 'compareRows',
    summary: 'The rows of a table that differ between two refs, 50 a page',
    query: [FROM, TO, PAGE],
    answer: 'ChangedRows',
    run(request) {
      const { reading, path, query } = request;
      const { from, to } = ends(request);
      const page = pageOf(query);
      const difference = differenceOf(reading, from, to).find(({ name }) => name === path['table']);
      if (difference === undefined) throw new DoltError('notFound', `table '${path['table']}' does not differ`);
      const { columns, rows, hasMore } = changedRows(difference.delta, (page - 1) * ROWS_A_PAGE, ROWS_A_PAGE);
      return {
        ...{ from, to, columns: columns.map(({ name }) => name) },
        rows: rows.map((row) => ({
          kind: row.kind,
          before: row.kind === 'added' ? null : columns.map((column, i) => valueJson(row.from[i], column.from)),
          after: row.kind === 'removed' ? null : columns.map((column, i) => valueJson(row.to[i], column.to)),
          changed: row.changed,
        })),
        ...{ page, hasMore },
      };
    },
  },
  {
    kind: 'repository',
    path: `${REPOSITORY}/replication`,
    id: 'getReplication',
    summary: 'Who pushes, who pulls, and how far behind each of these is',
    answer: 'Replication',
    async run({ site, caller, repository, reading }) {
      await assertSeesReplication(site.access, repository, caller);
      const name = `${repository.owner}/${repository.database}`;
      const { primaries, epoch, pushes, replicas } = replicationOf(reading, name, site.replicas);
      return {
        epoch: epoch ?? null,
        primaries: primaries.map(({ server, branches, lastCommit }) => {
          return { server, branches, lastCommit: optionalTime(lastCommit) };
        }),
        pushes: pushes.map(({ account, root, at }) => ({ account: account ?? null, root, at: timeJson(at) })),
        replicas: replicas.map(({ replica, behind }) => ({
          name: replica.name,
          account: replica.account ?? null,
          root: replica.root,
          firstSeen: timeJson(replica.firstSeen),
          lastSeen: timeJson(replica.lastSeen),
          behind: behind === undefined ? null : { ...behind },
          delays: replica.delays.map(({ at, milliseconds }) => ({ at: timeJson(at), milliseconds })),
          lastError: failureJson(replica.lastError),
        })),
        webhooks: site.webhooks.of(name).map(({ url, delivered, waiting, lastError }) => {
          return { url, delivered, waiting, lastError: failureJson(lastError) };
        }),
      };
    },
  },
  ...rightsOperations,
];

function failureJson(failure: { readonly message: string; readonly at: number } | undefined) {
  return failure === undefined ? null : { message: failure.message, at: timeJson(failure.at) };
}

function ends({ reading, query }: RepositoryRequest) {
  return { from: reading.point(one(query, 'from')).commit, to: reading.point(one(query, 'to')).commit };
}

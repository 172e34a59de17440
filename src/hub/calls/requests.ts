/** What the page and the API take from a request in the same way: who asks, for which repository, at which ref. */
import { DoltError } from '../../base/errors.ts';
import type { Caller } from '../../service/service-host.ts';
import type { Reading, Readings } from '../content/reading.ts';
import type { HubRepository, PageAccess } from '../page-access.ts';

/** The query of a URL: a name that is repeated has several values. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value of a name; undefined where it is empty or not there. */
export function one(query: Query, name: string): string | undefined {
  const value = many(query, name)[0];
  return value === '' ? undefined : value;
}

export function many(query: Query, name: string): readonly string[] {
  const value = query[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

const MOST_PAGES = 1e9;

/** From 1. Throws `invalid`. */
export function pageOf(query: Query): number {
  const text = one(query, 'page') ?? '1';
  const page = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (page >= 1 && page <= MOST_PAGES) return page;
  throw new DoltError('invalid', 'a page is a number from 1 on');
}

/** No path into another folder, nothing that a file system or a header would read otherwise. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

export interface Names {
  readonly owner: string;
  readonly database: string;
}

/** The repository, for who may read it. Throws `notFound` for everybody else. */
export async function repositoryFor(access: PageAccess, names: Names, caller: Caller): Promise<HubRepository> {
  const { owner, database } = names;
  const found = NAME.test(owner) && NAME.test(database) ? await access.repository(owner, database, caller) : undefined;
  if (found !== undefined) return found;
  throw new DoltError('notFound', `there is no repository '${owner}/${database}' that you may see`);
}

/** Throws `denied`. */
export async function assertSeesReplication(
  access: PageAccess,
  repository: HubRepository,
  caller: Caller,
): Promise<void> {
  if ((await access.maySeeReplication?.(repository, caller)) !== false) return;
  throw new DoltError('denied', 'who replicates this repository is not for you to see');
}

export async function readRepository<T>(
  readings: Readings,
  repository: HubRepository,
  read: (reading: Reading) => T | Promise<T>,
): Promise<T> {
  return await readings.read(await repository.folder(), repository.database, read);
}

/** Repositories of a list: those whose names have `search` in them, some of them. */
export function found(all: readonly HubRepository[], search: string): readonly HubRepository[] {
  const wanted = search.toLowerCase();
  return all.filter(({ owner, database }) => `${owner}/${database}`.toLowerCase().includes(wanted));
}

export const REPOSITORIES_A_PAGE = 50;
export const ROWS_A_PAGE = 50;
export const COMMITS_A_PAGE = 50;

/** HTTP's status for an error; undefined for a bug. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof DoltError) {
    switch (error.kind) {
      case 'notFound':
        return 404;
      case 'invalid':
        return 400;
      case 'denied':
        return 403;
      case 'conflict':
        return 409;
      case 'unsupported':
        return 501;
      case 'unavailable':
      case 'unknown':
        return 503;
      case 'corrupt':
        return 500;
    }
  }
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

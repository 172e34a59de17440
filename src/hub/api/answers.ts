/** The models of what is shown, as JSON. */
import type { Commit } from '../../repo/commit.ts';
import type { Value } from '../../tuple/value.ts';
import type { CellFormat, Json } from '../content/cell.ts';
import type { TableDifference } from '../content/difference.ts';
import type { RowVersion } from '../content/history.ts';
import type { HubRepository, StoreFacts } from '../page-access.ts';

export const timeJson = (at: number): string => new Date(at).toISOString();

export const optionalTime = (at: number | undefined): Json => (at === undefined ? null : timeJson(at));

export async function repositoryJson(repository: HubRepository): Promise<Readonly<Record<string, Json>>> {
  const { owner, database, isPublic } = repository;
  const { byteSize, lastPush }: StoreFacts = await repository.facts();
  return { owner, database, isPublic, byteSize, lastPush: optionalTime(lastPush) };
}

export function commitJson(commit: Commit): Json {
  const { address, parents, author, committer, authorDate, committerDate, message } = commit;
  return {
    hash: address,
    parents,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
    authorDate: timeJson(authorDate),
    committerDate: timeJson(committerDate),
    message,
  };
}

/** A value that is not there is null as well. */
export const valueJson = (value: Value | undefined, format: CellFormat | undefined): Json =>
  value === null || value === undefined || format === undefined ? null : format.json(value);

export const rowJson = (values: readonly Value[], formats: readonly CellFormat[]): Json =>
  values.map((value, i) => valueJson(value, formats[i]));

export function recordJson(version: RowVersion['before']): Json {
  if (version === undefined) return null;
  const { columns } = version.shape;
  return Object.fromEntries(columns.map((column, i) => [column.name, valueJson(version.row.values[i], column)]));
}

export function differenceJson(difference: TableDifference): Json {
  const { name, formerName, kind, isSchemaChanged, isDataChanged, schema, isCounted, isUnpaired } = difference;
  return {
    ...{ name, formerName: formerName ?? null, kind, isSchemaChanged, isDataChanged },
    schema: schema === undefined ? null : { before: schema.before, after: schema.after },
    rowsAdded: difference.added,
    rowsRemoved: difference.removed,
    rowsModified: difference.modified,
    ...{ isCounted, isUnpaired },
  };
}

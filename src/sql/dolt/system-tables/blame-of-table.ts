/**
 * `dolt_blame_<table>`: for each committed row the latest commit that changed it; a merge changed what differs from one of
 * its parents. Rows with uncommitted changes have no such commit and are left out.
 */
import { type Commit, readCommit } from '../../../repo/commit.ts';
import type { TableSchema } from '../../../table/schema.ts';
import type { Value } from '../../../tuple/value.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { storedType } from '../../catalog/table-columns.ts';
import { tableRows } from '../../catalog/table-rows.ts';
import { SqlError } from '../../types/sql-error.ts';
import { datetime, varchar } from '../../types/sql-type.ts';
import { diffRows, sideNames } from '../diff-rows.ts';
import { field, moment } from './commit-columns.ts';
import { currentSchema, steps } from './diff-of-table.ts';

const COMMIT_COLUMNS = [
  field('commit', varchar(1023), true),
  field('commit_date', datetime(6), true),
  field('committer'),
  field('email'),
  field('message'),
];

export const table: SystemTable = {
  name: 'dolt_blame_',
  open(view, suffix) {
    const schema = currentSchema(view, suffix);
    if (schema === undefined) return undefined;
    if (schema.primaryKey.length === 0) {
      throw new SqlError(1105, 'HY000', 'unable to generate blame view for table without primary key');
    }
    const keyColumns = schema.primaryKey.map((at) => {
      const { name, sqlType } = schema.columns[at]!;
      return field(name, storedType(sqlType), true);
    });
    return systemSource(view, `dolt_blame_${suffix}`, [...keyColumns, ...COMMIT_COLUMNS], function* () {
      const stored = view.headRoot().resolveTableName(suffix);
      if (stored === undefined) return;
      const head = view.headRoot().table(stored)!;
      const keyAt = (row: readonly Value[]): Value[] => head.schema.primaryKey.map((at) => row[at]!);
      const keys = Array.from(tableRows(head), keyAt);
      const blamed = blame(view, suffix, schema, new Set(keys.map(identity)));
      for (const key of keys) {
        const commit = blamed.get(identity(key));
        if (commit === undefined) continue;
        const { address, committer, committerDate, message } = commit;
        yield [...key, address, moment(committerDate), committer.name, committer.email, message];
      }
    });
  },
};

const identity = (key: readonly Value[]): string =>
  key.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value))).join('\0');

/** The commits of the rows in `open`, which it empties; undefined for a row with uncommitted changes. */
function blame(
  view: DatabaseView,
  table: string,
  schema: TableSchema,
  open: Set<string>,
): Map<string, Commit | undefined> {
  const { nodes } = view.repository;
  const blamed = new Map<string, Commit | undefined>();
  // A row of differences has the new side's columns, its commit and date, and then the old side's.
  const oldSide = schema.columns.length + 2;
  for (const [from, to] of steps(view)) {
    if (open.size === 0) break;
    let commit: Commit | undefined;
    for (const row of diffRows(sideNames(table, from, to), from, to, { from: schema, to: schema }, () => {})) {
      const side = row.at(-1) === 'removed' ? oldSide : 0;
      const key = identity(schema.primaryKey.map((at) => row[side + at]!));
      if (!open.delete(key)) continue;
      if (to.commit !== 'WORKING') commit ??= readCommit(nodes, to.commit as Commit['address']);
      blamed.set(key, commit);
    }
  }
  return blamed;
}

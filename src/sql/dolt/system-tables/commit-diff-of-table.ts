/** `dolt_commit_diff_<table>`: its rows that differ between the two revisions that WHERE names. */
import { readCommit } from '../../../repo/commit.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { SqlError } from '../../types/sql-error.ts';
import { diffColumns, withKeys } from '../diff-columns.ts';
import { type DiffSide, diffRows, sideNames } from '../diff-rows.ts';
import { commitSide, currentSchema, wanted, warn } from './diff-of-table.ts';

export const table: SystemTable = {
  name: 'dolt_commit_diff_',
  open(view, suffix, scene) {
    const schema = currentSchema(view, suffix);
    if (schema === undefined) return undefined;
    const name = `dolt_commit_diff_${suffix}`;
    const columns = withKeys(diffColumns(schema, schema), new Map([['to_commit', 'MUL']]));
    return systemSource(view, name, columns, function* (request) {
      const side = (column: string): DiffSide => {
        const values = wanted(
          request,
          columns.findIndex((other) => other.name === column),
        );
        if (values?.size !== 1) {
          throw new SqlError(
            1105,
            'HY000',
            `error querying table ${name}: dolt_commit_diff_* tables must be filtered to a single '${column}'`,
          );
        }
        return revisionSide(view, [...values][0]!);
      };
      const to = side('to_commit');
      const from = side('from_commit');
      yield* diffRows(sideNames(suffix, from, to), from, to, { from: schema, to: schema }, (error) =>
        warn(scene, error.message),
      );
    });
  },
};

/** What WORKING, STAGED or a revision is called as it was asked for. */
export function revisionSide(view: DatabaseView, revision: string): DiffSide {
  if (/^(working|staged)$/i.test(revision)) {
    return { root: view.resolveRoot(revision), commit: revision.toUpperCase(), date: null };
  }
  const commit = readCommit(view.repository.nodes, view.resolveCommit(revision));
  return { ...commitSide(view, commit), commit: revision };
}

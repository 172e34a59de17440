/** `dolt_diff`: which tables each commit changed, and what is not committed yet. */
import { readCommit } from '../../../repo/commit.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import type { RootValue } from '../../../repo/root-value.ts';
import { RootValue as Root } from '../../../repo/root-value.ts';
import { ignorePatterns } from '../../../repo/staging.ts';
import { DATABASE_PREFIX, fateOf } from '../../../repo/status.ts';
import { currentName, fromTable, type TableDelta, tableDeltas, toTable } from '../../../repo/table-deltas.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { authorColumns, authorValues, committerColumns, committerValues, field } from './commit-columns.ts';

const COLUMNS = [
  field('commit_hash', undefined, false, 'PRI'),
  field('table_name', undefined, false, 'PRI'),
  ...committerColumns(6).map((column) => ({ ...column, nullable: false })),
  field('data_change', BOOLEAN),
  field('schema_change', BOOLEAN),
  ...authorColumns(6),
];

export const table: SystemTable = {
  name: 'dolt_diff',
  open: (view) =>
    systemSource(view, 'dolt_diff', COLUMNS, function* () {
      const { repository } = view;
      // What the database itself changed: its collation.
      const ownName = DATABASE_PREFIX + view.baseName;
      const { working, staged } = view.workingSet();
      const uncommitted = [
        ['STAGED', view.headRoot(), staged],
        ['WORKING', staged, working],
      ] as const;
      const patterns = ignorePatterns(working);
      for (const [name, from, to] of uncommitted) {
        for (const delta of tableDeltas(from, to)) {
          if (name === 'WORKING' && delta.kind === 'added' && fateOf(patterns, currentName(delta)) === 'ignored')
            continue;
          const { data, schema } = whatChanged(delta);
          yield [name, currentName(delta), null, null, null, null, data, schema, null, null, null];
        }
        if (from.collation !== to.collation) yield [name, ownName, null, null, null, null, 0, 1, null, null, null];
      }
      for (const commit of walkLog(repository.nodes, [view.head])) {
        const [parent] = commit.parents;
        // A shallow clone cannot tell what its oldest commits changed.
        if (parent !== undefined && repository.chunks.isGhost(parent)) continue;
        const to = repository.root(commit.root);
        const from: RootValue =
          parent === undefined
            ? Root.empty(repository.nodes)
            : repository.root(readCommit(repository.nodes, parent).root);
        for (const delta of tableDeltas(from, to)) {
          const { data, schema } = whatChanged(delta);
          yield [commit.address, currentName(delta), ...committerValues(commit), data, schema, ...authorValues(commit)];
        }
        if (parent !== undefined && from.collation !== to.collation) {
          yield [commit.address, ownName, ...committerValues(commit), 0, 1, ...authorValues(commit)];
        }
      }
    }),
};

/** 1 where rows, or the schema, differ. A new or dropped table changes its schema, and its rows if it has some. */
export function whatChanged(delta: TableDelta): { data: 0 | 1; schema: 0 | 1 } {
  const [from, to] = [fromTable(delta), toTable(delta)];
  if (from === undefined || to === undefined) return { data: (from ?? to)!.entryCount > 0 ? 1 : 0, schema: 1 };
  return {
    data: from.rows.equals(to.rows) ? 0 : 1,
    schema: delta.kind === 'renamed' || from.schemaAddress !== to.schemaAddress ? 1 : 0,
  };
}

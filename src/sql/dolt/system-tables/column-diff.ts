/** `dolt_column_diff`: which columns each commit changed, and what is not committed yet. */

import { readCommit } from '../../../repo/commit.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { RootValue } from '../../../repo/root-value.ts';
import { currentName, fromTable, type TableDelta, tableDeltas, toTable } from '../../../repo/table-deltas.ts';
import { PrimaryKeyChangedError, rowChanges } from '../../../repo/table-diff.ts';
import { isShown } from '../../../table/shown-columns.ts';
import type { Value } from '../../../tuple/value.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { rowMapping } from '../row-mapping.ts';
import { authorColumns, authorValues, committerColumns, committerValues, field } from './commit-columns.ts';

const COLUMNS = [
  field('commit_hash', undefined, false, 'PRI'),
  field('table_name', undefined, false, 'PRI'),
  field('column_name', undefined, false, 'PRI'),
  ...committerColumns(0),
  field('diff_type'),
  ...authorColumns(0),
];

export const table: SystemTable = {
  name: 'dolt_column_diff',
  open: (view) =>
    systemSource(view, 'dolt_column_diff', COLUMNS, function* () {
      const { repository } = view;
      const { working, staged } = view.workingSet();
      const none = [null, null, null];
      for (const [name, from, to] of [
        ['STAGED', view.headRoot(), staged],
        ['WORKING', staged, working],
      ] as const) {
        for (const [column, kind, delta] of changedColumns(from, to)) {
          yield [name, currentName(delta), column, null, ...none, kind, ...none];
        }
      }
      for (const commit of walkLog(repository.nodes, [view.head])) {
        const [parent] = commit.parents;
        // A shallow clone cannot tell what its oldest commits changed.
        if (parent !== undefined && repository.chunks.isGhost(parent)) continue;
        const from =
          parent === undefined
            ? RootValue.empty(repository.nodes)
            : repository.root(readCommit(repository.nodes, parent).root);
        for (const [column, kind, delta] of changedColumns(from, repository.root(commit.root))) {
          yield [commit.address, currentName(delta), column, ...committerValues(commit), kind, ...authorValues(commit)];
        }
      }
    }),
};

function* changedColumns(from: RootValue, to: RootValue): Generator<[column: string, kind: string, TableDelta]> {
  for (const delta of tableDeltas(from, to)) {
    const before = fromTable(delta)?.schema.columns.filter(isShown) ?? [];
    const after = toTable(delta)?.schema.columns.filter(isShown) ?? [];
    for (const { name, tag } of before) if (!after.some((c) => c.tag === tag)) yield [name, 'removed', delta];
    const modified = modifiedTags(delta);
    for (const { name, tag, sqlType } of after) {
      const old = before.find((c) => c.tag === tag);
      if (old === undefined) yield [name, 'added', delta];
      else if (old.name !== name || old.sqlType !== sqlType || modified.has(tag)) yield [name, 'modified', delta];
    }
  }
}

/** Tags of the columns in which some row differs. */
function modifiedTags(delta: TableDelta): Set<number> {
  const tags = new Set<number>();
  const [from, to] = [fromTable(delta), toTable(delta)];
  if (from === undefined || to === undefined) return tags;
  const map = rowMapping(from.schema, to.schema);
  const { columns } = to.schema;
  try {
    for (const change of rowChanges(delta)) {
      const [before, after]: [readonly Value[], readonly Value[]] = [map(change.from), change.to ?? []];
      columns.forEach(({ tag }, i) => {
        if (change.kind !== 'modified' || String(before[i]) !== String(after[i])) tags.add(tag);
      });
      if (tags.size === columns.length) break;
    }
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    for (const { tag } of columns) tags.add(tag);
  }
  return tags;
}

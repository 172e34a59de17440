/** `dolt_diff_<table>`: how its rows changed from commit to commit, the latest first, uncommitted changes before all. */

import type { Address } from '../../../base/address.ts';
import { type Commit, readCommit } from '../../../repo/commit.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { RootValue } from '../../../repo/root-value.ts';
import type { TableSchema } from '../../../table/schema.ts';
import { withoutSystemColumns } from '../../../table/shown-columns.ts';
import type { VirtualRequest } from '../../catalog/catalog.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { type SystemTable, type SystemTableScene, systemSource } from '../../catalog/system-table.ts';
import { diffColumns, withKeys } from '../diff-columns.ts';
import { type DiffSide, diffRows, sideNames } from '../diff-rows.ts';
import { moment } from './commit-columns.ts';

export const table: SystemTable = {
  name: 'dolt_diff_',
  open(view, suffix, scene) {
    const schema = currentSchema(view, suffix);
    if (schema === undefined) return undefined;
    const columns = withKeys(diffColumns(schema, schema), keysOf(schema));
    const at = (name: string): number => columns.findIndex((column) => column.name === name);
    return systemSource(view, `dolt_diff_${suffix}`, columns, function* (request) {
      const wantedTo = wanted(request, at('to_commit'));
      const wantedFrom = wanted(request, at('from_commit'));
      for (const [from, to] of steps(view)) {
        if (wantedTo && !wantedTo.has(to.commit)) continue;
        if (wantedFrom && !wantedFrom.has(from.commit)) continue;
        yield* diffRows(sideNames(suffix, from, to), from, to, { from: schema, to: schema }, (error) =>
          warn(scene, error.message),
        );
      }
    });
  },
};

/** By the first column of the primary key and by the commits; a keyless table's differences have no indexes. */
function keysOf({ primaryKey, columns }: TableSchema): Map<string, 'UNI' | 'MUL'> {
  const [first] = primaryKey;
  if (first === undefined) return new Map();
  const mark = primaryKey.length === 1 ? 'UNI' : 'MUL';
  const { name } = columns[first]!;
  return new Map([
    [`to_${name}`, mark],
    [`from_${name}`, mark],
    ['to_commit', 'MUL'],
    ['from_commit', 'MUL'],
  ]);
}

export function warn({ session }: SystemTableScene, message: string): void {
  session.warn({ level: 'Warning', code: 1105, message });
}

/** The schema that a table has now, as users see it: in the working root, else in the head. */
export function currentSchema(view: DatabaseView, name: string): TableSchema | undefined {
  for (const root of [view.root, view.headRoot()]) {
    const stored = root.resolveTableName(name);
    if (stored !== undefined) return withoutSystemColumns(root.table(stored)!.schema);
  }
  return undefined;
}

/** The values that a column must have; undefined when any will do. */
export function wanted({ equalities }: VirtualRequest, column: number): ReadonlySet<string> | undefined {
  const found = equalities.find((equality) => equality.column === column);
  return found && new Set(found.values.map(String));
}

export function commitSide(view: DatabaseView, commit: Commit): DiffSide {
  return { root: view.repository.root(commit.root), commit: commit.address, date: moment(commit.committerDate) };
}

/** Each commit with each of its parents that is here, and the working root with the head. */
export function* steps(view: DatabaseView): Generator<[DiffSide, DiffSide]> {
  const { nodes } = view.repository;
  const head = commitSide(view, readCommit(nodes, view.head));
  if (view.branch !== undefined) yield [head, { root: view.root, commit: 'WORKING', date: null }];
  const known = new Map<Address, Commit>();
  for (const commit of walkLog(nodes, [view.head])) {
    const to = commitSide(view, commit);
    for (const parent of commit.parents) {
      if (nodes.chunks.isGhost(parent)) continue;
      const before = known.get(parent) ?? readCommit(nodes, parent);
      known.set(parent, before);
      yield [commitSide(view, before), to];
    }
    known.delete(commit.address);
    if (commit.parents.length === 0) {
      yield [{ root: RootValue.empty(nodes), commit: '', date: null }, to];
    }
  }
}

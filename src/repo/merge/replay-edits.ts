/**
 * The merge of two roots where one is known to be nothing but edits of rows of the base, as a transaction makes them: they
 * are made once more on the other root, and cost as much as there are of them. That is the merge where the other side
 * left every row alone that they touch, and no constraint can be broken by both sides together. Of a row that both touched, it is
 * found out whether they changed one cell of it; about other cases it is not tried to find out more.
 */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import { withEdits } from '../../prolly/edited-map.ts';
import { equalRange } from '../../prolly/key-range.ts';
import { isConvergent } from '../../prolly/merge.ts';
import type { TreeMap } from '../../prolly/tree-map.ts';
import type { WaitingEdits } from '../../prolly/waiting-edits.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { fieldStart } from '../../tuple/tuple.ts';
import { equalKeys } from '../foreign-keys.ts';
import type { RootValue } from '../root-value.ts';
import { type MergeSides, rowFate } from './row-fate.ts';
import { RowMerger } from './row-merger.ts';

/** `ours` with what `theirs` changed of `base`; undefined where that takes a merge, which will find conflicts if it says so. */
export function replayEdits(base: RootValue, ours: RootValue, theirs: RootValue): RootValue | 'conflict' | undefined {
  const edited = theirs.tablesSince(base);
  if (edited === undefined || !keepsForeignKeys(base, ours, edited)) return undefined;
  const tables = new Map<string, Table>();
  for (const [name, table] of edited) {
    const replayed = replayTable(name, base.table(name), ours.table(name), table);
    if (replayed === undefined || replayed === 'conflict') return replayed;
    tables.set(name, replayed);
  }
  return ours.withTables(tables);
}

/** Whether no foreign key connects a table that one side changed with one that the other did. */
function keepsForeignKeys(base: RootValue, ours: RootValue, edited: ReadonlyMap<string, Table>): boolean {
  const keys = base.foreignKeys();
  if (keys !== ours.foreignKeys() && !equalKeys(keys, ours.foreignKeys())) return false;
  const isEdited = (name: string): boolean => edited.has(base.resolveTableName(name) ?? name);
  const isSame = (name: string): boolean => {
    const stored = base.resolveTableName(name) ?? name;
    return base.tableAddress(stored) === ours.tableAddress(stored);
  };
  return keys.every(({ childTable, parentTable }) => {
    return (!isEdited(childTable) || isSame(parentTable)) && (!isEdited(parentTable) || isSame(childTable));
  });
}

function replayTable(
  name: string,
  base: Table | undefined,
  ours: Table | undefined,
  theirs: Table,
): Table | 'conflict' | undefined {
  if (base === undefined || ours === undefined) return undefined;
  if (ours.schema !== base.schema && ours.schemaAddress !== base.schemaAddress) return undefined;
  const { schema } = ours;
  if ([base, ours, theirs].some(({ artifacts }) => artifacts !== EMPTY_ADDRESS)) return undefined;
  const edits = theirs.rows.editsSince(base.rows);
  if (edits === undefined) return undefined;
  const touched = touchedByBoth(edits, base.rows, ours.rows);
  if (touched.length > 0) return isInConflict(name, touched, { base, ours, theirs }) ? 'conflict' : undefined;
  const rows = withEdits(ours.rows, edits);
  const indexes = new Map<string, TreeMap>();
  for (const index of schema.indexes) {
    const { name } = index;
    const tree = replayed(base.index(name), ours.index(name), theirs.index(name));
    if (tree === undefined) return undefined;
    if (index.unique && tree !== ours.index(name) && !staysUnique(base, theirs, index, tree)) return undefined;
    indexes.set(name, tree);
  }
  const counts = schema.columns.some(({ autoIncrement }) => autoIncrement);
  const autoIncrement = counts && theirs.autoIncrement > ours.autoIncrement ? theirs.autoIncrement : ours.autoIncrement;
  return ours.with({ rows, indexes, autoIncrement });
}

/** `ours` with the edits that made `theirs` of `base`, where these are known. */
function replayed(base: TreeMap, ours: TreeMap, theirs: TreeMap): TreeMap | undefined {
  const edits = theirs.editsSince(base);
  return edits && withEdits(ours, edits);
}

/** Keys of edits for which the maps do not have the same entry, or none. */
function touchedByBoth(edits: readonly WaitingEdits[], base: TreeMap, ours: TreeMap): Uint8Array[] {
  const touched: Uint8Array[] = [];
  for (const { leaf } of edits) {
    for (let i = 0; i < leaf.count; i++) {
      const was = base.get(leaf.bytes, leaf.keyStart(i), leaf.keyEnd(i));
      const is = ours.get(leaf.bytes, leaf.keyStart(i), leaf.keyEnd(i));
      if (!isConvergent(was, is)) touched.push(leaf.key(i));
    }
  }
  return touched;
}

/** Whether rows that both sides changed cannot be merged; what takes expressions is left to the merge. */
function isInConflict(name: string, keys: readonly Uint8Array[], { base, ours, theirs }: MergeSides): boolean {
  const { schema } = ours;
  if (schema.columns.some(({ generated }) => generated !== '')) return false;
  const rows = new RowMerger(name, schema, schema, schema, schema, ours.store, undefined);
  return keys.some((key) => {
    const [was, is, their] = [base.rows.get(key), ours.rows.get(key), theirs.rows.get(key)];
    const rightChanged = !isConvergent(was, their);
    return rowFate(rows, { base: was, left: is, right: their, leftChanged: true, rightChanged }) === 'conflict';
  });
}

/** Whether what was put into a unique index stands alone in `merged`. */
function staysUnique(base: Table, theirs: Table, index: IndexDefinition, merged: TreeMap): boolean {
  const width = index.columns.length;
  const compare = theirs.schema.indexKeyDescriptor(index, theirs.store).comparePrefix(width);
  for (const edits of theirs.index(index.name).editsSince(base.index(index.name))!) {
    for (let i = 0; i < edits.count; i++) {
      if (edits.isRemoval(i)) continue;
      const key = edits.leaf.key(i);
      if (hasNull(key, width)) continue;
      let count = 0;
      for (const { from, to } of merged.scan(equalRange(key, compare))) count += to - from;
      if (count > 1) return false;
    }
  }
  return true;
}

function hasNull(key: Uint8Array, width: number): boolean {
  for (let i = 0; i < width; i++) if (fieldStart(key, 0, key.length, i) < 0) return true;
  return false;
}

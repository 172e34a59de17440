/**
 * The merge of two roots where one is known to be nothing but edits of rows of the base, as a transaction makes them: they
 * are made once more on the other root, and cost as much as there are of them. Rows that both sides touched are merged one by
 * one, cell by cell. Where constraints may be broken by both sides together, or a value has to be computed, it is left to the
 * merge.
 */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import { withEdits } from '../../prolly/edited-map.ts';
import { equalRange } from '../../prolly/key-range.ts';
import { isConvergent, type SideBySide } from '../../prolly/merge.ts';
import { MutableMap } from '../../prolly/mutable-map.ts';
import type { Entry, TreeMap } from '../../prolly/tree-map.ts';
import type { WaitingEdits } from '../../prolly/waiting-edits.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { fieldStart } from '../../tuple/tuple.ts';
import { equalKeys } from '../foreign-keys.ts';
import type { RootValue } from '../root-value.ts';
import { IndexMerger } from './index-merger.ts';
import { type MergeSides, rowFate } from './row-fate.ts';
import { RowMerger } from './row-merger.ts';

/** `ours` with what `theirs` changed of `base`; undefined where that takes a merge, which will find conflicts if it says so. */
export function replayEdits(base: RootValue, ours: RootValue, theirs: RootValue): RootValue | 'conflict' | undefined {
  const edited = theirs.tablesSince(base);
  if (edited === undefined || !keepsForeignKeys(base, ours, edited)) return undefined;
  const tables = new Map<string, Table>();
  for (const [name, table] of edited) {
    const replayed = replayTable(name, base.table(name), ours.table(name), table, isInForeignKey(base, name));
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

function isInForeignKey(root: RootValue, name: string): boolean {
  const isIt = (each: string): boolean => (root.resolveTableName(each) ?? each) === name;
  return root.foreignKeys().some(({ childTable, parentTable }) => isIt(childTable) || isIt(parentTable));
}

function replayTable(
  name: string,
  base: Table | undefined,
  ours: Table | undefined,
  theirs: Table,
  isInForeignKey: boolean,
): Table | 'conflict' | undefined {
  if (base === undefined || ours === undefined) return undefined;
  if (ours.schema !== base.schema && ours.schemaAddress !== base.schemaAddress) return undefined;
  const { schema } = ours;
  if ([base, ours, theirs].some(({ artifacts }) => artifacts !== EMPTY_ADDRESS)) return undefined;
  const edits = theirs.rows.editsSince(base.rows);
  if (edits === undefined) return undefined;
  if (isTouchedByBoth(edits, base.rows, ours.rows))
    return mergedRows(name, edits, { base, ours, theirs }, isInForeignKey);
  const rows = withEdits(ours.rows, edits);
  const indexes = new Map<string, TreeMap>();
  for (const index of schema.indexes) {
    const { name } = index;
    const made = theirs.index(name).editsSince(base.index(name));
    if (made === undefined) return undefined;
    const tree = withEdits(ours.index(name), made);
    if (index.unique && made.length > 0 && !staysUnique(theirs, index, tree, putKeys(made))) return undefined;
    indexes.set(name, tree);
  }
  return ours.with({ rows, indexes, autoIncrement: counterOf(ours, theirs) });
}

function counterOf(ours: Table, theirs: Table): Table['autoIncrement'] {
  const counts = ours.schema.columns.some(({ autoIncrement }) => autoIncrement);
  return counts && theirs.autoIncrement > ours.autoIncrement ? theirs.autoIncrement : ours.autoIncrement;
}

/** Whether the maps have another entry, or none, for the key of some edit. */
function isTouchedByBoth(edits: readonly WaitingEdits[], base: TreeMap, ours: TreeMap): boolean {
  return edits.some(({ leaf }) => {
    for (let i = 0; i < leaf.count; i++) {
      const was = base.get(leaf.bytes, leaf.keyStart(i), leaf.keyEnd(i));
      if (!isConvergent(was, ours.get(leaf.bytes, leaf.keyStart(i), leaf.keyEnd(i)))) return true;
    }
    return false;
  });
}

/** `ours` with the rows of `edits` merged, cell by cell; undefined where that takes more than the rows. */
function mergedRows(
  name: string,
  edits: readonly WaitingEdits[],
  { base, ours, theirs }: MergeSides,
  isInForeignKey: boolean,
): Table | 'conflict' | undefined {
  const { schema, store } = ours;
  if (schema.columns.some(({ generated }) => generated !== '')) return undefined;
  const merger = new RowMerger(name, schema, base.schema, schema, theirs.schema, store, undefined);
  const rows = new MutableMap(ours.rows);
  const isPlain = schema.indexes.every(({ predicate, fullText, vectorDistance }) => {
    return predicate === '' && fullText === undefined && vectorDistance === undefined;
  });
  // Cells of two sides may break together what each of them keeps.
  const isFree = !isInForeignKey && !schema.checks.some(({ enforced }) => enforced);
  const canMerge = isPlain && isFree && !schema.isKeyless;
  const indexes = canMerge ? schema.indexes.map((index) => new IndexMerger(ours, merger, index, false)) : [];
  const put = indexes.map((): Uint8Array[] => []);
  let isMerged = canMerge;
  for (const { leaf } of edits) {
    for (let i = 0; i < leaf.count; i++) {
      const key = leaf.key(i);
      const change = changeOf(key, { base, ours, theirs });
      const fate = rowFate(merger, change);
      if (fate === 'conflict') return 'conflict';
      isMerged &&= hasKey(change.base, key) && hasKey(change.left, key);
      if (fate === 'keep' || !isMerged) continue;
      const before = change.left?.node.value(change.left.index);
      const { value: after } = fate;
      if (after === undefined) rows.delete(key);
      else rows.put(key, 0, key.length, after, 0, after.length);
      for (const [at, index] of indexes.entries()) {
        index.edit(key, before, after);
        if (index.index.unique && after !== undefined) put[at]!.push(index.keyOf(key, after));
      }
    }
  }
  if (!isMerged) return undefined;
  const trees = new Map<string, TreeMap>();
  for (const [at, { index, edited }] of indexes.entries()) {
    if (edited === undefined || (index.unique && !staysUnique(theirs, index, edited, put[at]!))) return undefined;
    trees.set(index.name, edited);
  }
  return ours.with({ rows: rows.finish(), indexes: trees, autoIncrement: counterOf(ours, theirs) });
}

function changeOf(key: Uint8Array, sides: MergeSides): SideBySide {
  const [base, left, right] = [sides.base.rows.get(key), sides.ours.rows.get(key), sides.theirs.rows.get(key)];
  return {
    base,
    left,
    right,
    leftChanged: !isConvergent(base, left),
    rightChanged: !isConvergent(base, right),
  };
}

/** False where keys compare equal that differ. */
function hasKey(entry: Entry | undefined, key: Uint8Array): boolean {
  return entry === undefined || Buffer.compare(entry.node.key(entry.index), key) === 0;
}

/** Keys of what was put, not of what was removed. */
function* putKeys(edits: readonly WaitingEdits[]): Generator<Uint8Array> {
  for (const each of edits) {
    for (let i = 0; i < each.count; i++) if (!each.isRemoval(i)) yield each.leaf.key(i);
  }
}

/** Whether each of the keys that were put into a unique index, `merged`, stands alone there. */
function staysUnique(theirs: Table, index: IndexDefinition, merged: TreeMap, keys: Iterable<Uint8Array>): boolean {
  const width = index.columns.length;
  const compare = theirs.schema.indexKeyDescriptor(index, theirs.store).comparePrefix(width);
  for (const key of keys) {
    if (hasNull(key, width)) continue;
    let count = 0;
    for (const { from, to } of merged.scan(equalRange(key, compare))) count += to - from;
    if (count > 1) return false;
  }
  return true;
}

function hasNull(key: Uint8Array, width: number): boolean {
  for (let i = 0; i < width; i++) if (fieldStart(key, 0, key.length, i) < 0) return true;
  return false;
}

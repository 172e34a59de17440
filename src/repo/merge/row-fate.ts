/** What a three-way merge makes of each row of a table, which is what the merge does and what its preview shows. */
import { compareEntries, isConvergent, type SideBySide, threeWayDiff } from '../../prolly/merge.ts';
import type { Entry, TreeMap } from '../../prolly/tree-map.ts';
import type { Table } from '../../table/table.ts';
import type { RowMerger } from './row-merger.ts';

/** Our row stays, is in conflict, or becomes `value` (goes, where that is undefined), which is theirs or merged of both. */
export type RowFate =
  | 'keep'
  | 'conflict'
  | { readonly value: Uint8Array | undefined; readonly source: 'theirs' | 'merged' };

export interface MergeSides {
  readonly base: Table;
  readonly ours: Table;
  readonly theirs: Table;
}

export function rowFate(rows: RowMerger, change: SideBySide): RowFate {
  const { base, left: ours, right: theirs, leftChanged, rightChanged } = change;
  if (rows.schema.isKeyless) {
    // Equal changes of a row's count are a conflict too: were they one or two?
    if (leftChanged && rightChanged) return 'conflict';
    return rightChanged ? { value: theirs?.node.value(theirs.index), source: 'theirs' } : 'keep';
  }
  // Rows of different layouts may differ though their bytes are equal.
  const reread = base !== undefined && theirs !== undefined && !sameLayout(rows.base, rows.theirs);
  if (!rightChanged && !reread) return 'keep';
  const simple = rows.base.matches && rows.theirs.matches && rows.ours.matches;
  if (leftChanged && rightChanged && isConvergent(ours, theirs) && (simple || ours === undefined)) return 'keep';
  if (base === undefined && ours === undefined) return { value: rows.mapped(rows.theirs, theirs!), source: 'theirs' };
  if (simple && !leftChanged) return { value: theirs?.node.value(theirs.index), source: 'theirs' };
  if (ours === undefined && theirs === undefined) return 'keep';
  const merged = rows.merge(base, ours, theirs);
  if (merged === 'conflict') return 'conflict';
  return { value: merged === 'removed' ? undefined : merged, source: 'merged' };
}

/** Rows that differ, in key order; all rows, where ours do not fit the merged schema as they are. */
export function changesOf(rows: RowMerger, { base, ours, theirs }: MergeSides): Generator<SideBySide, void, void> {
  return rows.ours.matches
    ? threeWayDiff(base.rows, ours.rows, theirs.rows)
    : allRows(base.rows, ours.rows, theirs.rows);
}

/** The row's key; of keys that compare equal and differ in bytes, the one of the side that changed the row, ours first. */
export function keyOf({ base, left, right, leftChanged }: SideBySide): Uint8Array {
  const { node, index } = (leftChanged ? (left ?? right ?? base) : (right ?? left ?? base))!;
  return node.key(index);
}

/** Whether both sides lie in the merged schema in the same way. */
function sameLayout(a: RowMerger['base'], b: RowMerger['base']): boolean {
  return (
    (a.matches && b.matches) ||
    (a.fields.every((field, i) => field === b.fields[i]) &&
      a.schema.valueDescriptor.fields.length === b.schema.valueDescriptor.fields.length)
  );
}

/** Every row of the three, in key order. */
function* allRows(base: TreeMap, left: TreeMap, right: TreeMap): Generator<SideBySide, void, void> {
  const { compare } = base.format;
  const cursors = [base.cursor(), left.cursor(), right.cursor()] as const;
  for (;;) {
    let least: Entry | undefined;
    for (const cursor of cursors) {
      if (!cursor.valid) continue;
      const entry = { node: cursor.node, index: cursor.index };
      if (least === undefined || compareEntries(compare, entry, least) < 0) least = entry;
    }
    if (least === undefined) return;
    const [from, mine, theirs] = cursors.map((cursor) => {
      if (!cursor.valid) return undefined;
      const entry = { node: cursor.node, index: cursor.index };
      if (compareEntries(compare, entry, least) !== 0) return undefined;
      cursor.next();
      return entry;
    });
    yield {
      base: from,
      left: mine,
      right: theirs,
      leftChanged: !isConvergent(from, mine),
      rightChanged: !isConvergent(from, theirs),
    };
  }
}

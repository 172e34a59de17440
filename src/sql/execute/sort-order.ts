/**
 * The order of rows kept in memory. Keys are columns of values; NULL sorts first. Sorting is stable and goes by runs
 * that are merged, so that a long sort can pause in between. A single integer key of a moderate range is packed with
 * the row number into one float, which sorts natively, without calling back; and so is, within a run, the beginning of a text,
 * after which only those are compared that begin alike.
 */
import type { Value } from '../../tuple/value.ts';
import type { Column } from '../expressions/batch.ts';
import { type Comparator, comparatorFor, nullsFirst } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { ExecutionContext, Wait } from './operator.ts';
import { putPrefixes, type TextPrefixes, textPrefixes } from './text-prefix.ts';

export interface SortColumn {
  readonly type: SqlType;
  readonly descending: boolean;
}

export type RowOrder = (left: number, right: number) => number;

const RUN = 1 << 15;

export function rowComparators(keys: readonly SortColumn[]): readonly Comparator[] {
  return keys.map((key) => {
    const compare = nullsFirst(comparatorFor(key.type));
    return key.descending ? (a: Value, b: Value) => compare(b, a) : compare;
  });
}

/** Compares two rows of the columns by all keys, then by position: no two rows are equal. */
export function rowOrder(columns: readonly Column[], comparators: readonly Comparator[]): RowOrder {
  if (columns.length === 1) {
    const column = columns[0]!;
    const compare = comparators[0]!;
    return (a, b) => compare(column[a]!, column[b]!) || a - b;
  }
  return (a, b) => {
    for (let c = 0; c < columns.length; c++) {
      const order = comparators[c]!(columns[c]![a]!, columns[c]![b]!);
      if (order !== 0) return order;
    }
    return a - b;
  };
}

/** Of rows that are sorted by these columns, leaves the first of equal ones at the front of `order`; how many there are. */
export function dropRepeated(
  order: Uint32Array,
  columns: readonly Column[],
  comparators: readonly Comparator[],
): number {
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    if (count > 0 && isEqual(columns, comparators, order[count - 1]!, row)) continue;
    order[count++] = row;
  }
  return count;
}

function isEqual(columns: readonly Column[], comparators: readonly Comparator[], a: number, b: number): boolean {
  for (let c = 0; c < columns.length; c++) {
    if (comparators[c]!(columns[c]![a]!, columns[c]![b]!) !== 0) return false;
  }
  return true;
}

/** The positions of rows 0 … length-1 in order. */
export function* sortRows(
  columns: readonly Column[],
  keys: readonly SortColumn[],
  length: number,
  context: ExecutionContext,
): Generator<Wait, Uint32Array, unknown> {
  if (columns.length === 0) return Uint32Array.from({ length }, (_, row) => row);
  if (columns.length === 1) {
    const packed = sortPacked(columns[0]!, keys[0]!.descending, length);
    if (packed) return packed;
  }
  const order = rowOrder(columns, rowComparators(keys));
  let from: Uint32Array = new Uint32Array(length);
  for (let i = 0; i < length; i++) from[i] = i;
  for (let start = 0; start < length; start += RUN) {
    sortRun(from.subarray(start, Math.min(start + RUN, length)), start, columns[0], keys[0], order);
    const wait = context.pause();
    if (wait) yield wait;
  }
  if (length <= RUN) return from;
  let into: Uint32Array = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      merge(from, start, Math.min(start + width, length), Math.min(start + 2 * width, length), into, order);
      const wait = context.pause();
      if (wait) yield wait;
    }
    [from, into] = [into, from];
  }
  return from;
}

/** A run shorter than this is not worth a table of prefixes. */
const FEW = 8;

/** Sorts the rows from `first` on, which `run` has in this order. */
function sortRun(
  run: Uint32Array,
  first: number,
  column: Column | undefined,
  key: SortColumn | undefined,
  order: RowOrder,
): void {
  const room = roomFor(run.length);
  const prefixes = key && run.length >= FEW ? textPrefixes(key.type, Number.MAX_SAFE_INTEGER / room) : undefined;
  const packed = prefixes && packedPrefixes(prefixes, column!, first, run.length, key!.descending);
  if (packed === undefined) {
    run.sort(order);
    return;
  }
  unpack(packed, first, run);
  for (let from = 0; from < run.length; ) {
    let to = from + 1;
    while (to < run.length && packed[to] === packed[from]) to++;
    if (to - from > 1) run.subarray(from, to).sort(order);
    from = to;
  }
}

/** Prefixes with the positions of their rows in the run, sorted; undefined where a text has no prefix. */
function packedPrefixes(
  prefixes: TextPrefixes,
  column: Column,
  first: number,
  length: number,
  descending: boolean,
): Float64Array | undefined {
  const packed = new Float64Array(length);
  if (!putPrefixes(prefixes, column, first, packed)) return undefined;
  pack(packed, prefixes.span, descending);
  return packed;
}

/** From ranks below `span` to numbers that hold the rank and the position, in order. */
function pack(ranks: Float64Array, span: number, descending: boolean): void {
  const room = roomFor(ranks.length);
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i]!;
    ranks[i] = (descending ? span - 1 - rank : rank) * room + i;
  }
  ranks.sort();
}

/** The positions, counted from `first`; the ranks stay in `packed`. */
function unpack(packed: Float64Array, first: number, positions: Uint32Array): void {
  const room = roomFor(packed.length);
  for (let i = 0; i < packed.length; i++) {
    const rank = Math.floor(packed[i]! / room);
    positions[i] = first + packed[i]! - rank * room;
    packed[i] = rank;
  }
}

/** A power of two that so many positions are below. */
function roomFor(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(length, 2)));
}

function merge(
  from: Uint32Array,
  start: number,
  middle: number,
  end: number,
  into: Uint32Array,
  order: RowOrder,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeLeft = right >= end || (left < middle && order(from[left]!, from[right]!) <= 0);
    into[at] = takeLeft ? from[left++]! : from[right++]!;
  }
}

/** Undefined when the keys are not all integers, or too far apart to share a float with the row number. */
function sortPacked(column: Column, descending: boolean, length: number): Uint32Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const value = column[i]!;
    if (value === null) continue;
    if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // NULL takes the place before the lowest value.
  const span = high >= low ? high - low + 2 : 1;
  const room = roomFor(length);
  if (!(span * room < Number.MAX_SAFE_INTEGER)) return undefined;
  const packed = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const value = column[i]!;
    packed[i] = value === null ? 0 : (value as number) - low + 1;
  }
  pack(packed, span, descending);
  const positions = new Uint32Array(length);
  unpack(packed, 0, positions);
  return positions;
}

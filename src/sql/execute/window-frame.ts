/**
 * Frames of window functions: for each row of a partition, which rows around it count. Rows are named by their place in
 * the partition's order, from 0.
 */
import type { Value } from '../../tuple/value.ts';
import type { FrameUnit } from '../plan/plan.ts';

export type EvaluatedEnd =
  | { readonly kind: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Value }
  | { readonly kind: 'preceding' | 'following'; limit(row: number): Value };

export interface EvaluatedFrame {
  readonly unit: FrameUnit;
  readonly from: EvaluatedEnd;
  readonly to: EvaluatedEnd;
}

/** A partition in order: where each row's peers (equal in ORDER BY) begin and end, and the order key for RANGE. */
export interface Partition {
  readonly length: number;
  readonly peerStart: ArrayLike<number>;
  readonly peerEnd: ArrayLike<number>;
  /** The value of the only ORDER BY key. */
  key(row: number): Value;
  readonly descending: boolean;
}

/** Rows `[start, end)`; empty when `start >= end`. */
export interface FrameBounds {
  readonly start: (row: number) => number;
  readonly end: (row: number) => number;
}

export function frameBounds(frame: EvaluatedFrame, partition: Partition): FrameBounds {
  return { start: startOf(frame, partition), end: endOf(frame, partition) };
}

function startOf({ unit, from }: EvaluatedFrame, partition: Partition): (row: number) => number {
  const { length, peerStart } = partition;
  switch (from.kind) {
    case 'unboundedPreceding':
      return () => 0;
    case 'unboundedFollowing':
      return () => length;
    case 'currentRow':
      return unit === 'rows' ? (row) => row : (row) => peerStart[row]!;
    default: {
      if ('limit' in from) return (row) => firstWithin(partition, row, from.limit(row));
      const sign = from.kind === 'preceding' ? -1 : 1;
      if (unit === 'rows') {
        const offset = sign * Number(from.offset);
        return (row) => Math.min(length, Math.max(0, row + offset));
      }
      if (unit === 'groups') return peerGroups(partition, sign * Number(from.offset)).start;
      return (row) => firstWithin(partition, row, shifted(partition, row, from.offset, sign));
    }
  }
}

function endOf({ unit, to }: EvaluatedFrame, partition: Partition): (row: number) => number {
  const { length, peerEnd } = partition;
  switch (to.kind) {
    case 'unboundedPreceding':
      return () => 0;
    case 'unboundedFollowing':
      return () => length;
    case 'currentRow':
      return unit === 'rows' ? (row) => row + 1 : (row) => peerEnd[row]!;
    default: {
      if ('limit' in to) return (row) => firstBeyond(partition, row, to.limit(row));
      const sign = to.kind === 'preceding' ? -1 : 1;
      if (unit === 'rows') {
        const offset = sign * Number(to.offset);
        return (row) => Math.min(length, Math.max(0, row + offset + 1));
      }
      if (unit === 'groups') return peerGroups(partition, sign * Number(to.offset)).end;
      return (row) => firstBeyond(partition, row, shifted(partition, row, to.offset, sign));
    }
  }
}

/** Bounds in whole groups of peers. */
function peerGroups(partition: Partition, offset: number): FrameBounds {
  const starts: number[] = [];
  const groupOf = new Uint32Array(partition.length);
  for (let row = 0; row < partition.length; row++) {
    if (partition.peerStart[row] === row) starts.push(row);
    groupOf[row] = starts.length - 1;
  }
  const startOfGroup = (group: number): number => (group < 0 ? 0 : (starts[group] ?? partition.length));
  return {
    start: (row) => startOfGroup(groupOf[row]! + offset),
    end: (row) => startOfGroup(groupOf[row]! + offset + 1),
  };
}

type Ordered = number | bigint;

/** The first row whose key is not before a limit; without one the first of the row's peers. */
function firstWithin(partition: Partition, row: number, limit: Value): number {
  if (limit === null) return partition.peerStart[row]!;
  return search(partition, (key) => !isBefore(key, limit as Ordered, partition.descending));
}

/** The first row whose key is beyond a limit; without one the first after the row's peers. */
function firstBeyond(partition: Partition, row: number, limit: Value): number {
  if (limit === null) return partition.peerEnd[row]!;
  return search(partition, (key) => isBefore(limit as Ordered, key, partition.descending));
}

/** The row's key moved by the offset along the order; NULL for NULL, whose frame is its peers. */
function shifted(partition: Partition, row: number, offset: Value, sign: number): Ordered | null {
  const key = partition.key(row);
  if (key === null || offset === null) return null;
  const direction = partition.descending ? -sign : sign;
  if (typeof key === 'number' && typeof offset === 'number') return key + direction * offset;
  return BigInt(key as Ordered) + BigInt(direction) * BigInt(offset as Ordered);
}

function isBefore(left: Ordered, right: Ordered, descending: boolean): boolean {
  return descending ? left > right : left < right;
}

/** The first row whose key passes a test that all later keys pass too. NULLs stand at one end and never pass first. */
function search(partition: Partition, test: (key: Ordered) => boolean): number {
  let low = 0;
  let high = partition.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = partition.key(middle);
    const passes = key === null ? partition.descending : test(key as Ordered);
    if (passes) high = middle;
    else low = middle + 1;
  }
  return low;
}

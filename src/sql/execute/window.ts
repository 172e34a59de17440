/**
 * Window functions: rows are sorted by partition and order, and come out in that order with one more column for each call.
 * A partition is kept in memory as a whole. A frame that only grows feeds its aggregate row by row; one that moves starts the aggregate anew.
 */
import { assert } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column, ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import type { FrameUnit, RankingFunction, WindowCall } from '../plan/plan.ts';
import type { Comparator } from '../types/compare.ts';
import { RowStore, slice } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import type { SortInput } from './sort.ts';
import { rowComparators } from './sort-order.ts';
import { Sorter } from './sorter.ts';
import { bytesOf, type MemoryShare } from './statement-memory.ts';
import { type EvaluatedEnd, type FrameBounds, frameBounds, type Partition } from './window-frame.ts';

export type FrameEndInput =
  | { readonly kind: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Evaluate }
  | { readonly kind: 'preceding' | 'following'; readonly limit: EvaluateColumn };

export interface WindowCallInput {
  readonly function: WindowCall['function'];
  readonly args: readonly EvaluateColumn[];
  readonly frame: { readonly unit: FrameUnit; readonly from: FrameEndInput; readonly to: FrameEndInput } | undefined;
}

export interface WindowInput {
  readonly input: Operator;
  readonly width: number;
  readonly partition: readonly SortInput[];
  readonly order: readonly SortInput[];
  readonly calls: readonly WindowCallInput[];
}

export class Window implements Operator {
  readonly #plan: WindowInput;

  constructor(plan: WindowInput) {
    this.#plan = plan;
  }

  *run(context: ExecutionContext): Rows {
    const { input, width, partition, order, calls } = this.#plan;
    const keys = [...partition, ...order];
    const argCount = calls.reduce((sum, call) => sum + inputsOf(call).length, 0);
    const sorter = new Sorter(width + argCount, keys, context);
    const share = context.memory.share();
    try {
      for (const item of input.run(context)) {
        if (isWait(item)) {
          yield item;
          continue;
        }
        const args = calls.flatMap((call) => inputsOf(call).map((arg) => arg(item, context)));
        const evaluated = keys.map((key) => key.evaluate(item, context));
        yield* sorter.add({ length: item.length, columns: [...item.columns, ...args, ...evaluated] });
      }
      yield* this.#ordered(sorter, width + argCount, share, context);
    } finally {
      sorter.close();
      share.release();
    }
  }

  /** Whole partitions at a time, as many as make a batch. */
  *#ordered(sorter: Sorter, keysAt: number, share: MemoryShare, context: ExecutionContext): Rows {
    const { partition, order } = this.#plan;
    const rows = new RowStore(keysAt + partition.length + order.length);
    const continues = continuation(rowComparators([...partition, ...order]));
    let bytes = 0;
    for (const item of sorter.sorted()) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const before = rows.length;
      bytes += bytesOf(item);
      rows.append(item);
      if (rows.length < BATCH_SIZE) continue;
      const keys = rows.columns.slice(keysAt);
      // The last partition may go on.
      let end = rows.length - 1;
      while (end > 0 && end >= before && continues(keys, end, 0, partition.length)) end--;
      if (end < Math.max(before, 1)) {
        share.hold(bytes);
        continue;
      }
      yield* this.#results(slice(rows.asBatch(), 0, end), keysAt, context);
      const rest = slice(rows.asBatch(), end, rows.length);
      rows.clear();
      rows.append(rest);
      bytes = bytesOf(rest);
      share.hold(bytes);
    }
    if (rows.length > 0) yield* this.#results(rows.asBatch(), keysAt, context);
  }

  /** Rows of whole partitions with a column for each call. */
  *#results({ length, columns }: Batch, keysAt: number, context: ExecutionContext): Rows {
    const { width, partition, order, calls } = this.#plan;
    const keyColumns = columns.slice(keysAt);
    const continues = continuation(rowComparators([...partition, ...order]));
    const results: Column[] = calls.map(() => new Array<Value>(length).fill(null));
    for (let start = 0; start < length; ) {
      let end = start + 1;
      while (end < length && continues(keyColumns, end, 0, partition.length)) end++;
      const peerStart = new Uint32Array(end - start);
      const peerEnd = new Uint32Array(end - start).fill(end - start);
      for (let row = 1; row < end - start; row++) {
        const same = continues(keyColumns, start + row, partition.length, keyColumns.length);
        peerStart[row] = same ? peerStart[row - 1]! : row;
      }
      for (let row = end - start - 2; row >= 0; row--) {
        peerEnd[row] = peerStart[row + 1] === row + 1 ? row + 1 : peerEnd[row + 1]!;
      }
      const base = start;
      const rows: Partition = {
        length: end - start,
        peerStart,
        peerEnd,
        key: (row) => keyColumns[partition.length]?.[base + row] ?? null,
        descending: order[0]?.descending ?? false,
      };
      let next = width;
      for (let c = 0; c < calls.length; c++) {
        const call = calls[c]!;
        const args = columns.slice(next, next + inputsOf(call).length);
        next += args.length;
        compute(call, args, base, rows, results[c]!, context);
      }
      start = end;
      const wait = context.pause();
      if (wait) yield wait;
    }
    const all = [...columns.slice(0, width), ...results];
    for (let from = 0; from < length; from += BATCH_SIZE) {
      const to = Math.min(length, from + BATCH_SIZE);
      yield { length: to - from, columns: all.map((column) => column.slice(from, to)) };
    }
  }
}

/** Whether a row equals the one before it in the keys `[from, to)`. */
function continuation(comparators: readonly Comparator[]) {
  return (keys: readonly Column[], row: number, from: number, to: number): boolean => {
    for (let k = from; k < to; k++) {
      if (comparators[k]!(keys[k]![row - 1]!, keys[k]![row]!) !== 0) return false;
    }
    return true;
  };
}

/** A call's arguments, and behind them the limits of its frame. */
function inputsOf({ args, frame }: WindowCallInput): readonly EvaluateColumn[] {
  return [...args, ...[frame?.from, frame?.to].flatMap((end) => (end && 'limit' in end ? [end.limit] : []))];
}

/** `limit` gives the end's limit in a row of the partition. */
function evaluateEnd(end: FrameEndInput, limit: (row: number) => Value, context: ExecutionContext): EvaluatedEnd {
  if ('offset' in end) return { kind: end.kind, offset: end.offset(ONE_ROW, 0, context) };
  return 'limit' in end ? { kind: end.kind, limit } : end;
}

/** Fills a call's column for the partition that starts at `base`. The limits of its frame come behind its arguments. */
function compute(
  call: WindowCallInput,
  inputs: readonly Column[],
  base: number,
  partition: Partition,
  into: Column,
  context: ExecutionContext,
): void {
  const whole: FrameBounds = { start: () => 0, end: () => partition.length };
  const { frame } = call;
  const args = inputs.slice(0, call.args.length);
  const limits = inputs.slice(call.args.length);
  const firstLimit = (row: number): Value => limits[0]![base + row]!;
  const lastLimit = (row: number): Value => limits.at(-1)![base + row]!;
  const bounds = frame
    ? frameBounds(
        {
          unit: frame.unit,
          from: evaluateEnd(frame.from, firstLimit, context),
          to: evaluateEnd(frame.to, lastLimit, context),
        },
        partition,
      )
    : whole;
  if (call.function.kind === 'ranking') {
    rank(call.function.name, args, base, partition, bounds, into);
    return;
  }
  const aggregator = call.function.aggregate.create(context);
  const groups = new Uint32Array(BATCH_SIZE);
  let start = 0;
  let end = 0;
  let last: Value = null;
  let fresh = true;
  for (let row = 0; row < partition.length; row++) {
    const from = bounds.start(row);
    const to = Math.max(from, bounds.end(row));
    if (from !== start || to < end) {
      aggregator.reset(0);
      start = from;
      end = from;
      fresh = true;
    }
    for (; end < to; fresh = true) {
      const count = Math.min(BATCH_SIZE, to - end);
      const at = base + end;
      aggregator.add(
        groups,
        args.map((column) => column.slice(at, at + count)),
        count,
      );
      end += count;
    }
    if (fresh) last = aggregator.result(0);
    fresh = false;
    into[base + row] = last;
  }
}

function rank(
  name: RankingFunction,
  args: readonly Column[],
  base: number,
  partition: Partition,
  bounds: FrameBounds,
  into: Column,
): void {
  const { length, peerStart, peerEnd } = partition;
  const arg = (index: number, row: number): Value => args[index]?.[base + row] ?? null;
  let dense = 0;
  for (let row = 0; row < length; row++) {
    if (peerStart[row] === row) dense++;
    into[base + row] = ((): Value => {
      switch (name) {
        case 'row_number':
          return row + 1;
        case 'rank':
          return peerStart[row]! + 1;
        case 'dense_rank':
          return dense;
        case 'percent_rank':
          return length < 2 ? 0 : peerStart[row]! / (length - 1);
        case 'cume_dist':
          return peerEnd[row]! / length;
        case 'ntile':
          return tile(row, length, Number(arg(0, row)));
        case 'lag':
        case 'lead': {
          const offset = args.length > 1 ? Number(arg(1, row)) : 1;
          const other = name === 'lag' ? row - offset : row + offset;
          return other >= 0 && other < length ? arg(0, other) : arg(2, row);
        }
        case 'first_value':
        case 'last_value':
        case 'nth_value': {
          const start = bounds.start(row);
          const end = bounds.end(row);
          const nth = name === 'nth_value' ? Number(arg(1, row)) - 1 : 0;
          const at = name === 'last_value' ? end - 1 : start + nth;
          return at >= start && at < end ? arg(0, at) : null;
        }
        default: {
          const never: never = name;
          assert(false, `no ranking function ${never}`);
          return null;
        }
      }
    })();
  }
}

/** The bucket of NTILE: the first `length % buckets` ones hold one row more. */
function tile(row: number, length: number, buckets: number): number {
  const small = Math.floor(length / buckets);
  const larger = length % buckets;
  const inLarger = larger * (small + 1);
  return row < inLarger ? Math.floor(row / (small + 1)) + 1 : larger + Math.floor((row - inLarger) / small) + 1;
}

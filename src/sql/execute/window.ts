/**
 * Window functions: rows are sorted by partition and order, and come out in that order with one more column for each call.
 * A partition is kept in memory as a whole, unless no call looks ahead of a row and its peers: it goes through piece by piece
 * then. A frame that only grows feeds its aggregate row by row; one that moves starts the aggregate anew.
 */
import { assert } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column, ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import type { Aggregator } from '../functions/aggregate-function.ts';
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

/** How far a call has come in a partition. */
interface CallState {
  aggregator: Aggregator | undefined;
  /** Rows, and groups of peers, before the piece that comes next. */
  rows: number;
  peerGroups: number;
}

const newState = (): CallState => ({ aggregator: undefined, rows: 0, peerGroups: 0 });

/** What is known of the partition that the last piece ended in. */
interface Progress {
  keys: readonly Value[];
  states: readonly CallState[];
}

/** What a call has to see of its partition before it can tell a row's value, beside the rows before it. */
function looksAt({ function: called, frame }: WindowCallInput): 'nothing' | 'peers' | 'partition' {
  if (called.kind === 'ranking') {
    if (called.name === 'row_number') return 'nothing';
    return called.name === 'rank' || called.name === 'dense_rank' ? 'peers' : 'partition';
  }
  if (frame?.from.kind !== 'unboundedPreceding' || frame.to.kind !== 'currentRow') return 'partition';
  return frame.unit === 'rows' ? 'nothing' : 'peers';
}

export class Window implements Operator {
  readonly #plan: WindowInput;
  readonly #pieces: 'rows' | 'peers' | 'partitions';

  constructor(plan: WindowInput) {
    this.#plan = plan;
    const seen = new Set(plan.calls.map(looksAt));
    this.#pieces = seen.has('partition') ? 'partitions' : seen.has('peers') ? 'peers' : 'rows';
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

  /** Whole pieces at a time, as many as make a batch. */
  *#ordered(sorter: Sorter, keysAt: number, share: MemoryShare, context: ExecutionContext): Rows {
    const { partition, order } = this.#plan;
    const rows = new RowStore(keysAt + partition.length + order.length);
    const continues = continuation(rowComparators([...partition, ...order]));
    const together = this.#pieces === 'partitions' ? partition.length : partition.length + order.length;
    const progress: Progress = { keys: [], states: [] };
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
      // The last piece may go on.
      let end = this.#pieces === 'rows' ? rows.length : rows.length - 1;
      while (this.#pieces !== 'rows' && end > 0 && end >= before && continues(keys, end, 0, together)) end--;
      if (end < Math.max(before, 1)) {
        share.hold(bytes);
        continue;
      }
      yield* this.#results(slice(rows.asBatch(), 0, end), keysAt, progress, context);
      const rest = slice(rows.asBatch(), end, rows.length);
      rows.clear();
      rows.append(rest);
      bytes = bytesOf(rest);
      share.hold(bytes);
    }
    if (rows.length > 0) yield* this.#results(rows.asBatch(), keysAt, progress, context);
  }

  /** Rows of whole pieces with a column for each call. */
  *#results({ length, columns }: Batch, keysAt: number, progress: Progress, context: ExecutionContext): Rows {
    const { width, partition, order, calls } = this.#plan;
    const keyColumns = columns.slice(keysAt);
    const comparators = rowComparators([...partition, ...order]);
    const continues = continuation(comparators);
    const goesOn =
      progress.states.length > 0 &&
      partition.every((_, k) => comparators[k]!(progress.keys[k]!, keyColumns[k]![0]!) === 0);
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
      if (start > 0 || !goesOn) progress.states = calls.map(newState);
      let next = width;
      for (let c = 0; c < calls.length; c++) {
        const call = calls[c]!;
        const args = columns.slice(next, next + inputsOf(call).length);
        next += args.length;
        compute(call, args, base, rows, progress.states[c]!, results[c]!, context);
      }
      start = end;
      const wait = context.pause();
      if (wait) yield wait;
    }
    progress.keys = keyColumns.map((column) => column[length - 1]!);
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

/**
 * Fills a call's column for the partition, or the piece of it, that starts at `base`. The limits of its frame come behind its
 * arguments.
 */
function compute(
  call: WindowCallInput,
  inputs: readonly Column[],
  base: number,
  partition: Partition,
  state: CallState,
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
    rank(call.function.name, args, base, partition, state, bounds, into);
    return;
  }
  state.aggregator ??= call.function.aggregate.create(context);
  const { aggregator } = state;
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
  state: CallState,
  bounds: FrameBounds,
  into: Column,
): void {
  const { length, peerStart, peerEnd } = partition;
  const before = state.rows;
  state.rows += length;
  const arg = (index: number, row: number): Value => args[index]?.[base + row] ?? null;
  for (let row = 0; row < length; row++) {
    if (peerStart[row] === row) state.peerGroups++;
    into[base + row] = ((): Value => {
      switch (name) {
        case 'row_number':
          return before + row + 1;
        case 'rank':
          return before + peerStart[row]! + 1;
        case 'dense_rank':
          return state.peerGroups;
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

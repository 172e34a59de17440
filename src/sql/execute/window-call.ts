/**
 * One call of a window: what it gives for the rows of a partition, one after the other. A frame that only grows feeds its
 * aggregate row by row; one that moves starts the aggregate anew.
 */
import { assert } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import type { Aggregator } from '../functions/aggregate-function.ts';
import type { FrameUnit, RankingFunction, WindowCall } from '../plan/plan.ts';
import type { ExecutionContext } from './operator.ts';
import { type EvaluatedEnd, type FrameBounds, frameBounds, type Partition } from './window-frame.ts';
import type { Piece } from './window-piece.ts';

export type FrameEndInput =
  | { readonly kind: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Evaluate }
  | { readonly kind: 'preceding' | 'following'; readonly limit: EvaluateColumn };

export interface WindowCallInput {
  readonly function: WindowCall['function'];
  readonly args: readonly EvaluateColumn[];
  readonly frame: { readonly unit: FrameUnit; readonly from: FrameEndInput; readonly to: FrameEndInput } | undefined;
}

/** How far a call has come in a partition. */
export interface CallState {
  aggregator: Aggregator | undefined;
  /** Rows, and groups of peers, before the piece that comes next. */
  rows: number;
  peerGroups: number;
}

export const newState = (): CallState => ({ aggregator: undefined, rows: 0, peerGroups: 0 });

/** What a call has to see of its partition before it can tell a row's value, beside the rows before it. */
export function looksAt({ function: called, frame }: WindowCallInput): 'nothing' | 'peers' | 'partition' {
  if (called.kind === 'ranking') {
    if (called.name === 'row_number') return 'nothing';
    return called.name === 'rank' || called.name === 'dense_rank' ? 'peers' : 'partition';
  }
  if (frame?.from.kind !== 'unboundedPreceding' || frame.to.kind !== 'currentRow') return 'partition';
  return frame.unit === 'rows' ? 'nothing' : 'peers';
}

/** A call's arguments, and behind them the limits of its frame. */
export function inputsOf({ args, frame }: WindowCallInput): readonly EvaluateColumn[] {
  return [...args, ...[frame?.from, frame?.to].flatMap((end) => (end && 'limit' in end ? [end.limit] : []))];
}

/** `limit` gives the end's limit in a row of the partition. */
function evaluateEnd(end: FrameEndInput, limit: (row: number) => Value, context: ExecutionContext): EvaluatedEnd {
  if ('offset' in end) return { kind: end.kind, offset: end.offset(ONE_ROW, 0, context) };
  return 'limit' in end ? { kind: end.kind, limit } : end;
}

/** The group of all rows of a partition. */
const GROUPS = new Uint32Array(BATCH_SIZE);

/**
 * The values of a call in the rows of a partition, or of a piece of it, to be asked for in their order. The call's inputs are
 * the piece's columns from `at` on.
 */
export function valuesOf(
  call: WindowCallInput,
  at: number,
  piece: Piece,
  partition: Partition,
  state: CallState,
  context: ExecutionContext,
): (row: number) => Value {
  const { frame, args } = call;
  const lastInput = at + inputsOf(call).length - 1;
  const bounds: FrameBounds = frame
    ? frameBounds(
        {
          unit: frame.unit,
          from: evaluateEnd(frame.from, (row) => piece.value(at + args.length, row), context),
          to: evaluateEnd(frame.to, (row) => piece.value(lastInput, row), context),
        },
        partition,
      )
    : { start: () => 0, end: () => partition.length };
  if (call.function.kind === 'ranking') {
    return ranks(call.function.name, { piece, at, count: args.length }, partition, state, bounds);
  }
  state.aggregator ??= call.function.aggregate.create(context);
  const { aggregator } = state;
  let start = 0;
  let end = 0;
  let last: Value = null;
  let fresh = true;
  return (row) => {
    const from = bounds.start(row);
    const to = Math.max(from, bounds.end(row));
    if (from !== start || to < end) {
      aggregator.reset(0);
      start = from;
      end = from;
      fresh = true;
    }
    for (; end < to; fresh = true) {
      const next = Math.min(end + BATCH_SIZE, to);
      const columns = args.map((_, a) => piece.slice(at + a, end, next));
      aggregator.add(GROUPS, columns, next - end);
      end = next;
    }
    if (fresh) last = aggregator.result(0);
    fresh = false;
    return last;
  };
}

function ranks(
  name: RankingFunction,
  args: { readonly piece: Piece; readonly at: number; readonly count: number },
  { length, peerStart, peerEnd }: Partition,
  state: CallState,
  bounds: FrameBounds,
): (row: number) => Value {
  const before = state.rows;
  state.rows += length;
  const arg = (index: number, row: number): Value =>
    index < args.count ? args.piece.value(args.at + index, row) : null;
  return (row) => {
    if (peerStart[row] === row) state.peerGroups++;
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
        const offset = args.count > 1 ? Number(arg(1, row)) : 1;
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
  };
}

/** The bucket of NTILE: the first `length % buckets` ones hold one row more. */
function tile(row: number, length: number, buckets: number): number {
  const small = Math.floor(length / buckets);
  const larger = length % buckets;
  const inLarger = larger * (small + 1);
  return row < inLarger ? Math.floor(row / (small + 1)) + 1 : larger + Math.floor((row - inLarger) / small) + 1;
}

/**
 * The right side is run for each left row, with the left columns that it reads in slots: LATERAL, and lookups in an
 * index by values of the left row.
 */
import { BATCH_SIZE } from '../expressions/batch.ts';
import type { JoinKind } from '../plan/plan.ts';
import { RowStore } from './columns.ts';
import { JoinSink, type Residual } from './join-sink.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

/** A column of the outer row that the inner plan reads. */
export interface SlotSource {
  readonly slot: number;
  /** Position in the outer batch. */
  readonly position: number;
}

export class DependentJoin implements Operator {
  readonly #join: JoinKind;
  readonly #left: Operator;
  readonly #right: Operator;
  readonly #rightWidth: number;
  readonly #slots: readonly SlotSource[];
  readonly #residual: Residual | undefined;

  constructor(
    join: JoinKind,
    left: Operator,
    right: Operator,
    rightWidth: number,
    slots: readonly SlotSource[],
    residual: Residual | undefined,
  ) {
    this.#join = join;
    this.#left = left;
    this.#right = right;
    this.#rightWidth = rightWidth;
    this.#slots = slots;
    this.#residual = residual;
  }

  *run(context: ExecutionContext): Rows {
    const sink = new JoinSink(this.#join, this.#residual, context);
    const store = new RowStore(this.#rightWidth);
    for (const item of this.#left.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      store.clear();
      sink.start(item, store.columns);
      for (let left = 0; left < item.length; left++) {
        for (const { slot, position } of this.#slots) context.slots[slot] = item.columns[position]![left]!;
        for (const found of this.#right.run(context)) {
          if (isWait(found)) {
            yield found;
            continue;
          }
          const base = store.length;
          store.append(found);
          for (let row = 0; row < found.length && !sink.isDone(left); row++) {
            if (sink.add(left, base + row)) yield* sink.flush();
          }
          if (sink.isDone(left)) break;
        }
        if (store.length < BATCH_SIZE) continue;
        yield* sink.flush();
        store.clear();
        const wait = context.pause();
        if (wait) yield wait;
      }
      yield* sink.finish();
    }
  }
}

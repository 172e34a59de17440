/** Every left row meets every right row: joins without an equality. The right side is run once and kept. */
import type { JoinKind } from '../plan/plan.ts';
import type { RowStore } from './columns.ts';
import { JoinSink, type Residual } from './join-sink.ts';
import { kept } from './kept.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';

export class NestedLoopJoin implements Operator {
  readonly #join: JoinKind;
  readonly #left: Operator;
  readonly #right: Operator;
  readonly #rightWidth: number;
  readonly #residual: Residual | undefined;

  constructor(join: JoinKind, left: Operator, right: Operator, rightWidth: number, residual: Residual | undefined) {
    this.#join = join;
    this.#left = left;
    this.#right = right;
    this.#rightWidth = rightWidth;
    this.#residual = residual;
  }

  *run(context: ExecutionContext): Rows {
    const share = context.memory.share();
    try {
      const store = yield* kept(this.#right, this.#rightWidth, share, context);
      yield* this.#pairs(store, context);
    } finally {
      share.release();
    }
  }

  *#pairs(store: RowStore, context: ExecutionContext): Rows {
    const sink = new JoinSink(this.#join, this.#residual, context);
    for (const item of this.#left.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      sink.start(item, store.columns);
      for (let left = 0; left < item.length; left++) {
        for (let right = 0; right < store.length && !sink.isDone(left); right++) {
          if (!sink.add(left, right)) continue;
          yield* sink.flush();
          const wait = context.pause();
          if (wait) yield wait;
        }
      }
      yield* sink.finish();
    }
  }
}

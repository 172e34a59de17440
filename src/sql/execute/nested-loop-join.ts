/** Every left row meets every right row: joins without an equality. The right side is run once and kept. */
import type { Batch } from '../expressions/batch.ts';
import { RowStore } from './columns.ts';
import { KeepingJoin, type RightRows } from './join-rows.ts';
import type { JoinSink } from './join-sink.ts';
import type { ExecutionContext, Rows } from './operator.ts';
import { bytesOf } from './statement-memory.ts';

export class NestedLoopJoin extends KeepingJoin {
  protected newRows(context: ExecutionContext): RightRows {
    return new AllRows(this.input.rightWidth, context);
  }
}

class AllRows implements RightRows {
  readonly store: RowStore;
  readonly #context: ExecutionContext;
  bytes = 0;

  constructor(width: number, context: ExecutionContext) {
    this.store = new RowStore(width);
    this.#context = context;
  }

  add(batch: Batch): void {
    this.store.append(batch);
    this.bytes += bytesOf(batch);
  }

  *pairs(batch: Batch, sink: JoinSink): Rows {
    const { store } = this;
    for (let left = 0; left < batch.length; left++) {
      for (let right = 0; right < store.length && !sink.isDone(left); right++) {
        if (!sink.add(left, right)) continue;
        yield* sink.flush();
        const wait = this.#context.pause();
        if (wait) yield wait;
      }
    }
  }
}

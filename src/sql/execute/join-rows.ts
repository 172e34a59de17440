/**
 * The course of a join that keeps its right side: in memory, where each left row then finds its partners as it comes, or, where
 * that outgrows the memory, in a file (`join-in-parts.ts`). Either way the order is that of the left side, and of the right
 * side among the partners of a row.
 */
import type { Batch } from '../expressions/batch.ts';
import type { JoinKind } from '../plan/plan.ts';
import type { RowStore } from './columns.ts';
import { joinInParts } from './join-in-parts.ts';
import { JoinSink, type Residual } from './join-sink.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';
import { Spool } from './spool.ts';
import type { MemoryShare } from './statement-memory.ts';

/** Rows of the right side in memory, and how left rows find theirs. */
export interface RightRows {
  readonly store: RowStore;
  /** What they take. */
  readonly bytes: number;
  add(batch: Batch): void;
  /** Gives the sink all pairs with the batch of left rows that it was started with. Yields rows that are ready. */
  pairs(batch: Batch, sink: JoinSink): Rows;
}

export interface JoinInput {
  readonly join: JoinKind;
  readonly left: Operator;
  readonly leftWidth: number;
  readonly right: Operator;
  readonly rightWidth: number;
  readonly residual: Residual | undefined;
}

export abstract class KeepingJoin implements Operator {
  protected readonly input: JoinInput;

  constructor(input: JoinInput) {
    this.input = input;
  }

  protected abstract newRows(context: ExecutionContext): RightRows;

  /** The left rows, or those of them that have a partner among `rows`, which are all, where the others do not count. */
  protected leftRows(_rows: RightRows, context: ExecutionContext): Rows {
    return this.input.left.run(context);
  }

  *run(context: ExecutionContext): Rows {
    const share = context.memory.share();
    const spool = new Spool(context.memory);
    try {
      const rows = yield* this.#keep(spool, share, context);
      if (rows !== undefined) yield* this.#joined(rows, context);
      else yield* joinInParts(this.input, () => this.newRows(context), spool, share, context);
    } finally {
      spool.close();
      share.release();
    }
  }

  /** The right side; undefined when it is in the file. */
  *#keep(spool: Spool, share: MemoryShare, context: ExecutionContext): Generator<Wait, RightRows | undefined, unknown> {
    let rows: RightRows | undefined = this.newRows(context);
    for (const item of this.input.right.run(context)) {
      if (isWait(item)) yield item;
      else if (rows === undefined) spool.append(item);
      else {
        rows.add(item);
        if (share.fits(rows.bytes)) continue;
        for (const batch of rows.store.batches()) spool.append(batch);
        rows = undefined;
        share.release();
      }
    }
    return rows;
  }

  *#joined(rows: RightRows, context: ExecutionContext): Rows {
    const { join, residual } = this.input;
    if (rows.store.length === 0 && (join === 'inner' || join === 'semi')) return;
    const sink = new JoinSink(join, residual, context);
    for (const item of this.leftRows(rows, context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      sink.start(item, rows.store.columns);
      yield* rows.pairs(item, sink);
      yield* sink.finish();
    }
  }
}

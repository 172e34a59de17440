/**
 * WITH RECURSIVE: the anchor's rows are the first round; each round runs the step over the rows of the round before. It
 * ends when a round adds nothing; without ALL, rows that were there before add nothing.
 */
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import { KeyTable } from '../types/key-table.ts';
import { recursionLimit } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { RowStore, select } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { bytesOf } from './statement-memory.ts';

/** The rows of the round before, read by the step. */
export class WorkTable implements Operator {
  rows: RowStore;

  constructor(width: number) {
    this.rows = new RowStore(width);
  }

  *run(): Rows {
    yield* this.rows.batches();
  }
}

export class Recursive implements Operator {
  readonly #anchor: Operator;
  readonly #step: Operator;
  readonly #work: WorkTable;
  readonly #types: readonly SqlType[];
  readonly #distinct: boolean;

  constructor(anchor: Operator, step: Operator, work: WorkTable, types: readonly SqlType[], distinct: boolean) {
    this.#anchor = anchor;
    this.#step = step;
    this.#work = work;
    this.#types = types;
    this.#distinct = distinct;
  }

  *run(context: ExecutionContext): Rows {
    const keys = new KeyTable(this.#types);
    const selection = new Uint16Array(BATCH_SIZE);
    let seen = 0;
    const fresh = (batch: Batch): Batch => {
      if (!this.#distinct) return batch;
      let count = 0;
      for (let row = 0; row < batch.length; row++) {
        if (keys.assign(batch.columns, row) !== seen) continue;
        selection[count++] = row;
        seen++;
      }
      return select(batch, selection, count);
    };

    const share = context.memory.share();
    let round = this.#anchor;
    for (let depth = 0; ; depth++) {
      const next = new RowStore(this.#types.length);
      let bytes = 0;
      for (const item of round.run(context)) {
        if (isWait(item)) {
          yield item;
          continue;
        }
        const batch = fresh(item);
        if (batch.length === 0) continue;
        bytes += bytesOf(batch);
        share.hold(bytes + (this.#distinct ? keys.byteSize : 0));
        next.append(batch);
        yield batch;
      }
      if (next.length === 0) return;
      if (depth >= context.recursionLimit) throw recursionLimit(context.recursionLimit + 1);
      this.#work.rows = next;
      round = this.#step;
      const wait = context.pause();
      if (wait) yield wait;
    }
  }
}

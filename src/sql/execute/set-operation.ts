/**
 * UNION, INTERSECT, EXCEPT. Rows compare as DISTINCT compares them: NULL equals NULL. ALL counts: INTERSECT ALL keeps a
 * row as often as both sides have it, EXCEPT ALL as often as the left has it more.
 */
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import { KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { select } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';
import type { MemoryShare } from './statement-memory.ts';

export class UnionAll implements Operator {
  readonly #inputs: readonly Operator[];

  constructor(inputs: readonly Operator[]) {
    this.#inputs = inputs;
  }

  *run(context: ExecutionContext): Rows {
    for (const input of this.#inputs) yield* input.run(context);
  }
}

/** INTERSECT and EXCEPT of two inputs: the right one is counted, then the left one is filtered by the counts. */
export class Membership implements Operator {
  readonly #operation: 'intersect' | 'except';
  readonly #all: boolean;
  readonly #left: Operator;
  readonly #right: Operator;
  readonly #types: readonly SqlType[];

  constructor(
    operation: 'intersect' | 'except',
    all: boolean,
    left: Operator,
    right: Operator,
    types: readonly SqlType[],
  ) {
    this.#operation = operation;
    this.#all = all;
    this.#left = left;
    this.#right = right;
    this.#types = types;
  }

  *run(context: ExecutionContext): Rows {
    const keys = new KeyTable(this.#types);
    const share = context.memory.share();
    try {
      yield* this.#rows(keys, share, context);
    } finally {
      share.release();
    }
  }

  *#rows(keys: KeyTable, share: MemoryShare, context: ExecutionContext): Rows {
    const counts = yield* this.#count(keys, share, context);
    const selection = new Uint16Array(BATCH_SIZE);
    for (const item of this.#left.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const kept = this.#filter(item, keys, counts, selection);
      share.hold(keys.byteSize);
      if (kept > 0) yield select(item, selection, kept);
    }
  }

  *#count(keys: KeyTable, share: MemoryShare, context: ExecutionContext): Generator<Wait, number[], unknown> {
    const counts: number[] = [];
    for (const item of this.#right.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      for (let row = 0; row < item.length; row++) {
        const key = keys.assign(item.columns, row);
        counts[key] = (counts[key] ?? 0) + 1;
      }
      share.hold(keys.byteSize);
    }
    return counts;
  }

  #filter(batch: Batch, keys: KeyTable, counts: number[], selection: Uint16Array): number {
    let kept = 0;
    for (let row = 0; row < batch.length; row++) {
      const key = keys.assign(batch.columns, row);
      const count = counts[key] ?? 0;
      if (this.#operation === 'intersect') {
        // Without ALL a row is used up by its first appearance.
        if (count > 0) selection[kept++] = row;
        counts[key] = this.#all ? count - 1 : 0;
      } else if (count > 0) {
        if (this.#all) counts[key] = count - 1;
      } else {
        selection[kept++] = row;
        if (!this.#all) counts[key] = 1;
      }
    }
    return kept;
  }
}

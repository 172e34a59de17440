/** Sorting all rows, and the first rows of a sort without keeping the others. Both are stable. */
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import { RowStore, select } from './columns.ts';
import { rowCount } from './limit.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { rowComparators, type SortColumn, sortRows } from './sort-order.ts';

export interface SortInput extends SortColumn {
  readonly evaluate: EvaluateColumn;
}

const withKeys = (batch: Batch, keys: readonly SortInput[], context: ExecutionContext): Batch => ({
  length: batch.length,
  columns: [...batch.columns, ...keys.map((key) => key.evaluate(batch, context))],
});

/** The rows of the store, whose last columns are the keys, in order. */
function* sorted(
  store: RowStore,
  width: number,
  keys: readonly SortInput[],
  from: number,
  to: number,
  context: ExecutionContext,
): Rows {
  const order = yield* sortRows(store.columns.slice(width), keys, store.length, context);
  for (const batch of store.ordered(order, from, Math.min(to, store.length))) {
    yield { length: batch.length, columns: batch.columns.slice(0, width) };
    const wait = context.pause();
    if (wait) yield wait;
  }
}

export class Sort implements Operator {
  readonly #input: Operator;
  readonly #width: number;
  readonly #keys: readonly SortInput[];

  constructor(input: Operator, width: number, keys: readonly SortInput[]) {
    this.#input = input;
    this.#width = width;
    this.#keys = keys;
  }

  *run(context: ExecutionContext): Rows {
    const store = new RowStore(this.#width + this.#keys.length);
    for (const item of this.#input.run(context)) {
      if (isWait(item)) yield item;
      else store.append(withKeys(item, this.#keys, context));
    }
    yield* sorted(store, this.#width, this.#keys, 0, store.length, context);
  }
}

/** ORDER BY … LIMIT: keeps some multiple of the wanted rows, and drops at once what sorts after the worst of them. */
export class TopN implements Operator {
  readonly #input: Operator;
  readonly #width: number;
  readonly #keys: readonly SortInput[];
  readonly #count: Evaluate;
  readonly #offset: Evaluate | undefined;

  constructor(
    input: Operator,
    width: number,
    keys: readonly SortInput[],
    count: Evaluate,
    offset: Evaluate | undefined,
  ) {
    this.#input = input;
    this.#width = width;
    this.#keys = keys;
    this.#count = count;
    this.#offset = offset;
  }

  *run(context: ExecutionContext): Rows {
    const offset = rowCount(this.#offset, 0, context);
    const wanted = offset + rowCount(this.#count, 0, context);
    if (wanted <= offset) return;
    const width = this.#width;
    const store = new RowStore(width + this.#keys.length);
    const comparators = rowComparators(this.#keys);
    const selection = new Uint16Array(BATCH_SIZE);
    const room = Math.max(4 * wanted, 4 * BATCH_SIZE);
    /** Position of the worst row that is kept, once there are enough. */
    let worst = -1;

    /** Whether a row of the batch sorts before the worst one; of equal ones, the earlier stays. */
    const isBetter = (batch: Batch, row: number): boolean => {
      for (let k = 0; k < comparators.length; k++) {
        const order = comparators[k]!(batch.columns[width + k]![row]!, store.columns[width + k]![worst]!);
        if (order !== 0) return order < 0;
      }
      return false;
    };

    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const batch = withKeys(item, this.#keys, context);
      if (worst < 0) store.append(batch);
      else {
        let count = 0;
        for (let row = 0; row < batch.length; row++) if (isBetter(batch, row)) selection[count++] = row;
        if (count > 0) store.append(select(batch, selection, count));
      }
      if (store.length < room && (worst >= 0 || store.length < wanted)) continue;
      const order = yield* sortRows(store.columns.slice(width), this.#keys, store.length, context);
      store.retain(order, wanted);
      worst = wanted - 1;
    }
    yield* sorted(store, width, this.#keys, offset, wanted, context);
  }
}

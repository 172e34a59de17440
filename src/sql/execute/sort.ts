/** Sorting all rows, all distinct rows, and the first rows of a sort without keeping the others. All are stable. */
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import type { Comparator } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import { gather, RowStore, select } from './columns.ts';
import { Distinct } from './distinct.ts';
import { rowCount } from './limit.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { dropRepeated, rowComparators, type SortColumn, sortRows } from './sort-order.ts';
import { Sorter } from './sorter.ts';
import { bytesOf } from './statement-memory.ts';

export interface SortInput extends SortColumn {
  readonly evaluate: EvaluateColumn;
}

const withKeys = (batch: Batch, keys: readonly SortInput[], context: ExecutionContext): Batch => ({
  length: batch.length,
  columns: [...batch.columns, ...keys.map((key) => key.evaluate(batch, context))],
});

/** Rows `from` to before `to` of the input's order. */
function* sorted(
  input: Operator,
  width: number,
  keys: readonly SortInput[],
  from: number,
  to: number,
  context: ExecutionContext,
): Rows {
  const sorter = new Sorter(width, keys, context);
  try {
    for (const item of input.run(context)) {
      if (isWait(item)) yield item;
      else yield* sorter.add(withKeys(item, keys, context));
    }
    for (const item of sorter.sorted(from, to)) yield isWait(item) ? item : withoutKeys(item, width);
  } finally {
    sorter.close();
  }
}

const withoutKeys = ({ length, columns }: Batch, width: number): Batch => ({
  length,
  columns: columns.slice(0, width),
});

/** As many rows are sorted as they are; where there are more, files may be needed. */
const FEW = BATCH_SIZE;

/**
 * All rows in order. With the types of the columns, which are the keys then, each row once, the first of equal ones: of a few
 * rows, equal ones are neighbours once they are sorted, and no table of keys is made.
 */
export class Sort implements Operator {
  readonly #input: Operator;
  readonly #width: number;
  readonly #keys: readonly SortInput[];
  readonly #distinct: readonly SqlType[] | undefined;
  readonly #comparators: readonly Comparator[];

  constructor(input: Operator, width: number, keys: readonly SortInput[], distinct?: readonly SqlType[]) {
    this.#input = input;
    this.#width = width;
    this.#keys = keys;
    this.#distinct = distinct;
    this.#comparators = rowComparators(keys);
  }

  *run(context: ExecutionContext): Rows {
    const share = context.memory.share();
    const few = new RowStore(this.#width);
    let bytes = 0;
    const rows = this.#input.run(context);
    try {
      // `rows` is read on elsewhere where there are many.
      for (let next = rows.next(); !next.done; next = rows.next()) {
        const item = next.value;
        if (isWait(item)) {
          yield item;
          continue;
        }
        few.append(item);
        bytes += bytesOf(item);
        if (few.length <= FEW && share.fits(bytes)) continue;
        share.release();
        yield* this.#many(few, rows, context);
        return;
      }
      if (few.length === 0) return;
      const batch = few.asBatch();
      const columns = this.#keys.map((key) => key.evaluate(batch, context));
      const order = yield* sortRows(columns, this.#keys, batch.length, context);
      const count = this.#distinct === undefined ? batch.length : dropRepeated(order, columns, this.#comparators);
      yield { length: count, columns: batch.columns.map((column) => gather(column, order, count)) };
    } finally {
      rows.return();
      share.release();
    }
  }

  /** Of many rows those are sorted that a table of keys leaves. */
  *#many(first: RowStore, rest: Rows, context: ExecutionContext): Rows {
    const all: Operator = {
      *run() {
        yield* first.batches();
        first.clear();
        yield* rest;
      },
    };
    const input = this.#distinct === undefined ? all : new Distinct(all, this.#distinct);
    yield* sorted(input, this.#width, this.#keys, 0, Number.POSITIVE_INFINITY, context);
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

    const share = context.memory.share();
    let bytes = 0;
    const rows = this.#input.run(context);
    try {
      // `rows` is read on elsewhere where it gets too much.
      for (let next = rows.next(); !next.done; next = rows.next()) {
        const item = next.value;
        if (isWait(item)) {
          yield item;
          continue;
        }
        const batch = withKeys(item, this.#keys, context);
        let kept = batch;
        if (worst >= 0) {
          let count = 0;
          for (let row = 0; row < batch.length; row++) if (isBetter(batch, row)) selection[count++] = row;
          if (count === 0) continue;
          kept = select(batch, selection, count);
        }
        store.append(kept);
        bytes += bytesOf(kept);
        if (!share.fits(bytes)) {
          share.release();
          yield* this.#all(store, rows, offset, wanted, context);
          return;
        }
        if (store.length < room && (worst >= 0 || store.length < wanted)) continue;
        const order = yield* sortRows(store.columns.slice(width), this.#keys, store.length, context);
        store.retain(order, wanted);
        worst = wanted - 1;
        bytes = bytesOf(store.asBatch());
      }
      const order = yield* sortRows(store.columns.slice(width), this.#keys, store.length, context);
      for (const batch of store.ordered(order, offset, Math.min(wanted, store.length))) {
        yield withoutKeys(batch, width);
      }
    } finally {
      rows.return();
      share.release();
    }
  }

  /** What is kept is too much for memory: it and the rest of the rows are sorted as a whole. */
  *#all(store: RowStore, rest: Rows, offset: number, wanted: number, context: ExecutionContext): Rows {
    const sorter = new Sorter(this.#width, this.#keys, context);
    try {
      for (const batch of store.batches()) yield* sorter.add(batch);
      store.clear();
      for (const item of rest) {
        if (isWait(item)) yield item;
        else yield* sorter.add(withKeys(item, this.#keys, context));
      }
      for (const item of sorter.sorted(offset, wanted)) yield isWait(item) ? item : withoutKeys(item, this.#width);
    } finally {
      sorter.close();
    }
  }
}

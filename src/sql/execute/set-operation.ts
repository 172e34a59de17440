/**
 * UNION, INTERSECT, EXCEPT. Rows compare as DISTINCT compares them: NULL equals NULL. ALL counts: INTERSECT ALL keeps a
 * row as often as both sides have it, EXCEPT ALL as often as the left has it more.
 */
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import { KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { select } from './columns.ts';
import { BY_NUMBER, numbered } from './numbered.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';
import { isFull, Overflow } from './overflow.ts';
import { Sorter } from './sorter.ts';
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

/** How often each row was counted. */
interface Counts {
  readonly keys: KeyTable;
  readonly counts: number[];
}

/**
 * INTERSECT and EXCEPT of two inputs: the right one is counted, then the left one is filtered by the counts; of EXCEPT without
 * ALL, what is left may hold a row more than once. Rows of the right input that find no room wait in a file for another round,
 * and with them the left rows of which nothing is known yet.
 */
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
    const share = context.memory.share();
    const rest = new Overflow(this.#types.length, context.memory);
    try {
      const counted = yield* this.#count(this.#right.run(context), rest, share, context);
      if (!rest.isEmpty) {
        yield* this.#inRounds(counted, rest, share, context);
        return;
      }
      const [kept, open] = [new Uint16Array(BATCH_SIZE), new Uint16Array(BATCH_SIZE)];
      for (const item of this.#left.run(context)) {
        if (isWait(item)) {
          yield item;
          continue;
        }
        const found = this.#filter(item, counted, true, kept, open);
        if (found.kept > 0) yield select(item, kept, found.kept);
      }
    } finally {
      rest.close();
      share.release();
    }
  }

  /** Left rows are numbered, as each round finds some of the result. */
  *#inRounds(first: Counts, firstRest: Overflow, share: MemoryShare, context: ExecutionContext): Rows {
    const { memory } = context;
    const width = this.#types.length;
    const sorter = new Sorter(width, BY_NUMBER, context);
    const [kept, open] = [new Uint16Array(BATCH_SIZE), new Uint16Array(BATCH_SIZE)];
    const waiting: Overflow[] = [];
    const overflow = (columns: number): Overflow => {
      waiting.push(new Overflow(columns, memory));
      return waiting.at(-1)!;
    };
    let counted = first;
    let rest = firstRest;
    let left = numbered(this.#left.run(context));
    let played: Overflow | undefined;
    try {
      for (;;) {
        const isLast = rest.isEmpty;
        const unknown = overflow(width + 1);
        for (const item of left) {
          if (isWait(item)) {
            yield item;
            continue;
          }
          const found = this.#filter(item, counted, isLast, kept, open);
          unknown.add(item.columns, open, found.open);
          if (found.kept > 0) yield* sorter.add(select(item, kept, found.kept));
          const wait = context.pause();
          if (wait) yield wait;
        }
        played?.close();
        if (isLast) break;
        played = unknown;
        left = unknown.rows();
        const next = overflow(width);
        counted = yield* this.#count(rest.rows(), next, share, context);
        rest.close();
        rest = next;
      }
      share.release();
      for (const item of sorter.sorted()) {
        yield isWait(item) ? item : { length: item.length, columns: item.columns.slice(0, width) };
      }
    } finally {
      sorter.close();
      for (const each of waiting) each.close();
    }
  }

  /** Counts rows; those whose key finds no room go to `rest`. */
  *#count(rows: Rows, rest: Overflow, share: MemoryShare, context: ExecutionContext): Generator<Wait, Counts, unknown> {
    const keys = new KeyTable(this.#types);
    const counts: number[] = [];
    const selection = new Uint16Array(BATCH_SIZE);
    let full = false;
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      let over = 0;
      for (let row = 0; row < item.length; row++) {
        const key = full ? keys.find(item.columns, row) : keys.assign(item.columns, row);
        if (key < 0) selection[over++] = row;
        else counts[key] = (counts[key] ?? 0) + 1;
      }
      rest.add(item.columns, selection, over);
      full ||= isFull(keys.byteSize + 8 * keys.size, share, context.memory);
      const wait = context.pause();
      if (wait) yield wait;
    }
    return { keys, counts };
  }

  /** Which rows are of the result, and unless all is counted, of which it is not known. */
  #filter(
    { columns, length }: Batch,
    { keys, counts }: Counts,
    isLast: boolean,
    kept: Uint16Array,
    open: Uint16Array,
  ): { readonly kept: number; readonly open: number } {
    const isExcept = this.#operation === 'except';
    let keptCount = 0;
    let openCount = 0;
    for (let row = 0; row < length; row++) {
      const key = keys.find(columns, row);
      if (key < 0) {
        if (!isLast) open[openCount++] = row;
        else if (isExcept) kept[keptCount++] = row;
        continue;
      }
      const count = counts[key]!;
      if (count > 0 !== isExcept) kept[keptCount++] = row;
      // INTERSECT without ALL uses a row up by its first appearance.
      if (this.#all) counts[key] = Math.max(0, count - 1);
      else if (!isExcept) counts[key] = 0;
    }
    return { kept: keptCount, open: openCount };
  }
}

/**
 * A subquery inside an expression: for each row of the input, its value in one more column. A subquery that reads no
 * outer column runs once (`IN` then keeps a set); one that does is run with them in slots, and its value is remembered
 * by the outer values it was run with.
 */
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { Evaluate, EvaluateColumn } from '../expressions/compile.ts';
import { hasNull, KeyTable } from '../types/key-table.ts';
import { subqueryRows } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { RowStore } from './columns.ts';
import type { SlotSource } from './dependent-join.ts';
import { kept } from './kept.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';

type Steps<T> = Generator<Wait, T, unknown>;

/** Gives a subquery's value for the outer row that the slots hold (and, for comparisons, for a row of a batch). */
export interface SubqueryValue {
  /** A fresh state for one run of the plan around it. */
  reset(): void;
  value(batch: Batch, row: number, context: ExecutionContext): Steps<Value>;
}

export class ScalarValue implements SubqueryValue {
  readonly #subquery: Operator;

  constructor(subquery: Operator) {
    this.#subquery = subquery;
  }

  reset(): void {}

  *value(_batch: Batch, _row: number, context: ExecutionContext): Steps<Value> {
    let value: Value = null;
    let count = 0;
    for (const item of this.#subquery.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      count += item.length;
      if (count > 1) return severalRows(context);
      if (item.length === 1) value = item.columns[0]![0]!;
    }
    return value;
  }
}

/** Throws 1242; under IGNORE that is a warning, and the value NULL. */
function severalRows({ session }: ExecutionContext): null {
  const error = subqueryRows();
  if (!session.ignoresErrors()) throw error;
  session.warn({ level: 'Warning', code: error.errno, message: error.message });
  return null;
}

export class ExistsValue implements SubqueryValue {
  readonly #subquery: Operator;

  constructor(subquery: Operator) {
    this.#subquery = subquery;
  }

  reset(): void {}

  *value(_batch: Batch, _row: number, context: ExecutionContext): Steps<Value> {
    for (const item of this.#subquery.run(context)) {
      if (isWait(item)) yield item;
      else if (item.length > 0) return 1;
    }
    return 0;
  }
}

/** `left operator ANY/ALL (subquery)`, three-valued, by comparing with each row. */
export class QuantifiedValue implements SubqueryValue {
  readonly #subquery: Operator;
  readonly #quantifier: 'any' | 'all';
  readonly #width: number;
  /** Over the outer row's columns, then the subquery's. */
  readonly #condition: Evaluate;
  readonly #cached: boolean;
  #rows: RowStore | undefined;

  constructor(subquery: Operator, quantifier: 'any' | 'all', width: number, condition: Evaluate, cached: boolean) {
    this.#subquery = subquery;
    this.#quantifier = quantifier;
    this.#width = width;
    this.#condition = condition;
    this.#cached = cached;
  }

  reset(): void {
    this.#rows = undefined;
  }

  *value(batch: Batch, row: number, context: ExecutionContext): Steps<Value> {
    if (this.#rows !== undefined) return yield* this.#compare(this.#rows, batch, row, context);
    const share = context.memory.share();
    try {
      const rows = yield* kept(this.#subquery, this.#width, share, context);
      if (this.#cached) this.#rows = rows;
      return yield* this.#compare(rows, batch, row, context);
    } finally {
      // What is kept is held to the end of the statement.
      if (!this.#cached) share.release();
    }
  }

  *#compare(rows: RowStore, batch: Batch, row: number, context: ExecutionContext): Steps<Value> {
    const outer = batch.columns.map((column): Column => new Array<Value>(1).fill(column[row] ?? null));
    const decisive = this.#quantifier === 'any' ? 1 : 0;
    let unknown = false;
    for (let r = 0; r < rows.length; r++) {
      const columns = [...outer, ...rows.columns.map((column): Column => [column[r]!])];
      const result = this.#condition({ length: 1, columns }, 0, context);
      if (result === decisive) return decisive;
      unknown ||= result === null;
      if (r % BATCH_SIZE === BATCH_SIZE - 1) {
        const wait = context.pause();
        if (wait) yield wait;
      }
    }
    return unknown ? null : 1 - decisive;
  }
}

export interface MembershipKey {
  readonly type: SqlType;
  readonly left: EvaluateColumn;
  readonly right: EvaluateColumn;
}

/**
 * IN over a subquery that is the same for all rows: a set of its rows. When a row that is compared has a NULL in it, only
 * the comparison with each row tells unknown from false, and `fallback` does that.
 */
export class MembershipValue implements SubqueryValue {
  readonly #subquery: Operator;
  readonly #width: number;
  readonly #keys: readonly MembershipKey[];
  readonly #fallback: QuantifiedValue;
  #set: { readonly keys: KeyTable; readonly size: number; readonly withNulls: boolean } | undefined;
  #batch: Batch | undefined;
  #left: readonly Column[] = [];

  constructor(subquery: Operator, width: number, keys: readonly MembershipKey[], fallback: QuantifiedValue) {
    this.#subquery = subquery;
    this.#width = width;
    this.#keys = keys;
    this.#fallback = fallback;
  }

  reset(): void {
    this.#set = undefined;
    this.#fallback.reset();
  }

  *value(batch: Batch, row: number, context: ExecutionContext): Steps<Value> {
    this.#set ??= yield* this.#build(context);
    const { keys, size, withNulls } = this.#set;
    if (size === 0) return 0;
    if (this.#batch !== batch) {
      this.#batch = batch;
      this.#left = this.#keys.map((key) => key.left(batch, context));
    }
    if (hasNull(this.#left, row)) {
      return this.#keys.length === 1 ? null : yield* this.#fallback.value(batch, row, context);
    }
    if (keys.find(this.#left, row) >= 0) return 1;
    if (!withNulls) return 0;
    return this.#keys.length === 1 ? null : yield* this.#fallback.value(batch, row, context);
  }

  *#build(context: ExecutionContext) {
    const keys = new KeyTable(this.#keys.map((key) => key.type));
    const rows = yield* kept(this.#subquery, this.#width, context.memory.share(), context);
    let withNulls = false;
    for (const batch of rows.batches()) {
      const columns = this.#keys.map((key) => key.right(batch, context));
      for (let row = 0; row < batch.length; row++) {
        if (hasNull(columns, row)) withNulls = true;
        else keys.assign(columns, row);
      }
    }
    return { keys, size: rows.length, withNulls };
  }
}

/** More remembered values than this are forgotten. */
const MEMORY = 10_000;

export class Apply implements Operator {
  readonly #input: Operator;
  readonly #slots: readonly SlotSource[];
  readonly #value: SubqueryValue;
  /** Positions of the outer columns that decide the value; undefined when it may not be remembered (rand()). */
  readonly #decidedBy: readonly SlotSource[] | undefined;
  /** The subquery reads slots of queries further out: values of another run of this plan are no use. */
  readonly #forgets: boolean;
  #memory = new Map<string | number, Value>();

  constructor(
    input: Operator,
    slots: readonly SlotSource[],
    value: SubqueryValue,
    decidedBy: readonly SlotSource[] | undefined,
    forgets: boolean,
  ) {
    this.#input = input;
    this.#slots = slots;
    this.#value = value;
    this.#decidedBy = decidedBy;
    this.#forgets = forgets;
  }

  *run(context: ExecutionContext): Rows {
    if (this.#forgets) {
      this.#memory = new Map();
      this.#value.reset();
    }
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const column: Column = new Array(item.length);
      for (let row = 0; row < item.length; row++) {
        for (const { slot, position } of this.#slots) context.slots[slot] = item.columns[position]![row]!;
        const key = this.#keyOf(item, row);
        const known = key === undefined ? undefined : this.#memory.get(key);
        if (known !== undefined) {
          column[row] = known;
          continue;
        }
        const value: Value = yield* this.#value.value(item, row, context);
        column[row] = value;
        if (key === undefined) continue;
        if (this.#memory.size >= MEMORY) this.#memory.clear();
        this.#memory.set(key, value);
      }
      yield { length: item.length, columns: [...item.columns, column] };
      const wait = context.pause();
      if (wait) yield wait;
    }
  }

  #keyOf(batch: Batch, row: number): string | number | undefined {
    if (this.#decidedBy === undefined) return undefined;
    if (this.#decidedBy.length === 0) return 0;
    let key = '';
    for (const { position } of this.#decidedBy) {
      const value = batch.columns[position]![row]!;
      if (value instanceof Uint8Array) return undefined;
      if (typeof value === 'number' && this.#decidedBy.length === 1) return value;
      key += typeof value === 'string' ? `${value.length}:${value}` : `${typeof value} ${String(value)};`;
    }
    return key;
  }
}

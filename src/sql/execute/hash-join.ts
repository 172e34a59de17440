/**
 * Joins on equal keys. The right side is kept in memory under its keys' numbers, rows of one key in a chain; the left
 * side streams and keeps its order. NULL equals nothing.
 */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateColumn, EvaluateFilter } from '../expressions/compile.ts';
import type { JoinKind } from '../plan/plan.ts';
import { hasNull, KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { RowStore } from './columns.ts';
import { JoinSink, type Residual } from './join-sink.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';
import { Scan } from './scan.ts';
import { bytesOf, type MemoryShare } from './statement-memory.ts';

export interface HashJoinKey {
  readonly type: SqlType;
  readonly left: EvaluateColumn;
  readonly right: EvaluateColumn;
}

/** Rows under the numbers of their keys: the first row of each key, and for each row the next of its key. */
export class KeyedRows {
  readonly store: RowStore;
  readonly #keys: KeyTable;
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  readonly #next: number[] = [];

  constructor(width: number, types: readonly SqlType[]) {
    this.store = new RowStore(width);
    this.#keys = new KeyTable(types);
  }

  add(batch: Batch, keys: readonly Column[]): void {
    const base = this.store.length;
    this.store.append(batch);
    for (let row = 0; row < batch.length; row++) {
      this.#next.push(-1);
      if (hasNull(keys, row)) continue;
      const number = this.#keys.assign(keys, row);
      if (number === this.#first.length) this.#first.push(base + row);
      else this.#next[this.#last[number]!] = base + row;
      this.#last[number] = base + row;
    }
  }

  /** What they take beside the rows themselves. */
  get keyBytes(): number {
    return this.#keys.byteSize + 24 * this.store.length;
  }

  /** The first row with the keys at `row`, -1 without one. */
  find(keys: readonly Column[], row: number): number {
    if (hasNull(keys, row)) return -1;
    const number = this.#keys.find(keys, row);
    return number < 0 ? -1 : this.#first[number]!;
  }

  /** The next row of the same key, -1 after the last. */
  next(row: number): number {
    return this.#next[row]!;
  }
}

/** Rows that tell what part of the left side has a partner. */
const SAMPLE = 2 * BATCH_SIZE;

function all(selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
  for (let at = 0; at < count; at++) into[at] = selection === undefined ? at : selection[at]!;
  return count;
}

export class HashJoin implements Operator {
  readonly #join: JoinKind;
  readonly #left: Operator;
  readonly #right: Operator;
  readonly #rightWidth: number;
  readonly #keys: readonly HashJoinKey[];
  readonly #residual: Residual | undefined;
  readonly #tested: readonly boolean[] | undefined;

  /** `tested`: where the left keys are columns as they are, which of its columns they are. */
  constructor(
    join: JoinKind,
    left: Operator,
    right: Operator,
    rightWidth: number,
    keys: readonly HashJoinKey[],
    residual: Residual | undefined,
    tested: readonly boolean[] | undefined,
  ) {
    this.#join = join;
    this.#left = left;
    this.#right = right;
    this.#rightWidth = rightWidth;
    this.#keys = keys;
    this.#residual = residual;
    this.#tested = tested;
  }

  *run(context: ExecutionContext): Rows {
    const share = context.memory.share();
    try {
      yield* this.#joined(yield* this.#build(share, context), context);
    } finally {
      share.release();
    }
  }

  *#joined(rows: KeyedRows, context: ExecutionContext): Rows {
    if (rows.store.length === 0 && (this.#join === 'inner' || this.#join === 'semi')) return;
    const sink = new JoinSink(this.#join, this.#residual, context);
    for (const item of this.#leftRows(rows, context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const keys = this.#keys.map((key) => key.left(item, context));
      sink.start(item, rows.store.columns);
      let added = 0;
      for (let left = 0; left < item.length; left++) {
        for (let right = rows.find(keys, left); right >= 0 && !sink.isDone(left); right = rows.next(right)) {
          if (!sink.add(left, right)) continue;
          yield* sink.flush();
          added += BATCH_SIZE;
          if (added < 16 * BATCH_SIZE) continue;
          added = 0;
          const wait = context.pause();
          if (wait) yield wait;
        }
      }
      yield* sink.finish();
    }
  }

  /** Of a scan, the rows without a partner need not be read whole; `#joined` looks at those that are left once more. */
  #leftRows(rows: KeyedRows, context: ExecutionContext): Rows {
    const left = this.#left;
    const reads = this.#tested;
    const isNarrow = this.#join === 'inner' || this.#join === 'semi';
    if (!isNarrow || reads === undefined || !(left instanceof Scan)) return left.run(context);
    let seen = 0;
    let kept = 0;
    const filter: EvaluateFilter = (batch, _context, selection, count, into) => {
      // Where most rows have a partner, looking twice is a waste.
      if (seen > SAMPLE && 2 * kept > seen) return all(selection, count, into);
      const keys = this.#keys.map((key) => key.left(batch, context));
      let found = 0;
      for (let at = 0; at < count; at++) {
        const row = selection === undefined ? at : selection[at]!;
        if (rows.find(keys, row) >= 0) into[found++] = row;
      }
      seen += count;
      kept += found;
      return found;
    };
    return left.narrowed(context, { filter, reads });
  }

  *#build(share: MemoryShare, context: ExecutionContext): Generator<Wait, KeyedRows, unknown> {
    const rows = new KeyedRows(
      this.#rightWidth,
      this.#keys.map((key) => key.type),
    );
    let bytes = 0;
    for (const item of this.#right.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      bytes += bytesOf(item);
      rows.add(
        item,
        this.#keys.map((key) => key.right(item, context)),
      );
      share.hold(bytes + rows.keyBytes);
    }
    return rows;
  }
}

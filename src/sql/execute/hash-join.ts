/**
 * Joins on equal keys. The right side is kept under its keys' numbers, rows of one key in a chain; the left side streams and
 * keeps its order. NULL equals nothing.
 */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateColumn, EvaluateFilter } from '../expressions/compile.ts';
import { hasNull, KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { RowStore } from './columns.ts';
import { type JoinInput, KeepingJoin, type RightRows } from './join-rows.ts';
import type { JoinSink } from './join-sink.ts';
import type { ExecutionContext, Rows } from './operator.ts';
import { Scan } from './scan.ts';
import { bytesOf } from './statement-memory.ts';

export interface HashJoinKey {
  readonly type: SqlType;
  readonly left: EvaluateColumn;
  readonly right: EvaluateColumn;
}

/**
 * The rows of each key, in their order: the first one, and for each row the next of its key. As long as each row has a key of its
 * own, as those of a primary key have, the number of the key is the row's, and there is nothing to keep.
 */
class RowsOfKeys {
  /** Of the first keys each has the row of its number. */
  #alike = 0;
  #first: number[] | undefined;
  readonly #last: number[] = [];
  readonly #next: number[] = [];

  get byteSize(): number {
    return 8 * (2 * this.#last.length + this.#next.length);
  }

  /** Rows come in their order, and so do the numbers of new keys. */
  add(row: number, number: number): void {
    if (this.#first === undefined) {
      if (number === row) {
        this.#alike = row + 1;
        return;
      }
      this.#first = [];
      for (let key = 0; key < this.#alike; key++) this.#append(this.#first, key, key);
    }
    this.#append(this.#first, row, number);
  }

  #append(first: number[], row: number, number: number): void {
    while (this.#next.length <= row) this.#next.push(-1);
    if (number === first.length) first.push(row);
    else this.#next[this.#last[number]!] = row;
    this.#last[number] = row;
  }

  first(number: number): number {
    return this.#first === undefined ? number : this.#first[number]!;
  }

  /** -1 behind the last one. */
  next(row: number): number {
    return this.#first === undefined ? -1 : this.#next[row]!;
  }
}

/** Rows under the numbers of their keys. */
class KeyedRows implements RightRows {
  readonly store: RowStore;
  readonly #keys: readonly HashJoinKey[];
  readonly #context: ExecutionContext;
  readonly #table: KeyTable;
  readonly #rows = new RowsOfKeys();
  #bytes = 0;

  constructor(width: number, keys: readonly HashJoinKey[], context: ExecutionContext) {
    this.store = new RowStore(width);
    this.#keys = keys;
    this.#context = context;
    this.#table = new KeyTable(keys.map((key) => key.type));
  }

  get bytes(): number {
    return this.#bytes + this.#table.byteSize + this.#rows.byteSize;
  }

  add(batch: Batch): void {
    const keys = this.#keys.map((key) => key.right(batch, this.#context));
    const base = this.store.length;
    this.store.append(batch);
    this.#bytes += bytesOf(batch);
    for (let row = 0; row < batch.length; row++) {
      if (!hasNull(keys, row)) this.#rows.add(base + row, this.#table.assign(keys, row));
    }
  }

  *pairs(batch: Batch, sink: JoinSink): Rows {
    const keys = this.leftKeys(batch);
    const rows = this.#rows;
    let added = 0;
    for (let left = 0; left < batch.length; left++) {
      for (let right = this.find(keys, left); right >= 0 && !sink.isDone(left); right = rows.next(right)) {
        if (!sink.add(left, right)) continue;
        yield* sink.flush();
        added += BATCH_SIZE;
        if (added < 16 * BATCH_SIZE) continue;
        added = 0;
        const wait = this.#context.pause();
        if (wait) yield wait;
      }
    }
  }

  leftKeys(batch: Batch): readonly Column[] {
    return this.#keys.map((key) => key.left(batch, this.#context));
  }

  /** Which rows of the left side have a partner; how many they are. */
  partnered(batch: Batch, selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
    return this.#table.seen(this.leftKeys(batch), selection, count, into);
  }

  /** The first row with the keys at `row`, -1 without one. */
  find(keys: readonly Column[], row: number): number {
    if (hasNull(keys, row)) return -1;
    const number = this.#table.find(keys, row);
    return number < 0 ? -1 : this.#rows.first(number);
  }
}

/** Rows that tell what part of the left side has a partner. */
const SAMPLE = 2 * BATCH_SIZE;

function all(selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
  for (let at = 0; at < count; at++) into[at] = selection === undefined ? at : selection[at]!;
  return count;
}

export class HashJoin extends KeepingJoin {
  readonly #keys: readonly HashJoinKey[];
  readonly #tested: readonly boolean[] | undefined;

  /** `tested`: where the left keys are columns as they are, which of its columns they are. */
  constructor(input: JoinInput, keys: readonly HashJoinKey[], tested: readonly boolean[] | undefined) {
    super(input);
    this.#keys = keys;
    this.#tested = tested;
  }

  protected newRows(context: ExecutionContext): KeyedRows {
    return new KeyedRows(this.input.rightWidth, this.#keys, context);
  }

  /** Of a scan, the rows without a partner need not be read whole; the join looks at those that are left once more. */
  protected override leftRows(rows: KeyedRows, context: ExecutionContext): Rows {
    const { join, left } = this.input;
    const reads = this.#tested;
    const isNarrow = join === 'inner' || join === 'semi';
    if (!isNarrow || reads === undefined || !(left instanceof Scan)) return left.run(context);
    let seen = 0;
    let kept = 0;
    const filter: EvaluateFilter = (batch, _context, selection, count, into) => {
      // Where most rows have a partner, looking twice is a waste.
      if (seen > SAMPLE && 2 * kept > seen) return all(selection, count, into);
      const found = rows.partnered(batch, selection, count, into);
      seen += count;
      kept += found;
      return found;
    };
    return left.narrowed(context, { filter, reads });
  }
}

/**
 * Sorts rows, in memory as long as they may stay there, and by an external merge sort beyond: what is held is sorted and
 * written to a file as a run, and the runs are merged at the end. It is stable: of equal rows, those of an earlier run come
 * first, and within a run those that were added first.
 */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { Comparator } from '../types/compare.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import { RowStore } from './columns.ts';
import type { ExecutionContext, Rows, Wait } from './operator.ts';
import type { Block, RowFile } from './row-file.ts';
import { rowComparators, type SortColumn, sortRows } from './sort-order.ts';
import { bytesOf, type MemoryShare } from './statement-memory.ts';

/** Runs that are merged at once: each needs a block in memory. */
const FAN_IN = 64;

type Run = readonly Block[];

export class Sorter {
  readonly #width: number;
  readonly #keys: readonly SortColumn[];
  readonly #context: ExecutionContext;
  readonly #share: MemoryShare;
  readonly #store: RowStore;
  #bytes = 0;
  #file: RowFile | undefined;
  #runs: Run[] = [];

  /** Rows have `width` columns, and behind them one for each key. */
  constructor(width: number, keys: readonly SortColumn[], context: ExecutionContext) {
    this.#width = width;
    this.#keys = keys;
    this.#context = context;
    this.#share = context.memory.share();
    this.#store = new RowStore(width + keys.length);
  }

  *add(batch: Batch): Generator<Wait, void, unknown> {
    const bytes = bytesOf(batch);
    if (!this.#share.fits(this.#bytes + bytes)) {
      yield* this.#spill();
      // Where others hold all that there is, runs are of one batch, which is in memory anyway.
      this.#share.fits(bytes);
    }
    this.#store.append(batch);
    this.#bytes += bytes;
  }

  /** Rows `from` to before `to` of the order, keys and all. */
  *sorted(from = 0, to = Number.POSITIVE_INFINITY): Rows {
    if (this.#runs.length === 0) {
      const store = this.#store;
      const order = yield* sortRows(store.columns.slice(this.#width), this.#keys, store.length, this.#context);
      for (const batch of store.ordered(order, from, Math.min(to, store.length))) {
        yield batch;
        const wait = this.#context.pause();
        if (wait) yield wait;
      }
      return;
    }
    yield* this.#spill();
    while (this.#runs.length > FAN_IN) {
      const runs: Run[] = [];
      for (let at = 0; at < this.#runs.length; at += FAN_IN) {
        runs.push(yield* this.#written(this.#merged(this.#runs.slice(at, at + FAN_IN))));
      }
      this.#runs = runs;
    }
    let before = 0;
    for (const item of this.#merged(this.#runs)) {
      if ('until' in item) {
        yield item;
        continue;
      }
      const [start, end] = [Math.max(0, from - before), Math.min(item.length, to - before)];
      before += item.length;
      if (end > start) yield { length: end - start, columns: item.columns.map((column) => column.slice(start, end)) };
      if (before >= to) return;
    }
  }

  /** To be called whatever ends the sort. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#share.release();
  }

  /** What is held becomes a run. */
  *#spill(): Generator<Wait, void, unknown> {
    const store = this.#store;
    const { memory } = this.#context;
    if (memory.openFile === undefined) throw memoryExceeded(memory.limit);
    if (store.length === 0) return;
    this.#file ??= memory.openFile();
    const order = yield* sortRows(store.columns.slice(this.#width), this.#keys, store.length, this.#context);
    this.#runs.push(yield* this.#written(store.ordered(order, 0, store.length)));
    store.clear();
    this.#bytes = 0;
    this.#share.hold(0);
  }

  *#written(rows: Iterable<Batch | Wait>): Generator<Wait, Run, unknown> {
    const run: Block[] = [];
    for (const item of rows) {
      if ('until' in item) {
        yield item;
        continue;
      }
      run.push(this.#file!.append(item));
      const wait = this.#context.pause();
      if (wait) yield wait;
    }
    return run;
  }

  *#merged(runs: readonly Run[]): Rows {
    const heap = new RunHeap(rowComparators(this.#keys), this.#width);
    for (const [ordinal, run] of runs.entries()) heap.add(new RunReader(this.#file!, run, ordinal));
    let columns: Column[] = [];
    let length = 0;
    for (let first = heap.first; first !== undefined; first = heap.first) {
      if (length === 0) columns = first.columns.map(() => []);
      for (let c = 0; c < columns.length; c++) columns[c]!.push(first.columns[c]![first.row]!);
      heap.advance();
      if (++length < BATCH_SIZE) continue;
      yield { length, columns };
      length = 0;
      const wait = this.#context.pause();
      if (wait) yield wait;
    }
    if (length > 0) yield { length, columns };
  }
}

/** Stands at a row of a run. */
class RunReader {
  readonly ordinal: number;
  columns: readonly Column[] = [];
  row = 0;
  readonly #file: RowFile;
  readonly #run: Run;
  #next = 0;
  #length = 0;

  constructor(file: RowFile, run: Run, ordinal: number) {
    this.#file = file;
    this.#run = run;
    this.ordinal = ordinal;
  }

  /** To the next row; false after the last. */
  next(): boolean {
    if (++this.row < this.#length) return true;
    const block = this.#run[this.#next++];
    if (block === undefined) return false;
    this.columns = this.#file.read(block).columns;
    this.#length = block.rows;
    this.row = 0;
    return true;
  }
}

/** Readers of runs, the one with the first row at the front. */
class RunHeap {
  readonly #comparators: readonly Comparator[];
  readonly #width: number;
  readonly #readers: RunReader[] = [];

  constructor(comparators: readonly Comparator[], width: number) {
    this.#comparators = comparators;
    this.#width = width;
  }

  get first(): RunReader | undefined {
    return this.#readers[0];
  }

  add(reader: RunReader): void {
    if (!reader.next()) return;
    const readers = this.#readers;
    let at = readers.push(reader) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(reader, readers[parent]!)) break;
      readers[at] = readers[parent]!;
      readers[parent] = reader;
    }
  }

  /** The reader at the front goes on, and to its place. */
  advance(): void {
    const readers = this.#readers;
    let reader = readers[0]!;
    if (!reader.next()) {
      const last = readers.pop()!;
      if (readers.length === 0) return;
      reader = last;
    }
    let at = 0;
    for (let child = 1; child < readers.length; child = 2 * at + 1) {
      if (child + 1 < readers.length && this.#isBefore(readers[child + 1]!, readers[child]!)) child++;
      if (!this.#isBefore(readers[child]!, reader)) break;
      readers[at] = readers[child]!;
      at = child;
    }
    readers[at] = reader;
  }

  #isBefore(a: RunReader, b: RunReader): boolean {
    for (let k = 0; k < this.#comparators.length; k++) {
      const column = this.#width + k;
      const order = this.#comparators[k]!(a.columns[column]![a.row]!, b.columns[column]![b.row]!);
      if (order !== 0) return order < 0;
    }
    return a.ordinal < b.ordinal;
  }
}

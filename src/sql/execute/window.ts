/**
 * Window functions: rows are sorted by partition and order, and come out in that order with one more column for each call.
 * A partition is kept as a whole, in a file where memory does not do, unless no call looks ahead of a row and its peers: it goes
 * through piece by piece then.
 */
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import { RowStore, slice } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import type { SortInput } from './sort.ts';
import { rowComparators } from './sort-order.ts';
import { Sorter } from './sorter.ts';
import { bytesOf, type MemoryShare } from './statement-memory.ts';
import { type CallState, inputsOf, looksAt, newState, valuesOf, type WindowCallInput } from './window-call.ts';
import type { Partition } from './window-frame.ts';
import { FilePiece, type Piece, pieceOf } from './window-piece.ts';

export interface WindowInput {
  readonly input: Operator;
  readonly width: number;
  readonly partition: readonly SortInput[];
  readonly order: readonly SortInput[];
  readonly calls: readonly WindowCallInput[];
}

/** What is known of the partition that the last piece ended in. */
interface Progress {
  keys: readonly Value[];
  states: readonly CallState[];
}

/** What the peers of a row of a file take in memory: where they begin, and where they end. */
const PEERS_BYTES = 8;

export class Window implements Operator {
  readonly #plan: WindowInput;
  readonly #pieces: 'rows' | 'peers' | 'partitions';

  constructor(plan: WindowInput) {
    this.#plan = plan;
    const seen = new Set(plan.calls.map(looksAt));
    this.#pieces = seen.has('partition') ? 'partitions' : seen.has('peers') ? 'peers' : 'rows';
  }

  *run(context: ExecutionContext): Rows {
    const { input, width, partition, order, calls } = this.#plan;
    const keys = [...partition, ...order];
    const argCount = calls.reduce((sum, call) => sum + inputsOf(call).length, 0);
    const sorter = new Sorter(width + argCount, keys, context);
    const share = context.memory.share();
    try {
      for (const item of input.run(context)) {
        if (isWait(item)) {
          yield item;
          continue;
        }
        const args = calls.flatMap((call) => inputsOf(call).map((arg) => arg(item, context)));
        const evaluated = keys.map((key) => key.evaluate(item, context));
        yield* sorter.add({ length: item.length, columns: [...item.columns, ...args, ...evaluated] });
      }
      yield* new Pieces(this.#plan, this.#pieces, width + argCount, share, context).run(sorter.sorted());
    } finally {
      sorter.close();
      share.release();
    }
  }
}

/** One run: the rows in their order, whole pieces at a time, as many as make a batch. */
class Pieces {
  readonly #plan: WindowInput;
  readonly #pieces: 'rows' | 'peers' | 'partitions';
  readonly #keysAt: number;
  readonly #share: MemoryShare;
  readonly #context: ExecutionContext;
  readonly #continues: Continuation;
  /** Leading keys that are equal in the rows of a piece. */
  readonly #together: number;
  readonly #progress: Progress = { keys: [], states: [] };
  /** Of the rows that are kept. */
  #bytes = 0;
  /** A piece that memory did not do for. */
  #file: FilePiece | undefined;

  constructor(
    plan: WindowInput,
    pieces: 'rows' | 'peers' | 'partitions',
    keysAt: number,
    share: MemoryShare,
    context: ExecutionContext,
  ) {
    const { partition, order } = plan;
    this.#plan = plan;
    this.#pieces = pieces;
    this.#keysAt = keysAt;
    this.#share = share;
    this.#context = context;
    this.#continues = continuation(plan, keysAt);
    this.#together = pieces === 'partitions' ? partition.length : partition.length + order.length;
  }

  *run(sorted: Rows): Rows {
    const { partition, order } = this.#plan;
    const rows = new RowStore(this.#keysAt + partition.length + order.length);
    try {
      for (const item of sorted) {
        if (isWait(item)) yield item;
        else if (this.#file === undefined) yield* this.#take(item, rows);
        else yield* this.#takeIntoFile(item, this.#file, rows);
      }
      if (this.#file !== undefined) yield* this.#ofFile(this.#file);
      if (rows.length > 0) yield* this.#results(rows.asBatch());
    } finally {
      this.#file?.close();
    }
  }

  *#take(item: Batch, rows: RowStore): Rows {
    const before = rows.length;
    rows.append(item);
    this.#bytes += bytesOf(item);
    if (rows.length < BATCH_SIZE) return;
    const piece = pieceOf(rows.columns, 0, rows.length);
    // The last piece may go on.
    let end = this.#pieces === 'rows' ? rows.length : rows.length - 1;
    while (this.#pieces !== 'rows' && end > 0 && end >= before && this.#continues(piece, end, 0, this.#together)) end--;
    const isWhole = end >= Math.max(before, 1);
    if (!isWhole) {
      if (this.#share.fits(this.#bytes)) return;
      while (end > 0 && this.#continues(piece, end, 0, this.#together)) end--;
    }
    if (end > 0) yield* this.#results(slice(rows.asBatch(), 0, end));
    const rest = slice(rows.asBatch(), end, rows.length);
    this.#bytes = bytesOf(rest);
    const fits = rest.length === 0 || (isWhole && this.#share.fits(this.#bytes));
    if (!fits) this.#intoFile(rest);
    rows.clear();
    if (fits) rows.append(rest);
  }

  #intoFile(rows: Batch): void {
    const { openFile, limit } = this.#context.memory;
    if (openFile === undefined) throw memoryExceeded(limit);
    const file = new FilePiece(openFile());
    this.#file = file;
    for (let from = 0; from < rows.length; from += BATCH_SIZE) {
      file.append(slice(rows, from, Math.min(rows.length, from + BATCH_SIZE)));
    }
    this.#share.hold(0);
  }

  /** Rows of the piece in the file; those behind it begin another, in memory. */
  *#takeIntoFile(item: Batch, file: FilePiece, rows: RowStore): Rows {
    const { last } = file;
    const joined = pieceOf(
      item.columns.map((column, c) => [last[c]!, ...column]),
      0,
      item.length + 1,
    );
    let end = 0;
    while (end < item.length && this.#continues(joined, end + 1, 0, this.#together)) end++;
    file.append(slice(item, 0, end));
    if (end === item.length) return;
    yield* this.#ofFile(file);
    const rest = slice(item, end, item.length);
    rows.append(rest);
    this.#bytes = bytesOf(rest);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Results: the rows with a column for each call

  /** Of whole pieces. */
  *#results({ length, columns }: Batch): Rows {
    const { width, partition, calls } = this.#plan;
    const all = pieceOf(columns, 0, length);
    const results: Column[] = calls.map(() => new Array<Value>(length).fill(null));
    for (let start = 0; start < length; ) {
      let end = start + 1;
      while (end < length && this.#continues(all, end, 0, partition.length)) end++;
      const piece = pieceOf(columns, start, end);
      const values = this.#begin(piece);
      for (let c = 0; c < calls.length; c++) {
        const into = results[c]!;
        const value = values[c]!;
        for (let row = 0; row < piece.length; row++) into[start + row] = value(row);
      }
      start = end;
      const wait = this.#context.pause();
      if (wait) yield wait;
    }
    const shown = [...columns.slice(0, width), ...results];
    for (let from = 0; from < length; from += BATCH_SIZE) {
      const to = Math.min(length, from + BATCH_SIZE);
      yield { length: to - from, columns: shown.map((column) => column.slice(from, to)) };
    }
  }

  /** Of the piece in a file, which ends with it. */
  *#ofFile(file: FilePiece): Rows {
    const { limit } = this.#context.memory;
    const bytes = PEERS_BYTES * file.length;
    // What others hold has no need to make room for so little.
    if (!this.#share.fits(bytes) && bytes > limit) throw memoryExceeded(limit);
    const values = this.#begin(file);
    for (const { start, batch } of file.batches()) {
      const results = values.map((value) => Array.from({ length: batch.length }, (_, row) => value(start + row)));
      yield { length: batch.length, columns: [...batch.columns.slice(0, this.#plan.width), ...results] };
      const wait = this.#context.pause();
      if (wait) yield wait;
    }
    file.close();
    this.#file = undefined;
    this.#share.hold(0);
  }

  /** What each call gives in the rows of a piece that is all of a partition, or goes on with the last one. */
  #begin(piece: Piece): ((row: number) => Value)[] {
    const { width, partition, order, calls } = this.#plan;
    const keysAt = this.#keysAt;
    const { length } = piece;
    const { keys, states } = this.#progress;
    const comparators = rowComparators(partition);
    const goesOn =
      states.length > 0 && partition.every((_, k) => comparators[k]!(keys[k]!, piece.value(keysAt + k, 0)) === 0);
    if (!goesOn) this.#progress.states = calls.map(newState);
    this.#progress.keys = partition.map((_, k) => piece.value(keysAt + k, length - 1));
    const peerStart = new Uint32Array(length);
    const peerEnd = new Uint32Array(length).fill(length);
    for (let row = 1; row < length; row++) {
      const same = this.#continues(piece, row, partition.length, partition.length + order.length);
      peerStart[row] = same ? peerStart[row - 1]! : row;
    }
    for (let row = length - 2; row >= 0; row--) {
      peerEnd[row] = peerStart[row + 1] === row + 1 ? row + 1 : peerEnd[row + 1]!;
    }
    const rows: Partition = {
      length,
      peerStart,
      peerEnd,
      key: (row) => (order.length === 0 ? null : piece.value(keysAt + partition.length, row)),
      descending: order[0]?.descending ?? false,
    };
    let at = width;
    return calls.map((call, c) => {
      const first = at;
      at += inputsOf(call).length;
      return valuesOf(call, first, piece, rows, this.#progress.states[c]!, this.#context);
    });
  }
}

/** Whether a row equals the one before it in the keys `[from, to)`. */
type Continuation = (piece: Piece, row: number, from: number, to: number) => boolean;

function continuation({ partition, order }: WindowInput, keysAt: number): Continuation {
  const comparators = rowComparators([...partition, ...order]);
  return (piece, row, from, to) => {
    for (let k = from; k < to; k++) {
      if (comparators[k]!(piece.value(keysAt + k, row - 1), piece.value(keysAt + k, row)) !== 0) return false;
    }
    return true;
  };
}

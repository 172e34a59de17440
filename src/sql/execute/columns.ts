/** Moving values between columns. */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';

/** The values at the first `count` positions of `selection`. A column that is not filled (unused) stays empty. */
export function gather(column: Column, selection: ArrayLike<number>, count: number): Column {
  if (column.length === 0) return column;
  const result: Column = new Array(count);
  for (let i = 0; i < count; i++) result[i] = column[selection[i]!]!;
  return result;
}

/** Like `gather`, where a negative position gives NULL. */
export function gatherOrNull(column: Column, selection: ArrayLike<number>, count: number): Column {
  const result: Column = new Array(count);
  for (let i = 0; i < count; i++) {
    const at = selection[i]!;
    result[i] = at < 0 ? null : column[at]!;
  }
  return result;
}

export function select(batch: Batch, selection: ArrayLike<number>, count: number): Batch {
  if (count === batch.length) return batch;
  return { length: count, columns: batch.columns.map((column) => gather(column, selection, count)) };
}

/** Rows `[from, to)` of a batch. */
export function slice(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.length) return batch;
  return { length: to - from, columns: batch.columns.map((column) => column.slice(from, to)) };
}

/** Rows kept in memory, column by column. */
export class RowStore {
  readonly columns: Column[] = [];
  #length = 0;

  constructor(width: number) {
    for (let c = 0; c < width; c++) this.columns.push([]);
  }

  get length(): number {
    return this.#length;
  }

  append(batch: Batch): void {
    const { length } = batch;
    for (let c = 0; c < this.columns.length; c++) {
      const from = batch.columns[c]!;
      const to = this.columns[c]!;
      if (this.#length === 0) this.columns[c] = from.slice(0, length);
      else for (let i = 0; i < length; i++) to.push(from[i]!);
    }
    this.#length += length;
  }

  appendRow(batch: Batch, row: number): void {
    for (let c = 0; c < this.columns.length; c++) this.columns[c]!.push(batch.columns[c]![row]!);
    this.#length++;
  }

  clear(): void {
    for (const column of this.columns) column.length = 0;
    this.#length = 0;
  }

  /** Keeps the rows at these positions, in this order. */
  retain(positions: ArrayLike<number>, count: number): void {
    for (let c = 0; c < this.columns.length; c++) this.columns[c] = gather(this.columns[c]!, positions, count);
    this.#length = count;
  }

  /** Everything as it is, as one batch of any length. */
  asBatch(): Batch {
    return { length: this.#length, columns: this.columns };
  }

  *batches(): Generator<Batch, void, unknown> {
    for (let from = 0; from < this.#length; from += BATCH_SIZE) {
      const to = Math.min(from + BATCH_SIZE, this.#length);
      yield { length: to - from, columns: this.columns.map((column) => column.slice(from, to)) };
    }
  }

  /** The rows in another order, from position `from` of `order` to before `to`. */
  *ordered(order: ArrayLike<number>, from: number, to: number): Generator<Batch, void, unknown> {
    const selection = new Uint32Array(Math.max(0, Math.min(BATCH_SIZE, to - from)));
    for (let start = from; start < to; start += BATCH_SIZE) {
      const count = Math.min(BATCH_SIZE, to - start);
      for (let i = 0; i < count; i++) selection[i] = order[start + i]!;
      yield { length: count, columns: this.columns.map((column) => gather(column, selection, count)) };
    }
  }
}

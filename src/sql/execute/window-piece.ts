/**
 * The rows of a partition, or of the piece of one that its calls have to see as a whole, by their place in the order: in memory,
 * or in a file of which the blocks that were read last are kept.
 */
import type { Value } from '../../tuple/value.ts';
import type { Batch, Column } from '../expressions/batch.ts';
import type { Block, RowFile } from './row-file.ts';

export interface Piece {
  readonly length: number;
  value(column: number, row: number): Value;
  /** Of rows `from` to before `to`. */
  slice(column: number, from: number, to: number): Column;
}

/** Rows `[start, end)` of columns. */
export function pieceOf(columns: readonly Column[], start: number, end: number): Piece {
  return {
    length: end - start,
    value: (column, row) => columns[column]![start + row]!,
    slice: (column, from, to) => columns[column]!.slice(start + from, start + to),
  };
}

/** Blocks that are kept: of a frame's ends, and of what lies between. */
const KEPT_BLOCKS = 16;

export class FilePiece implements Piece {
  readonly #file: RowFile;
  readonly #blocks: Block[] = [];
  /** The first row of each block. */
  readonly #starts: number[] = [];
  /** By the number of their block, those used last behind. */
  readonly #kept = new Map<number, Batch>();
  #current: { readonly start: number; readonly batch: Batch } | undefined;
  #last: readonly Value[] = [];
  length = 0;

  constructor(file: RowFile) {
    this.#file = file;
  }

  append(batch: Batch): void {
    if (batch.length === 0) return;
    this.#starts.push(this.length);
    this.#blocks.push(this.#file.append(batch));
    this.length += batch.length;
    this.#last = batch.columns.map((column) => column[batch.length - 1]!);
  }

  /** The last row that was added. */
  get last(): readonly Value[] {
    return this.#last;
  }

  value(column: number, row: number): Value {
    const { start, batch } = this.#at(row);
    return batch.columns[column]![row - start]!;
  }

  slice(column: number, from: number, to: number): Column {
    const found: Value[] = [];
    for (let row = from; row < to; ) {
      const { start, batch } = this.#at(row);
      const part = batch.columns[column]!.slice(row - start, to - start);
      for (const value of part) found.push(value);
      row = start + batch.length;
    }
    return found;
  }

  /** The batches in their order, each with its first row. */
  *batches(): Generator<{ readonly start: number; readonly batch: Batch }, void, unknown> {
    for (const start of this.#starts) yield this.#at(start);
  }

  close(): void {
    this.#file.close();
  }

  #at(row: number): { readonly start: number; readonly batch: Batch } {
    const current = this.#current;
    if (current !== undefined && row >= current.start && row < current.start + current.batch.length) return current;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    const batch = this.#kept.get(low) ?? this.#file.read(this.#blocks[low]!);
    this.#kept.delete(low);
    this.#kept.set(low, batch);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_BLOCKS) break;
      this.#kept.delete(oldest);
    }
    this.#current = { start: this.#starts[low]!, batch };
    return this.#current;
  }
}

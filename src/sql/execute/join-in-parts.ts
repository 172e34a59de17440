/**
 * A join whose right side is in a file: it comes into memory part after part, and all left rows, which go into a file as they
 * come, meet each part. Left rows are numbered. What they find is sorted by their numbers, which brings the pairs of all
 * parts into the order of the left side; of semijoins and antijoins, and of outer joins for the rows that found none, it is
 * enough to mark them.
 */
import type { Batch, Column } from '../expressions/batch.ts';
import { select } from './columns.ts';
import type { JoinInput, RightRows } from './join-rows.ts';
import { JoinSink } from './join-sink.ts';
import { BY_NUMBER, numbered } from './numbered.ts';
import { type ExecutionContext, isWait, type Rows, type Wait } from './operator.ts';
import { isFull } from './overflow.ts';
import { Sorter } from './sorter.ts';
import { Spool } from './spool.ts';
import type { MemoryShare } from './statement-memory.ts';

/** Parts leave as much for the rows that are found. */
const PART = 1 / 2;

export function* joinInParts(
  input: JoinInput,
  newRows: () => RightRows,
  right: Spool,
  share: MemoryShare,
  context: ExecutionContext,
): Rows {
  const found = new FoundRows(input, context);
  try {
    for (const part of parts(right, newRows, share, context)) yield* found.add(part);
    yield* found.rows();
  } finally {
    found.close();
  }
}

/** One after the other: each goes when the next is asked for. */
function* parts(
  right: Spool,
  newRows: () => RightRows,
  share: MemoryShare,
  { memory }: ExecutionContext,
): Generator<RightRows, void, unknown> {
  let part = newRows();
  for (const batch of right.batches()) {
    part.add(batch);
    if (!isFull(part.bytes, share, memory) && part.bytes < memory.limit * PART) continue;
    yield part;
    part = newRows();
    share.release();
  }
  if (part.store.length > 0) yield part;
  share.release();
}

class FoundRows {
  readonly #input: JoinInput;
  readonly #context: ExecutionContext;
  readonly #left: Spool;
  readonly #sorter: Sorter | undefined;
  readonly #marks: Marks;

  constructor(input: JoinInput, context: ExecutionContext) {
    const { join, leftWidth, rightWidth } = input;
    this.#input = input;
    this.#context = context;
    this.#left = new Spool(context.memory);
    this.#marks = new Marks(context.memory.share());
    if (join === 'inner' || join === 'left') this.#sorter = new Sorter(leftWidth + rightWidth, BY_NUMBER, context);
  }

  /** What all left rows find among these rows. */
  *add(part: RightRows): Generator<Wait, void, unknown> {
    const { residual } = this.#input;
    const sink = new JoinSink(this.#sorter ? 'inner' : 'semi', residual, this.#context);
    for (const item of this.#leftRows()) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const numbers = item.columns.at(-1)!;
      const batch = { length: item.length, columns: item.columns.slice(0, -1) };
      sink.start(batch, part.store.columns, numbers);
      yield* this.#take(part.pairs(batch, sink));
      yield* this.#take(sink.finish());
      const wait = this.#context.pause();
      if (wait) yield wait;
    }
  }

  *#take(rows: Iterable<Batch | Wait>): Generator<Wait, void, unknown> {
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      if (this.#input.join !== 'inner') this.#marks.add(item.columns.at(-1)!);
      if (this.#sorter) yield* this.#sorter.add(item);
    }
  }

  /** Left rows with their numbers in a last column: of the left side, and when that was read, of the file. */
  *#leftRows(): Rows {
    if (!this.#left.isEmpty) {
      yield* this.#left.batches();
      return;
    }
    for (const item of numbered(this.#input.left.run(this.#context))) {
      if (!isWait(item)) this.#left.append(item);
      yield item;
    }
  }

  /** The rows of the join. */
  *rows(): Rows {
    const sorter = this.#sorter;
    const { join, leftWidth, rightWidth } = this.#input;
    if (sorter === undefined) {
      for (const { length, columns } of this.#leftWhere(join === 'semi')) {
        yield { length, columns: columns.slice(0, leftWidth) };
      }
      return;
    }
    if (join === 'left') {
      for (const { length, columns } of this.#leftWhere(false)) {
        const nothing = Array.from({ length: rightWidth }, (): Column => new Array(length).fill(null));
        yield* sorter.add({ length, columns: [...columns.slice(0, leftWidth), ...nothing, columns[leftWidth]!] });
      }
    }
    for (const item of sorter.sorted()) {
      yield isWait(item) ? item : { length: item.length, columns: item.columns.slice(0, -1) };
    }
  }

  *#leftWhere(isMarked: boolean): Generator<Batch, void, unknown> {
    for (const batch of this.#left.batches()) {
      const numbers = batch.columns.at(-1)!;
      const selection: number[] = [];
      for (let row = 0; row < batch.length; row++) {
        if (this.#marks.has(numbers[row] as number) === isMarked) selection.push(row);
      }
      if (selection.length > 0) yield select(batch, selection, selection.length);
    }
  }

  close(): void {
    this.#sorter?.close();
    this.#left.close();
    this.#marks.close();
  }
}

/** Numbers that were added. */
class Marks {
  readonly #share: MemoryShare;
  #marks = new Uint8Array(1024);

  constructor(share: MemoryShare) {
    this.#share = share;
  }

  /** Throws 3170. */
  add(numbers: Column): void {
    for (const number of numbers as readonly number[]) {
      if (number >= this.#marks.length) this.#grow(number);
      this.#marks[number] = 1;
    }
  }

  #grow(number: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#marks.length, number + 1));
    this.#share.hold(grown.length);
    grown.set(this.#marks);
    this.#marks = grown;
  }

  has(number: number): boolean {
    return this.#marks[number] === 1;
  }

  close(): void {
    this.#share.release();
  }
}

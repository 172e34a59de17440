/**
 * Rows that find no room in a table of keys: they wait in a file, in their order, and play another round with an empty
 * table when this one is over. So keys come out in the order of their first rows, however many rounds there are.
 */
import { BATCH_SIZE, type Column } from '../expressions/batch.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import { gather, RowStore } from './columns.ts';
import type { Rows } from './operator.ts';
import type { Block, RowFile } from './row-file.ts';
import type { MemoryShare, StatementMemory } from './statement-memory.ts';

/** Plays rounds until one leaves no rows over. */
export function* inRounds(
  first: Rows,
  width: number,
  memory: StatementMemory,
  play: (rows: Rows, overflow: Overflow) => Rows,
): Rows {
  let played: Overflow | undefined;
  let overflow: Overflow | undefined;
  try {
    for (let rows = first; ; rows = overflow.rows()) {
      overflow = new Overflow(width, memory);
      yield* play(rows, overflow);
      played?.close();
      if (overflow.isEmpty) return;
      played = overflow;
    }
  } finally {
    played?.close();
    overflow?.close();
  }
}

/** A table may hold less than this part of a statement's memory only where others hold the rest. */
const LEAST_PART = 1 / 16;

/** Whether a table of so many bytes takes no more keys. Throws 3170 where it would have next to none. */
export function isFull(bytes: number, share: MemoryShare, memory: StatementMemory): boolean {
  if (share.fits(bytes)) return false;
  if (bytes < memory.limit * LEAST_PART) throw memoryExceeded(memory.limit);
  return true;
}

export class Overflow {
  readonly #memory: StatementMemory;
  #file: RowFile | undefined;
  readonly #blocks: Block[] = [];
  readonly #width: number;
  /** Rows for the next block; made with the first, as few statements have any. */
  #store: RowStore | undefined;

  constructor(width: number, memory: StatementMemory) {
    this.#memory = memory;
    this.#width = width;
  }

  get isEmpty(): boolean {
    return (this.#store?.length ?? 0) === 0 && this.#blocks.length === 0;
  }

  /** Takes the rows at the first `count` positions of a selection. Throws 3170 where there is no place for a file. */
  add(columns: readonly Column[], selection: ArrayLike<number>, count: number): void {
    if (count === 0) return;
    this.#store ??= new RowStore(this.#width);
    this.#store.append({ length: count, columns: columns.map((column) => gather(column, selection, count)) });
    if (this.#store.length >= BATCH_SIZE) this.#flush(this.#store);
  }

  /** All rows that were added, in their order. */
  *rows(): Rows {
    const store = this.#store;
    if (store !== undefined && store.length > 0) this.#flush(store);
    for (const block of this.#blocks) yield this.#file!.read(block);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #flush(store: RowStore): void {
    const { openFile, limit } = this.#memory;
    if (openFile === undefined) throw memoryExceeded(limit);
    this.#file ??= openFile();
    for (const batch of store.batches()) this.#blocks.push(this.#file.append(batch));
    store.clear();
  }
}

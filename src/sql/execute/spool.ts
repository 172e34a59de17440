/** Rows in a file, in their order, to be read any number of times. */
import type { Batch } from '../expressions/batch.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import type { Block, RowFile } from './row-file.ts';
import type { StatementMemory } from './statement-memory.ts';

export class Spool {
  readonly #memory: StatementMemory;
  readonly #blocks: Block[] = [];
  #file: RowFile | undefined;

  constructor(memory: StatementMemory) {
    this.#memory = memory;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Throws 3170 where there is no place for a file. */
  append(batch: Batch): void {
    const { openFile, limit } = this.#memory;
    if (this.#file === undefined && openFile === undefined) throw memoryExceeded(limit);
    this.#file ??= openFile!();
    this.#blocks.push(this.#file.append(batch));
  }

  *batches(): Generator<Batch, void, unknown> {
    for (const block of this.#blocks) yield this.#file!.read(block);
  }

  /** To be called whatever ends the use of it. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

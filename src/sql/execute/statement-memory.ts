/**
 * What a statement may hold in memory: `max_statement_memory` bytes over all of its operators together. Bytes are estimated
 * from what is kept (characters of texts, slots of tables), not measured; what flows through in batches does not count.
 *
 * An operator that keeps rows has a share. Where the share may not grow, the operator moves rows to a file (`RowFile`) if it
 * can, or fails with 3170, which names the variable.
 */
import type { Batch } from '../expressions/batch.ts';
import { keptBytesOfColumn } from '../types/kept-bytes.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import type { RowFile } from './row-file.ts';

export type OpenRowFile = () => RowFile;

export class StatementMemory {
  readonly limit: number;
  readonly #findPlace: (() => OpenRowFile | undefined) | undefined;
  used = 0;

  /** `findPlace` is asked where files are needed, which few statements do. */
  constructor(limit: number, findPlace?: () => OpenRowFile | undefined) {
    this.limit = limit;
    this.#findPlace = findPlace;
  }

  /** Makes a new file for rows; undefined where there is no place for one. */
  get openFile(): OpenRowFile | undefined {
    return this.#findPlace?.();
  }

  share(): MemoryShare {
    return new MemoryShare(this);
  }
}

/** Given back, by `release`, when the operator ends, however it ends. */
export class MemoryShare {
  readonly #memory: StatementMemory;
  #bytes = 0;

  constructor(memory: StatementMemory) {
    this.#memory = memory;
  }

  /** Whether the share may be so many bytes, which it is then. */
  fits(bytes: number): boolean {
    const used = this.#memory.used - this.#bytes + bytes;
    if (used > this.#memory.limit) return false;
    this.#memory.used = used;
    this.#bytes = bytes;
    return true;
  }

  /** Makes the share so many bytes. Throws 3170. */
  hold(bytes: number): void {
    if (!this.fits(bytes)) throw memoryExceeded(this.#memory.limit);
  }

  /** Throws 3170. */
  grow(bytes: number): void {
    this.hold(this.#bytes + bytes);
  }

  release(): void {
    this.#memory.used -= this.#bytes;
    this.#bytes = 0;
  }
}

/** What the rows of a batch take when they are kept. */
export function bytesOf({ columns, length }: Batch): number {
  let bytes = 0;
  for (const column of columns) bytes += keptBytesOfColumn(column, length);
  return bytes;
}

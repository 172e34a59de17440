/**
 * The file of a journal's index, `journal.idx` (FORMAT.md §2.5): batches that the writer of the journal puts one behind the
 * other, once in a while. The journal is as good without it: a failure is only told to the log.
 */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { JOURNAL_INDEX_NAME, type JournalIndex } from './journal-index.ts';

export class JournalIndexFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #logger: Logger;
  /** How far it covers the journal; further than any journal goes where no batch may follow. */
  #covered = 0;

  constructor(disk: Disk, directory: string, logger: Logger) {
    this.#disk = disk;
    this.#path = `${directory}/${JOURNAL_INDEX_NAME}`;
    this.#logger = logger;
  }

  get covered(): number {
    return this.#covered;
  }

  /** Reads it into an index without entries, as far as it is believed: `JournalIndex.load`. */
  load(index: JournalIndex, rootAt: (offset: number) => Address | undefined): void {
    const bytes = this.#disk.readFile(this.#path);
    this.#covered = bytes ? index.load(bytes, rootAt) : 0;
  }

  /** It led astray: nothing of it is believed. */
  distrust(): void {
    this.#covered = 0;
  }

  /** Covers all that the index knows, up to the record of `root` at `rootOffset`. */
  extend(index: JournalIndex, rootOffset: number, root: Address): void {
    const believed = index.batchedBytes;
    const bytes = index.endBatch(this.#covered, rootOffset, root);
    try {
      const file = this.#disk.openWrite('journal:open-index', this.#path);
      try {
        if (file.size() > believed) file.truncate('journal:cut-index', believed);
        file.write('journal:write-index', bytes, believed);
      } finally {
        file.close();
      }
      this.#covered = rootOffset;
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      // Batches must be contiguous: begin the file anew with the next writer.
      this.#covered = Number.POSITIVE_INFINITY;
      this.#logger.warn(`${this.#path}: cannot be written: ${error.message}`);
    }
  }

  remove(): void {
    this.#disk.remove('journal:remove-index', this.#path);
  }
}

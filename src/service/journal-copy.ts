/**
 * The journal of a running repository as a table file, for who copies files: the original cannot take over a journal in which
 * a chunk stands twice, and a file that grows while it is copied has no length. The copy is as good as the journal was when
 * it was asked for, is made again only when the journal has grown, and is on no disk any more when this process ends.
 */
import { randomName } from '../base/random-name.ts';
import type { Journal } from '../chunks/journal.ts';
import { TableFile } from '../chunks/table-file.ts';
import { TableFileWriter } from '../chunks/table-file-writer.ts';
import type { Environment } from '../repo/repository.ts';

export class JournalCopy {
  readonly #environment: Environment;
  readonly #directory: string;
  #made: { readonly journal: Journal; readonly byteSize: number; readonly table: TableFile } | undefined;

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
  }

  /** Undefined for a journal without chunks. `take` opens the file by its name, which it loses then. */
  of(journal: Journal, take: (table: TableFile) => void): TableFile | undefined {
    if (journal.chunkCount() === 0) return undefined;
    const byteSize = journal.byteSize();
    if (this.#made?.journal === journal && this.#made.byteSize === byteSize) {
      take(this.#made.table);
      return this.#made.table;
    }
    const { disk } = this.#environment;
    disk.makeDirectory('journal-copy:make', this.#directory);
    const writer = new TableFileWriter(disk, this.#directory, randomName());
    try {
      journal.copyTo(writer);
    } catch (error) {
      writer.abandon();
      throw error;
    }
    const { name, path } = writer.finish();
    const table = new TableFile(name, path, disk.openRead(path)!);
    take(table);
    disk.remove('journal-copy:remove', path);
    this.close();
    this.#made = { journal, byteSize, table };
    return table;
  }

  close(): void {
    this.#made?.table.close();
    this.#made = undefined;
  }
}

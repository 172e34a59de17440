/**
 * Rows in a file, a batch a block, for what a statement may not keep in memory. The file loses its name as soon as it is
 * open: it goes with its handle, whatever ends the statement or the process. A name that a crash just then leaves is
 * removed by whoever opens the next file in the folder.
 *
 * Nothing is synced. Throws DiskError, as the disk does.
 */
import { abandonFile, type Disk, type DiskFile } from '../../base/disk.ts';
import { assert } from '../../base/errors.ts';
import type { Batch, Column } from '../expressions/batch.ts';

export interface Block {
  readonly position: number;
  readonly bytes: number;
  readonly rows: number;
}

const PREFIX = 'rows-';

export class RowFile {
  readonly #file: DiskFile;
  #size = 0;

  private constructor(file: DiskFile) {
    this.#file = file;
  }

  /** `name` is one that nobody else has. */
  static open(disk: Disk, folder: string, name: string): RowFile {
    disk.makeDirectory('rows:folder', folder);
    for (const left of disk.list(folder) ?? []) {
      if (left.startsWith(PREFIX)) disk.remove('rows:sweep', `${folder}/${left}`);
    }
    const path = `${folder}/${PREFIX}${name}`;
    const file = disk.openWrite('rows:open', path);
    try {
      disk.remove('rows:unname', path);
    } catch (error) {
      file.close();
      abandonFile(disk, 'rows:abandon', path);
      throw error;
    }
    return new RowFile(file);
  }

  append({ columns, length }: Batch): Block {
    const whole = columns.every((column) => column.length === length || column.length === 0);
    const bytes = v8().serialize(whole ? columns : columns.map((column) => column.slice(0, length)));
    const block = { position: this.#size, bytes: bytes.length, rows: length };
    this.#file.write('rows:append', bytes, block.position);
    this.#size += bytes.length;
    return block;
  }

  read({ position, bytes, rows }: Block): Batch {
    const stored = new Uint8Array(bytes);
    const count = this.#file.read(stored, 0, bytes, position);
    assert(count === bytes, 'a file of rows is shorter than what was written');
    return { length: rows, columns: v8().deserialize(stored) as Column[] };
  }

  close(): void {
    this.#file.close();
  }
}

/** Loaded when the first file is written: most processes never do. */
const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8');

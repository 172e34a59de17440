/** A journal that has grown large becomes a table file. */
import type { Disk } from '../base/disk.ts';
import { randomName } from '../base/random-name.ts';
import type { Journal } from './journal.ts';
import { manifestLock } from './manifest.ts';
import { fileNotThere, openChunkFile } from './open-chunk-file.ts';
import type { StoreFiles } from './store-files.ts';
import { TableFileWriter } from './table-file-writer.ts';

/** Turns the journal into a table file that the manifest names in its place; the next commit begins a new one. */
export function rollJournal(disk: Disk, directory: string, files: StoreFiles, journal: Journal): void {
  const writer = new TableFileWriter(disk, directory, randomName());
  const written = writer.finishWith(() => journal.copyTo(writer));
  if (!written) return;
  const { name, chunkCount } = written;
  const table = openChunkFile(disk, directory, name);
  if (!table) throw fileNotThere(directory, name);
  const specs = [...files.tableSpecs().filter((spec) => spec.name !== name), { name, chunkCount }];
  const { root, manifest } = files;
  try {
    files.publish({ root, files: specs, gcGeneration: manifest.gcGeneration, lock: manifestLock(root, specs) });
  } catch (error) {
    table.close();
    throw error;
  }
  files.replaceJournal(table);
  journal.remove();
}

/** A journal's time in the manifest: named from its first commit on, until it has grown large and becomes a table file. */
import type { Disk } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { randomName } from '../base/random-name.ts';
import { Journal } from './journal.ts';
import { manifestLock } from './manifest.ts';
import { fileNotThere, openChunkFile } from './open-chunk-file.ts';
import { type StoreFiles, specOf } from './store-files.ts';
import { TableFileWriter } from './table-file-writer.ts';

/**
 * Makes sure that there is a journal, and that the manifest names it and every finished file; the root stays. `now` in
 * seconds since 1970.
 */
export function enterJournal(
  disk: Disk,
  directory: string,
  files: StoreFiles,
  now: () => number,
  logger: Logger,
): void {
  // No manifest names a root that is not durable.
  files.journal?.flush();
  disk.makeDirectory('store:make', directory);
  const { root, manifest, unpublished } = files;
  let { journal } = files;
  if (!journal) {
    journal = Journal.create(disk, directory, root, now(), logger);
    files.setJournal(journal);
  }
  const specs = [specOf(journal), ...files.tableSpecs(), ...unpublished.map(specOf)];
  files.publish({ root, files: specs, gcGeneration: manifest.gcGeneration, lock: manifestLock(root, specs) });
  files.unpublishedAreNamed();
}

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

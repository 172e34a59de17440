/** Opening the files that a manifest names. */
import { type Address, JOURNAL_ADDRESS, parseAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { ARCHIVE_SUFFIX, ArchiveFile } from './archive-file.ts';
import type { Conjoinable } from './conjoin.ts';
import { TableFile } from './table-file.ts';

/** The table file or archive of this name; undefined when there is neither. */
export function openChunkFile(disk: Disk, directory: string, name: Address): Conjoinable | undefined {
  const path = `${directory}/${name}`;
  const table = disk.openRead(path);
  if (table) return new TableFile(name, path, table);
  const archive = disk.openRead(path + ARCHIVE_SUFFIX);
  return archive && new ArchiveFile(name, path + ARCHIVE_SUFFIX, archive);
}

export function fileNotThere(directory: string, name: Address): DoltError {
  const message = `${directory}/manifest names ${name}, which is not there; restore it from a remote or a backup`;
  return new DoltError('corrupt', message);
}

/** The name of the table file, archive or journal that a file of that name is. */
const chunkFileOf = (name: string): Address | undefined =>
  parseAddress(name.endsWith(ARCHIVE_SUFFIX) ? name.slice(0, -ARCHIVE_SUFFIX.length) : name);

/** Is it the name of a table file or an archive? */
export function isTableName(name: string): boolean {
  const file = chunkFileOf(name);
  return file !== undefined && file !== JOURNAL_ADDRESS;
}

/** The names of table files, archives and the journal in a folder, whatever the manifest says. */
export function chunkFilesIn(disk: Disk, directory: string): readonly Address[] {
  return (disk.list(directory) ?? []).map(chunkFileOf).filter((name) => name !== undefined);
}

/** Are there files that a manifest must have named? A journal is there, and empty, before the first manifest. */
export function hasChunkFiles(disk: Disk, directory: string): boolean {
  const isContent = (name: Address): boolean =>
    name !== JOURNAL_ADDRESS || disk.stat(`${directory}/${name}`)?.size !== 0;
  return chunkFilesIn(disk, directory).some(isContent);
}

/** Closes those of `files` that were not open before. */
export function closeNew(files: readonly Conjoinable[], present: readonly Conjoinable[]): void {
  for (const file of files) if (!present.includes(file)) file.close();
}

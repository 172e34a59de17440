/** Opening the files that a manifest names. */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
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

/** Closes those of `files` that were not open before. */
export function closeNew(files: readonly Conjoinable[], present: readonly Conjoinable[]): void {
  for (const file of files) if (!present.includes(file)) file.close();
}

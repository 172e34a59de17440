/** What a list tells of the store in a folder, without opening it. */
import type { Disk } from '../base/disk.ts';
import type { StoreFacts } from './page-access.ts';

export function folderFacts(disk: Disk, folder: string): StoreFacts {
  let byteSize = 0;
  for (const name of disk.list(folder) ?? []) {
    const file = disk.stat(`${folder}/${name}`);
    if (file?.kind === 'file') byteSize += file.size;
  }
  return { byteSize, lastPush: disk.stat(`${folder}/manifest`)?.modifiedMs };
}

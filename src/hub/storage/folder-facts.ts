/** What a list tells of the store in a folder, without opening it. */
import { EMPTY_ADDRESS } from '../../base/address.ts';
import type { Disk } from '../../base/disk.ts';
import { MANIFEST_NAME, readManifest } from '../../chunks/manifest.ts';
import type { StoreFacts } from '../page-access.ts';

/** Throws `corrupt` for a manifest that is damaged. */
export function folderFacts(disk: Disk, folder: string): StoreFacts {
  if (readManifest(disk, folder).manifest.root === EMPTY_ADDRESS) return { byteSize: 0, lastPush: undefined };
  let byteSize = 0;
  for (const name of disk.list(folder) ?? []) {
    const file = disk.stat(`${folder}/${name}`);
    if (file?.kind === 'file') byteSize += file.size;
  }
  return { byteSize, lastPush: disk.stat(`${folder}/${MANIFEST_NAME}`)?.modifiedMs };
}

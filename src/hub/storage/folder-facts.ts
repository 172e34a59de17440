/** What a list tells of the store in a folder, without opening it. */
import { type Address, EMPTY_ADDRESS } from '../../base/address.ts';
import type { Disk } from '../../base/disk.ts';
import { readManifest } from '../../chunks/manifest.ts';

/** 0 bytes before the first push. Throws `corrupt` for a manifest that is damaged. */
export function folderFacts(disk: Disk, folder: string): { readonly root: Address; readonly byteSize: number } {
  const { root } = readManifest(disk, folder).manifest;
  if (root === EMPTY_ADDRESS) return { root, byteSize: 0 };
  let byteSize = 0;
  for (const name of disk.list(folder) ?? []) {
    const file = disk.stat(`${folder}/${name}`);
    if (file?.kind === 'file') byteSize += file.size;
  }
  return { root, byteSize };
}

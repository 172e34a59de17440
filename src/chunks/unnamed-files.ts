/** Files of a store that no manifest names: left by what was killed, replaced, or under way. */
import { JOURNAL_ADDRESS, parseAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { ARCHIVE_SUFFIX } from './archive-file.ts';
import type { Manifest } from './manifest.ts';

const TEMPORARY = /^nbs_(manifest|table)_/;

/** Paths of chunk files, and of files that became none, which the manifest of their folder does not name. */
export function unnamedFiles(disk: Disk, directory: string, manifest: Manifest): readonly string[] {
  const named = new Set(manifest.files.map(({ name }) => name as string));
  const names = (disk.list(directory) ?? []).filter((name) => {
    const bare = name.endsWith(ARCHIVE_SUFFIX) ? name.slice(0, -ARCHIVE_SUFFIX.length) : name;
    const ours = TEMPORARY.test(name) || (parseAddress(bare) !== undefined && bare !== JOURNAL_ADDRESS);
    return ours && !named.has(bare);
  });
  return names.map((name) => `${directory}/${name}`);
}

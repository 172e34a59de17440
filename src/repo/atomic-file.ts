/**
 * Replaces a small file as a whole: readers, and a restart after a crash, find the old or the new content. Another
 * process that writes the same file at the same time may win; none sees half.
 */

import { abandonFile, type Disk } from '../base/disk.ts';
import { AssertionError } from '../base/errors.ts';

/**
 * Writes `content` to `path`. `moment` prefixes the disk's moments: `<moment>:write`, `:sync`, `:rename`, `:directory`.
 * `mode`: who may read it; everybody unless told.
 */
export function replaceFile(
  disk: Disk,
  moment: string,
  path: string,
  content: string | Uint8Array,
  mode?: number,
): void {
  const slash = path.lastIndexOf('/');
  if (slash < 0) throw new AssertionError(`not an absolute path: ${path}`);
  const temporary = `${path}.tmp`;
  try {
    const file = disk.create(`${moment}:create`, temporary, mode);
    try {
      file.write(`${moment}:write`, typeof content === 'string' ? Buffer.from(content, 'utf8') : content, 0);
      file.sync(`${moment}:sync`);
    } finally {
      file.close();
    }
  } catch (error) {
    abandonFile(disk, `${moment}:abandon`, temporary);
    throw error;
  }
  disk.rename(`${moment}:rename`, temporary, path);
  disk.syncDirectory(`${moment}:directory`, path.slice(0, slash));
}

/** The file as text, or undefined when there is none. */
export function readText(disk: Disk, path: string): string | undefined {
  const bytes = disk.readFile(path);
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Between this disk and a bucket. */
import { abandonFile, type Disk } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';

/** Bytes that are read at a time. */
const PIECE_BYTES = 1 << 20;

/** What a file of this disk holds, in pieces. Throws `notFound` where there is none, `corrupt` when it is shorter. */
export function* contentOf(disk: Disk, path: string, byteSize: number): Generator<Uint8Array, void> {
  const reader = disk.openRead(path);
  if (!reader) throw new DoltError('notFound', `${path} is not there any more`);
  try {
    for (let at = 0; at < byteSize; ) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, byteSize - at));
      if (reader.read(piece, 0, piece.length, at) < piece.length)
        throw new DoltError('corrupt', `${path} is shorter than it was`);
      yield piece;
      at += piece.length;
    }
  } finally {
    reader.close();
  }
}

/** Writes what comes to a file of this disk, synced; nothing is left of it where it does not come. */
export async function writeAll(
  disk: Disk,
  path: string,
  body: AsyncIterable<Uint8Array>,
  progress?: (bytes: number) => void,
): Promise<void> {
  const target = disk.create('remote:create-copy', path);
  let at = 0;
  try {
    for await (const piece of body) {
      target.write('remote:write-copy', piece, at);
      at += piece.length;
      progress?.(piece.length);
    }
    await target.syncLater('remote:sync-copy');
    target.close();
  } catch (error) {
    target.close();
    abandonFile(disk, 'remote:abandon-copy', path);
    throw error;
  }
}

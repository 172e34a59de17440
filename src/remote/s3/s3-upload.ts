/** Writing an object of any size: at once, or in parts beside each other, which are given up where one fails. */
import { inParallel } from '../parallel.ts';
import type { PartTag, S3Client } from './s3-client.ts';

/** Up to this size at once. */
export const PART_BYTES = 8 << 20;
const MOST_PARTS = 10_000;
const PARALLEL_PARTS = 4;

/** `read`: bytes from a position on, so many. */
export async function uploadObject(
  client: S3Client,
  key: string,
  size: number,
  read: (offset: number, length: number) => Uint8Array,
): Promise<void> {
  if (size <= PART_BYTES) return await client.write(key, read(0, size));
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  const offsets = Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => i * partBytes);
  await inParts(client, key, size, async (uploadId) => {
    const tags = new Array<PartTag>(offsets.length);
    await inParallel(Array.from(offsets.keys()), PARALLEL_PARTS, async (i) => {
      const bytes = read(offsets[i]!, Math.min(partBytes, size - offsets[i]!));
      tags[i] = await client.writePart(key, uploadId, i + 1, bytes);
    });
    return tags;
  });
}

/** Makes an object of the parts that `write` writes; of none where it throws. */
export async function inParts(
  client: S3Client,
  key: string,
  size: number,
  write: (uploadId: string) => Promise<readonly PartTag[]>,
): Promise<void> {
  const uploadId = await client.beginUpload(key);
  try {
    await client.completeUpload(key, uploadId, await write(uploadId), size);
  } catch (error) {
    // What cannot be given up now is when the bucket is tidied.
    await client.abortUpload(key, uploadId).catch(() => {});
    throw error;
  }
}

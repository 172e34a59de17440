/**
 * Writing an object of any size: at once, or in parts of one size, some beside each other. Nothing is there before all is,
 * and nothing where the body fails.
 */
import { DoltError } from '../../base/errors.ts';
import type { PartTag, S3Client } from './s3-client.ts';

/** Up to this size at once. */
export const PART_BYTES = 8 << 20;
const MOST_PARTS = 10_000;
const PARALLEL_PARTS = 4;

export type Body = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** `size`: of `body`, which is read to its end before anything is there. */
export async function uploadObject(client: S3Client, key: string, size: number, body: Body): Promise<void> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  const parts = checked(key, size, partsOf(body, partBytes));
  if (size > partBytes) return await uploadParts(client, key, size, parts);
  let whole = new Uint8Array(0);
  for await (const part of parts) whole = part;
  await client.write(key, whole);
}

async function uploadParts(
  client: S3Client,
  key: string,
  size: number,
  parts: AsyncIterable<Uint8Array>,
): Promise<void> {
  const uploadId = await client.beginUpload(key);
  const running = new Set<Promise<void>>();
  try {
    const tags: PartTag[] = [];
    let number = 0;
    for await (const part of parts) {
      const at = number++;
      const sent = client.writePart(key, uploadId, number, part).then((tag) => {
        tags[at] = tag;
        running.delete(sent);
      });
      running.add(sent);
      if (running.size >= PARALLEL_PARTS) await Promise.race(running);
    }
    await Promise.all(running);
    await client.completeUpload(key, uploadId, tags, size);
  } catch (error) {
    await Promise.allSettled(running);
    // What cannot be given up now is when the bucket is tidied.
    await client.abortUpload(key, uploadId).catch(() => {});
    throw error;
  }
}

/** All of one size but the last. */
async function* partsOf(body: Body, partBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + partBytes - size);
      pieces.push(taken);
      size += taken.length;
      at += taken.length;
      if (size < partBytes) continue;
      yield joined(pieces, size);
      pieces = [];
      size = 0;
    }
  }
  if (size > 0) yield joined(pieces, size);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function* checked<T extends Uint8Array>(
  key: string,
  size: number,
  parts: AsyncIterable<T>,
): AsyncGenerator<T, void> {
  let found = 0;
  for await (const part of parts) {
    found += part.length;
    yield part;
  }
  if (found !== size) throw new DoltError('corrupt', `${key} has ${found} bytes, and should have ${size}`);
}

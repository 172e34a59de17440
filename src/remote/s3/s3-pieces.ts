/** Bytes of an object of any size, in order: several ranges are on their way while the first is used. */
import type { Span } from '../spans.ts';
import type { S3Client } from './s3-client.ts';
import { MissingObjectError } from './s3-file.ts';

export interface PieceOptions {
  readonly pieceBytes: number;
  readonly parallel: number;
}

/** Throws `MissingObjectError`. */
export async function* piecesOf(
  client: S3Client,
  key: string,
  { offset, length }: Span,
  { pieceBytes, parallel }: PieceOptions,
): AsyncGenerator<Uint8Array, void> {
  const end = offset + length;
  const read = async (from: number): Promise<Uint8Array> => {
    const object = await client.read(key, { offset: from, length: Math.min(pieceBytes, end - from) });
    if (!object) throw new MissingObjectError(client.where, key);
    return object.bytes;
  };
  const coming: Promise<Uint8Array>[] = [];
  let next = offset;
  try {
    for (;;) {
      for (; coming.length < parallel && next < end; next += pieceBytes) coming.push(read(next));
      const first = coming.shift();
      if (!first) return;
      yield await first;
    }
  } finally {
    // Whoever reads has ended, or is told of the first failure.
    await Promise.allSettled(coming);
  }
}

/**
 * Zstandard frames with a dictionary, as archives hold them (FORMAT.md §2.4). Read only, through an add-on that is
 * loaded with the first such span: most stores have none.
 */

export interface ZstdDecoder {
  /** The frame's content, or undefined when it is damaged. */
  decode(frame: Uint8Array): Uint8Array | undefined;
}

let addOn: typeof import('@toondepauw/node-zstd') | undefined;

/** A decoder of frames made with `dictionary`, or of plain frames. */
export function zstdDecoder(dictionary?: Uint8Array): ZstdDecoder {
  addOn ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)(
    '@toondepauw/node-zstd',
  ) as typeof import('@toondepauw/node-zstd');
  const decoder = new addOn.Decoder(dictionary && asBuffer(dictionary));
  return {
    decode(frame) {
      if (contentBound(frame) > MAX_CONTENT) return undefined;
      try {
        const content = decoder.decodeSync(asBuffer(frame));
        return new Uint8Array(content.buffer, content.byteOffset, content.length);
      } catch {
        return undefined;
      }
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A chunk is not longer, whoever made the frame: a few bytes of one may stand for gigabytes. */
const MAX_CONTENT = 1 << 28;
const MAX_BLOCK = 128 << 10;
const RAW_OR_REPEATED = 1;
const REPEATED = 1;

/** How long the content of a frame may be at most, by the heads of its blocks (RFC 8878 §3.1.1); 0 for what is no frame. */
function contentBound(frame: Uint8Array): number {
  const head = frame[4] ?? 0;
  const isSingleSegment = (head & 0x20) !== 0;
  const dictionaryId = [0, 1, 2, 4][head & 3]!;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][head >>> 6]!;
  let bound = 0;
  for (let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryId + contentSize; at + 3 <= frame.length; ) {
    const block = frame[at]! | (frame[at + 1]! << 8) | (frame[at + 2]! << 16);
    const type = (block >>> 1) & 3;
    const size = block >>> 3;
    bound += type <= RAW_OR_REPEATED ? size : MAX_BLOCK;
    if ((block & 1) !== 0) break;
    at += 3 + (type === REPEATED ? 1 : size);
  }
  return bound;
}

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

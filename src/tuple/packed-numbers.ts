/** Numbers that scripts have packed into text: base64 of brotli of varints, seven bits a byte, the lowest first. */
export interface PackedNumbers {
  /** What was packed, for numbers that stand there otherwise. */
  readonly bytes: Buffer;
  /** The next varint, from `at` on. */
  next(): number;
}

export function packedNumbers(base64: string, at = 0): PackedNumbers {
  const bytes = process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from(base64, 'base64'));
  return {
    bytes,
    next() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++]!;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    },
  };
}

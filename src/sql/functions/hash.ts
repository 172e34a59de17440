/** Hashes, compression and random bytes (MySQL manual, "Encryption and Compression Functions"). */
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { numericOutOfRange } from '../types/sql-error.ts';
import { INT, LONGBLOB, LONGTEXT } from '../types/sql-type.ts';
import { asBytes, asInteger, count, MAX_PACKET, simple } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

const SHA2: Readonly<Record<number, string>> = {
  0: 'sha256',
  224: 'sha224',
  256: 'sha256',
  384: 'sha384',
  512: 'sha512',
};

function digest(name: string, bytes: unknown): string {
  return process
    .getBuiltinModule('node:crypto')
    .createHash(name)
    .update(bytes as Uint8Array)
    .digest('hex');
}

/** Four bytes of length, then zlib; a final space gets a point. */
function compress(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const packed = process.getBuiltinModule('node:zlib').deflateSync(bytes);
  const header = Buffer.alloc(4);
  header.writeUInt32LE(bytes.length);
  const ending = packed[packed.length - 1] === 0x20 ? Buffer.from('.') : Buffer.alloc(0);
  return new Uint8Array(Buffer.concat([header, packed, ending]));
}

type Warn = EvaluationContext['session']['warn'];

const corrupted = { level: 'Warning', code: 1259, message: 'ZLIB: Input data corrupted' } as const;

/** Of what `compress` made, the length before; undefined for what it did not make. */
function statedLength(bytes: Uint8Array): number | undefined {
  if (bytes.length === 0) return 0;
  return bytes.length <= 4 ? undefined : Buffer.from(bytes).readUInt32LE() & 0x3fff_ffff;
}

function uncompress(bytes: Uint8Array, warn: Warn): Uint8Array | null {
  const length = statedLength(bytes);
  if (bytes.length === 0) return bytes;
  if (length === undefined) {
    warn(corrupted);
    return null;
  }
  if (length > MAX_PACKET) {
    const message = `Uncompressed data size too large; the maximum size is ${MAX_PACKET} (probably, length of uncompressed data was corrupted)`;
    warn({ level: 'Warning', code: 1256, message });
    return null;
  }
  try {
    const limit = { maxOutputLength: Math.max(length, 1) };
    return new Uint8Array(process.getBuiltinModule('node:zlib').inflateSync(bytes.subarray(4), limit));
  } catch (error) {
    const isLonger = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    const room = 'ZLIB: Not enough room in the output buffer (probably, length of uncompressed data was corrupted)';
    warn(isLonger ? { level: 'Warning', code: 1258, message: room } : corrupted);
    return null;
  }
}

function uncompressedLength(bytes: Uint8Array, warn: Warn): number | null {
  const length = statedLength(bytes);
  if (length === undefined) warn(corrupted);
  return length ?? null;
}

export const hashFunctions: readonly ScalarFunction[] = [
  simple('md5', [asBytes], LONGTEXT, ([bytes]) => digest('md5', bytes)),
  simple('sha1', [asBytes], LONGTEXT, ([bytes]) => digest('sha1', bytes), { aliases: ['sha'] }),
  simple(
    'sha2',
    [asBytes, asInteger],
    LONGTEXT,
    ([bytes, size]) => {
      const name = SHA2[count(size!)];
      return name === undefined ? null : digest(name, bytes);
    },
    { nullable: true },
  ),
  simple('compress', [asBytes], LONGBLOB, ([bytes]) => compress(bytes as Uint8Array)),
  simple(
    'uncompress',
    [asBytes],
    LONGBLOB,
    ([bytes], { session }) => uncompress(bytes as Uint8Array, (warning) => session.warn(warning)),
    { nullable: true },
  ),
  simple(
    'uncompressed_length',
    [asBytes],
    INT,
    ([bytes], { session }) => uncompressedLength(bytes as Uint8Array, (warning) => session.warn(warning)),
    { nullable: true },
  ),
  simple(
    'random_bytes',
    [asInteger],
    LONGBLOB,
    ([size], { session }) => {
      const length = count(size!);
      if (length < 1 || length > 1024) throw numericOutOfRange('DOUBLE', `length in random_bytes`);
      return session.randomBytes(length);
    },
    { volatile: true },
  ),
];

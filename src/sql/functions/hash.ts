/** Hashes, compression and random bytes (MySQL manual, "Encryption and Compression Functions"). */
import { numericOutOfRange } from '../types/sql-error.ts';
import { INT, LONGBLOB, LONGTEXT } from '../types/sql-type.ts';
import { asBytes, asInteger, count, simple } from './arguments.ts';
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

function uncompress(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length === 0) return bytes;
  if (bytes.length <= 4) return null;
  try {
    return new Uint8Array(process.getBuiltinModule('node:zlib').inflateSync(bytes.subarray(4)));
  } catch {
    return null;
  }
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
  simple('uncompress', [asBytes], LONGBLOB, ([bytes]) => uncompress(bytes as Uint8Array), { nullable: true }),
  simple('uncompressed_length', [asBytes], INT, ([bytes]) =>
    (bytes as Uint8Array).length < 4 ? 0 : Buffer.from(bytes as Uint8Array).readUInt32LE() & 0x3fff_ffff,
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

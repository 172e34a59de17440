/**
 * The hash by which full-text indexes know a row: SHA-256 over the bytes of its values as Go's `encoding/binary` writes
 * them, then a byte for each column that says whether it is NULL.
 */
import { unreachable } from '../../base/errors.ts';
import { Encoding } from '../../tuple/encoding.ts';
import type { Value } from '../../tuple/value.ts';
import type { Row } from '../row-encoder.ts';
import type { TableSchema } from '../schema.ts';

type WriteValue = (value: Exclude<Value, null>) => Uint8Array;

/** Hashes rows of a schema: 64 hexadecimal digits. */
export function rowHasher(schema: TableSchema): (row: Row) => string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const writers = schema.columns.map(({ encoding, sqlType }) => writerOf(encoding, sqlType));
  return (row) => {
    const hash = createHash('sha256');
    const nulls = new Uint8Array(row.length);
    row.forEach((value, i) => {
      if (value === null) nulls[i] = 1;
      else hash.update(writers[i]!(value));
    });
    return hash.update(nulls).digest('hex');
  };
}

function writerOf(encoding: Encoding, sqlType: string): WriteValue {
  switch (encoding) {
    case Encoding.int8:
    case Encoding.uint8:
      return (value) => littleEndian(value, 1);
    case Encoding.int16:
    case Encoding.uint16:
    case Encoding.year:
    case Encoding.enum:
      return (value) => littleEndian(value, 2);
    case Encoding.int32:
    case Encoding.uint32:
      return (value) => littleEndian(value, 4);
    case Encoding.int64:
    case Encoding.uint64:
    case Encoding.bit64:
    case Encoding.set:
    case Encoding.time:
      return (value) => littleEndian(value, 8);
    case Encoding.float32:
      return (value) => new Uint8Array(Float32Array.of(Number(value)).buffer);
    case Encoding.float64:
      return (value) => new Uint8Array(Float64Array.of(Number(value)).buffer);
    case Encoding.decimal: {
      const scale = Number(/\(\s*\d+\s*,\s*(\d+)\s*\)/.exec(sqlType)?.[1] ?? 0);
      return (value) => Buffer.from(decimalText(value as number | bigint, scale));
    }
    case Encoding.date:
      return (value) => moment(microsecondsOfDate(Number(value)));
    case Encoding.datetime:
      return (value) => moment(BigInt(value as number | bigint));
    case Encoding.json:
    case Encoding.jsonAdaptive:
    case Encoding.jsonAddress:
      return (value) => Buffer.from(spacedJson(value as string));
    case Encoding.string:
    case Encoding.stringAdaptive:
    case Encoding.stringAddress:
    case Encoding.bytes:
    case Encoding.bytesAdaptive:
    case Encoding.bytesAddress:
    case Encoding.geometry:
    case Encoding.geometryAdaptive:
    case Encoding.geometryAddress:
    case Encoding.hash128:
    case Encoding.commitAddress:
    case Encoding.cell:
    case Encoding.extended:
    case Encoding.extendedAdaptive:
    case Encoding.extendedAddress:
    case Encoding.null:
      return (value) => (value instanceof Uint8Array ? value : Buffer.from(String(value)));
    default:
      return unreachable(encoding);
  }
}

function littleEndian(value: Exclude<Value, null>, bytes: 1 | 2 | 4 | 8): Uint8Array {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value as number | bigint)));
  return word.subarray(0, bytes);
}

/** Plain digits; below a millionth with an exponent. */
function decimalText(unscaled: number | bigint, scale: number): string {
  const digits = String(unscaled).replace('-', '');
  const sign = unscaled < 0 ? '-' : '';
  const exponent = digits.length - 1 - scale;
  if (exponent < -6 && digits !== '0') {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}E${exponent}`;
  }
  const padded = digits.padStart(scale + 1, '0');
  return sign + (scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
}

const MICROSECONDS = 1_000_000n;
/** Seconds from the first of January of the year 1 to 1970. */
const EPOCH = 62_135_596_800n;

/** The form of Go's `time.Time` in UTC: a version, seconds since the year 1, nanoseconds, no offset. */
function moment(microseconds: bigint): Uint8Array {
  let seconds = microseconds / MICROSECONDS;
  let rest = microseconds % MICROSECONDS;
  if (rest < 0n) {
    seconds -= 1n;
    rest += MICROSECONDS;
  }
  const bytes = Buffer.alloc(15, 0xff);
  bytes[0] = 1;
  bytes.writeBigInt64BE(seconds + EPOCH, 1);
  bytes.writeInt32BE(Number(rest) * 1000, 9);
  return bytes;
}

function microsecondsOfDate(date: number): bigint {
  const day = new Date(0);
  day.setUTCFullYear(date >>> 16, ((date >>> 8) & 0xff) - 1, date & 0xff);
  return BigInt(day.getTime()) * 1000n;
}

/** The stored text with the spaces that MySQL shows. */
function spacedJson(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[,:]/gs, (part) => (part.length === 1 ? `${part} ` : part));
}

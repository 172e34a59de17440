/**
 * Turns the bytes of one field that is not NULL into a value. One decoder an encoding, made once for a field type and then
 * called for each row.
 */
import { addressAt, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { Encoding } from './encoding.ts';
import type { FieldType } from './field-type.ts';
import { type Integer, integerOf, type Value } from './value.ts';
import { varintLength } from './varint.ts';

export type FieldDecoder = (bytes: Uint8Array, start: number, end: number) => Value;

const scratch = new DataView(new ArrayBuffer(8));

export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

export function readInt64(bytes: Uint8Array, at: number): Integer {
  const low = readUint32(bytes, at);
  const high = readInt32(bytes, at + 4);
  if (high < 0x200000 && high >= -0x200000) {
    const value = high * 4294967296 + low;
    if (value !== -9007199254740992) return value;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}

export function readUint64(bytes: Uint8Array, at: number): Integer {
  const low = readUint32(bytes, at);
  const high = readUint32(bytes, at + 4);
  return high < 0x200000 ? high * 4294967296 + low : (BigInt(high) << 32n) | BigInt(low);
}

export function readFloat32(bytes: Uint8Array, at: number): number {
  scratch.setInt32(0, readInt32(bytes, at));
  return scratch.getFloat32(0);
}

export function readFloat64(bytes: Uint8Array, at: number): number {
  scratch.setInt32(4, readInt32(bytes, at));
  scratch.setInt32(0, readInt32(bytes, at + 4));
  return scratch.getFloat64(0);
}

type Slice = (this: Uint8Array, start: number, end: number) => string;
const { utf8Slice } = Buffer.prototype as unknown as { utf8Slice: Slice };

/** The text of a range of UTF-8. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  // A call into the runtime costs more than a few characters made here, all at once.
  if (end - start <= 16) {
    let all = 0;
    for (let i = start; i < end; i++) all |= bytes[i]!;
    if (all < 0x80) return asciiText(bytes, start, end - start);
  }
  return utf8Slice.call(bytes, start, end);
}

const make = String.fromCharCode;

function asciiText(b: Uint8Array, s: number, length: number): string {
  // biome-ignore format: a table
  switch (length) {
    case 1: return make(b[s]!);
    case 2: return make(b[s]!, b[s + 1]!);
    case 3: return make(b[s]!, b[s + 1]!, b[s + 2]!);
    case 4: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!);
    case 5: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!);
    case 6: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!);
    case 7: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!);
    case 8: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!);
    case 9: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!);
    case 10: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!);
    case 11: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!);
    case 12: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!, b[s + 11]!);
    case 13: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!, b[s + 11]!, b[s + 12]!);
    case 14: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!, b[s + 11]!, b[s + 12]!, b[s + 13]!);
    case 15: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!, b[s + 11]!, b[s + 12]!, b[s + 13]!, b[s + 14]!);
    case 16: return make(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!, b[s + 8]!, b[s + 9]!, b[s + 10]!, b[s + 11]!, b[s + 12]!, b[s + 13]!, b[s + 14]!, b[s + 15]!);
    default: return '';
  }
}

/** The unscaled value at the scale that is stored. */
function readCoefficient(bytes: Uint8Array, start: number, end: number): Integer {
  const from = start + 5;
  if (end === from) return 0;
  const negative = bytes[start + 4]! === 255;
  if (end - from === 8 && bytes[from] === 0 && bytes[from + 1]! < 0x20) {
    const high = (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    const low =
      ((bytes[from + 4]! << 24) | (bytes[from + 5]! << 16) | (bytes[from + 6]! << 8) | bytes[from + 7]!) >>> 0;
    const magnitude = high * 4294967296 + low;
    return negative ? -magnitude : magnitude;
  }
  let magnitude = 0n;
  for (let i = from; i < end; i++) magnitude = (magnitude << 8n) | BigInt(bytes[i]!);
  return integerOf(negative ? -magnitude : magnitude);
}

/** A decimal, unscaled, at `scale`. */
export function readDecimal(bytes: Uint8Array, start: number, end: number, scale: number): Integer {
  if (end - start === 4) throw new DoltError('unsupported', 'a decimal that is not a finite number');
  const stored = -readInt32(bytes, start);
  const coefficient = readCoefficient(bytes, start, end);
  if (stored === scale || coefficient === 0) return coefficient;
  return stored < scale
    ? integerOf(BigInt(coefficient) * 10n ** BigInt(scale - stored))
    : integerOf(BigInt(coefficient) / 10n ** BigInt(stored - scale));
}

/** The content of an adaptive field, in line or from its blob. */
export function adaptiveContent(
  bytes: Uint8Array,
  start: number,
  end: number,
  blobs: BlobStore | undefined,
): Uint8Array {
  const first = bytes[start]!;
  if (first === 0) return bytes.subarray(start + 1, end);
  return blobContent(bytes, start + varintLength(first), blobs);
}

function blobContent(bytes: Uint8Array, at: number, blobs: BlobStore | undefined): Uint8Array {
  if (at + 20 > bytes.length) throw new DoltError('corrupt', 'an out-of-band value is too short for its address');
  const address = addressAt(bytes, at);
  if (address === EMPTY_ADDRESS) return NOTHING;
  if (blobs === undefined)
    throw new DoltError('unsupported', 'a value stored out of band needs a store to read it from');
  return blobs.readBlob(address);
}

const NOTHING = new Uint8Array(0);

/** A copy: a Buffer's own `slice` is a view, which would keep its node alive. */
function copied(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** The decoder of a field type. `blobs` is needed for encodings that may be out of band. */
export function fieldDecoder(type: FieldType, blobs?: BlobStore): FieldDecoder {
  switch (type.encoding) {
    case Encoding.int8:
      return (bytes, start) => (bytes[start]! << 24) >> 24;
    case Encoding.uint8:
      return (bytes, start) => bytes[start]!;
    case Encoding.int16:
      return (bytes, start) => ((bytes[start]! | (bytes[start + 1]! << 8)) << 16) >> 16;
    case Encoding.uint16:
    case Encoding.enum:
      return (bytes, start) => bytes[start]! | (bytes[start + 1]! << 8);
    case Encoding.int32:
      return readInt32;
    case Encoding.uint32:
    case Encoding.date:
      return readUint32;
    case Encoding.int64:
    case Encoding.time:
    case Encoding.datetime:
      return readInt64;
    case Encoding.uint64:
    case Encoding.bit64:
    case Encoding.set:
      return readUint64;
    case Encoding.float32:
      return readFloat32;
    case Encoding.float64:
      return readFloat64;
    case Encoding.year:
      return (bytes, start) => (bytes[start] === 255 ? 0 : bytes[start]! + 1901);
    case Encoding.decimal: {
      const scale = type.scale ?? 0;
      return (bytes, start, end) => readDecimal(bytes, start, end, scale);
    }
    case Encoding.string:
    case Encoding.json:
      return (bytes, start, end) => readText(bytes, start, end - 1);
    case Encoding.bytes:
    case Encoding.geometry:
      return (bytes, start, end) => copied(bytes, start, end - 1);
    case Encoding.stringAdaptive:
    case Encoding.jsonAdaptive:
      return (bytes, start, end) => {
        if (bytes[start] === 0) return readText(bytes, start + 1, end);
        const content = adaptiveContent(bytes, start, end, blobs);
        return readText(content, 0, content.length);
      };
    case Encoding.bytesAdaptive:
    case Encoding.geometryAdaptive:
    case Encoding.extendedAdaptive:
      return (bytes, start, end) => new Uint8Array(adaptiveContent(bytes, start, end, blobs));
    case Encoding.stringAddress:
    case Encoding.jsonAddress:
      return (bytes, start) => {
        const content = blobContent(bytes, start, blobs);
        return readText(content, 0, content.length);
      };
    case Encoding.bytesAddress:
    case Encoding.geometryAddress:
    case Encoding.extendedAddress:
      return (bytes, start) => new Uint8Array(blobContent(bytes, start, blobs));
    case Encoding.commitAddress:
    case Encoding.hash128:
    case Encoding.cell:
    case Encoding.extended:
    case Encoding.null:
      return (bytes, start, end) => copied(bytes, start, end);
  }
}

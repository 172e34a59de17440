/**
 * The order of two fields of one type that are both not NULL, on their bytes: nothing is decoded and nothing allocated,
 * except for out-of-band text. It is the order in which the original sorts its trees (FORMAT.md §5.5).
 */
import type { BlobStore } from './blob-store.ts';
import { defaultCollation } from './collation.ts';
import { Encoding } from './encoding.ts';
import { adaptiveContent, readDecimal, readFloat32, readFloat64, readInt32, readUint32 } from './field-decoder.ts';
import type { FieldType } from './field-type.ts';
import type { RangeComparator } from './range.ts';
import { compareRanges } from './range.ts';

/** The comparator of two fields of this type. */
export function fieldOrder(type: FieldType, blobs?: BlobStore): RangeComparator {
  switch (type.encoding) {
    case Encoding.int8:
      return (a, aStart, _aEnd, b, bStart) => ((a[aStart]! << 24) >> 24) - ((b[bStart]! << 24) >> 24);
    case Encoding.uint8:
      return (a, aStart, _aEnd, b, bStart) => a[aStart]! - b[bStart]!;
    case Encoding.year:
      return (a, aStart, _aEnd, b, bStart) => ((a[aStart]! + 1) & 255) - ((b[bStart]! + 1) & 255);
    case Encoding.int16:
      return (a, aStart, _aEnd, b, bStart) => int16(a, aStart) - int16(b, bStart);
    case Encoding.uint16:
    case Encoding.enum:
      return (a, aStart, _aEnd, b, bStart) => uint16(a, aStart) - uint16(b, bStart);
    case Encoding.int32:
      return (a, aStart, _aEnd, b, bStart) => readInt32(a, aStart) - readInt32(b, bStart);
    case Encoding.uint32:
    case Encoding.date:
      return (a, aStart, _aEnd, b, bStart) => readUint32(a, aStart) - readUint32(b, bStart);
    case Encoding.int64:
    case Encoding.time:
    case Encoding.datetime:
      return (a, aStart, _aEnd, b, bStart) =>
        readInt32(a, aStart + 4) - readInt32(b, bStart + 4) || readUint32(a, aStart) - readUint32(b, bStart);
    case Encoding.uint64:
    case Encoding.bit64:
    case Encoding.set:
      return (a, aStart, _aEnd, b, bStart) =>
        readUint32(a, aStart + 4) - readUint32(b, bStart + 4) || readUint32(a, aStart) - readUint32(b, bStart);
    case Encoding.float32:
      return (a, aStart, _aEnd, b, bStart) => numeric(readFloat32(a, aStart), readFloat32(b, bStart));
    case Encoding.float64:
      return (a, aStart, _aEnd, b, bStart) => numeric(readFloat64(a, aStart), readFloat64(b, bStart));
    case Encoding.decimal:
      return compareDecimals;
    case Encoding.string: {
      // Never plain bytes: a prefix length may have cut a rune apart, which then counts as U+FFFD.
      const { compareBytes } = type.collation ?? defaultCollation();
      return (a, aStart, aEnd, b, bStart, bEnd) => compareBytes(a, aStart, aEnd - 1, b, bStart, bEnd - 1);
    }
    case Encoding.bytes:
    case Encoding.json:
    case Encoding.geometry:
      return compareTerminated;
    case Encoding.stringAdaptive: {
      const collation = type.collation ?? defaultCollation();
      return compareAdaptive(collation.compareBytes, blobs);
    }
    case Encoding.bytesAdaptive:
    case Encoding.geometryAdaptive:
    case Encoding.jsonAdaptive:
    case Encoding.extendedAdaptive:
      return compareAdaptive(compareRanges, blobs);
    case Encoding.hash128:
    case Encoding.cell:
    case Encoding.bytesAddress:
    case Encoding.commitAddress:
    case Encoding.stringAddress:
    case Encoding.jsonAddress:
    case Encoding.geometryAddress:
    case Encoding.extendedAddress:
    case Encoding.extended:
    case Encoding.null:
      return compareRanges;
  }
}

function int16(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function numeric(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes with a terminator, which is no part of them. */
const compareTerminated: RangeComparator = (a, aStart, aEnd, b, bStart, bEnd) =>
  compareRanges(a, aStart, aEnd - 1, b, bStart, bEnd - 1);

const compareDecimals: RangeComparator = (a, aStart, aEnd, b, bStart, bEnd) => {
  const aScale = -readInt32(a, aStart);
  const bScale = -readInt32(b, bStart);
  if (aScale !== bScale) {
    const scale = Math.max(aScale, bScale);
    return numeric(readDecimal(a, aStart, aEnd, scale), readDecimal(b, bStart, bEnd, scale));
  }
  const aSign = (a[aStart + 4]! << 24) >> 24;
  const bSign = (b[bStart + 4]! << 24) >> 24;
  if (aSign !== bSign) return aSign - bSign;
  // Coefficients are big-endian with no leading zero words: the longer is the greater.
  const magnitude = aEnd - aStart - (bEnd - bStart) || compareRanges(a, aStart + 5, aEnd, b, bStart + 5, bEnd);
  return aSign < 0 ? -magnitude : magnitude;
};

function compareAdaptive(order: RangeComparator, blobs: BlobStore | undefined): RangeComparator {
  return (a, aStart, aEnd, b, bStart, bEnd) => {
    if (a[aStart] === 0 && b[bStart] === 0) return order(a, aStart + 1, aEnd, b, bStart + 1, bEnd);
    if (compareRanges(a, aStart, aEnd, b, bStart, bEnd) === 0) return 0;
    const left = adaptiveContent(a, aStart, aEnd, blobs);
    const right = adaptiveContent(b, bStart, bEnd, blobs);
    return order(left, 0, left.length, right, 0, right.length);
  };
}

/**
 * The key of a spatial index: the cell of the Z-order curve that holds a geometry's bounding box (FORMAT.md §5.6).
 */
import { DoltError } from '../base/errors.ts';

const CELL_BYTES = 17;

/** The cell of a stored geometry. */
export function spatialCell(geometry: Uint8Array): Uint8Array {
  const box = boundingBox(geometry);
  const low = interleave(orderedBits(box.minX), orderedBits(box.minY));
  const high = interleave(orderedBits(box.maxX), orderedBits(box.maxY));
  const upper = low.upper !== high.upper;
  const difference = upper ? low.upper ^ high.upper : low.lower ^ high.lower;
  const half = Math.ceil(bitLength(difference) / 2);
  const cell = Buffer.alloc(CELL_BYTES);
  cell[0] = upper ? half + 32 : half;
  const clear = (word: bigint): bigint => (word >> BigInt(2 * half)) << BigInt(2 * half);
  cell.writeBigUInt64BE(upper ? clear(low.upper) : low.upper, 1);
  cell.writeBigUInt64BE(upper ? 0n : clear(low.lower), 9);
  return new Uint8Array(cell);
}

interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

function boundingBox(bytes: Uint8Array): Box {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const box: Box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  let at = 4;
  const count = (): number => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const point = (): void => {
    const x = view.getFloat64(at, true);
    const y = view.getFloat64(at + 8, true);
    at += 16;
    box.minX = Math.min(box.minX, x);
    box.maxX = Math.max(box.maxX, x);
    box.minY = Math.min(box.minY, y);
    box.maxY = Math.max(box.maxY, y);
  };
  const repeat = (each: () => void): void => {
    for (let n = count(); n > 0; n--) each();
  };
  const shape = (): void => {
    at += 1;
    const type = count();
    if (type === 1) point();
    else if (type === 2) repeat(point);
    else if (type === 3) repeat(() => repeat(point));
    else if (type >= 4 && type <= 7) repeat(shape);
    else throw new DoltError('corrupt', `a geometry of unknown type ${type}`);
  };
  try {
    shape();
  } catch (cause) {
    if (cause instanceof DoltError) throw cause;
    throw new DoltError('corrupt', 'a geometry is shorter than it says', { cause });
  }
  return box;
}

const scratch = new DataView(new ArrayBuffer(8));
const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;

/** Bits of a double whose unsigned order is numeric order. */
function orderedBits(value: number): bigint {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  return bits & SIGN ? bits ^ ALL : bits ^ SIGN;
}

/** x in even bits, y in odd ones; the upper word of the high halves, the lower of the low halves. */
function interleave(x: bigint, y: bigint): { readonly upper: bigint; readonly lower: bigint } {
  const spread = (half: bigint): bigint => {
    let result = 0n;
    for (let i = 0n; i < 32n; i++) result |= ((half >> i) & 1n) << (2n * i);
    return result;
  };
  const low = (word: bigint): bigint => word & 0xffffffffn;
  return {
    upper: spread(x >> 32n) | (spread(y >> 32n) << 1n),
    lower: spread(low(x)) | (spread(low(y)) << 1n),
  };
}

function bitLength(word: bigint): number {
  return word === 0n ? 0 : word.toString(2).length;
}

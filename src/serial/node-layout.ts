/**
 * What the messages of tree nodes have in common (FORMAT.md §4.1): entries as concatenated keys and values with their
 * offsets, and in internal nodes the addresses and sizes of children. `NodeContent` is what is written; `NodeLayout` is
 * where it lies in a message, as positions in its buffer, checked to be inside and in order.
 */
import { ADDRESS_BYTES } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { FlatbufferTable } from './flatbuffer-table.ts';

export interface NodeContent {
  /** 0 is a leaf. */
  readonly level: number;
  /** Number of entries. */
  readonly count: number;
  /** The keys, concatenated. */
  readonly keys: Uint8Array;
  /** `count + 1` offsets into `keys`. */
  readonly keyOffsets: ArrayLike<number>;
  /** Of a leaf the values, concatenated; of an internal node (and an address map) the addresses. */
  readonly values: Uint8Array;
  /** `count + 1` offsets into `values`, for leaves of tuples. */
  readonly valueOffsets: ArrayLike<number>;
  /** Offsets of addresses in `values` (TUPM leaf) or `keys` (ARTM leaf), in the order in which they are listed. */
  readonly addressOffsets: ArrayLike<number>;
  /** Of an internal node: entries below each child. */
  readonly subtreeCounts: ArrayLike<number>;
}

export interface NodeLayout {
  readonly level: number;
  readonly count: number;
  /** Entries in the leaves below. */
  readonly treeCount: number;
  readonly keysAt: number;
  /** Where `count + 1` u16 offsets lie; 0 where keys have the fixed width `keyWidth`. */
  readonly keyOffsetsAt: number;
  readonly keyWidth: number;
  /** Values of a leaf, or addresses. */
  readonly valuesAt: number;
  /** Where `count + 1` u16 offsets lie; 0 where values have the fixed width `valueWidth`. */
  readonly valueOffsetsAt: number;
  readonly valueWidth: number;
  readonly subtreeCountsAt: number;
  readonly subtreeCountsLength: number;
  /** u16 offsets of addresses inside values or keys. */
  readonly addressOffsetsAt: number;
  readonly addressOffsetsCount: number;
}

const NOTHING = { start: 0, length: 0 } as const;

/** The slots of one kind of node; -1 for a field that it does not have. */
export interface NodeSlots {
  readonly keys: number;
  readonly keyOffsets: number;
  /** Width of keys without offsets. */
  readonly keyWidth: number;
  readonly values: number;
  readonly valueOffsets: number;
  readonly addresses: number;
  readonly subtreeCounts: number;
  readonly treeCount: number;
  readonly level: number;
  readonly addressOffsets: number;
}

/** Reads a node whose fields lie in `slots`. Throws `corrupt`. */
export function readNodeLayout(table: FlatbufferTable, slots: NodeSlots): NodeLayout {
  const vector = (slot: number, width: number) => (slot < 0 ? NOTHING : (table.vector(slot, width) ?? NOTHING));
  const level = table.uint8(slots.level);
  const keys = vector(slots.keys, 1);
  const keyOffsets = vector(slots.keyOffsets, 2);
  if (slots.keyOffsets >= 0) checkOffsets(table.bytes, keyOffsets, keys.length);
  else if (keys.length % slots.keyWidth !== 0) throw new DoltError('corrupt', 'keys of a node have a wrong length');
  const count = slots.keyOffsets < 0 ? keys.length / slots.keyWidth : keyOffsets.length - 1;
  const hasAddresses = level > 0 || slots.values < 0;
  const values = hasAddresses ? vector(slots.addresses, 1) : vector(slots.values, 1);
  const valueOffsets = hasAddresses ? NOTHING : vector(slots.valueOffsets, 2);
  if (!hasAddresses) {
    checkOffsets(table.bytes, valueOffsets, values.length);
    if (valueOffsets.length !== count + 1) throw new DoltError('corrupt', 'a node has not one value for each key');
  }
  const valueWidth = !hasAddresses || (level === 0 && slots.values === NO_VALUES) ? 0 : ADDRESS_BYTES;
  if (hasAddresses && values.length !== count * valueWidth) {
    throw new DoltError('corrupt', 'a node has not one address for each key');
  }
  const subtreeCounts = level > 0 ? vector(slots.subtreeCounts, 1) : NOTHING;
  const addressOffsets = level > 0 ? NOTHING : vector(slots.addressOffsets, 2);
  return {
    level,
    count,
    treeCount: table.safeUint64(slots.treeCount),
    keysAt: keys.start,
    keyOffsetsAt: keyOffsets.start,
    keyWidth: slots.keyWidth,
    valuesAt: values.start,
    valueOffsetsAt: valueOffsets.start,
    valueWidth,
    subtreeCountsAt: subtreeCounts.start,
    subtreeCountsLength: subtreeCounts.length,
    addressOffsetsAt: addressOffsets.start,
    addressOffsetsCount: addressOffsets.length,
  };
}

/** As `NodeSlots.values`: leaves have addresses for values. */
export const ADDRESS_VALUES = -1;
/** As `NodeSlots.values`: leaves have no values. */
export const NO_VALUES = -2;

function checkOffsets(
  bytes: Uint8Array,
  offsets: { readonly start: number; readonly length: number },
  total: number,
): void {
  let last = 0;
  for (let i = 0, at = offsets.start; i < offsets.length; i++, at += 2) {
    const offset = bytes[at]! | (bytes[at + 1]! << 8);
    if (offset < last || (i === 0 && offset !== 0))
      throw new DoltError('corrupt', 'offsets of a node are out of order');
    last = offset;
  }
  if (offsets.length === 0 || last !== total)
    throw new DoltError('corrupt', 'offsets of a node do not cover its items');
}

/** The entries below each child: zig-zag varints of successive differences. */
export function readSubtreeCounts(bytes: Uint8Array, at: number, length: number, count: number): Float64Array {
  const counts = new Float64Array(count);
  const end = at + length;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    let coded = 0;
    let scale = 1;
    let byte: number;
    do {
      if (at >= end) throw new DoltError('corrupt', 'subtree counts of a node are too short');
      byte = bytes[at++]!;
      coded += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    previous += byte === coded ? (coded >> 1) ^ -(coded & 1) : coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    counts[i] = previous;
  }
  if (at !== end) throw new DoltError('corrupt', 'subtree counts of a node are too long');
  return counts;
}

/** The longest code of a difference between safe integers. */
const MOST_COUNT_BYTES = 8;
let coded = new Uint8Array(256 * MOST_COUNT_BYTES);

/** The inverse of `readSubtreeCounts`; valid until the next call. */
export function encodeSubtreeCounts(counts: ArrayLike<number>): Uint8Array {
  if (counts.length * MOST_COUNT_BYTES > coded.length) coded = new Uint8Array(2 * counts.length * MOST_COUNT_BYTES);
  const bytes = coded;
  let at = 0;
  let previous = 0;
  for (let i = 0; i < counts.length; i++) {
    const difference = counts[i]! - previous;
    previous = counts[i]!;
    let code = difference >= 0 ? difference * 2 : -difference * 2 - 1;
    while (code >= 128) {
      bytes[at++] = (code % 128) + 128;
      code = Math.floor(code / 128);
    }
    bytes[at++] = code;
  }
  return bytes.subarray(0, at);
}

export function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

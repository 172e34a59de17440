/** BLOB: a node of a tree that holds one long value (FORMAT.md §4.1, §4.4). */
import { ADDRESS_BYTES } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';
import { encodeSubtreeCounts, sum } from './node-layout.ts';

const BLOB_NODE = 'BLOB';

export interface BlobNodeMessage {
  /** 0 is a leaf. */
  readonly level: number;
  /** The content of a leaf; empty in an internal node. */
  readonly payload: Uint8Array;
  /** Addresses of children, concatenated; empty in a leaf. */
  readonly addresses: Uint8Array;
}

/** Reads a node; the ranges are not copied. */
export function readBlobNode(bytes: Uint8Array): BlobNodeMessage {
  const table = openMessage(bytes, BLOB_NODE, 5);
  const addresses = table.byteVector(1);
  if (addresses.length % ADDRESS_BYTES !== 0) throw new DoltError('corrupt', 'a blob node cuts an address');
  return { level: table.uint8(4), payload: table.byteVector(0), addresses };
}

export function writeBlobLeaf(payload: Uint8Array): Uint8Array {
  const builder = new FlatbufferBuilder(payload.length + 128);
  const content = builder.bytes(payload);
  builder.startTable(5);
  builder.addOffset(0, content);
  builder.addInt64(3, 1);
  builder.addUint8(4, 0);
  return builder.finish(builder.endTable(), BLOB_NODE);
}

/** An internal node; `leaves` counts the leaves below each child. */
export function writeBlobInternal(level: number, addresses: Uint8Array, leaves: readonly number[]): Uint8Array {
  const builder = new FlatbufferBuilder(addresses.length + 2 * leaves.length + 128);
  const children = builder.bytes(addresses);
  const counts = builder.bytes(encodeSubtreeCounts(leaves));
  builder.startTable(5);
  builder.addOffset(1, children);
  builder.addOffset(2, counts);
  builder.addInt64(3, sum(leaves));
  builder.addUint8(4, level);
  return builder.finish(builder.endTable(), BLOB_NODE);
}

/**
 * Blobs: long values cut into leaves of 4000 bytes under nodes of up to 200 addresses (FORMAT.md §4.4), and JSON
 * documents that older versions cut at JSON locations under address map nodes (§4.5).
 */
import { ADDRESS_BYTES, type Address, addressAt, EMPTY_ADDRESS, writeAddress } from '../base/address.ts';
import { ADDRESS_MAP_NODE, readAddressMapNode } from '../serial/address-map-node.ts';
import { readBlobNode, writeBlobInternal, writeBlobLeaf } from '../serial/blob-node.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';

const LEAF_BYTES = 4000;
const FAN_OUT = 200;

/**
 * The content below `root`, read through `read`; empty for the empty address. No more is read when `enough` bytes are there:
 * what is longer is cut, somewhere behind them.
 */
export function readBlob(
  read: (address: Address) => Uint8Array,
  root: Address,
  enough = Number.POSITIVE_INFINITY,
): Uint8Array {
  if (root === EMPTY_ADDRESS) return new Uint8Array(0);
  const leaves: Uint8Array[] = [];
  collectLeaves(read, root, leaves, enough);
  return leaves.length === 1 ? leaves[0]! : plain(Buffer.concat(leaves));
}

/** Answers how many of the `wanted` bytes are still wanted. */
function collectLeaves(
  read: (address: Address) => Uint8Array,
  address: Address,
  into: Uint8Array[],
  wanted: number,
): number {
  const bytes = read(address);
  let left = wanted;
  if (fileIdOf(bytes) === ADDRESS_MAP_NODE) {
    const node = readAddressMapNode(bytes);
    for (let i = 0; i < node.count && left > 0; i++) {
      left = collectLeaves(read, addressAt(bytes, node.valuesAt + i * ADDRESS_BYTES), into, left);
    }
    return left;
  }
  const node = readBlobNode(bytes);
  if (node.level === 0) {
    into.push(plain(node.payload));
    left -= node.payload.length;
  }
  for (let at = 0; at < node.addresses.length && left > 0; at += ADDRESS_BYTES) {
    left = collectLeaves(read, addressAt(node.addresses, at), into, left);
  }
  return left;
}

/** The same bytes as a Uint8Array, whose `slice` copies. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes instanceof Buffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
}

/** Cuts and writes `content` through `write`; the empty address for empty content. */
export function writeBlob(write: (bytes: Uint8Array) => Address, content: Uint8Array): Address {
  if (content.length === 0) return EMPTY_ADDRESS;
  if (content.length <= LEAF_BYTES) return write(writeBlobLeaf(content));
  let top = 0;
  for (let n = Math.floor(content.length / LEAF_BYTES); n > 0; n = Math.floor(n / FAN_OUT)) top++;
  let addresses: Address[] = [];
  for (let at = 0; at < content.length; at += LEAF_BYTES) {
    addresses.push(write(writeBlobLeaf(content.subarray(at, at + LEAF_BYTES))));
  }
  let counts = addresses.map(() => 1);
  for (let level = 1; level <= top; level++) {
    const parents: Address[] = [];
    const parentCounts: number[] = [];
    for (let i = 0; i < addresses.length; i += FAN_OUT) {
      const children = addresses.slice(i, i + FAN_OUT);
      const bytes = new Uint8Array(children.length * ADDRESS_BYTES);
      children.forEach((child, n) => {
        writeAddress(child, bytes, n * ADDRESS_BYTES);
      });
      const leaves = counts.slice(i, i + FAN_OUT);
      parents.push(write(writeBlobInternal(level, bytes, leaves)));
      parentCounts.push(leaves.reduce((total, count) => total + count, 0));
    }
    addresses = parents;
    counts = parentCounts;
  }
  return addresses[0]!;
}

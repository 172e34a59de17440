/** ADRM: a node of a map from names to addresses (FORMAT.md §4.1). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';
import {
  ADDRESS_VALUES,
  encodeSubtreeCounts,
  type NodeContent,
  type NodeLayout,
  readNodeLayout,
  sum,
} from './node-layout.ts';

export const ADDRESS_MAP_NODE = 'ADRM';
const SLOTS = {
  keys: 0,
  keyOffsets: 1,
  keyWidth: 0,
  values: ADDRESS_VALUES,
  valueOffsets: -1,
  addresses: 2,
  subtreeCounts: 3,
  treeCount: 4,
  level: 5,
  addressOffsets: -1,
};

export function readAddressMapNode(bytes: Uint8Array): NodeLayout {
  return readNodeLayout(openMessage(bytes, ADDRESS_MAP_NODE, 6), SLOTS);
}

export function writeAddressMapNode(node: NodeContent): Uint8Array {
  const builder = new FlatbufferBuilder(node.keys.length + node.values.length + 2 * node.count + 256);
  const keys = builder.bytes(node.keys);
  const keyOffsets = builder.uint16s(node.keyOffsets);
  const addresses = builder.bytes(node.values);
  const counts = node.level > 0 ? builder.bytes(encodeSubtreeCounts(node.subtreeCounts)) : 0;
  builder.startTable(6);
  builder.addOffset(SLOTS.keys, keys);
  builder.addOffset(SLOTS.keyOffsets, keyOffsets);
  builder.addOffset(SLOTS.addresses, addresses);
  builder.addOffset(SLOTS.subtreeCounts, counts);
  builder.addInt64(SLOTS.treeCount, node.level > 0 ? sum(node.subtreeCounts) : node.count);
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), ADDRESS_MAP_NODE);
}

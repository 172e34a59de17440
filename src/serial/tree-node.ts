/** TUPM: a node of a table's or an index's tree, from key tuples to value tuples (FORMAT.md §4.1). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';
import { encodeSubtreeCounts, type NodeContent, type NodeLayout, readNodeLayout, sum } from './node-layout.ts';

export const TREE_NODE = 'TUPM';
const SLOTS = {
  keys: 0,
  keyOffsets: 1,
  keyWidth: 0,
  values: 3,
  valueOffsets: 4,
  addressOffsets: 6,
  addresses: 7,
  subtreeCounts: 8,
  treeCount: 9,
  level: 10,
};
const KEY_TYPE = 2;
const VALUE_TYPE = 5;
/** Both types: tuples of the only format there is. */
const TUPLES = 1;

export function readTreeNode(bytes: Uint8Array): NodeLayout {
  return readNodeLayout(openMessage(bytes, TREE_NODE, 11), SLOTS);
}

export function writeTreeNode(node: NodeContent): Uint8Array {
  const builder = new FlatbufferBuilder(node.keys.length + node.values.length + 4 * node.count + 256);
  const keys = builder.bytes(node.keys);
  const keyOffsets = builder.uint16s(node.keyOffsets);
  const values = builder.bytes(node.values);
  if (node.level === 0) {
    const valueOffsets = builder.uint16s(node.valueOffsets);
    const addressOffsets = node.addressOffsets.length === 0 ? 0 : builder.uint16s(node.addressOffsets);
    builder.startTable(11);
    builder.addOffset(SLOTS.keys, keys);
    builder.addOffset(SLOTS.keyOffsets, keyOffsets);
    builder.addOffset(SLOTS.values, values);
    builder.addOffset(SLOTS.valueOffsets, valueOffsets);
    builder.addInt64(SLOTS.treeCount, node.count);
    builder.addOffset(SLOTS.addressOffsets, addressOffsets);
  } else {
    const counts = builder.bytes(encodeSubtreeCounts(node.subtreeCounts));
    builder.startTable(11);
    builder.addOffset(SLOTS.keys, keys);
    builder.addOffset(SLOTS.keyOffsets, keyOffsets);
    builder.addOffset(SLOTS.addresses, values);
    builder.addOffset(SLOTS.subtreeCounts, counts);
    builder.addInt64(SLOTS.treeCount, sum(node.subtreeCounts));
  }
  builder.addUint8(KEY_TYPE, TUPLES);
  builder.addUint8(VALUE_TYPE, TUPLES);
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), TREE_NODE);
}

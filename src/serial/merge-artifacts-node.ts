/** ARTM: a node of a table's map of merge artifacts: conflicts and constraint violations (FORMAT.md §4.1). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';
import { encodeSubtreeCounts, type NodeContent, type NodeLayout, readNodeLayout, sum } from './node-layout.ts';

export const MERGE_ARTIFACTS_NODE = 'ARTM';
const SLOTS = {
  keys: 0,
  keyOffsets: 1,
  keyWidth: 0,
  addressOffsets: 2,
  values: 3,
  valueOffsets: 4,
  addresses: 5,
  subtreeCounts: 6,
  treeCount: 7,
  level: 8,
};

export function readMergeArtifactsNode(bytes: Uint8Array): NodeLayout {
  return readNodeLayout(openMessage(bytes, MERGE_ARTIFACTS_NODE, 9), SLOTS);
}

export function writeMergeArtifactsNode(node: NodeContent): Uint8Array {
  const builder = new FlatbufferBuilder(node.keys.length + node.values.length + 4 * node.count + 256);
  const keys = builder.bytes(node.keys);
  const keyOffsets = builder.uint16s(node.keyOffsets);
  const values = builder.bytes(node.values);
  if (node.level === 0) {
    const valueOffsets = builder.uint16s(node.valueOffsets);
    const addressOffsets = node.addressOffsets.length === 0 ? 0 : builder.uint16s(node.addressOffsets);
    builder.startTable(9);
    builder.addOffset(SLOTS.keys, keys);
    builder.addOffset(SLOTS.keyOffsets, keyOffsets);
    builder.addOffset(SLOTS.values, values);
    builder.addOffset(SLOTS.valueOffsets, valueOffsets);
    builder.addInt64(SLOTS.treeCount, node.count);
    builder.addOffset(SLOTS.addressOffsets, addressOffsets);
  } else {
    const counts = builder.bytes(encodeSubtreeCounts(node.subtreeCounts));
    builder.startTable(9);
    builder.addOffset(SLOTS.keys, keys);
    builder.addOffset(SLOTS.keyOffsets, keyOffsets);
    builder.addOffset(SLOTS.addresses, values);
    builder.addOffset(SLOTS.subtreeCounts, counts);
    builder.addInt64(SLOTS.treeCount, sum(node.subtreeCounts));
  }
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), MERGE_ARTIFACTS_NODE);
}

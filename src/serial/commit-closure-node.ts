/** CMCL: a node of a commit closure, a set of (height, address) keys of 28 bytes (FORMAT.md §3.4, §4.1). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';
import {
  encodeSubtreeCounts,
  NO_VALUES,
  type NodeContent,
  type NodeLayout,
  readNodeLayout,
  sum,
} from './node-layout.ts';

export const COMMIT_CLOSURE_NODE = 'CMCL';
/** u64 height, then the address. */
export const CLOSURE_KEY_BYTES = 28;
const SLOTS = {
  keys: 0,
  keyOffsets: -1,
  keyWidth: CLOSURE_KEY_BYTES,
  values: NO_VALUES,
  valueOffsets: -1,
  addresses: 1,
  subtreeCounts: 2,
  treeCount: 3,
  level: 4,
  addressOffsets: -1,
};

export function readCommitClosureNode(bytes: Uint8Array): NodeLayout {
  return readNodeLayout(openMessage(bytes, COMMIT_CLOSURE_NODE, 5), SLOTS);
}

export function writeCommitClosureNode(node: NodeContent): Uint8Array {
  const builder = new FlatbufferBuilder(node.keys.length + node.values.length + 256);
  const keys = builder.bytes(node.keys);
  const addresses = node.level > 0 ? builder.bytes(node.values) : 0;
  const counts = node.level > 0 ? builder.bytes(encodeSubtreeCounts(node.subtreeCounts)) : 0;
  builder.startTable(5);
  builder.addOffset(SLOTS.keys, keys);
  builder.addOffset(SLOTS.addresses, addresses);
  builder.addOffset(SLOTS.subtreeCounts, counts);
  builder.addInt64(SLOTS.treeCount, node.level > 0 ? sum(node.subtreeCounts) : node.count);
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), COMMIT_CLOSURE_NODE);
}

/** TUPM: a node of a table's or an index's tree, from key tuples to value tuples (FORMAT.md §4.1). */
import { openMessage } from './flatbuffer-table.ts';
import { type NodeContent, type NodeLayout, readNodeLayout } from './node-layout.ts';
import { startTupleNode, type TupleNodeSlots } from './tuple-node.ts';

export const TREE_NODE = 'TUPM';
const SLOTS: TupleNodeSlots = {
  total: 11,
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
  return readNodeLayout(openMessage(bytes, TREE_NODE, SLOTS.total), SLOTS);
}

export function writeTreeNode(node: NodeContent): Uint8Array {
  const builder = startTupleNode(node, SLOTS);
  builder.addUint8(KEY_TYPE, TUPLES);
  builder.addUint8(VALUE_TYPE, TUPLES);
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), TREE_NODE);
}

/** ARTM: a node of a table's map of merge artifacts: conflicts and constraint violations (FORMAT.md §4.1). */
import { openMessage } from './flatbuffer-table.ts';
import { type NodeContent, type NodeLayout, readNodeLayout } from './node-layout.ts';
import { startTupleNode, type TupleNodeSlots } from './tuple-node.ts';

export const MERGE_ARTIFACTS_NODE = 'ARTM';
const SLOTS: TupleNodeSlots = {
  total: 9,
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
  return readNodeLayout(openMessage(bytes, MERGE_ARTIFACTS_NODE, SLOTS.total), SLOTS);
}

export function writeMergeArtifactsNode(node: NodeContent): Uint8Array {
  const builder = startTupleNode(node, SLOTS);
  builder.addUint8(SLOTS.level, node.level);
  return builder.finish(builder.endTable(), MERGE_ARTIFACTS_NODE);
}

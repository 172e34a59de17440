/** What the two kinds of nodes that hold tuples, TUPM and ARTM, have in common when they are written (FORMAT.md §4.1). */
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { encodeSubtreeCounts, type NodeContent, type NodeSlots, sum } from './node-layout.ts';

/** The slots of a kind of node whose keys and values are tuples. */
export interface TupleNodeSlots extends NodeSlots {
  /** Number of slots. */
  readonly total: number;
}

/**
 * Starts the message of a node of tuples, in the order in which the original writes the fields. The caller adds what its
 * kind has besides, then the level, and finishes it.
 */
export function startTupleNode(node: NodeContent, slots: TupleNodeSlots): FlatbufferBuilder {
  const builder = new FlatbufferBuilder(node.keys.length + node.values.length + 4 * node.count + 256);
  const keys = builder.bytes(node.keys);
  const keyOffsets = builder.uint16s(node.keyOffsets);
  const values = builder.bytes(node.values);
  if (node.level === 0) {
    const valueOffsets = builder.uint16s(node.valueOffsets);
    const addressOffsets = node.addressOffsets.length === 0 ? 0 : builder.uint16s(node.addressOffsets);
    builder.startTable(slots.total);
    builder.addOffset(slots.keys, keys);
    builder.addOffset(slots.keyOffsets, keyOffsets);
    builder.addOffset(slots.values, values);
    builder.addOffset(slots.valueOffsets, valueOffsets);
    builder.addInt64(slots.treeCount, node.count);
    builder.addOffset(slots.addressOffsets, addressOffsets);
  } else {
    const counts = builder.bytes(encodeSubtreeCounts(node.subtreeCounts));
    builder.startTable(slots.total);
    builder.addOffset(slots.keys, keys);
    builder.addOffset(slots.keyOffsets, keyOffsets);
    builder.addOffset(slots.addresses, values);
    builder.addOffset(slots.subtreeCounts, counts);
    builder.addInt64(slots.treeCount, sum(node.subtreeCounts));
  }
  return builder;
}

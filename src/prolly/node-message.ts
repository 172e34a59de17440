/** The messages of nodes, by the kind of their tree. */
import { writeAddressMapNode } from '../serial/address-map-node.ts';
import { writeCommitClosureNode } from '../serial/commit-closure-node.ts';
import { writeMergeArtifactsNode } from '../serial/merge-artifacts-node.ts';
import type { NodeContent } from '../serial/node-layout.ts';
import { writeTreeNode } from '../serial/tree-node.ts';
import type { TreeKind } from './tree-format.ts';

const WRITERS: Readonly<Record<TreeKind, (node: NodeContent) => Uint8Array>> = {
  rows: writeTreeNode,
  addresses: writeAddressMapNode,
  closure: writeCommitClosureNode,
  artifacts: writeMergeArtifactsNode,
};

export function nodeMessage(kind: TreeKind, content: NodeContent): Uint8Array {
  return WRITERS[kind](content);
}

/** The message of an empty tree's root. */
export function emptyNode(kind: TreeKind): Uint8Array {
  const offsets = [0];
  const nothing = new Uint8Array(0);
  return nodeMessage(kind, {
    level: 0,
    count: 0,
    keys: nothing,
    keyOffsets: offsets,
    values: nothing,
    valueOffsets: offsets,
    addressOffsets: [],
    subtreeCounts: [],
  });
}

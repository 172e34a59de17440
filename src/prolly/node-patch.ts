/**
 * A node with other values in the places of those that it has. Where a node ends depends on its keys and on the lengths of
 * its values alone, so with both as they were it still ends there, and its message differs in the bytes of those values;
 * of an internal node also in the counts.
 */
import { Node } from './node.ts';
import { nodeMessage } from './node-message.ts';

export class NodePatch {
  readonly #node: Node;
  readonly #bytes: Uint8Array;
  readonly #counts: Float64Array | undefined;
  #countsChanged = false;

  constructor(node: Node) {
    this.#node = node;
    this.#bytes = node.bytes.slice();
    if (node.level > 0) this.#counts = node.subtreeCounts().slice();
  }

  /** Another value, as long as the one it replaces; of a child, with the entries below it. */
  set(index: number, value: Uint8Array, valueStart: number, valueEnd: number, subtreeCount: number): void {
    const node = this.#node;
    this.#bytes.set(value.subarray(valueStart, valueEnd), node.valueStart(index));
    if (this.#counts === undefined || this.#counts[index] === subtreeCount) return;
    this.#counts[index] = subtreeCount;
    this.#countsChanged = true;
  }

  finish(): Node {
    const node = this.#node.withBytes(this.#bytes);
    if (this.#counts === undefined || !this.#countsChanged) return node;
    const { bytes, kind, level, count } = node;
    const keysAt = node.keyStart(0);
    const keyOffsets = new Uint16Array(count + 1);
    for (let i = 0; i <= count; i++) keyOffsets[i] = node.keyStart(i) - keysAt;
    const message = nodeMessage(kind, {
      level,
      count,
      keys: bytes.subarray(keysAt, node.keyStart(count)),
      keyOffsets,
      values: bytes.subarray(node.valueStart(0), node.valueStart(count)),
      valueOffsets: [],
      addressOffsets: [],
      subtreeCounts: this.#counts,
    });
    return Node.read(message);
  }
}

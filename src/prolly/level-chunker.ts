/**
 * Cuts one level of a tree into nodes. Pairs are copied into buffers that every node of the level uses again; where the
 * splitter says so the node is written and handed to the sink, which is the level above.
 *
 * Between nodes (`isEmpty`) a chunker holds no state, so cutting may start at any known boundary.
 */
import { ADDRESS_BYTES, type Address, writeAddress } from '../base/address.ts';
import { copyBytes } from '../base/copy-bytes.ts';
import { DoltError } from '../base/errors.ts';
import { writeAddressMapNode } from '../serial/address-map-node.ts';
import { writeCommitClosureNode } from '../serial/commit-closure-node.ts';
import { writeMergeArtifactsNode } from '../serial/merge-artifacts-node.ts';
import type { NodeContent } from '../serial/node-layout.ts';
import { writeTreeNode } from '../serial/tree-node.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import { MAXIMUM_NODE_ITEMS_BYTES, Splitter } from './splitter.ts';
import type { AddressOffsets, TreeFormat, TreeKind } from './tree-format.ts';

/** Takes finished nodes: the last key (valid during the call), the address, and the entries below. */
export type NodeSink = (key: Uint8Array, keyStart: number, keyEnd: number, address: Address, count: number) => void;

const WRITERS: Readonly<Record<TreeKind, (node: NodeContent) => Uint8Array>> = {
  rows: writeTreeNode,
  addresses: writeAddressMapNode,
  closure: writeCommitClosureNode,
  artifacts: writeMergeArtifactsNode,
};

/** The message of an empty tree's root. */
export function emptyNode(kind: TreeKind): Uint8Array {
  const offsets = [0];
  const nothing = new Uint8Array(0);
  return WRITERS[kind]({
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

const address = new Uint8Array(ADDRESS_BYTES);

/** What a node is put together in. */
interface NodeBuffers {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly keyOffsets: Uint16Array;
  readonly valueOffsets: Uint16Array;
}

/** Those of chunkers that are done: an edit of one row takes a chunker for each level of several trees. */
const spare: NodeBuffers[] = [];
const MOST_SPARE = 8;

function newBuffers(): NodeBuffers {
  return {
    keys: new Uint8Array(2048),
    values: new Uint8Array(4096),
    keyOffsets: new Uint16Array(256),
    valueOffsets: new Uint16Array(256),
  };
}

export class LevelChunker {
  readonly level: number;
  readonly #store: NodeStore;
  readonly #kind: TreeKind;
  readonly #sink: NodeSink;
  readonly #splitter: Splitter;
  readonly #valueAddresses: AddressOffsets | undefined;
  readonly #keyAddresses: AddressOffsets | undefined;
  #count = 0;
  #keys: Uint8Array;
  #keysLength = 0;
  #lastKeyAt = 0;
  #values: Uint8Array;
  #valuesLength = 0;
  #keyOffsets: Uint16Array;
  #valueOffsets: Uint16Array;
  #addressOffsets: number[] = [];
  #subtreeCounts: number[] = [];
  readonly #scratch: number[] = [];

  constructor(store: NodeStore, format: TreeFormat, level: number, sink: NodeSink) {
    this.#store = store;
    this.#kind = format.kind;
    this.level = level;
    this.#sink = sink;
    this.#splitter = new Splitter(level);
    const offsets = level === 0 ? format.addressOffsets : undefined;
    this.#valueAddresses = format.kind === 'rows' ? offsets : undefined;
    this.#keyAddresses = format.kind === 'artifacts' ? offsets : undefined;
    const { keys, values, keyOffsets, valueOffsets } = spare.pop() ?? newBuffers();
    this.#keys = keys;
    this.#values = values;
    this.#keyOffsets = keyOffsets;
    this.#valueOffsets = valueOffsets;
  }

  /** Nothing more is added: its buffers are for others. */
  release(): void {
    if (spare.length >= MOST_SPARE) return;
    spare.push({
      keys: this.#keys,
      values: this.#values,
      keyOffsets: this.#keyOffsets,
      valueOffsets: this.#valueOffsets,
    });
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Ends the node where a pair of this size would not fit into it. */
  makeRoom(pairSize: number): void {
    if (this.#count === 0 || this.#keysLength + this.#valuesLength + pairSize <= MAXIMUM_NODE_ITEMS_BYTES) return;
    if (this.level > 0 && this.#count === 1) throw new DoltError('unsupported', 'keys are too long for a tree');
    this.close();
  }

  /** Adds a pair. `subtreeCount` is the entries below a child; of a leaf's pair it is not used. */
  append(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    subtreeCount: number,
  ): void {
    const pairSize = keyEnd - keyStart + valueEnd - valueStart;
    this.#add(key, keyStart, keyEnd, value, valueStart, valueEnd, subtreeCount, pairSize);
    if (this.#splitter.endsAfter(key, keyStart, keyEnd, pairSize) && (this.level === 0 || this.#count > 1))
      this.close();
  }

  /** Adds a child of an internal node. */
  appendChild(key: Uint8Array, keyStart: number, keyEnd: number, child: Address, subtreeCount: number): void {
    writeAddress(child, address, 0);
    this.append(key, keyStart, keyEnd, address, 0, ADDRESS_BYTES, subtreeCount);
  }

  /** Adds the pairs `[from, to)` of a node; none of the first `unsplit` of them is known to end a node. */
  appendRange(node: Node, from: number, to: number, unsplit: number): void {
    const bytes = node.bytes;
    const internal = node.level > 0;
    for (let i = from; i < to; i++) {
      const keyStart = node.keyStart(i);
      const keyEnd = node.keyEnd(i);
      const valueStart = node.valueStart(i);
      const valueEnd = node.valueEnd(i);
      const count = internal ? node.subtreeCount(i) : 1;
      if (i - from < unsplit) {
        const pairSize = keyEnd - keyStart + valueEnd - valueStart;
        this.#add(bytes, keyStart, keyEnd, bytes, valueStart, valueEnd, count, pairSize);
        this.#splitter.skip(pairSize);
      } else this.append(bytes, keyStart, keyEnd, bytes, valueStart, valueEnd, count);
    }
  }

  #add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    subtreeCount: number,
    pairSize: number,
  ): void {
    if (this.#keysLength + this.#valuesLength + pairSize > MAXIMUM_NODE_ITEMS_BYTES) {
      if (pairSize > MAXIMUM_NODE_ITEMS_BYTES) throw new DoltError('invalid', `a row of ${pairSize} bytes is too long`);
      this.makeRoom(pairSize);
    }
    const keyLength = keyEnd - keyStart;
    const valueLength = valueEnd - valueStart;
    if (this.#keysLength + keyLength > this.#keys.length) {
      this.#keys = grown(this.#keys, this.#keysLength, this.#keysLength + keyLength);
    }
    if (this.#valuesLength + valueLength > this.#values.length) {
      this.#values = grown(this.#values, this.#valuesLength, this.#valuesLength + valueLength);
    }
    if (this.#count + 2 > this.#keyOffsets.length) this.#growOffsets();
    if (this.#valueAddresses !== undefined) {
      this.#addAddresses(this.#valueAddresses, value, valueStart, valueEnd, this.#valuesLength);
    } else if (this.#keyAddresses !== undefined) {
      this.#addAddresses(this.#keyAddresses, key, keyStart, keyEnd, this.#keysLength);
    }
    this.#lastKeyAt = this.#keysLength;
    copyBytes(key, keyStart, keyEnd, this.#keys, this.#keysLength);
    copyBytes(value, valueStart, valueEnd, this.#values, this.#valuesLength);
    this.#keysLength += keyLength;
    this.#valuesLength += valueLength;
    const count = this.#count + 1;
    this.#count = count;
    this.#keyOffsets[count] = this.#keysLength;
    this.#valueOffsets[count] = this.#valuesLength;
    if (this.level > 0) this.#subtreeCounts.push(subtreeCount);
  }

  #addAddresses(find: AddressOffsets, bytes: Uint8Array, start: number, end: number, base: number): void {
    const scratch = this.#scratch;
    scratch.length = 0;
    find(bytes, start, end, scratch);
    for (let i = 0; i < scratch.length; i++) this.#addressOffsets.push(base + scratch[i]!);
  }

  #growOffsets(): void {
    const keys = new Uint16Array(2 * this.#keyOffsets.length);
    keys.set(this.#keyOffsets);
    this.#keyOffsets = keys;
    const values = new Uint16Array(keys.length);
    values.set(this.#valueOffsets);
    this.#valueOffsets = values;
  }

  /** The message of the node so far. */
  #message(): Uint8Array {
    const count = this.#count;
    return WRITERS[this.#kind]({
      level: this.level,
      count,
      keys: this.#keys.subarray(0, this.#keysLength),
      keyOffsets: this.#keyOffsets.subarray(0, count + 1),
      values: this.#values.subarray(0, this.#valuesLength),
      valueOffsets: this.#valueOffsets.subarray(0, count + 1),
      addressOffsets: this.#addressOffsets,
      subtreeCounts: this.#subtreeCounts,
    });
  }

  /** Ends the node and hands it to the sink. */
  close(): void {
    const message = this.#message();
    let entries = this.#count;
    if (this.level > 0) {
      entries = 0;
      for (const count of this.#subtreeCounts) entries += count;
    }
    const written = this.#store.write(message);
    // The sink may add to this very buffer's owner only above, so the key may be handed out in place.
    this.#sink(this.#keys, this.#lastKeyAt, this.#keysLength, written, entries);
    this.#clear();
  }

  /** Ends the node as a root: its message, not written. */
  closeAsRoot(): Uint8Array {
    const message = this.#message();
    this.#clear();
    return message;
  }

  #clear(): void {
    this.#count = 0;
    this.#keysLength = 0;
    this.#lastKeyAt = 0;
    this.#valuesLength = 0;
    this.#addressOffsets = [];
    this.#subtreeCounts = [];
    this.#splitter.reset();
  }
}

function grown(bytes: Uint8Array, used: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.length));
  larger.set(bytes.subarray(0, used));
  return larger;
}

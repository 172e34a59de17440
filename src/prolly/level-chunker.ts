/**
 * Cuts one level of a tree into nodes. Pairs are copied into buffers that every node of the level uses again; where the
 * splitter says so the node is written and handed to the sink, which is the level above.
 *
 * Between nodes (`isEmpty`) a chunker holds no state, so cutting may start at any known boundary.
 */
import { ADDRESS_BYTES, type Address, writeAddress } from '../base/address.ts';
import { copyBytes } from '../base/copy-bytes.ts';
import { DoltError } from '../base/errors.ts';
import { Node } from './node.ts';
import { nodeMessage } from './node-message.ts';
import type { NodeStore } from './node-store.ts';
import { MAXIMUM_NODE_ITEMS_BYTES, Splitter } from './splitter.ts';
import type { AddressOffsets, TreeFormat, TreeKind } from './tree-format.ts';

/** Takes finished nodes: the last key (valid during the call), the address, and the entries below. */
export type NodeSink = (key: Uint8Array, keyStart: number, keyEnd: number, address: Address, count: number) => void;

const address = new Uint8Array(ADDRESS_BYTES);

/** What a node is put together in. */
interface NodeBuffers {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly keyOffsets: Uint16Array;
  readonly valueOffsets: Uint16Array;
  readonly subtreeCounts: Float64Array;
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
    subtreeCounts: new Float64Array(256),
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
  #subtreeCounts: Float64Array;
  readonly #scratch: number[] = [];
  /** Whether the nodes that it writes are going to be read soon. */
  keepsNodes = false;

  constructor(store: NodeStore, format: TreeFormat, level: number, sink: NodeSink) {
    this.#store = store;
    this.#kind = format.kind;
    this.level = level;
    this.#sink = sink;
    this.#splitter = new Splitter(level);
    const offsets = level === 0 ? format.addressOffsets : undefined;
    this.#valueAddresses = format.kind === 'rows' ? offsets : undefined;
    this.#keyAddresses = format.kind === 'artifacts' ? offsets : undefined;
    const { keys, values, keyOffsets, valueOffsets, subtreeCounts } = spare.pop() ?? newBuffers();
    this.#keys = keys;
    this.#values = values;
    this.#keyOffsets = keyOffsets;
    this.#valueOffsets = valueOffsets;
    this.#subtreeCounts = subtreeCounts;
  }

  /** Nothing more is added: its buffers are for others. */
  release(): void {
    if (spare.length >= MOST_SPARE) return;
    spare.push({
      keys: this.#keys,
      values: this.#values,
      keyOffsets: this.#keyOffsets,
      valueOffsets: this.#valueOffsets,
      subtreeCounts: this.#subtreeCounts,
    });
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Bytes of the keys and values in the node so far. */
  get size(): number {
    return this.#keysLength + this.#valuesLength;
  }

  /** Ends the node where a pair of this size would not fit into it. */
  makeRoom(pairSize: number): void {
    if (this.#count === 0 || this.size + pairSize <= MAXIMUM_NODE_ITEMS_BYTES) return;
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

  /** Adds the pairs `[from, to)` of a node; the first `unsplit` of them are known not to end a node. */
  appendRange(node: Node, from: number, to: number, unsplit: number): void {
    if (this.size + itemsBytes(node, from, to) > MAXIMUM_NODE_ITEMS_BYTES) {
      this.#appendEach(node, from, to);
      return;
    }
    const { bytes } = node;
    const splitter = this.#splitter;
    let start = from;
    splitter.skip(itemsBytes(node, from, from + unsplit));
    for (let i = from + unsplit; i < to; i++) {
      const pairSize = itemsBytes(node, i, i + 1);
      if (!splitter.endsAfter(bytes, node.keyStart(i), node.keyEnd(i), pairSize)) continue;
      if (this.level > 0 && this.#count + i === start) continue;
      this.#addRange(node, start, i + 1);
      this.close();
      start = i + 1;
    }
    this.#addRange(node, start, to);
  }

  /** The same for pairs that may be too many for the node. */
  #appendEach(node: Node, from: number, to: number): void {
    const { bytes } = node;
    for (let i = from; i < to; i++) {
      const count = node.subtreeCount(i);
      this.append(bytes, node.keyStart(i), node.keyEnd(i), bytes, node.valueStart(i), node.valueEnd(i), count);
    }
  }

  /** Copies pairs at one go; they fit. */
  #addRange(node: Node, from: number, to: number): void {
    if (from === to) return;
    const { bytes } = node;
    const keyStart = node.keyStart(from);
    const keyEnd = node.keyStart(to);
    const valueStart = node.valueStart(from);
    const valueEnd = node.valueStart(to);
    this.#makeSpace(to - from, keyEnd - keyStart, valueEnd - valueStart);
    if (this.#valueAddresses !== undefined || this.#keyAddresses !== undefined) {
      for (let i = from; i < to; i++) {
        const keyAt = this.#keysLength + node.keyStart(i) - keyStart;
        const valueAt = this.#valuesLength + node.valueStart(i) - valueStart;
        this.#noteAddresses(
          bytes,
          node.keyStart(i),
          node.keyEnd(i),
          keyAt,
          bytes,
          node.valueStart(i),
          node.valueEnd(i),
          valueAt,
        );
      }
    }
    this.#keys.set(bytes.subarray(keyStart, keyEnd), this.#keysLength);
    this.#values.set(bytes.subarray(valueStart, valueEnd), this.#valuesLength);
    const keysMove = this.#keysLength - keyStart;
    const valuesMove = this.#valuesLength - valueStart;
    const keyOffsets = this.#keyOffsets;
    const valueOffsets = this.#valueOffsets;
    let count = this.#count;
    for (let i = from + 1; i <= to; i++) {
      count++;
      keyOffsets[count] = node.keyStart(i) + keysMove;
      valueOffsets[count] = node.valueStart(i) + valuesMove;
    }
    if (this.level > 0) this.#subtreeCounts.set(node.subtreeCounts().subarray(from, to), this.#count);
    this.#count = count;
    this.#lastKeyAt = keysMove + node.keyStart(to - 1);
    this.#keysLength += keyEnd - keyStart;
    this.#valuesLength += valueEnd - valueStart;
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
    if (this.size + pairSize > MAXIMUM_NODE_ITEMS_BYTES) {
      if (pairSize > MAXIMUM_NODE_ITEMS_BYTES) throw new DoltError('invalid', `a row of ${pairSize} bytes is too long`);
      this.makeRoom(pairSize);
    }
    const keyLength = keyEnd - keyStart;
    const valueLength = valueEnd - valueStart;
    this.#makeSpace(1, keyLength, valueLength);
    this.#noteAddresses(key, keyStart, keyEnd, this.#keysLength, value, valueStart, valueEnd, this.#valuesLength);
    this.#lastKeyAt = this.#keysLength;
    copyBytes(key, keyStart, keyEnd, this.#keys, this.#keysLength);
    copyBytes(value, valueStart, valueEnd, this.#values, this.#valuesLength);
    this.#keysLength += keyLength;
    this.#valuesLength += valueLength;
    const count = this.#count + 1;
    this.#count = count;
    this.#keyOffsets[count] = this.#keysLength;
    this.#valueOffsets[count] = this.#valuesLength;
    if (this.level > 0) this.#subtreeCounts[count - 1] = subtreeCount;
  }

  /** Makes the buffers large enough for so many pairs more, of so many bytes. */
  #makeSpace(pairs: number, keyBytes: number, valueBytes: number): void {
    if (this.#keysLength + keyBytes > this.#keys.length) {
      this.#keys = grown(this.#keys, this.#keysLength, this.#keysLength + keyBytes);
    }
    if (this.#valuesLength + valueBytes > this.#values.length) {
      this.#values = grown(this.#values, this.#valuesLength, this.#valuesLength + valueBytes);
    }
    if (this.#count + pairs + 1 > this.#keyOffsets.length) this.#growOffsets(this.#count + pairs + 1);
  }

  /** Notes the addresses in a pair that comes to stand at `keyAt` and `valueAt`. */
  #noteAddresses(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    keyAt: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    valueAt: number,
  ): void {
    if (this.#valueAddresses !== undefined) {
      this.#addAddresses(this.#valueAddresses, value, valueStart, valueEnd, valueAt);
    } else if (this.#keyAddresses !== undefined) {
      this.#addAddresses(this.#keyAddresses, key, keyStart, keyEnd, keyAt);
    }
  }

  #addAddresses(find: AddressOffsets, bytes: Uint8Array, start: number, end: number, base: number): void {
    const scratch = this.#scratch;
    scratch.length = 0;
    find(bytes, start, end, scratch);
    for (let i = 0; i < scratch.length; i++) this.#addressOffsets.push(base + scratch[i]!);
  }

  #growOffsets(needed: number): void {
    const keys = new Uint16Array(Math.max(needed, 2 * this.#keyOffsets.length));
    keys.set(this.#keyOffsets);
    this.#keyOffsets = keys;
    const values = new Uint16Array(keys.length);
    values.set(this.#valueOffsets);
    this.#valueOffsets = values;
    const counts = new Float64Array(keys.length);
    counts.set(this.#subtreeCounts);
    this.#subtreeCounts = counts;
  }

  /** The message of the node so far. */
  #message(): Uint8Array {
    const count = this.#count;
    return nodeMessage(this.#kind, {
      level: this.level,
      count,
      keys: this.#keys.subarray(0, this.#keysLength),
      keyOffsets: this.#keyOffsets.subarray(0, count + 1),
      values: this.#values.subarray(0, this.#valuesLength),
      valueOffsets: this.#valueOffsets.subarray(0, count + 1),
      addressOffsets: this.#addressOffsets,
      subtreeCounts: this.#subtreeCounts.subarray(0, count),
    });
  }

  /** Ends the node and hands it to the sink. */
  close(): void {
    const message = this.#message();
    let entries = this.#count;
    if (this.level > 0) {
      entries = 0;
      for (let i = 0; i < this.#count; i++) entries += this.#subtreeCounts[i]!;
    }
    const written = this.keepsNodes ? this.#store.writeNode(Node.read(message)) : this.#store.write(message);
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
    this.#splitter.reset();
  }
}

/** Bytes of the keys and values of entries `[from, to)`. */
export function itemsBytes(node: Node, from: number, to: number): number {
  return node.keyStart(to) - node.keyStart(from) + node.valueStart(to) - node.valueStart(from);
}

function grown(bytes: Uint8Array, used: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.length));
  larger.set(bytes.subarray(0, used));
  return larger;
}

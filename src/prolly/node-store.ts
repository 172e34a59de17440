/**
 * Nodes, blobs and messages over a chunk store. Opened nodes are kept in a cache limited by bytes, so that descending a
 * tree costs no parsing for its upper levels; memory does not grow with the store.
 *
 * The cache has two generations: a node that is used moves into the young one, and when that has taken half of the
 * limit it becomes the old one, whose nodes are dropped. That keeps what was used lately at the price of one map look-up.
 */
import { type Address, addressOf } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import { GhostCommitError } from '../chunks/ghosts.ts';
import type { ScanMemory } from '../chunks/scan-memory.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import { readBlob, writeBlob } from './blob.ts';
import { writeJsonTree } from './json-tree.ts';
import { type KeptNode, Node } from './node.ts';

export const DEFAULT_NODE_CACHE_BYTES = 64 * 1024 * 1024;
/** What an opened node costs beside its bytes. */
const NODE_OVERHEAD_BYTES = 300;

function sizeOf(node: Node): number {
  return node.bytes.length + NODE_OVERHEAD_BYTES;
}

export class NodeStore implements BlobStore {
  readonly chunks: ChunkStore;
  readonly #generationLimit: number;
  #generation = 0;
  #young = new Map<Address, KeptNode>();
  #youngBytes = 0;
  #old = new Map<Address, KeptNode>();

  constructor(chunks: ChunkStore, cacheBytes = DEFAULT_NODE_CACHE_BYTES) {
    this.chunks = chunks;
    this.#generationLimit = cacheBytes / 2;
  }

  /** What the cache surely keeps of what was read last. */
  get cacheBytes(): number {
    return this.#generationLimit;
  }

  /** How much of a long scan may be kept: the rest would only drive out what is read again and again. */
  get scanBytes(): number {
    return 0.75 * this.#generationLimit;
  }

  /**
   * The tree node at `address`; `keep` false: not for the cache, and perhaps in `memory`. Throws `corrupt` when it is
   * missing or no node.
   */
  read(address: Address, keep = true, memory?: ScanMemory): Node {
    return this.#young.get(address)?.node ?? this.#find(address, keep, memory).node!;
  }

  /** `read` of a child of an inner node, which remembers what the cache keeps of it: that spares the look-up. */
  readChild(parent: Node, index: number, keep = true, memory?: ScanMemory): Node {
    const kept = parent.keptChildren[index];
    if (kept !== undefined && kept.generation === this.#generation && kept.node !== undefined) return kept.node;
    const address = parent.childAddress(index);
    const found = this.#young.get(address) ?? this.#find(address, keep, memory);
    if (keep) parent.keptChildren[index] = found;
    return found.node!;
  }

  #find(address: Address, keep: boolean, memory?: ScanMemory): KeptNode {
    const node = this.#old.get(address)?.node ?? Node.read(this.#message(address, keep, memory));
    return keep ? this.#keep(address, node) : { node, generation: this.#generation };
  }

  /** Another node takes the place of this one, which is hardly read again: it makes room in the cache. */
  forget(address: Address): void {
    const young = this.#young.get(address);
    if (young !== undefined) this.#youngBytes -= sizeOf(young.node!);
    for (const kept of [young, this.#old.get(address)]) if (kept !== undefined) kept.node = undefined;
    this.#young.delete(address);
    this.#old.delete(address);
  }

  #keep(address: Address, node: Node): KeptNode {
    if (this.#youngBytes > this.#generationLimit) {
      // Their parents may be read on, and would hold them.
      for (const dropped of this.#old.values()) dropped.node = undefined;
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
      this.#generation++;
    }
    const kept: KeptNode = { node, generation: this.#generation };
    this.#young.set(address, kept);
    this.#youngBytes += sizeOf(node);
    return kept;
  }

  /** The bytes of the message at `address`, not to be modified. Throws `corrupt` when the chunk is missing. */
  readMessage(address: Address): Uint8Array {
    return this.#message(address, true);
  }

  #message(address: Address, keep: boolean, memory?: ScanMemory): Uint8Array {
    const bytes = this.chunks.get(address, keep, memory);
    if (bytes !== undefined) return bytes;
    if (this.chunks.isGhost(address)) throw new GhostCommitError(address);
    throw new DoltError(
      'corrupt',
      `chunk ${address} is missing; run "dolt fsck", then restore it from a remote or a backup`,
    );
  }

  /** Puts a message into the store (durable with its next commit); its address. */
  write(bytes: Uint8Array): Address {
    const address = addressOf(bytes);
    this.chunks.put(address, bytes);
    return address;
  }

  /** The same of a node that is going to be read soon: it stays open. */
  writeNode(node: Node): Address {
    const address = this.write(node.bytes);
    if (!this.#young.has(address)) this.#keep(address, node);
    return address;
  }

  readBlob(address: Address): Uint8Array {
    return readBlob((child) => this.readMessage(child), address);
  }

  writeBlob(bytes: Uint8Array): Address {
    return writeBlob((node) => this.write(node), bytes);
  }

  writeJsonTree(text: Uint8Array): Address {
    return writeJsonTree(this, text);
  }
}

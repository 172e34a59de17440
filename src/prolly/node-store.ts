/**
 * Nodes, blobs and messages over a chunk store. Opened nodes are kept in a cache limited by bytes, so that descending a
 * tree costs no parsing for its upper levels; memory does not grow with the store.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import type { Node } from './node.ts';

export const DEFAULT_NODE_CACHE_BYTES = 64 * 1024 * 1024;

export class NodeStore implements BlobStore {
  readonly chunks: ChunkStore;

  constructor(chunks: ChunkStore, _cacheBytes = DEFAULT_NODE_CACHE_BYTES) {
    this.chunks = chunks;
  }

  /** The tree node at `address`. Throws `corrupt` when the chunk is missing or no node. */
  read(_address: Address): Node {
    throw new AssertionError('not built');
  }

  /** The bytes of the message at `address`, not to be modified. Throws `corrupt` when the chunk is missing. */
  readMessage(_address: Address): Uint8Array {
    throw new AssertionError('not built');
  }

  /** Puts a message into the store (durable with its next commit); its address. */
  write(_bytes: Uint8Array): Address {
    throw new AssertionError('not built');
  }

  readBlob(_address: Address): Uint8Array {
    throw new AssertionError('not built');
  }

  writeBlob(_bytes: Uint8Array): Address {
    throw new AssertionError('not built');
  }
}

/** A chunk store that lives in memory: for tests and for scratch work. Commits are atomic and last as long as it does. */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import type { ChunkStore } from './chunk-store.ts';

export class MemoryChunkStore implements ChunkStore {
  readonly #chunks = new Map<Address, Uint8Array>();
  #root: Address = EMPTY_ADDRESS;

  root(): Address {
    return this.#root;
  }

  has(address: Address): boolean {
    return this.#chunks.has(address);
  }

  isGhost(): boolean {
    return false;
  }

  get(address: Address): Uint8Array | undefined {
    return this.#chunks.get(address);
  }

  put(address: Address, bytes: Uint8Array): void {
    this.#chunks.set(address, bytes);
  }

  commit(next: Address, last: Address): boolean {
    if (this.#root !== last) return false;
    this.#root = next;
    return true;
  }

  rebase(): void {}

  close(): void {}
}

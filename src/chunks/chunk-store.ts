/**
 * A chunk store maps addresses to immutable bytes and holds one mutable cell, the root. `put` buffers; `commit` makes
 * every buffered chunk durable and then swaps the root, both or neither: a crash leaves the root of before or of after,
 * with all of its chunks.
 */
import type { Address } from '../base/address.ts';
import type { ScanMemory } from './scan-memory.ts';

export interface ChunkStore {
  /** The root as of open, the last `commit` or the last `rebase`; EMPTY_ADDRESS in a new store. */
  root(): Address;
  has(address: Address): boolean;
  /** Whether the chunk is missing because a shallow clone left it out on purpose (ghosts.ts). */
  isGhost(address: Address): boolean;
  /**
   * The chunk's bytes (not to be modified), or undefined. Throws `corrupt` when its stored form fails its check. `keep`
   * false: it is not worth a place in a cache, and may then lie in `memory`.
   */
  get(address: Address, keep?: boolean, memory?: ScanMemory): Uint8Array | undefined;
  /** Buffers a chunk whose address the caller computed. Readable at once, durable with the next commit. */
  put(address: Address, bytes: Uint8Array): void;
  /** Swaps the root from `last` to `next`, durably; false when the root is no longer `last` (rebase and retry). */
  commit(next: Address, last: Address): boolean;
  /** Reads again what other processes have committed. */
  rebase(): void;
  close(): void;
}

/**
 * The chunks used last, up to a number of bytes. The cache has two generations: a chunk that is used moves into the young
 * one, and when that has taken half of the limit it becomes the old one, whose chunks are dropped.
 */
import type { Address } from '../base/address.ts';

export class ChunkCache {
  readonly #generationLimit: number;
  #young = new Map<Address, Uint8Array>();
  #youngBytes = 0;
  #old = new Map<Address, Uint8Array>();

  constructor(limit: number) {
    this.#generationLimit = limit / 2;
  }

  get(address: Address): Uint8Array | undefined {
    const young = this.#young.get(address);
    if (young) return young;
    const old = this.#old.get(address);
    if (old) this.set(address, old);
    return old;
  }

  has(address: Address): boolean {
    return this.#young.has(address) || this.#old.has(address);
  }

  set(address: Address, chunk: Uint8Array): void {
    // One that would drive out most of the others is not kept.
    if (chunk.length * 2 > this.#generationLimit || this.#young.has(address)) return;
    if (this.#youngBytes + chunk.length > this.#generationLimit) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(address, chunk);
    this.#youngBytes += chunk.length;
  }

  clear(): void {
    this.#young.clear();
    this.#youngBytes = 0;
    this.#old.clear();
  }
}

/** The chunks used last, up to a number of bytes; the one unused longest goes first. */
import type { Address } from '../base/address.ts';

export class ChunkCache {
  readonly #limit: number;
  readonly #chunks = new Map<Address, Uint8Array>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(address: Address): Uint8Array | undefined {
    const chunk = this.#chunks.get(address);
    if (chunk) {
      this.#chunks.delete(address);
      this.#chunks.set(address, chunk);
    }
    return chunk;
  }

  has(address: Address): boolean {
    return this.#chunks.has(address);
  }

  set(address: Address, chunk: Uint8Array): void {
    // One that would drive out most of the others is not kept.
    if (chunk.length * 4 > this.#limit || this.#chunks.has(address)) return;
    this.#chunks.set(address, chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) this.#shrink();
  }

  #shrink(): void {
    for (const [oldest, bytes] of this.#chunks) {
      if (this.#bytes <= this.#limit) break;
      this.#chunks.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }

  clear(): void {
    this.#chunks.clear();
    this.#bytes = 0;
  }
}

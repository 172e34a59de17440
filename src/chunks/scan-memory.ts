/**
 * Memory for the chunks of a long scan, used again and again: a chunk that is decoded where another was lately stays in
 * the processor's caches, and costs no allocation. Who scans says when chunks may be forgotten. What does not fit gets
 * memory of its own.
 */

const BYTES = 1 << 18;

export class ScanMemory {
  #buffer: ArrayBuffer | undefined;
  #used = 0;
  /** The chunk given last, which `forget` leaves. */
  #lastStart = 0;
  #lastEnd = 0;
  #keptStart = 0;
  #keptEnd = 0;

  get buffer(): ArrayBuffer {
    this.#buffer ??= new ArrayBuffer(BYTES);
    return this.#buffer;
  }

  /** Where `length` bytes are free, or -1. */
  take(length: number): number {
    let start = this.#used;
    if (start < this.#keptEnd && start + length > this.#keptStart) start = this.#keptEnd;
    if (start + length > BYTES) return -1;
    this.#used = start + length;
    this.#lastStart = start;
    this.#lastEnd = this.#used;
    return start;
  }

  /** All chunks may go but the one given last. */
  forget(): void {
    this.#used = 0;
    this.#keptStart = this.#lastStart;
    this.#keptEnd = this.#lastEnd;
  }
}

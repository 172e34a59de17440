/**
 * Blocks of bytes that two threads work off. The owner fills one after the other; the helper takes the oldest that is full,
 * and the owner, when it needs an empty one and there is none, the newest. What is done goes back to the owner in the order
 * in which it was filled. The owner never waits for the helper to begin: without one, or when it has gone, it does all
 * by itself.
 *
 *            submit           claim, by either            work is over           given to `finish`
 *   EMPTY ----------> FULL --------------------> BUSY -------------------> DONE -------------------> EMPTY
 *
 * Everything passes through the shared memory, so neither side needs its event loop.
 */
import type { JobName, Thread, Threads } from './threads.ts';

/**
 * Changes a block in place, knowing nothing but its bytes. Doing it once more changes nothing: a helper that seems to be
 * gone may come back.
 */
export type Work = (block: Uint8Array) => void;

/** As many as keep the helper busy while the owner waits for something else. */
export const BLOCKS = 64;
const BLOCK_BYTES = 128 << 10;
const EMPTY = 0;
const FULL = 1;
const BUSY = 2;
const DONE = 3;
/** Behind the states of the blocks: how many were ever submitted, for which the helper waits. */
const SUBMITTED = BLOCKS;
const HEAD_BYTES = 4 * (BLOCKS + 16);
/** After so long the owner does itself what the helper has begun. */
const PATIENCE_MS = 5_000;

export class BlockQueue {
  readonly #work: Work;
  readonly #finish: (block: Uint8Array) => void;
  readonly #states: Int32Array;
  readonly #blocks: readonly Uint8Array[];
  readonly #helper: Thread | undefined;
  /** How many were submitted and how many of them finished; a block's number modulo how many there are is its place. */
  #submitted = 0;
  #finished = 0;

  /** `job` names the same work for the helper. */
  constructor(work: Work, finish: (block: Uint8Array) => void, job: JobName, threads: Threads | undefined) {
    // Whoever works alone fills one block after the other.
    const memory = new SharedArrayBuffer(HEAD_BYTES + (threads ? BLOCKS : 1) * BLOCK_BYTES);
    this.#work = work;
    this.#finish = finish;
    this.#states = statesOf(memory);
    this.#blocks = blocksOf(memory);
    this.#helper = threads?.start(job, memory);
  }

  /** Whether a block can be filled without working off another one first. */
  get hasRoom(): boolean {
    while (this.#finished < this.#submitted && Atomics.load(this.#states, this.#place(this.#finished)) === DONE)
      this.finishOldest();
    return this.#submitted - this.#finished < this.#blocks.length;
  }

  /** The block to fill and `submit` next; it holds what it held before. */
  next(): Uint8Array {
    if (this.#submitted - this.#finished === this.#blocks.length) this.finishOldest();
    return this.#blocks[this.#place(this.#submitted)]!;
  }

  submit(): void {
    Atomics.store(this.#states, this.#place(this.#submitted), FULL);
    Atomics.store(this.#states, SUBMITTED, ++this.#submitted);
    Atomics.notify(this.#states, SUBMITTED);
  }

  /** Returns when all that was submitted is finished. */
  drain(): void {
    while (this.finishOldest());
  }

  close(): void {
    this.#helper?.stop();
  }

  /** Finishes one, and works as long as that takes; false when there is none. */
  finishOldest(): boolean {
    if (this.#finished === this.#submitted) return false;
    const oldest = this.#place(this.#finished);
    while (Atomics.load(this.#states, oldest) !== DONE) {
      if (this.#workOnNewest()) continue;
      if (Atomics.wait(this.#states, oldest, BUSY, PATIENCE_MS) === 'timed-out') this.#complete(oldest);
    }
    Atomics.store(this.#states, oldest, EMPTY);
    this.#finished++;
    this.#finish(this.#blocks[oldest]!);
    return true;
  }

  #place(number: number): number {
    return number % this.#blocks.length;
  }

  /** False when the helper has begun with all that is left. */
  #workOnNewest(): boolean {
    for (let number = this.#submitted - 1; number >= this.#finished; number--) {
      if (!claim(this.#states, this.#place(number))) continue;
      this.#complete(this.#place(number));
      return true;
    }
    return false;
  }

  #complete(place: number): void {
    this.#work(this.#blocks[place]!);
    Atomics.store(this.#states, place, DONE);
  }
}

/** What the helper does until it is stopped. Work that fails is left to the owner, which will see why. */
export function helpWith(work: Work, memory: SharedArrayBuffer): void {
  const states = statesOf(memory);
  const blocks = blocksOf(memory);
  for (let next = 0; ; ) {
    const submitted = Atomics.load(states, SUBMITTED);
    const place = claimFrom(states, next);
    if (place === undefined) {
      Atomics.wait(states, SUBMITTED, submitted);
      continue;
    }
    let outcome = FULL;
    try {
      work(blocks[place]!);
      outcome = DONE;
    } finally {
      Atomics.store(states, place, outcome);
      Atomics.notify(states, place);
    }
    next = (place + 1) % BLOCKS;
  }
}

/** The first full block from a place on, around the end. */
function claimFrom(states: Int32Array, first: number): number | undefined {
  for (let i = 0; i < BLOCKS; i++) {
    const place = (first + i) % BLOCKS;
    if (claim(states, place)) return place;
  }
  return undefined;
}

function claim(states: Int32Array, place: number): boolean {
  return Atomics.compareExchange(states, place, FULL, BUSY) === FULL;
}

function statesOf(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, BLOCKS + 1);
}

function blocksOf(memory: SharedArrayBuffer): readonly Uint8Array[] {
  const count = (memory.byteLength - HEAD_BYTES) / BLOCK_BYTES;
  return Array.from({ length: count }, (_, i) => new Uint8Array(memory, HEAD_BYTES + i * BLOCK_BYTES, BLOCK_BYTES));
}

/**
 * Who holds addresses that no ref leads to, for garbage collection: open transactions (holders), and operations under way,
 * which hold what they have put since they began. Operations are numbered in the order in which they begin; what is put
 * while the last number is `n` may belong to any operation up to `n` that has not ended.
 */
import type { Address } from '../base/address.ts';
import type { Repository } from './repository.ts';

export interface Holder {
  /** Roots of what it may still read or store of a repository. */
  held(repository: Repository): Iterable<Address>;
}

export class Activity {
  readonly holders = new Set<Holder>();
  #last = 0;
  readonly #running = new Set<number>();
  readonly #waiting: { readonly until: number; readonly wake: () => void }[] = [];

  /** Number of the operation that began last. */
  get last(): number {
    return this.#last;
  }

  /** Number of the oldest operation that has not ended; beyond `last` when all have. */
  get oldest(): number {
    // A set keeps the order in which numbers came.
    const [oldest = this.#last + 1] = this.#running;
    return oldest;
  }

  /** An operation begins; call the answer when it has ended, once or more. */
  begin(): () => void {
    const number = ++this.#last;
    this.#running.add(number);
    return () => {
      this.#running.delete(number);
      const { oldest } = this;
      while (this.#waiting.length > 0 && this.#waiting[0]!.until < oldest) this.#waiting.shift()!.wake();
    };
  }

  /** Runs an operation. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Comes when all operations that run now have ended. */
  async calm(): Promise<void> {
    const until = this.#last;
    if (until < this.oldest) return;
    await new Promise<void>((wake) => this.#waiting.push({ until, wake }));
  }

  /** What open transactions hold of a repository. */
  *held(repository: Repository): Generator<Address, void> {
    for (const holder of this.holders) yield* holder.held(repository);
  }
}

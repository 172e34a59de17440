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

/** Of those that run, linked: each statement is one, and a set would grow and shrink with each. */
interface Operation {
  readonly number: number;
  before: Operation | undefined;
  after: Operation | undefined;
  hasEnded: boolean;
}

export class Activity {
  readonly holders = new Set<Holder>();
  #last = 0;
  /** Those that run, in the order in which they began. */
  #first: Operation | undefined;
  #newest: Operation | undefined;
  readonly #waiting: { readonly until: number; readonly wake: () => void }[] = [];

  /** Number of the operation that began last. */
  get last(): number {
    return this.#last;
  }

  /** Number of the oldest operation that has not ended; beyond `last` when all have. */
  get oldest(): number {
    return this.#first?.number ?? this.#last + 1;
  }

  /** An operation begins; call the answer when it has ended, once or more. */
  begin(): () => void {
    const operation: Operation = { number: ++this.#last, before: this.#newest, after: undefined, hasEnded: false };
    if (this.#newest === undefined) this.#first = operation;
    else this.#newest.after = operation;
    this.#newest = operation;
    return () => {
      this.#leave(operation);
      const { oldest } = this;
      while (this.#waiting.length > 0 && this.#waiting[0]!.until < oldest) this.#waiting.shift()!.wake();
    };
  }

  #leave(operation: Operation): void {
    if (operation.hasEnded) return;
    operation.hasEnded = true;
    const { before, after } = operation;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
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

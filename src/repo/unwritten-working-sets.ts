/**
 * Working sets that sessions stored while a sync ran, of which the refs do not know yet: they are visible to whoever asks
 * for them, are built on, and become chunks and refs, the last of each branch only, when that sync has ended or somebody
 * asks for the refs. Whoever stored one waits for that, and for the sync that covers it.
 */

import type { Address } from '../base/address.ts';
import type { WorkingSet, WorkingSetMeta } from './working-set.ts';

/** A working set, as it is stored or will be. */
export interface StoredWorkingSet {
  readonly workingSet: WorkingSet;
  /** Undefined before it is written; one that another took the place of before never is. */
  address: Address | undefined;
}

interface Unwritten extends StoredWorkingSet {
  readonly meta: WorkingSetMeta;
}

export type WriteWorkingSets = (unwritten: ReadonlyMap<string, Unwritten>) => void;

export const NOTHING_UNWRITTEN: ReadonlyMap<string, never> = new Map<string, never>();

/** Those that wait together. */
interface Batch {
  failure?: unknown;
  isWritten: boolean;
  ended?: Promise<void>;
}

export class UnwrittenWorkingSets {
  readonly #write: WriteWorkingSets;
  #byBranch: ReadonlyMap<string, Unwritten> = NOTHING_UNWRITTEN;
  #batch: Batch | undefined;

  /** `write` makes refs of them, durable later. */
  constructor(write: WriteWorkingSets) {
    this.#write = write;
  }

  /** As of now, by branch. */
  get byBranch(): ReadonlyMap<string, StoredWorkingSet> {
    return this.#byBranch;
  }

  /** Comes when it is durable, after `before`, the sync that runs. `durable` waits for what is written. */
  add(
    branch: string,
    workingSet: WorkingSet,
    meta: WorkingSetMeta,
    { before, durable }: { readonly before: () => Promise<void>; readonly durable: () => Promise<void> },
  ): Promise<void> {
    workingSet.working.seal();
    this.#byBranch = new Map([...this.#byBranch, [branch, { workingSet, meta, address: undefined }]]);
    if (this.#batch === undefined) {
      const batch: Batch = { isWritten: false };
      this.#batch = batch;
      // That it failed is for those who wait for it; what is to be written will say so as well.
      batch.ended = before()
        .catch(() => {})
        .then(async () => {
          if (!batch.isWritten) this.write();
          if (batch.failure !== undefined) throw batch.failure;
          await durable();
        });
    }
    return this.#batch.ended!;
  }

  /** Writes them, now. Those who wait for it are told where it fails: it is as if nothing had been stored then. */
  write(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    const unwritten = this.#byBranch;
    this.#batch = undefined;
    this.#byBranch = NOTHING_UNWRITTEN;
    batch.isWritten = true;
    try {
      this.#write(unwritten);
    } catch (error) {
      batch.failure = error;
    }
  }
}

/**
 * Working sets that a server's sessions stored, of which the refs do not know yet: they are visible to whoever asks for them
 * and are built on, and their edits are in the redo log. They become chunks and refs, the last of each branch only, when
 * somebody asks for the refs, when the log is full, or nobody has stored anything for a while.
 */

import type { Address } from '../base/address.ts';
import type { RedoLog } from './redo/redo-log.ts';
import { type Steps, waitFor } from './steps.ts';
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

type ByBranch = ReadonlyMap<string, Unwritten>;

export const NOTHING_UNWRITTEN: ReadonlyMap<string, never> = new Map<string, never>();

export class UnwrittenWorkingSets {
  readonly #log: RedoLog;
  readonly #write: (unwritten: ByBranch) => void;
  #byBranch: ByBranch = NOTHING_UNWRITTEN;
  /** What was unwritten when the log had so many records: since those that are known to be durable, up to now. */
  #history: { readonly count: number; readonly byBranch: ByBranch }[] = [];

  /** `write` makes refs of them, durable later: all that the log holds then. */
  constructor(log: RedoLog, write: (unwritten: ByBranch) => void) {
    this.#log = log;
    this.#write = write;
  }

  /** As of now, by branch. */
  get byBranch(): ReadonlyMap<string, StoredWorkingSet> {
    return this.#byBranch;
  }

  /** Durable when it has ended: at once, or where others go on meanwhile (`isShared`), with what they store. */
  *add(
    branch: string,
    { working, ...others }: WorkingSet,
    meta: WorkingSetMeta,
    record: Uint8Array,
    isShared: boolean,
  ): Steps<void> {
    const log = this.#log;
    if (this.#history.length === 0) this.#remember();
    if (isShared) log.appendLater(record);
    else log.append(record);
    // Others' edits lie above: what is known of these is kept apart from them.
    const workingSet: WorkingSet = { working: working.collapsed(), ...others };
    workingSet.working.seal();
    this.#byBranch = new Map([...this.#byBranch, [branch, { workingSet, meta, address: undefined }]]);
    this.#remember();
    if (!isShared) return;
    try {
      yield* waitFor(log.durable());
    } catch (error) {
      this.#goBack();
      throw error;
    }
  }

  /** Writes them, now. */
  write(): void {
    if (this.#byBranch === NOTHING_UNWRITTEN) return;
    try {
      this.#log.flush();
    } catch (error) {
      this.#goBack();
      throw error;
    }
    this.#write(this.#byBranch);
    this.#byBranch = NOTHING_UNWRITTEN;
    this.#history = [];
  }

  #remember(): void {
    const { count, durableCount } = this.#log;
    while (this.#history.length > 1 && this.#history[1]!.count <= durableCount) this.#history.shift();
    this.#history.push({ count, byBranch: this.#byBranch });
  }

  /** What is not durable was taken back. */
  #goBack(): void {
    while (this.#history.length > 1 && this.#history.at(-1)!.count > this.#log.durableCount) this.#history.pop();
    this.#byBranch = this.#history.at(-1)?.byBranch ?? NOTHING_UNWRITTEN;
  }
}

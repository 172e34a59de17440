/**
 * The gate that every change of a head, a staged root or a tag passes which a SQL session makes; replication implements
 * it. The caller has put all chunks into the store; then, in this order:
 *
 *     before(intent) ──throws──▶ nothing moves, the error is the caller's
 *         │ admission
 *         ▼
 *     one local record: the caller's edits + admission.edits(refs), in one store commit
 *         │
 *         ▼
 *     after(admission, written?)
 *
 * `after` runs exactly once for every admission, also when writing the record threw.
 */
import type { Address } from '../base/address.ts';
import type { RefEdits, RefName, Refs } from './refs.ts';
import type { Steps } from './steps.ts';
import type { WorkingSet } from './working-set.ts';

/** One ref that is to move. */
export interface RefIntent {
  /** A branch or a tag: `refs/heads/…`, `refs/tags/…`. */
  readonly ref: RefName;
  /** Its value now; undefined when it is to be created. */
  readonly old: Address | undefined;
  /** Its value then; undefined when it is to be deleted. */
  readonly new: Address | undefined;
  /** The new value does not descend from the old one, and the user meant it (reset, amend, rename, delete, -f). */
  readonly forced: boolean;
}

export interface HeadIntent {
  /** Refs that move together. Empty when only a staged root changes: then the gate only keeps the order. */
  readonly refs: readonly RefIntent[];
  /** Working sets that the caller's record sets, by branch; undefined where it deletes one. */
  readonly workingSets?: ReadonlyMap<string, WorkingSet | undefined> | undefined;
  /** Other refs that the caller's record sets: bases, after a pull. */
  readonly edits?: ((refs: Refs) => RefEdits) | undefined;
}

export interface Admission {
  /** More edits for the same local record: bases, queue entries, tracking refs, intents cleared, other heads. */
  edits(refs: Refs): RefEdits;
  /** Branches that end elsewhere than intended, because a remote's commit was merged in: ref → its head. */
  readonly merged: ReadonlyMap<RefName, Address>;
  /** What to tell the user, as SQL warnings; `after` may add some. */
  readonly warnings: readonly string[];
  /** The remote that has the change already: the caller's record has to be written, whatever else was stored meanwhile. */
  readonly landedOn?: string | undefined;
}

export interface CommitHook {
  /** Throws when the change may not happen; then nothing has happened. */
  before(intent: HeadIntent): Steps<Admission>;
  /** `written`: the local record is durable; what fails from then on is a warning of it, or told later, and never thrown. */
  after(admission: Admission, written: boolean): Steps<void>;
}

const admitted: Admission = { edits: () => new Map(), merged: new Map(), warnings: [] };

/** Lets everything pass: the command line, and sessions of databases that do not replicate. */
export const openGate: CommitHook = {
  // biome-ignore lint/correctness/useYield: it never waits
  *before() {
    return admitted;
  },
  *after() {},
};

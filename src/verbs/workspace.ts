/**
 * What a verb works on: a branch with its roots, who is asking, and where changes go. The command line implements it on
 * the repository (every change is durable at once), a SQL session on its transaction (changes of roots become visible
 * with the transaction; heads and tags pass the commit hook). So `dolt push -u origin` and CALL dolt_push('-u',
 * 'origin') are one piece of code.
 */
import type { Address } from '../base/address.ts';
import type { RefIntent } from '../repo/commit-hook.ts';
import type { Identity } from '../repo/identity.ts';
import type { RefEdits, Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import type { Steps } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';

/** A change of refs, with the roots that go along with it, that happens in one durable record or not at all. */
export interface HeadUpdate {
  /** Branches and tags to move, create or delete; empty when only working sets or tracking refs change. */
  readonly refs: readonly RefIntent[];
  /** Working sets to set, by branch; undefined deletes. */
  readonly workingSets?: ReadonlyMap<string, WorkingSet | undefined>;
  /** Other refs (tracking refs, internal). */
  readonly edits?: RefEdits;
  /** Why, for the working set's record: `commit`, `merge main`, … */
  readonly description: string;
}

export interface Workspace {
  readonly repository: Repository;
  /** True for a SQL session: wording and some defaults differ (FORMAT: see each verb). */
  readonly isSession: boolean;

  /** The identity for commits and tags; throws `invalid` with Dolt's advice when none is configured. */
  identity(): Identity;
  /** Milliseconds now. */
  now(): number;

  /** The refs as this workspace sees them. */
  refs(): Refs;
  /** The current branch; undefined when the head is detached. */
  branch(): string | undefined;
  /** The commit the workspace stands on. Throws when the branch has none. */
  head(): Address;
  headRoot(): RootValue;
  workingSet(): WorkingSet;
  /** Replaces the roots and the merge state of the current branch. */
  setWorkingSet(workingSet: WorkingSet, description: string): Steps<void>;

  /** Moves refs together with working sets; passes the gate. Returns the refs after it. */
  updateHeads(update: HeadUpdate): Steps<Refs>;
  /**
   * Stands on another branch. `workingSet`, when given, replaces the stored one of that branch (roots that were
   * carried over); the command line writes `repo_state.json`, a session changes its own branch only.
   */
  switchBranch(branch: string, workingSet?: WorkingSet): Steps<void>;

  /** Tells the user something that is no error: stderr, or SHOW WARNINGS. */
  warn(message: string): void;
  /** Shows progress of long work on a terminal; nothing elsewhere. */
  progress(message: string): void;
}

/**
 * What a verb works on: a branch with its roots, who is asking, and where changes go. The command line implements it on
 * the repository (every change is durable at once), a SQL session on its transaction (changes of roots become visible
 * with the transaction; heads and tags pass the commit hook). So `dolt push -u origin` and CALL dolt_push('-u',
 * 'origin') are one piece of code.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { HeadUpdate } from '../repo/head-update.ts';
import type { Identity } from '../repo/identity.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import type { Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import type { Roots } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';

/** Who signs a commit, with the dates that were asked for (milliseconds); undefined: now. */
export interface Signature {
  readonly author: Identity;
  readonly committer: Identity;
  readonly authorDate: number | undefined;
  readonly committerDate: number | undefined;
  /** The committer was set apart from the author; then `--author` does not change it. */
  readonly committerIsExplicit: boolean;
}

export interface Workspace {
  readonly repository: Repository;
  /** True for a SQL session: some defaults differ, as each verb says. */
  readonly isSession: boolean;

  /** Who signs; `author` where nobody is configured. Throws `invalid` with Dolt's advice when there is nobody at all. */
  signature(author?: Identity): Signature;
  /** The variable's text; '' where it is not set. */
  setting(name: 'gpgsign' | 'signingkey'): string;
  databaseName(): string;
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
  /** Replaces the roots and the merge state of the current branch; `description` says why (`dolt add`, …). */
  setWorkingSet(workingSet: WorkingSet, description: string): Steps<void>;

  /** Moves refs together with working sets; passes the gate. Returns the refs after it. */
  updateHeads(update: HeadUpdate, description: string): Steps<Refs>;
  /**
   * Makes a commit of what `roots` stage on top of what others have committed to the branch meanwhile. `make` gets the roots
   * with theirs, and is asked again where others are faster.
   */
  commitOnTop<Result>(roots: Roots, make: (roots: Roots) => Steps<Result>): Steps<Result>;
  /** Stands on another branch: the command line writes `repo_state.json`, a session changes its own branch only. */
  switchBranch(branch: string): Steps<void>;

  /** Throws `conflict` where other sessions stand on a branch that is to go away. */
  assertNotInUse(branch: string): void;
  /** Throws `conflict` for the branch that a server's new sessions stand on: without it nobody could work any more. */
  assertNotDefault(branch: string): void;

  /** What merges need of SQL; loaded when asked for. Undefined where there is no SQL. */
  mergeExpressions(): Steps<MergeExpressions | undefined>;

  /** Tells the user something that is no error: stderr, or SHOW WARNINGS. */
  warn(message: string): void;
  /** Shows progress of long work on a terminal; nothing elsewhere. */
  progress(message: string): void;

  /** What the verb has put so far is reachable or needed no more: who waits for all that runs need not wait for it. */
  rest(): void;
}

/** The current branch. Throws `invalid` when the head is detached. */
export function currentBranch(workspace: Workspace): string {
  const branch = workspace.branch();
  if (branch === undefined)
    throw new DoltError('invalid', 'this operation is not supported while in a detached head state');
  return branch;
}

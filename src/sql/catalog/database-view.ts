/** A database as one statement sees it: at a branch's working set, or at a commit (AS OF, `db/v1.0`). */
import type { Address } from '../../base/address.ts';
import type { Refs } from '../../repo/refs.ts';
import type { Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { WorkingSet } from '../../repo/working-set.ts';
import type { Table } from '../../table/table.ts';

export interface DatabaseView {
  /** As it is qualified: `db`, or `db/branch`. */
  readonly name: string;
  /** Without a revision. */
  readonly baseName: string;
  readonly repository: Repository;
  /** The refs of the transaction's snapshot. */
  readonly refs: Refs;
  /** Undefined at a commit. */
  readonly branch: string | undefined;
  /** The branch's head, or the commit. */
  readonly head: Address;
  headRoot(): RootValue;
  /** What tables are read from. */
  readonly root: RootValue;
  /** Of the branch; at a commit both roots are the commit's. */
  workingSet(): WorkingSet;
  /** The working set of another branch as the transaction sees it. */
  workingSetOf(branch: string): WorkingSet;
  /** Stores another version of a table in the working root, or the staged one; undefined where nothing can be written. */
  readonly replaceTable: ((name: string, table: Table, part?: 'working' | 'staged') => void) | undefined;
  /** The commit that a revision names (`HEAD` is this view's). Throws when it names none. */
  resolveCommit(revision: string): Address;
  /** The root of `WORKING`, `STAGED`, `HEAD` or a revision. */
  resolveRoot(revision: string): RootValue;
}

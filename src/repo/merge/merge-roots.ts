/**
 * The three-way merge of two roots: tables, schemas, rows cell by cell, foreign keys. Conflicts and violations become
 * artifacts of the merged tables; tables whose schemas conflict stay as ours and are named.
 */
import type { Address } from '../../base/address.ts';
import { AssertionError } from '../../base/errors.ts';
import type { RootValue } from '../root-value.ts';
import type { Steps } from '../steps.ts';

export interface RootMergeInput {
  readonly base: RootValue;
  readonly ours: RootValue;
  readonly theirs: RootValue;
  /**
   * The commit (or root) that `theirs` and `base` are of: recorded with each conflict, so that its three sides can be
   * read later.
   */
  readonly theirsAddress: Address;
  readonly baseAddress: Address;
}

export interface RootMergeResult {
  /** With conflicts and violations as artifacts of its tables. */
  readonly root: RootValue;
  /** Tables whose schemas could not be merged, in order of their names; they are in `root` as in ours. */
  readonly schemaConflicts: readonly { readonly table: string; readonly description: string }[];
  /** Rows in conflict, by table. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** Rows that violate constraints, by table. */
  readonly violations: ReadonlyMap<string, number>;
}

// biome-ignore lint/correctness/useYield: skeleton
export function* mergeRoots(_input: RootMergeInput): Steps<RootMergeResult> {
  throw new AssertionError('not built');
}

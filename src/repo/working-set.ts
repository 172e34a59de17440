/**
 * The working set of a branch: its working and staged roots, and what a merge under way needs to be finished or aborted
 * (FORMAT.md §3.6). Immutable here; in the store it is the dataset `workingSets/heads/<branch>`.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { Identity } from './identity.ts';
import type { RootValue } from './root-value.ts';

export interface MergeState {
  /** The working root before the merge: what an abort goes back to. */
  readonly preMergeWorking: Address;
  /** The commit that is merged in. */
  readonly fromCommit: Address;
  /** What the user called it. */
  readonly fromSpec: string;
  /** Tables with schema conflicts. */
  readonly unmergableTables: readonly string[];
  readonly isCherryPick: boolean;
  readonly isRevert: boolean;
}

export interface WorkingSet {
  readonly working: RootValue;
  readonly staged: RootValue;
  readonly merge?: MergeState | undefined;
}

/** Who and why, stored along with a working set. */
export interface WorkingSetMeta extends Identity {
  readonly description: string;
  /** Unix **seconds**. */
  readonly seconds: number;
}

export function readWorkingSet(_nodes: NodeStore, _address: Address): WorkingSet {
  throw new AssertionError('not built');
}

/** Puts the working set into the store and returns its address. */
export function writeWorkingSet(_nodes: NodeStore, _workingSet: WorkingSet, _meta: WorkingSetMeta): Address {
  throw new AssertionError('not built');
}

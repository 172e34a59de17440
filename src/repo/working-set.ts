/**
 * The working set of a branch: its working and staged roots, and what a merge under way needs to be finished or aborted
 * (FORMAT.md §3.6). Immutable here; in the store it is the dataset `workingSets/heads/<branch>`.
 */
import type { Address } from '../base/address.ts';
import { RecentMap } from '../base/recent-map.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import {
  type MergeStateMessage,
  type RebaseStateMessage,
  readWorkingSet as readMessage,
  writeWorkingSet as writeMessage,
} from '../serial/working-set.ts';
import type { Identity } from './identity.ts';
import { RootValue } from './root-value.ts';

/** A merge, cherry-pick or revert that waits for its conflicts to be resolved. */
export type MergeState = MergeStateMessage;

/** A rebase that waits for its plan, or for conflicts to be resolved; on the branch that it works on. */
export type RebaseState = RebaseStateMessage;

export interface WorkingSet {
  readonly working: RootValue;
  readonly staged: RootValue;
  readonly merge?: MergeState | undefined;
  readonly rebase?: RebaseState | undefined;
}

/** Who and why, stored along with a working set. */
export interface WorkingSetMeta extends Identity {
  readonly description: string;
  /** Unix **seconds**. */
  readonly seconds: number;
}

/** A working set with nothing changed. */
export const cleanWorkingSet = (head: RootValue): WorkingSet => ({ working: head, staged: head });

/** Whether nothing differs but who stored it when. */
export function sameWorkingSet(a: WorkingSet, b: WorkingSet): boolean {
  if (a === b) return true;
  return a.working.equals(b.working) && a.staged.equals(b.staged) && a.merge === b.merge && a.rebase === b.rebase;
}

/** The last working sets that were read or written of each store: every transaction begins with one. */
const recentOfStores = new WeakMap<NodeStore, RecentMap<Address, WorkingSet>>();
const KEPT = 16;

function recentOf(nodes: NodeStore): RecentMap<Address, WorkingSet> {
  let recent = recentOfStores.get(nodes);
  if (recent === undefined) {
    recent = new RecentMap(KEPT);
    recentOfStores.set(nodes, recent);
  }
  return recent;
}

export function readWorkingSet(nodes: NodeStore, address: Address): WorkingSet {
  const recent = recentOf(nodes);
  const known = recent.get(address);
  if (known !== undefined) return known;
  const workingSet = parseWorkingSet(nodes, address);
  recent.set(address, workingSet);
  return workingSet;
}

function parseWorkingSet(nodes: NodeStore, address: Address): WorkingSet {
  const stored = readMessage(nodes.readMessage(address));
  const working = RootValue.read(nodes, stored.working);
  const staged = stored.staged === stored.working ? working : RootValue.read(nodes, stored.staged);
  return { working, staged, merge: stored.merge, rebase: stored.rebase };
}

/** Puts the working set into the store and returns its address. */
export function writeWorkingSet(nodes: NodeStore, workingSet: WorkingSet, meta: WorkingSetMeta): Address {
  const { working, staged, merge, rebase } = workingSet;
  const address = nodes.write(
    writeMessage({
      working: working.address,
      staged: staged.address,
      name: meta.name,
      email: meta.email,
      description: meta.description,
      timestampSeconds: meta.seconds,
      merge,
      rebase,
    }),
  );
  recentOf(nodes).set(address, workingSet);
  return address;
}

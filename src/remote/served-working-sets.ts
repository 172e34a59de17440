/**
 * Working sets of a server that people work on: there a branch moves together with its working set, which must have no
 * changes, or its sessions would find the push undone in what they see (`push_concurrency_control`, FORMAT.md §6.2).
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { HEADS, type RefEdits, type RefName, workingSetRef } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { readWorkingSet, writeWorkingSet } from '../serial/working-set.ts';
import type { RemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';

export interface HeadMove {
  readonly target: RefName;
  readonly old: Address | undefined;
  readonly new: Address | undefined;
  readonly isForced: boolean;
}

/** Throws `conflict` when a branch that is not forced has changes in its working set. */
export async function assertCleanThere(
  repository: Repository,
  store: RemoteStore,
  there: RemoteRefs,
  moves: readonly HeadMove[],
): Promise<void> {
  for (const { target, old, isForced } of moves) {
    if (isForced || old === undefined || !target.startsWith(HEADS)) continue;
    const address = there.get(workingSetRef(target.slice(HEADS.length)));
    const chunk = address && (await store.chunks([address])).get(address);
    if (chunk === undefined) continue;
    const { working, staged, merge } = readWorkingSet(chunk);
    const head = repository.rootOfCommit(old).address;
    if (working === staged && staged === head && merge === undefined) continue;
    throw new DoltError(
      'conflict',
      `${store.url}: target has uncommitted changes on ${target.slice(HEADS.length)}. --force required to overwrite`,
    );
  }
}

/** The edits that give each branch that moves a working set without changes; one that goes takes its own along. */
export function cleanThere(repository: Repository, nodes: NodeStore, moves: readonly HeadMove[]): RefEdits {
  const edits = new Map<RefName, Address | undefined>();
  for (const { target, new: commit } of moves) {
    if (!target.startsWith(HEADS)) continue;
    const ref = workingSetRef(target.slice(HEADS.length));
    if (commit === undefined) edits.set(ref, undefined);
    else {
      const root = repository.rootOfCommit(commit).address;
      const seconds = Math.trunc(repository.environment.clock.now() / 1000);
      const who = { name: '', email: '', description: 'push', timestampSeconds: seconds };
      edits.set(ref, nodes.write(writeWorkingSet({ working: root, staged: root, ...who })));
    }
  }
  return edits;
}

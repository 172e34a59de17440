/**
 * The local half of a push, as edits of one record: what landed becomes the base of its ref, branches that were merged
 * with a remote's commits go on from the merge, an interrupted change is finished.
 */
import type { Address } from '../base/address.ts';
import { readCommit } from '../repo/commit.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { HEADS, type RefName, type Refs, workingSetRef } from '../repo/refs.ts';
import { basesEdit, withBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import { cleanWorkingSet, type WorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import type { PushedRef } from './push-decision.ts';
import type { PushResult } from './push-group.ts';
import { basesOf, isWithin, type Target } from './queue.ts';
import { assertCarries, carryWorkingSet } from './reconcile.ts';
import { type RemoteMergeConflictError, ReplicationError } from './replication-errors.ts';

export type Edits = Map<RefName, Address | undefined>;

export class LandedRecord {
  readonly #repository: Repository;
  readonly #target: Target;
  readonly #refs: Refs;
  readonly #expressions: MergeExpressions | undefined;
  readonly #bases = new Map<RefName, Address | undefined>();
  readonly #edits: Edits = new Map();

  constructor(repository: Repository, target: Target, refs: Refs, expressions: MergeExpressions | undefined) {
    this.#repository = repository;
    this.#target = target;
    this.#refs = refs;
    this.#expressions = expressions;
  }

  edits(): Edits {
    if (this.#bases.size === 0) return this.#edits;
    const bases = withBases(basesOf(this.#repository, this.#refs, this.#target), this.#bases);
    return this.#edits.set(...basesEdit(this.#repository.nodes, this.#target.name, bases));
  }

  /** What the caller's own record moves. */
  own(pushed: readonly PushedRef[], { landed }: PushResult): this {
    for (const { ref } of pushed) if (landed.has(ref)) this.#bases.set(ref, landed.get(ref));
    return this;
  }

  /** What local refs hold already: only where a merge was needed does a branch move. */
  queued(pushed: readonly PushedRef[], { landed, merged }: PushResult): this {
    for (const { ref, ours } of pushed) {
      if (!landed.has(ref)) continue;
      const commit = merged.get(ref);
      if (commit !== undefined && ours !== undefined && this.#refs.get(ref) === ours) {
        this.#edits.set(ref, commit);
        this.#setWorkingSet(ref, this.#carried(ref, ours, commit), commit, 'merge from remote');
        this.#bases.set(ref, commit);
      } else {
        // A base beyond what stands here would take the remote's newer commits for discarded ones.
        this.#bases.set(ref, commit === undefined ? landed.get(ref) : ours);
      }
    }
    return this;
  }

  /** Changes that were interrupted before their record: refs that still stand where they did follow. */
  interrupted(pushed: readonly PushedRef[], result: PushResult): this {
    const { landed } = result;
    for (const change of pushed) {
      const { ref, old } = change;
      if (this.#refs.get(ref) !== old) this.overtaken([change], result);
      else if (landed.has(ref)) this.#follow(ref, old, landed.get(ref));
    }
    return this;
  }

  /** Changes whose refs were changed meanwhile: without what landed, they have not integrated it, and it is no base for them. */
  overtaken(pushed: readonly PushedRef[], result: PushResult): this {
    return this.queued(
      pushed.filter((change) => this.#holds(change)),
      result,
    );
  }

  #holds({ ref, ours }: PushedRef): boolean {
    const local = this.#refs.get(ref);
    if (local === undefined || ours === undefined || !ref.startsWith(HEADS)) return local === ours;
    return isWithin(this.#repository, ours, local);
  }

  #follow(ref: RefName, old: Address | undefined, value: Address | undefined): void {
    this.#bases.set(ref, value);
    if (value === old) return;
    this.#edits.set(ref, value);
    if (ref.startsWith(HEADS)) this.#finishWorkingSet(ref, old, value);
  }

  /**
   * After a refused change of a branch, the branch catches up with the remote, so that the change can be made again on
   * top: where it only has commits that the remote has too, and local changes don't stand in the way.
   */
  caughtUp(pushed: readonly PushedRef[], { divergence: { ref, theirs }, isRetriable }: RemoteMergeConflictError): this {
    const old = pushed.find((change) => change.ref === ref)?.old;
    const branch = ref.slice(HEADS.length);
    if (!isRetriable || old === undefined || old === theirs || this.#refs.get(ref) !== old) return this;
    if (!isWithin(this.#repository, old, theirs)) return this;
    const workingSet = this.#repository.workingSet(branch, this.#refs);
    if (workingSet.merge !== undefined) return this;
    try {
      const divergence = { remote: this.#target.name, ref, ours: old, theirs };
      assertCarries(this.#repository, workingSet, divergence, this.#expressions);
    } catch (error) {
      if (error instanceof ReplicationError) return this;
      throw error;
    }
    this.#edits.set(ref, theirs);
    this.#setWorkingSet(ref, this.#carried(ref, old, theirs), theirs, 'merge from remote');
    this.#bases.set(ref, theirs);
    return this;
  }

  /** Staged is the new head; the working root keeps what was not committed. */
  #finishWorkingSet(ref: RefName, old: Address | undefined, head: Address | undefined): void {
    if (head === undefined) {
      this.#edits.set(workingSetRef(ref.slice(HEADS.length)), undefined);
      return;
    }
    const staged = this.#repository.rootOfCommit(head);
    if (old === undefined) {
      this.#setWorkingSet(ref, cleanWorkingSet(staged), head, 'branch');
      return;
    }
    const stored = this.#repository.workingSet(ref.slice(HEADS.length), this.#refs);
    const isDone = stored.working.address === staged.address;
    const working = isDone ? stored.working : this.#carried(ref, old, head).working;
    this.#setWorkingSet(ref, { working, staged }, head, 'commit');
  }

  #carried(ref: RefName, from: Address, to: Address): WorkingSet {
    const stored = this.#repository.workingSet(ref.slice(HEADS.length), this.#refs);
    return carryWorkingSet(this.#repository, stored, from, to, this.#expressions);
  }

  #setWorkingSet(ref: RefName, workingSet: WorkingSet, head: Address, description: string): void {
    const { nodes, environment } = this.#repository;
    const { author } = readCommit(nodes, head);
    const meta = { ...author, description, seconds: Math.trunc(environment.clock.now() / 1000) };
    this.#edits.set(workingSetRef(ref.slice(HEADS.length)), writeWorkingSet(nodes, workingSet, meta));
  }
}

/**
 * A transaction of one session: of every database it touches, one snapshot of the refs, and on each branch the working
 * set as it was then (`start`) and as the transaction has it now (`current`).
 *
 *     snapshot ── statements replace `current` ── commit: start, stored now and current are merged and swapped in
 *                                             └── rollback: forgotten
 *
 * All of it is immutable values, so a savepoint, and the state that a failing statement goes back to, are copies of a map.
 */
import type { Address } from '../../base/address.ts';
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import type { RefEdits, RefName, Refs } from '../../repo/refs.ts';
import { branchRef, workingSetRef } from '../../repo/refs.ts';
import { BranchNotFoundError } from '../../repo/repo-errors.ts';
import type { Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { readWorkingSet, type WorkingSet, type WorkingSetMeta, writeWorkingSet } from '../../repo/working-set.ts';
import type { Database } from './database.ts';
import { mergeWorkingSets } from './merge-working-sets.ts';

export interface BranchState {
  readonly start: WorkingSet;
  /** Address of `start` in the store; undefined when the branch has no stored working set. */
  readonly startAddress: Address | undefined;
  readonly current: WorkingSet;
}

/** What a statement or a savepoint goes back to. */
export type TransactionState = ReadonlyMap<Database, ReadonlyMap<string, BranchState>>;

class DatabaseTransaction {
  refs: Refs;
  branches = new Map<string, BranchState>();
  constructor(refs: Refs) {
    this.refs = refs;
  }
}

export class Transaction {
  readonly #databases = new Map<Database, DatabaseTransaction>();
  readonly readOnly: boolean;
  /** What the running statement may go back to. */
  #saved: TransactionState[] = [];
  readonly savepoints: { readonly name: string; readonly state: TransactionState }[] = [];

  constructor(readOnly = false) {
    this.readOnly = readOnly;
  }

  #of(database: Database): DatabaseTransaction {
    let state = this.#databases.get(database);
    if (state === undefined) {
      state = new DatabaseTransaction(database.repository.rebase());
      this.#databases.set(database, state);
    }
    return state;
  }

  /** The refs as of the transaction's start. */
  refs(database: Database): Refs {
    return this.#of(database).refs;
  }

  head(database: Database, branch: string): Address {
    const head = this.refs(database).get(branchRef(branch));
    if (head === undefined) throw new BranchNotFoundError(branch);
    return head;
  }

  headRoot(database: Database, branch: string): RootValue {
    return database.repository.rootOfCommit(this.head(database, branch));
  }

  #branch(database: Database, branch: string): BranchState {
    const state = this.#of(database);
    let found = state.branches.get(branch);
    if (found === undefined) {
      const address = state.refs.get(workingSetRef(branch));
      const root = (): RootValue => this.headRoot(database, branch);
      const start =
        address === undefined
          ? { working: root(), staged: root() }
          : readWorkingSet(database.repository.nodes, address);
      found = { start, startAddress: address, current: start };
      state.branches.set(branch, found);
    }
    return found;
  }

  workingSet(database: Database, branch: string): WorkingSet {
    return this.#branch(database, branch).current;
  }

  /** The working set as the transaction found it. */
  startOf(database: Database, branch: string): WorkingSet {
    return this.#branch(database, branch).start;
  }

  setWorkingSet(database: Database, branch: string, workingSet: WorkingSet): void {
    const state = this.#branch(database, branch);
    this.#of(database).branches.set(branch, { ...state, current: workingSet });
  }

  /** The next statement has nothing to go back to. */
  forgetSaved(): void {
    this.#saved = [];
  }

  /** What the running statement goes back to when it fails. */
  saveForStatement(): TransactionState {
    const saved = this.save();
    this.#saved.push(saved);
    return saved;
  }

  save(): TransactionState {
    return new Map([...this.#databases].map(([database, { branches }]) => [database, new Map(branches)]));
  }

  restore(saved: TransactionState): void {
    for (const [database, state] of this.#databases) state.branches = new Map(saved.get(database));
  }

  /** Roots of what may still be read of a repository, or stored in it. */
  *held(repository: Repository): Generator<Address, void> {
    const states = [this.save(), ...this.#saved, ...this.savepoints.map(({ state }) => state)];
    for (const [database, { refs }] of this.#databases) {
      if (database.repository !== repository) continue;
      yield refs.storeRoot;
      for (const state of states) {
        for (const { start, current } of state.get(database)?.values() ?? []) {
          yield* rootsOf(start);
          yield* rootsOf(current);
        }
      }
    }
  }

  /** Whether COMMIT may have something to store. */
  get mayBeChanged(): boolean {
    for (const { branches } of this.#databases.values()) {
      for (const state of branches.values()) if (mayBeChanged(state)) return true;
    }
    return false;
  }

  /** Branches with changes, by database; where it is one only, its changes may add up to none. */
  changed(): { readonly database: Database; readonly branches: readonly string[] }[] {
    const changes: { database: Database; branches: string[] }[] = [];
    for (const [database, { branches }] of this.#databases) {
      const names = [...branches].filter(([, state]) => mayBeChanged(state)).map(([name]) => name);
      if (names.length > 0) changes.push({ database, branches: names });
    }
    if (changes.length < 2 && (changes[0]?.branches.length ?? 0) < 2) return changes;
    const differing = changes.map(({ database, branches }) => {
      const states = this.#of(database).branches;
      return { database, branches: branches.filter((name) => isChanged(states.get(name)!)) };
    });
    return differing.filter(({ branches }) => branches.length > 0);
  }

  /**
   * Edits that store the changes of `database` on top of `refs`, which may be newer than the snapshot. Throws 1213 when
   * they cannot be merged with what others stored meanwhile.
   */
  edits(database: Database, refs: Refs, meta: WorkingSetMeta, expressions: MergeExpressions | undefined): RefEdits {
    const edits = new Map<RefName, Address | undefined>();
    const { nodes } = database.repository;
    for (const [branch, state] of this.#of(database).branches) {
      if (!mayBeChanged(state)) continue;
      if (refs.get(branchRef(branch)) === undefined) throw new BranchNotFoundError(branch);
      const merged = this.onTopOf(database, refs, branch, state.current, expressions);
      const now = refs.get(workingSetRef(branch));
      const stored = now === undefined || now === state.startAddress ? state.start : readWorkingSet(nodes, now);
      if (!differs(stored, merged)) continue;
      edits.set(workingSetRef(branch), writeWorkingSet(nodes, merged, meta));
    }
    return edits;
  }

  /** `workingSet`, made from this transaction's of the branch, with what others stored meanwhile. Throws what `merge` throws, 1213. */
  onTopOf(
    database: Database,
    refs: Refs,
    branch: string,
    workingSet: WorkingSet,
    expressions: MergeExpressions | undefined,
    merge = mergeWorkingSets,
  ): WorkingSet {
    const now = refs.get(workingSetRef(branch));
    const known = this.#of(database).refs.get(branchRef(branch)) !== undefined;
    if (now === undefined || !known) return workingSet;
    const state = this.#branch(database, branch);
    if (now === state.startAddress) return workingSet;
    const { nodes } = database.repository;
    return merge(state.start, readWorkingSet(nodes, now), workingSet, expressions);
  }

  /** Takes the newest refs as the snapshot, with the changes of `branch` on top of what others stored there. Throws 1213. */
  catchUp(database: Database, branch: string, expressions: MergeExpressions | undefined): void {
    const refs = database.repository.rebase();
    const state = this.#of(database);
    const { current, startAddress } = this.#branch(database, branch);
    const isOvertaken =
      refs.get(workingSetRef(branch)) !== startAddress ||
      refs.get(branchRef(branch)) !== state.refs.get(branchRef(branch));
    if (!isOvertaken) return;
    if (refs.get(branchRef(branch)) === undefined) throw new BranchNotFoundError(branch);
    const merged = this.onTopOf(database, refs, branch, current, expressions);
    state.refs = refs;
    state.branches.delete(branch);
    this.setWorkingSet(database, branch, merged);
  }

  /** Others stored something on a branch that is changed here: storing it needs a merge. */
  isOvertaken(database: Database, refs: Refs): boolean {
    const { branches } = this.#of(database);
    return [...branches].some(
      ([branch, state]) => mayBeChanged(state) && refs.get(workingSetRef(branch)) !== state.startAddress,
    );
  }

  /** Takes `refs` as the new snapshot of a database: what was changed is stored. */
  advance(database: Database, refs: Refs): void {
    const state = this.#of(database);
    state.refs = refs;
    state.branches = new Map();
  }

  /** The newest refs, where nothing is changed here. */
  refresh(): void {
    for (const [database, state] of this.#databases) {
      state.refs = database.repository.rebase();
      for (const [branch, known] of state.branches) if (!isChanged(known)) state.branches.delete(branch);
    }
  }

  /** Same, keeping the changes of branches that were not stored. */
  advanceBranches(database: Database, refs: Refs, stored: Iterable<string>): void {
    const state = this.#of(database);
    state.refs = refs;
    for (const branch of stored) state.branches.delete(branch);
  }
}

function* rootsOf({ working, staged, merge, rebase }: WorkingSet): Generator<Address, void> {
  yield working.address;
  yield staged.address;
  if (merge !== undefined) {
    yield merge.preMergeWorking;
    yield merge.fromCommit;
    if (merge.preMergeHead !== undefined) yield merge.preMergeHead;
  }
  if (rebase !== undefined) yield* [rebase.preRebaseWorking, rebase.ontoCommit];
}

/** False for sure; true where finding out would write tables that wait for the COMMIT. */
function mayBeChanged({ start, current }: BranchState): boolean {
  if (start === current) return false;
  return (
    current.working.mayDifferFrom(start.working) ||
    current.staged.mayDifferFrom(start.staged) ||
    start.merge !== current.merge
  );
}

function isChanged({ start, current }: BranchState): boolean {
  return differs(start, current);
}

function differs(a: WorkingSet, b: WorkingSet): boolean {
  return a !== b && (!a.working.equals(b.working) || !a.staged.equals(b.staged) || a.merge !== b.merge);
}

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
import { NOTHING_UNWRITTEN, type StoredWorkingSet } from '../../repo/redo/unwritten-working-sets.ts';
import type { Refs } from '../../repo/refs.ts';
import { branchRef, workingSetRef } from '../../repo/refs.ts';
import { BranchNotFoundError } from '../../repo/repo-errors.ts';
import type { Repository, Snapshot } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { cleanWorkingSet, readWorkingSet, sameWorkingSet, type WorkingSet } from '../../repo/working-set.ts';
import type { Database } from './database.ts';
import { mergeWorkingSets } from './merge-working-sets.ts';

export interface BranchState {
  /** As it was stored; without an address where the branch had no stored working set. */
  readonly found: StoredWorkingSet;
  readonly current: WorkingSet;
}

/** What a statement or a savepoint goes back to. */
export interface TransactionState {
  readonly transaction: Transaction;
  readonly branches: ReadonlyMap<Database, ReadonlyMap<string, BranchState>>;
}

class DatabaseTransaction {
  snapshot: Snapshot;
  branches = new Map<string, BranchState>();
  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }
}

export class Transaction {
  readonly #databases = new Map<Database, DatabaseTransaction>();
  /** Of the database that was asked for last: nearly always the only one. */
  #last: { readonly database: Database; readonly state: DatabaseTransaction } | undefined;
  readonly readOnly: boolean;
  /** What the running statement may go back to. */
  #saved: TransactionState[] = [];
  readonly savepoints: { readonly name: string; readonly state: TransactionState }[] = [];

  constructor(readOnly = false) {
    this.readOnly = readOnly;
  }

  #of(database: Database): DatabaseTransaction {
    if (this.#last?.database === database) return this.#last.state;
    let state = this.#databases.get(database);
    if (state === undefined) {
      state = new DatabaseTransaction(database.repository.snapshot());
      this.#databases.set(database, state);
    }
    this.#last = { database, state };
    return state;
  }

  /** The refs as of the transaction's start. */
  refs(database: Database): Refs {
    return this.#of(database).snapshot.refs;
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
    const { snapshot, branches } = this.#of(database);
    let state = branches.get(branch);
    if (state === undefined) {
      const found = storedIn(snapshot, database, branch) ?? {
        workingSet: cleanWorkingSet(this.headRoot(database, branch)),
        address: undefined,
      };
      state = { found, current: found.workingSet };
      branches.set(branch, state);
    }
    return state;
  }

  workingSet(database: Database, branch: string): WorkingSet {
    return this.#branch(database, branch).current;
  }

  /** The working set as the transaction found it. */
  startOf(database: Database, branch: string): WorkingSet {
    return this.#branch(database, branch).found.workingSet;
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
    const branches = new Map<Database, ReadonlyMap<string, BranchState>>();
    for (const [database, state] of this.#databases) branches.set(database, new Map(state.branches));
    return { transaction: this, branches };
  }

  /** A part of the running statement has ended, and will not be taken back by itself. */
  forget(saved: TransactionState): void {
    const at = this.#saved.lastIndexOf(saved);
    if (at >= 0) this.#saved.splice(at, 1);
  }

  restore(saved: TransactionState): void {
    for (const [database, state] of this.#databases) state.branches = new Map(saved.branches.get(database));
  }

  /** Roots of what may still be read of a repository, or stored in it. */
  *held(repository: Repository): Generator<Address, void> {
    const states = [this.save(), ...this.#saved, ...this.savepoints.map(({ state }) => state)];
    for (const [database, { snapshot }] of this.#databases) {
      if (database.repository !== repository) continue;
      yield snapshot.refs.storeRoot;
      for (const { workingSet } of snapshot.unwritten.values()) yield* rootsOf(workingSet);
      for (const state of states) {
        for (const { found, current } of state.branches.get(database)?.values() ?? []) {
          yield* rootsOf(found.workingSet);
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
   * The working set to store for a branch on top of `now`, which may be newer than the snapshot; undefined where nothing
   * is changed. Throws 1213 when it cannot be merged with what others stored meanwhile.
   */
  toStore(
    database: Database,
    branch: string,
    now: Snapshot,
    expressions: MergeExpressions | undefined,
  ): WorkingSet | undefined {
    const state = this.#branch(database, branch);
    if (!mayBeChanged(state)) return undefined;
    if (now.refs.get(branchRef(branch)) === undefined) throw new BranchNotFoundError(branch);
    return this.onTopOf(database, now, branch, state.current, expressions);
  }

  /**
   * `workingSet`, made from this transaction's of the branch, with what others stored meanwhile. Throws what `merge` throws,
   * 1213.
   */
  onTopOf(
    database: Database,
    now: Snapshot,
    branch: string,
    workingSet: WorkingSet,
    expressions: MergeExpressions | undefined,
    merge = mergeWorkingSets,
  ): WorkingSet {
    const stored = storedIn(now, database, branch);
    const known = this.refs(database).get(branchRef(branch)) !== undefined;
    if (stored === undefined || !known) return workingSet;
    const { found } = this.#branch(database, branch);
    if (isSameStored(found, stored)) return workingSet;
    return merge(found.workingSet, stored.workingSet, workingSet, expressions);
  }

  /** Takes the newest refs as the snapshot, with the changes of `branch` on top of what others stored there. Throws 1213. */
  catchUp(database: Database, branch: string, expressions: MergeExpressions | undefined): void {
    // Asking for the refs writes what others have stored.
    const refs = database.repository.rebase();
    const now: Snapshot = { refs, unwritten: NOTHING_UNWRITTEN };
    const state = this.#of(database);
    const { found, current } = this.#branch(database, branch);
    const isOvertaken =
      refs.get(workingSetRef(branch)) !== found.address ||
      refs.get(branchRef(branch)) !== this.refs(database).get(branchRef(branch));
    if (!isOvertaken) return;
    if (refs.get(branchRef(branch)) === undefined) throw new BranchNotFoundError(branch);
    const merged = this.onTopOf(database, now, branch, current, expressions);
    state.snapshot = now;
    state.branches.delete(branch);
    this.setWorkingSet(database, branch, merged);
  }

  /** Others stored something on a branch that is changed here: storing it needs a merge. */
  isOvertaken(database: Database, now: Snapshot): boolean {
    return [...this.#of(database).branches].some(([branch, state]) => {
      const stored = storedIn(now, database, branch);
      return mayBeChanged(state) && (stored === undefined || !isSameStored(state.found, stored));
    });
  }

  /** Takes `refs` as the new snapshot of a database: what was changed is stored. */
  advance(database: Database, refs: Refs): void {
    const state = this.#of(database);
    state.snapshot = { refs, unwritten: NOTHING_UNWRITTEN };
    state.branches = new Map();
  }

  /** The newest refs, where nothing is changed here. */
  refresh(): void {
    for (const [database, state] of this.#databases) {
      state.snapshot = database.repository.snapshot();
      for (const [branch, known] of state.branches) if (!isChanged(known)) state.branches.delete(branch);
    }
  }

  /** Same, keeping the changes of branches that were not stored. */
  advanceBranches(database: Database, refs: Refs, stored: Iterable<string>): void {
    const state = this.#of(database);
    state.snapshot = { refs, unwritten: NOTHING_UNWRITTEN };
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

/** The working set that a branch has in a snapshot. */
function storedIn(
  { refs, unwritten }: Snapshot,
  { repository }: Database,
  branch: string,
): StoredWorkingSet | undefined {
  const waiting = unwritten.get(branch);
  if (waiting !== undefined) return waiting;
  const address = refs.get(workingSetRef(branch));
  return address === undefined ? undefined : { workingSet: readWorkingSet(repository.nodes, address), address };
}

function isSameStored(a: StoredWorkingSet, b: StoredWorkingSet): boolean {
  return a.workingSet === b.workingSet || (a.address !== undefined && a.address === b.address);
}

/** False for sure; true where finding out would write tables that wait for the COMMIT. */
function mayBeChanged({ found: { workingSet: start }, current }: BranchState): boolean {
  if (start === current) return false;
  return (
    current.working.mayDifferFrom(start.working) ||
    current.staged.mayDifferFrom(start.staged) ||
    start.merge !== current.merge ||
    start.rebase !== current.rebase
  );
}

function isChanged({ found, current }: BranchState): boolean {
  return !sameWorkingSet(found.workingSet, current);
}

/**
 * What a session may do on branches, by the rules of `dolt_branch_control`. They bind the account that logged in, whoever the
 * definer of a running program is; sessions that nobody logged in to, and the command line of this machine, are free.
 */
import { tablesWithConflicts } from '../../repo/artifacts.ts';
import { LOCAL_USER } from '../accounts/account.ts';
import type { BranchControl } from '../accounts/branch-control/branch-control.ts';
import {
  branchDeletionDenied,
  branchDenied,
  branchNameDenied,
} from '../accounts/branch-control/branch-control-errors.ts';
import { Permission, type Permissions } from '../accounts/branch-control/permissions.ts';
import type { AccountName } from '../types/account-name.ts';
import type { Database } from './database.ts';
import type { DatabaseHandle } from './database-handle.ts';
import type { Session } from './session.ts';

/** What a change takes: `conflicts` may be resolved by who may merge, as long as there are some. */
export type BranchNeed = 'write' | 'merge' | 'conflicts';

export class BranchRights {
  readonly #session: Session;
  /** The account that is bound; undefined: everything is allowed. */
  readonly account: AccountName | undefined;

  constructor(session: Session) {
    const { login } = session;
    this.#session = session;
    this.account = login === undefined || login.account.user === LOCAL_USER ? undefined : login.account;
  }

  get #control(): BranchControl | undefined {
    return this.#session.engine.branchControl?.current;
  }

  /** Throws 1105 unless the branch may be changed. At a commit there is nothing to change. */
  assertMay(need: BranchNeed, handle: DatabaseHandle): void {
    const { account } = this;
    if (account === undefined) return;
    const control = this.#control;
    if (control === undefined || control.isOpen || handle.revision.kind === 'commit') return;
    const { name } = handle.database;
    const { branch } = handle.revision;
    const may = (permission: Permissions): boolean => control.may(permission, name, branch, account);
    if (may(need === 'merge' ? Permission.merge : Permission.write)) return;
    if (need === 'conflicts' && may(Permission.merge) && this.#hasConflicts(handle)) return;
    throw branchDenied(account, branch);
  }

  /** A merge into the branch waits with conflicts. */
  #hasConflicts(handle: DatabaseHandle): boolean {
    const { merge, working } = this.#session.workingSet(handle);
    return merge !== undefined && tablesWithConflicts(working).length > 0;
  }

  /** The same of the branch that is selected, if one is. */
  assertMayOnSelected(need: BranchNeed): void {
    if (this.account === undefined || this.#control?.isOpen !== false) return;
    const { selection } = this.#session;
    if (selection.current !== undefined && selection.branch !== undefined) this.assertMay(need, selection.handle());
  }

  /** Throws 1105. */
  assertMayCreate({ name }: Database, branch: string): void {
    if (this.account === undefined || this.#control?.mayCreate(name, branch, this.account) !== false) return;
    throw branchNameDenied(this.account, branch);
  }

  /** Throws 1105. */
  assertMayDelete({ name }: Database, branch: string): void {
    if (this.account === undefined || this.#control?.may(Permission.write, name, branch, this.account) !== false)
      return;
    throw branchDeletionDenied(this.account, branch);
  }

  /** Whoever makes a branch may do anything with it. */
  created({ name }: Database, branch: string): void {
    if (this.account !== undefined) this.#control?.created(name, branch, this.account);
  }
}

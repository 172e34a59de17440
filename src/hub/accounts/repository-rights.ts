/** Who may use a repository, as those see and change it who own it. */
import { DoltError } from '../../base/errors.ts';
import type { Caller } from '../../service/service-host.ts';
import type { RepositoryName } from '../storage/repository-name.ts';
import { type Accounts, type Grant, isEnough, type Right } from './accounts.ts';

export interface RepositoryRights {
  /** Everybody may read it. */
  readonly isPublic: boolean;
  /** Those that were given in it, and those that come from its owner's name or from all there is. */
  readonly grants: readonly Grant[];
}

/** In the repository itself; `right` undefined takes back what was given there. */
export type RightsChange =
  | { readonly isPublic: boolean }
  | { readonly user: string; readonly right: Right | undefined };

export const owns = (accounts: Accounts, name: RepositoryName, caller: Caller): boolean =>
  isEnough(accounts.rightIn(name, caller), 'owner');

/** Throws `denied` for who does not own it. */
export function rightsFor(accounts: Accounts, name: RepositoryName, caller: Caller): RepositoryRights {
  assertOwns(accounts, name, caller);
  return { isPublic: accounts.isPublic(name), grants: accounts.grantsFor(name) };
}

/** Throws `denied` for who does not own it, and `notFound` for a user, or a right, that is not there. */
export function withChange(accounts: Accounts, name: RepositoryName, caller: Caller, change: RightsChange): Accounts {
  assertOwns(accounts, name, caller);
  if ('isPublic' in change) return accounts.withPublic(name, change.isPublic);
  return accounts.withRight(change.user, name, change.right);
}

function assertOwns(accounts: Accounts, name: RepositoryName, caller: Caller): void {
  if (owns(accounts, name, caller)) return;
  throw new DoltError('denied', `who may use ${name} is for its owners to see and to say`);
}

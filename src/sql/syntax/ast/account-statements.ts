/** The syntax of statements about users, roles and privileges. */
import type { Account, Node } from './node.ts';

export interface UserSpecification extends Node {
  readonly account: Account;
  readonly plugin?: string;
  readonly password?: string;
  /** IDENTIFIED BY RANDOM PASSWORD. */
  readonly hasRandomPassword?: boolean;
  /** IDENTIFIED WITH plugin AS 'hash'. */
  readonly authentication?: string;
}

export interface CreateUserStatement extends Node {
  readonly kind: 'createUser' | 'alterUser';
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly users: readonly UserSpecification[];
  /** DEFAULT ROLE; undefined when it was not written. CREATE USER has lists only. */
  readonly defaultRoles?: { readonly type: 'none' | 'all' | 'list'; readonly roles: readonly Account[] };
  /** REQUIRE, resource and password options, lock: as written. */
  readonly options: readonly string[];
}

export interface AccountsStatement extends Node {
  readonly kind: 'dropUser' | 'createRole' | 'dropRole';
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly accounts: readonly Account[];
}

export interface RenameUserStatement extends Node {
  readonly kind: 'renameUser';
  readonly renames: readonly { readonly from: Account; readonly to: Account }[];
}

export interface Privilege {
  /** Lower case: `select`, `all`, `create view`, or a dynamic privilege's name. */
  readonly name: string;
  readonly columns: readonly string[];
}

export interface GrantTarget {
  readonly type: 'table' | 'procedure' | 'function' | 'any';
  /** Undefined is the current database, `*` is all. */
  readonly database?: string;
  /** `*` is all. */
  readonly name: string;
}

/** GRANT, REVOKE of privileges (`on` is set) and of roles. */
export interface GrantStatement extends Node {
  readonly kind: 'grant' | 'revoke';
  readonly ifExists: boolean;
  readonly privileges: readonly Privilege[];
  readonly on?: GrantTarget;
  readonly roles: readonly Account[];
  /** PROXY ON account. */
  readonly proxy?: Account;
  readonly accounts: readonly Account[];
  /** REVOKE … IGNORE UNKNOWN USER. */
  readonly ignoreUnknown: boolean;
  /** WITH GRANT OPTION, WITH ADMIN OPTION. */
  readonly withGrant: boolean;
}

export interface SetRoleStatement extends Node {
  readonly kind: 'setRole' | 'setDefaultRole';
  readonly type: 'default' | 'none' | 'all' | 'all except' | 'list';
  readonly roles: readonly Account[];
  /** SET DEFAULT ROLE … TO. */
  readonly accounts: readonly Account[];
}

export type AccountStatement =
  | CreateUserStatement
  | AccountsStatement
  | RenameUserStatement
  | GrantStatement
  | SetRoleStatement;

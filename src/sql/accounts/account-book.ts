/**
 * The accounts of a server with their roles. What is there is an immutable snapshot with a version; an edit makes the next
 * one, saves it, and only then shows it. Who remembers what follows from a snapshot compares versions.
 */

import { type AccountName, accountKey, sameAccount } from '../types/account-name.ts';
import { type Account, DEFAULT_PLUGIN, type RoleEdge } from './account.ts';
import { byHostSpecificity, matchesHost } from './host-pattern.ts';
import type { Passwords } from './passwords.ts';
import { EMPTY_SET } from './privilege-set.ts';

export interface AccountsSnapshot {
  /** By `accountKey`. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly edges: readonly RoleEdge[];
}

export const NO_ACCOUNTS: AccountsSnapshot = { accounts: new Map(), edges: [] };

export class AccountBook {
  #snapshot: AccountsSnapshot;
  #version = 1;
  readonly #save: (next: AccountsSnapshot) => void;
  /** For as long as the server runs; hide others of their name. */
  readonly #guests = new Map<string, Account>();
  #byUser: ReadonlyMap<string, readonly Account[]> | undefined;

  readonly passwords: Passwords;

  /** `save` makes a snapshot durable; when it throws, the edit did not happen. */
  constructor(snapshot: AccountsSnapshot, save: (next: AccountsSnapshot) => void, passwords: Passwords) {
    this.#snapshot = snapshot;
    this.#save = save;
    this.passwords = passwords;
  }

  get snapshot(): AccountsSnapshot {
    return this.#snapshot;
  }

  /** Another number after every change. */
  get version(): number {
    return this.#version;
  }

  /** Those that are saved, and those of this server alone. */
  accounts(): Iterable<Account> {
    return new Map([...this.#snapshot.accounts, ...this.#guests]).values();
  }

  get(name: AccountName): Account | undefined {
    const key = accountKey(name);
    return this.#guests.get(key) ?? this.#snapshot.accounts.get(key);
  }

  /** Accounts of that user by the host's specificity, then those of anybody. */
  find(user: string, host: string): Account | undefined {
    this.#byUser ??= this.#sorted();
    for (const name of user === '' ? [''] : [user, '']) {
      const found = this.#byUser.get(name)?.find((account) => matchesHost(host, account.host));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #sorted(): ReadonlyMap<string, readonly Account[]> {
    const groups = new Map<string, Account[]>();
    for (const account of this.accounts()) {
      const group = groups.get(account.user);
      if (group === undefined) groups.set(account.user, [account]);
      else group.push(account);
    }
    for (const accounts of groups.values()) accounts.sort((a, b) => byHostSpecificity(a.host, b.host));
    return groups;
  }

  /** An account that is not saved. */
  admit(account: Account): void {
    this.#guests.set(accountKey(account), account);
    this.#changed();
  }

  /** All of the change stands, or nothing when it throws. */
  edit(change: (draft: AccountsDraft) => void): void {
    const draft = new AccountsDraft(this.#snapshot);
    change(draft);
    const next = draft.finish();
    this.#save(next);
    this.#snapshot = next;
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    this.#byUser = undefined;
  }

  /** The roles that were granted to an account, not those that come with them. */
  rolesOf(account: AccountName): readonly AccountName[] {
    return this.#snapshot.edges.filter(({ to }) => sameAccount(to, account)).map(({ role }) => role);
  }

  /** Roles with those that they were granted themselves. */
  withInherited(roles: readonly AccountName[]): readonly AccountName[] {
    const found = new Map<string, AccountName>();
    const follow = (names: readonly AccountName[]): void => {
      for (const name of names) {
        if (found.has(accountKey(name))) continue;
        found.set(accountKey(name), name);
        follow(this.rolesOf(name));
      }
    };
    follow(roles);
    return [...found.values()];
  }
}

/** What an edit works on. */
export class AccountsDraft {
  readonly #accounts: Map<string, Account>;
  #edges: readonly RoleEdge[];

  constructor({ accounts, edges }: AccountsSnapshot) {
    this.#accounts = new Map(accounts);
    this.#edges = edges;
  }

  get edges(): readonly RoleEdge[] {
    return this.#edges;
  }

  get(name: AccountName): Account | undefined {
    return this.#accounts.get(accountKey(name));
  }

  rolesOf(name: AccountName): readonly AccountName[] {
    return this.#edges.filter(({ to }) => sameAccount(to, name)).map(({ role }) => role);
  }

  put(account: Account): void {
    this.#accounts.set(accountKey(account), account);
  }

  /** With every role that it has or is. */
  remove(name: AccountName): void {
    this.#accounts.delete(accountKey(name));
    this.#edges = this.#edges.filter(({ role, to }) => !sameAccount(role, name) && !sameAccount(to, name));
    const isOther = (role: AccountName): boolean => !sameAccount(role, name);
    for (const account of this.#accounts.values()) {
      if (account.defaultRoles?.every(isOther) !== false) continue;
      this.put({ ...account, defaultRoles: account.defaultRoles.filter(isOther) });
    }
  }

  rename(from: AccountName, to: AccountName): void {
    const account = this.get(from)!;
    const renamed = (name: AccountName): AccountName =>
      sameAccount(name, from) ? { user: to.user, host: to.host } : name;
    this.#accounts.delete(accountKey(from));
    this.put({ ...account, user: to.user, host: to.host });
    this.#edges = this.#edges.map((edge) => ({ ...edge, role: renamed(edge.role), to: renamed(edge.to) }));
    for (const other of this.#accounts.values()) {
      if (other.defaultRoles?.some((role) => sameAccount(role, from))) {
        this.put({ ...other, defaultRoles: other.defaultRoles.map(renamed) });
      }
    }
  }

  /** Grants a role; once granted with the admin option, it keeps it. */
  connect(edge: RoleEdge): void {
    const isThis = ({ role, to }: RoleEdge): boolean => sameAccount(role, edge.role) && sameAccount(to, edge.to);
    const before = this.#edges.find(isThis);
    const withAdmin = edge.withAdmin || before?.withAdmin === true;
    this.#edges = [...this.#edges.filter((each) => !isThis(each)), { ...edge, withAdmin }];
  }

  disconnect(role: AccountName, to: AccountName): void {
    this.#edges = this.#edges.filter((edge) => !sameAccount(edge.role, role) || !sameAccount(edge.to, to));
    const account = this.get(to);
    if (account?.defaultRoles === undefined) return;
    this.put({ ...account, defaultRoles: account.defaultRoles.filter((each) => !sameAccount(each, role)) });
  }

  finish(): AccountsSnapshot {
    const byName = <T>(nameOf: (each: T) => string) => {
      return (a: T, b: T): number => (nameOf(a) < nameOf(b) ? -1 : 1);
    };
    const accounts = [...this.#accounts].sort(byName(([, { host, user }]) => `${host}\0${user}`));
    const edges = [...this.#edges].sort(byName(({ role, to }) => [role.host, role.user, to.host, to.user].join('\0')));
    return { accounts: new Map(accounts), edges };
  }
}

/** An account that may do nothing. */
export function newAccount(name: AccountName, passwordChangedSeconds: number): Account {
  return {
    user: name.user,
    host: name.host,
    plugin: DEFAULT_PLUGIN,
    authentication: '',
    isLocked: false,
    privileges: EMPTY_SET,
    passwordChangedSeconds,
    transport: '',
    cipher: '',
    issuer: '',
    subject: '',
    identity: '',
    defaultRoles: undefined,
    attributes: undefined,
    isBuiltIn: false,
  };
}

/** How an engine comes to its accounts: only when a statement, or a client, asks for them. */
export interface AccountSource {
  /** Undefined until they were opened. */
  readonly book: AccountBook | undefined;
  open(): Promise<AccountBook>;
}

/**
 * What the account behind a session may do. Sessions that nobody logged in to (the command line on a folder) have none
 * and may do everything. Privileges that change count from the next look on.
 *
 * Database names may carry a revision (`db/branch`): what is granted on the database counts for all of them. A session may
 * do anything with temporary tables of its own; a statement that means the stored table of that name must say so here.
 */

import type { AccountBook } from '../accounts/account-book.ts';
import {
  columnDenied,
  databaseDenied,
  noSuchDefiner,
  notOwnThread,
  privilegeNeeded,
  roleNotGranted,
  routineDenied,
  tableDenied,
} from '../accounts/account-errors.ts';
import { EffectivePrivileges } from '../accounts/effective-privileges.ts';
import { grantedRoles, mandatoryRoles } from '../accounts/mandatory-roles.ts';
import { namesOf, Privilege, type Privileges, TABLE_PRIVILEGES } from '../accounts/privilege.ts';
import type { ReadAccess, Readable } from '../catalog/read-access.ts';
import { type AccountName, accountKey, accountText, sameAccount } from '../types/account-name.ts';
import type { Process, Processes } from './processes.ts';
import { splitDatabaseName } from './revision.ts';

export interface TableRef {
  readonly database?: string | undefined;
  readonly name: string;
}

/** What access asks of its session. */
export interface AccessScene {
  currentDatabase(): string | undefined;
  hasTemporaryTable(database: string, name: string): boolean;
  /** A global variable as text. */
  globalVariable(name: string): string;
}

export interface LoggedIn {
  readonly book: AccountBook;
  /** The account that was matched. */
  readonly account: AccountName;
  /** Where the client comes from. */
  readonly host: string;
}

/** `all`: those that are granted, whatever is granted later. */
type ActiveRoles = 'default' | 'all' | readonly AccountName[];

/** Databases that everybody may read: what is in them is what the reader sees of the others. */
const isForEveryone = (database: string): boolean => /^(information|performance)_schema$/i.test(database);

export class SessionAccess implements ReadAccess {
  readonly book: AccountBook;
  readonly account: AccountName;
  /** As messages about tables name the user: with the client's host. */
  readonly #client: AccountName;
  readonly #scene: AccessScene;
  #active: ActiveRoles = 'default';
  #version = 0;
  #mandatory: readonly AccountName[] = [];
  #privileges = new EffectivePrivileges([]);
  readonly #others = new Map<string, SessionAccess>();

  constructor({ book, account, host }: LoggedIn, scene: AccessScene) {
    this.book = book;
    this.account = { user: account.user, host: account.host };
    this.#client = { user: account.user, host };
    this.#scene = scene;
    if (scene.globalVariable('activate_all_roles_on_login') === 'ON') this.#active = 'all';
  }

  get accountText(): string {
    return accountText(this.account);
  }

  get currentDatabase(): string | undefined {
    return this.#scene.currentDatabase();
  }

  get privileges(): EffectivePrivileges {
    const mandatory = this.#mandatoryRoles();
    if (this.#version !== this.book.version || this.#mandatory !== mandatory) {
      this.#mandatory = mandatory;
      this.#privileges = this.privilegesWith(this.activeRoles);
      this.#version = this.book.version;
    }
    return this.#privileges;
  }

  /** With other roles than the active ones. An account that is gone may do nothing. */
  privilegesWith(roles: readonly AccountName[]): EffectivePrivileges {
    const own = this.book.get(this.account);
    if (own === undefined) return new EffectivePrivileges([]);
    const accounts = [own, ...this.book.withInherited(roles).map((role) => this.book.get(role))];
    return new EffectivePrivileges(accounts.flatMap((account) => (account === undefined ? [] : [account.privileges])));
  }

  /** Another account, with the roles that it starts with: a definer. Throws 1449 where it is not there. */
  of({ user, host }: AccountName): SessionAccess {
    const account = { user, host };
    if (this.book.get(account) === undefined) throw noSuchDefiner(account);
    const key = accountKey(account);
    let other = this.#others.get(key);
    if (other === undefined) {
      other = new SessionAccess({ book: this.book, account, host }, this.#scene);
      this.#others.set(key, other);
    }
    return other;
  }

  // Roles -----------------------------------------------------------------------------------------------------------

  get activeRoles(): readonly AccountName[] {
    const granted = this.grantedRoles;
    if (this.#active === 'all') return granted;
    // An account without default roles has those that were granted to it, which the mandatory ones were not.
    const wanted =
      this.#active === 'default'
        ? (this.book.get(this.account)?.defaultRoles ?? this.book.rolesOf(this.account))
        : this.#active;
    return wanted.filter((role) => granted.some((each) => sameAccount(each, role)));
  }

  /** The roles that may be activated. */
  get grantedRoles(): readonly AccountName[] {
    return grantedRoles(this.book, this.account, this.#mandatoryRoles());
  }

  #mandatoryRoles(): readonly AccountName[] {
    return mandatoryRoles(this.#scene.globalVariable('mandatory_roles'));
  }

  /** Throws 3530 for roles that were not granted. */
  activate(roles: 'default' | readonly AccountName[]): void {
    if (roles !== 'default') this.assertGranted(roles);
    this.#active = roles;
    this.#version = 0;
  }

  assertGranted(roles: readonly AccountName[]): void {
    const granted = this.grantedRoles;
    const other = roles.find((role) => !granted.some((each) => sameAccount(each, role)));
    if (other !== undefined) throw roleNotGranted(other, this.account);
  }

  /** CURRENT_ROLE(). */
  currentRole(): string {
    const roles = this.activeRoles.map((role) => accountText(role, '`'));
    return roles.length === 0 ? 'NONE' : roles.sort().join(',');
  }

  // Looks -----------------------------------------------------------------------------------------------------------

  seesDatabase(name: string): boolean {
    const { database } = splitDatabaseName(name);
    return isForEveryone(database) || this.privileges.seesDatabase(database);
  }

  /** Temporary tables have no past: with AS OF the table of that name is meant. */
  seesTable(table: TableRef, isPast = false): boolean {
    const database = this.#databaseOf(table.database);
    if (database === undefined || this.#sees(database, table.name)) return true;
    return !isPast && this.#isOwn(database, table.name);
  }

  seesColumn(table: TableRef, column: string): boolean {
    const database = this.#databaseOf(table.database);
    if (database === undefined || isForEveryone(database)) return true;
    const held = this.privileges.column(database, table.name, column);
    return (held & TABLE_PRIVILEGES) !== 0 || this.#isOwn(database, table.name);
  }

  #sees(database: string, table: string): boolean {
    return isForEveryone(database) || this.privileges.seesTable(database, table);
  }

  readable(qualifier: string | undefined, table: string, isPast: boolean): Readable | undefined {
    const database = this.#databaseOf(qualifier);
    const { privileges } = this;
    if (database === undefined || (privileges.database(database) & Privilege.select) !== 0) return undefined;
    if ((privileges.table(database, table) & Privilege.select) !== 0) return undefined;
    if (isForEveryone(database)) return undefined;
    if (!isPast && this.#isOwn(database, table)) return undefined;
    const some = (privileges.anyColumn(database, table) & Privilege.select) !== 0;
    return {
      table: some ? undefined : tableDenied('SELECT', this.#client, table),
      column: (name) =>
        (privileges.column(database, table, name) & Privilege.select) !== 0
          ? undefined
          : columnDenied('SELECT', this.#client, name, table),
    };
  }

  assertTableFunction(database: string | undefined): void {
    this.assertDatabase(Privilege.select, database);
  }

  // Demands ---------------------------------------------------------------------------------------------------------

  /** Throws 1044. */
  assertSeesDatabase(name: string | undefined): void {
    const database = this.#databaseOf(name);
    if (database !== undefined && !this.seesDatabase(database)) throw databaseDenied(this.account, database);
  }

  /** Throws 1142 where nothing at all is granted on the table. */
  assertSeesTable(table: TableRef, command: string, isPast: boolean): void {
    if (!this.seesTable(table, isPast)) throw tableDenied(command, this.#client, table.name);
  }

  /** Throws 1044 unless all of `needed` is granted on the database. */
  assertDatabase(needed: Privileges, name: string | undefined): void {
    const database = this.#databaseOf(name);
    if (database === undefined || (needed & ~this.privileges.database(database)) === 0) return;
    throw databaseDenied(this.account, database);
  }

  /** Whether all of `needed` is granted on the table as a whole. */
  mayOnTable(needed: Privileges, table: TableRef): boolean {
    const database = this.#databaseOf(table.database);
    return database === undefined || (needed & ~this.privileges.table(database, table.name)) === 0;
  }

  /** Throws 1142, naming what is missing. A temporary table does not count: the stored one is meant. */
  assertTable(needed: Privileges, table: TableRef): void {
    const database = this.#databaseOf(table.database);
    if (database === undefined) return;
    const missing = needed & ~this.privileges.table(database, table.name);
    if (missing !== 0) throw tableDenied(namesOf(missing).join(', '), this.#client, table.name);
  }

  /** The same for statements that take the session's temporary table where there is one. */
  assertTarget(needed: Privileges, table: TableRef): void {
    const database = this.#databaseOf(table.database);
    if (database !== undefined && this.#isOwn(database, table.name)) return;
    this.assertTable(needed, table);
  }

  /** Throws 1142 where the privilege is granted on no column, 1143 where it lacks for one of these. */
  assertColumns(needed: Privileges, table: TableRef, columns: readonly string[]): void {
    const database = this.#databaseOf(table.database);
    const { privileges } = this;
    if (database === undefined || (needed & ~privileges.table(database, table.name)) === 0) return;
    if (this.#isOwn(database, table.name)) return;
    const command = namesOf(needed).join(', ');
    if ((privileges.anyColumn(database, table.name) & needed) !== needed) {
      throw tableDenied(command, this.#client, table.name);
    }
    const lacking = columns.find((name) => (privileges.column(database, table.name, name) & needed) !== needed);
    if (lacking !== undefined) throw columnDenied(command, this.#client, lacking, table.name);
  }

  /** Throws 1227 unless one of these static or dynamic privileges is held; `text` lists them. */
  assertOneOf(text: string, statics: Privileges, dynamics: readonly string[] = []): void {
    if ((this.privileges.global & statics) !== 0) return;
    if (dynamics.length > 0 && this.privileges.hasDynamic(...dynamics)) return;
    throw privilegeNeeded(text);
  }

  /** Throws 1370. Of some routines only an explicit grant, or SUPER, counts. */
  assertRoutine(
    needed: Privileges,
    { database: qualifier, name }: TableRef,
    explicitly: boolean,
    isProcedure: boolean,
  ) {
    const database = this.#databaseOf(qualifier) ?? '';
    const { privileges } = this;
    if (explicitly && (privileges.global & Privilege.super) !== 0) return;
    const held = explicitly
      ? privileges.ownOfRoutine(database, name, isProcedure)
      : privileges.routine(database, name, isProcedure);
    if ((needed & ~held) === 0) return;
    const routine = database === '' ? name : `${database}.${name}`;
    throw routineDenied(namesOf(needed & ~held)[0]!.toLowerCase(), this.#client, routine);
  }

  /** One's own connections may be seen and ended; others need a privilege. */
  isOwnProcess({ user }: Process): boolean {
    return user === this.account.user;
  }

  /** Throws 1095. */
  assertMayKill(id: number, processes: Processes): void {
    const target = processes.list().find((process) => process.id === id);
    if (target === undefined || this.isOwnProcess(target) || this.privileges.hasDynamic('connection_admin')) return;
    throw notOwnThread(id);
  }

  #databaseOf(qualifier: string | undefined): string | undefined {
    const name = qualifier ?? this.currentDatabase;
    return name === undefined ? undefined : splitDatabaseName(name).database;
  }

  #isOwn(database: string, table: string): boolean {
    return this.#scene.hasTemporaryTable(database, table);
  }
}

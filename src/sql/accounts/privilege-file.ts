/**
 * The accounts in their file. It is read once; every change replaces it whole, so that after a crash it holds the accounts
 * of before or of after, and nobody but its owner may read it. What is damaged is an error: it must never look like a file
 * without accounts.
 */
import type { Disk } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { replaceFile } from '../../repo/atomic-file.ts';
import {
  type AccountMessage,
  type BinlogSourceMessage,
  type PrivilegeSetMessage,
  type PrivilegesMessage,
  readPrivileges,
  writePrivileges,
} from '../../serial/privileges.ts';
import { type AccountName, accountKey } from '../types/account-name.ts';
import type { Account, TransportDemand } from './account.ts';
import type { AccountsSnapshot } from './account-book.ts';
import { isJsonPrivileges, readJsonPrivileges } from './json-privileges.ts';
import { numbersOf, PRIVILEGE_NAMES, type Privileges } from './privilege.ts';
import { type PrivilegeLevel, type PrivilegeSet, withDynamic, withPrivileges } from './privilege-set.ts';

const OWNER_ONLY = 0o600;

export class PrivilegeFile {
  readonly path: string;
  readonly #disk: Disk;
  #binlogSources: readonly BinlogSourceMessage[] = [];

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  /** Undefined when there is no file. Throws `corrupt` for a damaged one, `unsupported` for one of a newer version. */
  read(): AccountsSnapshot | undefined {
    const bytes = this.#disk.readFile(this.path);
    if (bytes === undefined) return undefined;
    try {
      const message = isJsonPrivileges(bytes) ? readJsonPrivileges(bytes) : readPrivileges(bytes);
      this.#binlogSources = message.binlogSources;
      return snapshotOf(message);
    } catch (cause) {
      const { kind, message } = cause as DoltError;
      if (kind === 'unsupported') throw new DoltError(kind, `${this.path}: ${message}`, { cause });
      throw new DoltError(
        'corrupt',
        `the file of accounts ${this.path} is damaged: ${message}; put back a copy of it, or remove it to start with root alone`,
        { cause },
      );
    }
  }

  write(snapshot: AccountsSnapshot): void {
    const folder = this.path.slice(0, this.path.lastIndexOf('/'));
    if (this.#disk.stat(folder) === undefined) this.#disk.makeDirectory('privileges:folder', folder);
    const bytes = writePrivileges(messageOf(snapshot, this.#binlogSources));
    replaceFile(this.#disk, 'privileges', this.path, bytes, OWNER_ONLY);
  }
}

function snapshotOf({ accounts, superAccounts, roleEdges }: PrivilegesMessage): AccountsSnapshot {
  const all = [
    ...accounts.map((message) => accountOf(message, false)),
    ...superAccounts.map((message) => accountOf(message, true)),
  ];
  return {
    accounts: new Map(all.map((account) => [accountKey(account), account])),
    edges: roleEdges.map(({ fromUser, fromHost, toUser, toHost, withAdmin }) => ({
      role: { user: fromUser, host: fromHost },
      to: { user: toUser, host: toHost },
      withAdmin,
    })),
  };
}

const TRANSPORTS: readonly TransportDemand[] = ['', 'ANY', 'X509', 'SPECIFIED'];

function accountOf(message: AccountMessage, isBuiltIn: boolean): Account {
  const transport = TRANSPORTS.find((each) => each === message.sslType);
  if (transport === undefined) throw new DoltError('corrupt', `an account wants a connection of '${message.sslType}'`);
  const { attributes, defaultRoles } = readAttributes(message.attributes);
  return {
    user: message.user,
    host: message.host,
    plugin: message.plugin,
    authentication: message.authentication,
    isLocked: message.isLocked,
    privileges: setOf(message.privileges),
    passwordChangedSeconds: message.passwordChangedSeconds,
    transport,
    cipher: message.sslCipher,
    issuer: message.x509Issuer,
    subject: message.x509Subject,
    identity: message.identity,
    defaultRoles,
    attributes,
    isBuiltIn,
  };
}

function setOf({ global, dynamic, databases }: PrivilegeSetMessage): PrivilegeSet {
  let set: PrivilegeSet = { global: bitsOf(global), dynamic: new Map(), databases: new Map() };
  for (const { name, withGrant } of dynamic) set = withDynamic(set, name, withGrant);
  const grant = (level: PrivilegeLevel, privileges: readonly number[]): void => {
    set = withPrivileges(set, level, (now) => now | bitsOf(privileges));
  };
  for (const { name: database, privileges, tables, routines } of databases) {
    grant({ kind: 'database', database }, privileges);
    for (const { name: table, privileges, columns } of tables) {
      grant({ kind: 'table', database, table }, privileges);
      for (const { name: column, privileges } of columns)
        grant({ kind: 'column', database, table, column }, privileges);
    }
    for (const { name: routine, privileges, isProcedure } of routines) {
      grant({ kind: 'routine', database, routine, isProcedure }, privileges);
    }
  }
  return set;
}

function bitsOf(numbers: readonly number[]): Privileges {
  let bits = 0;
  for (const number of numbers) {
    if (PRIVILEGE_NAMES[number] === undefined) throw new DoltError('corrupt', `there is no privilege ${number}`);
    bits |= 1 << number;
  }
  return bits;
}

function messageOf({ accounts, edges }: AccountsSnapshot, binlogSources: readonly BinlogSourceMessage[]) {
  const all = [...accounts.values()];
  return {
    accounts: all.filter(({ isBuiltIn }) => !isBuiltIn).map(accountMessage),
    superAccounts: all.filter(({ isBuiltIn }) => isBuiltIn).map(accountMessage),
    roleEdges: edges.map(({ role, to, withAdmin }) => ({
      fromHost: role.host,
      fromUser: role.user,
      toHost: to.host,
      toUser: to.user,
      withAdmin,
    })),
    binlogSources,
  };
}

function accountMessage(account: Account): AccountMessage {
  return {
    user: account.user,
    host: account.host,
    privileges: setMessage(account.privileges),
    plugin: account.plugin,
    authentication: account.authentication,
    passwordChangedSeconds: account.passwordChangedSeconds,
    isLocked: account.isLocked,
    attributes: writeAttributes(account),
    identity: account.identity,
    sslType: account.transport,
    sslCipher: account.cipher,
    x509Issuer: account.issuer,
    x509Subject: account.subject,
  };
}

function setMessage({ global, dynamic, databases }: PrivilegeSet): PrivilegeSetMessage {
  return {
    global: numbersOf(global),
    dynamic: [...dynamic].map(([name, withGrant]) => ({ name, withGrant })),
    databases: [...databases.values()].map(({ name, privileges, tables, routines }) => ({
      name,
      privileges: numbersOf(privileges),
      tables: [...tables.values()].map(({ name, privileges, columns }) => ({
        name,
        privileges: numbersOf(privileges),
        columns: [...columns.values()].map(({ name, privileges }) => ({ name, privileges: numbersOf(privileges) })),
      })),
      routines: [...routines.values()].map(({ name, privileges, isProcedure }) => {
        return { name, privileges: numbersOf(privileges), isProcedure };
      }),
    })),
  };
}

/** The original has no place for default roles: they stand among the attributes, which it carries along. */
const DEFAULT_ROLES = 'default_roles';

function readAttributes(text: string | undefined): Pick<Account, 'attributes' | 'defaultRoles'> {
  if (text === undefined || text === '') return { attributes: text, defaultRoles: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new DoltError('corrupt', 'the attributes of an account are no JSON', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || !(DEFAULT_ROLES in parsed)) {
    return { attributes: text, defaultRoles: undefined };
  }
  const { [DEFAULT_ROLES]: roles, ...rest } = parsed as Record<string, unknown>;
  if (!Array.isArray(roles) || !roles.every(isAccountName)) {
    throw new DoltError('corrupt', 'the default roles of an account are no list of roles');
  }
  const attributes = Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest);
  return { attributes, defaultRoles: roles.map(({ user, host }) => ({ user, host })) };
}

function isAccountName(value: unknown): value is AccountName {
  const { user, host } = (value ?? {}) as Partial<AccountName>;
  return typeof user === 'string' && typeof host === 'string';
}

function writeAttributes({ attributes, defaultRoles }: Account): string | undefined {
  if (defaultRoles === undefined) return attributes;
  const others = attributes === undefined ? {} : (JSON.parse(attributes) as object);
  return JSON.stringify({ ...others, [DEFAULT_ROLES]: defaultRoles });
}

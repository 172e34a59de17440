/**
 * The file of accounts as early versions of the original wrote it, in JSON: it is read, and takes today's form with the next
 * change. Passwords stand there under one of two names, by the version.
 */
import { DoltError } from '../../base/errors.ts';
import type {
  AccountMessage,
  PrivilegeSetMessage,
  PrivilegesMessage,
  RoleEdgeMessage,
} from '../../serial/privileges.ts';
import { PRIVILEGE_NAMES } from './privilege.ts';

const BRACE = '{'.charCodeAt(0);

/** No other form begins so: its first byte is a multiple of four. */
export const isJsonPrivileges = (bytes: Uint8Array): boolean => bytes[0] === BRACE;

/** Throws `corrupt`. */
export function readJsonPrivileges(bytes: Uint8Array): PrivilegesMessage {
  const file = Part.parse(bytes);
  if (!file.has('Users')) throw new DoltError('corrupt', 'the accounts are missing');
  return {
    accounts: file.parts('Users').map(accountOf),
    roleEdges: file.parts('Roles').map(edgeOf),
    binlogSources: [],
    superAccounts: [],
  };
}

function accountOf(user: Part): AccountMessage {
  const attributes = user.text('Attributes');
  return {
    user: user.text('User'),
    host: user.text('Host'),
    privileges: setOf(user.part('PrivilegeSet')),
    plugin: user.text('Plugin'),
    authentication: user.text('AuthString') || user.text('Password'),
    passwordChangedSeconds: user.seconds('PasswordLastChanged'),
    isLocked: user.flag('Locked'),
    attributes: attributes === '' ? undefined : attributes,
    identity: user.text('Identity'),
    sslType: user.text('SslType'),
    sslCipher: user.text('SslCipher'),
    x509Issuer: user.text('X509Issuer'),
    x509Subject: user.text('X509Subject'),
  };
}

function setOf(set: Part): PrivilegeSetMessage {
  return {
    global: set.privileges('GlobalStatic'),
    dynamic: [],
    databases: set.parts('Databases').map((database) => ({
      ...named(database),
      tables: database
        .parts('Tables')
        .map((table) => ({ ...named(table), columns: table.parts('Columns').map((column) => named(column)) })),
      routines: [],
    })),
  };
}

const named = (part: Part) => ({ name: part.text('Name'), privileges: part.privileges('Privileges') });

const edgeOf = (edge: Part): RoleEdgeMessage => ({
  fromHost: edge.text('FromHost'),
  fromUser: edge.text('FromUser'),
  toHost: edge.text('ToHost'),
  toUser: edge.text('ToUser'),
  withAdmin: edge.flag('WithAdminOption'),
});

/** An object of the file. What is absent, or null, is empty; what is of another kind than it has to be is `corrupt`. */
class Part {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(value: unknown, name: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name);
    this.#values = value as Record<string, unknown>;
  }

  static parse(bytes: Uint8Array): Part {
    try {
      return new Part(JSON.parse(Buffer.from(bytes).toString('utf8')), 'the file');
    } catch (cause) {
      if (cause instanceof DoltError) throw cause;
      throw new DoltError('corrupt', `it is no JSON: ${(cause as Error).message}`, { cause });
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  text(name: string): string {
    const value = this.#values[name] ?? '';
    if (typeof value !== 'string') throw wrong(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name] ?? false;
    if (typeof value !== 'boolean') throw wrong(name);
    return value;
  }

  seconds(name: string): number {
    const text = this.text(name);
    const ms = text === '' ? 0 : Date.parse(text);
    if (Number.isNaN(ms)) throw wrong(name);
    return Math.floor(ms / 1000);
  }

  part(name: string): Part {
    return new Part(this.#values[name] ?? {}, name);
  }

  parts(name: string): readonly Part[] {
    return this.#list(name).map((value) => new Part(value, name));
  }

  privileges(name: string): readonly number[] {
    return this.#list(name).map((value) => {
      const number = PRIVILEGE_NAMES.indexOf(String(value));
      if (number < 0) throw new DoltError('corrupt', `there is no privilege ${String(value)}`);
      return number;
    });
  }

  #list(name: string): readonly unknown[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) throw wrong(name);
    return value;
  }
}

const wrong = (name: string): DoltError => new DoltError('corrupt', `${name} is not what it has to be`);

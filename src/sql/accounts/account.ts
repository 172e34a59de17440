/** Who may connect, how they prove who they are, and what they may do. A role is an account that nobody logs in with. */
import type { AccountName } from '../types/account-name.ts';
import type { PrivilegeSet } from './privilege-set.ts';

export const AUTHENTICATION_PLUGINS = ['mysql_native_password', 'caching_sha2_password'] as const;
export type AuthenticationPlugin = (typeof AUTHENTICATION_PLUGINS)[number];

/** That accounts have unless told, as the original's. */
export const DEFAULT_PLUGIN: AuthenticationPlugin = 'mysql_native_password';

/** The command line on a server's machine, as in the original: its account comes and goes with the server. */
export const LOCAL_USER = '__dolt_local_user__';

/** What an account wants of a connection. */
export type TransportDemand = '' | 'ANY' | 'X509' | 'SPECIFIED';

export interface Account extends AccountName {
  /** One that is not known here logs nobody in. */
  readonly plugin: string;
  /** What is kept of the password, in the plugin's form; '' is no password. */
  readonly authentication: string;
  readonly isLocked: boolean;
  readonly privileges: PrivilegeSet;
  readonly passwordChangedSeconds: number;
  readonly transport: TransportDemand;
  readonly cipher: string;
  readonly issuer: string;
  readonly subject: string;
  readonly identity: string;
  /** Undefined: all that were granted, as in the original. */
  readonly defaultRoles: readonly AccountName[] | undefined;
  /** A JSON object, without the default roles. */
  readonly attributes: string | undefined;
  /** Made by a server for itself; kept apart in the file. */
  readonly isBuiltIn: boolean;
}

/** A role that was granted to an account. */
export interface RoleEdge {
  readonly role: AccountName;
  readonly to: AccountName;
  readonly withAdmin: boolean;
}

/** Who may connect, and how they prove who they are. */

export type AuthenticationPlugin = 'mysql_native_password' | 'caching_sha2_password';

export interface Account {
  readonly user: string;
  /** Pattern of the host: `%`, `localhost`, `10.0.%`. */
  readonly host: string;
  readonly plugin: AuthenticationPlugin;
  /** What is kept of the password, in the plugin's form; '' is no password. */
  readonly authentication: string;
  readonly isLocked: boolean;
}

/** The accounts of a server. */
export interface Accounts {
  /** The most specific account of a user from a host; undefined when there is none. */
  find(user: string, host: string): Account | undefined;
}

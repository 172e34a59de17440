/** How passwords become what is kept of them. Handed in: what proves a password on the wire is no concern of SQL. */
import type { AuthenticationPlugin } from './account.ts';

export interface Passwords {
  /** '' for an empty password. */
  hash(plugin: AuthenticationPlugin, password: string): string;
  /** Whether a text is what is kept of some password. */
  isHash(plugin: AuthenticationPlugin, text: string): boolean;
}

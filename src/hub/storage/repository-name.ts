/**
 * The name of a repository: `owner/database`. What it is made of is so narrow that a name is safe as a path of folders, as a
 * key of a bucket and as a path of a URL, and is spelled in one way only.
 */

declare const brand: unique symbol;
export type RepositoryName = string & { readonly [brand]: 'RepositoryName' };

const PART = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/;

/** The paths of the hub itself begin with them. */
const RESERVED: ReadonlySet<string> = new Set(['api', 'assets', 'login', 'logout', 'healthz', 'metrics']);

/** What a database may be called. */
export function isValidDatabase(text: string): boolean {
  return PART.test(text) && !text.includes('..');
}

/** What an owner, or a user, may be called. */
export function isValidOwner(text: string): boolean {
  return isValidDatabase(text) && !RESERVED.has(text.toLowerCase());
}

/** In words, for who chose another name. */
export const NAME_RULE =
  'names are of letters, digits, "_", "-" and single "." inside, 64 at most, the first a letter or a digit, and no word of the hub itself (api, login, …)';

/** The name that `text` spells, or undefined where it spells none. */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  const [owner, database, ...rest] = text.split('/');
  const isName = owner !== undefined && database !== undefined && rest.length === 0;
  return isName && isValidOwner(owner) && isValidDatabase(database) ? (text as RepositoryName) : undefined;
}

export function ownerOf(name: RepositoryName): string {
  return name.slice(0, name.indexOf('/'));
}

export function databaseOf(name: RepositoryName): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The page's paths. Names and refs may hold anything: they are encoded, and refs are in the query, for they have slashes. */

export interface Place {
  readonly owner: string;
  readonly database: string;
}

/** A query from what is set. */
export function query(parts: Readonly<Record<string, string | number | readonly string[] | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined || value === '') continue;
    for (const each of typeof value === 'object' ? value : [value]) search.append(name, String(each));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

const segment = encodeURIComponent;

export const repositoryUrl = ({ owner, database }: Place, ref?: string): string =>
  `/${segment(owner)}/${segment(database)}${query({ ref })}`;

const below = (place: Place, path: string): string => `${repositoryUrl(place)}/${path}`;

export const tableUrl = (place: Place, table: string, ref: string | undefined, page = 1): string =>
  `${below(place, `tables/${segment(table)}`)}${query({ ref, page: page === 1 ? undefined : page })}`;

export const tablePartUrl = (place: Place, table: string, part: 'schema' | 'csv' | 'json', ref?: string): string =>
  `${below(place, `tables/${segment(table)}/${part}`)}${query({ ref })}`;

/** What a form adds keys to. */
export const rowFormUrl = (place: Place, table: string): string => below(place, `tables/${segment(table)}/row`);

export const rowUrl = (place: Place, table: string, key: readonly string[], ref?: string): string =>
  // An empty text is a key as well: `query` would leave it out.
  `${rowFormUrl(place, table)}?${new URLSearchParams([
    ...key.map((text): [string, string] => ['key', text]),
    ...(ref === undefined ? [] : [['ref', ref] as [string, string]]),
  ])}`;

export const sqlUrl = (place: Place, ref?: string, sql?: string): string =>
  `${below(place, 'sql')}${query({ ref, q: sql })}`;

export const commitsUrl = (place: Place, ref?: string, page = 1): string =>
  `${below(place, 'commits')}${query({ ref, page: page === 1 ? undefined : page })}`;

export const commitUrl = (place: Place, commit: string, table?: string, page = 1): string =>
  `${below(place, `commits/${segment(commit)}`)}${query({ table, page: page === 1 ? undefined : page })}`;

export const compareUrl = (place: Place, from?: string, to?: string, table?: string, page = 1): string =>
  `${below(place, 'compare')}${query({ from, to, table, page: page === 1 ? undefined : page })}`;

export const refsUrl = (place: Place): string => below(place, 'refs');
export const rightsUrl = (place: Place): string => below(place, 'rights');
export const replicationUrl = (place: Place): string => below(place, 'replication');

/** Of who is signed in. */
export const keysUrl = (): string => '/keys';

/** Where to go after signing in: a path of this site, and nothing else. */
export function safePath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : '/';
}

/**
 * What a session stands on in a database: a branch, which it may change, or a commit, which it only reads. Written
 * after the database's name: `USE db/branch`, `USE db/v1.0`, `USE db/<commit>`.
 */
import { type Address, parseAddress } from '../../base/address.ts';
import { tryResolveCommit } from '../../repo/ref-spec.ts';
import { branchRef, type Refs } from '../../repo/refs.ts';
import type { Repository } from '../../repo/repository.ts';

export type Revision =
  | { readonly kind: 'branch'; readonly branch: string }
  /** `text` is how it was named. */
  | { readonly kind: 'commit'; readonly commit: Address; readonly text: string };

/** `db/feature/x` is database `db` at revision `feature/x`. */
export function splitDatabaseName(name: string): { readonly database: string; readonly revision: string | undefined } {
  if (!name.includes('/') && !name.includes('@')) return { database: name, revision: undefined };
  const at = name.search(/[/@]/);
  return { database: name.slice(0, at), revision: name.slice(at + 1) };
}

/** What `text` names: a branch before a tag or a commit. Undefined when it names nothing. */
export function findRevision(repository: Repository, refs: Refs, text: string): Revision | undefined {
  if (refs.get(branchRef(text)) !== undefined) return { kind: 'branch', branch: text };
  const folded = [...refs.entries('refs/heads/')].find(
    ([name]) => name.toLowerCase() === branchRef(text).toLowerCase(),
  );
  if (folded !== undefined && parseAddress(text) === undefined) {
    return { kind: 'branch', branch: folded[0].slice('refs/heads/'.length) };
  }
  const commit = tryResolveCommit({ nodes: repository.nodes, refs, head: undefined }, text);
  return commit === undefined ? undefined : { kind: 'commit', commit, text };
}

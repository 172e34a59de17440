/** Commits as they follow each other, and what became of one row in them. */
import type { Address } from '../../base/address.ts';
import { type Commit, readCommit } from '../../repo/commit.ts';
import { walkLog } from '../../repo/log-walk.ts';
import { HEADS } from '../../repo/refs.ts';
import { listTags, type Tag } from '../../repo/tags.ts';
import { rowAt } from '../../sql/catalog/table-rows.ts';
import type { Table } from '../../table/table.ts';
import type { Point, Reading } from './reading.ts';
import { RowShape, type ShownRow } from './rows.ts';

export interface LogPage {
  readonly commits: readonly Commit[];
  /** There are older ones. */
  readonly hasMore: boolean;
}

/** `count` commits that lead to `point`, the newest first, after leaving out `first`. */
export function logOf({ repository }: Reading, { commit }: Point, first: number, count: number): LogPage {
  const commits: Commit[] = [];
  let at = 0;
  for (const each of walkLog(repository.nodes, [commit])) {
    if (commits.length === count) return { commits, hasMore: true };
    if (at++ >= first) commits.push(each);
  }
  return { commits, hasMore: false };
}

/** Names of the branches and tags that stand on a commit. */
export type Decorations = ReadonlyMap<Address, readonly { readonly kind: 'branch' | 'tag'; readonly name: string }[]>;

export function decorations(reading: Reading): Decorations {
  const names = new Map<Address, { kind: 'branch' | 'tag'; name: string }[]>();
  const add = (commit: Address, kind: 'branch' | 'tag', name: string): void => {
    names.set(commit, [...(names.get(commit) ?? []), { kind, name }]);
  };
  for (const [ref, commit] of reading.refs.entries(HEADS)) add(commit, 'branch', ref.slice(HEADS.length));
  for (const { name, commit } of tagsOf(reading)) add(commit, 'tag', name);
  return names;
}

export interface Branch {
  readonly name: string;
  readonly head: Commit;
}

/** The one whose head is the newest first. */
export function branchesOf({ refs, repository }: Reading): Branch[] {
  const branches = Array.from(refs.entries(HEADS), ([ref, head]) => ({
    name: ref.slice(HEADS.length),
    head: readCommit(repository.nodes, head),
  }));
  return branches.sort((a, b) => b.head.committerDate - a.head.committerDate);
}

/** The newest first. */
export function tagsOf({ refs, repository }: Reading): Tag[] {
  return listTags(repository.nodes, refs).sort((a, b) => b.date - a.date);
}

export interface RowVersion {
  readonly commit: Commit;
  readonly kind: 'added' | 'modified' | 'removed';
  /** The row as it was before and after, under the names of the columns of that time. */
  readonly before: { readonly shape: RowShape; readonly row: ShownRow } | undefined;
  readonly after: { readonly shape: RowShape; readonly row: ShownRow } | undefined;
}

export interface RowHistory {
  readonly versions: readonly RowVersion[];
  /** Nothing older is left to look at. */
  readonly isWhole: boolean;
}

/** Commits that a look goes back, and milliseconds that it takes, at the most. */
const MOST_COMMITS = 2000;
const MOST_MILLISECONDS = 200;
const MOST_VERSIONS = 50;

/**
 * What commits made of the row with a key, the newest first, along first parents: what a merge brought in is of the merge.
 * Where the table is the same before and after, nothing is read of it.
 */
export function rowHistory(reading: Reading, { commit }: Point, name: string, key: Uint8Array): RowHistory {
  const { repository } = reading;
  const { nodes } = repository;
  const { clock } = reading.engine.state;
  const deadline = clock.monotonic() + MOST_MILLISECONDS;
  const versions: RowVersion[] = [];
  const tableAt = ({ root }: Commit): Table | undefined => repository.root(root).table(name);
  let at = readCommit(nodes, commit);
  let after = tableAt(at);
  for (let looked = 0; looked < MOST_COMMITS && versions.length < MOST_VERSIONS; looked++) {
    const [parent] = at.parents;
    const earlier = parent === undefined ? undefined : readCommit(nodes, parent);
    const before = earlier && tableAt(earlier);
    if (before !== after) {
      const version = versionOf(at, before, after, key);
      if (version !== undefined) versions.push(version);
    }
    if (earlier === undefined) return { versions, isWhole: true };
    if (clock.monotonic() > deadline) break;
    at = earlier;
    after = before;
  }
  return { versions, isWhole: false };
}

function versionOf(
  commit: Commit,
  from: Table | undefined,
  to: Table | undefined,
  key: Uint8Array,
): RowVersion | undefined {
  const [left, right] = [storedRow(from, key), storedRow(to, key)];
  if (left === undefined && right === undefined) return undefined;
  if (left !== undefined && right !== undefined && left.bytes.equals(right.bytes)) return undefined;
  const kind = left === undefined ? 'added' : right === undefined ? 'removed' : 'modified';
  return { commit, kind, before: left, after: right };
}

function storedRow(table: Table | undefined, key: Uint8Array) {
  if (table === undefined || table.schema.isKeyless) return undefined;
  const entry = table.rows.get(key);
  if (entry === undefined) return undefined;
  const { node, index } = entry;
  const shape = new RowShape(table);
  const bytes = Buffer.from(node.bytes.subarray(node.valueStart(index), node.valueEnd(index)));
  return { shape, row: shape.shown(rowAt(table, node, index), 1), bytes };
}

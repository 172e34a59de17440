/**
 * Stashes: uncommitted changes that were put aside, as the dataset `refs/stashes/<name>`, whose value lists them by
 * number. They belong to the repository, not to a branch; the command line's are under one name, sessions choose theirs.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { AddressMap } from '../prolly/address-map.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readStash, type StashMessage, writeStash } from '../serial/stash.ts';
import { readStashList, writeStashList } from '../serial/stash-list.ts';
import { readCommit } from './commit.ts';
import { HEADS, type RefEdits, type RefName, type Refs } from './refs.ts';

const STASHES = 'refs/stashes/';

/** The name of the command line's stashes. */
export const COMMAND_LINE_STASHES = 'dolt-cli';

const stashRef = (name: string): RefName => STASHES + name;

export interface Stash {
  /** Of the list it is in. */
  readonly name: string;
  /** Where the list has it: the newest is 0. */
  readonly position: number;
  readonly address: Address;
  readonly root: Address;
  /** The commit that the changes were made on, and its message. */
  readonly head: Address;
  readonly message: string;
  readonly branch: string;
  /** Tables that were new and staged. */
  readonly tablesToStage: readonly string[];
}

interface Entry {
  readonly key: string;
  readonly address: Address;
}

const mapOf = (nodes: NodeStore, refs: Refs, name: string): AddressMap => {
  const list = refs.get(stashRef(name));
  if (list === undefined) return AddressMap.empty(nodes);
  return AddressMap.fromBytes(nodes, readStashList(nodes.readMessage(list)).stashes);
};

/** The newest first: the one with the highest number. */
const entriesOf = (map: AddressMap): Entry[] =>
  Array.from(map.entries(), ([key, address]) => ({ key, address })).sort((a, b) => Number(b.key) - Number(a.key));

/** The stashes under a name, the newest first. */
export function stashesOf(nodes: NodeStore, refs: Refs, name: string): Stash[] {
  return entriesOf(mapOf(nodes, refs, name)).map(({ address }, position) => {
    const { root, headCommit, branch, description, tablesToStage = [] } = readStash(nodes.readMessage(address));
    const shortBranch = branch.startsWith(HEADS) ? branch.slice(HEADS.length) : branch;
    const place = { name, position, address };
    return { ...place, root, head: headCommit, message: description, branch: shortBranch, tablesToStage };
  });
}

/** Names of lists that have stashes, in byte order. */
export function stashNames(refs: Refs): string[] {
  return Array.from(refs.entries(STASHES), ([ref]) => ref.slice(STASHES.length));
}

/** The list of `name` without entries is none. */
function listEdit(nodes: NodeStore, name: string, map: AddressMap): RefEdits {
  return new Map([[stashRef(name), map.count === 0 ? undefined : nodes.write(writeStashList({ stashes: map.bytes }))]]);
}

/** Puts a stash on top of the list. */
export function addStash(
  nodes: NodeStore,
  refs: Refs,
  name: string,
  stash: Omit<StashMessage, 'description'>,
): RefEdits {
  const map = mapOf(nodes, refs, name);
  const [newest] = entriesOf(map);
  const description = readCommit(nodes, stash.headCommit).message.trim();
  const key = newest === undefined ? '0' : String(Number(newest.key) + 1);
  return listEdit(nodes, name, map.edit([[key, nodes.write(writeStash({ ...stash, description }))]]));
}

/** Throws `conflict` where the stash is not where it was seen. */
export function dropStash(nodes: NodeStore, refs: Refs, { name, position, address }: Stash): RefEdits {
  const map = mapOf(nodes, refs, name);
  const entry = entriesOf(map)[position];
  if (entry?.address !== address) {
    throw new DoltError('conflict', `stash@{${position}} was changed by another process meanwhile; try again.`);
  }
  return listEdit(nodes, name, map.edit([[entry.key, undefined]]));
}

export const clearStashes = (name: string): RefEdits => new Map([[stashRef(name), undefined]]);

/**
 * The bases of a remote: for each of our refs the remote's value that was last pushed or integrated here. Clone, pull
 * and push set them; fetch moves tracking refs and never a base. They decide what replication may do: a remote value that
 * neither is the base nor descends from it was put there by somebody who discarded what we had.
 */
import { type Address, parseAddress } from '../base/address.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { isAncestor } from './commit.ts';
import { documentRef, readDocument, writeDocument } from './internal-document.ts';
import { branchRef, type RefEdits, type RefName, type Refs, trackingRef } from './refs.ts';
import type { Repository } from './repository.ts';

export interface RemoteBases {
  /** The remote's URL; bases of another URL do not count. */
  readonly url: string;
  /** Branches and tags by full name. */
  readonly refs: ReadonlyMap<RefName, Address>;
  /**
   * Refs that were deleted there from here, by hand, and kept here, with their value here at that time: as long as they stand
   * there, they are not for the remote.
   */
  readonly withheld?: ReadonlyMap<RefName, Address> | undefined;
  /** For a replica: the remote's version when all of it was last pulled. */
  readonly pulled?: string | undefined;
}

const DOCUMENTS = 'replication/bases/';

/** Datasets below this one, by the names of remotes. */
export const BASES_REFS: RefName = documentRef(DOCUMENTS);

const documentName = (remote: string): string => DOCUMENTS + remote;

interface StoredBases {
  readonly url?: unknown;
  readonly refs?: Readonly<Record<string, unknown>>;
  readonly withheld?: Readonly<Record<string, unknown>>;
  readonly pulled?: unknown;
}

/** The last bases that were read of each store: they are asked for at every read of a replica. */
const lastRead = new WeakMap<
  NodeStore,
  { readonly stored: Address; readonly remote: string; readonly bases: RemoteBases }
>();

/** The bases of `remote` as long as it is at `url`; none otherwise. */
export function readBases(nodes: NodeStore, refs: Pick<Refs, 'get'>, remote: string, url: string): RemoteBases {
  const stored = refs.get(documentRef(documentName(remote)));
  const last = lastRead.get(nodes);
  if (last && last.stored === stored && last.remote === remote && last.bases.url === url) return last.bases;
  const known = parseBases(readDocument(nodes, refs, documentName(remote)));
  const bases = known.url === url ? known : { url, refs: new Map() };
  if (stored !== undefined) lastRead.set(nodes, { stored, remote, bases });
  return bases;
}

/** The bases that a document below `BASES_REFS` holds. */
export function parseBases(document: unknown): RemoteBases {
  const stored = (document ?? {}) as StoredBases;
  const pulled = typeof stored.pulled === 'string' ? stored.pulled : undefined;
  return { url: String(stored.url), refs: addressesOf(stored.refs), withheld: addressesOf(stored.withheld), pulled };
}

function addressesOf(stored: Readonly<Record<string, unknown>> = {}): ReadonlyMap<RefName, Address> {
  const addresses = new Map<RefName, Address>();
  for (const [ref, text] of Object.entries(stored)) {
    const address = parseAddress(String(text));
    if (address !== undefined) addresses.set(ref, address);
  }
  return addresses;
}

/** The edit that stores `bases`, for the record that moves the heads. */
export function basesEdit(nodes: NodeStore, remote: string, bases: RemoteBases): readonly [RefName, Address] {
  const withheld = bases.withheld?.size ? { withheld: sorted(bases.withheld) } : {};
  const pulled = bases.pulled === undefined ? {} : { pulled: bases.pulled };
  const document = { url: bases.url, refs: sorted(bases.refs), ...withheld, ...pulled };
  return [documentRef(documentName(remote)), writeDocument(nodes, document)];
}

const sorted = (addresses: ReadonlyMap<RefName, Address>): Readonly<Record<string, Address>> =>
  Object.fromEntries([...addresses].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/**
 * `bases` with some refs set, or removed where undefined; they are not withheld then. What was pulled as a whole no longer is
 * what stands here.
 */
export function withBases(bases: RemoteBases, changes: Iterable<readonly [RefName, Address | undefined]>): RemoteBases {
  const refs = new Map(bases.refs);
  const withheld = new Map(bases.withheld);
  for (const [ref, address] of changes) {
    withheld.delete(ref);
    if (address === undefined) refs.delete(ref);
    else refs.set(ref, address);
  }
  return { url: bases.url, refs, withheld };
}

/** `bases` with refs that were deleted there and stay here. */
export function withheldFrom(bases: RemoteBases, kept: Iterable<readonly [RefName, Address]>): RemoteBases {
  return { ...bases, withheld: new Map([...(bases.withheld ?? []), ...kept]) };
}

/**
 * The edits that give a new branch its bases: where it contains what a remote's branch of its name was last seen to have,
 * that is integrated, and stays so whatever becomes of the branch.
 */
export function trackedBases(repository: Repository, branch: string, start: Address): (refs: Refs) => RefEdits {
  const { nodes } = repository;
  const { remotes } = repository.state();
  return (refs) => {
    const edits = new Map<RefName, Address>();
    for (const { name, url } of remotes.values()) {
      const tracked = refs.get(trackingRef(name, branch));
      if (tracked === undefined || (tracked !== start && !isAncestor(nodes, tracked, start))) continue;
      const bases = readBases(nodes, refs, name, url);
      if (!bases.refs.has(branchRef(branch))) {
        edits.set(...basesEdit(nodes, name, withBases(bases, [[branchRef(branch), tracked]])));
      }
    }
    return edits;
  };
}

/**
 * Whose turn it is to push. A remote holds the number of its epoch, with who began it, in a ref of its own; each promotion
 * swaps in the next number, and a primary pushes only while the remote has the epoch that it joined:
 *
 *     remote = joined   push                        remote > joined   fenced: another server took over
 *     remote < joined   refused: the remote was restored from a backup
 *
 * The number is read from the very root that a push swaps, so a push and a promotion cannot both win. A remote without the
 * ref is in epoch 0, which everybody has joined: who never promotes never meets an epoch. That a server was fenced is
 * remembered here, until it follows the remote again and joins its epoch.
 */
import { type Address, parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { RemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { documentRef, readDocument, writeDocument } from '../repo/internal-document.ts';
import type { RefName, Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { Target } from './queue.ts';
import { readRemoteDocument } from './remote-document.ts';
import { FencedError, RemoteRestoredError } from './replication-errors.ts';

/** The dataset of a remote that holds its epoch: a commit without parents, with the epoch as JSON in its message. */
export const EPOCH_REF: RefName = documentRef('replication');

export interface Epoch {
  readonly epoch: number;
  /** The host that began it. */
  readonly server: string;
  /** Tells two promotions to the same number apart. */
  readonly nonce: string;
}

/** What a server knows of the epochs of one remote. */
export interface Joined {
  readonly epoch: number;
  /** What the remote's ref was when it was joined; undefined where there was none. */
  readonly at: Address | undefined;
  /** Who took over since. */
  readonly successor?: Epoch | undefined;
  /** What the remote's ref was when a replica last followed it. */
  readonly seen?: Address | undefined;
  /** An epoch that was begun while the remote could not be asked (epoch-claim.ts): it is joined once the remote has it. */
  readonly claim?: Claim | undefined;
}

export interface Claim {
  readonly server: string;
  readonly nonce: string;
  /** What the remote's ref may be: whoever claimed knew of these, and of no other promotion. */
  readonly over: readonly (Address | undefined)[];
}

/** The document of `Joined`, here and in backups. */
interface StoredJoined {
  readonly url: string;
  readonly epoch: number;
  readonly at: string | null;
  readonly successor?: Epoch;
  readonly seen?: string;
  readonly claim?: { readonly server: string; readonly nonce: string; readonly over: readonly (string | null)[] };
}

const UNJOINED: Joined = { epoch: 0, at: undefined };
const NO_EPOCH: Epoch = { epoch: 0, server: '', nonce: '' };

const DOCUMENTS = 'replication/epoch/';

/** Datasets below this one, by the names of remotes. */
export const JOINED_REFS: RefName = documentRef(DOCUMENTS);

const documentName = ({ name }: Target): string => DOCUMENTS + name;

/** What was last read of each store: it is asked for before every write. */
const lastRead = new WeakMap<Repository, { readonly stored: Address; readonly url: string; readonly joined: Joined }>();

/** As long as the remote is at its URL. */
export function joinedEpoch(repository: Repository, target: Target, refs: Refs = repository.refs()): Joined {
  const at = refs.get(documentRef(documentName(target)));
  if (at === undefined) return UNJOINED;
  const last = lastRead.get(repository);
  if (last?.stored === at && last.url === target.url) return last.joined;
  const stored = parseJoined(readDocument(repository.nodes, refs, documentName(target)));
  const joined = stored.url === target.url ? stored.joined : UNJOINED;
  lastRead.set(repository, { stored: at, url: target.url, joined });
  return joined;
}

/** What a document below `JOINED_REFS` says, and of the remote at which URL. */
export function parseJoined(document: unknown): { readonly url: string; readonly joined: Joined } {
  const { url, epoch, at, successor, seen, claim } = document as StoredJoined;
  const address = (text: string | null | undefined): Address | undefined => parseAddress(text ?? '');
  const joined = { epoch, at: address(at), successor, seen: address(seen) };
  if (claim === undefined) return { url, joined };
  return { url, joined: { ...joined, claim: { ...claim, over: claim.over.map(address) } } };
}

/** The edit that remembers it. */
export function joinedEdit({ nodes }: Repository, target: Target, joined: Joined): readonly [RefName, Address] {
  const { epoch, at, successor, seen, claim } = joined;
  const stored: StoredJoined = {
    ...{ url: target.url, epoch, at: at ?? null },
    ...(successor === undefined ? {} : { successor }),
    ...(seen === undefined ? {} : { seen }),
    ...(claim === undefined ? {} : { claim: { ...claim, over: claim.over.map((each) => each ?? null) } }),
  };
  return [documentRef(documentName(target)), writeDocument(nodes, stored)];
}

/** Why this server may not write, as far as it knows by itself. */
export function knownFence(repository: Repository, target: Target): FencedError | undefined {
  const { successor } = joinedEpoch(repository, target);
  return successor && new FencedError(target.name, successor);
}

/** The epoch of a remote, as of `refs`. */
export async function remoteEpoch(remote: RemoteStore, refs: RemoteRefs): Promise<Epoch> {
  const at = refs.get(EPOCH_REF);
  if (at === undefined) return NO_EPOCH;
  const parsed = (await readRemoteDocument(remote, EPOCH_REF, at)) as Partial<Epoch> | null;
  const { epoch, server, nonce } = parsed ?? {};
  if (!Number.isSafeInteger(epoch) || epoch! < 0) {
    throw new DoltError('corrupt', `remote ${remote.url}: ${EPOCH_REF} does not hold an epoch`);
  }
  return { epoch: epoch!, server: String(server), nonce: String(nonce) };
}

/**
 * Compares the remote's epoch, as of `refs`, with the one that was joined. Answers why nothing may be pushed, after that was
 * made durable; throws `RemoteRestoredError`.
 */
export async function checkEpoch(
  repository: Repository,
  remote: RemoteStore,
  target: Target,
  refs: RemoteRefs,
): Promise<FencedError | undefined> {
  const joined = joinedEpoch(repository, target);
  const fence = knownFence(repository, target);
  if (fence !== undefined || joined.at === refs.get(EPOCH_REF)) return fence;
  const theirs = await remoteEpoch(remote, refs);
  if (theirs.epoch < joined.epoch) throw new RemoteRestoredError(target.name, theirs.epoch, joined.epoch);
  // The same number by another promotion: the remote was restored, and another server has taken over since.
  repository.update(() => new Map([joinedEdit(repository, target, { ...joined, successor: theirs })]));
  const error = new FencedError(target.name, theirs);
  repository.environment.logger.info(`${repository.directory}: ${error.message}`);
  return error;
}

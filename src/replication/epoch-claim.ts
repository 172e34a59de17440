/**
 * An epoch that was begun without the remote, by a promotion from a backup. It stands here as a claim, and is swapped into the
 * remote as soon as that answers, before anything else is pushed there:
 *
 *     the remote's epoch is one that was known then   the claim's is swapped in: joined, and every other primary fenced
 *     it has this claim's already                     joined: an answer was lost
 *     it is another                                   fenced: somebody was promoted at the remote meanwhile
 *     it is older than what was known                 refused: the remote was restored from a backup
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type RemoteRefs, readRemoteRefs, swapRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { writeDocument } from '../repo/internal-document.ts';
import type { Repository } from '../repo/repository.ts';
import { type Claim, EPOCH_REF, type Epoch, type Joined, joinedEdit, joinedEpoch, remoteEpoch } from './epoch.ts';
import { mayBeEmpty, type Target } from './queue.ts';
import { FencedError, RemoteEmptyError, RemoteRestoredError, reason } from './replication-errors.ts';

/** How often the remote may move while it is claimed. */
const MAX_ATTEMPTS = 10;

export const hasClaim = (repository: Repository, target: Target): boolean =>
  joinedEpoch(repository, target).claim !== undefined;

/** Nobody's primary: what the remote's epoch is has to be joined. */
export function withoutClaim(repository: Repository, target: Target): Joined {
  const { epoch, seen } = joinedEpoch(repository, target);
  return { epoch, at: undefined, seen };
}

/** Is the remote in an epoch that whoever claimed knew of, or that this claim began? */
export const isOverClaimed = ({ nonce, over }: Claim, theirs: Epoch, at: Address | undefined): boolean =>
  theirs.nonce === nonce || over.includes(at);

/**
 * The remote's refs, after what was claimed was decided by them, durably; `checkEpoch` then tells the outcome. Throws where the
 * remote does not answer, and then the claim stands.
 */
export async function readClaimedRefs(
  repository: Repository,
  remote: RemoteStore,
  target: Target,
): Promise<RemoteRefs> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const refs = await readRemoteRefs(remote);
    const joined = joinedEpoch(repository, target);
    if (joined.claim === undefined || (await decide(repository, remote, target, joined, joined.claim, refs)))
      return refs;
  }
  throw new DoltError('unavailable', `'${target.name}' moved at every attempt to begin an epoch there; try again`);
}

/** False when the remote has to be read again. */
async function decide(
  repository: Repository,
  remote: RemoteStore,
  target: Target,
  joined: Joined,
  claim: Claim,
  refs: RemoteRefs,
): Promise<boolean> {
  if (refs.root === EMPTY_ADDRESS && !mayBeEmpty(repository, target)) {
    throw new RemoteEmptyError(target.name, target.url);
  }
  const at = refs.get(EPOCH_REF);
  const theirs = await remoteEpoch(remote, refs);
  const record = (next: Joined): void => {
    repository.update(() => new Map([joinedEdit(repository, target, next)]));
  };
  if (theirs.nonce === claim.nonce) {
    await remote.settle();
    record({ epoch: theirs.epoch, at });
    return true;
  }
  if (theirs.epoch < joined.epoch) throw new RemoteRestoredError(target.name, theirs.epoch, joined.epoch);
  if (!isOverClaimed(claim, theirs, at)) {
    record({ epoch: joined.epoch, at: undefined, successor: theirs });
    repository.environment.logger.info(`${repository.directory}: ${new FencedError(target.name, theirs).message}`);
    return true;
  }
  const { server, nonce } = claim;
  await swapIn(remote, refs, { epoch: theirs.epoch + 1, server, nonce });
  return false;
}

/** Whether it went well tells the next look. */
async function swapIn(remote: RemoteStore, refs: RemoteRefs, epoch: Epoch): Promise<void> {
  try {
    await swapRemoteRefs(remote, refs, (nodes) => new Map<string, Address>([[EPOCH_REF, writeDocument(nodes, epoch)]]));
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    // Garbage was collected there.
    if (error.kind === 'conflict') return;
    if (error.kind !== 'unknown') throw error;
    // Nothing else was sent, so nothing else is unknown.
    throw new DoltError('unavailable', `no answer when its epoch was to begin: ${reason(error)}`, { cause: error });
  }
}

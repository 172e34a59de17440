/**
 * A primary's look at the epoch between pushes: whether another server took over. One look at a time, shared by all who
 * ask; an answer counts for a second. The remote's root as it was at the last look costs no more than reading it.
 */

import { DoltError } from '../base/errors.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { shownUrl } from '../repo/remote-url.ts';
import type { Repository } from '../repo/repository.ts';
import { withDeadline } from './deadline.ts';
import { checkEpoch, knownFence } from './epoch.ts';
import { hasClaim, readClaimedRefs } from './epoch-claim.ts';
import type { Target } from './queue.ts';
import { FencedError, ReplicationError, reason } from './replication-errors.ts';

/** How long a look counts, and how long one may take. */
const LEASE_MS = 1_000;

export class Fence {
  readonly #repository: Repository;
  readonly #connect: (target: Target) => RemoteStore;
  #looking: Promise<void> | undefined;
  /** The last look that succeeded. */
  #seen: { readonly url: string; readonly version: string; readonly at: number } | undefined;
  #isUnreachable = false;

  constructor(repository: Repository, connect: (target: Target) => RemoteStore) {
    this.#repository = repository;
    this.#connect = connect;
  }

  /** Why this server may not write, as far as it knows by itself. */
  known(target: Target): FencedError | undefined {
    return knownFence(this.#repository, target);
  }

  /** Throws `FencedError`, or why the remote did not say within a second. */
  async verify(target: Target): Promise<void> {
    const fence = this.known(target);
    if (fence !== undefined) throw fence;
    const { clock, timers } = this.#repository.environment;
    const { name } = target;
    if (hasClaim(this.#repository, target)) this.#seen = undefined;
    if (this.#seen?.url === target.url && clock.monotonic() - this.#seen.at < LEASE_MS) return;
    try {
      await withDeadline(this.#look(target), timers, LEASE_MS, () => {
        throw new ReplicationError('unavailable', `remote '${name}' did not answer within ${LEASE_MS} ms`);
      });
      this.#isUnreachable = false;
    } catch (error) {
      if (!(error instanceof FencedError)) this.#isUnreachable = true;
      throw error;
    }
  }

  /** Before a write that does not ask the remote itself: a remote that cannot be reached is no reason to stop. */
  async beforeWrite(target: Target): Promise<void> {
    const looked = this.verify(target).catch((error: unknown) => {
      if (!(error instanceof DoltError) || error instanceof FencedError) throw error;
    });
    if (!this.#isUnreachable) return await looked;
    // It would cost every write the time that a dead remote takes to be given up.
    looked.catch(() => {});
  }

  #look(target: Target): Promise<void> {
    this.#looking ??= this.#read(target).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(target: Target): Promise<void> {
    const { clock } = this.#repository.environment;
    const { name, url } = target;
    const at = clock.monotonic();
    try {
      const remote = this.#connect(target);
      const { version } = await remote.root();
      if (this.#seen?.version !== version || this.#seen.url !== url) {
        const refs = await readClaimedRefs(this.#repository, remote, target);
        const fence = await checkEpoch(this.#repository, remote, target, refs);
        if (fence !== undefined) throw fence;
        this.#seen = { url, version: refs.version, at };
      } else this.#seen = { url, version, at };
    } catch (error) {
      if (error instanceof ReplicationError || !(error instanceof DoltError)) throw error;
      throw new ReplicationError(error.kind, `remote '${name}' (${shownUrl(url)}) cannot be asked: ${reason(error)}`, {
        cause: error,
      });
    }
  }
}

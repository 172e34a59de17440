/** What may go wrong between a primary, its remote and a replica. The sentences are those of REPLICATION.md. */

import type { Address } from '../base/address.ts';
import { DoltError, type ErrorKind } from '../base/errors.ts';
import { HEADS, type RefName, TAGS } from '../repo/refs.ts';
import { shownUrl } from '../repo/remote-url.ts';

/** MySQL's ER_RUN_HOOK_ERROR: the statement is right, what replicates it failed. */
export const HOOK_FAILED = 3100;

export class ReplicationError extends DoltError {
  /** What a SQL client is told: MySQL's number and SQLSTATE. */
  readonly errno: number = HOOK_FAILED;
  readonly sqlState: string = 'HY000';
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(kind, message, options);
  }
}

export class RemoteNotConfiguredError extends ReplicationError {
  constructor(remote: string) {
    super('notFound', `failure loading hook; remote not found: '${remote}'`);
  }
}

/** The remote's ref is neither what we last saw nor descends from it. */
export class MovedByAnotherError extends ReplicationError {
  readonly ref: RefName;
  constructor(remote: string, ref: RefName, theirs: Address | undefined) {
    const what = theirs === undefined ? 'was deleted' : `stands on ${theirs}`;
    super(
      'conflict',
      `replication to '${remote}' refused: ${ref} ${what}: moved by another. Run \`dolt fetch ${remote}\`, compare, and pull or push by hand.`,
    );
    this.ref = ref;
  }
}

/** The swap was sent and no answer came back before the deadline. */
export class OutcomeUnknownError extends ReplicationError {
  constructor(remote: string, options?: ErrorOptions) {
    super(
      'unknown',
      `outcome unknown: the push to '${remote}' was not answered in time; the branch takes no changes until the remote says whether it arrived`,
      options,
    );
  }
}

/** What came from the remote does not merge with ours. */
export class RemoteMergeConflictError extends ReplicationError {
  /** MySQL's ER_LOCK_DEADLOCK: roll back and try again. */
  override readonly errno = 1213;
  override readonly sqlState = '40001';
  readonly divergence: RefDivergence;
  readonly tables: readonly string[];
  /** Both sides changed the same rows; made anew on top of theirs, the change can succeed. */
  readonly isRetriable: boolean;
  constructor(divergence: RefDivergence, tables: readonly string[], isRetriable: boolean) {
    const why = isRetriable
      ? 'the remote has other changes of the same rows'
      : 'together with what is on the remote, constraints would be violated';
    super(
      'conflict',
      `replication to '${divergence.remote}' conflicts in ${tables.join(', ')}: ${why}; nothing was changed. Try again, or pull and resolve by hand.`,
    );
    this.divergence = divergence;
    this.tables = tables;
    this.isRetriable = isRetriable;
  }
}

/** Whose value of a ref met whose. */
export interface RefDivergence {
  readonly remote: string;
  readonly ref: RefName;
  readonly theirs: Address;
}

/** The remote has nothing any more, though it had: it was moved away, or its folder is not mounted. */
export class RemoteEmptyError extends ReplicationError {
  constructor(remote: string, url: string) {
    super(
      'unavailable',
      `remote '${remote}' (${shownUrl(url)}) is empty, and was not before: was it moved, or is it not mounted?`,
    );
  }
}

export class ReplicaUnreachableError extends ReplicationError {
  constructor(remote: string, url: string, cause: unknown) {
    super('unavailable', `replica cannot read its remote '${remote}' (${shownUrl(url)}): ${reason(cause)}`, { cause });
  }
}

/** Another process has the lock of a replica, and has not pulled what is new. */
export class ReplicaLockedError extends ReplicationError {
  constructor(remote: string, cause: Error) {
    super('unavailable', `replica cannot take what is new on its remote '${remote}': ${reason(cause)}`, { cause });
  }
}

export class ReplicaReadOnlyError extends ReplicationError {
  /** MySQL's ER_OPTION_PREVENTS_STATEMENT. */
  override readonly errno = 1290;
  constructor(ref: RefName, remote: string) {
    const what = ref.startsWith(TAGS) ? `tag '${ref.slice(TAGS.length)}'` : `branch '${ref.slice(HEADS.length)}'`;
    super(
      'denied',
      `this database is a read replica of '${remote}': ${what} takes no changes here; write on the primary`,
    );
  }
}

/** The database was restored from a backup, and what it holds may be older than what others took back. */
export class RestoredBackupError extends ReplicationError {
  /** MySQL's ER_OPTION_PREVENTS_STATEMENT. */
  override readonly errno = 1290;
  constructor(remote: string) {
    super(
      'denied',
      `this database was restored from a backup, and replicates nothing to '${remote}' before it has followed it: ` +
        `CALL dolt_promote('${remote}', '--join') takes over what is there, and goes on from that`,
    );
  }
}

/** Another server took over as the primary of the remote. */
export class FencedError extends ReplicationError {
  /** MySQL's ER_OPTION_PREVENTS_STATEMENT. */
  override readonly errno = 1290;
  constructor(remote: string, successor: { readonly epoch: number; readonly server: string }) {
    super(
      'denied',
      `this server is fenced: '${successor.server}' took over as primary of remote '${remote}' (epoch ${successor.epoch}), so nothing is written here. ` +
        `CALL dolt_demote('${remote}') makes this server a replica, CALL dolt_promote('${remote}', '--join') one more primary; both keep aside what it has not pushed.`,
    );
  }
}

/** The remote has an older epoch than it had: it was restored from a backup. */
export class RemoteRestoredError extends ReplicationError {
  constructor(remote: string, theirs: number, ours: number) {
    super(
      'denied',
      `remote '${remote}' is in epoch ${theirs}, and was in epoch ${ours}: it was restored from a backup. Compare it with what is here; CALL dolt_promote('${remote}') makes this server its primary.`,
    );
  }
}

/** Two servers were promoted at once, and the other won. */
export class PromotionLostError extends ReplicationError {
  constructor(remote: string, winner: { readonly epoch: number; readonly server: string }) {
    super(
      'conflict',
      `'${winner.server}' was promoted to primary of remote '${remote}' (epoch ${winner.epoch}) meanwhile; nothing was changed here`,
    );
  }
}

/** The swap of a promotion was sent, and the remote could not be asked whether it happened. */
export class PromotionUnknownError extends ReplicationError {
  constructor(remote: string, options?: ErrorOptions) {
    super(
      'unknown',
      `outcome unknown: remote '${remote}' did not say whether the promotion arrived; nothing was changed here. Call it again.`,
      options,
    );
  }
}

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

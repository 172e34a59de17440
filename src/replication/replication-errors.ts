/** What may go wrong between a primary, its remote and a replica. The sentences are those of REPLICATION.md. */
import type { Address } from '../base/address.ts';
import { DoltError, type ErrorKind } from '../base/errors.ts';
import type { RefName } from '../repo/refs.ts';

export class ReplicationError extends DoltError {
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
  readonly errno = 1213;
  readonly tables: readonly string[];
  constructor(remote: string, tables: readonly string[]) {
    super(
      'conflict',
      `replication to '${remote}' conflicts in ${tables.join(', ')}: the remote has other changes of the same rows; nothing was changed. Pull, resolve, and try again.`,
    );
    this.tables = tables;
  }
}

export class ReplicaUnreachableError extends ReplicationError {
  constructor(remote: string, url: string, cause: unknown) {
    super('unavailable', `replica cannot read its remote '${remote}' (${url}): ${reason(cause)}`, { cause });
  }
}

export class ReplicaReadOnlyError extends ReplicationError {
  /** MySQL's ER_OPTION_PREVENTS_STATEMENT. */
  readonly errno = 1290;
  constructor(branch: string, remote: string) {
    super(
      'denied',
      `this database is a read replica of '${remote}': branch '${branch}' takes no changes here; write on the primary`,
    );
  }
}

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

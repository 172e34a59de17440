/** What a server says of its replication, for `dolt_replication_status` and for metrics. */
import type { Address } from '../base/address.ts';

export interface HeadStatus {
  /** The branch. */
  readonly head: string;
  readonly local: Address | undefined;
  /** Where it stood on the remote when that was last known. */
  readonly remote: Address | undefined;
  /** Commits that one side has and the other, which follows it, lacks; undefined where one of them is not known. */
  readonly commitsBehind: number | undefined;
  /**
   * 0 where both were equal at the last check that succeeded, else the time since the difference was first seen. While the
   * remote cannot be reached, which `lastError` then says: the time since it was; undefined where it never was.
   */
  readonly millisecondsBehind: number | undefined;
}

export interface RoleStatus {
  readonly role: 'primary' | 'replica';
  /** The remote's name. */
  readonly remote: string;
  readonly heads: readonly HeadStatus[];
  /** Refs that wait to be pushed. */
  readonly queue: number;
  /** Milliseconds since 1970 UTC. */
  readonly lastSuccess: number | undefined;
  readonly lastError: string | undefined;
}

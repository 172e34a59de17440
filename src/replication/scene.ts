/** What replication is given by the layers above it. */
import type { openRemote } from '../remote/open-remote.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';

export interface ReplicationScene {
  readonly openRemote: typeof openRemote;
  /** What merges need of SQL, which lies above. */
  readonly expressions: () => Promise<MergeExpressions | undefined>;
  /** A server, which lives on while another takes over: it looks whether one did before it writes. */
  readonly isServer: boolean;
  /** Goes up with each change of a variable; without it, variables are read each time that one matters. */
  readonly variablesVersion?: () => number;
}

/**
 * A server's change of role. Roles are variables of the whole server, so all of its databases that have the remote change
 * together: first each is made ready, which may fail and then has changed nothing here; then, without a pause in which anybody
 * could write, each takes its record, the configuration is replaced, and the variables change for all sessions.
 */
import type { ReadyRole, Replication } from './replication/replication.ts';
import { RemoteNotConfiguredError } from './replication/replication-errors.ts';
import type { RoleChange } from './replication/role-change.ts';
import type { Failover } from './sql/session/database.ts';

export interface FailoverScene {
  databases(): Iterable<{ readonly replication: Replication }>;
  /** Sets global variables, and in the configuration for the next start, all of them at once. */
  setVariables(values: ReadonlyMap<string, string>): void;
}

export function serverFailover(scene: FailoverScene): Failover {
  const change = async (
    remote: string,
    role: RoleChange,
    variables: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> => {
    const ready: ReadyRole[] = [];
    try {
      for (const { replication } of scene.databases()) {
        const prepared = await replication.prepareRole(remote, role);
        if (prepared !== undefined) ready.push(prepared);
      }
      if (ready.length === 0) throw new RemoteNotConfiguredError(remote);
      const warnings = ready.flatMap((each) => each.apply());
      scene.setVariables(new Map(Object.entries(variables)));
      return warnings;
    } finally {
      for (const { release } of ready) release();
    }
  };
  const asPrimary = (remote: string) => ({
    dolt_read_replica_remote: '',
    dolt_replicate_heads: '',
    dolt_replicate_all_heads: '0',
    dolt_replicate_to_remote: remote,
  });
  const asReplica = (remote: string) => ({
    dolt_replicate_to_remote: '',
    dolt_read_replica_remote: remote,
    dolt_replicate_heads: '',
    dolt_replicate_all_heads: '1',
  });
  return {
    promote: (remote, { join }) => change(remote, join ? 'join' : 'promote', asPrimary(remote)),
    demote: (remote) => change(remote, 'demote', asReplica(remote)),
  };
}

/** What the replication of all of a server's databases says of the server as a whole. */
import type { Health, Replication } from '../replication/replication.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { ReplicationMetric } from './metrics.ts';

export interface ReplicatedDatabase {
  readonly name: string;
  readonly replication: Replication;
}

/** Well where one database has the role, and all that have it are well. */
async function health(
  databases: Iterable<ReplicatedDatabase>,
  role: RoleStatus['role'],
  ask: (replication: Replication) => Promise<Health | undefined>,
): Promise<Health> {
  const asked = await Promise.all(
    Array.from(databases, async ({ name, replication }) => ({ name, health: await ask(replication) })),
  );
  const having = asked.filter((each) => each.health !== undefined);
  if (having.length === 0) return { isWell: false, reason: `not a ${role}` };
  const ill = having.find((each) => !each.health?.isWell);
  return { isWell: ill === undefined, reason: ill === undefined ? 'ok' : `${ill.name}: ${ill.health?.reason}` };
}

export const primaryHealth = (databases: Iterable<ReplicatedDatabase>): Promise<Health> =>
  health(databases, 'primary', (replication) => replication.primaryHealth());

export const replicaHealth = (databases: Iterable<ReplicatedDatabase>): Promise<Health> =>
  health(databases, 'replica', (replication) => replication.replicaHealth());

/** One for each database and role; of its heads, the one that is furthest behind. */
export function replicationMetrics(databases: Iterable<ReplicatedDatabase>): readonly ReplicationMetric[] {
  return Array.from(databases).flatMap(({ name, replication }) =>
    replication.status().map(({ role, remote, heads, queue, lastSuccess, lastError }) => ({
      ...{ database: name, role, remote, queueLength: queue, lastSuccess, isFailing: lastError !== undefined },
      commitsBehind: highest(heads.map(({ commitsBehind }) => commitsBehind)),
      millisecondsBehind: highest(heads.map(({ millisecondsBehind }) => millisecondsBehind)),
    })),
  );
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

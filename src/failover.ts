/**
 * A server's change of role. Roles are variables of the whole server, so all of its databases that have the remote change
 * together: first each is made ready, which may fail and then has changed nothing here; then, without a pause in which anybody
 * could write, each takes its record, the configuration is replaced, and the variables change for all sessions.
 */

import { DoltError } from './base/errors.ts';
import type { ReadyRole, Replication } from './replication/replication.ts';
import { RemoteNotConfiguredError } from './replication/replication-errors.ts';
import { absoluteRemoteUrl } from './repo/remote-url.ts';
import type { Repository } from './repo/repository.ts';
import { backupNamed } from './repo/upstream.ts';
import type { Failover } from './sql/session/database.ts';

export interface FailoverDatabase {
  readonly name: string;
  readonly repository: Repository;
  readonly replication: Replication;
}

export interface FailoverScene {
  databases(): Iterable<FailoverDatabase>;
  /**
   * Clones databases that a replica of the remote lacks. Throws where the remote cannot be reached; answers which it could
   * not.
   */
  takeAlong(remote: string): Promise<readonly string[]>;
  /** Names of databases at a URL with `{database}` in it that are not here. */
  unknownAt(url: string): readonly string[];
  /** A global variable as text. */
  variable(name: string): string;
  /** Sets global variables, and in the configuration for the next start, all of them at once. */
  setVariables(values: ReadonlyMap<string, string>): void;
}

export function serverFailover(scene: FailoverScene): Failover {
  const change = async (
    remote: string,
    prepare: (database: FailoverDatabase) => Promise<ReadyRole | undefined>,
    variables: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> => {
    const ready: ReadyRole[] = [];
    try {
      for (const database of scene.databases()) {
        const prepared = await prepare(database);
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
    async promote(remote, { join }) {
      const role = join ? 'join' : 'promote';
      const missing = await scene.takeAlong(remote);
      const prepare = ({ replication }: FailoverDatabase) => replication.prepareRole(remote, role);
      return [...missing, ...(await change(remote, prepare, asPrimary(remote)))];
    },
    demote: (remote) =>
      change(remote, ({ replication }) => replication.prepareRole(remote, 'demote'), asReplica(remote)),
    async recover(backup, given) {
      const followed = scene.variable('dolt_read_replica_remote');
      if (followed === '')
        throw new DoltError('invalid', 'only a replica takes over from a backup: this server follows no remote');
      const remote = given ?? followed;
      const having = Array.from(scene.databases()).filter(({ repository }) => repository.state().remotes.has(remote));
      // Read before anything is asked for: one that has no such backup stands in the way of all.
      const urls = new Map(having.map((database) => [database, backupUrl(database, backup)]));
      if (new Set(urls.values()).size < having.length) {
        throw new DoltError(
          'invalid',
          `'${backup}' is one backup for ${having.length} databases; '{database}' in it stands for the name of each`,
        );
      }
      const prepare = async (database: FailoverDatabase) => {
        const url = urls.get(database);
        return url === undefined ? undefined : await database.replication.prepareRecovery(remote, url);
      };
      const missing = backup.includes('{database}') ? scene.unknownAt(backup) : [];
      const warnings = missing.map((name) => {
        const url = backup.replaceAll('{database}', name);
        return `the backup of database '${name}' was not taken over, as it is not here: CALL dolt_backup('restore', '${url}', '${name}')`;
      });
      return [...warnings, ...(await change(remote, prepare, asPrimary(remote)))];
    },
  };
}

/** A backup is given by its name in each database, or by its URL, in which `{database}` is the name of each. */
function backupUrl({ name, repository }: FailoverDatabase, backup: string): string {
  const state = repository.state();
  if (state.backups.has(backup) || !/^[a-z][a-z0-9+.-]*:/i.test(backup)) return backupNamed(state, backup).url;
  return absoluteRemoteUrl(backup.replaceAll('{database}', name), repository.directory);
}

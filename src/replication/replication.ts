/**
 * Replication of one repository: a primary's gate and a replica's pull, driven by the same settings. A session's database
 * has both; which of them does anything is up to the variables.
 */
import { DoltError } from '../base/errors.ts';
import { openRemote } from '../remote/open-remote.ts';
import type { CommitHook } from '../repo/commit-hook.ts';
import type { RefName } from '../repo/refs.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { Repository } from '../repo/repository.ts';
import { complete, type Steps } from '../repo/steps.ts';
import { PreparedRecovery } from './from-backup.ts';
import { Primary } from './primary.ts';
import { Replica } from './replica.ts';
import { RestoredBackupError } from './replication-errors.ts';
import { PreparedRole, type RoleChange } from './role-change.ts';
import type { ReplicationScene } from './scene.ts';
import { isRestored } from './server-id.ts';
import { presentSettings, type ReadVariable, type ReplicationSettings } from './settings.ts';

const plainScene: ReplicationScene = { openRemote, expressions: () => Promise.resolve(undefined), isServer: false };

/** What a session asks of replication besides the gate. */
export interface SessionHook {
  beforeTransaction(): Steps<readonly string[]> | undefined;
  beforeStore(): Steps<void>;
  assertWritable(ref: RefName): void;
}

/** Whether a server may be sent clients, and if not, why. */
export interface Health {
  readonly isWell: boolean;
  readonly reason: string;
}

/** A role that is ready to be taken on. Nothing is changed or pushed here before `release`. */
export interface ReadyRole {
  /** One durable record; answers warnings. */
  apply(): readonly string[];
  release(): void;
}

export class Replication {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  readonly #primary: Primary;
  readonly #replica: Replica;

  constructor(repository: Repository, variables: ReadVariable, scene: Partial<ReplicationScene> = {}) {
    const settings = presentSettings(variables, scene.variablesVersion);
    const whole = { ...plainScene, ...scene };
    this.#repository = repository;
    this.#settings = settings;
    this.#primary = new Primary(repository, settings, whole);
    this.#replica = new Replica(repository, settings, whole);
  }

  /** For changes outside of sessions: throws for a branch or tag that is replicated from elsewhere, or was until a fence. */
  static readOnlyRule(repository: Repository, variables: ReadVariable): (ref: RefName) => void {
    return new Replication(repository, variables).readHook.assertWritable;
  }

  get commitHook(): CommitHook {
    return this.#primary;
  }

  get readHook(): SessionHook {
    const primary = this.#primary;
    const replica = this.#replica;
    return {
      beforeTransaction: () => replica.beforeTransaction(),
      beforeStore: () => primary.beforeWrite(),
      assertWritable: (ref) => {
        replica.assertWritable(ref);
        primary.assertWritable(ref);
      },
    };
  }

  /** Before the first write: finishes what a killed process left. Answers warnings. */
  recover(): Promise<readonly string[]> {
    return this.#primary.recover();
  }

  /** Pushes all of a new repository, as an action: throws where that fails. Answers warnings. */
  publish(): Promise<readonly string[]> {
    return this.#primary.publish();
  }

  /** Before the process ends: waits for what is pushed in the background. Answers warnings. */
  drain(): Promise<readonly string[]> {
    return this.#primary.drain();
  }

  /** Whether this is a primary that nobody has taken over from, as of the last second; undefined where it is no primary. */
  async primaryHealth(): Promise<Health | undefined> {
    if (!this.#primary.isPrimary) return undefined;
    return await health(this.#primary.verify());
  }

  /** Whether this is a replica that can read its remote now; undefined where it is no replica. */
  async replicaHealth(): Promise<Health | undefined> {
    const pull = this.#replica.beforeTransaction();
    if (pull === undefined || this.#replica.status() === undefined) return undefined;
    const read = await health(complete(pull));
    const { lastError } = this.#replica.status() ?? {};
    return lastError === undefined ? read : { isWell: false, reason: lastError };
  }

  /** Throws `FencedError`, and where the remote cannot be asked. */
  verify(): Promise<void> {
    return this.#primary.verify();
  }

  /**
   * Makes ready for another role; undefined where there is no such remote. Throws when that cannot be, and has changed
   * nothing here then.
   */
  async prepareRole(remote: string, change: RoleChange): Promise<ReadyRole | undefined> {
    const target = this.#repository.state().remotes.get(remote);
    if (target === undefined) return undefined;
    const release = await this.#primary.pause();
    try {
      this.#primary.identify();
      const scene = { repository: this.#repository, target, settings: this.#settings() };
      const prepared = await PreparedRole.prepare({ ...scene, remote: this.#primary.remote(target) }, change);
      return { apply: () => prepared.apply(), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Makes ready to be the primary of `remote` with what a backup of the one before holds, which the remote need not answer for;
   * undefined where there is no such remote. Throws when that cannot be, and has changed nothing here then.
   */
  async prepareRecovery(remote: string, backupUrl: string): Promise<ReadyRole | undefined> {
    const repository = this.#repository;
    const { remotes } = repository.state();
    const settings = this.#settings();
    const [target, followed] = [remotes.get(remote), remotes.get(settings.readReplicaRemote)];
    if (target === undefined || followed === undefined) return undefined;
    const resume = await this.#primary.pause();
    const release = (): void => {
      resume();
      this.#primary.claimLater();
    };
    const backup = this.#replica.open(backupUrl);
    try {
      this.#primary.identify();
      if (isRestored(repository)) throw new RestoredBackupError(target.name);
      const prepared = await PreparedRecovery.prepare({ repository, followed, target, backup, settings });
      return { apply: () => prepared.apply(), release };
    } catch (error) {
      resume();
      throw error;
    } finally {
      backup.close();
    }
  }

  /** Of each role that it has. */
  status(): readonly RoleStatus[] {
    return [this.#primary.status(), this.#replica.status()].filter((role) => role !== undefined);
  }

  close(): void {
    this.#primary.close();
    this.#replica.close();
  }
}

async function health(work: Promise<unknown>): Promise<Health> {
  try {
    await work;
    return { isWell: true, reason: 'ok' };
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    return { isWell: false, reason: error.message };
  }
}

/**
 * Replication of one repository: a primary's gate and a replica's pull, driven by the same settings. A session's database
 * has both; which of them does anything is up to the variables.
 */
import { openRemote } from '../remote/open-remote.ts';
import type { CommitHook } from '../repo/commit-hook.ts';
import type { RefName } from '../repo/refs.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { Repository } from '../repo/repository.ts';
import { Primary, type ReplicationScene } from './primary.ts';
import { Replica } from './replica.ts';
import { type ReadVariable, replicationSettings } from './settings.ts';

const plainScene: ReplicationScene = { openRemote, expressions: () => Promise.resolve(undefined) };

export class Replication {
  readonly #primary: Primary;
  readonly #replica: Replica;

  constructor(repository: Repository, variables: ReadVariable, scene: Partial<ReplicationScene> = {}) {
    const settings = () => replicationSettings(variables);
    const whole = { ...plainScene, ...scene };
    this.#primary = new Primary(repository, settings, whole);
    this.#replica = new Replica(repository, settings, whole);
  }

  /** For changes outside of sessions: throws for a branch or tag that is replicated from elsewhere. */
  static readOnlyRule(repository: Repository, variables: ReadVariable): (ref: RefName) => void {
    const replica = new Replica(repository, () => replicationSettings(variables), plainScene);
    return (ref) => replica.assertWritable(ref);
  }

  get commitHook(): CommitHook {
    return this.#primary;
  }

  get readHook(): Replica {
    return this.#replica;
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

  /** Of each role that it has. */
  status(): readonly RoleStatus[] {
    return [this.#primary.status(), this.#replica.status()].filter((role) => role !== undefined);
  }

  close(): void {
    this.#primary.close();
    this.#replica.close();
  }
}

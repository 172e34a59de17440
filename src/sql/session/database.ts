/**
 * The databases that sessions of one engine share: a repository with the hooks that tie it to its remotes. Replication
 * implements the hooks; without it they are absent and everything passes.
 */
import type { CommitHook } from '../../repo/commit-hook.ts';
import type { RefName } from '../../repo/refs.ts';
import type { RoleStatus } from '../../repo/replication-status.ts';
import type { Repository } from '../../repo/repository.ts';
import type { Steps } from '../../repo/steps.ts';

/** What happens before a transaction takes its snapshot: a replica pulls. */
export interface ReadHook {
  /** Gives warnings for SHOW WARNINGS; throws when the read may not go on. Undefined where nothing has to happen. */
  beforeTransaction(): Steps<readonly string[]> | undefined;
  /** Before changes become durable that pass no gate: throws errno 1290's reason where another server took over. */
  beforeStore?(): Steps<void>;
  /** Throws errno 1290's reason when a change of that branch or tag is not allowed here. */
  assertWritable(ref: RefName): void;
}

/** What replication can say about itself. */
export interface ReplicationState {
  status(): readonly RoleStatus[];
}

export interface Database {
  readonly name: string;
  readonly repository: Repository;
  /** The gate of every change of heads, staged roots and tags. */
  readonly commitHook: CommitHook;
  readonly readHook?: ReadHook | undefined;
  readonly replication?: ReplicationState | undefined;
}

/** Changes of a server's role, of all of its databases at once. They answer warnings. */
export interface Failover {
  /** The primary of a remote: of its next epoch, so that others are fenced, or with them (`join`). */
  promote(remote: string, options: { readonly join: boolean }): Promise<readonly string[]>;
  /**
   * From a replica to the primary of the remote that it follows (or of another one), with what a backup of the one before holds,
   * by its name or URL: for when the remote cannot be asked.
   */
  recover(backup: string, remote: string | undefined): Promise<readonly string[]>;
  /** A replica of a remote; what was not pushed is kept on branches of its own. */
  demote(remote: string): Promise<readonly string[]>;
}

/** The databases of an engine, by name (any case). */
export interface DatabaseProvider {
  databases(): readonly Database[];
  database(name: string): Database | undefined;
  /** CREATE DATABASE. Throws when it exists, none can be created here, or it cannot be replicated as it has to be. */
  create(name: string): Steps<Created>;
  /** On a replica, a database that the primary may have created since: cloned; false where there is no telling its remote. */
  follow?(name: string): Steps<boolean>;
  /** DROP DATABASE: it can be taken back. */
  drop(name: string): void;
  /** CALL dolt_undrop: a database that was dropped is there again. Answers warnings. Without a name it throws which there are. */
  undrop?(name: string | undefined): Steps<readonly string[]>;
  /** CALL dolt_purge_dropped_databases: what was dropped is gone for good. */
  purgeDropped?(): void;
  /** The folder that holds the databases, where relative paths of remotes start. */
  readonly directory?: string | undefined;
  /** CALL dolt_clone: a new database from a remote; its URL as a user writes it. Throws as `create` does. */
  clone?(name: string, url: string, options: CloneRequest): Steps<Created>;
  /**
   * CALL dolt_backup('restore'): a database from a backup at a URL as a user writes it, in place of the one of that name if
   * there is one.
   */
  restore?(name: string, url: string, user: string | undefined): Steps<Database>;
}

export interface Created {
  readonly database: Database;
  readonly warnings: readonly string[];
}

export interface CloneRequest {
  readonly remote: string;
  readonly branch: string | undefined;
  readonly singleBranch?: boolean;
  readonly depth?: number | undefined;
  readonly user: string | undefined;
}

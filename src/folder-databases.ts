/** The repositories of a folder as databases, each with its replication, opened when they are first asked for. */
import { abandonTree } from './base/disk.ts';
import { DoltError } from './base/errors.ts';
import { DEFAULT_NODE_CACHE_BYTES } from './prolly/node-store.ts';
import { restoreBackup } from './remote/backup.ts';
import { cloneInto } from './remote/clone.ts';
import { isUnfinishedClone } from './remote/clone-folder.ts';
import { type openRemote, paramsOfUser } from './remote/open-remote.ts';
import { templateDatabases } from './remote/template-databases.ts';
import { Replication } from './replication/replication.ts';
import { remoteOfNewDatabase, replicationSettings } from './replication/settings.ts';
import type { Activity } from './repo/activity.ts';
import { Config } from './repo/config.ts';
import { databaseName } from './repo/database-name.ts';
import { DroppedDatabases, undropConflict } from './repo/dropped-databases.ts';
import { SYSTEM_IDENTITY } from './repo/identity.ts';
import type { MergeExpressions } from './repo/merge/merge-expressions.ts';
import { absoluteRemoteUrl, BACKUP_HOST_KEY, clonedUrl, DEFAULT_HOST_KEY } from './repo/remote-url.ts';
import { newRemote } from './repo/repo-state.ts';
import { type Environment, Repository } from './repo/repository.ts';
import { complete, type Steps, waitFor } from './repo/steps.ts';
import { withRemote } from './repo/upstream.ts';
import type { CloneRequest, Created, Database, DatabaseProvider } from './sql/session/database.ts';

export interface OpenedDatabase extends Database {
  readonly replication: Replication;
}

/** What databases need of the engine over them. */
export interface EngineScene {
  readonly activity: Activity;
  /** A global system variable as text. */
  readonly variable: (name: string) => string;
  /** Goes up with each change of one. */
  readonly variablesVersion: () => number;
  readonly openRemote: typeof openRemote;
  readonly exclusive: boolean;
  readonly isLasting: boolean;
  /** Whether one session alone is at work. */
  readonly isOneAlone: () => boolean;
  readonly mergeExpressions: (database: string) => Promise<MergeExpressions>;
  readonly mayBeEmpty: boolean;
}

/** More than a server collects garbage after (server/auto-gc.ts): what that throws away need not be copied before. */
const SERVER_JOURNAL_BYTES = 160 << 20;

/**
 * Opened nodes that the databases of a lasting process keep, the first ones most: reading a leaf from memory takes a third of the
 * time of finding, checking and decoding its chunk.
 */
const LASTING_CACHE_BYTES = 256 << 20;

export class FolderDatabases implements DatabaseProvider {
  readonly #dropped: DroppedDatabases;
  readonly #environment: Environment;
  readonly #directory: string;
  readonly #scene: EngineScene;
  readonly #open = new Map<string, OpenedDatabase>();
  /** All databases by name, as long as none comes or goes. */
  #all: readonly OpenedDatabase[] | undefined;

  constructor(environment: Environment, directory: string, scene: EngineScene) {
    this.#environment = environment;
    this.#directory = directory;
    this.#scene = scene;
    this.#dropped = new DroppedDatabases(environment, directory);
    if (Repository.isRepository(environment.disk, directory)) {
      this.#openAt(this.#nameOf(directory), directory);
      return;
    }
    Repository.assertNotDamaged(environment.disk, directory);
    // Says how to make one.
    if (!scene.mayBeEmpty && this.#children().length === 0) Repository.open(environment, directory);
  }

  /** The database of the folder itself, until it is dropped. */
  get own(): OpenedDatabase | undefined {
    const database = this.#open.get(this.#nameOf(this.#directory).toLowerCase());
    return database?.repository.directory === this.#directory ? database : undefined;
  }

  opened(): Iterable<OpenedDatabase> {
    return this.#open.values();
  }

  databases(): readonly OpenedDatabase[] {
    if (this.#all !== undefined) return this.#all;
    for (const child of this.#children()) this.database(this.#nameOf(child));
    const all = [...this.#open.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (this.#scene.exclusive) this.#all = all;
    return all;
  }

  database(name: string): Database | undefined {
    const known = this.#open.get(name.toLowerCase());
    if (known) return known;
    const child = this.#children().find((each) => this.#nameOf(each).toLowerCase() === name.toLowerCase());
    return child === undefined ? undefined : this.#openAt(this.#nameOf(child), `${this.#directory}/${child}`);
  }

  *create(name: string): Steps<Created> {
    const directory = this.#newDirectory(name);
    const config = new Config(this.#environment.disk, undefined, this.#environment.homeDirectory);
    const remote = this.#newRemote(name, 'primary');
    try {
      const repository = Repository.init(this.#environment, directory, {
        name: config.get('user.name') ?? SYSTEM_IDENTITY.name,
        email: config.get('user.email') ?? SYSTEM_IDENTITY.email,
        initialBranch: config.get('init.defaultbranch') ?? 'main',
      });
      if (remote) repository.updateState((state) => withRemote(state, newRemote(remote.name, remote.url)));
      repository.close();
    } catch (error) {
      abandonTree(this.#environment.disk, 'create-database:abandon', directory);
      throw error;
    }
    const database = this.#openAt(name, directory);
    return remote ? yield* this.#published(database) : { database, warnings: [] };
  }

  /** A new database on its remote. Where it cannot come there, it is dropped and the error thrown. */
  *#published(database: OpenedDatabase): Steps<Created> {
    try {
      return { database, warnings: yield* waitFor(database.replication.publish()) };
    } catch (error) {
      // What may be on the remote is here as well.
      if (!(error instanceof DoltError) || error.kind !== 'unknown') this.#discard(database);
      throw error;
    }
  }

  *follow(name: string): Steps<boolean> {
    const remote = this.#newRemote(name, 'replica');
    if (!remote) return false;
    yield* this.#cloned(name, remote.url, { remote: remote.name, branch: undefined, user: undefined });
    return true;
  }

  /** Names of databases at a URL with `{database}` in it that are not here. */
  unknownAt(url: string): readonly string[] {
    const names = templateDatabases(this.#environment.disk, absoluteRemoteUrl(url, this.#directory));
    return names?.filter((name) => this.database(name) === undefined) ?? [];
  }

  /**
   * Clones what a replica of `remote` has not met yet. Throws where the remote cannot be reached; answers what it could not
   * take.
   */
  async takeAlong(remote: string): Promise<readonly string[]> {
    const { readReplicaRemote, urlTemplate } = replicationSettings(this.#scene.variable);
    if (this.own !== undefined || readReplicaRemote !== remote || urlTemplate === '') return [];
    const warnings: string[] = [];
    for (const name of this.unknownAt(urlTemplate)) {
      try {
        await complete(this.follow(name));
      } catch (error) {
        if (!(error instanceof DoltError) || error.kind === 'unavailable') throw error;
        warnings.push(
          `database '${name}' of remote '${remote}' is not here, and was not taken along: ${error.message}`,
        );
      }
    }
    return warnings;
  }

  #newRemote(name: string, role: 'primary' | 'replica'): { readonly name: string; readonly url: string } | undefined {
    const remote = remoteOfNewDatabase(replicationSettings(this.#scene.variable), name, role);
    if (remote === undefined) return undefined;
    return { ...remote, url: absoluteRemoteUrl(remote.url, this.#directory, this.#configured(DEFAULT_HOST_KEY)) };
  }

  #discard({ name, repository }: OpenedDatabase): void {
    this.#forget(name);
    this.#environment.disk.removeTree('create-database:abandon', repository.directory);
  }

  drop(name: string): void {
    const database = this.database(name);
    if (!database) throw new DoltError('notFound', `database not found: ${name}`);
    const { chunks, directory } = database.repository;
    // A server of its own may hold it.
    chunks.lock();
    this.#forget(name);
    try {
      this.#dropped.keep(database.name, directory);
    } finally {
      // Where it could not be moved it is still here.
      if (Repository.isRepository(this.#environment.disk, directory)) this.#openAt(database.name, directory);
    }
  }

  *undrop(name: string | undefined): Steps<readonly string[]> {
    if (name === undefined) {
      throw new DoltError('invalid', `no database name specified. ${this.#dropped.available()}`);
    }
    if (this.database(name) !== undefined) throw undropConflict(name);
    const taken = this.#dropped.takeBack(name);
    const { replication } = this.#openAt(taken, `${this.#directory}/${taken}`);
    return yield* waitFor(replication.recover());
  }

  purgeDropped(): void {
    this.#dropped.purge();
  }

  /** As one that is created, it has the remote of the template, beside the one that it comes from. */
  *clone(name: string, given: string, request: CloneRequest): Steps<Created> {
    const url = clonedUrl(given, this.#directory, this.#configured(DEFAULT_HOST_KEY));
    const later = this.#newRemote(name, 'primary');
    const database = yield* this.#cloned(name, url, request);
    if (later === undefined || later.name === request.remote) return { database, warnings: [] };
    database.repository.updateState((state) => withRemote(state, newRemote(later.name, later.url)));
    return yield* this.#published(database);
  }

  *#cloned(name: string, url: string, { remote, user, ...request }: CloneRequest): Steps<OpenedDatabase> {
    const directory = this.#newDirectory(name, true);
    const store = this.#scene.openRemote(this.#environment, url, { user });
    try {
      const repository = yield* waitFor(
        cloneInto(this.#environment, store, url, directory, {
          ...request,
          remoteName: remote,
          params: paramsOfUser(user),
        }),
      );
      repository.close();
    } finally {
      store.close();
    }
    return this.#openAt(name, directory);
  }

  *restore(name: string, url: string, user: string | undefined): Steps<Database> {
    const from = absoluteRemoteUrl(url, this.#directory, this.#configured(BACKUP_HOST_KEY));
    const old = this.database(name);
    if (old !== undefined && old === this.own)
      throw new DoltError('denied', `database '${name}' is the folder itself; it cannot be replaced`);
    const directory = old?.repository.directory ?? this.#newDirectory(name, true);
    const store = this.#scene.openRemote(this.#environment, from, { user });
    try {
      const replacing = old && (() => this.#forget(name));
      yield* waitFor(restoreBackup(this.#environment, store, directory, { replacing }));
    } finally {
      store.close();
    }
    return this.#openAt(name, directory);
  }

  /** What the user, or the folder's own repository, has configured. */
  #configured(key: string): string | undefined {
    const { disk, homeDirectory } = this.#environment;
    return (this.own?.repository.config ?? new Config(disk, undefined, homeDirectory)).get(key);
  }

  #forget(name: string): void {
    this.#open.get(name.toLowerCase())?.replication.close();
    this.database(name)?.repository.close();
    this.#open.delete(name.toLowerCase());
    this.#all = undefined;
  }

  close(): void {
    for (const { replication, repository } of this.#open.values()) {
      replication.close();
      repository.close();
    }
    this.#open.clear();
  }

  /** `mayGoOn`: a clone, or a restore, that stopped there goes on. */
  #newDirectory(name: string, mayGoOn = false): string {
    if (!/^[\w$-][\w$. -]*$/.test(name)) throw new DoltError('invalid', `'${name}' cannot be the name of a database`);
    if (this.database(name)) throw new DoltError('conflict', `can't create database ${name}; database exists`);
    const directory = `${this.#directory}/${name}`;
    const { disk } = this.#environment;
    if (disk.stat(directory) && !(mayGoOn && isUnfinishedClone(disk, directory)))
      throw new DoltError('conflict', `${directory} exists and is no database`);
    return directory;
  }

  #openAt(name: string, directory: string): OpenedDatabase {
    const { exclusive, isLasting, isOneAlone, activity } = this.#scene;
    const sharesSyncs = (): boolean => exclusive && !isOneAlone();
    const journalGrowthBytes = exclusive ? SERVER_JOURNAL_BYTES : undefined;
    const nodeCacheBytes = isLasting
      ? Math.max(DEFAULT_NODE_CACHE_BYTES, LASTING_CACHE_BYTES / (this.#open.size + 1))
      : undefined;
    const options = { sharesSyncs, redoLog: exclusive, activity, journalGrowthBytes, nodeCacheBytes };
    const repository = Repository.open(this.#environment, directory, options);
    if (this.#scene.exclusive) this.#lock(repository);
    const { variable, variablesVersion, openRemote, mergeExpressions } = this.#scene;
    const expressions = (): Promise<MergeExpressions> => mergeExpressions(name);
    const scene = { openRemote, expressions, isServer: this.#scene.exclusive, variablesVersion };
    const replication = new Replication(repository, variable, scene);
    const { commitHook, readHook } = replication;
    const database = { name, repository, commitHook, readHook, replication };
    this.#open.set(name.toLowerCase(), database);
    this.#all = undefined;
    return database;
  }

  #lock(repository: Repository): void {
    try {
      repository.chunks.lock();
    } catch (error) {
      repository.close();
      throw error;
    }
  }

  #nameOf(directory: string): string {
    return databaseName(directory.split('/').filter(Boolean).at(-1) ?? 'dolt', this.#environment);
  }

  /** Names of the folders in this one that are repositories. */
  #children(): readonly string[] {
    const { disk } = this.#environment;
    const names = disk.list(this.#directory) ?? [];
    return names.filter((name) => !name.startsWith('.') && Repository.isRepository(disk, `${this.#directory}/${name}`));
  }
}

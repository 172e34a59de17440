/**
 * Wires the layers together, in one place: the databases of a folder, each a repository with its replication, and the
 * engine over them. The command line and the library open the same thing.
 */

import { abandonTree } from './base/disk.ts';
import { DoltError } from './base/errors.ts';
import { branchControlPath, type ConfigurationPlace, privilegePath } from './configuration-folder.ts';
import { serverFailover } from './failover.ts';
import { DEFAULT_NODE_CACHE_BYTES } from './prolly/node-store.ts';
import { restoreBackup } from './remote/backup.ts';
import { cloneInto } from './remote/clone.ts';
import { isUnfinishedClone } from './remote/clone-folder.ts';
import { openRemote, paramsOfUser } from './remote/open-remote.ts';
import { templateDatabases } from './remote/template-databases.ts';
import { Replication } from './replication/replication.ts';
import { remoteOfNewDatabase, replicationSettings } from './replication/settings.ts';
import { Activity } from './repo/activity.ts';
import { Config } from './repo/config.ts';
import { databaseName } from './repo/database-name.ts';
import { VARIABLE_PREFIX } from './repo/dolt-variables.ts';
import { DroppedDatabases, undropConflict } from './repo/dropped-databases.ts';
import { SYSTEM_IDENTITY } from './repo/identity.ts';
import type { MergeExpressions } from './repo/merge/merge-expressions.ts';
import { absoluteRemoteUrl, BACKUP_HOST_KEY, clonedUrl, DEFAULT_HOST_KEY } from './repo/remote-url.ts';
import { newRemote } from './repo/repo-state.ts';
import { type Environment, Repository } from './repo/repository.ts';
import { complete, type Steps, waitFor } from './repo/steps.ts';
import { withRemote } from './repo/upstream.ts';
import type { AccountBook, AccountSource } from './sql/accounts/account-book.ts';
import type { BranchControl, BranchControlSource } from './sql/accounts/branch-control/branch-control.ts';
import { Engine } from './sql/engine.ts';
import type { CloneRequest, Created, Database, DatabaseProvider } from './sql/session/database.ts';

interface OpenedDatabase extends Database {
  readonly replication: Replication;
}

/** An engine on a folder: the folder's own database, or those of the folders in it. */
export interface OpenedEngine {
  readonly engine: Engine;
  /** The database of the folder itself, which sessions start in; undefined where it is a folder of databases. */
  readonly database: string | undefined;
  /** The databases with their replication. */
  replicated(): readonly { readonly name: string; readonly replication: Replication }[];
  /** Finishes what a killed process left of its replication. Answers what it could not. */
  recover(): Promise<readonly string[]>;
  /** Waits for what is replicated in the background. Answers what could not be. */
  drain(): Promise<readonly string[]>;
  close(): void;
}

export interface OpenEngineOptions {
  /** IANA name of the zone that `SYSTEM` is. */
  readonly systemTimeZone?: string | undefined;
  /** A folder without databases will do: they can be created. */
  readonly mayBeEmpty?: boolean | undefined;
  /** How replication gets at remotes; by their URLs unless told. */
  readonly openRemote?: typeof openRemote | undefined;
  /**
   * Holds the lock of every database from the start, as a server does: nobody else writes them, so nothing has to be
   * looked for before each transaction. Databases that others put into the folder are not seen.
   */
  readonly exclusive?: boolean | undefined;
  /** Runs for long, and so reads the same again: keeps more of it in memory. */
  readonly isLasting?: boolean | undefined;
  /** Where the files of accounts and of branch permissions are, if not in the folder. */
  readonly accounts?: Pick<ConfigurationPlace, 'configDirectory' | 'privilegeFile' | 'branchControlFile'> | undefined;
  /** Those of that file unless told. Called when a statement first asks for accounts. */
  readonly openAccounts?: (() => AccountBook) | undefined;
}

/** Throws `NotARepositoryError` when neither the folder nor one in it is a repository, unless it may be empty. */
export function openEngine(environment: Environment, directory: string, options: OpenEngineOptions = {}): OpenedEngine {
  const activity = new Activity();
  const databases = new FolderDatabases(environment, directory, {
    activity,
    variable: (name) => engine.state.globals.text(name),
    variablesVersion: () => engine.state.globals.version,
    openRemote: options.openRemote ?? openRemote,
    exclusive: options.exclusive ?? false,
    isLasting: options.isLasting ?? false,
    isOneAlone: () => engine.state.turns.isAlone,
    mergeExpressions: (database) => engine.session({ database }).mergeExpressions(),
    mayBeEmpty: options.mayBeEmpty ?? false,
  });
  const config = new Config(
    environment.disk,
    databases.own ? databases.own.repository.doltDirectory : undefined,
    environment.homeDirectory,
  );
  let globals: ReadonlyMap<string, string>;
  try {
    globals = configuredVariables(config);
  } catch (error) {
    databases.close();
    throw error;
  }
  const scope = (): 'local' | 'global' => (databases.own ? 'local' : 'global');
  const engine: Engine = new Engine({
    databases,
    globals,
    clock: environment.clock,
    random: environment.random,
    timers: environment.timers,
    systemTimeZone: options.systemTimeZone,
    accounts: accountSource(options.openAccounts, environment, { directory, ...options.accounts }),
    branchControl: branchControlSource(environment, { directory, ...options.accounts }),
    persist: (name, text) => {
      const key = VARIABLE_PREFIX + name;
      if (text !== undefined) config.set(scope(), new Map([[key, text]]));
      else if (config.get(key, scope()) !== undefined) config.unset(scope(), [key]);
    },
    files: {
      disk: environment.disk,
      directory,
      temporaryDirectory() {
        const database = databases.own ?? databases.databases()[0];
        return database && `${database.repository.doltDirectory}/temptf`;
      },
    },
    activity,
    failover: serverFailover({
      databases: () => databases.databases(),
      takeAlong: (remote) => databases.takeAlong(remote),
      unknownAt: (url) => databases.unknownAt(url),
      variable: (name) => engine.state.globals.text(name),
      setVariables(values) {
        config.set(scope(), new Map(Array.from(values, ([name, text]) => [VARIABLE_PREFIX + name, text])));
        for (const [name, text] of values) engine.setGlobal(name, text);
      },
    }),
  });
  for (const name of engine.unknownGlobals) {
    environment.logger.warn(`the configuration sets ${VARIABLE_PREFIX}${name}, which is no system variable`);
  }
  const each = async (
    opened: Iterable<OpenedDatabase>,
    act: (replication: Replication) => Promise<readonly string[]>,
  ): Promise<readonly string[]> => {
    const warnings: string[] = [];
    for (const { replication } of opened) warnings.push(...(await act(replication)));
    return warnings;
  };
  return {
    engine,
    database: databases.own?.name,
    replicated: () => databases.databases(),
    recover: () => each(databases.databases(), (replication) => replication.recover()),
    drain: () => each(databases.opened(), (replication) => replication.drain()),
    close: () => databases.close(),
  };
}

function configuredVariables(config: Config): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of config.entries()) {
    if (key.startsWith(VARIABLE_PREFIX)) values.set(key.slice(VARIABLE_PREFIX.length), value);
  }
  return values;
}

/** Most commands never ask for accounts: neither the file nor what reads it is touched before. */
function accountSource(
  open: OpenEngineOptions['openAccounts'],
  environment: Environment,
  place: ConfigurationPlace,
): AccountSource {
  let book: AccountBook | undefined;
  return {
    get book() {
      return book;
    },
    async open() {
      if (open !== undefined) book ??= open();
      if (book !== undefined) return book;
      const { openAccounts } = await import('./open-accounts.ts');
      book ??= openAccounts(environment, privilegePath(environment.disk, place)).book;
      return book;
    },
  };
}

/** As with accounts. */
function branchControlSource(environment: Environment, place: ConfigurationPlace): BranchControlSource {
  let current: BranchControl | undefined;
  return {
    get current() {
      return current;
    },
    async open() {
      if (current !== undefined) return current;
      const { openBranchControl } = await import('./open-branch-control.ts');
      current ??= openBranchControl(environment, branchControlPath(environment.disk, place));
      return current;
    },
  };
}

/** What databases need of the engine over them. */
interface EngineScene {
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

/** The repositories of a folder as databases, opened when they are first asked for. */
class FolderDatabases implements DatabaseProvider {
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

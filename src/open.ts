/**
 * Wires the layers together, in one place: the databases of a folder (folder-databases.ts) and the engine over them. The command
 * line and the library open the same thing.
 */

import { branchControlPath, type ConfigurationPlace, privilegePath } from './configuration-folder.ts';
import { serverFailover } from './failover.ts';
import { FolderDatabases, type OpenedDatabase } from './folder-databases.ts';
import { openRemote } from './remote/open-remote.ts';
import type { Replication } from './replication/replication.ts';
import { Activity } from './repo/activity.ts';
import { Config } from './repo/config.ts';
import { VARIABLE_PREFIX } from './repo/dolt-variables.ts';
import type { Environment } from './repo/repository.ts';
import type { AccountBook, AccountSource } from './sql/accounts/account-book.ts';
import type { BranchControl, BranchControlSource } from './sql/accounts/branch-control/branch-control.ts';
import { Engine } from './sql/engine.ts';

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

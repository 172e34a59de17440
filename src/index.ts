/**
 * The library: a repository in a folder, with SQL, commits, push and pull. It is what the command line uses, with the
 * process's own disk and clock.
 *
 *     import { clone, open } from 'dolt-ts';
 *
 *     const database = await open('shop');
 *     const { rows } = await database.query('select name from items where price < ?', [5]);
 *     await database.commit('Cheaper pens');
 *     await database.push('origin');
 *     await database.close();
 *
 * Everything that goes wrong is a `DoltError` whose `kind` names the remedy; those of SQL are `SqlError`s with MySQL's
 * errno and SQLSTATE. One process writes a repository at a time, from its first write until it closes; within the
 * process, any number of sessions (`Database.session`) work side by side.
 */
import { resolve } from 'node:path';
import { Database } from './database.ts';
import { type OpenedEngine, openEngine } from './open.ts';
import { realEnvironment } from './real-environment.ts';
import { NotARepositoryError } from './repo/repo-errors.ts';
import { type Environment, Repository } from './repo/repository.ts';
import { complete } from './repo/steps.ts';
import { RecentStatements } from './sql/session/recent-statements.ts';
import { clone as cloneVerb } from './verbs/clone.ts';

export { DiskError } from './base/disk.ts';
export { DoltError, type ErrorKind } from './base/errors.ts';
export { Database, type QueryResult, type Row } from './database.ts';
export type { Field, JsonField, Parameter } from './library-values.ts';
export {
  BlockedByTablesError,
  BranchNotFoundError,
  NotARepositoryError,
  NothingToCommitError,
} from './repo/repo-errors.ts';
export { SqlError } from './sql/types/sql-error.ts';

export interface OpenOptions {
  /** The branch to work on; the repository's current one unless told. */
  readonly branch?: string;
  /**
   * Told of what went well but not as it should: a torn write that was left out, a replication that waits for its remote.
   * `process.emitWarning` unless told.
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * Opens the repository in `directory`, or the databases of the folders in it. Throws `NotARepositoryError`; a `DoltError`
 * of kind `corrupt` when its files are damaged, of kind `notFound` when the branch does not exist; and, at the first
 * write while another process writes it, of kind `unavailable`, which names that process.
 */
export async function open(directory: string, options: OpenOptions = {}): Promise<Database> {
  const { branch, onWarning = emitWarning } = options;
  const path = resolve(directory);
  const opened = openEngineIn(path, environmentWith(onWarning));
  try {
    for (const warning of await opened.recover()) onWarning(warning);
    const database = new Database({ opened, statements: new RecentStatements(), sessions: 0, onWarning }, branch);
    // The branch is looked up with the first statement.
    if (branch !== undefined) await database.query('select active_branch()');
    return database;
  } catch (error) {
    opened.close();
    throw error;
  }
}

const emitWarning = (message: string): void => process.emitWarning(message, 'DoltWarning');

const environmentWith = (warn: (message: string) => void): Environment => realEnvironment({ warn, info() {} });

function openEngineIn(path: string, environment: Environment): OpenedEngine {
  try {
    return openEngine(environment, path, { isLasting: true });
  } catch (error) {
    if (error instanceof NotARepositoryError) throw new NotARepositoryError(path, `The folder is ${path}.`);
    throw error;
  }
}

export interface InitOptions {
  /** Who signs commits; kept in the repository's configuration. */
  readonly name: string;
  readonly email: string;
  /** `main` unless told. */
  readonly branch?: string;
}

/**
 * Makes an empty repository of `directory`, which is made when it is not there, and opens it. Throws a `DoltError` of
 * kind `conflict` when it is one already.
 */
export async function init(directory: string, { name, email, branch = 'main' }: InitOptions): Promise<Database> {
  const environment = environmentWith(emitWarning);
  const path = resolve(directory);
  environment.disk.makeDirectory('init:directory', path);
  const repository = Repository.init(environment, path, { name, email, initialBranch: branch });
  repository.config.set(
    'local',
    new Map([
      ['user.name', name],
      ['user.email', email],
    ]),
  );
  repository.close();
  return await open(path);
}

export interface CloneOptions {
  readonly branch?: string;
}

/**
 * Clones the remote at `url` (`file:///…`) into `directory`, which is made, and opens it. A clone that fails leaves
 * nothing. Throws a `DoltError` of kind `conflict` when there is a repository already, of kind `notFound` when the remote
 * has no data or not that branch, of kind `unavailable` when it cannot be reached, of kind `corrupt` when it is damaged.
 */
export async function clone(url: string, directory: string, options: CloneOptions = {}): Promise<Database> {
  const announcer = { warn() {}, progress() {} };
  const args = [url, resolve(directory), ...(options.branch === undefined ? [] : ['--branch', options.branch])];
  await complete(
    cloneVerb.run({ environment: environmentWith(emitWarning), directory: process.cwd(), announcer }, args),
  );
  return await open(directory);
}

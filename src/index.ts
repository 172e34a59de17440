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
import { DoltError } from './base/errors.ts';
import { type OpenedEngine, openEngine } from './open.ts';
import { realEnvironment } from './real-environment.ts';
import { NotARepositoryError } from './repo/repo-errors.ts';
import { type Environment, Repository } from './repo/repository.ts';
import { complete } from './repo/steps.ts';
import type { Session } from './sql/engine.ts';
import type { TypedValue } from './sql/expressions/session-view.ts';
import type { RowsResult } from './sql/session/statement-result.ts';
import { type ParsedStatement, ScriptReader } from './sql/syntax/parse.ts';
import { formatterFor } from './sql/types/format.ts';
import { SqlError } from './sql/types/sql-error.ts';
import { BIGINT, DOUBLE, LONGBLOB, NULL_TYPE, type SqlType, TINYINT_1, varchar } from './sql/types/sql-type.ts';
import type { Value } from './tuple/value.ts';
import { clone as cloneVerb } from './verbs/clone.ts';

export { DiskError } from './base/disk.ts';
export { DoltError, type ErrorKind } from './base/errors.ts';
export {
  BlockedByTablesError,
  BranchNotFoundError,
  NotARepositoryError,
  NothingToCommitError,
} from './repo/repo-errors.ts';
export { SqlError } from './sql/types/sql-error.ts';

/** What a `?` takes. A Date is stored as its UTC date and time. */
export type Parameter = null | boolean | number | bigint | string | Date | Uint8Array;

/**
 * What a row holds: integers as number (bigint beyond 2^53), FLOAT and DOUBLE as number, DECIMAL, dates, times and text
 * as string, JSON as its parsed value, binary as Uint8Array.
 */
export type Field = null | number | bigint | string | Uint8Array | JsonField;
export type JsonField = boolean | number | string | null | readonly JsonField[] | { readonly [key: string]: JsonField };

export interface QueryResult {
  /** Names of the columns, in order; empty for a statement without rows. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Rows that INSERT, UPDATE, DELETE or REPLACE changed. */
  readonly affectedRows: number;
  /** The first AUTO_INCREMENT value made; 0 without one. */
  readonly insertId: number | bigint;
  readonly warnings: readonly { readonly code: number; readonly message: string }[];
}

/** One row, by column name. Of columns with one name, the last is here; name them apart with AS. */
export type Row = Readonly<Record<string, Field>>;

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
    const database = new Database({ opened, sessions: 0, onWarning }, branch);
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
    return openEngine(environment, path);
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

/** An engine and the sessions on it; the last one to be closed closes it. */
interface Shared {
  readonly opened: OpenedEngine;
  readonly onWarning: (message: string) => void;
  sessions: number;
}

/**
 * One session on a repository, with its own branch, transaction and variables. Statements run one at a time, in the
 * order they are given, awaited or not.
 */
export class Database {
  readonly #shared: Shared;
  readonly #session: Session;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #streams = 0;

  /** Use `open`, `clone` or `init`. */
  constructor(shared: Shared, branch: string | undefined) {
    const { engine, database } = shared.opened;
    this.#shared = shared;
    this.#session = engine.session({ database: branch === undefined ? database : `${database}/${branch}` });
    shared.sessions++;
  }

  /** The branch that statements work on. */
  get branch(): string | undefined {
    this.#assertOpen();
    return this.#session.branch;
  }

  /**
   * Another session on the same repository, on this one's branch unless told: for work that goes on at the same time. To
   * be closed as well.
   */
  session(branch = this.branch): Database {
    this.#assertOpen();
    return new Database(this.#shared, branch);
  }

  /**
   * Runs `sql`, which may be several statements, and gives the result of the last one. Each `?` takes the next one of
   * `parameters`. Throws a `SqlError` with MySQL's errno and SQLSTATE; a statement that fails changes nothing, those
   * before it stand.
   */
  async query(sql: string, parameters: readonly Parameter[] = []): Promise<QueryResult> {
    this.#assertOpen();
    if (this.#streams > 0) {
      throw new DoltError('invalid', 'rows() is still being read; end its loop first, or use another session()');
    }
    const run = this.#last.then(() => this.#query(sql, parameters.map(typedParameter)));
    this.#last = run.catch(() => {});
    return await run;
  }

  /**
   * The rows of `sql`, one after the other, without holding them all: for results that are larger than memory should be.
   * Until the loop ends, this session does nothing else.
   */
  async *rows(sql: string, parameters: readonly Parameter[] = []): AsyncGenerator<Row, void> {
    this.#assertOpen();
    const typed = parameters.map(typedParameter);
    const before = this.#last;
    let ended = (): void => {};
    this.#last = new Promise<void>((resolve) => {
      ended = resolve;
    });
    this.#streams++;
    try {
      await before;
      for await (const { result } of this.#execute(sql, typed)) {
        if (result.kind !== 'rows') continue;
        for await (const rows of this.#batches(result)) yield* rows;
      }
    } finally {
      this.#streams--;
      ended();
    }
  }

  /**
   * Runs `work` in a transaction of a session of its own, which it is given: commits when it has ended, rolls back when it
   * throws. The commit throws when another one changed the same cells meanwhile (errno 1213): run it again then.
   */
  async transaction<T>(work: (session: Database) => Promise<T>): Promise<T> {
    const session = this.session();
    try {
      await session.query('start transaction');
      const result = await work(session);
      await session.query('commit');
      return result;
    } finally {
      await session.close();
    }
  }

  /**
   * Commits all changed tables, new ones too; answers the commit's address. Replicates where that is configured. Throws
   * `NothingToCommitError`.
   */
  async commit(message: string): Promise<string> {
    const { rows } = await this.query("call dolt_commit('-Am', ?)", [message]);
    return String(rows[0]?.['hash']);
  }

  /** Pushes the current branch. Throws a `DoltError` of kind `conflict` when the remote has commits that are not here. */
  async push(remote = 'origin', branch = this.branch ?? 'main'): Promise<void> {
    await this.query('call dolt_push(?, ?)', [remote, branch]);
  }

  /** Fetches a branch and merges it into the current one. Throws a `DoltError` of kind `conflict`, and then changes nothing. */
  async pull(remote = 'origin', branch = this.branch ?? 'main'): Promise<void> {
    await this.query('call dolt_pull(?, ?)', [remote, branch]);
  }

  /**
   * Waits for running statements, and, with the last session, for what is replicated in the background; then lets go of
   * the repository. An open transaction is rolled back. Every later call but `close` throws.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#last;
    await this.#session.close();
    const { opened, onWarning } = this.#shared;
    if (--this.#shared.sessions > 0) return;
    try {
      for (const warning of await opened.drain()) onWarning(warning);
    } finally {
      opened.close();
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw new DoltError('invalid', 'the database is closed');
  }

  async #query(sql: string, parameters: readonly TypedValue[]): Promise<QueryResult> {
    let last: QueryResult = { columns: [], rows: [], affectedRows: 0, insertId: 0, warnings: [] };
    for await (const { result, warnings } of this.#execute(sql, parameters)) {
      if (result.kind === 'ok') {
        const { affectedRows, insertId } = result;
        last = { columns: [], rows: [], affectedRows, insertId, warnings: warnings() };
        continue;
      }
      const rows: Row[] = [];
      for await (const batch of this.#batches(result)) for (const row of batch) rows.push(row);
      const columns = result.columns.map(({ name }) => name);
      last = { columns, rows, affectedRows: 0, insertId: 0, warnings: warnings() };
    }
    return last;
  }

  /** With parameters, the statements are counted first: each takes its own, and all must be taken. */
  async *#execute(sql: string, parameters: readonly TypedValue[]) {
    if (parameters.length === 0) {
      yield* this.#session.execute(sql);
      return;
    }
    const statements = statementsOf(sql);
    const wanted = statements.reduce((sum, { parameters: count }) => sum + count, 0);
    if (wanted !== parameters.length) {
      throw new SqlError(
        1210,
        'HY000',
        `the statement has ${wanted} ?, and ${parameters.length} parameters were given`,
      );
    }
    let taken = 0;
    for (const { text, parameters: count } of statements) {
      yield* this.#session.execute(text, parameters.slice(taken, taken + count));
      taken += count;
    }
  }

  async *#batches(result: RowsResult): AsyncGenerator<readonly Row[], void> {
    const fields = result.columns.map(({ type }) => fieldOf(type));
    const names = result.columns.map(({ name }) => name);
    for await (const { length, columns } of this.#session.batches(result)) {
      const rows: Row[] = [];
      for (let i = 0; i < length; i++) {
        const row: Record<string, Field> = {};
        for (let c = 0; c < names.length; c++) row[names[c]!] = fields[c]!(columns[c]![i]!);
        rows.push(row);
      }
      yield rows;
    }
  }
}

function statementsOf(sql: string): ParsedStatement[] {
  const reader = new ScriptReader(sql);
  const statements: ParsedStatement[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) statements.push(next);
  return statements;
}

function typedParameter(value: Parameter, index: number): TypedValue {
  const refuse = (what: string): DoltError =>
    new DoltError(
      'invalid',
      `parameter ${index + 1} is ${what}; it may be null, a boolean, number, bigint, string, Date or Uint8Array`,
    );
  if (value === null) return { type: NULL_TYPE, value };
  switch (typeof value) {
    case 'boolean':
      return { type: TINYINT_1, value: value ? 1 : 0 };
    case 'number':
      if (!Number.isFinite(value)) throw refuse(String(value));
      return { type: Number.isSafeInteger(value) ? BIGINT : DOUBLE, value };
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value) {
        throw refuse('an integer of more than 64 bits');
      }
      return { type: BIGINT, value: BigInt.asIntN(53, value) === value ? Number(value) : value };
    case 'string':
      return { type: varchar(value.length), value };
  }
  if (value instanceof Uint8Array) return { type: LONGBLOB, value };
  if (!(value instanceof Date)) throw refuse(value === undefined ? 'undefined' : `of type ${typeof value}`);
  if (Number.isNaN(value.getTime())) throw refuse('an invalid Date');
  const text = value.toISOString().replace('T', ' ').replace('Z', '');
  return { type: varchar(text.length), value: text };
}

function fieldOf(type: SqlType): (value: Value) => Field {
  switch (type.kind) {
    case 'float': {
      // 1.1 is the shortest of the numbers that a FLOAT stores as it stores 1.1.
      const format = formatterFor(type);
      return (value) => (value === null ? null : Number(format(value)));
    }
    case 'integer':
    case 'double':
    case 'year':
    case 'bit':
    case 'char':
    case 'varchar':
    case 'text':
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
    case 'null':
      return (value) => value;
    case 'json':
      return (value) => (value === null ? null : (JSON.parse(String(value)) as JsonField));
    default: {
      const format = formatterFor(type);
      return (value) => (value === null ? null : format(value));
    }
  }
}

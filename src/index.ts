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
 */
import { resolve } from 'node:path';
import { silentLogger } from './base/environment.ts';
import { type OpenedEngine, openEngine } from './open.ts';
import { realEnvironment } from './real-environment.ts';
import { Repository } from './repo/repository.ts';
import { complete } from './repo/steps.ts';
import type { Session } from './sql/engine.ts';
import type { TypedValue } from './sql/expressions/session-view.ts';
import { formatterFor } from './sql/types/format.ts';
import { BIGINT, DOUBLE, LONGBLOB, NULL_TYPE, type SqlType, TINYINT_1, varchar } from './sql/types/sql-type.ts';
import type { Value } from './tuple/value.ts';
import { clone as cloneVerb } from './verbs/clone.ts';

export { DoltError, type ErrorKind } from './base/errors.ts';
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
  /** By column name. */
  readonly rows: readonly Readonly<Record<string, Field>>[];
  /** Rows that INSERT, UPDATE, DELETE or REPLACE changed. */
  readonly affectedRows: number;
  /** The first AUTO_INCREMENT value made; 0 without one. */
  readonly insertId: number | bigint;
  readonly warnings: readonly { readonly code: number; readonly message: string }[];
}

export interface OpenOptions {
  /** The branch to work on; the repository's current one unless told. */
  readonly branch?: string;
}

/**
 * Opens the repository in `directory`. Throws a `DoltError` of kind `notFound` when there is none, of kind `unavailable`,
 * naming the holder, at the first write while another process writes it.
 */
export async function open(directory: string, options: OpenOptions = {}): Promise<Database> {
  const path = resolve(directory);
  const opened = openEngine(realEnvironment(silentLogger), path);
  await opened.recover();
  const name = options.branch === undefined ? opened.database : `${opened.database}/${options.branch}`;
  return new Database(opened, opened.engine.session({ database: name }));
}

export interface InitOptions {
  /** Who signs commits; kept in the repository's configuration. */
  readonly name: string;
  readonly email: string;
  /** `main` unless told. */
  readonly branch?: string;
}

/** Makes an empty repository of `directory`, which is made when it is not there, and opens it. */
export async function init(directory: string, { name, email, branch = 'main' }: InitOptions): Promise<Database> {
  const environment = realEnvironment(silentLogger);
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

/** Clones the remote at `url` into `directory`, which is made, and opens it. */
export async function clone(url: string, directory: string, options: CloneOptions = {}): Promise<Database> {
  const announcer = { warn() {}, progress() {} };
  const args = [url, resolve(directory), ...(options.branch === undefined ? [] : ['--branch', options.branch])];
  await complete(
    cloneVerb.run({ environment: realEnvironment(silentLogger), directory: process.cwd(), announcer }, args),
  );
  return await open(directory);
}

/** One session on a repository. Statements run one at a time, in the order they are given. */
export class Database {
  readonly #opened: OpenedEngine;
  readonly #session: Session;
  #last: Promise<unknown> = Promise.resolve();

  /** Use `open` or `clone`. */
  constructor(opened: OpenedEngine, session: Session) {
    this.#opened = opened;
    this.#session = session;
  }

  /** The branch that statements work on. */
  get branch(): string | undefined {
    return this.#session.branch;
  }

  /**
   * Runs `sql`, which may be several statements, and gives the result of the last one. `?` take `parameters` in order.
   * Throws a `SqlError` with MySQL's errno and SQLSTATE; a statement that fails changes nothing.
   */
  query(sql: string, parameters: readonly Parameter[] = []): Promise<QueryResult> {
    const run = this.#last.then(() => this.#query(sql, parameters.map(typedParameter)));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Commits all changed tables, new ones too; answers the commit's address. Replicates where that is configured. */
  async commit(message: string): Promise<string> {
    const { rows } = await this.query("call dolt_commit('-Am', ?)", [message]);
    return String(rows[0]?.['hash']);
  }

  /** Pushes the current branch. */
  async push(remote = 'origin', branch = this.branch ?? 'main'): Promise<void> {
    await this.query('call dolt_push(?, ?)', [remote, branch]);
  }

  /** Fetches a branch and merges it into the current one. */
  async pull(remote = 'origin', branch = this.branch ?? 'main'): Promise<void> {
    await this.query('call dolt_pull(?, ?)', [remote, branch]);
  }

  /** Waits for running statements and for what is replicated in the background, then lets go of the repository. */
  async close(): Promise<void> {
    await this.#last;
    await this.#session.close();
    await this.#opened.drain();
    this.#opened.close();
  }

  async #query(sql: string, parameters: readonly TypedValue[]): Promise<QueryResult> {
    let last: QueryResult = { columns: [], rows: [], affectedRows: 0, insertId: 0, warnings: [] };
    for await (const { result, warnings } of this.#session.execute(sql, parameters)) {
      if (result.kind === 'ok') {
        const { affectedRows, insertId } = result;
        last = { columns: [], rows: [], affectedRows, insertId, warnings: warnings() };
        continue;
      }
      const fields = result.columns.map(({ type }) => fieldOf(type));
      const names = result.columns.map(({ name }) => name);
      const rows: Record<string, Field>[] = [];
      for await (const { length, columns } of this.#session.batches(result)) {
        for (let i = 0; i < length; i++) {
          const row: Record<string, Field> = {};
          for (let c = 0; c < names.length; c++) row[names[c]!] = fields[c]!(columns[c]![i]!);
          rows.push(row);
        }
      }
      last = { columns: names, rows, affectedRows: 0, insertId: 0, warnings: warnings() };
    }
    return last;
  }
}

function typedParameter(value: Parameter): TypedValue {
  if (value === null) return { type: NULL_TYPE, value };
  switch (typeof value) {
    case 'boolean':
      return { type: TINYINT_1, value: value ? 1 : 0 };
    case 'number':
      return { type: Number.isSafeInteger(value) ? BIGINT : DOUBLE, value };
    case 'bigint':
      return { type: BIGINT, value: BigInt.asIntN(53, value) === value ? Number(value) : value };
    case 'string':
      return { type: varchar(value.length), value };
    default:
      if (value instanceof Date) {
        const text = value.toISOString().replace('T', ' ').replace('Z', '');
        return { type: varchar(text.length), value: text };
      }
      return { type: LONGBLOB, value };
  }
}

function fieldOf(type: SqlType): (value: Value) => Field {
  switch (type.kind) {
    case 'integer':
    case 'float':
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

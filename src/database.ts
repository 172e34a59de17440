/** A session of the library: statements, rows, transactions, and the verbs of versioning. */
import { DoltError } from './base/errors.ts';
import { type Field, fieldOf, type Parameter, typedParameter } from './library-values.ts';
import type { OpenedEngine } from './open.ts';
import type { Session } from './sql/engine-session.ts';
import type { TypedValue } from './sql/expressions/session-view.ts';
import type { ReadStatement, RecentStatements } from './sql/session/recent-statements.ts';
import type { RowsResult } from './sql/session/statement-result.ts';
import { SqlError } from './sql/types/sql-error.ts';

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

/** An engine and the sessions on it; the last one to be closed closes it. */
export interface Shared {
  readonly opened: OpenedEngine;
  /** Their plans are kept: a text that is run again is not planned again. */
  readonly statements: RecentStatements;
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
    const session = this.#session;
    const sqlMode = session.state.variables.text('sql_mode');
    const statements = this.#shared.statements.read(sql, sqlMode, (reader) => session.parse(reader));
    let taken = 0;
    for (const { parsed } of parameters.length === 0 ? statements : allFor(statements, parameters.length)) {
      yield* session.results(parsed, parameters.slice(taken, taken + parsed.parameters));
      taken += parsed.parameters;
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

/** All of them, which take so many parameters. */
function allFor(statements: Iterable<ReadStatement>, given: number): readonly ReadStatement[] {
  const all = [...statements];
  const wanted = all.reduce((sum, { parsed }) => sum + parsed.parameters, 0);
  if (wanted === given) return all;
  throw new SqlError(1210, 'HY000', `the statement has ${wanted} ?, and ${given} parameters were given`);
}

/**
 * The life of a statement: parse → bind → optimize → execute, in a session. The engine owns what sessions share
 * (databases, global variables); a session runs one statement at a time.
 */
import { AssertionError } from '../base/errors.ts';
import type { Value } from '../tuple/value.ts';
import type { SqlWarning, TypedValue } from './expressions/session-view.ts';
import type { DatabaseProvider } from './session/database.ts';
import type { StatementResult } from './session/statement-result.ts';

export interface EngineOptions {
  readonly databases: DatabaseProvider;
  /** Values of `sqlserver.global.*`: system variables at start. */
  readonly globals: ReadonlyMap<string, string>;
}

export interface SessionOptions {
  /** Selected at first: `db` or `db/branch`. */
  readonly database?: string | undefined;
  /** `user@host` as the client gave it. */
  readonly user?: string | undefined;
  /** Cancels the running statement. */
  readonly signal?: AbortSignal | undefined;
}

/** One statement of a text, with its result. */
export interface ExecutedStatement {
  /** The statement's own text, without its delimiter. */
  readonly text: string;
  readonly result: StatementResult;
  /** Read them after the rows. */
  warnings(): readonly SqlWarning[];
}

export interface Session {
  /**
   * Runs the statements of a text one after the other, when the iterator asks for the next. Rows of a result that were
   * not read are skipped. Throws what the failing statement throws; those before it stand. `?` take `parameters`.
   */
  execute(sql: string, parameters?: readonly TypedValue[]): AsyncGenerator<ExecutedStatement, void>;
  /** Values of the first statement with rows (a convenience for tests and the library). */
  query(sql: string, parameters?: readonly TypedValue[]): Promise<{ columns: readonly string[]; rows: Value[][] }>;
  /** The selected database as `database()` prints it; null when none is. */
  readonly database: string | null;
  /** The branch the session is on; undefined without a database or on a commit. */
  readonly branch: string | undefined;
  /** Rolls back what is open and drops temporary tables. */
  close(): Promise<void>;
}

export class Engine {
  constructor(_options: EngineOptions) {
    throw new AssertionError('not built');
  }

  session(_options?: SessionOptions): Session {
    throw new AssertionError('not built');
  }
}

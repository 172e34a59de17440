/**
 * Scripts, statement by statement, on whatever runs one statement: the engine here, or a server at the other end of a
 * connection.
 */
import type { Value } from '../tuple/value.ts';
import { isWait } from './execute/operator.ts';
import type { Batch } from './expressions/batch.ts';
import type { SqlWarning, TypedValue } from './expressions/session-view.ts';
import type { RowsResult, StatementResult } from './session/statement-result.ts';
import type { Statement } from './syntax/ast/statement.ts';
import { type ParsedStatement, ScriptReader } from './syntax/parse.ts';

/** One statement of a text, with its result. */
export interface ExecutedStatement {
  /** The statement's own text, without its delimiter. */
  readonly text: string;
  readonly statement: Statement;
  readonly result: StatementResult;
  /** Results that follow, to be read after the rows. */
  readonly more?: Iterable<StatementResult> | AsyncIterable<StatementResult> | undefined;
  /** Read them after the rows. */
  warnings(): readonly SqlWarning[];
}

export abstract class ScriptSession {
  /** The statement that runs, or the last that ran: what an error is about. */
  running: ParsedStatement | undefined;

  /** The selected database as `database()` prints it; null when none is. */
  abstract get database(): string | null;
  /** The branch the session is on; undefined without a database or on a commit. */
  abstract get branch(): string | undefined;
  /** Whether the branch has changes that are in no commit. */
  abstract isChanged(): Promise<boolean>;
  /** Both are looked at after each statement: a session elsewhere asks for them from now on. */
  async trackPlace(): Promise<void> {}

  /** The next statement of a text, read in the session's sql_mode; undefined at its end. Throws SqlSyntaxError. */
  abstract parse(reader: ScriptReader): ParsedStatement | undefined;
  /** Runs one statement. Its rows are read to their end before the next one runs. */
  abstract run(parsed: ParsedStatement, parameters?: readonly TypedValue[]): Promise<ExecutedStatement>;
  /** The running statement ends with errno 1317 as soon as it looks; without one nothing happens. */
  abstract interrupt(): void;
  abstract close(): Promise<void>;

  /**
   * Runs the statements of a text one after the other, when the iterator asks for the next. Rows of a result that were
   * not read are skipped. Throws what the failing statement throws; those before it stand. With `onError` it is told
   * instead, and those after it run. `?` take `parameters`.
   */
  async *execute(
    sql: string,
    parameters: readonly TypedValue[] = [],
    onError?: (error: unknown) => void,
  ): AsyncGenerator<ExecutedStatement, void> {
    const reader = new ScriptReader(sql);
    for (;;) {
      let executed: ExecutedStatement;
      try {
        const parsed = this.parse(reader);
        if (parsed === undefined) return;
        executed = await this.run(parsed, parameters);
      } catch (error) {
        if (!onError) throw error;
        onError(error);
        continue;
      }
      yield* resultsOf(executed);
    }
  }

  /** Runs one statement; what it gives, and what a CALL gives one after the other. Rows that were not read are skipped. */
  async *results(parsed: ParsedStatement, parameters?: readonly TypedValue[]): AsyncGenerator<ExecutedStatement, void> {
    yield* resultsOf(await this.run(parsed, parameters));
  }

  /** All rows of one result; drives the waits. */
  async *batches(result: RowsResult): AsyncGenerator<Batch, void> {
    for (const item of result.rows) {
      if (isWait(item)) await item.until;
      else yield item;
    }
  }

  /** Columns and rows of the last statement of a text that has rows. */
  async query(
    sql: string,
    parameters: readonly TypedValue[] = [],
  ): Promise<{ columns: readonly string[]; rows: Value[][] }> {
    let last: { columns: readonly string[]; rows: Value[][] } = { columns: [], rows: [] };
    for await (const { result } of this.execute(sql, parameters)) {
      if (result.kind !== 'rows') continue;
      const rows: Value[][] = [];
      for await (const { length, columns } of this.batches(result)) {
        for (let i = 0; i < length; i++) rows.push(columns.map((column) => column[i]!));
      }
      last = { columns: result.columns.map(({ name }) => name), rows };
    }
    return last;
  }
}

async function* resultsOf({ more, ...first }: ExecutedStatement): AsyncGenerator<ExecutedStatement, void> {
  yield first;
  if (first.result.kind === 'rows') await skip(first.result);
  for await (const result of more ?? []) {
    yield { ...first, result };
    if (result.kind === 'rows') await skip(result);
  }
}

async function skip(result: RowsResult): Promise<void> {
  for (const item of result.rows) if (isWait(item)) await item.until;
}

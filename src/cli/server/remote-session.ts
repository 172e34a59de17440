/**
 * A SQL session at the other end of a connection. Scripts are taken apart here, as a session in this process would, so
 * that an error names its statement and its line; each statement is sent as it was written.
 */
import { DoltError } from '../../base/errors.ts';
import type { Wait } from '../../repo/steps.ts';
import { BATCH_SIZE, type Batch } from '../../sql/expressions/batch.ts';
import type { SqlWarning } from '../../sql/expressions/session-view.ts';
import { type ExecutedStatement, ScriptSession } from '../../sql/script-session.ts';
import type { LocalFile, OpenLocalFile } from '../../sql/session/local-file.ts';
import type { OkResult, RowsResult, StatementResult } from '../../sql/session/statement-result.ts';
import { isDiagnostic } from '../../sql/statement-facts.ts';
import type { Statement } from '../../sql/syntax/ast/statement.ts';
import { type ParsedStatement, parseOptionsOf, type ScriptReader } from '../../sql/syntax/parse.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import type { Value } from '../../tuple/value.ts';
import type { Client, ClientResult, TextRow } from '../../wire/client.ts';
import { ColumnFlag } from '../../wire/column-types.ts';
import { type ReadValue, typeOfColumn, valueReader } from '../../wire/column-values.ts';

type RowsAnswer = Extract<ClientResult, { kind: 'rows' }>;

export class RemoteSession extends ScriptSession {
  readonly #client: Client;
  readonly #connect: () => Promise<Client>;
  /** How LOAD DATA LOCAL gets at files; without it, it does not. */
  openLocalFile: OpenLocalFile | undefined;
  #sqlMode = '';
  #database: string | null = null;
  #branch: string | undefined;
  #tracksPlace = false;
  #warningCount = '@@warning_count';

  private constructor(client: Client, connect: () => Promise<Client>) {
    super();
    this.#client = client;
    this.#connect = connect;
  }

  /** `connect` logs in; it is called again to interrupt what runs. */
  static async open(connect: () => Promise<Client>): Promise<RemoteSession> {
    const session = new RemoteSession(await connect(), connect);
    await session.#lookAround();
    return session;
  }

  /** Another connection of the same user. */
  beside(): Promise<RemoteSession> {
    return RemoteSession.open(this.#connect);
  }

  get database(): string | null {
    return this.#database;
  }

  get branch(): string | undefined {
    return this.#branch;
  }

  async isChanged(): Promise<boolean> {
    if (this.#branch === undefined) return false;
    const dirty = '(select dirty from dolt_branches where name = active_branch())';
    const [row] = await this.#textsBeside(dirty).catch(() => []);
    return row?.[1] === '1';
  }

  override async trackPlace(): Promise<void> {
    this.#tracksPlace = true;
    await this.#lookAround();
  }

  parse(reader: ScriptReader): ParsedStatement | undefined {
    return reader.next(parseOptionsOf(this.#sqlMode));
  }

  async run(parsed: ParsedStatement): Promise<ExecutedStatement> {
    this.running = parsed;
    const { text, statement } = parsed;
    const warnings: SqlWarning[] = [];
    const answers = this.#client.query(text, (path) => this.#wantedFile(path, statement));
    const first = await answers.next();
    const answer = first.done ? undefined : first.value;
    const finish = async (): Promise<void> => {
      for await (const _ of answers);
      if (isDiagnostic(statement)) return;
      if (this.#client.warnings > 0) warnings.push(...(await this.#showWarnings()));
      if (mayLeadElsewhere(statement)) await this.#lookAround();
    };
    if (statement.kind === 'call' && answer !== undefined) {
      const results = resultsOf(answer, answers, statement, finish);
      const { value } = await results.next();
      return { text, statement, result: value!, more: results, warnings: () => warnings };
    }
    let result: StatementResult;
    if (answer?.kind === 'rows') result = rowsOf(answer, finish);
    else {
      await finish();
      result = okOf(answer, statement);
    }
    return { text, statement, result, warnings: () => warnings };
  }

  /** A server may only ask for what the statement itself names. */
  #wantedFile(path: string, statement: Statement): LocalFile | undefined {
    const isNamed = statement.kind === 'loadData' && statement.local && statement.path === path;
    return isNamed ? this.openLocalFile?.(path) : undefined;
  }

  async #showWarnings(): Promise<SqlWarning[]> {
    const rows = await this.#texts('show warnings');
    return rows.map(([level, code, message]) => ({
      level: level === 'Note' || level === 'Error' ? level : 'Warning',
      code: Number(code),
      message: message ?? '',
    }));
  }

  /** What parsing and the prompt depend on. Asked beside the number of warnings, it leaves them as they are. */
  async #lookAround(): Promise<void> {
    const [row = []] = await this.#textsBeside('@@sql_mode, database()');
    this.#sqlMode = row[1] ?? '';
    this.#database = row[2] ?? null;
    if (!this.#tracksPlace) return;
    this.#branch = undefined;
    if (this.#database === null) return;
    const [branch] = await this.#textsBeside('active_branch()').catch(() => []);
    this.#branch = branch?.[1] ?? undefined;
  }

  async #textsBeside(items: string): Promise<(string | null)[][]> {
    try {
      return await this.#texts(`select ${this.#warningCount}, ${items}`);
    } catch (error) {
      if (!(error instanceof SqlError) || !error.message.includes(this.#warningCount)) throw error;
      // The original has no such variable.
      this.#warningCount = '0';
      return await this.#texts(`select 0, ${items}`);
    }
  }

  async #texts(sql: string): Promise<(string | null)[][]> {
    const rows: (string | null)[][] = [];
    for await (const answer of this.#client.query(sql)) {
      if (answer.kind !== 'rows') continue;
      for await (const row of answer.rows) rows.push(row.map((value) => value?.toString('utf8') ?? null));
    }
    return rows;
  }

  interrupt(): void {
    const kill = async (): Promise<void> => {
      const other = await this.#connect();
      try {
        for await (const _ of other.query(`kill query ${this.#client.connectionId}`));
      } finally {
        other.close();
      }
    };
    // What could not be interrupted runs to its end.
    void kill().catch(() => {});
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}

function mayLeadElsewhere({ kind }: Statement): boolean {
  return kind === 'use' || kind === 'set' || kind === 'call' || kind === 'dropDatabase' || kind === 'execute';
}

/** The rows, and at their end what `finish` has to do. */
/**
 * The results of a CALL. When the rows of one have been read, the next is asked for, so that behind the last one what
 * `finish` finds out is there. What the server refuses comes behind the results before it.
 */
async function* resultsOf(
  first: ClientResult,
  answers: AsyncGenerator<ClientResult, void, void>,
  statement: Statement,
  finish: () => Promise<void>,
): AsyncGenerator<StatementResult, void> {
  let next: ClientResult | undefined = first;
  let refused: { readonly error: unknown } | undefined;
  const advance = async (): Promise<void> => {
    next = undefined;
    try {
      const answer = await answers.next();
      if (answer.done) await finish();
      else next = answer.value;
    } catch (error) {
      refused = { error };
    }
  };
  while (next !== undefined) {
    const answer: ClientResult = next;
    if (answer.kind === 'rows') yield rowsOf(answer, advance);
    else {
      await advance();
      yield okOf(answer, statement);
    }
    if (next === answer) await advance();
  }
  if (refused !== undefined) throw refused.error;
}

function rowsOf({ columns, rows }: RowsAnswer, finish: () => Promise<void>): RowsResult {
  const types = columns.map(typeOfColumn);
  const readers = types.map(valueReader);
  return {
    kind: 'rows',
    columns: columns.map(({ name, flags }, i) => ({
      name,
      type: types[i]!,
      nullable: (flags & ColumnFlag.notNull) === 0,
    })),
    rows: batchesOf(rows, readers, finish),
  };
}

function* batchesOf(
  rows: AsyncGenerator<TextRow, void, void>,
  readers: readonly ReadValue[],
  finish: () => Promise<void>,
): Generator<Batch | Wait, void, unknown> {
  for (;;) {
    const read: { batch?: Batch } = {};
    yield {
      until: nextBatch(rows, readers).then((batch) => {
        read.batch = batch;
      }),
    };
    const { batch } = read;
    if (batch !== undefined && batch.length > 0) yield batch;
    if (batch === undefined || batch.length < BATCH_SIZE) break;
  }
  yield { until: finish() };
}

async function nextBatch(rows: AsyncGenerator<TextRow, void, void>, readers: readonly ReadValue[]): Promise<Batch> {
  const columns = readers.map((): Value[] => []);
  let length = 0;
  while (length < BATCH_SIZE) {
    const { value: row, done } = await rows.next();
    if (done) break;
    for (let i = 0; i < readers.length; i++) {
      const bytes = row[i]!;
      columns[i]!.push(bytes === null ? null : readers[i]!(bytes));
    }
    length++;
  }
  return { length, columns };
}

function okOf(answer: ClientResult | undefined, statement: Statement): OkResult {
  if (answer === undefined || answer.kind === 'rows') throw new DoltError('unavailable', 'the server gave no answer');
  const { affectedRows, insertId, info } = answer.ok;
  return { kind: 'ok', change: changeOf(statement, affectedRows), affectedRows, matchedRows: 0, insertId, info };
}

/** Whether there is a count to print. Of what a prepared statement does, only the count itself is known here. */
function changeOf({ kind }: Statement, affectedRows: number): OkResult['change'] {
  if (kind === 'insert' || kind === 'update' || kind === 'delete') return kind;
  if (kind === 'loadData') return 'insert';
  return kind === 'execute' && affectedRows > 0 ? 'update' : 'other';
}

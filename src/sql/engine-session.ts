/**
 * The life of a statement: parse → bind → optimize → execute, in a session, which runs one statement at a time.
 *
 * A statement begins with the transaction's snapshot (a replica pulls first) and either stands in whole or leaves no
 * trace: what it changed is undone when it throws. Without an open transaction it is one of its own and is durable when
 * its result is handed out; a SELECT's ends with its last row.
 */

import { DoltError } from '../base/errors.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { type Steps, unaided, type Wait, waitFor } from '../repo/steps.ts';
import type { Value } from '../tuple/value.ts';
import { LazyParts, ModuleNeeded } from './catalog/module-needed.ts';
import { type CatalogScene, SessionCatalog } from './catalog/session-catalog.ts';
import { branchNeeds } from './dolt/branch-needs.ts';
import { procedures } from './dolt/procedures/list.ts';
import type { Procedure } from './dolt/procedures/procedure.ts';
import { engineCatalogScene } from './engine-catalog.ts';
import { isWait } from './execute/operator.ts';
import type { StoredFunctionCall, TypedValue } from './expressions/session-view.ts';
import { type ExecutedStatement, ScriptSession } from './script-session.ts';
import type { EngineState } from './session/engine-state.ts';
import { type SessionOptions, Session as SessionState } from './session/session.ts';
import { SessionFunctions } from './session/session-functions.ts';
import { statementError } from './session/stack-overrun.ts';
import type { ResultColumn, ResultSink, RowsResult, StatementResult } from './session/statement-result.ts';
import { StatementDriver } from './statement-driver.ts';
import { ignoresErrors, isDiagnostic, isSnapshotFree, storesRows } from './statement-facts.ts';
import { loadedFamily, loadFamily } from './statements/families.ts';
import { commitsImplicitly } from './statements/implicit-commit.ts';
import { procedureName } from './statements/procedure-name.ts';
import type { SetOut, StatementScene } from './statements/scene.ts';
import type { Statement } from './syntax/ast/statement.ts';
import { maxExecutionTime } from './syntax/optimizer-hints.ts';
import { type ParsedStatement, parseOptionsOf, type ScriptReader } from './syntax/parse.ts';
import { notSupported } from './types/sql-error.ts';
import { varchar } from './types/sql-type.ts';

/** The number of errors that MySQL has none for. */
const UNKNOWN_ERROR = 1105;

type AccessChecks = typeof import('./statements/access/check-statement.ts');
let accessChecks: AccessChecks | undefined;

export class Session extends ScriptSession {
  readonly state: SessionState;
  readonly #functions: SessionFunctions;
  readonly #catalogScene: CatalogScene;
  /** Runs a statement as part of another. */
  readonly #runInside: StatementScene['run'] = (inner, values) => this.#runPart(inner, values);
  readonly #driver: StatementDriver;
  #results: ResultSink | undefined;
  readonly #lazyProcedures = new LazyParts<Procedure>(procedures);

  constructor(engine: EngineState, options: SessionOptions) {
    super();
    this.state = new SessionState(engine, options);
    this.#driver = new StatementDriver(engine, () => this.state.variables.number('lock_wait_timeout'));
    this.#functions = new SessionFunctions(this.state, (call) => unaided(this.#callStored(call)));
    this.#catalogScene = engineCatalogScene(this.state, this.#functions, this.#runInside);
  }

  /** The selected database as `database()` prints it; null when none is. */
  get database(): string | null {
    return this.state.currentDatabase ?? null;
  }

  /** The branch the session is on; undefined without a database, in one without branches, or on a commit. */
  get branch(): string | undefined {
    return this.state.currentDatabase === undefined ? undefined : this.state.selection.branch;
  }

  async isChanged(): Promise<boolean> {
    return await this.drive(this.#isChanged());
  }

  *#isChanged(): Steps<boolean> {
    const start = this.state.startLook();
    if (start !== undefined) yield* start;
    if (this.branch === undefined) return false;
    const view = this.state.view(this.state.handle());
    const { working, staged } = view.workingSet();
    const { address } = view.headRoot();
    return working.address !== address || staged.address !== address;
  }

  /** The next statement of a text, read in the session's sql_mode; undefined at its end. Throws SqlSyntaxError. */
  parse(reader: ScriptReader): ParsedStatement | undefined {
    try {
      return reader.next(parseOptionsOf(this.state.variables.text('sql_mode')));
    } catch (error) {
      this.state.warnings = [];
      throw this.#noted(error);
    }
  }

  /** Runs one statement. Its rows are read to their end before the next one runs. */
  async run(parsed: ParsedStatement, parameters: readonly TypedValue[] = []): Promise<ExecutedStatement> {
    return await this.drive(this.steps(parsed, parameters));
  }

  /** `run` as an operation, for `drive`. `results` takes what a CALL gives while it runs. */
  *steps(
    parsed: ParsedStatement,
    parameters: readonly TypedValue[] = [],
    results?: ResultSink,
  ): Steps<ExecutedStatement> {
    this.running = parsed;
    this.#results = results;
    this.#driver.reset();
    this.state.rest();
    this.state.rest = this.state.engine.activity.begin();
    const { text, statement } = parsed;
    try {
      const result = yield* this.#statement(parsed, parameters);
      // What shows the warnings of another statement has none of its own.
      const warnings = () => (isDiagnostic(statement) ? [] : this.state.warnings);
      return { text, statement, result, more: result.kind === 'rows' ? result.more : undefined, warnings };
    } catch (error) {
      this.state.rest();
      throw this.#noted(error);
    }
  }

  /** A statement that failed is the last thing that SHOW WARNINGS tells of it. */
  #noted(caught: unknown): unknown {
    const error = statementError(caught);
    if (error instanceof DoltError) {
      const { errno, sqlState } = error as { errno?: number; sqlState?: string };
      const state = sqlState === undefined ? {} : { sqlState };
      this.state.warn({ level: 'Error', code: errno ?? UNKNOWN_ERROR, message: error.message, ...state });
    }
    return error;
  }

  /** The columns that a query would give, as far as they do not depend on parameters; none for what gives no rows. */
  *describe(parsed: ParsedStatement): Steps<readonly ResultColumn[]> {
    const { statement } = parsed;
    if (statement.kind !== 'select') return [];
    const { describeSelect } = yield* waitFor(import('./statements/describe-select.ts'));
    this.#driver.reset();
    const end = this.state.engine.activity.begin();
    try {
      const start = this.state.startLook();
      if (start !== undefined) yield* start;
      for (;;) {
        try {
          return describeSelect(statement, this.#scene(parsed, []), parsed.parameters);
        } catch (error) {
          if (!(error instanceof ModuleNeeded)) throw statementError(error);
          yield* waitFor(error.load());
        }
      }
    } finally {
      end();
    }
  }

  /** SET of a session variable by whoever opened the session: the client's character set, say. */
  setVariable(name: string, text: string): void {
    this.state.variables.set(name, 'session', { type: varchar(text.length), value: text });
  }

  /** Throws 1193 and 1231. */
  setVariables(texts: ReadonlyMap<string, string>): void {
    for (const [name, text] of texts) this.setVariable(name, text);
  }

  /** The running statement ends with errno 1317 as soon as it looks; without one nothing happens. */
  interrupt(): void {
    this.#driver.interrupt();
  }

  /** What merges outside of this session need of SQL. */
  mergeExpressions(): Promise<MergeExpressions> {
    return this.state.engine.mergeExpressions(this.state);
  }

  /** Rolls back what is open and drops temporary tables. */
  async close(): Promise<void> {
    this.state.close();
  }

  /** Runs an operation of this session: a promise only where it has to wait. Throws, or rejects, with what it throws. */
  drive<T>(steps: Steps<T>): T | Promise<T> {
    return this.#driver.drive(steps);
  }

  #scene(parsed: ParsedStatement, parameters: readonly TypedValue[]): StatementScene {
    return {
      session: this.state,
      functions: this.#functions,
      access: this.state.access,
      catalog: new SessionCatalog(this.#catalogScene),
      parameters,
      script: parsed.script,
      text: parsed.text,
      pause: () => this.#driver.pause(),
      callProcedure: (name, args, setOut) => this.#call(name, args, setOut),
      run: this.#runInside,
      inside: (script, text) => this.#scene({ ...parsed, script, text }, []),
      results: this.#results,
      sleep: () => this.#sleep(),
    };
  }

  /** The wait that SLEEP() asked for. */
  #asleep(): Wait | undefined {
    const seconds = this.#functions.pendingSleep;
    if (seconds <= 0) return undefined;
    this.#functions.pendingSleep = 0;
    const wake = new AbortController();
    const until = this.state.engine.timers.sleep(seconds * 1000, wake.signal);
    return { until: this.#driver.settled({ until, mayEnd: 'wait' }).finally(() => wake.abort()) };
  }

  *#sleep(): Steps<void> {
    const asleep = this.#asleep();
    if (asleep !== undefined) yield asleep;
  }

  /** A stored function, as part of the running statement. */
  *#callStored(call: StoredFunctionCall): Steps<Value> {
    const { callFunction } = yield* waitFor(import('./statements/routines/call-function.ts'));
    const parsed = this.running!;
    return yield* callFunction(call, parsed.statement, this.#scene(parsed, []));
  }

  #call(name: string, args: readonly TypedValue[], setOut: SetOut): Steps<StatementResult> | undefined {
    const short = procedureName(name);
    if (short === undefined || !this.#lazyProcedures.has(short)) return undefined;
    const lazy = this.#lazyProcedures;
    const { state } = this;
    const functions = this.#functions;
    return (function* (): Steps<StatementResult> {
      const procedure = yield* waitFor(lazy.load(short));
      const need = branchNeeds[short];
      if (need !== undefined) state.branchRights.assertMayOnSelected(need);
      return yield* procedure!.call({ session: state, functions, args, setOut, need });
    })();
  }

  /** One statement from its start to its result, with its transaction. */
  *#statement(parsed: ParsedStatement, parameters: readonly TypedValue[]): Steps<StatementResult> {
    const { state } = this;
    const { statement } = parsed;
    const { kind } = statement;
    state.engine.turns.taken(state);
    state.statementCounts.count(statement);
    state.engine.statementCounts.count(statement);
    state.onlyReads = kind === 'select' || kind === 'do';
    state.storesRows = storesRows(statement);
    state.ignoresErrors = ignoresErrors(statement);
    state.standsThough = false;
    state.statementStart = state.engine.clock.now();
    const limit =
      kind === 'select' ? (maxExecutionTime(parsed.text) ?? state.variables.number('max_execution_time')) : 0;
    this.#driver.begin(limit);
    if (!isDiagnostic(statement)) state.warnings = [];
    for (const warning of parsed.warnings) state.warn({ level: 'Warning', ...warning });
    if (this.#commitsAround(statement)) yield* state.commit();
    const start = isSnapshotFree(statement) ? undefined : state.startStatement();
    if (start !== undefined) yield* start;
    // A SELECT changes nothing that it would have to go back to.
    const saved = kind !== 'select' && state.hasTransaction ? state.save() : undefined;
    let result: StatementResult;
    try {
      result = yield* this.#run(parsed, parameters, saved);
      const asleep = this.#asleep();
      if (asleep !== undefined) yield asleep;
      if (result.kind === 'ok' || kind !== 'select') yield* this.#end(statement);
    } catch (error) {
      if (state.standsThough) yield* this.#end(statement);
      else this.#undo(saved);
      throw error;
    }
    if (result.kind === 'rows') {
      const { columns, more } = result;
      return { kind: 'rows', columns, rows: this.#rows(result, statement), more };
    }
    state.rowCount = result.affectedRows;
    state.rest();
    return result;
  }

  /** A statement inside another: what EXECUTE names, and those of programs. */
  *#runPart(parsed: ParsedStatement, parameters: readonly TypedValue[]): Steps<StatementResult> {
    const { state } = this;
    const outer = { storesRows: state.storesRows, ignoresErrors: state.ignoresErrors };
    state.storesRows = storesRows(parsed.statement);
    state.ignoresErrors = ignoresErrors(parsed.statement);
    try {
      return yield* this.#run(parsed, parameters);
    } finally {
      Object.assign(state, outer);
    }
  }

  /** `before`: the state that the statement began with, where it is known. */
  *#run(
    parsed: ParsedStatement,
    parameters: readonly TypedValue[],
    before?: ReturnType<SessionState['save']>,
  ): Steps<StatementResult> {
    const { statement } = parsed;
    if (this.state.access !== undefined) {
      const { checkStatement } = yield* this.#accessChecks();
      checkStatement(statement, this.state.access, () => this.#scene(parsed, parameters));
    }
    const run = loadedFamily(statement.kind) ?? (yield* waitFor(loadFamily(statement.kind)));
    if (run === undefined) {
      throw notSupported(statement.kind === 'unsupported' ? statement.words.toUpperCase() : statement.kind);
    }
    for (;;) {
      const isPart = before === undefined && statement.kind !== 'select' && this.state.hasTransaction;
      const saved = isPart ? this.state.save() : before;
      try {
        return yield* run(statement as never, this.#scene(parsed, parameters));
      } catch (error) {
        if (!(error instanceof ModuleNeeded)) throw error;
        if (saved !== undefined) this.state.restore(saved);
        yield* waitFor(error.load());
      } finally {
        if (isPart) this.state.forget(saved!);
      }
    }
  }

  *#accessChecks(): Steps<AccessChecks> {
    accessChecks ??= yield* waitFor(import('./statements/access/check-statement.ts'));
    return accessChecks;
  }

  /** A statement's rows: it runs until the last is read, and so does the transaction of a SELECT. */
  *#rows({ rows, found }: RowsResult, statement: Statement): RowsResult['rows'] {
    const { state } = this;
    let isEnded = statement.kind !== 'select';
    let count = 0;
    try {
      for (const item of rows) {
        if (!isWait(item)) count += item.length;
        const asleep = this.#asleep();
        if (asleep !== undefined) yield asleep;
        // Whoever reads the rows waits to the end, whatever ends the statement.
        yield isWait(item) && item.mayEnd !== undefined ? { until: this.#driver.settled(item) } : item;
      }
      // A client that looks at the last statement's warnings, as a shell does, leaves its numbers for the user.
      if (!isDiagnostic(statement)) {
        if (found !== undefined) state.foundRows = found === 'own' ? count : yield* counted(found);
        state.rowCount = -1;
      }
      if (isEnded) return;
      if (state.hasRead) state.rollback();
      else yield* this.#end(statement);
      isEnded = true;
    } catch (error) {
      throw statementError(error);
    } finally {
      // It failed, or its reader left it.
      if (!isEnded) this.#undo(undefined);
      state.rest();
    }
  }

  *#end(statement: Statement): Steps<void> {
    const { state } = this;
    if (this.#commitsAround(statement) || (state.autocommit && !state.inTransaction)) yield* state.commit();
  }

  #commitsAround(statement: Statement): boolean {
    return this.state.implicitCommits && commitsImplicitly(statement);
  }

  #undo(saved: ReturnType<SessionState['save']> | undefined): void {
    const { state } = this;
    if (state.autocommit && !state.inTransaction) state.rollback();
    else if (saved !== undefined) state.restore(saved);
  }
}

function* counted(rows: RowsResult['rows']): Steps<number> {
  let count = 0;
  for (const item of rows) {
    if (isWait(item)) yield item;
    else count += item.length;
  }
  return count;
}

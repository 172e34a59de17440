/**
 * What a statement runs in: its session, the catalog on the transaction's snapshot, parameters, and the parts of the
 * engine that live above statements (procedures, EXECUTE's way back into the engine).
 */
import { randomName } from '../../base/random-name.ts';
import type { Steps } from '../../repo/steps.ts';
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import type { BindContext } from '../bind/bind-query.ts';
import type { BaseTableSource, Catalog } from '../catalog/catalog.ts';
import type { SessionCatalog } from '../catalog/session-catalog.ts';
import type { ExecutionContext, Wait } from '../execute/operator.ts';
import { RowFile } from '../execute/row-file.ts';
import { type OpenRowFile, StatementMemory } from '../execute/statement-memory.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { SessionView, TypedValue } from '../expressions/session-view.ts';
import type { EngineState } from '../session/engine-state.ts';
import type { Session } from '../session/session.ts';
import type { SessionAccess } from '../session/session-access.ts';
import type { SessionFunctions } from '../session/session-functions.ts';
import type { ResultSink, StatementResult } from '../session/statement-result.ts';
import type { Statement } from '../syntax/ast/statement.ts';
import type { ParsedStatement } from '../syntax/parse.ts';

export interface StatementScene extends RowScene {
  readonly catalog: SessionCatalog;
  readonly session: Session;
  /** The whole text the statement's spans point into. */
  readonly script: string;
  /** The statement's own text. */
  readonly text: string;
  /** Throws when the statement is cancelled; a wait when its time slice is used up. */
  pause(): Wait | undefined;
  /** CALL of a built-in procedure. */
  callProcedure(name: string, args: readonly TypedValue[], setOut: SetOut): Steps<StatementResult> | undefined;
  /** Runs another statement as part of this one (EXECUTE, EXPLAIN). */
  run(parsed: ParsedStatement, parameters: readonly TypedValue[]): Steps<StatementResult>;
  /** The scene of a program that runs as part of this statement, in the database that is selected now. */
  inside(script: string, text: string): StatementScene;
  /** Who takes results before the statement ends; undefined where they are read when it is over. */
  readonly results: ResultSink | undefined;
  /** Waits as long as SLEEP() asked for. */
  sleep(): Steps<void>;
}

/** Gives a built-in procedure's OUT parameter its value, where the caller named a variable for it. */
export type SetOut = (position: number, name: string, value: TypedValue) => void;

/** A family of statements: one file. */
export type RunStatement<S extends Statement> = (statement: S, scene: StatementScene) => Steps<StatementResult>;

/** What expressions over a row need of a scene. */
export interface RowScene {
  readonly functions: SessionFunctions;
  readonly catalog: Catalog;
  readonly parameters: readonly TypedValue[];
  /** What may be read; everything unless told. */
  readonly access?: SessionAccess | undefined;
}

export function bindContext({ catalog, functions, parameters, access }: RowScene): BindContext {
  return { catalog, session: functions, parameters, access };
}

export function evaluationContext(scene: RowScene): EvaluationContext {
  return { slots: [], parameters: scene.parameters.map(({ value }): Value => value), session: scene.functions };
}

/** An execution; `tables` are those in the place of the ones that its plan was made with. */
class StatementContext implements ExecutionContext {
  readonly slots: Value[] = [];
  readonly parameters: readonly Value[];
  readonly session: SessionView;
  readonly #scene: StatementScene;
  tables: PresentTables | undefined;
  #memory: StatementMemory | undefined;

  constructor(scene: StatementScene) {
    this.parameters = scene.parameters.map(({ value }) => value);
    this.session = scene.functions;
    this.#scene = scene;
  }

  pause(): Wait | undefined {
    return this.#scene.pause();
  }

  get memory(): StatementMemory {
    if (this.#memory === undefined) {
      const { variables, engine } = this.#scene.session;
      this.#memory = new StatementMemory(variables.number('max_statement_memory'), () => rowFilesOf(engine));
    }
    return this.#memory;
  }

  get recursionLimit(): number {
    return this.#scene.session.variables.number('cte_max_recursion_depth');
  }

  tableOf(source: BaseTableSource): Table {
    return this.tables?.get(source) ?? source.table;
  }
}

function rowFilesOf({ files }: EngineState): OpenRowFile | undefined {
  const folder = files?.temporaryDirectory();
  if (files === undefined || folder === undefined) return undefined;
  return () => RowFile.open(files.disk, folder, randomName());
}

export type PresentTables = ReadonlyMap<BaseTableSource, Table>;

export function executionContext(scene: StatementScene): StatementContext {
  return new StatementContext(scene);
}

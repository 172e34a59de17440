/** INSERT and REPLACE: rows come from VALUES or from a query, batch by batch. */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import { bindRowExpression, type RowColumn } from '../bind/bind-query.ts';
import { isWait } from '../execute/operator.ts';
import { compile } from '../expressions/compile.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { StatementResult } from '../session/statement-result.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { InsertStatement } from '../syntax/ast/row-statements.ts';
import { type Convert, conversion } from '../types/convert.ts';
import { columnCountMismatch, notSupported } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { evaluateConstant } from './constant.ts';
import { insertIntoSystemTable } from './insert-into-system-table.ts';
import { Insertion } from './insertion.ts';
import { conversionsInto, literalValue } from './literal-value.ts';
import { runQuery } from './query.ts';
import { RowBatch, rowColumns, withDefaults } from './row-expressions.ts';
import { bindContext, evaluationContext, type RunStatement, type StatementScene } from './scene.ts';
import { isQueryLike } from './syntax-walk.ts';
import { resolveTarget, type TargetTable } from './target-table.ts';
import { makesUuid } from './uuid-key.ts';

export const runInsert: RunStatement<InsertStatement> = function* (statement, scene) {
  const target = resolveTarget(statement.table, scene);
  if (target.kind === 'system' && statement.returning) throw notSupported(`RETURNING of ${target.name}`);
  if (target.kind === 'system') return yield* insertIntoSystemTable(statement, target, scene);
  return yield* new Insert(statement, target, scene).run();
};

/** The query whose rows the statement adds, or how many rows it holds itself, and the table; nothing is added. */
export function rowsToInsert(
  statement: InsertStatement,
  scene: StatementScene,
): { readonly rows: Query | number; readonly table: string } {
  const target = resolveTarget(statement.table, scene);
  if (target.kind === 'system') throw notSupported(`EXPLAIN INSERT INTO ${target.name}`);
  return { rows: new Insert(statement, target, scene).source, table: target.name };
}

class Insert {
  readonly #statement: InsertStatement;
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #insertion: Insertion;
  /** For values that are expressions. */
  #rowColumns: readonly RowColumn[] | undefined;
  #context: EvaluationContext | undefined;

  constructor(statement: InsertStatement, target: TargetTable, scene: StatementScene) {
    this.#statement = statement;
    this.#target = target;
    this.#scene = scene;
    this.#insertion = new Insertion(statement, target, scene);
  }

  /** The query that gives the rows, or the number of those that are given. */
  get source(): Query | number {
    const { source } = this.#statement;
    return source.kind === 'query' ? this.#withClause(source.query) : source.rows.length;
  }

  #withClause(query: Query): Query {
    const { with: common } = this.#statement;
    return common === undefined ? query : { ...query, with: common };
  }

  *run(): Steps<StatementResult> {
    const { source } = this.#statement;
    const insertion = this.#insertion;
    const starting = insertion.start();
    if (starting !== undefined) yield* starting;
    if (source.kind === 'query') yield* this.#addQuery(this.#withClause(source.query));
    else {
      insertion.bindUpdate([]);
      yield* this.#addRows(source.rows);
    }
    yield* insertion.finish();
    return insertion.result();
  }

  *#addQuery(query: Query): Steps<void> {
    const insertion = this.#insertion;
    const { columns, rows } = runQuery(query, this.#scene);
    if (columns.length !== insertion.fields.length) throw columnCountMismatch(1);
    const given = columns.map(({ name, type, nullable, qualifier }): RowColumn => {
      return { ...(qualifier === undefined ? {} : { table: qualifier }), name, type, nullable };
    });
    insertion.bindUpdate(given);
    insertion.forbidGenerated();
    const converts = columns.map(({ type }, i) => conversion(type, insertion.field(i).type, insertion.mode));
    const values: Value[] = new Array(columns.length).fill(null);
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      for (let i = 0; i < item.length; i++) {
        for (let c = 0; c < values.length; c++) values[c] = item.columns[c]![i]!;
        if (!insertion.needsSteps) insertion.take(values, converts, undefined);
        else yield* insertion.takeInSteps(values, converts, undefined);
      }
    }
  }

  *#addRows(rows: readonly (readonly Expression[])[]): Steps<void> {
    const scene = this.#scene;
    const insertion = this.#insertion;
    const { fields, ids } = insertion;
    const { schema } = this.#target.table;
    const conversions = fields.map((column) => conversionsInto(this.#target.columns[column]!.type, insertion.mode));
    const { generatedColumns } = schema;
    const mayBeEmpty = (this.#statement.columns?.length ?? 0) === 0;
    const wrong = rows.findIndex(({ length }) => length !== fields.length && !(mayBeEmpty && length === 0));
    if (wrong >= 0) throw columnCountMismatch(wrong + 1);
    for (const expressions of rows) {
      if (expressions.length === 0 && mayBeEmpty) {
        const all = new Set(fields.keys());
        if (!insertion.needsSteps) insertion.take([], [], all);
        else yield* insertion.takeInSteps([], [], all);
        continue;
      }
      const wait = insertion.rows % 1024 === 1023 ? scene.pause() : undefined;
      if (wait !== undefined) yield wait;
      const values: Value[] = [];
      const used: Convert[] = [];
      let defaults: Set<number> | undefined;
      for (let i = 0; i < expressions.length; i++) {
        const expression = expressions[i]!;
        if (expression.kind === 'default' && expression.column === undefined) {
          defaults ??= new Set();
          defaults.add(i);
          values.push(null);
          used.push(keep);
          continue;
        }
        if (generatedColumns.includes(fields[i]!)) insertion.forbidGenerated(i);
        const { type, value } = literalValue(expression, scene.parameters) ?? (yield* this.#value(expression, values));
        if (fields[i] === ids.uuidKey && makesUuid(expression, schema)) ids.uuidMade();
        values.push(value);
        used.push(conversions[i]!.of(type));
      }
      if (!insertion.needsSteps) insertion.take(values, used, defaults);
      else yield* insertion.takeInSteps(values, used, defaults);
    }
  }

  /** VALUES may name columns given before: `INSERT INTO t (a, b) VALUES (1, a + 1)`. */
  *#value(expression: Expression, before: readonly Value[]): Steps<{ type: SqlType; value: Value }> {
    const scene = this.#scene;
    const { columns, table, name } = this.#target;
    const syntax = withDefaults(expression, table.schema);
    if (isQueryLike(syntax)) return yield* evaluateConstant(syntax, scene);
    this.#rowColumns ??= rowColumns(columns, name);
    const bound = bindRowExpression(syntax, this.#rowColumns, bindContext(scene));
    if (bound.kind === 'literal') return { type: bound.type, value: bound.value };
    const batch = new RowBatch(columns.length);
    before.forEach((value, i) => {
      batch.columns[this.#insertion.fields[i]!]![0] = value;
    });
    this.#context ??= evaluationContext(scene);
    return { type: bound.type, value: compile(bound)(batch, 0, this.#context) };
  }
}

const keep: Convert = (value) => value;

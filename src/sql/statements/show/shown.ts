/** The rows of a SHOW, all at once, and its filter: LIKE on one column, or WHERE. */
import type { Value } from '../../../tuple/value.ts';
import { bindRowExpression } from '../../bind/bind-query.ts';
import { ONE_ROW } from '../../expressions/batch.ts';
import { like, literal, stringLiteral, truth } from '../../expressions/build.ts';
import { compile } from '../../expressions/compile.ts';
import type { ResultColumn, RowsResult } from '../../session/statement-result.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { varchar } from '../../types/sql-type.ts';
import { column, rowsOf } from '../result-rows.ts';
import { RowBatch } from '../row-expressions.ts';
import { bindContext, evaluationContext, type StatementScene } from '../scene.ts';

export type Row = Value[];

export interface Shown {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Row[];
  /** Which column LIKE looks at. */
  readonly name?: number;
}

/** LIKE ignores case. */
function matchesLike(pattern: string, scene: StatementScene): (text: Value) => boolean {
  const type = varchar(16383, 'utf8mb4_0900_ai_ci');
  return (text) => {
    if (text === null) return false;
    const condition = like(literal(text, type), stringLiteral(pattern, 'utf8mb4_0900_ai_ci'));
    return compile(truth(condition))(ONE_ROW, 0, evaluationContext(scene)) === 1;
  };
}

export function filtered(
  statement: ShowStatement,
  { columns, rows, name = 0 }: Shown,
  scene: StatementScene,
): RowsResult {
  let kept = rows;
  if (statement.like !== undefined) {
    const matches = matchesLike(statement.like, scene);
    kept = kept.filter((row) => matches(row[name]!));
  }
  if (statement.where !== undefined) {
    const bound = bindRowExpression(
      statement.where,
      columns.map((c) => ({ ...c })),
      bindContext(scene),
    );
    const evaluate = compile(truth(bound));
    const batch = new RowBatch(columns.length);
    const context = evaluationContext(scene);
    kept = kept.filter((row) => evaluate(batch.set(row), 0, context) === 1);
  }
  return rowsOf(columns, kept);
}

/** Columns of text. */
export function texts(...names: string[]): ResultColumn[] {
  return names.map((name) => column(name));
}

/** The same, named in a row, where `-` is a space. */
export function named(names: string): ResultColumn[] {
  return texts(...names.split(' ').map((name) => name.replaceAll('-', ' ')));
}

/** The table that a statement names, in the database that FROM names. */
export function withDatabase({ name, database }: ShowStatement): TableName {
  return database === undefined ? name! : { ...name!, database };
}

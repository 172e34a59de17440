/**
 * INSERT … RETURNING and REPLACE … RETURNING, which MySQL has not: Dolt's, by the rules of MariaDB ("INSERT...RETURNING").
 * Each row that the statement put into the table, or that ON DUPLICATE KEY UPDATE met, gives one, as it is stored. The
 * expressions are evaluated when all rows are there: LAST_INSERT_ID() is of this statement.
 */
import type { Value } from '../../tuple/value.ts';
import { bindRowExpression } from '../bind/bind-query.ts';
import { compile, type Evaluate } from '../expressions/compile.ts';
import type { ResultColumn, RowsResult } from '../session/statement-result.ts';
import type { SelectExpression, SelectItem, Star } from '../syntax/ast/query.ts';
import { unknownTable } from '../types/sql-error.ts';
import { readableColumns } from './access/readable-columns.ts';
import { column, rowsOf } from './result-rows.ts';
import { RowBatch } from './row-expressions.ts';
import { bindContext, evaluationContext, type StatementScene } from './scene.ts';
import type { Row } from './table-writer.ts';
import type { TargetTable } from './target-table.ts';

export class Returning {
  readonly #scene: StatementScene;
  readonly #columns: readonly ResultColumn[];
  readonly #evaluate: readonly Evaluate[];
  readonly #batch: RowBatch;
  readonly #rows: Row[] = [];

  constructor(items: readonly SelectItem[], target: TargetTable, scene: StatementScene) {
    this.#scene = scene;
    this.#batch = new RowBatch(target.columns.length);
    const columns = readableColumns(target, target.name, scene);
    const bound = items
      .flatMap((item) => (item.kind === 'star' ? everyColumn(item, target) : [item]))
      .map(({ expression, alias, label }) => {
        return { name: alias ?? label, value: bindRowExpression(expression, columns, bindContext(scene)) };
      });
    this.#columns = bound.map(({ name, value }) => column(name, value.type, value.nullable));
    this.#evaluate = bound.map(({ value }) => compile(value));
  }

  /** A row as it is stored. */
  add(row: Row): void {
    this.#rows.push(row);
  }

  result(): RowsResult {
    const context = evaluationContext(this.#scene);
    const rows = this.#rows.map((row): Value[] => {
      const batch = this.#batch.set(row);
      return this.#evaluate.map((evaluate) => evaluate(batch, 0, context));
    });
    return rowsOf(this.#columns, rows);
  }
}

/** What a star stands for. */
function everyColumn({ table, database, start, end }: Star, target: TargetTable): SelectExpression[] {
  const isTarget =
    (table === undefined || table.toLowerCase() === target.name.toLowerCase()) &&
    (database === undefined || database.toLowerCase() === target.handle.database.name.toLowerCase());
  if (!isTarget) throw unknownTable(table!);
  return target.columns
    .filter(({ hidden }) => hidden !== true)
    .map(({ name }) => ({
      ...{ kind: 'expression', start, end, label: name },
      expression: { kind: 'column', start, end, name },
    }));
}

/**
 * Where columns are in a batch. Plans name columns by id; an operator turns its expressions, once, into expressions
 * over positions. An id that its input does not have is a column of an enclosing query and becomes a slot of the same
 * number.
 */
import { slot } from '../expressions/build.ts';
import {
  compile,
  compileColumn,
  compileFilter,
  type Evaluate,
  type EvaluateColumn,
  type EvaluateFilter,
} from '../expressions/compile.ts';
import type { Expression } from '../expressions/expression.ts';
import { mapColumns } from '../plan/expression-tree.ts';
import type { ColumnId, PlanColumn } from '../plan/plan.ts';

export class Layout {
  readonly columns: readonly PlanColumn[];
  readonly #positions: ReadonlyMap<ColumnId, number>;

  constructor(columns: readonly PlanColumn[]) {
    this.columns = columns;
    this.#positions = new Map(columns.map((c, i) => [c.id, i]));
  }

  position(id: ColumnId): number | undefined {
    return this.#positions.get(id);
  }

  resolve(expression: Expression): Expression {
    return mapColumns(expression, (c) => {
      const index = this.#positions.get(c.index);
      return index === undefined ? slot(c.index, c.name, c.type, c.nullable) : { ...c, index };
    });
  }

  compile(expression: Expression): Evaluate {
    return compile(this.resolve(expression));
  }

  compileColumn(expression: Expression): EvaluateColumn {
    return compileColumn(this.resolve(expression));
  }

  compileFilter(condition: Expression): EvaluateFilter {
    return compileFilter(this.resolve(condition));
  }
}

/** ON DUPLICATE KEY UPDATE: the row that is there, and the one that would have been, make the new one. */
import type { Steps } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import { bindRowExpression, bindRowQuery, type RowColumn } from '../bind/bind-query.ts';
import { compile, type Evaluate } from '../expressions/compile.ts';
import type { ColumnAssignment } from '../syntax/ast/row-statements.ts';
import { type ConvertScene, conversion } from '../types/convert.ts';
import { generatedColumnValue, unknownColumn } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { readableColumns } from './access/readable-columns.ts';
import { allRows, runBound } from './query.ts';
import { type MakeValue, RowBatch, rowColumns, withDefaults } from './row-expressions.ts';
import { bindContext, evaluationContext, type StatementScene } from './scene.ts';
import { isQueryLike, rewrite } from './syntax-walk.ts';
import { type Row, sameRow, type TableWriter } from './table-writer.ts';
import type { TargetTable } from './target-table.ts';

interface DuplicateScene {
  readonly alias: string | undefined;
  readonly aliasColumns: readonly string[] | undefined;
  readonly fields: readonly number[];
  readonly given: readonly RowColumn[];
  readonly mode: 'strict' | 'lenient';
  readonly writer: TableWriter;
}

/** The table's name for the row that was to be inserted, where VALUES(column) reads it. */
const INSERTED = '\u0000inserted';

interface Assignment {
  readonly column: number;
  readonly make: (existing: Row, row: Row) => Value;
  /** In the place of `make`, where the value comes of a query, or has to be waited for. */
  readonly query?: (existing: Row, row: Row) => Steps<Value>;
}

export class DuplicateUpdate {
  readonly #assignments: readonly Assignment[];
  readonly #onUpdate: readonly { readonly column: number; readonly make: MakeValue }[];

  constructor(
    assignments: readonly ColumnAssignment[],
    target: TargetTable,
    scene: StatementScene,
    { alias, aliasColumns, fields, given, mode, writer }: DuplicateScene,
  ) {
    const { columns } = target;
    const own = readableColumns(target, target.name, scene);
    // Bare names mean the table's own columns, where it has them.
    const behindOwn = (column: RowColumn): RowColumn => {
      const isOwn = target.table.schema.columnPosition(column.name) >= 0;
      return isOwn ? { ...column, qualifiedOnly: true } : column;
    };
    const inserted = rowColumns(columns, INSERTED).map((column) => ({ ...column, nullable: true }));
    const aliased = (alias === undefined ? [] : columns).map((column, i): RowColumn => {
      const at = fields.indexOf(i);
      const name = at >= 0 ? (aliasColumns?.[at] ?? column.name) : column.name;
      return { table: alias!, name, type: column.type, nullable: true };
    });
    const sources = given.filter(
      ({ table }) => table !== undefined && table.toLowerCase() !== target.name.toLowerCase(),
    );
    const scope = [...own, ...[...inserted, ...aliased, ...sources].map(behindOwn)];
    const context = evaluationContext(scene);
    const { parameters } = scene;
    const batch = new RowBatch(scope.length);
    const sourceFields = given.flatMap((column, i) => (sources.includes(column) ? [fields[i]!] : []));
    const fill = (existing: Row, row: Row): RowBatch => {
      batch.set(existing).set(row, columns.length);
      if (alias !== undefined) batch.set(row, columns.length * 2);
      sourceFields.forEach((field, i) => {
        batch.columns[own.length + inserted.length + aliased.length + i]![0] = row[field]!;
      });
      return batch;
    };
    this.#assignments = assignments.map(({ column: { name }, value }): Assignment => {
      const column = target.table.schema.columnPosition(name);
      if (column < 0) throw unknownColumn(name, 'field list');
      if (target.table.schema.columns[column]!.generated !== '') throw generatedColumnValue(name, target.name);
      if (value.kind === 'default' && value.column === undefined) {
        return { column, make: writer.expressions.assignedDefaultOf(column) };
      }
      const place: ConvertScene = {
        column: name,
        sqlMode: scene.functions.sqlMode(),
        warn: (w) => scene.functions.warn(w),
      };
      const into = (from: SqlType): ((result: Value) => Value) => {
        const convert = conversion(from, columns[column]!.type, mode);
        return (result) => (result === null ? null : convert(result, place));
      };
      const expression = rewrite(withDefaults(value, target.table.schema), (node) => insertedColumn(node));
      if (isQueryLike(expression)) {
        const bound = bindRowQuery(expression, scope, parameters.length, bindContext(scene));
        const store = into(bound.columns[0]!.type);
        return {
          column,
          make: () => null,
          query: function* (existing, row) {
            const values = fill(existing, row).columns.map(([cell], i) => ({ type: scope[i]!.type, value: cell! }));
            const { rows } = runBound(bound, { ...scene, parameters: [...parameters, ...values] });
            return store((yield* allRows(rows))[0]![0]!);
          },
        };
      }
      const bound = bindRowExpression(expression, scope, bindContext(scene));
      const evaluate: Evaluate = compile(bound);
      const store = into(bound.type);
      return { column, make: (existing, row) => store(evaluate(fill(existing, row), 0, context)) };
    });
    const assigned = new Set(this.#assignments.map(({ column }) => column));
    this.#onUpdate = target.table.schema.columns.flatMap(({ onUpdate }, column) => {
      return onUpdate === '' || assigned.has(column) ? [] : [{ column, make: writer.expressions.onUpdateOf(column)! }];
    });
  }

  /** The row that takes the place of `existing`, where `row` was to be inserted. */
  next(existing: Row, row: Row): Row {
    const next = [...existing];
    for (const { column, make } of this.#assignments) next[column] = make(next, row);
    return this.#touched(existing, next);
  }

  /** Whether `nextInSteps` is to be asked. */
  get needsSteps(): boolean {
    return this.#assignments.some(({ query }) => query !== undefined);
  }

  *nextInSteps(existing: Row, row: Row): Steps<Row> {
    const next = [...existing];
    for (const { column, make, query } of this.#assignments) {
      next[column] = query === undefined ? make(next, row) : yield* query(next, row);
    }
    return this.#touched(existing, next);
  }

  #touched(existing: Row, next: Value[]): Row {
    if (this.#onUpdate.length > 0 && !sameRow(existing, next)) {
      for (const { column, make } of this.#onUpdate) next[column] = make(next);
    }
    return next;
  }
}

function insertedColumn(node: { readonly kind?: string; readonly [key: string]: unknown }): object | undefined {
  if (node.kind !== 'insertedValue') return undefined;
  return { ...(node['column'] as object), table: INSERTED };
}

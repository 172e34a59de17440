/** What a merge needs of SQL: defaults of new columns, generated columns and checks, evaluated on merged rows. */
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { sourceColumns } from '../catalog/table-columns.ts';
import type { SessionFunctions } from '../session/session-functions.ts';
import { RowExpressions } from './row-expressions.ts';

/** A definition speaks of its own columns only. */
const NO_TABLES: Catalog = { currentDatabase: undefined, table: () => undefined, tableFunction: () => undefined };

const NULL = (): Value => null;

/** `functions`: the session that CURRENT_TIMESTAMP and its like ask. */
export function mergeExpressions(functions: SessionFunctions): MergeExpressions {
  const scene = { functions, catalog: NO_TABLES, parameters: [] };
  const expressionsOf = (table: string, schema: TableSchema): RowExpressions =>
    new RowExpressions(schema, sourceColumns(schema), table, scene);
  return {
    columnValue: (table, schema, column) => {
      const expressions = expressionsOf(table, schema);
      return expressions.generatedOf(column) ?? expressions.defaultOf(column) ?? NULL;
    },
    check: (table, schema, { expression }) => expressionsOf(table, schema).check(expression),
  };
}

/**
 * What a merge needs of SQL, which lies above this layer: values of defaults and generated columns for rows that get new
 * columns, and whether rows satisfy checks. A merge that needs none of it goes without.
 */
import type { CheckDefinition, TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';

/** Values in the order of a schema's columns. */
export type RowValues = readonly Value[];

export interface MergeExpressions {
  /** Computes a column's default, or its generated value, as a value of its type. */
  columnValue(table: string, schema: TableSchema, column: number): (row: RowValues) => Value;
  /** Whether a row satisfies a check: NULL counts as satisfied. */
  check(table: string, schema: TableSchema, check: CheckDefinition): (row: RowValues) => boolean;
}

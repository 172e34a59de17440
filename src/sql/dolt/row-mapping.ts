/**
 * Rows of one version of a table in the columns of another, converted where types differ. As in the original, columns of the
 * primary key are matched by tag, else by name, and others by name: a column that was renamed has no values under its old name.
 */
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { conversion } from '../types/convert.ts';
import { SqlError } from '../types/sql-error.ts';

export type MapRow = (row: readonly Value[] | undefined) => Value[];

/** A row that is not there becomes NULLs, and so does a value that the other type does not take. */
export function rowMapping(from: TableSchema, to: TableSchema): MapRow {
  const sources = to.columns.map((column, position) => {
    const at = sourceOf(column, to.primaryKey.includes(position), from);
    const other = from.columns[at];
    if (other === undefined || other.sqlType === column.sqlType) return { at, convert: undefined };
    return { at, convert: orNull(other, column) };
  });
  return (row) =>
    sources.map(({ at, convert }) => {
      const value = row === undefined || at < 0 ? null : row[at]!;
      return value === null || convert === undefined ? value : convert(value);
    });
}

function sourceOf({ tag, name }: ColumnDefinition, isKey: boolean, from: TableSchema): number {
  const byTag = isKey ? from.columns.findIndex((column) => column.tag === tag) : -1;
  return byTag >= 0 ? byTag : from.columnPosition(name);
}

function orNull(from: ColumnDefinition, to: ColumnDefinition): (value: Value) => Value {
  const convert = conversion(storedType(from.sqlType), storedType(to.sqlType), 'strict');
  return (value) => {
    try {
      return convert(value, {});
    } catch (error) {
      if (error instanceof SqlError) return null;
      throw error;
    }
  };
}

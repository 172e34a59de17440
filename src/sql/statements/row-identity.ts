/** A key that tells the rows of a keyed table apart. */
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { keyOfFor } from '../types/compare.ts';

/** Undefined for a row that an outer join made up (its primary key is NULL). */
export function rowIdentity(schema: TableSchema): (row: readonly Value[]) => string | undefined {
  const keys = schema.primaryKey.map((column) => ({
    column,
    keyOf: keyOfFor(storedType(schema.columns[column]!.sqlType)),
  }));
  return (row) => {
    let identity = '';
    for (const { column, keyOf } of keys) {
      const value = row[column]!;
      if (value === null) return undefined;
      identity += `${String(keyOf(value))}\u0000`;
    }
    return identity;
  };
}

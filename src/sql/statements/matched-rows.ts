/**
 * The rows of one table that a join meets. It may meet a row many times, and an outer join makes rows up; a statement
 * changes each row that is there once. Equal rows of a keyless table are met alike, so they change together.
 */
import type { Table } from '../../table/table.ts';
import { TableEditor } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { keyOfFor } from '../types/compare.ts';

export class MatchedRows {
  readonly #keyOf: (row: readonly Value[]) => string | undefined;
  /** For looking up how often a keyless table has a row; undefined for others. */
  readonly #reader: TableEditor | undefined;
  readonly #met = new Set<string>();

  constructor(table: Table) {
    this.#keyOf = rowKey(table);
    this.#reader = table.schema.isKeyless ? new TableEditor(table) : undefined;
  }

  /** How many rows of the table this is when it is met for the first time; else 0. */
  take(row: readonly Value[]): number {
    const key = this.#keyOf(row);
    if (key === undefined || this.#met.has(key)) return 0;
    this.#met.add(key);
    return this.#reader === undefined ? 1 : this.#reader.copies(row);
  }
}

/** What tells the rows of a table apart; undefined for a made-up row of a table with a primary key, which is NULL there. */
export function rowKey({ schema }: Table): (row: readonly Value[]) => string | undefined {
  const columns = schema.isKeyless ? schema.columns.map((_, column) => column) : schema.primaryKey;
  const keys = columns.map((column) => ({ column, keyOf: keyOfFor(storedType(schema.columns[column]!.sqlType)) }));
  return (row) => {
    let key = '';
    for (const { column, keyOf } of keys) {
      const value = row[column]!;
      if (value === null && !schema.isKeyless) return undefined;
      key += value === null ? '\u0001\u0000' : `${String(keyOf(value))}\u0000`;
    }
    return key;
  };
}

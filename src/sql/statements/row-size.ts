/**
 * How long a row may become by its columns. The sizes of types and the most that they may add up to are Dolt's: what has a
 * length counts with all its bytes, and a text or blob, which may be stored apart, with those of an address.
 */
import type { ColumnDefinition } from '../../table/schema.ts';
import { bytesPerCharacter } from '../catalog/character-sets.ts';
import { storedType } from '../catalog/table-columns.ts';
import { SqlError } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';

/** 2^16 - 1 without what a node of the tree holds beside its only row. */
const MAX_ROW_BYTES = 65_504;

/** Throws 1118. Virtual columns are not stored. */
export function assertRowSize(columns: readonly ColumnDefinition[]): void {
  let bytes = 0;
  for (const { sqlType, virtual } of columns) if (!virtual) bytes += sizeOf(storedType(sqlType));
  if (bytes > MAX_ROW_BYTES) throw rowTooBig();
}

function sizeOf(type: SqlType): number {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return type.length * bytesPerCharacter(type.collation);
    case 'binary':
    case 'varbinary':
      return type.length;
    case 'text':
    case 'blob':
    case 'json':
      return 20;
    case 'decimal':
      return Math.min(type.precision, 30);
    case 'enum':
      return 2;
    case 'time':
      return 16;
    default:
      return 8;
  }
}

const rowTooBig = () =>
  new SqlError(
    1118,
    '42000',
    `Row size too large. The maximum row size for the used table type, not counting BLOBs, is ${MAX_ROW_BYTES}. This includes storage overhead, check the manual. You have to change some columns to TEXT or BLOBs`,
  );

/** Types from and to text: Dolt's stored `sql_type` (FORMAT §3.10) and what SHOW and DESCRIBE print. */
import { AssertionError } from '../../base/errors.ts';
import type { CollationName, SqlType } from './sql-type.ts';

/** Parses the stored spelling. Throws `corrupt` on what is no type. */
export function parseStoredType(text: string): SqlType {
  throw new AssertionError(`not built: ${text}`);
}
/** The stored spelling: `datetime(0)`, `varchar(40) COLLATE utf8mb4_0900_ai_ci`. */
export function storedTypeText(type: SqlType): string {
  throw new AssertionError(`not built: ${type.kind}`);
}
/** As DESCRIBE, SHOW CREATE TABLE and information_schema's column_type print it; a collation other than the table's is named. */
export function displayTypeText(type: SqlType, tableCollation?: CollationName): string {
  throw new AssertionError(`not built: ${type.kind} ${tableCollation}`);
}

/** Results that are ready: a few rows of SHOW, DESCRIBE, CALL. */
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch } from '../expressions/batch.ts';
import type { ResultColumn, RowsResult } from '../session/statement-result.ts';
import { LONGTEXT, type SqlType } from '../types/sql-type.ts';

export function column(name: string, type: SqlType = LONGTEXT, nullable = true): ResultColumn {
  return { name, type, nullable };
}

export function rowsOf(columns: readonly ResultColumn[], rows: readonly (readonly Value[])[]): RowsResult {
  return { kind: 'rows', columns, rows: batchesOf(columns.length, rows) };
}

export function* batchesOf(width: number, rows: readonly (readonly Value[])[]): Generator<Batch, void, unknown> {
  for (let from = 0; from < rows.length; from += BATCH_SIZE) {
    const part = rows.slice(from, from + BATCH_SIZE);
    yield { length: part.length, columns: Array.from({ length: width }, (_, i) => part.map((row) => row[i]!)) };
  }
}

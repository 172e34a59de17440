/**
 * What a statement gives back. Rows are pulled: whoever receives a result with rows reads them to the end (or closes the
 * generator) before the next statement runs, because the statement's transaction ends with its last row.
 */
import type { Steps, Wait } from '../../repo/steps.ts';
import type { Integer } from '../../tuple/value.ts';
import type { Batch } from '../expressions/batch.ts';
import type { SqlType } from '../types/sql-type.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Where it comes from, when it is a column of a table as it is. */
  readonly source?:
    | { readonly database: string; readonly table: string; readonly alias: string; readonly column: string }
    | undefined;
  /** What may stand before its name in the query, when it is a column of FROM as it is. */
  readonly qualifier?: string | undefined;
}

/** Rows: SELECT, SHOW, CALL of a procedure that returns some. The batches' columns are `columns`, in order. */
export interface RowsResult {
  readonly kind: 'rows';
  readonly columns: readonly ResultColumn[];
  /** A promise is awaited before the next batch is asked for. */
  readonly rows: Generator<Batch | Wait, void, unknown>;
  /** Whose number FOUND_ROWS() tells when they have been read: the result's own, or all that there are without its LIMIT. */
  readonly found?: 'own' | Generator<Batch | Wait, void, unknown> | undefined;
  /** Results that follow: of CALL, whose last says how it ended. */
  readonly more?: Iterable<StatementResult> | undefined;
  /** What a CALL gave its OUT parameters: one row. */
  readonly isOutValues?: boolean | undefined;
}

/** Takes results while the statement that gives them runs: those of a CALL. */
export interface ResultSink {
  /** Reads the rows to their end; how many there were. */
  take(result: RowsResult): Steps<number>;
}

/** No rows: everything else. */
export interface OkResult {
  readonly kind: 'ok';
  /** What the statement does with rows; `other` (DDL, SET, USE, COMMIT …) has no count to print. */
  readonly change: 'insert' | 'replace' | 'update' | 'delete' | 'other';
  /** MySQL's count: changed rows of UPDATE, 2 a row that ON DUPLICATE KEY UPDATE changed. */
  readonly affectedRows: number;
  /** Rows that an UPDATE met, changed or not. */
  readonly matchedRows: number;
  /** The first auto-increment value made by it, 0 without one. */
  readonly insertId: Integer;
  /** MySQL's info text (`Rows matched: 1  Changed: 1  Warnings: 0`), may be empty. */
  readonly info: string;
}

export type StatementResult = RowsResult | OkResult;

export function ok(parts: Partial<Omit<OkResult, 'kind'>> = {}): OkResult {
  return { kind: 'ok', change: 'other', affectedRows: 0, matchedRows: 0, insertId: 0, info: '', ...parts };
}

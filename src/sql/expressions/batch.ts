/**
 * Rows travel between operators as batches of columns. All columns of a batch have at least `length` values; a column
 * that no expression reads may be an empty array.
 */
import type { Value } from '../../tuple/value.ts';

export type Column = Value[];

export interface Batch {
  readonly length: number;
  readonly columns: readonly Column[];
}

/** Operators fill batches up to this many rows. */
export const BATCH_SIZE = 1024;

/** One row without columns: what constants and `SELECT 1` are evaluated on. */
export const ONE_ROW: Batch = { length: 1, columns: [] };

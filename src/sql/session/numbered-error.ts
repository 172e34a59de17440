/** Errors of layers below SQL that have a number of MySQL's, as SQL clients are told them. */
import { DoltError } from '../../base/errors.ts';
import { SqlError } from '../types/sql-error.ts';

const UNKNOWN_ERROR = 1105;

/** `error` as a `SqlError` where it carries its own errno and SQLSTATE; else itself. */
export function numberedError(error: unknown): unknown {
  if (!(error instanceof DoltError) || error instanceof SqlError) return error;
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  if (typeof errno !== 'number' || typeof sqlState !== 'string' || errno === UNKNOWN_ERROR) return error;
  return Object.assign(new SqlError(errno, sqlState, error.message, error.kind), { cause: error });
}

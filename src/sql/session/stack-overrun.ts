/**
 * The parser bounds how deep a text nests, which keeps the walks of its tree within the stack. What is deep for other
 * reasons, such as views of views, ends where the stack does: with MySQL's error, as a statement that failed.
 */
import { stackOverrun } from '../types/sql-error.ts';

/** The error that a statement fails with, for one that was caught. */
export function statementError(error: unknown): unknown {
  return error instanceof RangeError && error.message.includes('call stack') ? stackOverrun() : error;
}

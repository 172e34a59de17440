/** A text that is no SQL: where, and what stands there, in MySQL's words with the column added. */
import { SqlError } from '../types/sql-error.ts';

export const emptyQuery = () => new SqlError(1065, '42000', 'Query was empty');

const HEAD =
  'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax';

export class SqlSyntaxError extends SqlError {
  /** Offset into the text. */
  readonly position: number;
  /** From 1, within the whole text. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The text from the offending token on, shortened; '' at the end of the statement. */
  readonly near: string;
  constructor(text: string, position: number, near: string, reason?: string) {
    const before = text.slice(0, position);
    const line = before.split('\n').length;
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
    const because = reason === undefined ? '' : ` (${reason})`;
    super(1064, '42000', `${HEAD} to use near '${near}' at line ${line}, column ${column}${because}`);
    this.position = position;
    this.line = line;
    this.column = column;
    this.near = near;
  }
}

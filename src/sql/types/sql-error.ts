/**
 * Errors of SQL with MySQL's number, SQLSTATE and wording, where Dolt has a wording of its own that is what users see
 * and the number is MySQL's. Each error that SQL raises has one constructor here, so that the text is in one place.
 */
import { DoltError, type ErrorKind } from '../../base/errors.ts';

export class SqlError extends DoltError {
  readonly errno: number;
  readonly sqlState: string;
  constructor(errno: number, sqlState: string, message: string, kind: ErrorKind = 'invalid') {
    super(kind, message);
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

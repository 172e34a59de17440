/** What a server says that is not about a statement, with MySQL's numbers. */
import { SqlError } from '../sql/types/sql-error.ts';

export const tooManyConnections = (): SqlError => new SqlError(1040, '08004', 'Too many connections', 'unavailable');
export const unknownCommand = (): SqlError => new SqlError(1047, '08S01', 'Unknown command');
export const unknownPreparedStatement = (id: number, command: string): SqlError =>
  new SqlError(1243, 'HY000', `Unknown prepared statement handler (${id}) given to ${command}`, 'notFound');
export const noOpenCursor = (id: number): SqlError =>
  new SqlError(1421, 'HY000', `The statement (${id}) has no open cursor.`);
export const notPrepared = (): SqlError =>
  new SqlError(1295, 'HY000', 'This command is not supported in the prepared statement protocol yet', 'unsupported');
export const serverShutdown = (): SqlError => new SqlError(1053, '08S01', 'Server shutdown in progress', 'unavailable');
export const outdatedClient = (): SqlError =>
  new SqlError(
    1251,
    '08004',
    'Client does not support authentication protocol requested by server; consider upgrading MySQL client',
    'denied',
  );
export const tlsNeeded = (): SqlError =>
  new SqlError(
    3159,
    'HY000',
    'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
    'denied',
  );

export const longDataTooLong = (): SqlError =>
  new SqlError(
    1105,
    'HY000',
    "Parameter of prepared statement which is set through mysql_send_long_data() is longer than 'max_allowed_packet' bytes",
  );

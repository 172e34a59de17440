/**
 * Errors of SQL with MySQL's number, SQLSTATE and wording. Each error that SQL raises has one constructor here, so that
 * a text is in one place. `kind` names the remedy, as for every DoltError.
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

/** What the text says a value was wanted as: `integer`, `decimal`, `double`, `datetime`, `time`, `string`. */
export type ValueKind = string;

const SHOWN = 128;
function shown(value: string): string {
  return value.length > SHOWN ? value.slice(0, SHOWN) : value;
}

// Names.
export const noSuchTable = (table: string, database?: string | null) =>
  new SqlError(1146, '42S02', `Table '${database ? `${database}.` : ''}${table}' doesn't exist`, 'notFound');
export const unknownTable = (name: string) => new SqlError(1051, '42S02', `Unknown table '${name}'`, 'notFound');
export const tableExists = (name: string) => new SqlError(1050, '42S01', `Table '${name}' already exists`, 'conflict');
export const unknownColumn = (column: string, clause: string) =>
  new SqlError(1054, '42S22', `Unknown column '${column}' in '${clause}'`, 'notFound');
export const tooManyTables = (most: number) =>
  new SqlError(1116, 'HY000', `Too many tables; only ${most} tables and joins can be used in a FROM clause`);
export const ambiguousColumn = (column: string, clause: string) =>
  new SqlError(1052, '23000', `Column '${column}' in ${clause} is ambiguous`);
export const duplicateColumn = (column: string) => new SqlError(1060, '42S21', `Duplicate column name '${column}'`);
/** Of more than 64 characters. */
export const identifierTooLong = (name: string): SqlError =>
  new SqlError(1059, '42000', `Identifier name '${name}' is too long`);
export const columnSpecifiedTwice = (column: string) =>
  new SqlError(1110, '42000', `Column '${column}' specified twice`);
export const notUniqueTable = (alias: string) => new SqlError(1066, '42000', `Not unique table/alias: '${alias}'`);
export const unknownDatabase = (name: string) => new SqlError(1049, '42000', `Unknown database '${name}'`, 'notFound');
export const databaseExists = (name: string) =>
  new SqlError(1007, 'HY000', `Can't create database '${name}'; database exists`, 'conflict');
export const systemSchema = (name: string) =>
  new SqlError(3552, 'HY000', `Access to system schema '${name}' is rejected.`, 'denied');
export const noSuchDatabaseToDrop = (name: string) =>
  new SqlError(1008, 'HY000', `Can't drop database '${name}'; database doesn't exist`, 'notFound');
export const noDatabaseSelected = () => new SqlError(1046, '3D000', 'No database selected');
export const duplicateKeyName = (name: string) => new SqlError(1061, '42000', `Duplicate key name '${name}'`);
export const keyColumnMissing = (column: string) =>
  new SqlError(1072, '42000', `Key column '${column}' doesn't exist in table`);
export const cannotDrop = (name: string) =>
  new SqlError(1091, '42000', `Can't DROP '${name}'; check that column/key exists`, 'notFound');
export const multiplePrimaryKeys = () => new SqlError(1068, '42000', 'Multiple primary key defined');
export const wrongAutoKey = () =>
  new SqlError(
    1075,
    '42000',
    'Incorrect table definition; there can be only one auto column and it must be defined as a key',
  );
export const unknownSystemVariable = (name: string) =>
  new SqlError(1193, 'HY000', `Unknown system variable '${name}'`, 'notFound');
export const wrongVariableValue = (name: string, value: string) =>
  new SqlError(1231, '42000', `Variable '${name}' can't be set to the value of '${value}'`);
export const schedulerDisabled = () =>
  new SqlError(
    1290,
    'HY000',
    'The MySQL server is running with the --event-scheduler=DISABLED or --skip-grant-tables option so it cannot execute this statement',
    'denied',
  );
export const wrongVariableType = (name: string) =>
  new SqlError(1232, '42000', `Incorrect argument type to variable '${name}'`);
export const readOnlyVariable = (name: string) =>
  new SqlError(1238, 'HY000', `Variable '${name}' is a read only variable`);
export const globalVariable = (name: string) =>
  new SqlError(1229, 'HY000', `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`);
export const sessionVariable = (name: string) =>
  new SqlError(1228, 'HY000', `Variable '${name}' is a SESSION variable and can't be used with SET GLOBAL`);
export const unknownFunction = (name: string, database?: string | null) =>
  new SqlError(1305, '42000', `FUNCTION ${database ? `${database}.` : ''}${name} does not exist`, 'notFound');
export const unknownProcedure = (name: string, database?: string | null) =>
  new SqlError(1305, '42000', `PROCEDURE ${database ? `${database}.` : ''}${name} does not exist`, 'notFound');
export const wrongParameterCount = (name: string) =>
  new SqlError(1582, '42000', `Incorrect parameter count in the call to native function '${name}'`);
export const wrongArguments = (name: string) => new SqlError(1210, 'HY000', `Incorrect arguments to ${name}`);
export const unknownCharacterSet = (name: string) =>
  new SqlError(1115, '42000', `Unknown character set: '${name}'`, 'notFound');
export const unknownCollation = (name: string) =>
  new SqlError(1273, 'HY000', `Unknown collation: '${name}'`, 'notFound');
export const collationMismatch = (collation: string, characterSet: string) =>
  new SqlError(1253, '42000', `COLLATION '${collation}' is not valid for CHARACTER SET '${characterSet}'`);
export const collationMix = (left: string, right: string, operation: string) =>
  new SqlError(1267, 'HY000', `Illegal mix of collations (${left}) and (${right}) for operation '${operation}'`);
export const unknownTimeZone = (name: string) =>
  new SqlError(1298, 'HY000', `Unknown or incorrect time zone: '${name}'`, 'notFound');

// Statements.
export const notSupported = (what: string) =>
  new SqlError(1235, '42000', `This version of MySQL doesn't yet support '${what}'`, 'unsupported');
export const invalidGroupFunctionUse = () => new SqlError(1111, 'HY000', 'Invalid use of group function');
export const notInGroupBy = (position: number, clause: string, column: string) =>
  new SqlError(
    1055,
    '42000',
    `Expression #${position} of ${clause} is not in GROUP BY clause and contains nonaggregated column '${column}' which is not functionally dependent on columns in GROUP BY clause; this is incompatible with sql_mode=only_full_group_by`,
  );
export const mixedGroupColumns = (position: number, clause: string, column: string) =>
  new SqlError(
    1140,
    '42000',
    `In aggregated query without GROUP BY, expression #${position} of ${clause} contains nonaggregated column '${column}'; this is incompatible with sql_mode=only_full_group_by`,
  );
export const operandColumns = (columns: number) =>
  new SqlError(1241, '21000', `Operand should contain ${columns} column(s)`);
export const tooManyRows = () => new SqlError(1172, '42000', 'Result consisted of more than one row');
export const subqueryRows = () => new SqlError(1242, '21000', 'Subquery returns more than 1 row');
export const columnCountMismatch = (row: number) =>
  new SqlError(1136, '21S01', `Column count doesn't match value count at row ${row}`);
export const unionColumnCount = () =>
  new SqlError(1222, '21000', 'The used SELECT statements have a different number of columns');
export const viewColumnCount = () =>
  new SqlError(
    1353,
    'HY000',
    'In definition of view, derived table or common table expression, SELECT list and column names list have different column counts',
  );
export const recursionLimit = (limit: number) =>
  new SqlError(
    3636,
    'HY000',
    `Recursive query aborted after ${limit} iterations. Try increasing @@cte_max_recursion_depth to a larger value.`,
  );
export const stackOverrun = () =>
  new SqlError(1436, 'HY000', 'Thread stack overrun: the statement is nested too deeply');
export const interrupted = () => new SqlError(1317, '70100', 'Query execution was interrupted', 'unavailable');
export const timeLimitPassed = () =>
  new SqlError(
    3024,
    'HY000',
    'Query execution was interrupted, maximum statement execution time exceeded',
    'unavailable',
  );
export const lockWaitTimeout = () =>
  new SqlError(1205, 'HY000', 'Lock wait timeout exceeded; try restarting transaction', 'unavailable');
export const readOnly = (what: string) => new SqlError(1290, 'HY000', `${what} is read only`, 'denied');
export const readOnlyTransaction = () =>
  new SqlError(1792, '25006', 'Cannot execute statement in a READ ONLY transaction.', 'denied');
export const deadlock = (reason: string) =>
  new SqlError(1213, '40001', `serialization failure: ${reason}, try restarting transaction.`, 'conflict');

// Rows.
/** `key` is `table.PRIMARY` or `table.index`; `entry` the key's values joined by `-`. */
export const duplicateKey = (entry: string, key: string) =>
  new SqlError(1062, '23000', `Duplicate entry '${shown(entry)}' for key '${key}'`, 'conflict');
export const columnNotNull = (column: string) => new SqlError(1048, '23000', `Column '${column}' cannot be null`);
export const noDefault = (column: string) =>
  new SqlError(1364, 'HY000', `Field '${column}' doesn't have a default value`);
export const invalidDefault = (column: string) => new SqlError(1067, '42000', `Invalid default value for '${column}'`);
export const checkViolated = (name: string) => new SqlError(3819, 'HY000', `Check constraint '${name}' is violated.`);
export const foreignKeyChild = (description: string) =>
  new SqlError(
    1452,
    '23000',
    `Cannot add or update a child row: a foreign key constraint fails (${description})`,
    'conflict',
  );
export const foreignKeyParent = (description: string) =>
  new SqlError(
    1451,
    '23000',
    `Cannot delete or update a parent row: a foreign key constraint fails (${description})`,
    'conflict',
  );
export const setNullColumn = (column: string, key: string) =>
  new SqlError(
    1830,
    'HY000',
    `Column '${column}' cannot be NOT NULL: needed in a foreign key constraint '${key}' SET NULL`,
  );
export const cascadesTooDeep = (levels: number) =>
  new SqlError(3008, 'HY000', `Foreign key cascade delete/update exceeds max depth of ${levels}.`, 'conflict');
export const generatedColumnValue = (column: string, table: string) =>
  new SqlError(
    3105,
    'HY000',
    `The value specified for generated column '${column}' in table '${table}' is not allowed.`,
  );
export const autoIncrementExhausted = () =>
  new SqlError(1467, 'HY000', 'Failed to read auto-increment value from storage engine');

// Values: what a column does not take. `column` and `row` are left out of the text when unknown.
function place(column: string | undefined, row: number | undefined): string {
  return column === undefined ? '' : ` for column '${column}' at row ${row ?? 1}`;
}
export const outOfRange = (column: string | undefined, row?: number) =>
  new SqlError(1264, '22003', `Out of range value${place(column, row)}`);
export const dataTruncated = (column: string | undefined, row?: number) =>
  new SqlError(1265, '01000', `Data truncated${place(column, row)}`);
export const dataTooLong = (column: string | undefined, row?: number) =>
  new SqlError(1406, '22001', `Data too long${place(column, row)}`);
export const incorrectValue = (kind: ValueKind, value: string, column: string | undefined, row?: number) =>
  new SqlError(1366, 'HY000', `Incorrect ${kind} value: '${shown(value)}'${place(column, row)}`);
export const incorrectTemporal = (kind: ValueKind, value: string, column?: string, row?: number) =>
  new SqlError(1292, '22007', `Incorrect ${kind} value: '${shown(value)}'${place(column, row)}`);
/** A constant that a date or time is compared with and that is none. */
export const wrongValue = (kind: string, value: string) =>
  new SqlError(1525, 'HY000', `Incorrect ${kind.toUpperCase()} value: '${shown(value)}'`);
export const numericOutOfRange = (kind: 'BIGINT' | 'BIGINT UNSIGNED' | 'DOUBLE' | 'DECIMAL', expression: string) =>
  new SqlError(1690, '22003', `${kind} value is out of range in '${expression}'`);
export const divisionByZero = () => new SqlError(1365, '22012', 'Division by 0');
export const columnTooLong = (column: string, length: number) =>
  new SqlError(
    1074,
    '42000',
    `Column length too big for column '${column}' (max = ${length}); use BLOB or TEXT instead`,
  );
export const precisionTooBig = (precision: number, column: string, limit: number) =>
  new SqlError(1426, '42000', `Too-big precision ${precision} specified for '${column}'. Maximum is ${limit}.`);
export const scaleTooBig = (scale: number, column: string, limit: number) =>
  new SqlError(1425, '42000', `Too big scale ${scale} specified for column '${column}'. Maximum is ${limit}.`);
export const scaleAbovePrecision = (column: string) =>
  new SqlError(1427, '42000', `For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '${column}').`);
export const packetTooLarge = (name: string, limit: number) =>
  new SqlError(1301, 'HY000', `Result of ${name}() was larger than max_allowed_packet (${limit}) - truncated`);

// JSON and regular expressions.
export const unknownExplainFormat = (name: string) =>
  new SqlError(1791, 'HY000', `Unknown EXPLAIN format name: '${name}'`);
export const memoryExceeded = (limit: number) =>
  new SqlError(
    3170,
    'HY000',
    `Memory capacity of ${limit} bytes for 'max_statement_memory' exceeded. Set it higher, or have the statement keep fewer rows.`,
  );
export const invalidJsonText = (reason: string, position: number) =>
  new SqlError(3140, '22032', `Invalid JSON text: "${reason}" at position ${position} in value.`);
export const invalidJsonArgument = (argument: number, name: string, reason: string, position: number) =>
  new SqlError(
    3141,
    '22032',
    `Invalid JSON text in argument ${argument} to function ${name}: "${reason}" at position ${position}.`,
  );
export const invalidJsonType = (argument: number, name: string) =>
  new SqlError(
    3146,
    '22032',
    `Invalid data type for JSON data in argument ${argument} to function ${name}; a JSON string or JSON type is required.`,
  );
export const invalidJsonPath = (position: number) =>
  new SqlError(3143, '42000', `Invalid JSON path expression. The error is around character position ${position}.`);
export const jsonPathWildcard = () =>
  new SqlError(
    3149,
    '42000',
    'In this situation, path expressions may not contain the * and ** tokens or an array range.',
  );
export const jsonVacuousPath = () =>
  new SqlError(3153, '42000', "The path expression '$' is not allowed in this context.");
export const jsonPathNoCell = () =>
  new SqlError(3165, '42000', 'A path expression is not a path to a cell in an array.');
export const jsonNullKey = () => new SqlError(3158, '22032', 'JSON documents may not contain NULL member names.');
export const jsonOneOrAll = (name: string) =>
  new SqlError(3154, '42000', `The oneOrAll argument to ${name} may take these values: 'one' or 'all'.`);
export const regexpError = (message: string) =>
  new SqlError(3685, 'HY000', message === '' ? 'Illegal argument to a regular expression.' : message);
export const regexpTimeout = () => new SqlError(3699, 'HY000', 'Timeout exceeded in regular expression match.');
export const wrongUuid = (value: string, name: string) =>
  new SqlError(1411, 'HY000', `Incorrect string value: '${value}' for function ${name}`);

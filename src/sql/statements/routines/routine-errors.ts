/** Errors of stored programs, with MySQL's numbers and wording. */
import { SqlError } from '../../types/sql-error.ts';

const error = (errno: number, sqlState: string, message: string): SqlError => new SqlError(errno, sqlState, message);
const missing = (errno: number, sqlState: string, message: string): SqlError =>
  new SqlError(errno, sqlState, message, 'notFound');

// Names.
export const undeclaredVariable = (name: string) => error(1327, '42000', `Undeclared variable: ${name}`);
export const duplicateParameter = (name: string) => error(1330, '42000', `Duplicate parameter: ${name}`);
export const duplicateVariable = (name: string) => error(1331, '42000', `Duplicate variable: ${name}`);
export const duplicateCondition = (name: string) => error(1332, '42000', `Duplicate condition: ${name}`);
export const duplicateCursor = (name: string) => error(1333, '42000', `Duplicate cursor: ${name}`);
export const duplicateHandler = () => error(1413, '42000', 'Duplicate handler declared in the same block');
export const undefinedCursor = (name: string) => error(1324, '42000', `Undefined CURSOR: ${name}`);
export const undefinedCondition = (name: string) => error(1319, '42000', `Undefined CONDITION: ${name}`);
export const noSuchLabel = (verb: string, name: string) =>
  error(1308, '42000', `${verb} with no matching label: ${name}`);
export const labelTwice = (name: string) => error(1309, '42000', `Redefining label ${name}`);
export const variableAfterCursor = () =>
  error(1337, '42000', 'Variable or condition declaration after cursor or handler declaration');
export const cursorAfterHandler = () => error(1338, '42000', 'Cursor declaration after handler declaration');
export const badSqlState = (value: string) => error(1407, '42000', `Bad SQLSTATE: '${value}'`);
export const declarationInside = () =>
  error(1064, '42000', 'a declaration stands at the beginning of its BEGIN … END block, before other statements');

// What may stand where.
export const limitNotInteger = () => error(1691, 'HY000', 'A variable of a non-integer based type in LIMIT clause');
export const returnOutside = () => error(1313, '42000', 'RETURN is only allowed in a FUNCTION');
export const noReturn = (name: string) => error(1320, '42000', `No RETURN found in FUNCTION ${name}`);
export const notInRoutine = (what: string) => error(1314, '0A000', `${what} is not allowed in stored procedures`);
export const nestedCreate = (what: string) =>
  error(1303, '2F003', `Can't create a ${what} from within another stored routine`);
export const resultSetFrom = (what: string) =>
  error(1415, '0A000', `Not allowed to return a result set from a ${what}`);
export const noDynamicSql = () => error(1336, '0A000', 'Dynamic SQL is not allowed in stored function or trigger');
export const noCommitInside = () =>
  error(1422, 'HY000', 'Explicit or implicit commit is not allowed in stored function or trigger.');
export const noSuchRow = (row: string, event: string) =>
  error(1363, 'HY000', `There is no ${row} row in on ${event} trigger`);
export const rowNotAssignable = (row: string, time: string) =>
  error(1362, 'HY000', `Updating of ${row} row is not allowed in ${time}trigger`);

// Running.
export const noData = () => missing(1329, '02000', 'No data - zero rows fetched, selected, or processed');
export const fetchCount = () => error(1328, 'HY000', 'Incorrect number of FETCH variables');
export const cursorOpen = () => error(1325, '24000', 'Cursor is already open');
export const cursorNotOpen = () => error(1326, '24000', 'Cursor is not open');
export const caseNotFound = () => error(1339, '20000', 'Case not found for CASE statement');
export const endedWithoutReturn = (name: string) => error(1321, '2F005', `FUNCTION ${name} ended without RETURN`);
export const argumentCount = (what: string, name: string, wanted: number, got: number) =>
  error(1318, '42000', `Incorrect number of arguments for ${what} ${name}; expected ${wanted}, got ${got}`);
export const notAVariable = (position: number, name: string) =>
  error(
    1414,
    '42000',
    `OUT or INOUT argument ${position} for routine ${name} is not a variable or NEW pseudo-variable in BEFORE trigger`,
  );
export const recursionLimit = (limit: number, name: string) =>
  error(
    1456,
    'HY000',
    `Recursive limit ${limit} (as set by the max_sp_recursion_depth variable) was exceeded for routine ${name}`,
  );
export const recursiveFunction = () => error(1424, 'HY000', 'Recursive stored functions and triggers are not allowed.');
export const tableInUse = (table: string) =>
  error(
    1442,
    'HY000',
    `Can't update table '${table}' in stored function/trigger because it is already used by statement which invoked this stored function/trigger.`,
  );
export const resignalOutside = () => error(1645, '0K000', 'RESIGNAL when handler not active');
export const noConditionItem = () => error(1758, '35000', 'Invalid condition number');
export const noStackedDiagnostics = () => error(1887, '0Z002', 'GET STACKED DIAGNOSTICS when handler not active');
export const duplicateItem = (name: string) => error(1641, '42000', `Duplicate condition information item '${name}'`);

// Definitions.
export const routineExists = (what: string, name: string) => error(1304, '42000', `${what} ${name} already exists`);
export const noSuchRoutine = (what: string, name: string) => missing(1305, '42000', `${what} ${name} does not exist`);
export const triggerExists = () => error(1359, 'HY000', 'Trigger already exists');
export const noSuchTrigger = () => missing(1360, 'HY000', 'Trigger does not exist');
export const triggerOnView = (name: string) => error(1347, 'HY000', `'${name}' is not BASE TABLE`);
export const triggerOnTemporary = (name: string) =>
  error(1361, 'HY000', `Trigger's '${name}' is view or temporary table`);
export const triggerElsewhere = () => error(1435, 'HY000', 'Trigger in wrong schema');
export const noReferencedTrigger = (name: string) =>
  missing(3011, 'HY000', `Referenced trigger '${name}' for the given action time and event type does not exist.`);
export const eventExists = (name: string) => error(1537, 'HY000', `Event '${name}' already exists`);
export const alteredIntoThePast = () =>
  error(
    1589,
    'HY000',
    'Event execution time is in the past and ON COMPLETION NOT PRESERVE is set. The event was not changed. Specify a time in the future.',
  );
export const noSuchEvent = (name: string) => missing(1539, 'HY000', `Unknown event '${name}'`);

/**
 * What the expressions of a table's definition may hold: generated columns, checks and key parts give the same for the same
 * row, whoever asks and whenever (MySQL 8.0, "CREATE TABLE and Generated Columns", "CHECK Constraints").
 */
import { isScalarFunction } from '../expressions/build.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import { SqlError } from '../types/sql-error.ts';
import { someNode } from './syntax-walk.ts';

type Node = Parameters<Parameters<typeof someNode>[1]>[0];

/** They give something else another time, or to somebody else, without being random. */
const UNSTABLE: ReadonlySet<string> = new Set([
  ...['now', 'current_timestamp', 'localtime', 'localtimestamp', 'sysdate', 'curdate', 'current_date', 'curtime'],
  ...['current_time', 'utc_date', 'utc_time', 'utc_timestamp', 'user', 'current_user', 'session_user', 'system_user'],
  ...['current_role', 'database', 'schema', 'version', 'connection_id', 'last_insert_id', 'found_rows', 'row_count'],
  'last_insert_uuid',
  ...[
    'benchmark',
    'sleep',
    'load_file',
    'get_lock',
    'release_lock',
    'release_all_locks',
    'is_free_lock',
    'is_used_lock',
  ],
  ...['values', 'active_branch', 'hashof', 'dolt_hashof', 'dolt_hashof_table', 'dolt_hashof_db', 'dolt_version'],
]);

/** Give something else each time. */
const RANDOM: ReadonlySet<string> = new Set(['rand', 'random_bytes', 'uuid', 'uuid_short']);

const VARIABLES: ReadonlySet<string> = new Set(['userVariable', 'systemVariable', 'assignment']);

/** A function that is not stable, a variable or a query. */
export function isUnstable(node: Node): boolean {
  return node.kind === 'query' || VARIABLES.has(node.kind ?? '') || unstableFunction(node) !== undefined;
}

function unstableFunction({ kind, name, args }: Node): string | undefined {
  if (kind === 'match') return 'match';
  if (kind !== 'call') return undefined;
  const called = String(name).toLowerCase();
  if (called === 'unix_timestamp') return (args as readonly unknown[]).length === 0 ? called : undefined;
  return UNSTABLE.has(called) ? called : undefined;
}

/** Throws 3763, 3765 and 3102. */
export function assertGenerated(expression: Expression, column: string): void {
  const about = `Expression of generated column '${column}'`;
  assertStable(expression, {
    call: (name) => new SqlError(3763, 'HY000', `${about} contains a disallowed function: ${name}.`),
    variable: () => new SqlError(3765, 'HY000', `${about} cannot refer user or system variables.`),
    query: () => new SqlError(3102, 'HY000', `${about} contains a disallowed function.`),
  });
}

/** Of a default. Throws 3770 for a function that is none of the built-in ones, and 3772. */
export function assertDefault(expression: Expression, column: string): void {
  const about = `Default value expression of column '${column}'`;
  someNode(expression, ({ kind, name, database }) => {
    if (VARIABLES.has(kind ?? '')) throw new SqlError(3772, 'HY000', `${about} cannot refer user or system variables.`);
    if (kind !== 'call' || (database === undefined && isScalarFunction(String(name)))) return false;
    throw new SqlError(3770, 'HY000', `${about} contains a disallowed function: ${String(name)}.`);
  });
}

/** `column`: the one that it was written behind, to which alone it may refer. Throws 3813 to 3816. */
export function assertCheck(expression: Expression, name: string, column: string | undefined): void {
  const about = `An expression of a check constraint '${name}'`;
  assertStable(expression, {
    call: (called) => new SqlError(3814, 'HY000', `${about} contains disallowed function: ${called}.`),
    variable: () => new SqlError(3816, 'HY000', `${about} cannot refer to a user or system variable.`),
    query: () => new SqlError(3815, 'HY000', `${about} contains disallowed function.`),
  });
  const isOther = ({ kind, name: other }: Node): boolean =>
    kind === 'column' && String(other).toLowerCase() !== column?.toLowerCase();
  if (column !== undefined && someNode(expression, isOther)) {
    throw new SqlError(3813, 'HY000', `Column check constraint '${name}' references other column.`);
  }
}

interface Refusals {
  call(name: string): SqlError;
  variable(): SqlError;
  query(): SqlError;
}

function assertStable(expression: Expression, refusals: Refusals): void {
  someNode(expression, (node) => {
    if (node.kind === 'query') throw refusals.query();
    if (VARIABLES.has(node.kind ?? '')) throw refusals.variable();
    const called = unstableFunction(node) ?? randomFunction(node);
    if (called !== undefined) throw refusals.call(called);
    return false;
  });
}

function randomFunction({ kind, name }: Node): string | undefined {
  const called = kind === 'call' ? String(name).toLowerCase() : '';
  return RANDOM.has(called) ? called : undefined;
}

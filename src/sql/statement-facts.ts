/** What the engine has to know of a statement before it runs it. */
import type { Query } from './syntax/ast/query.ts';
import type { Statement } from './syntax/ast/statement.ts';

/** These neither read nor write a database: they need no snapshot and no pull. */
const SNAPSHOT_FREE: ReadonlySet<Statement['kind']> = new Set([
  'set',
  'begin',
  'commit',
  'rollback',
  'deallocate',
  'kill',
  'setTransaction',
]);

/** Procedures that have to work when a replica's remote does not answer any more. */
const FAILOVER_CALLS: ReadonlySet<string> = new Set(['dolt_promote', 'dolt_demote', 'dolt_remote', 'dolt_backup']);

/** Needs nothing of the databases: a replica is not asked whether it could read its remote first. */
export function isSnapshotFree(statement: Statement): boolean {
  if (statement.kind === 'call') return FAILOVER_CALLS.has(statement.name.toLowerCase());
  return SNAPSHOT_FREE.has(statement.kind) || isDiagnostic(statement);
}

/** SHOW WARNINGS and its like leave the list as it is, and so does `SELECT @@warning_count`. */
export function isDiagnostic(statement: Statement): boolean {
  if (statement.kind === 'getDiagnostics') return true;
  if (statement.kind === 'select') return countsWarnings(statement.query);
  if (statement.kind !== 'show') return false;
  return ['warnings', 'errors', 'count warnings', 'count errors'].includes(statement.subject);
}

function countsWarnings({ body }: Query): boolean {
  if (body.kind !== 'select' || body.from.length > 0) return false;
  return body.items.some((item) => {
    if (item.kind !== 'expression') return false;
    const { expression } = item;
    return (
      expression.kind === 'systemVariable' && (expression.name === 'warning_count' || expression.name === 'error_count')
    );
  });
}

/** It stores rows, and a row that cannot be stored is an error. */
export function storesRows(statement: Statement): boolean {
  if (statement.kind === 'insert' || statement.kind === 'update') return !statement.ignore;
  return statement.kind === 'loadData';
}

/** It has IGNORE. */
export function ignoresErrors(statement: Statement): boolean {
  const { kind } = statement;
  if (kind === 'loadData') return statement.duplicates === 'ignore';
  return (kind === 'insert' || kind === 'update' || kind === 'delete') && statement.ignore;
}

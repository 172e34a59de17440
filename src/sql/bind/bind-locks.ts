/**
 * FOR UPDATE OF, FOR SHARE OF: names of tables in FROM, which are their aliases where they have one (MySQL manual, "Locking
 * Reads"). Nothing is locked: a transaction reads its snapshot.
 */
import type * as syntax from '../syntax/ast/query.ts';
import type { TableReference } from '../syntax/ast/table-reference.ts';
import { SqlError } from '../types/sql-error.ts';
import { sameName } from './scope.ts';

/** Throws 3568 for a name that no table has. */
export function checkLocks({ locks, body }: syntax.Query): void {
  if (body.kind !== 'select') return;
  for (const name of locks.flatMap(({ tables }) => tables)) {
    if (!body.from.some((table) => isNamed(table, name))) throw unresolvedLock(name);
  }
}

function isNamed(table: TableReference, name: string): boolean {
  switch (table.kind) {
    case 'join':
      return isNamed(table.left, name) || isNamed(table.right, name);
    case 'list':
      return table.tables.some((each) => isNamed(each, name));
    case 'table':
      return sameName(table.alias ?? table.table.name, name);
    case 'tableFunction':
      return sameName(table.alias ?? table.name, name);
    default:
      return table.alias !== undefined && sameName(table.alias, name);
  }
}

const unresolvedLock = (name: string) =>
  new SqlError(3568, 'HY000', `Unresolved table name \`${name}\` in locking clause.`);

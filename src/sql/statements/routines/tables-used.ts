/** The tables that a statement names, also those of its subqueries. */
import { splitDatabaseName } from '../../session/revision.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import type { StatementScene } from '../scene.ts';
import { someNode } from '../syntax-walk.ts';
import { usedTableKey } from '../target-table.ts';

/** Every table that the syntax names. */
export function tableNames(statement: Statement): TableName[] {
  const names: TableName[] = [];
  if ('table' in statement && typeof statement.table === 'object') names.push(statement.table);
  if ('targets' in statement) names.push(...statement.targets);
  someNode(statement, (node) => {
    if (node.kind === 'table' && typeof node['table'] === 'object') names.push(node['table'] as TableName);
    return false;
  });
  return names;
}

/** The same as keys: `database.table`, lower case. */
export function tablesUsed(statement: Statement, { session }: StatementScene): string[] {
  return tableNames(statement).flatMap(({ database, name }) => {
    const qualifier = database ?? session.currentDatabase;
    if (qualifier === undefined) return [];
    return [usedTableKey(splitDatabaseName(qualifier).database, name)];
  });
}

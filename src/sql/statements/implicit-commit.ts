/** Statements that commit what is open before and after they run, as in MySQL. */
import type { Statement } from '../syntax/ast/statement.ts';

/** CREATE and DROP of TEMPORARY tables, said so, leave a transaction alone. */
export function commitsImplicitly(statement: Statement): boolean {
  if (!IMPLICIT_COMMIT.has(statement.kind)) return false;
  const { kind } = statement;
  return !((kind === 'createTable' || kind === 'dropTable') && statement.temporary);
}

const IMPLICIT_COMMIT: ReadonlySet<Statement['kind']> = new Set([
  'createTable',
  'alterTable',
  'dropTable',
  'renameTable',
  'truncate',
  'createIndex',
  'dropIndex',
  'createView',
  'dropView',
  'createTrigger',
  'createRoutine',
  'alterRoutine',
  'createEvent',
  'alterEvent',
  'dropObject',
  'createDatabase',
  'alterDatabase',
  'dropDatabase',
  'createUser',
  'alterUser',
  'dropUser',
  'renameUser',
  'createRole',
  'dropRole',
  'grant',
  'revoke',
  'setPassword',
]);

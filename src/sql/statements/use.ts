/** USE db, USE db/branch. */
import { DoltError } from '../../base/errors.ts';
import type { Steps } from '../../repo/steps.ts';
import { splitDatabaseName } from '../session/revision.ts';
import type { Session } from '../session/session.ts';
import { ok } from '../session/statement-result.ts';
import type { UseStatement } from '../syntax/ast/session-statements.ts';
import { SqlError } from '../types/sql-error.ts';
import type { RunStatement } from './scene.ts';

export const runUse: RunStatement<UseStatement> = function* ({ database }, { session }) {
  try {
    session.selection.use(database);
  } catch (error) {
    if (!(error instanceof SqlError) || error.errno !== 1049 || !(yield* follow(session, database, error))) throw error;
    session.selection.use(database);
  }
  return ok();
};

/** On a replica it may be a database that the primary has created since. */
function* follow({ engine: { databases } }: Session, name: string, notFound: SqlError): Steps<boolean> {
  const { database } = splitDatabaseName(name);
  if (databases.follow === undefined || databases.database(database) !== undefined) return false;
  try {
    return yield* databases.follow(database);
  } catch (cause) {
    if (!(cause instanceof DoltError)) throw cause;
    const text = `${notFound.message}; it cannot be cloned: ${cause.message}`;
    throw Object.assign(new SqlError(notFound.errno, notFound.sqlState, text, notFound.kind), { cause });
  }
}

/** CREATE, ALTER and DROP DATABASE. */

import { characterSetCollation, knownCollation } from '../bind/column-type.ts';
import { splitDatabaseName } from '../session/revision.ts';
import { ok } from '../session/statement-result.ts';
import type {
  AlterDatabaseStatement,
  CreateDatabaseStatement,
  DropDatabaseStatement,
} from '../syntax/ast/database-statements.ts';
import { databaseExists, noSuchDatabaseToDrop, SqlError } from '../types/sql-error.ts';
import { DEFAULT_COLLATION } from '../types/sql-type.ts';
import { collationId } from './index-draft.ts';
import type { RunStatement } from './scene.ts';

export const runCreateDatabase: RunStatement<CreateDatabaseStatement> = function* (statement, { session, catalog }) {
  const { name, ifNotExists, options } = statement;
  const { databases } = session.engine;
  session.assertServerWritable();
  if (databases.database(name) !== undefined || catalog.isSchemaDatabase(name)) {
    if (!ifNotExists) throw databaseExists(name);
    session.warn({ level: 'Note', code: 1007, message: databaseExists(name).message });
    return ok({ affectedRows: 1 });
  }
  const { warnings } = yield* databases.create(name);
  for (const message of warnings) session.warn({ level: 'Warning', code: 1105, message });
  const wanted = options.collation ?? (options.charset && characterSetCollation(options.charset));
  const collation = wanted ?? session.variables.text('collation_server');
  if (collation !== DEFAULT_COLLATION) {
    const handle = session.handle(name);
    session.setRoot(handle, session.root(handle).withCollation(collationId(knownCollation(collation))));
  }
  return ok({ affectedRows: 1 });
};

// biome-ignore lint/correctness/useYield: it never waits
export const runAlterDatabase: RunStatement<AlterDatabaseStatement> = function* ({ name, options }, { session }) {
  const handle = session.handle(name);
  const collation = options.collation ?? (options.charset && characterSetCollation(options.charset));
  if (collation !== undefined) {
    session.setRoot(handle, session.root(handle).withCollation(collationId(knownCollation(collation))));
  }
  return ok({ affectedRows: 1 });
};

// biome-ignore lint/correctness/useYield: it never waits
export const runDropDatabase: RunStatement<DropDatabaseStatement> = function* (
  { name, ifExists },
  { session, catalog },
) {
  session.assertServerWritable();
  const { databases } = session.engine;
  if (splitDatabaseName(name).revision !== undefined) throw notDroppable('revision database', name);
  if (catalog.isSchemaDatabase(name)) throw notDroppable('database', name);
  if (databases.database(name) === undefined) {
    if (!ifExists) throw noSuchDatabaseToDrop(name);
    session.warn({ level: 'Note', code: 1008, message: noSuchDatabaseToDrop(name).message });
    return ok();
  }
  const current = session.currentDatabase;
  const wasCurrent = current !== undefined && splitDatabaseName(current).database.toLowerCase() === name.toLowerCase();
  session.rollback();
  databases.drop(name);
  if (wasCurrent) session.selection.useNone();
  return ok({ affectedRows: 1 });
};

const notDroppable = (what: string, name: string): SqlError =>
  new SqlError(1105, 'HY000', `unable to drop ${what}: ${name}`);

/**
 * Where a table's shared auto-increment counter starts: past what any branch of the database has handed out, so that
 * rows added on two branches merge without taking each other's ids.
 */

import { HEADS, REMOTES, type Refs } from '../../repo/refs.ts';
import type { Repository } from '../../repo/repository.ts';
import type { Integer } from '../../tuple/value.ts';
import type { StatementScene } from './scene.ts';
import type { TargetTable } from './target-table.ts';

function seed(repository: Repository, refs: Refs, table: string): Integer {
  let next: Integer = 1;
  const consider = (root: { table(name: string): { readonly autoIncrement: Integer } | undefined }): void => {
    const counter = root.table(table)?.autoIncrement;
    if (counter !== undefined && counter > next) next = counter;
  };
  for (const [name] of refs.entries(HEADS)) consider(repository.workingSet(name.slice(HEADS.length), refs).working);
  for (const [, commit] of refs.entries(REMOTES)) consider(repository.rootOfCommit(commit));
  return next;
}

/** The next value of a stored table's counter. */
export function sharedCounter({ handle, name }: TargetTable, { session }: StatementScene): Integer {
  const { database } = handle;
  return session.engine.autoIncrement.peek(database, name, () =>
    seed(database.repository, session.refs(database), name),
  );
}

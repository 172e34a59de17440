/**
 * Where a table's shared auto-increment counter starts: past what any branch of the database has handed out, so that
 * rows added on two branches merge without taking each other's ids.
 */

import { REMOTES, type Refs } from '../../repo/refs.ts';
import type { Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Integer } from '../../tuple/value.ts';
import type { StatementScene } from './scene.ts';
import type { TargetTable } from './target-table.ts';

function seed(repository: Repository, refs: Refs, table: string): Integer {
  let next = branchesCounter(repository, refs, table);
  for (const [, commit] of refs.entries(REMOTES)) next = later(next, repository.rootOfCommit(commit), table);
  return next;
}

/** Past what branches store, all of them or all but one; 1 at least. */
function branchesCounter(repository: Repository, refs: Refs, table: string, except?: string): Integer {
  let next: Integer = 1;
  for (const branch of refs.branches()) {
    if (branch !== except) next = later(next, repository.workingSet(branch, refs).working, table);
  }
  return next;
}

function later(next: Integer, root: RootValue, table: string): Integer {
  const counter = root.table(table)?.autoIncrement;
  return counter !== undefined && counter > next ? counter : next;
}

/**
 * The counter of a table whose rows are put in again: as in the original it goes on from what is stored, here and on the
 * other branches. Ids that failed inserts took are given out again.
 */
export function restartedCounter({ handle, name, table }: TargetTable, { session }: StatementScene): Integer {
  const { database, revision } = handle;
  const branch = revision.kind === 'branch' ? revision.branch : undefined;
  const others = branchesCounter(database.repository, session.refs(database), name, branch);
  return table.autoIncrement > others ? table.autoIncrement : others;
}

/** The next value of a stored table's counter. */
export function sharedCounter({ handle, name }: TargetTable, { session }: StatementScene): Integer {
  const { database } = handle;
  return session.engine.autoIncrement.peek(database, name, () =>
    seed(database.repository, session.refs(database), name),
  );
}

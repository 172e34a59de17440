/** A database as a statement of a session sees it: at its revision, or at the commit or time that AS OF names. */
import type { Address } from '../../base/address.ts';
import { readCommit } from '../../repo/commit.ts';
import { resolveCommit } from '../../repo/ref-spec.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { WorkingSet } from '../../repo/working-set.ts';
import type { Value } from '../../tuple/value.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import { SqlError } from '../types/sql-error.ts';
import type { DatabaseHandle } from './database-handle.ts';
import type { Session } from './session.ts';

export function databaseAt(session: Session, handle: DatabaseHandle, asOf: Value | undefined): DatabaseView {
  const { database, name } = handle;
  const { repository } = database;
  const refs = session.refs(database);
  const here = session.head(handle);
  const resolve = (spec: string, head: Address): Address =>
    resolveCommit({ nodes: repository.nodes, refs, head }, spec);
  const rootNamed = (text: string): RootValue => {
    const { working, staged } = session.workingSet(handle);
    return text.toUpperCase() === 'STAGED' ? staged : working;
  };
  if (typeof asOf === 'string') session.engine.branchActivity?.read(database, asOf);
  const commit = commitAsOf(handle, here, asOf, resolve);
  const head = commit ?? here;
  const workingSet = (): WorkingSet => {
    if (commit === undefined) return session.workingSet(handle);
    const root = repository.rootOfCommit(commit);
    return { working: root, staged: root };
  };
  return {
    name,
    baseName: database.name,
    repository,
    refs,
    branch: handle.revision.kind === 'branch' && commit === undefined ? handle.revision.branch : undefined,
    head,
    headRoot: () => repository.rootOfCommit(head),
    root: isWorkingName(asOf) ? rootNamed(asOf) : workingSet().working,
    workingSet,
    replaceTable:
      commit === undefined && handle.revision.kind === 'branch'
        ? (table, next, part = 'working') => {
            const present = session.workingSet(handle);
            // Whoever resolves conflicts needs no more, and the statement asked for the table.
            session.setWorkingSet(handle, { ...present, [part]: present[part].withTable(table, next) }, 'merge');
          }
        : undefined,
    workingSetOf: (branch) => session.transaction.workingSet(database, branch),
    resolveCommit: (spec) => resolve(spec, head),
    resolveRoot: (spec) => (isWorkingName(spec) ? rootNamed(spec) : repository.rootOfCommit(resolve(spec, head))),
  };
}

/** Undefined for the working set, which is no commit. */
function commitAsOf(
  { database }: DatabaseHandle,
  head: Address,
  asOf: Value | undefined,
  resolve: (spec: string, head: Address) => Address,
): Address | undefined {
  if (asOf === undefined || asOf === null || isWorkingName(asOf)) return undefined;
  if (typeof asOf === 'string') return resolve(asOf, head);
  const until = Number(asOf) / 1000;
  const { nodes } = database.repository;
  for (let at: Address | undefined = head; at !== undefined; ) {
    const commit = readCommit(nodes, at);
    if (commit.authorDate <= until) return at;
    at = commit.parents[0];
  }
  throw new SqlError(1105, 'HY000', 'no commit is as old as the time that AS OF names', 'notFound');
}

function isWorkingName(asOf: Value | undefined): asOf is string {
  return typeof asOf === 'string' && /^(WORKING|STAGED)$/i.test(asOf);
}

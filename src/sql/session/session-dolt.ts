/** ACTIVE_BRANCH(), DOLT_HASHOF() and their kin over a session. */
import { isAncestor } from '../../repo/commit.ts';
import { mergeBase } from '../../repo/merge-base.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { DoltView } from '../expressions/session-view.ts';
import { SqlError } from '../types/sql-error.ts';
import type { Session } from './session.ts';

/** The version of Dolt whose behaviour and format this is. */
export const DOLT_VERSION = '2.3.1';

export class SessionDolt implements DoltView {
  readonly #session: Session;
  constructor(session: Session) {
    this.#session = session;
  }

  #view(): DatabaseView {
    return this.#session.view(this.#session.handle());
  }

  activeBranch(): string | null {
    return this.#session.selection.branch ?? null;
  }
  version(): string {
    return DOLT_VERSION;
  }
  storageFormat(): string {
    return 'NEW ( __DOLT__ )';
  }
  hashof(revision: string): string {
    return this.#view().resolveCommit(revision);
  }
  hashofTable(table: string, revision: string | undefined): string {
    const view = this.#view();
    const root = revision === undefined ? view.root : view.resolveRoot(revision);
    const name = root.resolveTableName(table);
    const address = name === undefined ? undefined : root.tableAddress(name);
    if (address === undefined) throw new SqlError(1146, '42S02', `table not found: ${table}`, 'notFound');
    return address;
  }
  hashofDatabase(revision: string | undefined): string {
    const view = this.#view();
    if (revision === undefined) return view.root.address;
    return (/^head$/i.test(revision) ? view.headRoot() : view.resolveRoot(revision)).address;
  }
  mergeBase(left: string, right: string): string | null {
    const view = this.#view();
    return mergeBase(view.repository.nodes, view.resolveCommit(left), view.resolveCommit(right)) ?? null;
  }
  hasAncestor(revision: string, ancestor: string): boolean {
    const view = this.#view();
    const { nodes } = view.repository;
    const [a, b] = [view.resolveCommit(ancestor), view.resolveCommit(revision)];
    return a === b || isAncestor(nodes, a, b);
  }
}

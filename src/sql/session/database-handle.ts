import type { Database } from './database.ts';
import type { Revision } from './revision.ts';

/** A database at a revision: what a qualifier, or the lack of one, means to this session. */
export interface DatabaseHandle {
  /** As it is qualified: `db` or `db/branch`. */
  readonly name: string;
  readonly database: Database;
  readonly revision: Revision;
}

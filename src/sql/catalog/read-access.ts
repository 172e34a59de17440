/** What may be read, as the binder asks it. Views are asked for as tables; what their bodies read, of their definers. */
import type { AccountName } from '../types/account-name.ts';
import type { SqlError } from '../types/sql-error.ts';

/** What keeps a column from being read; undefined where nothing does. */
export type ColumnDenial = (column: string) => SqlError | undefined;

export interface Readable {
  /** Set where not a single column may be read. */
  readonly table: SqlError | undefined;
  readonly column: ColumnDenial;
}

export interface ReadAccess {
  /** `user@host`. */
  readonly accountText: string;
  /** What another account may do. Throws 1449 where it is not there. */
  of(account: AccountName): ReadAccess;
  /** Undefined: all of it may be read. The table need not exist. `isPast`: AS OF, where temporary tables are not. */
  readable(database: string | undefined, table: string, isPast: boolean): Readable | undefined;
  /** Throws where Dolt's functions in FROM may not be asked about the database. */
  assertTableFunction(database: string | undefined): void;
}

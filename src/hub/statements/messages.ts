/** What a hub and its processes for statements say to each other. */
import type { Address } from '../../base/address.ts';
import type { ErrorKind } from '../../base/errors.ts';
import type { SqlAnswer } from '../content/run-statement.ts';
import type { SqlLimits } from '../content/sql-limits.ts';

/** A statement to run. */
export interface Question {
  readonly folder: string;
  /** What SQL calls the repository in it. */
  readonly database: string;
  readonly commit: Address;
  readonly sql: string;
  readonly limits: SqlLimits;
}

export type Answer =
  | { readonly answer: SqlAnswer }
  /** `kind` is undefined of a mistake of the program's own. */
  | { readonly error: string; readonly kind: ErrorKind | undefined };

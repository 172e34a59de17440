/** Any statement, by its family. */
import type { AccountStatement } from './account-statements.ts';
import type { DatabaseStatement } from './database-statements.ts';
import type { RoutineStatement } from './routine-statements.ts';
import type { RowStatement } from './row-statements.ts';
import type { ServerStatement } from './server-statements.ts';
import type { SessionStatement } from './session-statements.ts';
import type { InspectionStatement } from './show-statements.ts';
import type { TableStatement } from './table-statements.ts';
import type { ViewStatement } from './view-statements.ts';

export type Statement =
  | RowStatement
  | TableStatement
  | ViewStatement
  | DatabaseStatement
  | RoutineStatement
  | SessionStatement
  | InspectionStatement
  | AccountStatement
  | ServerStatement;

/** Servers that are not this program, the original's among them: SQL works, what is done beside SQL does not. */
import { DoltError } from '../../base/errors.ts';
import { SqlError } from '../../sql/types/sql-error.ts';

/** In place of the server's word that it does not know our procedure, what to do instead; other errors stay as they are. */
export function explained(cause: unknown, instead: string): unknown {
  if (!isUnknownProcedure(cause)) return cause;
  return new DoltError(
    'unsupported',
    `the server that holds this repository is another program; use dolt sql -q "${instead}"`,
    { cause },
  );
}

/** Whether it is the word of a server that does not know our procedure. */
export function isUnknownProcedure(cause: unknown): boolean {
  return cause instanceof SqlError && /dolt_command_line.*not exist/.test(cause.message);
}

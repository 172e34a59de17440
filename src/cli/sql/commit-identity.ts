/** Who signs commits that are made in SQL: as the environment says, like those of the command line. */
import type { Session } from '../../sql/engine.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';

const ROLES = ['AUTHOR', 'COMMITTER'] as const;
const PARTS = ['NAME', 'EMAIL', 'DATE'] as const;

/** Sets `dolt_author_name` from DOLT_AUTHOR_NAME, and so on. */
export async function takeCommitIdentity(
  session: Session,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const role of ROLES) {
    for (const part of PARTS) {
      const name = `DOLT_${role}_${part}`;
      const value = variables[name];
      if (value) await session.query(`set ${name.toLowerCase()} = ${quoteString(value)}`);
    }
  }
}

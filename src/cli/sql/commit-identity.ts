/** Who signs commits that are made in SQL: as the environment says, like those of the command line. */
import type { Config } from '../../repo/config.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';

const ROLES = ['AUTHOR', 'COMMITTER'] as const;
const PARTS = ['NAME', 'EMAIL', 'DATE'] as const;

/** The variables of the environment that say so. */
export const SIGNERS: readonly string[] = ROLES.flatMap((role) => PARTS.map((part) => `DOLT_${role}_${part}`));

type Variables = Readonly<Record<string, string | undefined>>;

/** Sets `dolt_author_name` from DOLT_AUTHOR_NAME, and so on. */
export async function takeCommitIdentity(session: ScriptSession, variables: Variables): Promise<void> {
  const settings: string[] = [];
  for (const role of ROLES) {
    for (const part of PARTS) {
      const name = `DOLT_${role}_${part}`;
      const value = variables[name];
      if (value) settings.push(`${name.toLowerCase()} = ${quoteString(value)}`);
    }
  }
  if (settings.length > 0) await session.query(`set ${settings.join(', ')}`);
}

/** For a session whose own configuration is another: with what is configured here where the environment says nothing. */
export function withConfiguredAuthor(variables: Variables, config: Config): Variables {
  return {
    ...variables,
    DOLT_AUTHOR_NAME: variables['DOLT_AUTHOR_NAME'] || config.get('user.name'),
    DOLT_AUTHOR_EMAIL: variables['DOLT_AUTHOR_EMAIL'] || config.get('user.email'),
  };
}

/** The same for verbs: who commits is who is configured, whoever the author is. */
export function withConfiguredSigners(variables: Variables, config: Config): Variables {
  const signers = withConfiguredAuthor(variables, config);
  const committer = {
    DOLT_COMMITTER_NAME: variables['DOLT_COMMITTER_NAME'] || config.get('user.name'),
    DOLT_COMMITTER_EMAIL: variables['DOLT_COMMITTER_EMAIL'] || config.get('user.email'),
  };
  const isAuthor =
    committer.DOLT_COMMITTER_NAME === signers['DOLT_AUTHOR_NAME'] &&
    committer.DOLT_COMMITTER_EMAIL === signers['DOLT_AUTHOR_EMAIL'];
  // Set apart from the author, the committer would not follow `--author`.
  return isAuthor
    ? { ...signers, DOLT_COMMITTER_NAME: undefined, DOLT_COMMITTER_EMAIL: undefined }
    : { ...signers, ...committer };
}

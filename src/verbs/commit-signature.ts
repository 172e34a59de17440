/**
 * Signed commits. What is signed is a text that says what the commit is of; GnuPG wraps it, readable, with its signature, and
 * the whole is stored in the commit.
 */
import { DoltError } from '../base/errors.ts';
import type { CommitMeta } from '../repo/commit.ts';
import type { Roots } from '../repo/staging.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import type { ParsedArguments } from './arguments.ts';
import type { Flag } from './verb.ts';
import type { Workspace } from './workspace.ts';

export const signFlag: Flag = {
  name: 'gpg-sign',
  short: 'S',
  value: 'key-id',
  optional: true,
  help: 'Sign the commit using GPG. Without a key-id it is that of the variable signingkey, else the default of gpg.',
};

/** The signature of a commit of what `roots` stage; '' where none is asked for. */
export function* signatureOf(
  workspace: Workspace,
  parsed: ParsedArguments,
  meta: CommitMeta,
  roots: Roots,
): Steps<string> {
  if (!parsed.has(signFlag.name) && !/^(1|on|true)$/i.test(workspace.setting('gpgsign'))) return '';
  const { gpg } = workspace.repository.environment;
  if (gpg === undefined) throw new DoltError('unsupported', 'commits cannot be signed here');
  const key = parsed.value(signFlag.name) || workspace.setting('signingkey');
  return yield* waitFor(gpg.sign(signedText(workspace.databaseName(), meta, roots), key));
}

/** As the original has it, with the committer at its end. */
function signedText(database: string, meta: CommitMeta, { head, staged }: Roots): string {
  const { author, committer, authorDate, committerDate, message } = meta;
  return `db: ${database}
Message: ${message}
Name: ${author.name}
Email: ${author.email}
Date: ${dateText(authorDate)}
Head: ${head.address}
Staged: ${staged.address}
CommitterName: ${committer.name}
CommitterEmail: ${committer.email}
CommitterDate: ${dateText(committerDate)}`;
}

/** `2024-01-02 03:04:05.67 +0000 UTC`: Go's text of a time, in UTC. */
function dateText(milliseconds: number): string {
  const [date, time = ''] = new Date(milliseconds).toISOString().slice(0, -1).split('T');
  return `${date} ${time.replace(/\.?0*$/, '')} +0000 UTC`;
}

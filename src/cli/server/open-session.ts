/** The server that a command works on: the one that flags before the command name, or the one that runs in its folder. */
import type { Disk } from '../../base/disk.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { ServerAddress, UserFlags } from '../global-flags.ts';
import { useBranch } from '../sql/use-branch.ts';
import { askPassword } from './ask-password.ts';
import { connect, tls } from './connect.ts';
import { RemoteSession } from './remote-session.ts';
import { type Credentials, openRunningServer } from './running-server.ts';

export interface SessionRequest {
  readonly directory: string;
  readonly disk: Disk;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly host: ServerAddress | undefined;
  readonly user: UserFlags | undefined;
  /** Of the folder's database; the server's default unless told. */
  readonly branch: string | undefined;
}

/** Undefined when no server runs. Throws `unavailable` and `SqlError` for one that does not let us in. */
export async function openServerSession(request: SessionRequest): Promise<RemoteSession | undefined> {
  const { directory, variables, host, user, branch } = request;
  if (host === undefined) {
    const running = await openRunningServer(request, directory, user && (await credentials(user, variables)));
    if (running?.database === null) await useFirstDatabase(running);
    if (running !== undefined && branch !== undefined) await useBranch(running, running.database ?? undefined, branch);
    return running;
  }
  const name = user?.name ?? variables['DOLT_CLI_USER'] ?? 'root';
  // As in the original, nobody is asked for the password of a user that was not named.
  const isNamed = user !== undefined || variables['DOLT_CLI_USER'] !== undefined;
  const given = isNamed
    ? await credentials({ name, password: user?.password }, variables)
    : { user: name, password: '' };
  const { usesTls, ...address } = host;
  const security = usesTls ? { tls: tls({ isRequired: true, rejectUnauthorized: true, host: host.host }) } : {};
  return await RemoteSession.open(() => connect(address, { ...given, isSecure: false, ...security }));
}

const SCHEMAS: ReadonlySet<string> = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

/** As without a server, a folder of databases is worked on from the first; here the first that the user may see. */
async function useFirstDatabase(session: RemoteSession): Promise<void> {
  const { rows } = await session.query('show databases');
  const first = rows.map(([name]) => String(name)).find((name) => !SCHEMAS.has(name));
  if (first !== undefined) await session.query(`use ${quoteName(first)}`);
}

/** The password is asked for where none is given. */
export async function credentials(
  { name, password }: UserFlags,
  variables: SessionRequest['variables'],
): Promise<Credentials> {
  return { user: name, password: password ?? variables['DOLT_CLI_PASSWORD'] ?? (await askPassword()) };
}

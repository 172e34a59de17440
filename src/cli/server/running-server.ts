/**
 * The server that holds the repositories of a folder, found by what it wrote into `sql-server.info`. A file that a killed
 * server left behind leads nowhere: its process is gone, or nobody listens, and then there is no server.
 */

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { databaseName } from '../../repo/database-name.ts';
import { type Environment, Repository, serverInfoPath } from '../../repo/repository.ts';
import { parseServerInfo, type ServerInfo } from '../../server/server-info.ts';
import { LOCAL_USER } from '../../sql/accounts/account.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import type { LogIn } from '../../wire/client.ts';
import { connect, NobodyListens, tls } from './connect.ts';
import { RemoteSession } from './remote-session.ts';

const UNKNOWN_DATABASE = 1049;
const ACCESS_DENIED = 1045;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A session on the server of `directory`; undefined when none runs. Throws `unavailable` where one does not let us in. */
export async function openRunningServer(
  { disk, variables }: Pick<Environment, 'disk' | 'variables'>,
  directory: string,
  user: Credentials | undefined,
): Promise<RemoteSession | undefined> {
  // A server serves the repository of its folder, or those in it.
  const isRepository = Repository.isRepository(disk, directory);
  const database = isRepository ? databaseName(basename(directory), { variables }) : undefined;
  for (const folder of isRepository ? [directory, dirname(directory)] : [directory]) {
    const info = readInfo(folder, directory);
    const session = info && (await sessionOf(info, folder, database, user));
    if (session !== undefined) return session;
  }
  return undefined;
}

/** Whoever can write into the folder above, /tmp say, must not lead us to a server of theirs: they do not own the file. */
function readInfo(folder: string, directory: string): ServerInfo | undefined {
  const path = serverInfoPath(folder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || ![0, process.geteuid?.(), statSync(directory).uid].includes(found.uid)) return undefined;
  try {
    return parseServerInfo(readFileSync(path, 'utf8'));
  } catch (cause) {
    // The server has just ended.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DoltError('denied', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function sessionOf(
  { pid, port, secret }: ServerInfo,
  folder: string,
  database: string | undefined,
  user: Credentials | undefined,
): Promise<RemoteSession | undefined> {
  if (port === undefined || !isAlive(pid)) return undefined;
  const logIn: LogIn = {
    ...(user ?? { user: LOCAL_USER, password: secret }),
    ...{ database, isSecure: true },
    // Who reads the secret's file is on the right machine: the certificate has nothing to add.
    tls: tls({ isRequired: false, rejectUnauthorized: false }),
  };
  try {
    return await RemoteSession.open(() => connect({ host: 'localhost', port }, logIn));
  } catch (error) {
    if (error instanceof NobodyListens) return undefined;
    // Made since the server started, which does not know it.
    if (error instanceof SqlError && error.errno === UNKNOWN_DATABASE) return undefined;
    const isRefused = error instanceof SqlError && error.errno === ACCESS_DENIED;
    if (!isRefused || user !== undefined) throw error;
    const what = `the server of ${folder} (process ${pid}, port ${port}) does not take the secret in ${serverInfoPath(folder)}`;
    throw new DoltError(
      'unavailable',
      `${what}: ${error.message}\nRestart the server; where none runs, remove the file.`,
      {
        cause: error,
      },
    );
  }
}

/** Another user's process is one as well. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

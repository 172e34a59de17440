/**
 * The server that holds the repositories of a folder, found by what it wrote into `sql-server.info`. A file that a killed
 * server left behind leads nowhere: its process is gone, or nobody listens, and then there is no server.
 */
import { readFileSync, statSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Disk } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { Repository } from '../../repo/repository.ts';
import { LOCAL_USER, parseServerInfo, type ServerInfo, serverInfoPath } from '../../server/server-info.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import { Client, type LogIn } from '../../wire/client.ts';
import { RemoteSession } from './remote-session.ts';

/** How long a server may take to let us in. */
const LOG_IN_MS = 10_000;
const UNKNOWN_DATABASE = 1049;
const ACCESS_DENIED = 1045;

/** A session on the server of `directory`; undefined when none runs. Throws `unavailable` where one does not let us in. */
export async function openServerSession(disk: Disk, directory: string): Promise<RemoteSession | undefined> {
  // A server serves the repository of its folder, or those in it.
  const isRepository = Repository.isRepository(disk, directory);
  const database = isRepository ? basename(directory) : undefined;
  for (const folder of isRepository ? [directory, dirname(directory)] : [directory]) {
    const info = readInfo(folder, directory);
    const session = info && (await sessionOf(info, folder, database));
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
): Promise<RemoteSession | undefined> {
  if (port === undefined || !isAlive(pid)) return undefined;
  const logIn: LogIn = {
    ...{ user: LOCAL_USER, password: secret, database, isSecure: true },
    // Who reads the secret's file is on the right machine: the certificate has nothing to add.
    tls: { isRequired: false, start: (stream) => startTls(stream, { rejectUnauthorized: false }) },
  };
  try {
    return await RemoteSession.open(() => connect({ host: 'localhost', port }, logIn));
  } catch (error) {
    if (error instanceof NobodyListens) return undefined;
    // Made since the server started, which does not know it.
    if (error instanceof SqlError && error.errno === UNKNOWN_DATABASE) return undefined;
    if (!(error instanceof SqlError) || error.errno !== ACCESS_DENIED) throw error;
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

class NobodyListens extends DoltError {}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Logs in. Throws `unavailable` when nobody listens or answers in time, and the server's `SqlError`. */
export async function connect(address: Address, logIn: LogIn): Promise<Client> {
  const name = `${address.host}:${address.port}`;
  const socket = connectSocket(address);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer in ${LOG_IN_MS / 1000} seconds`)), LOG_IN_MS);
  try {
    await connected(socket);
    socket.setNoDelay(true);
    return await Client.open(socket, logIn);
  } catch (cause) {
    if (cause instanceof DoltError) throw cause;
    throw new NobodyListens('unavailable', `cannot connect to ${name}: ${reasonOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** With several addresses of a name, each has failed for a reason of its own. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}

async function connected(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
}

export async function startTls(
  stream: Duplex,
  options: { readonly rejectUnauthorized: boolean; readonly servername?: string },
): Promise<Duplex> {
  const secure = connectTls({ socket: stream, ...options });
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.once('error', reject);
  });
  return secure;
}

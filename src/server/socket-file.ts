/**
 * The socket file of a server. One that is in use is left alone, and the server goes on without; what a killed server left
 * behind is replaced, so that a restart finds its place again.
 */
import { lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import type { ServerLog } from '../service/log.ts';
import type { Endpoint, Server } from './server.ts';

/** Where MySQL's clients look when they are told of none. */
export const DEFAULT_SOCKET = '/tmp/mysql.sock';

/**
 * Answers undefined, with a warning in the log, for a file that is in use; for one at the default place, whatever keeps it
 * from being made. Throws the system's error otherwise.
 */
export async function listenOnSocketFile(server: Server, path: string, log: ServerLog): Promise<Endpoint | undefined> {
  try {
    if (await isLeftBehind(path)) rmSync(path);
    return await server.listen({ path });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && path !== DEFAULT_SOCKET) throw error;
    const reason = code === 'EADDRINUSE' ? `file already in use: ${path}` : message;
    log.warn(`unix socket set up failed: ${reason}`);
    return undefined;
  }
}

/** A socket at which nobody listens. A file of another kind, which refuses connections too, is somebody's. */
async function isLeftBehind(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  const socket = connect(path);
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(false));
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
    });
  } finally {
    socket.destroy();
  }
}

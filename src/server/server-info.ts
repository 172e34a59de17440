/**
 * `sql-server.info`: how the command line finds the server of a folder and proves to be of its machine. One line,
 * `pid:port:secret` (the original's format; a port of `-` is none), in the `.dolt` of the folder that is served, also where
 * that is a folder of databases; readable by its owner alone. A server that was killed leaves it behind.
 */
import type { Disk } from '../base/disk.ts';
import { readText, replaceFile } from '../repo/atomic-file.ts';
import { doltDirectoryIn, serverInfoPath } from '../repo/repository.ts';

export interface ServerInfo {
  readonly pid: number;
  /** Undefined: the server does not listen on one. */
  readonly port: number | undefined;
  readonly secret: string;
}

const OWNER_ONLY = 0o600;

/** Undefined for text that is none. */
export function parseServerInfo(text: string): ServerInfo | undefined {
  const parts = /^(\d+):(\d+|-):([^:\s]+)\s*$/.exec(text);
  if (parts === null) return undefined;
  const [, pid, port, secret] = parts;
  return { pid: Number(pid), port: port === '-' ? undefined : Number(port), secret: secret! };
}

export function writeServerInfo(disk: Disk, directory: string, { pid, port, secret }: ServerInfo): void {
  disk.makeDirectory('server-info:directory', doltDirectoryIn(directory));
  replaceFile(disk, 'server-info', serverInfoPath(directory), `${pid}:${port ?? '-'}:${secret}`, OWNER_ONLY);
}

/** Removes the file of this server, and not one that another has put there since; and its folder, where nothing else is in it. */
export function removeServerInfo(disk: Disk, directory: string, { secret }: ServerInfo): void {
  const path = serverInfoPath(directory);
  const text = readText(disk, path);
  if (text === undefined || parseServerInfo(text)?.secret !== secret) return;
  disk.remove('server-info:remove', path);
  const folder = doltDirectoryIn(directory);
  if (disk.list(folder)?.length === 0) disk.removeTree('server-info:folder', folder);
}

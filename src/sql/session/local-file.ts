/** Files on the side of whoever asks, for LOAD DATA LOCAL: a client of a server sends them, the command line reads them. */
import { SqlError } from '../types/sql-error.ts';

export interface LocalFile {
  /** The next bytes, some at least; undefined at the end. Rejects when they cannot be had. */
  next(): Promise<Uint8Array | undefined>;
  close(): void;
}

/** `path` is what the statement says. Throws 3948 where files are not taken from clients. */
export type OpenLocalFile = (path: string) => LocalFile;

export function localFilesDisabled(): SqlError {
  return new SqlError(
    3948,
    '42000',
    'Loading local data is disabled; this must be enabled on both the client and server sides',
    'denied',
  );
}

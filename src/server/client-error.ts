/** Errors of every kind as the packet that tells the client. */

import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { numberedError } from '../sql/session/numbered-error.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import type { ErrorPacket } from '../wire/packets/error.ts';
import { MalformedPacketError, PacketOrderError, PacketTooLargeError } from '../wire/wire-error.ts';

/** ER_UNKNOWN_ERROR: what has no number of its own. */
const UNKNOWN = { errno: 1105, sqlState: 'HY000' } as const;

/** A bug is told to the log in full and to the client in a word. */
export function errorPacket(error: unknown, logger: Logger): ErrorPacket {
  const known = numberedError(error);
  if (known instanceof SqlError) return { errno: known.errno, sqlState: known.sqlState, message: known.message };
  if (known instanceof MalformedPacketError) return { errno: 1835, sqlState: 'HY000', message: known.message };
  if (known instanceof PacketOrderError) return { errno: 1156, sqlState: '08S01', message: known.message };
  if (known instanceof PacketTooLargeError) return { errno: 1153, sqlState: '08S01', message: known.message };
  if (known instanceof DoltError) return { ...UNKNOWN, message: known.message };
  logger.warn('a bug, please report it', { error: error instanceof Error ? error.stack : String(error) });
  return { ...UNKNOWN, message: 'internal error; the log of the server has it' };
}

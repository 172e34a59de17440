/** ERR: what went wrong, with MySQL's number and SQLSTATE. */
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';

export const ERROR = 0xff;

export interface ErrorPacket {
  readonly errno: number;
  /** Five characters. */
  readonly sqlState: string;
  readonly message: string;
}

export function writeError(writer: PacketWriter, { errno, sqlState, message }: ErrorPacket): void {
  writer.start();
  writer.uint8(ERROR);
  writer.uint16(errno);
  writer.text(`#${sqlState}`);
  writer.text(message);
  writer.end();
}

export function readError(payload: Buffer): ErrorPacket {
  const reader = new PayloadReader(payload, 1);
  const errno = reader.uint16();
  const rest = reader.restText();
  // Before the handshake is over there is no SQLSTATE.
  if (!rest.startsWith('#')) return { errno, sqlState: 'HY000', message: rest };
  return { errno, sqlState: rest.slice(1, 6), message: rest.slice(6) };
}

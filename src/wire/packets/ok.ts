/** OK: a statement without rows succeeded, or (as `endOfRows`) the rows of one have ended. */
import type { Integer } from '../../tuple/value.ts';
import { Capability, ServerStatus } from '../capabilities.ts';
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';

export const OK = 0x00;
export const END_OF_ROWS = 0xfe;

export interface SessionChange {
  readonly kind: 'variable' | 'schema' | 'state';
  readonly name?: string;
  readonly value: string;
}

export interface OkPacket {
  readonly affectedRows: number;
  readonly insertId: Integer;
  readonly status: number;
  readonly warnings: number;
  readonly info: string;
  readonly changes: readonly SessionChange[];
}

const TYPES = { variable: 0, schema: 1, state: 2 } as const;

export function writeOk(writer: PacketWriter, packet: OkPacket, capabilities: number, header = OK): void {
  const tracks = (capabilities & Capability.sessionTracking) !== 0;
  const changed = tracks && packet.changes.length > 0;
  writer.start();
  writer.uint8(header);
  writer.lengthInteger(packet.affectedRows);
  writer.lengthInteger(packet.insertId);
  writer.uint16(packet.status | (changed ? ServerStatus.sessionStateChanged : 0));
  writer.uint16(Math.min(packet.warnings, 0xffff));
  // The manual says that without session tracking the text has no length; MySQL's server gives it one.
  if (changed || packet.info !== '') writer.lengthText(packet.info);
  if (changed) writer.lengthBytes(encodeChanges(packet.changes));
  writer.end();
}

function encodeChanges(changes: readonly SessionChange[]): Buffer {
  return Buffer.concat(
    changes.flatMap(({ kind, name, value }) => {
      const texts = (name === undefined ? [value] : [name, value]).map(lengthCoded);
      const body = Buffer.concat(texts);
      return [Buffer.of(TYPES[kind]), coded(body)];
    }),
  );
}

const lengthCoded = (text: string): Buffer => coded(Buffer.from(text));

/** Session state is short: up to 64 KB. */
function coded(bytes: Buffer): Buffer {
  const { length } = bytes;
  const head = length < 0xfb ? Buffer.of(length) : Buffer.of(0xfc, length & 0xff, (length >> 8) & 0xff);
  return Buffer.concat([head, bytes]);
}

export function readOk(payload: Buffer): OkPacket {
  const reader = new PayloadReader(payload, 1);
  const affectedRows = reader.lengthInteger();
  const insertId = reader.lengthInteger();
  const status = reader.uint16();
  const warnings = reader.uint16();
  const info = reader.remaining > 0 ? reader.lengthText() : '';
  return { affectedRows, insertId, status, warnings, info, changes: [] };
}

/** EOF: the end of a list, for clients without `deprecateEof`. */
export function writeEof(writer: PacketWriter, status: number, warnings: number): void {
  writer.start();
  writer.uint8(END_OF_ROWS);
  writer.uint16(Math.min(warnings, 0xffff));
  writer.uint16(status);
  writer.end();
}

/** A row may begin with the same byte: it is an end only when it is short. */
export function isEnd(payload: Buffer, capabilities: number): boolean {
  if (payload[0] !== END_OF_ROWS) return false;
  return (capabilities & Capability.deprecateEof) === 0 ? payload.length < 9 : payload.length < 0xffffff;
}

/** Status and number of warnings of either kind of end. */
export function readEnd(payload: Buffer, capabilities: number): { readonly status: number; readonly warnings: number } {
  if ((capabilities & Capability.deprecateEof) !== 0) return readOk(payload);
  const reader = new PayloadReader(payload, 1);
  const warnings = reader.uint16();
  return { status: reader.uint16(), warnings };
}

/** OK: a statement without rows succeeded, or (as `endOfRows`) the rows of one have ended. */
import type { Integer } from '../../tuple/value.ts';
import { Capability, ServerStatus } from '../capabilities.ts';
import { PACKET_HEADER, PacketWriter } from '../packet-writer.ts';
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
      const texts = (name === undefined ? [value] : [name, value]).map((text) => lengthCoded(Buffer.from(text)));
      return [Buffer.of(TYPES[kind]), lengthCoded(Buffer.concat(texts))];
    }),
  );
}

function lengthCoded(bytes: Buffer): Buffer {
  const writer = new PacketWriter();
  writer.start();
  writer.lengthBytes(bytes);
  writer.end();
  return writer.take().subarray(PACKET_HEADER);
}

function decodeChanges(bytes: Buffer): SessionChange[] {
  const reader = new PayloadReader(bytes);
  const changes: SessionChange[] = [];
  while (reader.remaining > 0) {
    const code = reader.uint8();
    const inner = new PayloadReader(reader.lengthBytes());
    if (code === TYPES.variable)
      changes.push({ kind: 'variable', name: inner.lengthText(), value: inner.lengthText() });
    else if (code === TYPES.schema) changes.push({ kind: 'schema', value: inner.lengthText() });
    else if (code === TYPES.state) changes.push({ kind: 'state', value: inner.lengthText() });
  }
  return changes;
}

export function readOk(payload: Buffer): OkPacket {
  const reader = new PayloadReader(payload, 1);
  const affectedRows = reader.lengthInteger();
  const insertId = reader.lengthInteger();
  const status = reader.uint16();
  const warnings = reader.uint16();
  const info = reader.remaining > 0 ? reader.lengthText() : '';
  const hasChanges = (status & ServerStatus.sessionStateChanged) !== 0 && reader.remaining > 0;
  const changes = hasChanges ? decodeChanges(reader.lengthBytes()) : [];
  return { affectedRows, insertId, status, warnings, info, changes };
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

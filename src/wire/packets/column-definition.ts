/** What a column of a result is: its names, type, length, flags (MySQL's "Column Definition 41"). */
import type { PacketWriter } from '../packet-writer.ts';
import { PayloadReader } from '../payload-reader.ts';
import type { TextEncoding } from '../text-encoding.ts';

export interface ColumnDefinition {
  readonly database: string;
  /** The table as the statement names it. */
  readonly table: string;
  readonly originalTable: string;
  readonly name: string;
  readonly originalName: string;
  /** Id of the collation of its text; 63 is binary. */
  readonly collation: number;
  /** Greatest length of a value, in bytes as text. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** Digits after the point; 31 where it is not fixed. */
  readonly decimals: number;
}

const FIXED_LENGTH = 0x0c;

/** The payload's fields, without a packet around them. Names are text as the client gets it, as values are. */
export function writeColumnFields(writer: PacketWriter, column: ColumnDefinition, encoding: TextEncoding): void {
  const { database, table, originalTable, name, originalName } = column;
  for (const text of ['def', database, table, originalTable, name, originalName]) {
    if (encoding.isUtf8) writer.lengthText(text);
    else writer.lengthBytes(encoding.encode(text));
  }
  writer.uint8(FIXED_LENGTH);
  writer.uint16(column.collation);
  writer.uint32(column.length);
  writer.uint8(column.type);
  writer.uint16(column.flags);
  writer.uint8(column.decimals);
  writer.uint16(0);
}

export function writeColumnDefinition(writer: PacketWriter, column: ColumnDefinition, encoding: TextEncoding): void {
  writer.start();
  writeColumnFields(writer, column, encoding);
  writer.end();
}

export function readColumnDefinition(payload: Buffer): ColumnDefinition {
  const reader = new PayloadReader(payload);
  reader.lengthBytes();
  const database = reader.lengthText();
  const table = reader.lengthText();
  const originalTable = reader.lengthText();
  const name = reader.lengthText();
  const originalName = reader.lengthText();
  reader.lengthInteger();
  const collation = reader.uint16();
  const length = reader.uint32();
  const type = reader.uint8();
  const flags = reader.uint16();
  const decimals = reader.uint8();
  return { database, table, originalTable, name, originalName, collation, length, type, flags, decimals };
}

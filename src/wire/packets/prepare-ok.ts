/** The answer to COM_STMT_PREPARE; the definitions of parameters and columns follow it. */
import type { PacketWriter } from '../packet-writer.ts';

export interface PrepareOk {
  readonly statement: number;
  readonly columns: number;
  readonly parameters: number;
  readonly warnings: number;
}

export function writePrepareOk(writer: PacketWriter, { statement, columns, parameters, warnings }: PrepareOk): void {
  writer.start();
  writer.uint8(0);
  writer.uint32(statement);
  writer.uint16(columns);
  writer.uint16(parameters);
  writer.uint8(0);
  writer.uint16(warnings);
  writer.end();
}

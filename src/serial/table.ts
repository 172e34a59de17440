/** Table (DTBL), FORMAT.md §3.8. */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { createAddress, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export interface TableMessage {
  readonly schema: Address;
  /** The root node of the clustered index: a whole message. */
  readonly rows: Uint8Array;
  /** The root node of the address map from index names to trees: a whole message. */
  readonly indexes: Uint8Array;
  /** The next value; 0 when the counter never moved. */
  readonly autoIncrement: number | bigint;
  /** Obsolete: schemas and rows of conflicts. All empty in what we write. */
  readonly conflicts?: readonly Address[] | undefined;
  /** Obsolete. */
  readonly violations?: Address | undefined;
  /** The artifacts map; the empty address when there is none. */
  readonly artifacts: Address;
}

export function readTable(bytes: Uint8Array): TableMessage {
  const table = openMessage(bytes, 'DTBL', 7);
  const conflicts = table.table(4, 4);
  return {
    schema: readAddressField(table, 0),
    rows: table.byteVector(1),
    indexes: table.byteVector(2),
    autoIncrement: integer(table.uint64(3)),
    conflicts: conflicts && [0, 1, 2, 3].map((slot) => readAddressField(conflicts, slot)),
    violations: readAddressField(table, 5),
    artifacts: readAddressField(table, 6),
  };
}

export function writeTable(message: TableMessage): Uint8Array {
  const builder = new FlatbufferBuilder(message.rows.length + message.indexes.length + 512);
  const schema = createAddress(builder, message.schema);
  const rows = builder.bytes(message.rows);
  const indexes = builder.bytes(message.indexes);
  const parts = [0, 1, 2, 3].map((i) => createAddress(builder, message.conflicts?.[i] ?? EMPTY_ADDRESS));
  builder.startTable(4);
  parts.forEach((part, slot) => void builder.addOffset(slot, part));
  const conflicts = builder.endTable();
  const violations = createAddress(builder, message.violations ?? EMPTY_ADDRESS);
  const artifacts = createAddress(builder, message.artifacts);
  builder.startTable(7);
  builder.addOffset(0, schema);
  builder.addOffset(1, rows);
  builder.addOffset(2, indexes);
  builder.addInt64(3, message.autoIncrement);
  builder.addOffset(4, conflicts);
  builder.addOffset(5, violations);
  builder.addOffset(6, artifacts);
  return builder.finish(builder.endTable(), 'DTBL');
}

/** A number where it is safe. */
function integer(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

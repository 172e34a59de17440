/** RootValue (RTVL), FORMAT.md §3.7. */
import type { Address } from '../base/address.ts';
import { createAddress, readAddressField } from './address-fields.ts';
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { openMessage } from './flatbuffer-table.ts';

export interface RootValueMessage {
  readonly featureVersion: number;
  /** The root node of the address map from table names to addresses: a whole message. */
  readonly tables: Uint8Array;
  /** The empty address when there are no foreign keys. */
  readonly foreignKeys: Address;
  /** MySQL's collation id; 0 stands for the default. */
  readonly collation: number;
  /** Names of schemas: never of a MySQL database. */
  readonly schemas?: readonly string[] | undefined;
}

export function readRootValue(bytes: Uint8Array): RootValueMessage {
  const table = openMessage(bytes, 'RTVL', 5);
  return {
    featureVersion: Number(table.int64(0)),
    tables: table.byteVector(1),
    foreignKeys: readAddressField(table, 2),
    collation: table.uint16(3),
    schemas: table.has(4) ? table.tables(4, 1).map((schema) => schema.string(0)) : undefined,
  };
}

export function writeRootValue(root: RootValueMessage): Uint8Array {
  const builder = new FlatbufferBuilder(root.tables.length + 256);
  const tables = builder.bytes(root.tables);
  const schemas = root.schemas === undefined ? 0 : createSchemas(builder, root.schemas);
  const foreignKeys = createAddress(builder, root.foreignKeys);
  builder.startTable(5);
  builder.addInt64(0, root.featureVersion);
  builder.addUint16(3, root.collation);
  builder.addOffset(1, tables);
  builder.addOffset(2, foreignKeys);
  builder.addOffset(4, schemas);
  return builder.finish(builder.endTable(), 'RTVL');
}

function createSchemas(builder: FlatbufferBuilder, names: readonly string[]): Offset {
  const offsets: Offset[] = [];
  for (let i = names.length - 1; i >= 0; i--) {
    const name = builder.string(names[i]!);
    builder.startTable(1);
    builder.addOffset(0, name);
    offsets[i] = builder.endTable();
  }
  return builder.offsets(offsets);
}

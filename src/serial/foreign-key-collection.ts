/** ForeignKeyCollection (DFKC): the foreign keys of a root, sorted by name (FORMAT.md §3.11). */
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { type FlatbufferTable, openMessage } from './flatbuffer-table.ts';

/** What a change of the parent does to the child. The numbers are stored. */
export const ReferentialAction = { default: 0, cascade: 1, noAction: 2, restrict: 3, setNull: 4 } as const;
export type ReferentialAction = (typeof ReferentialAction)[keyof typeof ReferentialAction];

export interface ForeignKeyMessage {
  readonly name: string;
  readonly childTable: string;
  readonly childIndex: string;
  /** Column tags; empty while the key is unresolved. */
  readonly childColumns: readonly number[];
  readonly parentTable: string;
  /** '' is the primary key. */
  readonly parentIndex: string;
  readonly parentColumns: readonly number[];
  readonly onUpdate: ReferentialAction;
  readonly onDelete: ReferentialAction;
  /** Column names as written in the statement. Kept after resolution: without them addresses would differ. */
  readonly unresolvedChildColumns?: readonly string[] | undefined;
  readonly unresolvedParentColumns?: readonly string[] | undefined;
  readonly isNotValid?: boolean | undefined;
  /** 0 simple, 1 full, 2 partial. */
  readonly matchType?: number | undefined;
}

const SLOTS = 15;

export interface ForeignKeyCollectionMessage {
  readonly foreignKeys: readonly ForeignKeyMessage[];
}

export function readForeignKeyCollection(bytes: Uint8Array): ForeignKeyCollectionMessage {
  return { foreignKeys: openMessage(bytes, 'DFKC', 1).tables(0, SLOTS).map(readForeignKey) };
}

function readForeignKey(table: FlatbufferTable): ForeignKeyMessage {
  return {
    name: table.string(0),
    childTable: table.string(1),
    childIndex: table.string(2),
    childColumns: table.uint64s(3).map(Number),
    parentTable: table.string(4),
    parentIndex: table.string(5),
    parentColumns: table.uint64s(6).map(Number),
    onUpdate: table.uint8(7) as ReferentialAction,
    onDelete: table.uint8(8) as ReferentialAction,
    unresolvedChildColumns: table.has(9) ? table.strings(9) : undefined,
    unresolvedParentColumns: table.has(10) ? table.strings(10) : undefined,
    isNotValid: table.boolean(13),
    matchType: table.uint8(14),
  };
}

/** The keys may be in any order: they are sorted by name. */
export function writeForeignKeyCollection({ foreignKeys }: ForeignKeyCollectionMessage): Uint8Array {
  const sorted = [...foreignKeys].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const builder = new FlatbufferBuilder(512 * (foreignKeys.length + 1));
  const offsets: Offset[] = [];
  for (let i = sorted.length - 1; i >= 0; i--) offsets[i] = createForeignKey(builder, sorted[i]!);
  const vector = builder.offsets(offsets);
  builder.startTable(1);
  builder.addOffset(0, vector);
  return builder.finish(builder.endTable(), 'DFKC');
}

function createForeignKey(builder: FlatbufferBuilder, key: ForeignKeyMessage): Offset {
  const unresolvedParent = key.unresolvedParentColumns ? builder.strings(key.unresolvedParentColumns) : 0;
  const unresolvedChild = key.unresolvedChildColumns ? builder.strings(key.unresolvedChildColumns) : 0;
  const parentColumns = builder.uint64s(key.parentColumns.map(BigInt));
  const childColumns = builder.uint64s(key.childColumns.map(BigInt));
  const parentTable = builder.string(key.parentTable);
  const parentIndex = builder.string(key.parentIndex);
  const childTable = builder.string(key.childTable);
  const childIndex = builder.string(key.childIndex);
  const name = builder.string(key.name);
  builder.startTable(SLOTS);
  builder.addOffset(0, name);
  builder.addOffset(1, childTable);
  builder.addOffset(2, childIndex);
  builder.addOffset(3, childColumns);
  builder.addOffset(4, parentTable);
  builder.addOffset(5, parentIndex);
  builder.addOffset(6, parentColumns);
  builder.addOffset(9, unresolvedChild);
  builder.addOffset(10, unresolvedParent);
  builder.addUint8(7, key.onUpdate);
  builder.addUint8(8, key.onDelete);
  builder.addBoolean(13, key.isNotValid ?? false);
  builder.addUint8(14, key.matchType ?? 0);
  return builder.endTable();
}

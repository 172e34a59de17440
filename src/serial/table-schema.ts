/** TableSchema (DSCH), FORMAT.md §3.10. Column references are positions in `columns`. */
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { type FlatbufferTable, openMessage } from './flatbuffer-table.ts';

export interface TableSchemaMessage {
  readonly columns: readonly ColumnMessage[];
  readonly clustered: ClusteredIndexMessage;
  readonly indexes: readonly IndexMessage[];
  readonly checks: readonly CheckMessage[];
  readonly collation: number;
  readonly comment: string;
  readonly targetRowSize: number;
}

export interface ColumnMessage {
  readonly name: string;
  readonly sqlType: string;
  /** Of a generated column the expression. */
  readonly defaultValue: string;
  readonly comment: string;
  readonly displayOrder: number;
  readonly tag: number;
  readonly encoding: number;
  readonly primaryKey: boolean;
  readonly nullable: boolean;
  readonly autoIncrement: boolean;
  readonly hidden: boolean;
  readonly generated: boolean;
  readonly virtual: boolean;
  readonly onUpdate: string;
  readonly hiddenSystem: boolean;
}

export interface ClusteredIndexMessage {
  readonly keyColumns: readonly number[];
  readonly valueColumns: readonly number[];
}

export interface IndexMessage {
  readonly name: string;
  readonly comment: string;
  readonly indexColumns: readonly number[];
  readonly keyColumns: readonly number[];
  readonly unique: boolean;
  readonly systemDefined: boolean;
  readonly prefixLengths: readonly number[];
  readonly spatial: boolean;
  readonly fullText?: FullTextMessage | undefined;
  /** Of a vector index its distance. */
  readonly vectorDistance?: number | undefined;
  readonly predicate: string;
}

export interface FullTextMessage {
  readonly configTable: string;
  readonly positionTable: string;
  readonly documentCountTable: string;
  readonly globalCountTable: string;
  readonly rowCountTable: string;
  readonly keyType: number;
  readonly keyName: string;
  readonly keyPositions: readonly number[];
}

export interface CheckMessage {
  readonly name: string;
  readonly expression: string;
  readonly enforced: boolean;
  readonly isNotValid: boolean;
}

export const DEFAULT_TARGET_ROW_SIZE = 2048;
const COLUMN_SLOTS = 17;
const INDEX_SLOTS = 15;
/** The hidden columns that end the columns of a keyless table (FORMAT.md §3.10). */
export const KEYLESS_ID_COLUMN = 'keyless_hash_id';
export const KEYLESS_CARDINALITY_COLUMN = 'keyless_cardinality';

export function readTableSchema(bytes: Uint8Array): TableSchemaMessage {
  const table = openMessage(bytes, 'DSCH', 8);
  const clustered = table.table(1, INDEX_SLOTS);
  return {
    columns: table.tables(0, COLUMN_SLOTS).map(readColumn),
    clustered: { keyColumns: clustered?.uint16s(3) ?? [], valueColumns: clustered?.uint16s(4) ?? [] },
    indexes: table.tables(2, INDEX_SLOTS).map(readIndex),
    checks: table.tables(3, 4).map((check) => ({
      name: check.string(0),
      expression: check.string(1),
      enforced: check.boolean(2),
      isNotValid: check.boolean(3),
    })),
    collation: table.uint16(4),
    comment: table.string(6),
    targetRowSize: table.uint16(7, DEFAULT_TARGET_ROW_SIZE),
  };
}

function readColumn(table: FlatbufferTable): ColumnMessage {
  return {
    name: table.string(0),
    sqlType: table.string(1),
    defaultValue: table.string(2),
    comment: table.string(3),
    displayOrder: table.int16(4),
    tag: table.safeUint64(5),
    encoding: table.uint8(6),
    primaryKey: table.boolean(7),
    nullable: table.boolean(8),
    autoIncrement: table.boolean(9),
    hidden: table.boolean(10),
    generated: table.boolean(11),
    virtual: table.boolean(12),
    onUpdate: table.string(13),
    hiddenSystem: table.boolean(15),
  };
}

function readIndex(table: FlatbufferTable): IndexMessage {
  const fullText = table.table(11, 8);
  return {
    name: table.string(0),
    comment: table.string(1),
    indexColumns: table.uint16s(2),
    keyColumns: table.uint16s(3),
    unique: table.boolean(6),
    systemDefined: table.boolean(7),
    prefixLengths: table.uint16s(8),
    spatial: table.boolean(9),
    fullText: table.boolean(10) && fullText ? readFullText(fullText) : undefined,
    vectorDistance: table.boolean(12) ? (table.table(13, 1)?.uint8(0) ?? 0) : undefined,
    predicate: table.string(14),
  };
}

function readFullText(table: FlatbufferTable): FullTextMessage {
  return {
    configTable: table.string(0),
    positionTable: table.string(1),
    documentCountTable: table.string(2),
    globalCountTable: table.string(3),
    rowCountTable: table.string(4),
    keyType: table.uint8(5),
    keyName: table.string(6),
    keyPositions: table.uint16s(7),
  };
}

export function writeTableSchema(schema: TableSchemaMessage): Uint8Array {
  const builder = new FlatbufferBuilder(2048);
  const columns = createColumns(builder, schema.columns);
  const clustered = createClustered(builder, schema.clustered);
  const indexes = createIndexes(builder, schema.indexes);
  const checks = createChecks(builder, schema.checks);
  // Made even when it is not referred to.
  const comment = builder.string(schema.comment);
  const sized = schema.targetRowSize !== DEFAULT_TARGET_ROW_SIZE;
  builder.startTable(8);
  builder.addOffset(1, clustered);
  builder.addOffset(0, columns);
  builder.addOffset(2, indexes);
  builder.addOffset(3, checks);
  builder.addUint16(4, schema.collation);
  if (schema.comment !== '') builder.addOffset(6, comment);
  builder.addUint16(7, schema.targetRowSize, DEFAULT_TARGET_ROW_SIZE);
  builder.addBoolean(5, schema.comment !== '' || sized || schema.columns.some((column) => column.onUpdate !== ''));
  return builder.finish(builder.endTable(), 'DSCH');
}

function createColumns(builder: FlatbufferBuilder, columns: readonly ColumnMessage[]): Offset {
  const offsets: Offset[] = new Array(columns.length);
  const hidden = isKeylessColumns(columns) ? 2 : 0;
  for (let i = columns.length - 1; i >= columns.length - hidden; i--) {
    const { name, tag, encoding, displayOrder } = columns[i]!;
    const text = builder.string(name);
    builder.startTable(COLUMN_SLOTS);
    builder.addOffset(0, text);
    builder.addUint16(4, displayOrder);
    builder.addInt64(5, tag);
    builder.addUint8(6, encoding);
    builder.addBoolean(11, true);
    builder.addBoolean(10, true);
    offsets[i] = builder.endTable();
  }
  for (let i = columns.length - 1 - hidden; i >= 0; i--) offsets[i] = createColumn(builder, columns[i]!);
  return builder.offsets(offsets);
}

/** Whether these are the columns of a keyless table. */
export function isKeylessColumns(columns: readonly ColumnMessage[]): boolean {
  const id = columns.at(-2);
  const cardinality = columns.at(-1);
  return (
    id?.name === KEYLESS_ID_COLUMN &&
    id.generated &&
    id.hidden &&
    cardinality?.name === KEYLESS_CARDINALITY_COLUMN &&
    cardinality.generated &&
    cardinality.hidden
  );
}

const ADAPTIVE = new Set([135, 136, 138, 139]);

function createColumn(builder: FlatbufferBuilder, column: ColumnMessage): Offset {
  const comment = builder.string(column.comment);
  const defaultValue = builder.string(column.defaultValue);
  const onUpdate = builder.string(column.onUpdate);
  const sqlType = builder.string(column.sqlType);
  const name = builder.string(column.name);
  builder.startTable(COLUMN_SLOTS);
  builder.addOffset(0, name);
  builder.addOffset(1, sqlType);
  builder.addOffset(2, defaultValue);
  builder.addOffset(3, comment);
  builder.addUint16(4, column.displayOrder);
  builder.addInt64(5, column.tag);
  builder.addUint8(6, column.encoding);
  builder.addBoolean(7, column.primaryKey);
  builder.addBoolean(9, column.autoIncrement);
  builder.addBoolean(8, column.nullable);
  builder.addBoolean(11, column.generated);
  builder.addBoolean(12, column.virtual);
  if (column.onUpdate !== '') builder.addOffset(13, onUpdate);
  builder.addBoolean(14, ADAPTIVE.has(column.encoding));
  builder.addBoolean(16, ADAPTIVE.has(column.encoding));
  builder.addBoolean(10, column.hidden);
  builder.addBoolean(15, column.hiddenSystem);
  return builder.endTable();
}

function createClustered(builder: FlatbufferBuilder, { keyColumns, valueColumns }: ClusteredIndexMessage): Offset {
  const key = builder.uint16s(keyColumns);
  const value = builder.uint16s(valueColumns);
  builder.startTable(INDEX_SLOTS);
  builder.addOffset(2, key);
  builder.addOffset(3, key);
  builder.addOffset(4, value);
  builder.addBoolean(5, true);
  builder.addBoolean(6, true);
  return builder.endTable();
}

function createIndexes(builder: FlatbufferBuilder, indexes: readonly IndexMessage[]): Offset {
  const offsets: Offset[] = new Array(indexes.length);
  for (let i = indexes.length - 1; i >= 0; i--) offsets[i] = createIndex(builder, indexes[i]!);
  return builder.offsets(offsets);
}

function createIndex(builder: FlatbufferBuilder, index: IndexMessage): Offset {
  const name = builder.string(index.name);
  const comment = builder.string(index.comment);
  const predicate = index.predicate === '' ? 0 : builder.string(index.predicate);
  const indexColumns = builder.uint16s(index.indexColumns);
  const keyColumns = builder.uint16s(index.keyColumns);
  const prefixLengths = builder.uint16s(index.prefixLengths);
  const fullText = index.fullText ? createFullText(builder, index.fullText) : 0;
  const vector = index.vectorDistance === undefined ? 0 : createVector(builder, index.vectorDistance);
  builder.startTable(INDEX_SLOTS);
  builder.addOffset(0, name);
  builder.addOffset(1, comment);
  builder.addOffset(2, indexColumns);
  builder.addOffset(3, keyColumns);
  builder.addBoolean(6, index.unique);
  builder.addBoolean(7, index.systemDefined);
  builder.addOffset(8, prefixLengths);
  builder.addBoolean(9, index.spatial);
  builder.addBoolean(10, index.fullText !== undefined);
  builder.addOffset(11, fullText);
  builder.addBoolean(12, vector !== 0);
  builder.addOffset(13, vector);
  builder.addOffset(14, predicate);
  return builder.endTable();
}

function createFullText(builder: FlatbufferBuilder, fullText: FullTextMessage): Offset {
  const config = builder.string(fullText.configTable);
  const position = builder.string(fullText.positionTable);
  const documents = builder.string(fullText.documentCountTable);
  const global = builder.string(fullText.globalCountTable);
  const rows = builder.string(fullText.rowCountTable);
  const keyName = builder.string(fullText.keyName);
  const keyPositions = builder.uint16s(fullText.keyPositions);
  builder.startTable(8);
  builder.addOffset(0, config);
  builder.addOffset(1, position);
  builder.addOffset(2, documents);
  builder.addOffset(3, global);
  builder.addOffset(4, rows);
  builder.addUint8(5, fullText.keyType);
  builder.addOffset(6, keyName);
  builder.addOffset(7, keyPositions);
  return builder.endTable();
}

function createVector(builder: FlatbufferBuilder, distance: number): Offset {
  builder.startTable(1);
  builder.addUint8(0, distance);
  return builder.endTable();
}

function createChecks(builder: FlatbufferBuilder, checks: readonly CheckMessage[]): Offset {
  const offsets: Offset[] = new Array(checks.length);
  for (let i = checks.length - 1; i >= 0; i--) {
    const check = checks[i]!;
    const expression = builder.string(check.expression);
    const name = builder.string(check.name);
    builder.startTable(4);
    builder.addBoolean(2, check.enforced);
    builder.addOffset(1, expression);
    builder.addOffset(0, name);
    builder.addBoolean(3, check.isNotValid);
    offsets[i] = builder.endTable();
  }
  return builder.offsets(offsets);
}

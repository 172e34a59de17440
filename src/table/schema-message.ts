/** A table's schema from and to its stored message (FORMAT.md §3.10). */
import { DoltError } from '../base/errors.ts';
import {
  type ColumnMessage,
  isKeylessColumns,
  KEYLESS_CARDINALITY_COLUMN,
  KEYLESS_ID_COLUMN,
  readTableSchema,
  writeTableSchema,
} from '../serial/table-schema.ts';
import { Encoding, isEncoding } from '../tuple/encoding.ts';
import { KEYLESS_CARDINALITY_TAG, KEYLESS_ROW_ID_TAG } from './reserved-tags.ts';
import { type ColumnDefinition, type IndexDefinition, ROW_ID, TableSchema } from './schema.ts';

/** Throws `corrupt` or `unsupported`. */
export function readSchema(bytes: Uint8Array): TableSchema {
  const message = readTableSchema(bytes);
  const keyless = isKeylessColumns(message.columns);
  const stored = keyless ? message.columns.slice(0, -2) : message.columns;
  const { checks, collation, comment, targetRowSize } = message;
  return new TableSchema({
    columns: stored.map(readColumn),
    primaryKey: keyless ? [] : message.clustered.keyColumns,
    indexes: message.indexes.map(
      (index): IndexDefinition => ({
        name: index.name,
        columns: index.indexColumns,
        unique: index.unique,
        comment: index.comment,
        systemDefined: index.systemDefined,
        prefixLengths: index.prefixLengths,
        spatial: index.spatial,
        fullText: index.fullText,
        vectorDistance: index.vectorDistance,
        predicate: index.predicate,
      }),
    ),
    checks,
    // 0 was written before tables had a collation of their own.
    collation: collation === 0 ? 309 : collation,
    comment,
    targetRowSize,
  });
}

function readColumn(column: ColumnMessage): ColumnDefinition {
  const { name, tag, sqlType, encoding, nullable, autoIncrement, onUpdate, virtual, comment, hidden } = column;
  if (!isEncoding(encoding)) {
    throw new DoltError('unsupported', `column ${name} has encoding ${encoding}: written by a newer version`);
  }
  return {
    name,
    tag,
    sqlType,
    encoding,
    nullable,
    autoIncrement,
    defaultValue: column.generated ? '' : column.defaultValue,
    onUpdate,
    generated: column.generated ? column.defaultValue : '',
    virtual,
    comment,
    hidden,
    hiddenSystem: column.hiddenSystem,
  };
}

/** The bytes that the original writes for this schema. */
export function writeSchema(schema: TableSchema): Uint8Array {
  const { isKeyless, primaryKey, checks, collation, comment, targetRowSize } = schema;
  const columns = schema.columns.map((column, i) => writeColumn(column, i, primaryKey.includes(i)));
  const count = columns.length;
  const values = schema.columns.flatMap((_, i) => (primaryKey.includes(i) ? [] : [i]));
  return writeTableSchema({
    columns: isKeyless
      ? [
          ...columns,
          hiddenColumn(KEYLESS_ID_COLUMN, KEYLESS_ROW_ID_TAG, Encoding.hash128),
          hiddenColumn(KEYLESS_CARDINALITY_COLUMN, KEYLESS_CARDINALITY_TAG, Encoding.uint64),
        ]
      : columns,
    clustered: isKeyless
      ? { keyColumns: [count], valueColumns: [count + 1, ...values] }
      : { keyColumns: primaryKey, valueColumns: values },
    indexes: schema.indexes.map((index) => ({
      name: index.name,
      comment: index.comment,
      indexColumns: index.columns,
      keyColumns:
        schema.listedKeys?.get(index.name) ?? schema.indexKeyColumns(index).filter((column) => column !== ROW_ID),
      unique: index.unique,
      systemDefined: index.systemDefined,
      prefixLengths: index.prefixLengths,
      spatial: index.spatial,
      fullText: index.fullText,
      vectorDistance: index.vectorDistance,
      predicate: index.predicate,
    })),
    checks: checks.map((check) => ({ ...check, isNotValid: check.isNotValid ?? false })),
    collation,
    comment,
    targetRowSize,
  });
}

function writeColumn(column: ColumnDefinition, position: number, primaryKey: boolean): ColumnMessage {
  const { name, sqlType, comment, tag, encoding, nullable, autoIncrement, hidden, virtual, onUpdate } = column;
  return {
    name,
    sqlType,
    defaultValue: column.generated === '' ? column.defaultValue : column.generated,
    comment,
    displayOrder: position,
    tag,
    encoding,
    primaryKey,
    nullable: nullable && !primaryKey,
    autoIncrement,
    hidden,
    generated: column.generated !== '',
    virtual,
    onUpdate,
    hiddenSystem: column.hiddenSystem ?? false,
  };
}

function hiddenColumn(name: string, tag: number, encoding: Encoding): ColumnMessage {
  return {
    name,
    tag,
    encoding,
    displayOrder: -1,
    generated: true,
    hidden: true,
    sqlType: '',
    defaultValue: '',
    comment: '',
    primaryKey: false,
    nullable: false,
    autoIncrement: false,
    virtual: false,
    onUpdate: '',
    hiddenSystem: false,
  };
}

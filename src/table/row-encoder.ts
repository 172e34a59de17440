/**
 * Encodes rows into the key and value tuples of the clustered index. The tuples are in reused buffers, valid until the
 * next row.
 */
import { writeXxh3Of128 } from '../prolly/xxh3.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import { TupleBuilder } from '../tuple/tuple-builder.ts';
import type { Value } from '../tuple/value.ts';
import type { TableSchema } from './schema.ts';

/** Values in the order of the schema's columns. */
export type Row = readonly Value[];

/** The bytes of a keyless row's value before its columns: the cardinality, which the row's id leaves out. */
export const CARDINALITY_BYTES = 8;
/** A keyless row's key: the id and the count of fields. */
const ROW_ID_BYTES = 16;

/** A row that is not there as values: it puts each of its columns into a tuple itself. */
export interface RowFields {
  /** Puts a column, or nothing where it is NULL. */
  put(column: number, into: TupleBuilder, field: number): void;
}

export class RowEncoder {
  readonly #schema: TableSchema;
  readonly #key: TupleBuilder;
  readonly #value: TupleBuilder;
  readonly #valueColumns: readonly number[];
  readonly #rowIdTuple = new Uint8Array(ROW_ID_BYTES + 2);
  /** Lengths of the tuples encoded last. */
  keyLength = 0;
  valueLength = 0;

  constructor(schema: TableSchema, blobs: BlobStore) {
    this.#schema = schema;
    this.#key = new TupleBuilder(schema.keyDescriptor, blobs, schema.targetRowSize);
    this.#value = new TupleBuilder(schema.valueDescriptor, blobs, schema.targetRowSize);
    this.#valueColumns = schema.valueColumns;
    this.#rowIdTuple[ROW_ID_BYTES] = 1;
  }

  /** The key is `keyBytes[0, keyLength)`. */
  get keyBytes(): Uint8Array {
    return this.#schema.isKeyless ? this.#rowIdTuple : this.#key.bytes;
  }

  /** The value is `valueBytes[0, valueLength)`. */
  get valueBytes(): Uint8Array {
    return this.#value.bytes;
  }

  /** Encodes both; a keyless row with cardinality 1. */
  encode(row: Row): void {
    const value = this.#value;
    const columns = this.#valueColumns;
    if (this.#schema.isKeyless) {
      value.put(0, 1);
      for (let i = 0; i < columns.length; i++) value.put(i + 1, row[columns[i]!]!);
      this.valueLength = value.finish();
      this.#makeRowId();
      return;
    }
    for (let i = 0; i < columns.length; i++) value.put(i, row[columns[i]!]!);
    this.valueLength = value.finish();
    this.encodeKey(row);
  }

  /** `encode`, of a row in another form. What `put` throws leaves nothing behind. */
  encodeFields(row: RowFields): void {
    const value = this.#value;
    const columns = this.#valueColumns;
    const { primaryKey, isKeyless } = this.#schema;
    const first = isKeyless ? 1 : 0;
    value.restart();
    if (isKeyless) value.put(0, 1);
    for (let i = 0; i < columns.length; i++) row.put(columns[i]!, value, first + i);
    this.valueLength = value.finish();
    if (isKeyless) {
      this.#makeRowId();
      return;
    }
    this.#key.restart();
    for (let i = 0; i < primaryKey.length; i++) row.put(primaryKey[i]!, this.#key, i);
    this.keyLength = this.#key.finish();
  }

  /** The key of a keyless row is a hash of its value. */
  #makeRowId(): void {
    writeXxh3Of128(this.#value.bytes, CARDINALITY_BYTES, this.valueLength, this.#rowIdTuple, 0);
    this.keyLength = ROW_ID_BYTES + 2;
  }

  /** Encodes the key only. Of a keyless row that needs the value as well. */
  encodeKey(row: Row): void {
    const { primaryKey, isKeyless } = this.#schema;
    if (isKeyless) {
      this.encode(row);
      return;
    }
    for (let i = 0; i < primaryKey.length; i++) this.#key.put(i, row[primaryKey[i]!]!);
    this.keyLength = this.#key.finish();
  }

  /** Encodes the key from the values of the primary key's columns, in key order. */
  encodeKeyOf(values: readonly Value[]): void {
    values.forEach((value, i) => void this.#key.put(i, value));
    this.keyLength = this.#key.finish();
  }
}

const encoders = new WeakMap<TableSchema, { readonly encoder: RowEncoder; readonly blobs: BlobStore }>();

/** One encoder for all that use what they encoded before anybody else encodes: making one costs more than a row. */
export function sharedRowEncoder(schema: TableSchema, blobs: BlobStore): RowEncoder {
  const known = encoders.get(schema);
  if (known?.blobs === blobs) return known.encoder;
  const encoder = new RowEncoder(schema, blobs);
  encoders.set(schema, { encoder, blobs });
  return encoder;
}

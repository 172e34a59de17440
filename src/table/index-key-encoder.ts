/**
 * Encodes the keys of a secondary index (FORMAT.md §5.7): the indexed columns, cut to their prefix lengths, then what of
 * the primary key is not among them, or the row's id. Either from a row's values or, faster, from its stored tuples.
 *
 * The two agree but for one case, which the original has too: a text in a unique index that is stored out of band in its
 * row is copied as it is from the tuples, while from values it is placed by the length of the key.
 */
import { assert } from '../base/errors.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import { Encoding } from '../tuple/encoding.ts';
import { fieldEnd, fieldStart } from '../tuple/tuple.ts';
import { DEFAULT_TARGET_SIZE, TupleBuilder } from '../tuple/tuple-builder.ts';
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import type { Value } from '../tuple/value.ts';
import type { Row } from './row-encoder.ts';
import { type IndexDefinition, ROW_ID, type TableSchema } from './schema.ts';
import { spatialCell } from './spatial-cell.ts';

export class IndexKeyEncoder {
  readonly index: IndexDefinition;
  readonly descriptor: TupleDescriptor;
  /** Positions of the key's columns; -1 is the row id. */
  readonly columns: readonly number[];
  readonly #schema: TableSchema;
  readonly #blobs: BlobStore;
  readonly #fromValues: TupleBuilder;
  readonly #fromTuples: TupleBuilder;
  readonly #copied: readonly boolean[];
  /** Of each field whether it is in the row's key, and which field it is there or in its value. */
  readonly #inKey: readonly boolean[];
  readonly #storedField: readonly number[];
  /** Length of the key encoded last. */
  length = 0;
  /** The key encoded last is `bytes[0, length)`. */
  bytes: Uint8Array;

  constructor(schema: TableSchema, index: IndexDefinition, blobs: BlobStore) {
    this.#schema = schema;
    this.#blobs = blobs;
    this.index = index;
    this.columns = schema.indexKeyColumns(index);
    this.descriptor = schema.indexKeyDescriptor(index, blobs);
    this.#fromValues = new TupleBuilder(this.descriptor, blobs, schema.targetRowSize);
    this.#fromTuples = new TupleBuilder(this.descriptor, blobs, DEFAULT_TARGET_SIZE);
    this.bytes = this.#fromValues.bytes;
    this.#inKey = this.columns.map((column) => column === ROW_ID || schema.places[column]!.part === 'key');
    this.#storedField = this.columns.map((column) => (column === ROW_ID ? 0 : schema.places[column]!.field));
    this.#copied = this.columns.map((column, i) => {
      if (column === ROW_ID) return true;
      const { part, field } = schema.places[column]!;
      if (part === 'none' || this.#prefixLength(i) > 0) return false;
      const stored = (part === 'key' ? schema.keyDescriptor : schema.valueDescriptor).fields[field]!;
      return stored.encoding === this.descriptor.fields[i]!.encoding;
    });
  }

  isOf(schema: TableSchema): boolean {
    return this.#schema === schema;
  }

  /** Whether the key has a column that must be computed, so that `fromTuples` will not do. */
  get hasVirtual(): boolean {
    return this.columns.some((column) => column !== ROW_ID && this.#schema.columns[column]!.virtual);
  }

  #prefixLength(field: number): number {
    return this.index.prefixLengths[field] ?? 0;
  }

  /** The value of an indexed column as its key has it. */
  keyValue(row: Row, field: number): Value {
    const value = row[this.columns[field]!]!;
    if (value === null) return null;
    if (this.descriptor.fields[field]!.encoding === Encoding.cell) return spatialCell(value as Uint8Array);
    const prefix = this.#prefixLength(field);
    return prefix === 0 ? value : cut(value, prefix);
  }

  /** Encodes the key of a row. `rowId` is the key of a keyless row. */
  encode(row: Row, rowId?: Uint8Array): void {
    const builder = this.#fromValues;
    for (let i = 0; i < this.columns.length; i++) {
      if (this.columns[i] === ROW_ID) {
        assert(rowId, 'the index key of a keyless row needs its id');
        builder.putEncoded(i, rowId, 0, 16);
        continue;
      }
      const value = this.keyValue(row, i);
      // A cut text need not be valid UTF-8.
      if (value instanceof Uint8Array && this.descriptor.fields[i]!.encoding === Encoding.string) {
        builder.putTerminated(i, value);
      } else builder.put(i, value);
    }
    this.length = builder.finish();
    this.bytes = builder.bytes;
  }

  /** Encodes the key of a stored row without virtual columns in the index. */
  encodeStored(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const builder = this.#fromTuples;
    for (let i = 0; i < this.columns.length; i++) {
      const inKey = this.#inKey[i]!;
      const field = this.#storedField[i]!;
      assert(field >= 0, 'a virtual column is not stored');
      const bytes = inKey ? key : value;
      const start = inKey ? keyStart : valueStart;
      const end = inKey ? keyEnd : valueEnd;
      const from = fieldStart(bytes, start, end, field);
      if (from < 0) continue;
      if (this.#copied[i]) {
        builder.putRaw(i, bytes, from, fieldEnd(bytes, start, end, field));
        continue;
      }
      const descriptor = inKey ? this.#schema.keyDescriptor : this.#schema.valueDescriptor;
      const whole = descriptor.decode(bytes, start, end, field, this.#blobs)!;
      const type = this.descriptor.fields[i]!;
      const prefix = this.#prefixLength(i);
      if (type.encoding === Encoding.cell) builder.put(i, spatialCell(whole as Uint8Array));
      else if (type.encoding === Encoding.string && prefix > 0)
        builder.putTerminated(i, cut(whole, prefix) as Uint8Array);
      else builder.put(i, prefix > 0 ? cut(whole, prefix) : whole);
    }
    this.length = builder.finish();
    this.bytes = builder.bytes;
  }
}

const encoders = new WeakMap<IndexDefinition, { readonly encoder: IndexKeyEncoder; readonly blobs: BlobStore }>();

/** One encoder for all that use the key that they encoded before anybody else encodes. */
export function sharedIndexKeyEncoder(schema: TableSchema, index: IndexDefinition, blobs: BlobStore): IndexKeyEncoder {
  const known = encoders.get(index);
  if (known?.blobs === blobs && known.encoder.isOf(schema)) return known.encoder;
  const encoder = new IndexKeyEncoder(schema, index, blobs);
  encoders.set(index, { encoder, blobs });
  return encoder;
}

/**
 * The first `prefix` bytes, of a text as bytes. The original reckons with the length modulo 2^16, so a longer value is cut
 * shorter.
 */
function cut(value: Value, prefix: number): Value {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  if (!(bytes instanceof Uint8Array)) return value;
  return bytes.subarray(0, Math.min(prefix, bytes.length & 0xffff));
}

/**
 * Decoding rows of the clustered index and of secondary indexes: whole rows one at a time, or single columns over a run
 * of entries of one node, straight from its bytes.
 */
import type { Node } from '../prolly/node.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import { Encoding, fixedWidth } from '../tuple/encoding.ts';
import { type FieldDecoder, fieldDecoder } from '../tuple/field-decoder.ts';
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import type { Value } from '../tuple/value.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';

/** Puts one column's values of entries `[from, to)` of a leaf into `into`, from `at` on: at its end unless told. */
export type ColumnDecoder = (node: Node, from: number, to: number, into: Value[], at?: number) => void;

/** The decoder of a column in rows of the clustered index. A virtual column decodes to NULL. */
export function rowColumnDecoder(schema: TableSchema, column: number, blobs: BlobStore): ColumnDecoder {
  const { part, field } = schema.places[column]!;
  if (part === 'key') return columnDecoder(schema.keyDescriptor, field, 'key', blobs);
  if (part === 'value') return columnDecoder(schema.valueDescriptor, field, 'value', blobs);
  return (_node, from, to, into, at = into.length) => {
    for (let i = from; i < to; i++) into[at++] = null;
  };
}

/**
 * The decoder of a column from the keys of a secondary index, or undefined where the index does not hold it whole (not
 * covered, cut by a prefix length, a spatial cell).
 */
export function indexColumnDecoder(
  schema: TableSchema,
  index: IndexDefinition,
  column: number,
  blobs: BlobStore,
): ColumnDecoder | undefined {
  const field = schema.indexKeyColumns(index).indexOf(column);
  if (field < 0 || (index.prefixLengths[field] ?? 0) > 0) return undefined;
  const descriptor = schema.indexKeyDescriptor(index, blobs);
  if (descriptor.fields[field]!.encoding === Encoding.cell) return undefined;
  return columnDecoder(descriptor, field, 'key', blobs);
}

/** Cardinalities of a keyless table's entries. */
export function cardinalityDecoder(schema: TableSchema): ColumnDecoder {
  return columnDecoder(schema.valueDescriptor, 0, 'value');
}

function columnDecoder(
  descriptor: TupleDescriptor,
  field: number,
  part: 'key' | 'value',
  blobs?: BlobStore,
): ColumnDecoder {
  const type = descriptor.fields[field]!;
  const decode = fieldDecoder(type, blobs);
  const width = fixedWidth(type.encoding);
  const offset = descriptor.fixedOffsets[field];
  if (offset !== undefined && width !== undefined && !type.nullable) {
    const isEven = descriptor.fixedOffsets.length > descriptor.fields.length;
    return part === 'key' && isEven ? evenKeyDecoder(decode, offset, width) : fixedDecoder(decode, offset, width, part);
  }
  return part === 'key' ? keyDecoder(decode, field) : valueDecoder(decode, field);
}

/** Of a field that is at the same place in every tuple. */
function fixedDecoder(decode: FieldDecoder, offset: number, width: number, part: 'key' | 'value'): ColumnDecoder {
  if (part === 'key') {
    return (node, from, to, into, at = into.length) => {
      const { bytes } = node;
      for (let i = from; i < to; i++) {
        const start = node.keyStart(i) + offset;
        into[at++] = decode(bytes, start, start + width);
      }
    };
  }
  return (node, from, to, into, at = into.length) => {
    const { bytes } = node;
    for (let i = from; i < to; i++) {
      const start = node.valueStart(i) + offset;
      into[at++] = decode(bytes, start, start + width);
    }
  };
}

/** The same where all keys are of one length: without a look at where each starts, which is another line of memory. */
function evenKeyDecoder(decode: FieldDecoder, offset: number, width: number): ColumnDecoder {
  return (node, from, to, into, at = into.length) => {
    const { bytes } = node;
    for (let i = from; i < to; i++) {
      const start = node.evenKeyStart(i) + offset;
      into[at++] = decode(bytes, start, start + width);
    }
  };
}

function keyDecoder(decode: FieldDecoder, field: number): ColumnDecoder {
  return (node, from, to, into, at = into.length) => {
    for (let i = from; i < to; i++) {
      into[at++] = decodeField(decode, node.bytes, node.keyStart(i), node.keyEnd(i), field);
    }
  };
}

function valueDecoder(decode: FieldDecoder, field: number): ColumnDecoder {
  return (node, from, to, into, at = into.length) => {
    for (let i = from; i < to; i++) {
      into[at++] = decodeField(decode, node.bytes, node.valueStart(i), node.valueEnd(i), field);
    }
  };
}

/** `fieldStart` and `fieldEnd` in one, for speed. */
function decodeField(decode: FieldDecoder, bytes: Uint8Array, start: number, end: number, field: number): Value {
  const count = bytes[end - 2]! | (bytes[end - 1]! << 8);
  if (field >= count) return null;
  const offsets = end - 2 * count;
  const at = offsets + 2 * field;
  const from = field === 0 ? start : start + (bytes[at - 2]! | (bytes[at - 1]! << 8));
  const to = field === count - 1 ? offsets : start + (bytes[at]! | (bytes[at + 1]! << 8));
  return from === to ? null : decode(bytes, from, to);
}

/** A whole row in the order of the schema's columns; virtual columns are NULL. */
export function decodeRow(
  schema: TableSchema,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
  blobs: BlobStore,
): Value[] {
  const { places, keyDescriptor, valueDescriptor } = schema;
  return places.map(({ part, field }) => {
    if (part === 'key') return keyDescriptor.decode(key, keyStart, keyEnd, field, blobs);
    if (part === 'value') return valueDescriptor.decode(value, valueStart, valueEnd, field, blobs);
    return null;
  });
}

/** The row at entry `index` of a leaf of the clustered index. */
export function decodeRowAt(schema: TableSchema, node: Node, index: number, blobs: BlobStore): Value[] {
  return decodeRow(
    schema,
    node.bytes,
    node.keyStart(index),
    node.keyEnd(index),
    node.bytes,
    node.valueStart(index),
    node.valueEnd(index),
    blobs,
  );
}

/**
 * Decoding rows of the clustered index and of secondary indexes: whole rows one at a time, or single columns over a run
 * of entries of one node, straight from its bytes.
 */
import { AssertionError } from '../base/errors.ts';
import type { Node } from '../prolly/node.ts';
import type { BlobStore } from '../tuple/blob-store.ts';
import type { Value } from '../tuple/value.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';

/** Appends to `into` one column's values of entries `[from, to)` of a leaf. */
export type ColumnDecoder = (node: Node, from: number, to: number, into: Value[]) => void;

/** The decoder of a column in rows of the clustered index. A virtual column decodes to NULL. */
export function rowColumnDecoder(_schema: TableSchema, _column: number, _blobs: BlobStore): ColumnDecoder {
  throw new AssertionError('not built');
}

/**
 * The decoder of a column from the keys of a secondary index, or undefined where the index does not hold it whole (not
 * covered, cut by a prefix length, a spatial cell).
 */
export function indexColumnDecoder(
  _schema: TableSchema,
  _index: IndexDefinition,
  _column: number,
  _blobs: BlobStore,
): ColumnDecoder | undefined {
  throw new AssertionError('not built');
}

/** Cardinalities of a keyless table's entries. */
export function cardinalityDecoder(_schema: TableSchema): ColumnDecoder {
  throw new AssertionError('not built');
}

/** A whole row in the order of the schema's columns; virtual columns are NULL. */
export function decodeRow(
  _schema: TableSchema,
  _key: Uint8Array,
  _keyStart: number,
  _keyEnd: number,
  _value: Uint8Array,
  _valueStart: number,
  _valueEnd: number,
  _blobs: BlobStore,
): Value[] {
  throw new AssertionError('not built');
}

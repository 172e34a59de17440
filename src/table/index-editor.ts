/**
 * Edits of one secondary index, and, where it is unique, the look-up of a key's prefix among stored and edited entries.
 *
 * Nobody asks for an edited entry by its key, so edits are only logged, and sorted once they are needed. For unique
 * indexes they are also kept by the indexed values: the key that now has them, or null where a stored one was removed.
 * When edits get many, they go into the tree and are forgotten.
 */

import { editedMap } from '../prolly/edited-map.ts';
import { equalRange } from '../prolly/key-range.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { TreeMap } from '../prolly/tree-map.ts';
import type { Collation } from '../tuple/collation.ts';
import { Encoding } from '../tuple/encoding.ts';
import { TupleBuilder } from '../tuple/tuple-builder.ts';
import { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import type { Value } from '../tuple/value.ts';
import { EntrySorter } from './entry-sorter.ts';
import { type IndexKeyEncoder, sharedIndexKeyEncoder } from './index-key-encoder.ts';
import type { Row } from './row-encoder.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';
import { SortedEdits } from './sorted-edits.ts';

/** Which rows a partial index holds. */
export type IndexPredicate = (row: Row) => boolean;

const PENDING_KEYS = 200_000;
const LOG_BYTES = 64 * 1024 * 1024;
/** Of each index a log that is not in use: making one costs more than a few edits. */
const spareLogs = new WeakMap<TupleDescriptor, EntrySorter | undefined>();
/** The value of every entry: a tuple without fields. */
export const EMPTY_TUPLE = new Uint8Array(2);

export class IndexEditor {
  readonly index: IndexDefinition;
  readonly encoder: IndexKeyEncoder;
  readonly #schema: TableSchema;
  /** Without the logged edits. */
  #tree: TreeMap;
  /** Undefined before the first edit. */
  #log: EntrySorter | undefined;
  readonly #includes: IndexPredicate | undefined;
  readonly #pending: Map<string, Uint8Array | null> | undefined;
  #prefix: TupleBuilder | undefined;

  constructor(store: NodeStore, schema: TableSchema, index: IndexDefinition, tree: TreeMap, includes?: IndexPredicate) {
    this.index = index;
    this.#schema = schema;
    this.encoder = sharedIndexKeyEncoder(schema, index, store);
    this.#tree = tree;
    this.#includes = includes;
    this.#pending = index.unique ? new Map() : undefined;
  }

  /** The values by which a row must be unique, or undefined where it need not be. */
  uniqueKey(row: Row): Value[] | undefined {
    if (!this.index.unique || (this.#includes && !this.#includes(row))) return undefined;
    const values = this.index.columns.map((_, i) => this.encoder.keyValue(row, i));
    return values.includes(null) ? undefined : values;
  }

  /** The stored key of another row that has the same unique values. */
  find(values: readonly Value[]): Uint8Array | undefined {
    const edited = this.#pending?.get(this.#fold(values));
    if (edited !== undefined) return edited ?? undefined;
    const stored = this.#tree;
    if (stored.isEmpty) return undefined;
    const builder = this.#prefixBuilder(values.length);
    values.forEach((value, i) => {
      const asBytes = value instanceof Uint8Array && this.encoder.descriptor.fields[i]!.encoding === Encoding.string;
      if (asBytes) builder.putTerminated(i, value);
      else builder.put(i, value);
    });
    const compare = this.encoder.descriptor.comparePrefix(values.length);
    for (const { node, from } of stored.scan(equalRange(builder.build(), compare))) return node.key(from);
    return undefined;
  }

  #prefixBuilder(fields: number): TupleBuilder {
    const { store } = this.#tree;
    this.#prefix ??= new TupleBuilder(
      new TupleDescriptor(this.encoder.descriptor.fields.slice(0, fields), store),
      store,
    );
    return this.#prefix;
  }

  /** One string for all values that compare equal. */
  #fold(values: readonly Value[]): string {
    const folded = values.map((value, i) => {
      const collation = this.#foldingCollation(i);
      if (value instanceof Uint8Array) {
        const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
        return collation === undefined ? bytes.toString('latin1') : collation.keyOf(bytes.toString('utf8'));
      }
      return collation === undefined ? String(value) : collation.keyOf(value as string);
    });
    return folded.length === 1 ? folded[0]! : folded.map((text) => `${text.length}:${text}`).join('');
  }

  /** By which a field's values of other bytes may be equal. */
  #foldingCollation(field: number): Collation | undefined {
    const { collation } = this.encoder.descriptor.fields[field]!;
    return collation?.binary ? undefined : collation;
  }

  insert(row: Row, rowId?: Uint8Array): void {
    // An edit without a value is a removal.
    this.#edit(row, rowId, 2);
  }

  remove(row: Row, rowId?: Uint8Array): void {
    this.#edit(row, rowId, 0);
  }

  #edit(row: Row, rowId: Uint8Array | undefined, valueLength: 0 | 2): void {
    if (this.#includes && !this.#includes(row)) return;
    this.encoder.encode(row, rowId);
    const { bytes, length } = this.encoder;
    this.#log ??= this.#takeLog();
    this.#log.add(bytes, 0, length, EMPTY_TUPLE, 0, valueLength);
    const values = this.#pending && this.uniqueKey(row);
    if (values) this.#pending?.set(this.#fold(values), valueLength === 0 ? null : bytes.slice(0, length));
    if (this.#log.byteSize > LOG_BYTES || (this.#pending?.size ?? 0) > PENDING_KEYS) this.finish();
  }

  #takeLog(): EntrySorter {
    const { descriptor } = this.encoder;
    const spare = spareLogs.get(descriptor);
    if (spare === undefined) return new EntrySorter(descriptor);
    spareLogs.set(descriptor, undefined);
    return spare;
  }

  /** Whether two rows have one key, so that the entry may stay. */
  sameKey(a: Row, b: Row): boolean {
    if (this.#includes && this.#includes(a) !== this.#includes(b)) return false;
    return sameColumns(this.encoder.columns, a, b);
  }

  /** Whether two rows are equal by the values that must be unique. */
  sameUnique(a: Row, b: Row): boolean {
    return sameColumns(this.index.columns, a, b);
  }

  /** The values of the primary key, or the row id, that an index key holds. */
  rowKeyOf(key: Uint8Array): Value[] {
    const { columns, descriptor } = this.encoder;
    const wanted = this.#schema.isKeyless ? [-1] : this.#schema.primaryKey;
    return wanted.map((column) => descriptor.decode(key, 0, key.length, columns.indexOf(column)));
  }

  /** The tree with all edits, a few of which may wait in it. */
  finish(): TreeMap {
    const log = this.#log;
    if (log !== undefined) {
      this.#tree = editedMap(this.#tree, new SortedEdits(log), log.byteSize);
      this.#log = undefined;
      log.clear();
      spareLogs.set(this.encoder.descriptor, log);
      this.#pending?.clear();
    }
    return this.#tree;
  }
}

/** Whether two rows have the same values in some columns; a negative one is the row's id, which is not among them. */
export function sameColumns(columns: readonly number[], a: Row, b: Row): boolean {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    if (column >= 0 && !sameValue(a[column]!, b[column]!)) return false;
  }
  return true;
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

/**
 * Changes rows of a table and keeps its indexes. Rows are given whole, as values in the order of the schema's columns
 * (virtual columns included: index keys may need them), already converted to the columns' types. A call that throws has
 * changed nothing. The table itself stays as it was; `finish` gives the new one.
 */
import { assert, DoltError } from '../base/errors.ts';
import { MutableMap, type ValueRange } from '../prolly/mutable-map.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import { Encoding } from '../tuple/encoding.ts';
import { type Integer, integerOf, type Value } from '../tuple/value.ts';
import { DuplicateKeyError } from './duplicate-key-error.ts';
import { IndexEditor, type IndexPredicate, sameColumns, sameValue } from './index-editor.ts';
import { decodeRow } from './row-codec.ts';
import { CARDINALITY_BYTES, type Row, RowEncoder, sharedRowEncoder } from './row-encoder.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';
import { indexFormat, rowFormat, type Table } from './table.ts';

export { DuplicateKeyError } from './duplicate-key-error.ts';
export type { Row } from './row-encoder.ts';

export interface TableEditorOptions {
  /** Evaluates the condition of a partial index. Needed where the table has one. */
  readonly predicateOf?: (index: IndexDefinition) => IndexPredicate;
  /** Told of every row that comes and goes: the words of full-text indexes are in tables of their own. */
  readonly rows?: RowObserver | undefined;
}

export interface RowObserver {
  insert(row: Row): void;
  delete(row: Row): void;
}

export class TableEditor {
  readonly table: Table;
  readonly #schema: TableSchema;
  readonly #options: TableEditorOptions;
  readonly #encoder: RowEncoder;
  /**
   * Primary keys put since the start, by folded key, where equal keys may differ in bytes: the map of edits gives the
   * value of a key that is equal, not the key that is there.
   */
  readonly #keys: Map<string, Uint8Array> | undefined;
  #rows: MutableMap;
  #indexes: readonly IndexEditor[];
  #autoIncrement: Integer;

  constructor(table: Table, options: TableEditorOptions = {}) {
    this.table = table;
    this.#schema = table.schema;
    this.#options = options;
    this.#encoder = sharedRowEncoder(table.schema, table.store);
    this.#rows = new MutableMap(table.rows);
    this.#indexes = this.#editorsOf((index) => table.index(index.name));
    this.#autoIncrement = table.autoIncrement;
    this.#keys = table.schema.keyDescriptor.folds ? new Map() : undefined;
  }

  #editorsOf(treeOf: (index: IndexDefinition) => TreeMap): IndexEditor[] {
    const { store, schema } = this.table;
    const editors: IndexEditor[] = [];
    for (const index of schema.indexes) {
      // The rows of a full-text index are in tables of their own; its tree is always empty.
      if (index.fullText !== undefined) continue;
      if (index.vectorDistance !== undefined) {
        throw new DoltError('unsupported', `vector index ${index.name}: its table can be read, not changed`);
      }
      if (index.predicate !== '' && this.#options.predicateOf === undefined) {
        throw new DoltError('unsupported', `partial index ${index.name}: its table cannot be changed here`);
      }
      const predicate = index.predicate === '' ? undefined : this.#options.predicateOf?.(index);
      editors.push(new IndexEditor(store, schema, index, treeOf(index), predicate));
    }
    return editors;
  }

  /** Adds a row. Throws `DuplicateKeyError`: the primary key first, then unique indexes by name. */
  insert(row: Row): void {
    this.#encoder.encode(row);
    const existing = this.#stored();
    if (existing !== undefined && !this.#schema.isKeyless) throw this.#primaryDuplicate(row, existing);
    this.#checkUnique(row);
    this.#put(row, existing);
    this.#advanceCounter(row);
    this.#options.rows?.insert(row);
  }

  /** Replaces a row that is there by another. Throws `DuplicateKeyError` as insert does. */
  update(from: Row, to: Row): void {
    if (!this.#replace(from, to)) return;
    this.#options.rows?.delete(from);
    this.#options.rows?.insert(to);
  }

  /** False where `from`, of a keyless table, is not there. */
  #replace(from: Row, to: Row): boolean {
    if (this.#schema.isKeyless) {
      this.#checkUnique(to, from);
      if (!this.#remove(from)) return false;
      this.#encoder.encode(to);
      this.#put(to, this.#stored());
      return true;
    }
    const sameKey = sameColumns(this.#schema.primaryKey, from, to);
    this.#encoder.encode(to);
    if (sameKey) {
      this.#checkUnique(to, from);
      this.#putRow();
      for (const index of this.#indexes) {
        if (index.sameKey(from, to)) continue;
        index.remove(from);
        index.insert(to);
      }
      return true;
    }
    const existing = this.#stored();
    // Another key that compares equal ('a' and 'A' by case-insensitive collation) is the row itself.
    if (existing !== undefined && !this.#isKeyOf(from)) {
      this.#encoder.encode(to);
      throw this.#primaryDuplicate(to, existing);
    }
    this.#checkUnique(to, from);
    this.#remove(from);
    this.#encoder.encode(to);
    this.#put(to, undefined);
    return true;
  }

  /** Removes a row (one of equal ones in a keyless table). False when there is none. */
  delete(row: Row): boolean {
    if (!this.#remove(row)) return false;
    this.#options.rows?.delete(row);
    return true;
  }

  #remove(row: Row): boolean {
    this.#encoder.encodeKey(row);
    const stored = this.#stored();
    if (stored === undefined) return false;
    const { keyBytes, keyLength } = this.#encoder;
    if (this.#schema.isKeyless) {
      const cardinality = readCardinality(stored);
      if (cardinality > 1n) {
        this.#putCardinality(stored, cardinality - 1n);
        return true;
      }
      this.#rows.delete(keyBytes, 0, keyLength);
      for (const index of this.#indexes) index.remove(row, keyBytes);
      return true;
    }
    this.#rows.delete(keyBytes, 0, keyLength);
    this.#keys?.delete(this.#foldedKey(row));
    for (const index of this.#indexes) index.remove(row);
    return true;
  }

  /** How often a keyless table has the row, edits included. */
  copies(row: Row): number {
    assert(this.#schema.isKeyless, 'only a keyless table has equal rows');
    this.#encoder.encodeKey(row);
    const stored = this.#stored();
    return stored === undefined ? 0 : Number(readCardinality(stored));
  }

  /** The row with this primary key, edits included. */
  get(key: readonly Value[]): Row | undefined {
    assert(!this.#schema.isKeyless, 'a keyless table has no rows by key');
    this.#encoder.encodeKeyOf(key);
    const stored = this.#stored();
    return stored && this.#rowOf(stored);
  }

  /** Every row that `insert(row)` would collide with, each once, primary key first: for REPLACE and ON DUPLICATE KEY. */
  collisions(row: Row): Row[] {
    const found: Row[] = [];
    const { isKeyless, primaryKey } = this.#schema;
    if (!isKeyless) {
      this.#encoder.encodeKey(row);
      const stored = this.#stored();
      if (stored !== undefined) found.push(this.#rowOf(stored));
    }
    for (const index of this.#indexes) {
      const values = index.uniqueKey(row);
      const key = values && index.find(values);
      if (key === undefined) continue;
      const other = this.#rowOfIndexKey(index, key);
      const columns = isKeyless ? this.#schema.columns.map((_, i) => i) : primaryKey;
      if (!found.some((known) => columns.every((column) => sameValue(known[column]!, other[column]!))))
        found.push(other);
    }
    return found;
  }

  /** The next auto-increment value, 1 at first. */
  get autoIncrement(): Integer {
    return this.#autoIncrement === 0 ? 1 : this.#autoIncrement;
  }

  set autoIncrement(next: Integer) {
    this.#autoIncrement = next;
  }

  /** Drops every row; the counter goes back to its start. */
  truncate(): void {
    const { store, schema } = this.table;
    this.#rows = new MutableMap(TreeMap.empty(store, rowFormat(schema)));
    this.#indexes = this.#editorsOf((index) => TreeMap.empty(store, indexFormat(store, schema, index)));
    this.#keys?.clear();
    this.#autoIncrement = 0;
  }

  /** The table with all edits. The editor may go on: later edits add to it. */
  finish(): Table {
    const { indexes } = this.table;
    for (const editor of this.#indexes) indexes.set(editor.index.name, editor.finish());
    return this.table.with({ rows: this.#rows.finish(), indexes, autoIncrement: this.#autoIncrement });
  }

  /** What is stored under the key encoded last. */
  #stored(): ValueRange | undefined {
    return this.#rows.get(this.#encoder.keyBytes, 0, this.#encoder.keyLength);
  }

  #put(row: Row, existing: ValueRange | undefined): void {
    if (this.#schema.isKeyless) {
      if (existing !== undefined) {
        this.#putCardinality(existing, readCardinality(existing) + 1n);
        return;
      }
      this.#putRow();
      for (const index of this.#indexes) index.insert(row, this.#encoder.keyBytes);
      return;
    }
    this.#putRow();
    this.#keys?.set(this.#foldedKey(row), this.#encoder.keyBytes.slice(0, this.#encoder.keyLength));
    for (const index of this.#indexes) index.insert(row);
  }

  #putRow(): void {
    const { keyBytes, keyLength, valueBytes, valueLength } = this.#encoder;
    this.#rows.put(keyBytes, 0, keyLength, valueBytes, 0, valueLength);
  }

  #putCardinality(stored: ValueRange, cardinality: bigint): void {
    const value = Buffer.from(stored.bytes.subarray(stored.start, stored.end));
    value.writeBigUInt64LE(cardinality, 0);
    this.#rows.put(this.#encoder.keyBytes, 0, this.#encoder.keyLength, value, 0, value.length);
  }

  /** Throws where another row than `self` has the same values in a unique index. */
  #checkUnique(row: Row, self?: Row): void {
    for (const index of this.#indexes) {
      const values = index.uniqueKey(row);
      if (values === undefined) continue;
      if (self !== undefined && index.sameUnique(self, row) && index.uniqueKey(self) !== undefined) continue;
      const key = index.find(values);
      if (key === undefined || (self !== undefined && this.#isIndexKeyOf(index, key, self))) continue;
      const readable = values.map((value, i) => this.#readable(value, row[index.index.columns[i]!]!));
      throw new DuplicateKeyError(index.index.name, readable, this.#rowOfIndexKey(index, key));
    }
  }

  /** A text that was cut to bytes, as text again. */
  #readable(value: Value, whole: Value): Value {
    return typeof whole === 'string' && value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  }

  #primaryDuplicate(row: Row, existing: ValueRange): DuplicateKeyError {
    const key = this.#schema.primaryKey.map((column) => row[column]!);
    return new DuplicateKeyError('PRIMARY', key, this.#rowOf(existing));
  }

  /** The row whose value is `stored`, under the key encoded last. */
  #rowOf(stored: ValueRange): Row {
    const { keyBytes, keyLength } = this.#encoder;
    const { bytes, start, end } = stored;
    const key = this.#keys === undefined ? keyBytes.subarray(0, keyLength) : this.#keyThere();
    return decodeRow(this.#schema, key, 0, key.length, bytes, start, end, this.table.store);
  }

  /** The key that is in the table and compares equal to the key encoded last. */
  #keyThere(): Uint8Array {
    const { keyBytes, keyLength } = this.#encoder;
    const given = keyBytes.slice(0, keyLength);
    const values = this.#schema.keyDescriptor.fields.map((_, i) =>
      this.#schema.keyDescriptor.decode(given, 0, keyLength, i, this.table.store),
    );
    const edited = this.#keys?.get(this.#fold(values));
    if (edited !== undefined) return edited;
    const entry = this.#rows.flushed.get(given);
    return entry === undefined ? given : entry.node.key(entry.index);
  }

  #rowOfIndexKey(index: IndexEditor, key: Uint8Array): Row {
    const values = index.rowKeyOf(key);
    if (this.#schema.isKeyless) {
      const rowKey = Buffer.concat([values[0] as Uint8Array, Buffer.from([1, 0])]);
      const stored = this.#rows.get(rowKey);
      assert(stored, `index ${index.index.name} refers to a row that is not there`);
      const { bytes, start, end } = stored;
      return decodeRow(this.#schema, rowKey, 0, rowKey.length, bytes, start, end, this.table.store);
    }
    this.#encoder.encodeKeyOf(values);
    const stored = this.#stored();
    assert(stored, `index ${index.index.name} refers to a row that is not there`);
    return this.#rowOf(stored);
  }

  /** Whether the key encoded last compares equal to the primary key of `row`. */
  #isKeyOf(row: Row): boolean {
    const { keyBytes, keyLength } = this.#encoder;
    const key = keyBytes.slice(0, keyLength);
    this.#encoder.encodeKey(row);
    const { compare } = this.#schema.keyDescriptor;
    return compare(key, 0, keyLength, this.#encoder.keyBytes, 0, this.#encoder.keyLength) === 0;
  }

  #isIndexKeyOf(index: IndexEditor, key: Uint8Array, row: Row): boolean {
    if (this.#schema.isKeyless) {
      // Of equal rows each has the values, so it is the row itself only where there is but one.
      const encoder = new RowEncoder(this.#schema, this.table.store);
      encoder.encode(row);
      const id = index.rowKeyOf(key)[0] as Uint8Array;
      return Buffer.compare(id, encoder.keyBytes.subarray(0, 16)) === 0;
    }
    const values = index.rowKeyOf(key);
    const encoder = new RowEncoder(this.#schema, this.table.store);
    encoder.encodeKeyOf(values);
    const other = encoder.keyBytes.slice(0, encoder.keyLength);
    encoder.encodeKey(row);
    const { compare } = this.#schema.keyDescriptor;
    return compare(other, 0, other.length, encoder.keyBytes, 0, encoder.keyLength) === 0;
  }

  #foldedKey(row: Row): string {
    return this.#fold(this.#schema.primaryKey.map((column) => row[column]!));
  }

  /** One string for all primary keys that compare equal. */
  #fold(values: readonly Value[]): string {
    return values
      .map((value, i) => {
        const collation = this.#schema.keyDescriptor.fields[i]!.collation;
        const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
        const folded = collation === undefined || typeof value !== 'string' ? text : collation.keyOf(value);
        return `${folded.length}:${folded}`;
      })
      .join('');
  }

  #advanceCounter(row: Row): void {
    const { autoColumn } = this.#schema;
    if (autoColumn < 0) return;
    const value = row[autoColumn]!;
    if (typeof value !== 'number' && typeof value !== 'bigint') return;
    if (value < this.autoIncrement) return;
    const isSmall = typeof value === 'number' && value < Number.MAX_SAFE_INTEGER;
    const next = isSmall ? Math.ceil(value) + 1 : integerOf(BigInt(value) + 1n);
    const last = lastNumber(this.#schema.columns[autoColumn]!.encoding);
    this.#autoIncrement = next > last ? last : next;
  }
}

/** The greatest counter of a column; it is stored as an unsigned 64-bit integer. */
function lastNumber(encoding: Encoding): Integer {
  switch (encoding) {
    case Encoding.int8:
      return 2 ** 7 - 1;
    case Encoding.uint8:
      return 2 ** 8 - 1;
    case Encoding.int16:
      return 2 ** 15 - 1;
    case Encoding.uint16:
      return 2 ** 16 - 1;
    case Encoding.int32:
      return 2 ** 31 - 1;
    case Encoding.uint32:
      return 2 ** 32 - 1;
    case Encoding.int64:
      return 2n ** 63n - 1n;
    default:
      return 2n ** 64n - 1n;
  }
}

function readCardinality({ bytes, start }: ValueRange): bigint {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, CARDINALITY_BYTES).readBigUInt64LE(0);
}

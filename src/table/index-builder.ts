/**
 * Builds the tree of a secondary index from all rows of a table: keys are collected, sorted, and laid into nodes in order.
 */
import { ScanMemory } from '../chunks/scan-memory.ts';
import { ALL_KEYS, equalRange } from '../prolly/key-range.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { TreeBuilder } from '../prolly/tree-builder.ts';
import type { TreeMap } from '../prolly/tree-map.ts';
import type { Value } from '../tuple/value.ts';
import { DuplicateKeyError } from './duplicate-key-error.ts';
import { EntrySorter } from './entry-sorter.ts';
import { EMPTY_TUPLE, type IndexPredicate } from './index-editor.ts';
import { IndexKeyEncoder } from './index-key-encoder.ts';
import { decodeRow, decodeRowAt } from './row-codec.ts';
import { type Row, RowEncoder } from './row-encoder.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';
import { indexFormat } from './table.ts';

export interface IndexBuildOptions {
  /** Computes virtual columns in place. Needed where an index has one. */
  readonly complete?: ((row: Value[]) => void) | undefined;
  /** Evaluates the condition of a partial index. */
  readonly predicateOf?: ((index: IndexDefinition) => IndexPredicate) | undefined;
  /** Keys as single inserts make them, not as CREATE INDEX does: see IndexKeyEncoder for the one difference. */
  readonly asInserted?: boolean | undefined;
}

/** Collects the keys of one index and builds its tree. */
export class IndexBuilder {
  readonly #store: NodeStore;
  readonly #schema: TableSchema;
  readonly #encoder: IndexKeyEncoder;
  readonly #sorter: EntrySorter;
  readonly #predicate: IndexPredicate | undefined;
  readonly #complete: ((row: Value[]) => void) | undefined;
  readonly #needsRow: boolean;
  readonly index: IndexDefinition;

  constructor(store: NodeStore, schema: TableSchema, index: IndexDefinition, options: IndexBuildOptions = {}) {
    this.#store = store;
    this.#schema = schema;
    this.index = index;
    this.#encoder = new IndexKeyEncoder(schema, index, store);
    // Rows come in the order of their keys, so the indexed columns decide; but what a prefix cuts off may have ordered rows.
    const isCut = index.prefixLengths.some((length) => length > 0);
    this.#sorter = new EntrySorter(this.#encoder.descriptor, isCut ? undefined : index.columns.length);
    this.#predicate = index.predicate === '' ? undefined : options.predicateOf?.(index);
    this.#complete = options.complete;
    const placed = options.asInserted === true && this.#encoder.descriptor.hasAddresses;
    this.#needsRow = this.#encoder.hasVirtual || this.#predicate !== undefined || placed;
  }

  /** Adds the key of a stored row; the caller gives rows in the order of their keys. */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    if (this.index.fullText !== undefined) return;
    const encoder = this.#encoder;
    if (this.#needsRow) {
      const row = decodeRow(this.#schema, key, keyStart, keyEnd, value, valueStart, valueEnd, this.#store);
      this.#complete?.(row);
      if (this.#predicate && !this.#predicate(row)) return;
      encoder.encode(row, this.#schema.isKeyless ? key.subarray(keyStart, keyEnd) : undefined);
    } else encoder.encodeStored(key, keyStart, keyEnd, value, valueStart, valueEnd);
    this.#sorter.add(encoder.bytes, 0, encoder.length, EMPTY_TUPLE, 0, 2);
  }

  /** The tree. `rows` finds the row that a duplicate refers to. Throws `DuplicateKeyError`. */
  finish(rows: TreeMap): TreeMap {
    const sorter = this.#sorter;
    const builder = new TreeBuilder(this.#store, indexFormat(this.#store, this.#schema, this.index));
    const width = this.index.columns.length;
    const sameValues = this.index.unique ? this.#encoder.descriptor.comparePrefix(width) : undefined;
    const order = sorter.sorted();
    let previous = -1;
    for (let i = 0; i < order.length; i++) {
      sorter.touch(order, i);
      const entry = order[i]!;
      const page = sorter.page(entry);
      const start = sorter.keyStart(entry);
      const end = sorter.keyEnd(entry);
      if (sameValues !== undefined && previous >= 0) {
        const equal = sameValues(
          sorter.page(previous),
          sorter.keyStart(previous),
          sorter.keyEnd(previous),
          page,
          start,
          end,
        );
        if (equal === 0 && !this.#hasNull(page, start, end, width)) throw this.#duplicate(rows, previous, entry);
      }
      builder.append(page, start, end, EMPTY_TUPLE, 0, 2);
      previous = entry;
    }
    return builder.finish();
  }

  #hasNull(bytes: Uint8Array, start: number, end: number, width: number): boolean {
    for (let i = 0; i < width; i++) if (this.#encoder.descriptor.isNull(bytes, start, end, i)) return true;
    return false;
  }

  #duplicate(rows: TreeMap, earlier: number, later: number): DuplicateKeyError {
    const sorter = this.#sorter;
    const { descriptor, columns } = this.#encoder;
    const fieldOf = (entry: number, field: number): Value =>
      descriptor.decode(sorter.page(entry), sorter.keyStart(entry), sorter.keyEnd(entry), field, this.#store);
    const key = this.index.columns.map((_, i) => fieldOf(later, i));
    const rowKey = (this.#schema.isKeyless ? [-1] : this.#schema.primaryKey).map((column) =>
      fieldOf(earlier, columns.indexOf(column)),
    );
    return new DuplicateKeyError(this.index.name, key, this.#rowOf(rows, rowKey));
  }

  #rowOf(rows: TreeMap, key: readonly Value[]): Row {
    let bytes: Uint8Array;
    if (this.#schema.isKeyless) bytes = Buffer.concat([key[0] as Uint8Array, Buffer.from([1, 0])]);
    else {
      const encoder = new RowEncoder(this.#schema, this.#store);
      encoder.encodeKeyOf(key);
      bytes = encoder.keyBytes.slice(0, encoder.keyLength);
    }
    for (const { node, from } of rows.scan(equalRange(bytes))) {
      return decodeRowAt(this.#schema, node, from, this.#store);
    }
    return [];
  }
}

/** The tree of an index over `rows`, the clustered tree of a table of this schema. Throws `DuplicateKeyError`. */
export function buildIndex(
  store: NodeStore,
  schema: TableSchema,
  index: IndexDefinition,
  rows: TreeMap,
  options: IndexBuildOptions = {},
): TreeMap {
  const builder = new IndexBuilder(store, schema, index, options);
  const memory = new ScanMemory();
  for (const { node, from, to } of rows.scan(ALL_KEYS, memory)) {
    for (let i = from; i < to; i++) {
      builder.add(node.bytes, node.keyStart(i), node.keyEnd(i), node.bytes, node.valueStart(i), node.valueEnd(i));
    }
    memory.forget();
  }
  return builder.finish(rows);
}

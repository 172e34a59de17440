/**
 * Fills a new table with many rows, given in any order. Rows in key order go straight into the tree, and their index keys
 * are collected on the way; once a row comes out of order, the rest is collected and sorted, and merged with what is
 * there. Memory does not grow with the table beyond the index keys and one run of unsorted rows.
 */
import { assert } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { TreeBuilder } from '../prolly/tree-builder.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import { DuplicateKeyError } from './duplicate-key-error.ts';
import { EntrySorter } from './entry-sorter.ts';
import { buildIndex, IndexBuilder, type IndexBuildOptions } from './index-builder.ts';
import { decodeRow, decodeRowAt } from './row-codec.ts';
import { type Row, RowEncoder, type RowFields } from './row-encoder.ts';
import type { TableSchema } from './schema.ts';
import { rowFormat, Table } from './table.ts';

export interface TableBuilderOptions extends IndexBuildOptions {
  /** What becomes of a row whose primary key is there already: an error unless told. */
  readonly onDuplicate?: 'fail' | 'ignore' | 'replace';
  /** Bytes of unsorted rows held in memory; 128 MiB unless told. */
  readonly runBytes?: number;
}

const RUN_BYTES = 128 * 1024 * 1024;

export class TableBuilder {
  readonly #store: NodeStore;
  readonly #schema: TableSchema;
  readonly #options: TableBuilderOptions;
  #encoder: RowEncoder;
  /** While rows come in order. */
  #ordered: TreeBuilder | undefined;
  /** Of the row before: it goes into the tree when the next one shows that nothing replaces it. */
  #held: RowEncoder;
  #holds = false;
  /** Index keys on the way, while they are right. */
  #indexes: readonly IndexBuilder[] | undefined;
  #rows: TreeMap | undefined;
  #sorter: EntrySorter | undefined;
  #spent = false;

  constructor(store: NodeStore, schema: TableSchema, options: TableBuilderOptions = {}) {
    this.#store = store;
    this.#schema = schema;
    this.#options = { ...options, asInserted: true };
    this.#encoder = new RowEncoder(schema, store);
    this.#held = new RowEncoder(schema, store);
    if (!schema.isKeyless) {
      this.#ordered = new TreeBuilder(store, rowFormat(schema));
      this.#indexes = schema.indexes.map((index) => new IndexBuilder(store, schema, index, this.#options));
    } else this.#sorter = new EntrySorter(schema.keyDescriptor);
  }

  /** Adds a row, in the order of the schema's columns. May throw `DuplicateKeyError`, as may `finish`. */
  append(row: Row): void {
    this.#encoder.encode(row);
    this.#appendEncoded();
  }

  /** `append`, of a row in another form. What `put` throws leaves the builder as it was. */
  appendFields(row: RowFields): void {
    this.#encoder.encodeFields(row);
    this.#appendEncoded();
  }

  #appendEncoded(): void {
    const encoder = this.#encoder;
    if (this.#ordered !== undefined && this.#appendOrdered()) return;
    this.#sorter ??= new EntrySorter(this.#schema.keyDescriptor);
    const sorter = this.#sorter;
    sorter.add(encoder.keyBytes, 0, encoder.keyLength, encoder.valueBytes, 0, encoder.valueLength);
    if (sorter.byteSize > (this.#options.runBytes ?? RUN_BYTES)) this.#mergeRun();
  }

  /** False where the row comes before the last one. */
  #appendOrdered(): boolean {
    const encoder = this.#encoder;
    const held = this.#held;
    if (this.#holds) {
      const { compare } = this.#schema.keyDescriptor;
      const order = compare(held.keyBytes, 0, held.keyLength, encoder.keyBytes, 0, encoder.keyLength);
      if (order > 0) {
        this.#endOrdered();
        return false;
      }
      if (order === 0) {
        if (this.#options.onDuplicate === 'ignore') return true;
        if (this.#options.onDuplicate !== 'replace') throw this.#duplicate(held);
      } else this.#release();
    }
    this.#held = encoder;
    this.#encoder = held;
    this.#holds = true;
    return true;
  }

  /** The held row goes into the tree. */
  #release(): void {
    if (!this.#holds) return;
    const { keyBytes, keyLength, valueBytes, valueLength } = this.#held;
    this.#ordered!.append(keyBytes, 0, keyLength, valueBytes, 0, valueLength);
    for (const index of this.#indexes!) index.add(keyBytes, 0, keyLength, valueBytes, 0, valueLength);
    this.#holds = false;
  }

  #endOrdered(): void {
    this.#release();
    this.#rows = this.#ordered!.finish();
    this.#ordered = undefined;
  }

  /** Merges the unsorted rows with the tree. */
  #mergeRun(): void {
    const sorter = this.#sorter;
    if (sorter === undefined || sorter.count === 0) return;
    this.#sorter = undefined;
    this.#indexes = undefined;
    const merge = new RunMerge(this.#store, this.#schema, this.#rows, sorter, this.#options.onDuplicate ?? 'fail');
    this.#rows = merge.run();
  }

  #duplicate({ keyBytes, keyLength, valueBytes, valueLength }: RowEncoder): DuplicateKeyError {
    const existing = decodeRow(this.#schema, keyBytes, 0, keyLength, valueBytes, 0, valueLength, this.#store);
    const values = this.#schema.primaryKey.map((column) => existing[column]!);
    return new DuplicateKeyError('PRIMARY', values, existing);
  }

  /** The table; the builder is spent. */
  finish(): Table {
    assert(!this.#spent, 'a table builder is finished once');
    this.#spent = true;
    if (this.#ordered !== undefined) this.#endOrdered();
    this.#mergeRun();
    const rows = this.#rows ?? TreeMap.empty(this.#store, rowFormat(this.#schema));
    const built = this.#indexes?.map((index) => [index.index.name, index.finish(rows)] as const);
    const indexes =
      built ?? this.#schema.indexes.map((index) => [index.name, this.#indexOver(index.name, rows)] as const);
    return Table.create(this.#store, this.#schema).with({ rows, indexes: new Map(indexes) });
  }

  #indexOver(name: string, rows: TreeMap): TreeMap {
    return buildIndex(this.#store, this.#schema, this.#schema.index(name)!, rows, this.#options);
  }
}

/** Merges a tree with sorted rows into a new tree. */
class RunMerge {
  readonly #schema: TableSchema;
  readonly #store: NodeStore;
  readonly #base: TreeMap | undefined;
  readonly #sorter: EntrySorter;
  readonly #order: Uint32Array;
  readonly #onDuplicate: 'fail' | 'ignore' | 'replace';
  readonly #builder: TreeBuilder;

  constructor(
    store: NodeStore,
    schema: TableSchema,
    base: TreeMap | undefined,
    sorter: EntrySorter,
    onDuplicate: 'fail' | 'ignore' | 'replace',
  ) {
    this.#store = store;
    this.#schema = schema;
    this.#base = base;
    this.#sorter = sorter;
    this.#order = sorter.sorted();
    this.#onDuplicate = onDuplicate;
    this.#builder = new TreeBuilder(store, rowFormat(schema));
  }

  run(): TreeMap {
    const sorter = this.#sorter;
    const order = this.#order;
    const { compare } = this.#schema.keyDescriptor;
    let next = 0;
    for (const { node, from, to } of this.#base?.scan() ?? []) {
      for (let i = from; i < to; i++) {
        const keyStart = node.keyStart(i);
        const keyEnd = node.keyEnd(i);
        let side = 1;
        while (next < order.length) {
          const entry = order[next]!;
          side = compare(
            sorter.page(entry),
            sorter.keyStart(entry),
            sorter.keyEnd(entry),
            node.bytes,
            keyStart,
            keyEnd,
          );
          if (side >= 0) break;
          next = this.#append(next, 0n);
        }
        if (next < order.length && side === 0) {
          if (this.#schema.isKeyless) next = this.#append(next, cardinality(node.bytes, node.valueStart(i)));
          else if (this.#onDuplicate === 'fail') {
            const existing = decodeRowAt(this.#schema, node, i, this.#store);
            throw new DuplicateKeyError(
              'PRIMARY',
              this.#schema.primaryKey.map((c) => existing[c]!),
              existing,
            );
          } else if (this.#onDuplicate === 'replace') next = this.#append(next, 0n);
          else {
            next = this.#endOfEqual(next);
            side = 1;
          }
          if (side === 0) continue;
        }
        this.#builder.append(node.bytes, keyStart, keyEnd, node.bytes, node.valueStart(i), node.valueEnd(i));
      }
    }
    while (next < order.length) next = this.#append(next, 0n);
    return this.#builder.finish();
  }

  /** The place after the entries that are equal to the one at `at`. */
  #endOfEqual(at: number): number {
    let to = at + 1;
    while (to < this.#order.length && this.#sorter.compare(this.#order[at]!, this.#order[to]!) === 0) to++;
    return to;
  }

  /** Adds what equal entries from `at` on come to; the place after them. `more` is added to a keyless cardinality. */
  #append(at: number, more: bigint): number {
    const sorter = this.#sorter;
    sorter.touch(this.#order, at);
    const to = this.#endOfEqual(at);
    const first = this.#order[at]!;
    const last = this.#order[to - 1]!;
    if (this.#schema.isKeyless) {
      const page = sorter.page(first);
      const value = page.slice(sorter.keyEnd(first), sorter.valueEnd(first));
      let sum = more;
      for (let i = at; i < to; i++) {
        const entry = this.#order[i]!;
        sum += cardinality(sorter.page(entry), sorter.keyEnd(entry));
      }
      Buffer.from(value.buffer).writeBigUInt64LE(sum, 0);
      this.#builder.append(page, sorter.keyStart(first), sorter.keyEnd(first), value, 0, value.length);
      return to;
    }
    if (to - at > 1 && this.#onDuplicate === 'fail') {
      const page = sorter.page(first);
      const existing = decodeRow(
        this.#schema,
        page,
        sorter.keyStart(first),
        sorter.keyEnd(first),
        page,
        sorter.keyEnd(first),
        sorter.valueEnd(first),
        this.#store,
      );
      throw new DuplicateKeyError(
        'PRIMARY',
        this.#schema.primaryKey.map((c) => existing[c]!),
        existing,
      );
    }
    const entry = this.#onDuplicate === 'replace' ? last : first;
    const page = sorter.page(entry);
    const keyEnd = sorter.keyEnd(entry);
    this.#builder.append(page, sorter.keyStart(entry), keyEnd, page, keyEnd, sorter.valueEnd(entry));
    return to;
  }
}

function cardinality(bytes: Uint8Array, at: number): bigint {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, 8).readBigUInt64LE(0);
}

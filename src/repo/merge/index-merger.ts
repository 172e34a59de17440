/**
 * Secondary indexes of a merged table. An index that ours has already is kept in step with the rows that change; one that
 * is new or over changed columns is built from all rows.
 */
import { DoltError } from '../../base/errors.ts';
import { MutableMap } from '../../prolly/mutable-map.ts';
import { TreeBuilder } from '../../prolly/tree-builder.ts';
import type { TreeMap } from '../../prolly/tree-map.ts';
import { EntrySorter } from '../../table/entry-sorter.ts';
import { IndexKeyEncoder } from '../../table/index-key-encoder.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import { indexFormat, type Table } from '../../table/table.ts';
import { equalIndexes } from './merge-indexes.ts';
import type { RowMerger } from './row-merger.ts';

const EMPTY_TUPLE = new Uint8Array(2);

/** One index of the merged table. */
export class IndexMerger {
  readonly index: IndexDefinition;
  readonly encoder: IndexKeyEncoder;
  /** Whether the index follows edits, not rebuilt in the end. */
  readonly isIncremental: boolean;
  readonly #table: Table;
  readonly #rows: RowMerger;
  readonly #map: MutableMap | undefined;

  constructor(ours: Table, rows: RowMerger, index: IndexDefinition, rebuild: boolean) {
    this.index = index;
    this.#table = ours;
    this.#rows = rows;
    this.encoder = new IndexKeyEncoder(rows.schema, index, ours.store);
    if (index.vectorDistance !== undefined || index.predicate !== '') {
      const kind = index.predicate === '' ? 'vector' : 'partial';
      throw new DoltError('unsupported', `${kind} index ${index.name}: its table cannot be merged`);
    }
    const own = ours.schema.index(index.name);
    this.isIncremental = !rebuild && own !== undefined && equalIndexes(own, ours.schema, index, rows.schema);
    if (this.isIncremental) this.#map = new MutableMap(ours.index(index.name));
  }

  #format() {
    return indexFormat(this.#table.store, this.#rows.schema, this.index);
  }

  /** Encodes the key of a row, given in the merged layout, into `encoder`. */
  encode(key: Uint8Array, value: Uint8Array): void {
    if (this.encoder.hasVirtual) {
      this.encoder.encode(this.#rows.decode(key, value), this.#rows.schema.isKeyless ? key : undefined);
    } else this.encoder.encodeStored(key, 0, key.length, value, 0, value.length);
  }

  /** A row's value changed; undefined where the row is not there. */
  edit(key: Uint8Array, before: Uint8Array | undefined, after: Uint8Array | undefined): void {
    if (this.#map === undefined) return;
    if (before !== undefined) {
      this.encode(key, before);
      this.#map.delete(this.encoder.bytes, 0, this.encoder.length);
    }
    if (after !== undefined) {
      this.encode(key, after);
      this.#map.put(this.encoder.bytes, 0, this.encoder.length, EMPTY_TUPLE, 0, 2);
    }
  }

  /** The index's key of a row, copied. */
  keyOf(key: Uint8Array, value: Uint8Array): Uint8Array {
    this.encode(key, value);
    return this.encoder.bytes.slice(0, this.encoder.length);
  }

  /** The index with the edits made, which may wait in it; undefined where it does not follow them. */
  get edited(): TreeMap | undefined {
    return this.#map?.finish();
  }

  /** The index's tree over the merged rows. */
  finish(rows: TreeMap): TreeMap {
    if (this.#map !== undefined) return this.#map.flush();
    const sorter = new EntrySorter(this.encoder.descriptor);
    for (const { node, from, to } of rows.scan()) {
      for (let i = from; i < to; i++) {
        this.encode(node.key(i), node.value(i));
        sorter.add(this.encoder.bytes, 0, this.encoder.length, EMPTY_TUPLE, 0, 2);
      }
    }
    const builder = new TreeBuilder(this.#table.store, this.#format());
    for (const entry of sorter.sorted()) {
      builder.append(sorter.page(entry), sorter.keyStart(entry), sorter.keyEnd(entry), EMPTY_TUPLE, 0, 2);
    }
    return builder.finish();
  }
}

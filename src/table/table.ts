/**
 * A table as of one root: schema, clustered tree, secondary trees, auto-increment counter, artifacts. Immutable; `with…`
 * gives another. Nothing but new tree nodes is written before `write`, whose result, the address of the Table message,
 * is the table's hash (FORMAT.md §3.8, §8).
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { TreeMap } from '../prolly/tree-map.ts';
import type { Integer } from '../tuple/value.ts';
import type { TableSchema } from './schema.ts';

export interface TableParts {
  readonly schema: TableSchema;
  readonly rows: TreeMap;
  /** By index name: each secondary index's tree; must hold exactly the schema's indexes. */
  readonly indexes: ReadonlyMap<string, TreeMap>;
  /** The next value; 0 when the counter never moved. */
  readonly autoIncrement: Integer;
  /** Address of the artifacts map (conflicts, violations); the empty address when there are none. */
  readonly artifacts: Address;
}

export class Table {
  readonly store: NodeStore;
  readonly schema: TableSchema;
  readonly rows: TreeMap;
  readonly autoIncrement: Integer;
  readonly artifacts: Address;

  private constructor(store: NodeStore, parts: TableParts) {
    this.store = store;
    this.schema = parts.schema;
    this.rows = parts.rows;
    this.autoIncrement = parts.autoIncrement;
    this.artifacts = parts.artifacts;
  }

  /** An empty table. */
  static create(_store: NodeStore, _schema: TableSchema): Table {
    throw new AssertionError('not built');
  }

  /** Opens the Table message at `address`. */
  static open(_store: NodeStore, _address: Address): Table {
    throw new AssertionError('not built');
  }

  /** Rows, duplicates of keyless tables counted once for each entry: see `rowCount` in table-reader.ts for their sum. */
  get entryCount(): number {
    throw new AssertionError('not built');
  }

  /** The tree of a secondary index, by its name in the schema (any case). */
  index(_name: string): TreeMap {
    throw new AssertionError('not built');
  }

  /** The secondary trees by index name. */
  get indexes(): ReadonlyMap<string, TreeMap> {
    throw new AssertionError('not built');
  }

  with(_parts: Partial<TableParts>): Table {
    throw new AssertionError('not built');
  }

  /** Writes the schema and the Table message; the table's address. */
  write(): Address {
    throw new AssertionError('not built');
  }

  /** Whether both tables are the same stored table. */
  equals(other: Table): boolean {
    return this === other || this.write() === other.write();
  }
}

/**
 * A root value: everything a commit or a working set holds at one moment — tables by name, foreign keys, collation
 * (FORMAT.md §3.7). Immutable; `with…` gives another root. Its address is `dolt_hashof_db()`.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { ForeignKeyCollectionMessage } from '../serial/foreign-key-collection.ts';
import type { Table } from '../table/table.ts';

export class RootValue {
  readonly nodes: NodeStore;

  constructor(nodes: NodeStore) {
    this.nodes = nodes;
  }

  /** A root without tables, with the default collation. */
  static empty(_nodes: NodeStore): RootValue {
    throw new AssertionError('not built');
  }

  /** Throws `notFound` when the chunk is missing and `unsupported` when its feature version is newer than ours. */
  static read(_nodes: NodeStore, _address: Address): RootValue {
    throw new AssertionError('not built');
  }

  /** The root's address; puts its chunk into the store the first time. */
  get address(): Address {
    throw new AssertionError('not built');
  }

  /** MySQL's id of the database's collation. */
  get collation(): number {
    throw new AssertionError('not built');
  }

  /** Names in byte order, as they were created. */
  tableNames(): readonly string[] {
    throw new AssertionError('not built');
  }

  hasTable(_name: string): boolean {
    throw new AssertionError('not built');
  }

  /** The stored spelling of a table name that is given in any case. */
  resolveTableName(_name: string): string | undefined {
    throw new AssertionError('not built');
  }

  /** The address of the table spelt exactly `name`. */
  tableAddress(_name: string): Address | undefined {
    throw new AssertionError('not built');
  }

  table(_name: string): Table | undefined {
    throw new AssertionError('not built');
  }

  withTable(_name: string, _table: Table | Address): RootValue {
    throw new AssertionError('not built');
  }

  /** Several tables at once; undefined removes. */
  withTables(_tables: ReadonlyMap<string, Table | Address | undefined>): RootValue {
    throw new AssertionError('not built');
  }

  withoutTable(_name: string): RootValue {
    throw new AssertionError('not built');
  }

  withTableRenamed(_from: string, _to: string): RootValue {
    throw new AssertionError('not built');
  }

  foreignKeys(): ForeignKeyCollectionMessage {
    throw new AssertionError('not built');
  }

  withForeignKeys(_foreignKeys: ForeignKeyCollectionMessage): RootValue {
    throw new AssertionError('not built');
  }

  withCollation(_collation: number): RootValue {
    throw new AssertionError('not built');
  }
}

/**
 * A root value: everything a commit or a working set holds at one moment — tables by name, foreign keys, collation
 * (FORMAT.md §3.7). Immutable; `with…` gives another root. Its address is `dolt_hashof_db()`; asking for it puts the
 * root's chunk into the store, and those of tables whose rows were changed, so intermediate ones that nobody asks about are
 * never written.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { assert, DoltError } from '../base/errors.ts';
import { RecentMap } from '../base/recent-map.ts';
import { AddressMap } from '../prolly/address-map.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readForeignKeyCollection, writeForeignKeyCollection } from '../serial/foreign-key-collection.ts';
import { readRootValue, writeRootValue } from '../serial/root-value.ts';
import { Table } from '../table/table.ts';
import type { ForeignKeys } from './foreign-keys.ts';

/** What we write; roots with a higher one are refused. */
export const FEATURE_VERSION = 7;

/** MySQL's id of utf8mb4_0900_bin. */
export const DEFAULT_COLLATION = 309;

interface Parts {
  readonly tables: AddressMap;
  readonly foreignKeys: Address;
  readonly collation: number;
}

const NONE: ReadonlyMap<string, Table> = new Map();

/** Roots and tables that are kept: whoever reads one again finds it open, and its trees to be the same. */
const KEPT_ROOTS = 16;
const KEPT_TABLES = 64;
type Recent<T> = WeakMap<NodeStore, RecentMap<Address, T>>;
const recentRoots: Recent<RootValue> = new WeakMap();
const recentTables: Recent<Table> = new WeakMap();

function recentOf<T>(all: Recent<T>, nodes: NodeStore, most: number): RecentMap<Address, T> {
  let recent = all.get(nodes);
  if (recent === undefined) {
    recent = new RecentMap(most);
    all.set(nodes, recent);
  }
  return recent;
}

const recentRootsOf = (nodes: NodeStore) => recentOf(recentRoots, nodes, KEPT_ROOTS);
const recentTablesOf = (nodes: NodeStore) => recentOf(recentTables, nodes, KEPT_TABLES);

export class RootValue {
  readonly nodes: NodeStore;
  #parts: Parts;
  /** Tables in place of those in `parts`, which are written when somebody asks for addresses. */
  #waiting: ReadonlyMap<string, Table> = NONE;
  /** One for all roots that differ in rows only: the names of the tables in which they may. */
  #descent = new Set<string>();
  #address: Address | undefined;
  #foreignKeys: ForeignKeys | undefined;
  #namesByLower: ReadonlyMap<string, string> | undefined;
  readonly #opened = new Map<string, Table>();

  private constructor(nodes: NodeStore, parts: Parts, address?: Address) {
    this.nodes = nodes;
    this.#parts = parts;
    this.#address = address;
  }

  /** A root without tables, with the default collation. */
  static empty(nodes: NodeStore): RootValue {
    const parts = { tables: AddressMap.empty(nodes), foreignKeys: EMPTY_ADDRESS, collation: DEFAULT_COLLATION };
    return new RootValue(nodes, parts);
  }

  /** Throws `corrupt` when the chunk is missing and `unsupported` when its feature version is newer than ours. */
  static read(nodes: NodeStore, address: Address): RootValue {
    const recent = recentRootsOf(nodes);
    const known = recent.get(address);
    if (known !== undefined) return known;
    const root = RootValue.#parse(nodes, address);
    recent.set(address, root);
    return root;
  }

  static #parse(nodes: NodeStore, address: Address): RootValue {
    const stored = readRootValue(nodes.readMessage(address));
    if (stored.featureVersion > FEATURE_VERSION) {
      throw new DoltError(
        'unsupported',
        `this database was written by a newer version: feature version ${stored.featureVersion}, known is ${FEATURE_VERSION}. Upgrade to open it.`,
      );
    }
    const { foreignKeys, collation } = stored;
    const parts = { tables: AddressMap.fromBytes(nodes, stored.tables), foreignKeys, collation };
    return new RootValue(nodes, parts, address);
  }

  /** The root's address; puts its chunk into the store the first time. */
  get address(): Address {
    if (this.#address === undefined) {
      const { tables, foreignKeys, collation } = this.#writtenParts();
      const parts = { featureVersion: FEATURE_VERSION, tables: tables.bytes, foreignKeys, collation };
      this.#address = this.nodes.write(writeRootValue(parts));
      recentRootsOf(this.nodes).set(this.#address, this);
    }
    return this.#address;
  }

  /** MySQL's id of the database's collation. */
  get collation(): number {
    return this.#parts.collation || DEFAULT_COLLATION;
  }

  /** Names and addresses of the tables, in byte order of the names. */
  tables(): Generator<readonly [string, Address], void, void> {
    return this.#writtenParts().tables.entries();
  }

  #writtenParts(): Parts {
    if (this.#waiting.size > 0) {
      const edits = new Map(Array.from(this.#waiting, ([name, table]) => [name, this.#written(table)]));
      this.#parts = { ...this.#parts, tables: this.#parts.tables.edit(edits) };
      this.#waiting = NONE;
    }
    return this.#parts;
  }

  /**
   * The tables that differ from those of `origin`, where nothing but rows was changed to make this root of it; else
   * undefined.
   */
  tablesSince(origin: RootValue): ReadonlyMap<string, Table> | undefined {
    if (this.#descent !== origin.#descent) return undefined;
    const tables = new Map<string, Table>();
    for (const name of this.#descent) {
      const table = this.table(name)!;
      if (table !== origin.table(name)) tables.set(name, table);
    }
    return tables;
  }

  /** Names of tables that `origin` lacks or has in another state, in byte order. */
  changedTableNames(origin: RootValue): string[] {
    return [...this.#writtenParts().tables.changedSince(origin.#writtenParts().tables)];
  }

  /** The same root, in whose tables edits that wait in many layers wait in one. */
  collapsed(): RootValue {
    const joined = new Map<string, Table>();
    for (const [name, table] of this.#waiting) {
      const collapsed = table.collapsed();
      if (collapsed !== table) joined.set(name, collapsed);
    }
    return joined.size === 0 ? this : this.withTables(joined);
  }

  /** What is changed from here on can be told from what was before, for `tablesSince`. */
  seal(): void {
    for (const { rows, indexes } of this.#waiting.values()) {
      rows.seal();
      for (const tree of indexes.values()) tree.seal();
    }
  }

  /** Whether the roots may differ: true as well where nobody knows before tables are written. */
  mayDifferFrom(other: RootValue): boolean {
    if (this === other) return false;
    return this.#waiting.size > 0 || other.#waiting.size > 0 || this.address !== other.address;
  }

  /** Names in byte order, as they were created. */
  tableNames(): string[] {
    return Array.from(this.#parts.tables.entries(), ([name]) => name);
  }

  /** Is there a table spelt exactly `name`? */
  hasTable(name: string): boolean {
    return this.#opened.has(name) || this.#parts.tables.get(name) !== undefined;
  }

  /** The stored spelling of a table name that is given in any case. */
  resolveTableName(name: string): string | undefined {
    if (this.hasTable(name)) return name;
    this.#namesByLower ??= new Map(this.tableNames().map((each) => [each.toLowerCase(), each]));
    return this.#namesByLower.get(name.toLowerCase());
  }

  /** The address of the table spelt exactly `name`. */
  tableAddress(name: string): Address | undefined {
    const waiting = this.#waiting.get(name);
    return waiting === undefined ? this.#parts.tables.get(name) : this.#written(waiting);
  }

  #written(table: Table): Address {
    const address = table.write();
    recentTablesOf(this.nodes).set(address, table);
    return address;
  }

  /** The table spelt exactly `name`. */
  table(name: string): Table | undefined {
    const opened = this.#opened.get(name);
    if (opened) return opened;
    const address = this.tableAddress(name);
    if (address === undefined) return undefined;
    const known = recentTablesOf(this.nodes);
    const table = known.get(address) ?? Table.open(this.nodes, address);
    known.set(address, table);
    this.#opened.set(name, table);
    return table;
  }

  withTable(name: string, table: Table | Address): RootValue {
    return this.withTables(new Map([[name, table]]));
  }

  /** Several tables at once; undefined removes. Foreign keys stay as they are. */
  withTables(tables: ReadonlyMap<string, Table | Address | undefined>): RootValue {
    const changed = new Map(
      [...tables].filter(([name, table]) => table === undefined || table !== this.#opened.get(name)),
    );
    if (changed.size === 0) return this;
    const rows = this.#onlyRows(changed);
    if (rows !== undefined) {
      const root = new RootValue(this.nodes, this.#parts);
      root.#waiting = new Map([...this.#waiting, ...rows]);
      root.#descent = this.#descent;
      for (const name of rows.keys()) this.#descent.add(name);
      this.#handOn(root, rows);
      return root;
    }
    const edits = new Map<string, Address | undefined>();
    for (const [name, table] of changed) edits.set(name, table instanceof Table ? table.write() : table);
    const root = this.#with({ tables: this.#writtenParts().tables.edit(edits) });
    if (root !== this) this.#handOn(root, changed);
    return root;
  }

  /** The changed tables, if nothing but rows of tables that are there differs. */
  #onlyRows(changed: ReadonlyMap<string, Table | Address | undefined>): ReadonlyMap<string, Table> | undefined {
    const tables = new Map<string, Table>();
    for (const [name, table] of changed) {
      if (!(table instanceof Table) || this.#opened.get(name)?.schema !== table.schema) return undefined;
      tables.set(name, table);
    }
    return tables;
  }

  /** Tables that were opened stay so, and so do those whose rows were changed: their schema is as it was read. */
  #handOn(root: RootValue, changed: ReadonlyMap<string, Table | Address | undefined>): void {
    for (const [name, opened] of this.#opened) {
      const table = changed.has(name) ? changed.get(name) : opened;
      if (table instanceof Table && table.schema === opened.schema) root.#opened.set(name, table);
    }
  }

  /** Exactly these tables. */
  replaceTables(tables: ReadonlyMap<string, Address>): RootValue {
    const edits = new Map<string, Address | undefined>(this.tableNames().map((name) => [name, undefined]));
    for (const [name, address] of tables) edits.set(name, address);
    return this.withTables(edits);
  }

  withoutTable(name: string): RootValue {
    return this.withTables(new Map([[name, undefined]]));
  }

  withTableRenamed(from: string, to: string): RootValue {
    const address = this.tableAddress(from);
    assert(address !== undefined, `no table ${from} to rename`);
    return this.withTables(
      new Map([
        [from, undefined],
        [to, address],
      ]),
    );
  }

  /** In order of their names. */
  foreignKeys(): ForeignKeys {
    const address = this.#parts.foreignKeys;
    this.#foreignKeys ??=
      address === EMPTY_ADDRESS ? [] : readForeignKeyCollection(this.nodes.readMessage(address)).foreignKeys;
    return this.#foreignKeys;
  }

  withForeignKeys(foreignKeys: ForeignKeys): RootValue {
    const sorted = [...foreignKeys].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    const address =
      sorted.length === 0 ? EMPTY_ADDRESS : this.nodes.write(writeForeignKeyCollection({ foreignKeys: sorted }));
    return this.#with({ foreignKeys: address });
  }

  withCollation(collation: number): RootValue {
    return collation === this.collation ? this : this.#with({ collation });
  }

  /** Do both roots hold the same? */
  equals(other: RootValue): boolean {
    return this === other || this.address === other.address;
  }

  #with(changed: Partial<Parts>): RootValue {
    const own = this.#writtenParts();
    const parts = { ...own, ...changed };
    const same =
      parts.foreignKeys === own.foreignKeys &&
      parts.collation === own.collation &&
      parts.tables.tree.equals(own.tables.tree);
    return same ? this : new RootValue(this.nodes, parts);
  }
}

/**
 * A table as of one root: schema, clustered tree, secondary trees, auto-increment counter, artifacts. Immutable; `with`
 * gives another. The Table message is put into the store by `write` only; its address is the table's hash
 * (FORMAT.md §3.8, §8).
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { AddressMap } from '../prolly/address-map.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { TreeFormat } from '../prolly/tree-format.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import { readTable, type TableMessage, writeTable } from '../serial/table.ts';
import { Encoding } from '../tuple/encoding.ts';
import { readInt32, readUint32 } from '../tuple/field-decoder.ts';
import type { FieldType } from '../tuple/field-type.ts';
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';
import type { Integer } from '../tuple/value.ts';
import { OrderPrefix } from './order-prefix.ts';
import type { IndexDefinition, TableSchema } from './schema.ts';
import { readSchema, writeSchema } from './schema-message.ts';

export interface TableParts {
  readonly schema: TableSchema;
  readonly rows: TreeMap;
  /** By index name: each secondary index's tree; must hold exactly the schema's indexes. */
  readonly indexes: ReadonlyMap<string, TreeMap>;
  /** The next value; 0 when the counter never moved. */
  readonly autoIncrement: Integer;
  /** Address of the artifacts map (conflicts, violations); the empty address when there are none. */
  readonly artifacts: Address;
  /**
   * Trees by name that no index of the schema owns, and that stay part of the table's hash all the same: the original
   * leaves one behind when an indexed column is dropped.
   */
  readonly abandoned?: ReadonlyMap<string, Address>;
}

export class Table {
  readonly store: NodeStore;
  readonly schema: TableSchema;
  readonly rows: TreeMap;
  readonly autoIncrement: Integer;
  readonly artifacts: Address;
  readonly abandoned: ReadonlyMap<string, Address>;
  readonly #indexes: ReadonlyMap<string, TreeMap>;
  /** Of a stored table the addresses of its trees, and those that were opened. */
  readonly #stored: { readonly addresses: AddressMap; readonly opened: Map<string, TreeMap> } | undefined;
  readonly #message: TableMessage | undefined;
  #schemaAddress: Address | undefined;
  #address: Address | undefined;

  private constructor(
    store: NodeStore,
    parts: TableParts,
    stored?: { readonly address: Address; readonly message: TableMessage },
  ) {
    this.store = store;
    this.schema = parts.schema;
    this.rows = parts.rows;
    this.autoIncrement = parts.autoIncrement;
    this.artifacts = parts.artifacts;
    this.#indexes = parts.indexes;
    this.#message = stored?.message;
    this.#address = stored?.address;
    this.#schemaAddress = stored?.message.schema;
    this.#stored = stored && { addresses: AddressMap.fromBytes(store, stored.message.indexes), opened: new Map() };
    this.abandoned = withoutIndexesOf(parts.schema, parts.abandoned ?? this.#stored?.addresses.entries() ?? NONE);
  }

  /** An empty table. */
  static create(store: NodeStore, schema: TableSchema): Table {
    return new Table(store, {
      schema,
      rows: TreeMap.empty(store, rowFormat(schema)),
      indexes: new Map(
        schema.indexes.map((index) => [index.name, TreeMap.empty(store, indexFormat(store, schema, index))]),
      ),
      autoIncrement: 0,
      artifacts: EMPTY_ADDRESS,
    });
  }

  /** Opens the Table message at `address`. */
  static open(store: NodeStore, address: Address): Table {
    const message = readTable(store.readMessage(address));
    const schema = schemaAt(store, message.schema);
    const parts: TableParts = {
      schema,
      rows: TreeMap.fromBytes(store, rowFormat(schema), message.rows),
      indexes: new Map(),
      autoIncrement: message.autoIncrement,
      artifacts: message.artifacts,
    };
    return new Table(store, parts, { address, message });
  }

  /** Entries of the clustered index. In a keyless table equal rows are one entry. */
  get entryCount(): number {
    return this.rows.count;
  }

  /** The tree of a secondary index, by its name in the schema (any case). */
  index(name: string): TreeMap {
    const definition = this.schema.index(name);
    if (definition === undefined) throw new DoltError('notFound', `no index ${name}`);
    return this.#tree(definition);
  }

  #tree(definition: IndexDefinition): TreeMap {
    const { name } = definition;
    const known = this.#indexes.get(name) ?? this.#stored?.opened.get(name);
    if (known !== undefined) return known;
    const address = this.#stored?.addresses.get(name);
    if (address === undefined) throw new DoltError('corrupt', `the tree of index ${name} is missing`);
    const tree = TreeMap.open(this.store, indexFormat(this.store, this.schema, definition), address);
    this.#stored!.opened.set(name, tree);
    return tree;
  }

  /** The secondary trees by index name, in a map of the caller's own. */
  get indexes(): Map<string, TreeMap> {
    const trees = new Map<string, TreeMap>();
    for (const definition of this.schema.indexes) trees.set(definition.name, this.#tree(definition));
    return trees;
  }

  /** Another table with some parts replaced. A new schema needs `rows` and `indexes` that fit it. */
  with(parts: Partial<TableParts>): Table {
    const table = new Table(this.store, {
      schema: parts.schema ?? this.schema,
      rows: parts.rows ?? this.rows,
      indexes: parts.indexes ?? this.indexes,
      autoIncrement: parts.autoIncrement ?? this.autoIncrement,
      artifacts: parts.artifacts ?? this.artifacts,
      abandoned: parts.abandoned ?? this.abandoned,
    });
    if (table.schema === this.schema) table.#schemaAddress = this.#schemaAddress;
    return table;
  }

  /** The same table, in whose trees edits that wait in many layers wait in one. */
  collapsed(): Table {
    const rows = this.rows.collapsed();
    let isSame = rows === this.rows;
    const indexes = new Map<string, TreeMap>();
    for (const [name, tree] of this.indexes) {
      const collapsed = tree.collapsed();
      indexes.set(name, collapsed);
      isSame &&= collapsed === tree;
    }
    return isSame ? this : this.with({ rows, indexes });
  }

  /** The address of the schema's message; puts it into the store the first time. */
  get schemaAddress(): Address {
    this.#schemaAddress ??= this.store.write(writeSchema(this.schema));
    return this.#schemaAddress;
  }

  /** Writes the schema and the Table message; the table's address. */
  write(): Address {
    if (this.#address !== undefined) return this.#address;
    const message = writeTable({
      schema: this.schemaAddress,
      rows: this.rows.root.bytes,
      indexes: AddressMap.empty(this.store).edit([...this.abandoned, ...this.#indexAddresses()]).bytes,
      // A counter that never moved is not written.
      autoIncrement: this.autoIncrement === 1 ? 0 : this.autoIncrement,
      artifacts: this.artifacts,
      ...(this.#message?.conflicts ? { conflicts: this.#message.conflicts } : {}),
    });
    this.#address = this.store.write(message);
    this.rows.settle();
    for (const tree of this.#indexes.values()) tree.settle();
    return this.#address;
  }

  #indexAddresses(): (readonly [string, Address])[] {
    return this.schema.indexes.map(({ name }) => [name, this.index(name).address]);
  }

  /** Whether both tables are the same stored table. */
  equals(other: Table): boolean {
    return this === other || this.write() === other.write();
  }
}

const NONE: ReadonlyMap<string, Address> = new Map();

/** What is left of trees by name when those are gone that the schema's indexes own. */
function withoutIndexesOf(
  { indexes }: TableSchema,
  trees: Iterable<readonly [string, Address]>,
): ReadonlyMap<string, Address> {
  if (trees === NONE) return NONE;
  const left = new Map(trees);
  for (const { name } of indexes) left.delete(name);
  return left.size === 0 ? NONE : left;
}

/** Schemas are shared by many tables and roots, and their descriptors are worth keeping. */
const schemas = new WeakMap<NodeStore, Map<Address, TableSchema>>();

function schemaAt(store: NodeStore, address: Address): TableSchema {
  let known = schemas.get(store);
  if (known === undefined) {
    known = new Map();
    schemas.set(store, known);
  }
  let schema = known.get(address);
  if (schema === undefined) {
    schema = readSchema(store.readMessage(address));
    if (known.size > 2000) known.clear();
    known.set(address, schema);
  }
  return schema;
}

/** The format of a table's clustered tree. */
export function rowFormat(schema: TableSchema): TreeFormat {
  return formatOf(schema.keyDescriptor, schema.valueDescriptor);
}

/** The format of a secondary index's tree. */
export function indexFormat(store: NodeStore, schema: TableSchema, index: IndexDefinition): TreeFormat {
  return formatOf(schema.indexKeyDescriptor(index, store), undefined);
}

function formatOf(key: TupleDescriptor, value: TupleDescriptor | undefined): TreeFormat {
  const prefix = new OrderPrefix(key);
  const rank = (bytes: Uint8Array, start: number, end: number): number => {
    prefix.read(bytes, start, end);
    return prefix.number;
  };
  const number = keyNumber(key.fields);
  if (!value?.hasAddresses) return { kind: 'rows', compare: key.compare, rank, number, addressOffsets: undefined };
  return {
    kind: 'rows',
    compare: key.compare,
    rank,
    number,
    addressOffsets: (bytes, start, end, into) => value.addressOffsets(bytes, start, end, into),
  };
}

/** Of keys that are one integer of 32 or 64 bits, which is never NULL. */
function keyNumber(fields: readonly FieldType[]): TreeFormat['number'] {
  const [field] = fields;
  if (field === undefined || fields.length > 1 || field.nullable) return undefined;
  switch (field.encoding) {
    case Encoding.int32:
      return readInt32;
    case Encoding.uint32:
      return readUint32;
    case Encoding.int64:
      return (bytes, at) => readInt32(bytes, at + 4) * 2 ** 32 + readUint32(bytes, at);
    case Encoding.uint64:
      return (bytes, at) => readUint32(bytes, at + 4) * 2 ** 32 + readUint32(bytes, at);
    default:
      return undefined;
  }
}

/**
 * Rows of a merged root that refer to no parent. Only what differs from the base is looked at: rows that came into the
 * child table or changed, and parents that went.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { diff } from '../../prolly/diff.ts';
import { equalRange } from '../../prolly/key-range.ts';
import { type Entry, TreeMap } from '../../prolly/tree-map.ts';
import { type ForeignKeyMessage, ReferentialAction } from '../../serial/foreign-key-collection.ts';
import { decodeRowAt } from '../../table/row-codec.ts';
import { ROW_ID, type TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import { TupleDescriptor } from '../../tuple/tuple-descriptor.ts';
import type { Value } from '../../tuple/value.ts';
import { ArtifactKind } from '../artifacts.ts';
import { canReferAll } from '../foreign-key-types.ts';
import type { RootValue } from '../root-value.ts';
import { isResolved } from './merge-foreign-keys.ts';
import { ArtifactRecorder, type ViolationInfo } from './violations.ts';

/** The merged root with violations of foreign keys recorded in the child tables: in all of them, or in those of `tables`. */
export function recordForeignKeyViolations(
  base: RootValue,
  merged: RootValue,
  theirs: Address,
  tables?: ReadonlySet<string>,
): RootValue {
  let root = merged;
  for (const key of merged.foreignKeys()) {
    if (!isResolved(key)) continue;
    const childName = root.resolveTableName(key.childTable);
    const parentName = root.resolveTableName(key.parentTable);
    if (childName === undefined || parentName === undefined) continue;
    if (tables !== undefined && !tables.has(childName)) continue;
    const child = root.table(childName)!;
    const check = new ForeignKeyCheck(key, child, root.table(parentName)!, theirs);
    check.parents(tableOf(base, key.parentTable));
    check.children(tableOf(base, key.childTable));
    const artifacts = check.finish();
    if (artifacts !== child.artifacts) root = root.withTable(childName, child.with({ artifacts }));
  }
  return root;
}

function tableOf(root: RootValue, name: string): Table | undefined {
  const stored = root.resolveTableName(name);
  return stored === undefined ? undefined : root.table(stored);
}

/** A tree in which rows are found by the columns of a foreign key: an index, or the rows by primary key. */
interface Access {
  readonly tree: TreeMap;
  readonly descriptor: TupleDescriptor;
  /** Column tags of the key's leading fields. */
  readonly tags: readonly number[];
}

class ForeignKeyCheck {
  readonly #key: ForeignKeyMessage;
  readonly #child: Table;
  readonly #parent: Table;
  readonly #childAccess: Access;
  readonly #parentAccess: Access;
  readonly #recorder: ArtifactRecorder;
  readonly #info: ViolationInfo;
  readonly #canMatch: boolean;

  constructor(key: ForeignKeyMessage, child: Table, parent: Table, theirs: Address) {
    this.#key = key;
    this.#child = child;
    this.#parent = parent;
    this.#childAccess = mustFind(key, child, key.childIndex);
    this.#parentAccess = mustFind(key, parent, key.parentIndex);
    this.#recorder = new ArtifactRecorder(child, theirs, theirs);
    this.#info = infoOf(key, child.schema, parent.schema);
    const at = ({ columns }: TableSchema, tags: readonly number[]): number[] =>
      tags.map((tag) => columns.findIndex((column) => column.tag === tag));
    const [columns, referenced] = [at(child.schema, key.childColumns), at(parent.schema, key.parentColumns)];
    this.#canMatch = canReferAll(child.schema, columns, parent.schema, referenced);
  }

  finish(): Address {
    return this.#recorder.finish();
  }

  /** Parents that the base had and that went, and with them all that were equal: their children dangle. */
  parents(before: Table | undefined): void {
    if (before === undefined || !this.#canMatch) return;
    const { parentColumns, childColumns } = this.#key;
    const access = find(before, this.#key.parentIndex);
    // The base may have had the columns under other tags.
    const columns = tagsBefore(parentColumns, this.#parent.schema, before.schema);
    if (columns === undefined) return;
    const byRows =
      this.#parent.schema.isKeyless || before.schema.isKeyless || !columns.every((tag) => access?.tags.includes(tag));
    const [from, to, read] = byRows
      ? ([before.rows, this.#parent.rows, rowReader(before, columns)] as const)
      : ([access!.tree, this.#parentAccess.tree, keyReader(access!, columns)] as const);
    for (const change of diff(from, to)) {
      if (change.from === undefined) continue;
      const values = read(change.from);
      if (values === undefined || this.#exists(this.#parentAccess, parentColumns, values)) continue;
      const range = prefixRange(this.#childAccess, childColumns, values, this.#child);
      for (const { node, from: first, to: end } of this.#childAccess.tree.scan(range)) {
        for (let i = first; i < end; i++) this.#record(this.#rowOf({ node, index: i }));
      }
    }
  }

  /** Rows that the child table got since the base: each needs its parent. */
  children(before: Table | undefined): void {
    const { childColumns, parentColumns } = this.#key;
    const child = this.#child;
    const access = before && find(before, this.#key.childIndex);
    const byRows = before !== undefined && (access === undefined || child.schema.isKeyless || before.schema.isKeyless);
    const to = byRows ? child.rows : this.#childAccess.tree;
    const from = before === undefined ? TreeMap.empty(child.store, to.format) : byRows ? before.rows : access!.tree;
    const read = byRows ? rowReader(child, childColumns) : keyReader(this.#childAccess, childColumns);
    for (const change of diff(from, to)) {
      if (change.to === undefined) continue;
      const values = read(change.to);
      if (values === undefined || this.#exists(this.#parentAccess, parentColumns, values)) continue;
      this.#record(byRows ? change.to : this.#rowOf(change.to));
    }
  }

  #exists(access: Access, columns: readonly number[], values: readonly Value[]): boolean {
    return this.#canMatch && access.tree.countRange(prefixRange(access, columns, values, this.#parent)) > 0;
  }

  #record(row: Entry | undefined): void {
    if (row === undefined) return;
    const { node, index } = row;
    this.#recorder.violation(ArtifactKind.foreignKey, node.key(index), node.value(index), this.#info);
  }

  /** The child's row that an entry of its index belongs to. */
  #rowOf(entry: Entry): Entry | undefined {
    const { schema, rows, store } = this.#child;
    const index = this.#key.childIndex === '' ? undefined : schema.index(this.#key.childIndex);
    if (index === undefined) return entry;
    const columns = schema.indexKeyColumns(index);
    const { node, index: at } = entry;
    const builder = new TupleBuilder(schema.keyDescriptor, store);
    (schema.isKeyless ? [ROW_ID] : schema.primaryKey).forEach((column, field) => {
      const { descriptor } = this.#childAccess;
      const value = descriptor.decode(node.bytes, node.keyStart(at), node.keyEnd(at), columns.indexOf(column), store);
      builder.put(field, value);
    });
    return rows.get(builder.build());
  }
}

/** The access by an index's name; by primary key where that is ''. */
function find(table: Table, indexName: string): Access | undefined {
  const { schema } = table;
  const tags = (columns: readonly number[]) => columns.map((column) => schema.columns[column]!.tag);
  if (indexName === '') return { tree: table.rows, descriptor: schema.keyDescriptor, tags: tags(schema.primaryKey) };
  const index = schema.index(indexName);
  if (index === undefined) return undefined;
  const descriptor = schema.indexKeyDescriptor(index, table.store);
  return { tree: table.index(indexName), descriptor, tags: tags(index.columns) };
}

function mustFind({ name }: ForeignKeyMessage, table: Table, indexName: string): Access {
  const access = find(table, indexName);
  if (access !== undefined) return access;
  throw new DoltError('conflict', `foreign key ${name} should have index ${indexName} but it cannot be found`);
}

/** The tags that columns had in a schema of before: their own, or those of columns by their names. Undefined where one is new. */
function tagsBefore(tags: readonly number[], now: TableSchema, before: TableSchema): number[] | undefined {
  const found = tags.map((tag) => {
    if (before.columns.some((column) => column.tag === tag)) return tag;
    const { name } = now.columns.find((column) => column.tag === tag)!;
    return before.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.tag;
  });
  return found.includes(undefined) ? undefined : (found as number[]);
}

/** Reads the values of columns from an entry, in the order of `columns`; undefined where one is NULL. */
type Reader = (entry: Entry) => Value[] | undefined;

function keyReader({ descriptor, tags, tree }: Access, columns: readonly number[]): Reader {
  const fields = columns.map((tag) => tags.indexOf(tag));
  return ({ node, index }) => {
    const values: Value[] = [];
    for (const field of fields) {
      const value = descriptor.decode(node.bytes, node.keyStart(index), node.keyEnd(index), field, tree.store);
      if (value === null) return undefined;
      values.push(value);
    }
    return values;
  };
}

function rowReader({ schema, store }: Table, columns: readonly number[]): Reader {
  const positions = columns.map((tag) => schema.columns.findIndex((column) => column.tag === tag));
  return ({ node, index }) => {
    const row = decodeRowAt(schema, node, index, store);
    const values = positions.map((position): Value => row[position]!);
    return values.some((value) => value === null) ? undefined : values;
  };
}

/** The entries of a tree whose leading fields have these values, given in the order of `columns`. */
function prefixRange({ descriptor, tags }: Access, columns: readonly number[], values: readonly Value[], table: Table) {
  const width = columns.length;
  const prefix = new TupleDescriptor(descriptor.fields.slice(0, width), table.store);
  const builder = new TupleBuilder(prefix, table.store);
  for (let field = 0; field < width; field++) builder.put(field, values[columns.indexOf(tags[field]!)]!);
  return equalRange(builder.build(), descriptor.comparePrefix(width));
}

function infoOf(key: ForeignKeyMessage, child: TableSchema, parent: TableSchema): ViolationInfo {
  const names = (schema: TableSchema, tags: readonly number[]) =>
    tags.map((tag) => schema.columns.find((column) => column.tag === tag)!.name);
  return {
    Columns: names(child, key.childColumns),
    ForeignKey: key.name,
    Index: key.childIndex,
    OnDelete: actionText(key.onDelete),
    OnUpdate: actionText(key.onUpdate),
    ReferencedColumns: names(parent, key.parentColumns),
    ReferencedIndex: key.parentIndex,
    ReferencedTable: key.parentTable,
    Table: key.childTable,
  };
}

function actionText(action: ReferentialAction): string {
  if (action === ReferentialAction.cascade) return 'CASCADE';
  return action === ReferentialAction.setNull ? 'SET NULL' : 'RESTRICT';
}

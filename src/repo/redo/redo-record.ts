/**
 * What one commit of a transaction is to the redo log: the edits that it made to rows and indexes of a branch's working
 * set, table by table, as they are carried in memory (WaitingEdits). Applied again, to the same working set or to one that
 * has some of them already, they end in the same one.
 *
 *     record := branch | base | who, why and when | number of tables | table…
 *     table  := name | schema | counter in decimal | number of trees | tree…
 *     tree   := index, nothing for the rows | number of leaves | leaf…           fields as record-fields.ts puts them
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { MutableMap } from '../../prolly/mutable-map.ts';
import type { TreeMap } from '../../prolly/tree-map.ts';
import { WaitingEdits } from '../../prolly/waiting-edits.ts';
import type { Table } from '../../table/table.ts';
import type { RootValue } from '../root-value.ts';
import type { WorkingSet, WorkingSetMeta } from '../working-set.ts';
import { FieldReader, FieldWriter } from './record-fields.ts';

/** The edits of one tree, in order. */
interface TreeEdits {
  /** Its name; the rows have none. */
  readonly index: string | undefined;
  readonly edits: readonly WaitingEdits[];
}

interface TableEdits {
  readonly name: string;
  readonly schema: Address;
  /** The counter afterwards, in decimal. */
  readonly autoIncrement: string;
  readonly trees: readonly TreeEdits[];
}

export interface RedoRecord {
  readonly branch: string;
  /** The branch's working root that the refs know. */
  readonly base: Address;
  readonly meta: WorkingSetMeta;
  readonly tables: readonly TableEdits[];
}

/**
 * What was edited to make `next` of `stored`. Undefined where that is more than a few edits of rows that hold all of their
 * values themselves, so that it takes chunks.
 */
export function editsBetween(stored: WorkingSet, next: WorkingSet): readonly TableEdits[] | undefined {
  if (next.staged.mayDifferFrom(stored.staged)) return undefined;
  if (next.merge !== stored.merge || next.rebase !== stored.rebase) return undefined;
  const tables: TableEdits[] = [];
  const edited = next.working.tablesSince(stored.working);
  if (edited === undefined) return undefined;
  for (const [name, table] of edited) {
    const before = stored.working.table(name)!;
    if (table.artifacts !== before.artifacts) return undefined;
    const trees = [
      editsOf(undefined, before.rows, table.rows),
      ...table.schema.indexes.map((index) => editsOf(index.name, before.index(index.name), table.index(index.name))),
    ];
    if (!trees.every((tree) => tree !== undefined)) return undefined;
    const made = trees.filter(({ edits }) => edits.length > 0);
    if (made.length === 0 && table.autoIncrement === before.autoIncrement) continue;
    tables.push({ name, schema: table.schemaAddress, autoIncrement: String(table.autoIncrement), trees: made });
  }
  return tables;
}

function editsOf(index: string | undefined, before: TreeMap, after: TreeMap): TreeEdits | undefined {
  const edits = after.editsSince(before);
  if (edits === undefined || edits.some((each) => each.hasAddresses(after.format))) return undefined;
  return { index, edits };
}

const fields = new FieldWriter();

/** Valid until the next one is encoded. */
export function encodeRedoRecord({ branch, base, meta, tables }: RedoRecord): Uint8Array {
  fields.start();
  fields.text(branch);
  fields.address(base);
  fields.text(meta.name);
  fields.text(meta.email);
  fields.text(meta.description);
  fields.u64(meta.seconds);
  fields.u32(tables.length);
  for (const { name, schema, autoIncrement, trees } of tables) {
    fields.text(name);
    fields.address(schema);
    fields.text(autoIncrement);
    fields.u32(trees.length);
    for (const { index, edits } of trees) {
      fields.text(index ?? '');
      fields.u32(edits.length);
      for (const { leaf } of edits) fields.bytes(leaf.bytes);
    }
  }
  return fields.written;
}

export function decodeRedoRecord(bytes: Uint8Array): RedoRecord {
  const from = new FieldReader(bytes);
  const readTree = (): TreeEdits => ({
    index: from.text() || undefined,
    edits: from.list(() => WaitingEdits.read(from.bytes())),
  });
  const readTable = (): TableEdits => ({
    name: from.text(),
    schema: from.address(),
    autoIncrement: from.text(),
    trees: from.list(readTree),
  });
  return {
    branch: from.text(),
    base: from.address(),
    meta: { name: from.text(), email: from.text(), description: from.text(), seconds: from.u64() },
    tables: from.list(readTable),
  };
}

/**
 * The root with the edits of all records made once more, in order. Throws `conflict` where a table is not there, or has another
 * schema.
 */
export function redone(root: RootValue, records: readonly RedoRecord[]): RootValue {
  const tables = new Map<string, RedoneTable>();
  for (const { tables: edited } of records) {
    for (const edits of edited) {
      let table = tables.get(edits.name);
      if (table === undefined) {
        table = new RedoneTable(edits.name, root.table(edits.name));
        tables.set(edits.name, table);
      }
      table.redo(edits);
    }
  }
  return root.withTables(new Map(Array.from(tables, ([name, table]) => [name, table.finish()])));
}

/** One table, whose edits gather before its trees are made. */
class RedoneTable {
  readonly #name: string;
  readonly #table: Table | undefined;
  readonly #trees = new Map<string | undefined, MutableMap>();
  #autoIncrement: string | undefined;

  constructor(name: string, table: Table | undefined) {
    this.#name = name;
    this.#table = table;
  }

  redo({ schema, autoIncrement, trees }: TableEdits): void {
    const table = this.#table;
    if (table?.schemaAddress !== schema) {
      const became = table === undefined ? 'dropped' : 'altered';
      throw new DoltError('conflict', `table ${this.#name} was ${became} meanwhile`);
    }
    for (const { index, edits } of trees) {
      let tree = this.#trees.get(index);
      if (tree === undefined) {
        tree = new MutableMap(index === undefined ? table.rows : table.index(index));
        this.#trees.set(index, tree);
      }
      for (const each of edits) redoEdits(tree, each);
    }
    this.#autoIncrement = autoIncrement;
  }

  finish(): Table {
    const table = this.#table!;
    const { indexes } = table;
    for (const [index, tree] of this.#trees) if (index !== undefined) indexes.set(index, tree.finish());
    const rows = this.#trees.get(undefined)?.finish() ?? table.rows;
    return table.with({ rows, indexes, autoIncrement: counter(this.#autoIncrement!) });
  }
}

function redoEdits(tree: MutableMap, edits: WaitingEdits): void {
  for (const at = edits.stream(); at.valid; at.next()) {
    if (at.remove) tree.delete(at.key, at.keyStart, at.keyEnd);
    else tree.put(at.key, at.keyStart, at.keyEnd, at.value, at.valueStart, at.valueEnd);
  }
}

/** A counter as tables have it. */
function counter(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

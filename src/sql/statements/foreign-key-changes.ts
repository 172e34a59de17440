/**
 * Foreign keys while a statement changes rows. The tables that the statement changes, and those that actions of foreign
 * keys change on the way, are edited side by side; `finish` checks what is to be checked, does what the actions ask for
 * until nothing is left to do, and stores all tables in one root.
 *
 * - a child row that comes in needs its parent: looked up at the end, each distinct key once;
 * - a parent key that goes away asks its children: CASCADE and SET NULL change them, the rest is an error. Other rows with the
 *   same key do not count, as in InnoDB.
 */

import type { ForeignKeys } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Steps } from '../../repo/steps.ts';
import { type ForeignKeyMessage, ReferentialAction } from '../../serial/foreign-key-collection.ts';
import { type FullTextEditor, fullTextEditor } from '../../table/full-text/full-text-editor.ts';
import type { Table } from '../../table/table.ts';
import { TableEditor } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import type { Session } from '../session/session.ts';
import { cascadesTooDeep, foreignKeyChild, foreignKeyParent } from '../types/sql-error.ts';
import { hasMembers } from './foreign-key-members.ts';
import { describeForeignKey, type ResolvedKey, resolvedForeignKey } from './resolved-foreign-key.ts';
import { rowsByKey } from './rows-by-key.ts';
import type { StatementScene } from './scene.ts';
import { type VirtualColumn, virtualColumns } from './table-rebuild.ts';
import { type Row, sameValue } from './table-writer.ts';
import type { TargetTable } from './target-table.ts';

/** Waiting work: distinct key values of child rows that came in, of parent rows that went. */
interface Pending {
  readonly resolved: ResolvedKey;
  readonly wanted: Map<string, readonly Value[]>;
  readonly gone: Map<string, Gone>;
}

interface Gone {
  readonly old: readonly Value[];
  /** The key that the row has now; undefined when it was deleted. */
  readonly now: readonly Value[] | undefined;
  readonly cascade: Cascade;
}

interface KeysOfTable {
  readonly asChild: Pending[];
  readonly asParent: Pending[];
  /** Where it is the child of a table that is not there, with its columns. */
  readonly parentless: { readonly key: ForeignKeyMessage; readonly child: readonly number[] }[];
}

/** What led to a change: the statement itself at level 0. */
interface Cascade {
  readonly level: number;
  /** The tables, in lower case, whose rows were updated on the way. */
  readonly updated: readonly string[];
}

const NO_CASCADE: Cascade = { level: 0, updated: [] };

/** Cascades are shorter. */
const MAX_LEVELS = 15;

/** After so many distinct keys they are looked up at once. */
const MOST_PENDING = 65_536;

export class ForeignKeyChanges {
  readonly #scene: StatementScene;
  readonly #session: Session;
  /** Of tables whose rows change along with others. */
  readonly #virtual = new Map<string, readonly VirtualColumn[]>();
  readonly #handle: DatabaseHandle;
  readonly #root: RootValue;
  readonly #keys: ForeignKeys;
  /** Those whose parent is not there (yet). */
  readonly #parentless: ForeignKeys;
  readonly #editors = new Map<string, TableEditor>();
  /** Of those tables that have full-text indexes. */
  readonly #fullText = new Map<string, FullTextEditor>();
  readonly #pending: Pending[] = [];
  readonly #byTable = new Map<string, KeysOfTable>();

  private constructor(scene: StatementScene, handle: DatabaseHandle, keys: ForeignKeys) {
    this.#scene = scene;
    this.#session = scene.session;
    this.#handle = handle;
    this.#root = scene.session.root(handle);
    this.#keys = keys.filter(({ childColumns }) => childColumns.length > 0);
    this.#parentless = keys.filter(({ childColumns }) => childColumns.length === 0);
  }

  /**
   * Those of a statement that changes a table; undefined where no foreign key of its database is to be kept. `others` are
   * those of the statement's other tables: a database has but one.
   */
  static of(
    { handle, temporary }: TargetTable,
    scene: StatementScene,
    others: readonly (ForeignKeyChanges | undefined)[] = [],
  ): ForeignKeyChanges | undefined {
    const { session } = scene;
    if (temporary || !session.variables.isOn('foreign_key_checks')) return undefined;
    const keys = session.root(handle).foreignKeys();
    if (keys.length === 0) return undefined;
    const known = others.find((other) => other !== undefined && other.#handle.database === handle.database);
    return known ?? new ForeignKeyChanges(scene, handle, keys);
  }

  /** Whether rows of the table take part in foreign keys. */
  concerns(table: string): boolean {
    const name = table.toLowerCase();
    return (
      this.#keys.some((key) => key.childTable.toLowerCase() === name || key.parentTable.toLowerCase() === name) ||
      this.#parentless.some((key) => key.childTable.toLowerCase() === name)
    );
  }

  /** Whether keys point to the table. */
  isParent(table: string): boolean {
    return this.#of(table).asParent.length > 0;
  }

  /** Triggers change tables while the statement runs. */
  get #rootNow(): RootValue {
    return this.#session.root(this.#handle);
  }

  /** The one editor of a table in this statement. */
  editor(table: string): TableEditor {
    const name = this.#root.resolveTableName(table) ?? table;
    let editor = this.#editors.get(name);
    if (editor === undefined) {
      const stored = this.#rootNow.table(name)!;
      const rows = fullTextEditor(stored.schema, (each) => this.#rootNow.table(each));
      editor = new TableEditor(stored, { rows });
      this.#editors.set(name, editor);
      if (rows !== undefined) this.#fullText.set(name, rows);
    }
    return editor;
  }

  /** The table as it is now, edits included. */
  #tableNow(table: string): Table {
    const name = this.#root.resolveTableName(table) ?? table;
    return this.#editors.get(name)?.finish() ?? this.#rootNow.table(name)!;
  }

  #of(table: string): KeysOfTable {
    const name = table.toLowerCase();
    let found = this.#byTable.get(name);
    if (found === undefined) {
      found = { asChild: [], asParent: [], parentless: [] };
      for (const key of this.#parentless) {
        if (key.childTable.toLowerCase() === name) found.parentless.push({ key, child: this.#namedColumns(key) });
      }
      for (const key of this.#keys) {
        const isChild = key.childTable.toLowerCase() === name;
        const isParent = key.parentTable.toLowerCase() === name;
        if (!isChild && !isParent) continue;
        const pending = this.#pendingOf(key);
        if (pending === undefined) continue;
        if (isChild) found.asChild.push(pending);
        if (isParent) found.asParent.push(pending);
      }
      this.#byTable.set(name, found);
    }
    return found;
  }

  #namedColumns({ childTable, unresolvedChildColumns = [] }: ForeignKeyMessage): readonly number[] {
    const { columns } = this.#root.table(this.#root.resolveTableName(childTable) ?? childTable)!.schema;
    const at = (wanted: string): number => columns.findIndex(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    return unresolvedChildColumns.map(at).filter((column) => column >= 0);
  }

  /** Throws 1452 for a row that refers to a table that is not there. */
  #assertParentThere({ parentless }: KeysOfTable, row: Row, from?: Row): void {
    for (const { key, child } of parentless) {
      if (from !== undefined && child.every((column) => sameValue(from[column]!, row[column]!))) continue;
      if (child.every((column) => row[column] !== null)) throw foreignKeyChild(this.#describe(key));
    }
  }

  #pendingOf(key: ForeignKeyMessage): Pending | undefined {
    const known = this.#pending.find(({ resolved }) => resolved.key === key);
    if (known !== undefined) return known;
    const resolved = resolvedForeignKey(this.#root, key);
    if (resolved === undefined) return undefined;
    const pending: Pending = { resolved, wanted: new Map(), gone: new Map() };
    this.#pending.push(pending);
    return pending;
  }

  inserted(table: string, row: Row): void {
    const keys = this.#of(table);
    this.#assertParentThere(keys, row);
    this.#settleBefore(keys.asParent, row);
    for (const pending of keys.asChild) this.#want(pending, row);
  }

  updated(table: string, from: Row, to: Row, cause = NO_CASCADE): void {
    const keys = this.#of(table);
    const { asChild, asParent } = keys;
    this.#assertParentThere(keys, to, from);
    this.#settleBefore(asParent, to);
    const cascade = { level: cause.level, updated: [...cause.updated, table.toLowerCase()] };
    for (const pending of asChild) {
      const { child } = pending.resolved;
      if (child.some((column) => !sameValue(from[column]!, to[column]!))) this.#want(pending, to);
    }
    for (const pending of asParent) {
      const { parent } = pending.resolved;
      if (parent.every((column) => sameValue(from[column]!, to[column]!))) continue;
      const now = parent.map((column) => to[column]!);
      this.#goes(pending, from, now, cascade);
    }
  }

  deleted(table: string, row: Row, cascade = NO_CASCADE): void {
    for (const pending of this.#of(table).asParent) this.#goes(pending, row, undefined, cascade);
  }

  /** Deleted for REPLACE: its children are asked at once, before a row with the same key comes in. */
  replaced(table: string, row: Row): void {
    for (const { resolved } of this.#of(table).asParent) {
      const { key, parent, canMatch } = resolved;
      const old = parent.map((column): Value => row[column]!);
      if (!canMatch || old.includes(null)) continue;
      this.#settleChildren(resolved, this.#tableNow(key.childTable), { old, now: undefined, cascade: NO_CASCADE });
    }
    this.#settleNow();
  }

  /** A key that has gone is settled before a row with the same one comes: what refers to it then refers to that row. */
  #settleBefore(pendings: readonly Pending[], row: Row): void {
    const comesBack = ({ gone, resolved: { parent, keyOf } }: Pending): boolean =>
      gone.size > 0 && gone.has(keyOf(parent.map((column) => row[column]!)));
    if (pendings.some(comesBack)) this.#settleNow();
  }

  #settleNow(): void {
    for (let pending = this.#unsettled(); pending !== undefined; pending = this.#unsettled()) this.#settleGone(pending);
  }

  #unsettled(): Pending | undefined {
    return this.#pending.find(({ gone }) => gone.size > 0);
  }

  /** Throws 1452 when a row that is to come in, or take the place of `from`, has no parent. */
  assertParents(table: string, row: Row, from?: Row): void {
    const keys = this.#of(table);
    this.#assertParentThere(keys, row, from);
    for (const { resolved } of keys.asChild) {
      const { key, child, parent, canMatch } = resolved;
      if (from !== undefined && child.every((column) => sameValue(from[column]!, row[column]!))) continue;
      const values = child.map((column): Value => row[column]!);
      if (values.includes(null)) continue;
      const own = key.childTable.toLowerCase() === key.parentTable.toLowerCase();
      if (own && canMatch && parent.every((column, i) => sameValue(row[column]!, values[i]!))) continue;
      if (!canMatch || !hasRow(this.#tableNow(key.parentTable), parent, values))
        throw foreignKeyChild(this.#describe(key));
    }
  }

  #want({ resolved, wanted }: Pending, row: Row): void {
    const values = resolved.child.map((column): Value => row[column]!);
    if (values.includes(null)) return;
    const key = resolved.keyOf(values);
    if (!wanted.has(key)) wanted.set(key, values);
    const selfReferencing = resolved.key.childTable.toLowerCase() === resolved.key.parentTable.toLowerCase();
    if (wanted.size >= MOST_PENDING && !selfReferencing) this.#checkWanted(resolved, wanted);
  }

  /** Of several rows with one key, children follow the first. */
  #goes({ resolved, gone }: Pending, row: Row, now: readonly Value[] | undefined, cascade: Cascade): void {
    const old = resolved.parent.map((column): Value => row[column]!);
    if (!resolved.canMatch || old.includes(null)) return;
    const key = resolved.keyOf(old);
    if (!gone.has(key)) gone.set(key, { old, now, cascade });
  }

  #checkWanted(resolved: ResolvedKey, wanted: Map<string, readonly Value[]>): void {
    const { key, parent, canMatch } = resolved;
    const table = this.#tableNow(key.parentTable);
    for (const values of wanted.values()) {
      if (!canMatch || !hasRow(table, parent, values)) throw foreignKeyChild(this.#describe(key));
    }
    wanted.clear();
  }

  /** Throws 1451, 1452. */
  *finish(scene: StatementScene): Steps<void> {
    for (let pending = this.#unsettled(); pending !== undefined; pending = this.#unsettled()) {
      const wait = scene.pause();
      if (wait !== undefined) yield wait;
      this.#settleGone(pending);
    }
    for (const { resolved, wanted } of this.#pending) {
      if (wanted.size > 0) this.#checkWanted(resolved, wanted);
    }
    this.publish();
  }

  /** Stores the tables as they are now, for a trigger to look at. Others than `kept` are read anew when they are needed. */
  publish(kept?: ReadonlySet<TableEditor>): void {
    const tables = new Map([...this.#editors].map(([name, editor]) => [name, editor.finish()]));
    for (const editor of this.#fullText.values()) for (const [name, table] of editor.finish()) tables.set(name, table);
    this.#session.setRoot(this.#handle, this.#rootNow.withTables(tables));
    if (kept === undefined) return;
    for (const [name, editor] of this.#editors) {
      if (kept.has(editor)) continue;
      this.#editors.delete(name);
      this.#fullText.delete(name);
    }
  }

  #settleGone({ resolved, gone }: Pending): void {
    const entries = [...gone.values()];
    gone.clear();
    const childNow = this.#tableNow(resolved.key.childTable);
    for (const entry of entries) this.#settleChildren(resolved, childNow, entry);
  }

  /**
   * Does to the children what the foreign key asks for. An update that comes back to a table that was updated on the way acts
   * like RESTRICT (MySQL manual, "FOREIGN KEY Constraints"), and so does one to a member that the child lacks. Throws 1451,
   * 3008.
   */
  #settleChildren({ key, child, childTypes }: ResolvedKey, children: Table, { old, now, cascade: cause }: Gone): void {
    const comesBack = now !== undefined && cause.updated.includes(key.childTable.toLowerCase());
    const asked = now === undefined ? key.onDelete : key.onUpdate;
    const fits = now === undefined || hasMembers(childTypes, now);
    const action = comesBack || (asked === ReferentialAction.cascade && !fits) ? ReferentialAction.restrict : asked;
    const cascade = { ...cause, level: cause.level + 1 };
    for (const stored of rowsByKey(children, child, old)) {
      const row = this.#whole(key.childTable, stored);
      const isChange = action === ReferentialAction.cascade || action === ReferentialAction.setNull;
      if (isChange && cascade.level >= MAX_LEVELS) throw cascadesTooDeep(MAX_LEVELS);
      if (action === ReferentialAction.cascade) {
        if (now === undefined) this.#deleteRow(key.childTable, row, cascade);
        else this.#updateRow(key.childTable, row, child, now, cascade);
      } else if (action === ReferentialAction.setNull) {
        const nulls = child.map(() => null);
        this.#updateRow(key.childTable, row, child, nulls, cascade);
      } else throw foreignKeyParent(this.#describe(key));
    }
  }

  #deleteRow(table: string, row: Row, cascade: Cascade): void {
    this.editor(table).delete(row);
    this.deleted(table, row, cascade);
  }

  #updateRow(table: string, from: Row, columns: readonly number[], values: readonly Value[], cascade: Cascade): void {
    const to = [...from];
    columns.forEach((column, i) => {
      to[column] = values[i]!;
    });
    const next = this.#whole(table, to);
    this.editor(table).update(from, next);
    this.updated(table, from, next, cascade);
  }

  /** A row with its virtual columns: index keys hold them. */
  #whole(table: string, row: Row): Row {
    let virtual = this.#virtual.get(table);
    if (virtual === undefined) {
      const { schema } = this.editor(table).table;
      virtual = virtualColumns(schema, table, this.#scene);
      this.#virtual.set(table, virtual);
    }
    if (virtual.length === 0) return row;
    const whole = [...row];
    for (const { column, make } of virtual) whole[column] = make(whole);
    return whole;
  }

  #describe(key: ForeignKeyMessage): string {
    return describeForeignKey(key, this.#root, this.#handle.name);
  }
}

function hasRow(table: Table, columns: readonly number[], values: readonly Value[]): boolean {
  return !rowsByKey(table, columns, values).next().done;
}

/**
 * Changes rows of one table as a statement means them: generated columns are computed, NOT NULL and checks hold, unique
 * and foreign keys are kept. Whole rows come in, already in the columns' types; `finish` stores the tables. When a method
 * throws, that row has changed nothing; when the statement gives up, nothing of it is stored.
 *
 * Foreign keys are checked when rows go in or out in lots, the last at `finish`: a statement is judged by what it leaves
 * behind, so the order of its rows does not matter.
 */
import type { Steps } from '../../repo/steps.ts';
import { type FullTextEditor, fullTextEditor } from '../../table/full-text/full-text-editor.ts';
import { DuplicateKeyError, TableEditor } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import { checksOf } from '../catalog/checks-of.ts';
import { formatValue } from '../types/format.ts';
import { checkViolated, columnNotNull, duplicateKey, type SqlError } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { sharedCounter } from './auto-increment.ts';
import type { ForeignKeyChanges } from './foreign-key-changes.ts';
import { type MakeValue, RowExpressions } from './row-expressions.ts';
import type { StatementScene } from './scene.ts';
import type { TargetTable } from './target-table.ts';

export type Row = readonly Value[];

export class TableWriter {
  readonly target: TargetTable;
  readonly editor: TableEditor;
  readonly columns: readonly SourceColumn[];
  readonly #scene: StatementScene;
  readonly #generated: readonly { readonly column: number; readonly make: MakeValue }[];
  readonly #virtual: readonly { readonly column: number; readonly make: MakeValue }[];
  #expressions: RowExpressions | undefined;
  readonly #checks: readonly { readonly name: string; readonly passes: (row: Row) => boolean }[];
  readonly #foreignKeys: ForeignKeyChanges | undefined;
  /** Undefined also where the foreign keys' changes keep it. */
  readonly #fullText: FullTextEditor | undefined;
  #changed = false;

  constructor(target: TargetTable, scene: StatementScene, foreignKeys?: ForeignKeyChanges) {
    this.target = target;
    this.columns = target.columns;
    this.#scene = scene;
    const { schema } = target.table;
    this.#foreignKeys = foreignKeys?.concerns(target.name) ? foreignKeys : undefined;
    if (this.#foreignKeys !== undefined) this.editor = this.#foreignKeys.editor(target.name);
    else {
      this.#fullText = fullTextEditor(schema, (name) => scene.session.root(target.handle).table(name));
      this.editor = new TableEditor(target.table, { rows: this.#fullText });
    }
    this.#generated = schema.generatedColumns.map((column) => {
      return { column, make: this.expressions.generatedOf(column)! };
    });
    this.#virtual = this.#generated.filter(({ column }) => schema.columns[column]!.virtual);
    const checking = scene.session.variables.isOn('check_constraint_checks');
    this.#checks = checking
      ? checksOf(target.name, schema)
          .filter(({ enforced }) => enforced)
          .map(({ name, expression }) => ({ name, passes: this.expressions.check(expression) }))
      : [];
  }

  get expressions(): RowExpressions {
    const { table, columns, name } = this.target;
    this.#expressions ??= new RowExpressions(table.schema, columns, name, this.#scene);
    return this.#expressions;
  }

  /** Gives the row its generated columns: BEFORE triggers see what they are before these change the others. */
  generate(row: Value[]): void {
    for (const { column, make } of this.#generated) row[column] = make(row);
  }

  /** The row with its generated columns, checked. Throws 1048 and 3819. */
  completed(row: Row): Row {
    let complete = row;
    if (this.#generated.length > 0) {
      const made = [...row];
      this.generate(made);
      complete = made;
    }
    for (const column of this.target.table.schema.requiredColumns) {
      if (complete[column] === null) throw columnNotNull(this.columns[column]!.name);
    }
    for (const { name, passes } of this.#checks) if (!passes(complete)) throw checkViolated(name);
    return complete;
  }

  /** The row as it is stored. Throws 1062. */
  insert(row: Row): Row {
    const complete = this.completed(row);
    try {
      this.editor.insert(complete);
    } catch (error) {
      throw this.#said(error);
    }
    this.#changed = true;
    this.#foreignKeys?.inserted(this.target.name, complete);
    return complete;
  }

  /** The row that is stored, or undefined when nothing differs. Throws 1062. */
  update(from: Row, to: Row): Row | undefined {
    const complete = this.completed(to);
    if (sameRow(from, complete)) return undefined;
    try {
      this.editor.update(from, complete);
    } catch (error) {
      throw this.#said(error);
    }
    this.#changed = true;
    this.#foreignKeys?.updated(this.target.name, from, complete);
    return complete;
  }

  delete(row: Row): void {
    this.editor.delete(row);
    this.#foreignKeys?.deleted(this.target.name, row);
  }

  /**
   * Whether REPLACE leaves an equal row in place. It does so, as in MySQL, where nothing can notice: no foreign key
   * points to the table, and the row was found by its only unique key.
   */
  get overwrites(): boolean {
    const { primaryKey, indexes } = this.target.table.schema;
    const uniqueKeys = (primaryKey.length > 0 ? 1 : 0) + indexes.filter(({ unique }) => unique).length;
    return uniqueKeys === 1 && !this.#foreignKeys?.isParent(this.target.name);
  }

  /** Deletes a row that another replaces. */
  replace(row: Row): void {
    this.editor.delete(row);
    this.#foreignKeys?.replaced(this.target.name, row);
  }

  /** Throws 1452 when the row refers to none. */
  assertParents(row: Row, from?: Row): void {
    this.#foreignKeys?.assertParents(this.target.name, row, from);
  }

  /** Rows that stand in the way of `row`, which is complete. */
  collisions(row: Row): readonly Row[] {
    const found = this.editor.collisions(row);
    return this.#virtual.length === 0 ? found : found.map((other) => this.#whole(other));
  }

  /** A stored row with its virtual columns: index keys hold them. */
  #whole(row: Row): Row {
    const whole = [...row];
    for (const { column, make } of this.#virtual) whole[column] = make(whole);
    return whole;
  }

  /** A duplicate key in SQL's words; any other error as it is. */
  #said(error: unknown): unknown {
    return error instanceof DuplicateKeyError ? this.duplicate(error) : error;
  }

  duplicate(error: DuplicateKeyError): SqlError {
    const { schema } = this.target.table;
    const columns = error.index === 'PRIMARY' ? schema.primaryKey : (schema.index(error.index)?.columns ?? []);
    const entry = error.key.map((value, i) => keyText(value, this.columns[columns[i]!]?.type)).join('-');
    return duplicateKey(entry, `${this.target.name}.${error.index}`);
  }

  /** With changed rows a table stores where the shared counter is, past ids that were lost too; as the original does. */
  #takeCounter(): void {
    const { temporary, table } = this.target;
    if (temporary || table.schema.autoColumn < 0) return;
    const shared = sharedCounter(this.target, this.#scene);
    if (this.editor.autoIncrement < shared) this.editor.autoIncrement = shared;
  }

  /** Stores the table as it is now, for a trigger to look at; nobody else changes it meanwhile. */
  publish(): void {
    if (this.#foreignKeys === undefined) this.#store();
    else this.#foreignKeys.publish(new Set([this.editor]));
  }

  /** Whether rows of the table take part in foreign keys. */
  get hasForeignKeys(): boolean {
    return this.#foreignKeys !== undefined;
  }

  /** What `finish` stores: this table, or all that foreign keys bind together. */
  get whole(): object {
    return this.#foreignKeys ?? this;
  }

  #store(): void {
    const { session } = this.#scene;
    const { handle, name, temporary } = this.target;
    const table = this.editor.finish();
    if (temporary) session.temporaryTables.set(handle.database.name, name, table);
    else {
      const tables = new Map([[name, table], ...(this.#fullText?.finish() ?? [])]);
      session.setRoot(handle, session.root(handle).withTables(tables));
    }
  }

  /** Stores what was changed; an operation where foreign keys are to be checked and done what they ask for. */
  finish(): Steps<void> | undefined {
    if (this.#changed) this.#takeCounter();
    if (this.#foreignKeys !== undefined) return this.#foreignKeys.finish(this.#scene);
    this.#store();
    return undefined;
  }
}

/** Stores what all of them changed, each table once. */
export function* finishAll(writers: readonly TableWriter[]): Steps<void> {
  const finished: object[] = [];
  for (const writer of writers) {
    if (finished.includes(writer.whole)) continue;
    finished.push(writer.whole);
    const finishing = writer.finish();
    if (finishing !== undefined) yield* finishing;
  }
}

export function sameRow(a: Row, b: Row): boolean {
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i]!, b[i]!)) return false;
  return true;
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

function keyText(value: Value, type: SqlType | undefined): string {
  if (value === null) return 'NULL';
  return type === undefined ? String(value) : formatValue(value, type);
}

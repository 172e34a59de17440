/**
 * ALTER TABLE, CREATE INDEX, DROP INDEX. Actions are done one after the other on one root, which is stored when all have
 * worked; rows are rewritten only where their stored form changes.
 */

import type { ForeignKeys } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Steps } from '../../repo/steps.ts';
import { DuplicateKeyError } from '../../table/duplicate-key-error.ts';
import type { CheckDefinition, ColumnDefinition, IndexDefinition, TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { collationById } from '../../tuple/collation.ts';
import { DEFAULT_TARGET_SIZE } from '../../tuple/tuple-builder.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { sourceColumns, storedType } from '../catalog/table-columns.ts';
import { rowAt } from '../catalog/table-rows.ts';
import type { DatabaseHandle } from '../session/session.ts';
import { ok } from '../session/statement-result.ts';
import type {
  AlterAction,
  AlterTableStatement,
  ColumnPosition,
  ColumnSyntax,
  CreateIndexStatement,
  DropIndexStatement,
  IndexSyntax,
} from '../syntax/statement.ts';
import { type Convert, conversion } from '../types/convert.ts';
import { formatValue } from '../types/format.ts';
import { add } from '../types/integer.ts';
import {
  cannotDrop,
  checkViolated,
  columnNotNull,
  duplicateColumn,
  duplicateKey,
  duplicateKeyName,
  invalidDefault,
  multiplePrimaryKeys,
  notSupported,
  SqlError,
  tableExists,
  unknownColumn,
} from '../types/sql-error.ts';
import { type CollationName, DEFAULT_COLLATION } from '../types/sql-type.ts';
import { storedTypeText } from '../types/sql-type-text.ts';
import { restartedCounter, sharedCounter } from './auto-increment.ts';
import { draftColumn } from './column-draft.ts';
import { characterSetCollation, encodingOf, knownCollation } from './column-type.ts';
import { assertAutoIncrement } from './create-table.ts';
import { defaultText } from './default-text.ts';
import { resolveForeignKeys, withForeignKey, withForeignKeyIndexes } from './foreign-key-definitions.ts';
import {
  assertPrimaryKeyParts,
  collationId,
  draftCheck,
  draftIndex,
  keyColumns,
  withFittingKeys,
} from './index-draft.ts';
import { implicitDefault } from './insert.ts';
import { tagged } from './new-column-tags.ts';
import { type MakeValue, RowExpressions } from './row-expressions.ts';
import type { RunStatement, StatementScene } from './scene.ts';
import {
  bareNames,
  namesIn,
  qualifiedNames,
  quotedNames,
  withExpression,
  withExpressions,
  withNewName,
} from './stored-names.ts';
import { forEachRow, type Row, rebuildTable, sortedIndexes, withIndex, withSchema } from './table-rebuild.ts';
import { resolveStoredTable, type TargetTable } from './target-table.ts';
import { rewritesTable } from './type-change.ts';

export const runAlterTable: RunStatement<AlterTableStatement> = function* ({ table, actions }, scene) {
  const target = resolveStoredTable(table, scene);
  yield* change(target, scene, function* (alteration) {
    // Columns that are added together get their tags in one go, before keys and indexes use them.
    for (const action of actions) yield* alteration.apply(action);
  });
  return ok();
};

export const runCreateIndex: RunStatement<CreateIndexStatement> = function* ({ table, index, ifNotExists }, scene) {
  const target = resolveStoredTable(table, scene);
  if (ifNotExists && index.name !== undefined && target.table.schema.index(index.name) !== undefined) return ok();
  yield* change(target, scene, (alteration) => alteration.addIndex(index));
  return ok();
};

export const runDropIndex: RunStatement<DropIndexStatement> = function* ({ table, name, ifExists }, scene) {
  const target = resolveStoredTable(table, scene);
  if (ifExists && target.table.schema.index(name) === undefined) return ok();
  yield* change(target, scene, (alteration) => alteration.dropIndex(name));
  return ok();
};

function* change(
  target: TargetTable,
  scene: StatementScene,
  work: (alteration: Alteration) => Steps<void>,
): Steps<void> {
  const alteration = new Alteration(target, scene);
  try {
    yield* work(alteration);
  } catch (error) {
    if (error instanceof DuplicateKeyError) throw alteration.duplicate(error);
    throw error;
  }
  alteration.store();
}

class Alteration {
  readonly #target: TargetTable;
  readonly #scene: StatementScene;
  readonly #handle: DatabaseHandle;
  #root: RootValue;
  #name: string;
  #table: Table;
  #setsCounter = false;
  /** The counter of a table that was rewritten. */
  #restarted: Integer | undefined;

  constructor(target: TargetTable, scene: StatementScene) {
    this.#target = target;
    this.#scene = scene;
    this.#handle = target.handle;
    this.#root = scene.session.root(target.handle);
    this.#name = target.name;
    this.#table = target.table;
  }

  get #schema(): TableSchema {
    return this.#table.schema;
  }

  get #collation(): CollationName {
    return collationById(this.#schema.collation)?.name ?? DEFAULT_COLLATION;
  }

  #set(table: Table): void {
    this.#table = table;
    if (!this.#target.temporary) this.#root = this.#root.withTable(this.#name, table);
  }

  store(): void {
    const { session } = this.#scene;
    if (this.#target.temporary) {
      session.setTemporaryTable(this.#handle.database.name, this.#name, this.#table);
      return;
    }
    const { autoIncrement } = session.engine;
    const { database } = this.#handle;
    if (!this.#keepsCounter()) autoIncrement.reset(database, this.#name);
    else if (this.#restarted !== undefined) autoIncrement.restart(database, this.#name, this.#restarted);
    else sharedCounter(this.#target, this.#scene);
    session.setRoot(this.#handle, resolveForeignKeys(this.#root));
  }

  /** The shared counter goes on when the table still counts the same: it may be past what the table stores. */
  #keepsCounter(): boolean {
    const counted = (table: Table): string | undefined => table.schema.columns.find((c) => c.autoIncrement)?.name;
    const { name, table } = this.#target;
    const before = counted(table);
    return !this.#setsCounter && name === this.#name && before !== undefined && before === counted(this.#table);
  }

  duplicate(error: DuplicateKeyError): SqlError {
    const columns =
      error.index === 'PRIMARY' ? this.#schema.primaryKey : (this.#schema.index(error.index)?.columns ?? []);
    const entry = error.key.map((value, i) => {
      const column = this.#schema.columns[columns[i] ?? -1];
      if (value === null) return 'NULL';
      return column === undefined ? String(value) : formatValue(value, storedType(column.sqlType));
    });
    return duplicateKey(entry.join('-'), `${this.#name}.${error.index}`);
  }

  *apply(action: AlterAction): Steps<void> {
    switch (action.kind) {
      case 'addColumn':
        return yield* this.#addColumn(action.column, action.position, action.ifNotExists);
      case 'changeColumn':
        return yield* this.#changeColumn(action.name, action.column, action.position);
      case 'dropColumn':
        return yield* this.#dropColumn(action.name, action.ifExists);
      case 'renameColumn':
        return this.#renameColumn(action.from, action.to);
      case 'setDefault':
        return this.#setDefault(action.name, (column) => {
          if (column.autoIncrement) throw invalidDefault(column.name);
          const type = storedType(column.sqlType);
          return defaultText(action.default, column.name, type, column.nullable, this.#scene);
        });
      case 'dropDefault':
        return this.#setDefault(action.name, () => '');
      case 'addIndex':
        return yield* this.addIndex(action.index);
      case 'dropIndex':
        if (action.ifExists && this.#schema.index(action.name) === undefined) return;
        return yield* this.dropIndex(action.name);
      case 'renameIndex':
        return this.#renameIndex(action.from, action.to);
      case 'dropPrimaryKey':
        return yield* this.#setPrimaryKey([]);
      case 'addForeignKey':
        this.#assertNotTemporary();
        this.#root = yield* withForeignKey(this.#root, this.#name, action.foreignKey, this.#scene);
        this.#table = this.#root.table(this.#name)!;
        return;
      case 'dropForeignKey':
        return this.#dropForeignKey(action.name);
      case 'addCheck': {
        const names = new Set(this.#schema.checks.map(({ name }) => name.toLowerCase()));
        const check = draftCheck(action.check, this.#name, names);
        if (names.has(check.name.toLowerCase())) {
          throw new SqlError(3822, 'HY000', `Duplicate check constraint name '${check.name}'.`, 'conflict');
        }
        if (check.enforced) yield* this.#checkRows(check.name, check.expression);
        this.#set(withSchema(this.#table, this.#schema.with({ checks: [...this.#schema.checks, check] })));
        return;
      }
      case 'dropCheck':
        return this.#dropCheck(action.name);
      case 'dropConstraint':
        return yield* this.#dropConstraint(action.name);
      case 'setCheckEnforced':
        return yield* this.#enforceCheck(action.name, action.enforced);
      case 'renameTable':
        return this.#rename(action.to.name);
      case 'options':
        return yield* this.#options(action.options);
      case 'convertCharset':
        return yield* this.#convertCharset(action.charset, action.collation);
      case 'setColumnVisible':
        return this.#replaceColumn(this.#position(action.name), { hidden: !action.visible });
      case 'setIndexVisible':
      case 'orderBy':
      case 'enableKeys':
      case 'ignored':
        return;
    }
  }

  #assertNotTemporary(): void {
    if (this.#target.temporary) throw notSupported('foreign keys of temporary tables');
  }

  #position(name: string): number {
    const at = this.#schema.columnPosition(name);
    if (at < 0) throw unknownColumn(name, this.#name);
    return at;
  }

  #replaceColumn(at: number, parts: Partial<ColumnDefinition>): void {
    const columns = this.#schema.columns.map((column, i) => (i === at ? { ...column, ...parts } : column));
    this.#set(withSchema(this.#table, changedInPlace(this.#schema.with({ columns }))));
  }

  *#rebuilt(schema: TableSchema, convert: (row: Row) => Row): Steps<Table> {
    const table = yield* rebuildTable(this.#table, this.#name, schema, this.#scene, convert);
    return this.#counted(table);
  }

  /** Rows in another shape where the original leaves them as they are: the counter does not move. */
  *#reshaped(schema: TableSchema, convert: (row: Row) => Row): Steps<Table> {
    const table = yield* rebuildTable(this.#table, this.#name, schema, this.#scene, convert);
    return table.with({ autoIncrement: this.#table.autoIncrement });
  }

  #counted(table: Table): Table {
    const counts = table.schema.columns.some(({ autoIncrement }) => autoIncrement);
    if (!counts || this.#target.temporary) return table;
    const next = restartedCounter(this.#target, this.#scene);
    this.#restarted = next;
    if (table.rows.count === 0) return table;
    return next > 1 && next > table.autoIncrement ? table.with({ autoIncrement: next }) : table;
  }

  // Columns ---------------------------------------------------------------------------------------------------------

  *#addColumn(syntax: ColumnSyntax, position: ColumnPosition | undefined, ifNotExists: boolean): Steps<void> {
    if (this.#schema.columnPosition(syntax.name) >= 0) {
      if (ifNotExists) return;
      throw duplicateColumn(syntax.name);
    }
    const isPrimary = syntax.key === 'primary';
    if (isPrimary && this.#schema.primaryKey.length > 0) throw multiplePrimaryKeys();
    const draft = draftColumn(syntax, this.#collation, isPrimary, this.#scene);
    const { defaultValue, generated, nullable, autoIncrement } = draft;
    const rewrites = isPrimary || defaultValue !== '' || generated !== '' || !nullable || autoIncrement;
    // Without a rewrite the original looks at no tags of HEAD: a column that was dropped and is added again gets its own.
    const head = rewrites ? this.#headRoot() : this.#root;
    const [column] = tagged([draft], this.#name, this.#schema.columns, this.#root, head);
    const at = this.#placeOf(position);
    const place = (old: number): number => (old >= at ? old + 1 : old);
    const columns = [...this.#schema.columns];
    columns.splice(at, 0, column!);
    let schema = movedSchema(this.#schema, columns, place);
    if (isPrimary) schema = schema.with({ primaryKey: [at] });
    if (rewrites) schema = rewrittenSchema(schema, quotedNames);
    if (syntax.key !== 'unique') assertAutoIncrement(columns, schema.primaryKey, schema.indexes);
    const expressions = new RowExpressions(schema, sourceColumns(schema), this.#name, this.#scene);
    const fill = this.#filler(column!, at, expressions);
    let number = 0;
    const needsRows = !column!.virtual && !(at === columns.length - 1 && fill === undefined && !isPrimary);
    if (!needsRows && !isPrimary) this.#set(withSchema(this.#table, schema));
    else {
      const extended = (row: Row): Row => {
        const next = [...row];
        next.splice(at, 0, null);
        if (autoIncrement) next[at] = ++number;
        else if (fill !== undefined) next[at] = fill(next);
        return next;
      };
      this.#set(yield* rewrites ? this.#rebuilt(schema, extended) : this.#reshaped(schema, extended));
    }
    if (syntax.key === 'unique') {
      const { start, end } = syntax;
      const parts = [{ start, end, column: syntax.name, descending: false }];
      yield* this.addIndex({ start, end, kind: 'index', type: 'unique', parts, options: {} });
    }
    for (const check of syntax.checks) yield* this.apply({ kind: 'addCheck', check });
    if (syntax.references !== undefined) {
      const { start, end, references } = syntax;
      const foreignKey = { start, end, kind: 'foreignKey', columns: [syntax.name], references } as const;
      yield* this.apply({ kind: 'addForeignKey', foreignKey });
    }
  }

  /** What rows that are there get; undefined for NULL. */
  #filler(column: ColumnDefinition, at: number, expressions: RowExpressions): MakeValue | undefined {
    if (column.generated !== '') return expressions.generatedOf(at);
    if (column.defaultValue !== '' && column.defaultValue !== 'NULL') return expressions.defaultOf(at);
    if (column.nullable) return undefined;
    const type = storedType(column.sqlType);
    // Rows that are there get Dolt's empty member, not the first, which is the default of later ones.
    const empty = type.kind === 'enum' ? 0 : implicitDefault(type);
    return () => empty;
  }

  #placeOf(position: ColumnPosition | undefined): number {
    if (position === undefined) return this.#schema.columns.length;
    return position.first ? 0 : this.#position(position.after!) + 1;
  }

  *#changeColumn(name: string, syntax: ColumnSyntax, position: ColumnPosition | undefined): Steps<void> {
    const from = this.#position(name);
    const old = this.#schema.columns[from]!;
    if (syntax.name.toLowerCase() !== name.toLowerCase() && this.#schema.columnPosition(syntax.name) >= 0) {
      throw duplicateColumn(syntax.name);
    }
    const draft = draftColumn(syntax, this.#collation, this.#schema.primaryKey.includes(from), this.#scene);
    const oldType = storedType(old.sqlType);
    const type = storedType(draft.sqlType);
    // Text and blobs keep the encoding that an older version of Dolt gave them.
    const keepsEncoding = oldType.kind === type.kind && encodingOf(oldType) === encodingOf(type);
    const order = this.#schema.columns.map((_, i) => i).filter((i) => i !== from);
    const target =
      position === undefined ? from : position.first ? 0 : order.indexOf(this.#position(position.after!)) + 1;
    order.splice(target, 0, from);
    const rewritten = rewritesTable(oldType, type) || target !== from || (old.nullable && !draft.nullable);
    const isRenamed = old.name.toLowerCase() !== draft.name.toLowerCase();
    const column = {
      ...draft,
      tag: rewritten && isRenamed ? this.#newTag(draft) : old.tag,
      ...(keepsEncoding ? { encoding: old.encoding } : {}),
    };
    const renames = rewritten || old.name !== draft.name;
    const named = renames ? withNewName(this.#schema, old.name, draft.name) : this.#schema;
    const columns = order.map((i) => (i === from ? column : named.columns[i]!));
    const moved = movedSchema(named, columns, (i) => order.indexOf(i));
    const fitting = withFittingKeys(moved, target);
    const schema = rewritten ? rewrittenSchema(fitting, bareNames) : changedInPlace(fitting);
    if (syntax.key !== 'unique' && syntax.key !== 'primary')
      assertAutoIncrement(columns, schema.primaryKey, schema.indexes);
    this.#assertNotReferenced(old, column);
    const sameRows =
      old.sqlType === column.sqlType &&
      order.every((i, at) => i === at) &&
      (old.nullable || !column.nullable || !this.#schema.primaryKey.includes(from)) &&
      old.virtual === column.virtual &&
      old.generated === column.generated;
    if (sameRows) {
      if (old.nullable && !column.nullable) yield* this.#assertNoNulls(from, column.name);
      this.#set(withSchema(this.#table, schema));
    } else {
      const convert = conversion(oldType, type, 'strict');
      const expressions = new RowExpressions(schema, sourceColumns(schema), this.#name, this.#scene);
      const at = order.indexOf(from);
      const make = column.generated === '' ? undefined : expressions.generatedOf(at);
      let row = 0;
      this.#set(
        yield* this.#rebuilt(schema, (values) => {
          row++;
          const next = order.map((i) => values[i]!) as Value[];
          next[at] = make === undefined ? converted(values[from]!, column, convert, row) : make(next);
          return next;
        }),
      );
    }
    if (isRenamed) this.#renameInForeignKeys(old.name, column.name);
    if (column.autoIncrement && !old.autoIncrement) {
      const next = add(yield* this.#largestId(this.#position(column.name)), 1);
      this.#set(this.#table.with({ autoIncrement: next }));
    }
    if (syntax.key === 'unique') {
      const { start, end } = syntax;
      const parts = [{ start, end, column: syntax.name, descending: false }];
      yield* this.addIndex({ start, end, kind: 'index', type: 'unique', parts, options: {} });
    }
    if (syntax.key === 'primary') {
      if (this.#schema.primaryKey.length > 0) throw multiplePrimaryKeys();
      yield* this.#setPrimaryKey([this.#position(syntax.name)]);
    }
    for (const check of syntax.checks) yield* this.apply({ kind: 'addCheck', check });
  }

  #newTag(draft: ColumnDefinition): number {
    return tagged([draft], this.#name, this.#schema.columns, this.#root, this.#headRoot())[0]!.tag;
  }

  #headRoot(): RootValue {
    return this.#target.temporary ? this.#root : this.#scene.session.view(this.#handle).headRoot();
  }

  #assertNotReferenced(old: ColumnDefinition, column: ColumnDefinition): void {
    if (old.sqlType === column.sqlType || this.#target.temporary) return;
    for (const key of this.#root.foreignKeys()) {
      const own = key.childTable.toLowerCase() === this.#name.toLowerCase() && key.childColumns.includes(old.tag);
      const parent = key.parentTable.toLowerCase() === this.#name.toLowerCase() && key.parentColumns.includes(old.tag);
      if (own || parent) {
        throw new SqlError(
          1832,
          'HY000',
          `Cannot change column '${old.name}': used in a foreign key constraint '${key.name}'`,
          'conflict',
        );
      }
    }
  }

  *#assertNoNulls(at: number, name: string): Steps<void> {
    yield* forEachRow(this.#table, this.#name, this.#scene, (row) => {
      if (row[at] === null) throw columnNotNull(name);
    });
  }

  *#dropColumn(name: string, ifExists: boolean): Steps<void> {
    const at = this.#schema.columnPosition(name);
    if (at < 0) {
      if (ifExists) return;
      throw cannotDrop(name);
    }
    const { columns, primaryKey, indexes } = this.#schema;
    if (columns.length === 1)
      throw new SqlError(1090, '42000', "You can't delete all columns with ALTER TABLE; use DROP TABLE instead");
    const { tag } = columns[at]!;
    if (!this.#target.temporary) {
      for (const key of this.#root.foreignKeys()) {
        if (key.childColumns.includes(tag) || key.parentColumns.includes(tag)) {
          throw new SqlError(
            1828,
            'HY000',
            `Cannot drop column '${name}': needed in a foreign key constraint '${key.name}'`,
            'conflict',
          );
        }
      }
    }
    this.#assertUnused(columns[at]!.name);
    const checks = this.#checksWithout(columns[at]!.name);
    const place = (old: number): number => (old > at ? old - 1 : old);
    // Indexes that have the column go with it, but their trees stay: part of the original's hash of the table.
    const kept = indexes.filter((index) => !index.columns.includes(at));
    const abandoned = new Map(this.#table.abandoned);
    for (const { name, columns: parts } of indexes) {
      if (parts.includes(at)) abandoned.set(name, this.#table.index(name).address);
    }
    const remaining = this.#schema.with({
      columns: columns.filter((_, i) => i !== at),
      primaryKey: primaryKey.filter((column) => column !== at).map(place),
      indexes: kept.map((index) => ({ ...index, columns: index.columns.map(place) })),
      checks,
    });
    const schema = rewrittenSchema(remaining, quotedNames);
    const rebuilt = yield* this.#rebuilt(schema, (row) => row.filter((_, i) => i !== at));
    // The original lists the first column in the place of the one that was dropped from the primary key.
    const listed = (column: number): number => (column === at ? 0 : place(column));
    const listedKeys = primaryKey.includes(at)
      ? new Map(kept.map((index) => [index.name, this.#schema.indexKeyColumns(index).map(listed)]))
      : undefined;
    this.#set(rebuilt.with({ abandoned, schema: schema.with({ listedKeys }) }));
  }

  /** No generated column or default needs it. */
  #assertUnused(column: string): void {
    const uses = (text: string): boolean => namesIn(quotedNames(text)).includes(column.toLowerCase());
    for (const { name, generated, defaultValue } of this.#schema.columns) {
      if (name === column) continue;
      if (generated !== '' && uses(generated)) {
        throw new SqlError(3108, 'HY000', `Column '${column}' has a generated column dependency.`, 'conflict');
      }
      if (defaultValue.startsWith('(') && uses(defaultValue)) {
        throw new SqlError(
          3837,
          'HY000',
          `Column '${column}' of table '${this.#name}' has a default value expression dependency and cannot be dropped or renamed.`,
          'conflict',
        );
      }
    }
  }

  /** Checks of a dropped column alone go with it. */
  #checksWithout(column: string): CheckDefinition[] {
    return this.#schema.checks.filter(({ name, expression }) => {
      const names = namesIn(expression);
      if (!names.includes(column.toLowerCase())) return true;
      if (names.some((other) => other !== column.toLowerCase())) throw usedInCheck(name, column);
      return false;
    });
  }

  #renameColumn(from: string, to: string): void {
    const at = this.#schema.columnPosition(from);
    if (at < 0) throw unknownColumn(from, this.#name);
    const other = this.#schema.columnPosition(to);
    if (other >= 0 && other !== at) throw duplicateColumn(to);
    for (const { name, expression } of this.#schema.checks) {
      if (namesIn(expression).includes(from.toLowerCase())) throw usedInCheck(name, from);
    }
    this.#table = withSchema(this.#table, withNewName(this.#schema, from, to));
    this.#replaceColumn(at, { ...withExpression(this.#schema.columns[at]!, quotedNames), name: to });
    this.#renameInForeignKeys(from, to);
  }

  #renameInForeignKeys(from: string, to: string): void {
    const keys = this.#root.foreignKeys();
    if (keys.length === 0 || this.#target.temporary) return;
    this.#root = this.#root.withForeignKeys(renamedColumnInKeys(keys, this.#name, from, to));
  }

  #setDefault(name: string, text: (column: ColumnDefinition) => string): void {
    const at = this.#schema.columnPosition(name);
    if (at < 0) throw unknownColumn(name, this.#name);
    this.#replaceColumn(at, { defaultValue: text(this.#schema.columns[at]!) });
  }

  // Keys ------------------------------------------------------------------------------------------------------------

  *addIndex(syntax: IndexSyntax): Steps<void> {
    if (syntax.type === 'primary') {
      if (this.#schema.primaryKey.length > 0) throw multiplePrimaryKeys();
      assertPrimaryKeyParts(syntax.parts, this.#schema.columns);
      return yield* this.#setPrimaryKey(keyColumns(syntax.parts, this.#schema.columns));
    }
    const index = draftIndex(syntax, this.#schema.columns, this.#schema.indexes);
    const other = this.#indexOver(index.columns);
    const table = yield* withIndex(this.#table, this.#name, index, this.#scene);
    // Dolt rewrites the table for a unique index.
    const rewritten = rewrittenSchema(table.schema, qualifiedNames(this.#name));
    this.#set(index.unique ? this.#counted(table.with({ schema: rewritten })) : table);
    if (other === undefined) return;
    this.#renameInForeignKeyIndexes(other.name, index.name);
    // One that was made for a foreign key gives way to one that is asked for.
    if (other.systemDefined) yield* this.dropIndex(other.name);
  }

  #indexOver(columns: readonly number[]): IndexDefinition | undefined {
    return this.#schema.indexes.find((other) => {
      return other.columns.length === columns.length && other.columns.every((column, i) => column === columns[i]);
    });
  }

  *dropIndex(name: string): Steps<void> {
    if (name.toUpperCase() === 'PRIMARY') return yield* this.#setPrimaryKey([]);
    const index = this.#schema.index(name);
    if (index === undefined) throw cannotDrop(name);
    this.#assertAutoKeyStays(
      this.#schema.primaryKey,
      this.#schema.indexes.filter((other) => other !== index),
    );
    const indexes = this.#schema.indexes.filter((other) => other !== index);
    this.#set(withSchema(this.#table, this.#schema.with({ indexes })));
    if (!this.#target.temporary) this.#root = withForeignKeyIndexes(this.#root, this.#name, index.name);
  }

  #assertAutoKeyStays(primaryKey: readonly number[], indexes: readonly IndexDefinition[]): void {
    assertAutoIncrement(this.#schema.columns, primaryKey, indexes);
  }

  #renameIndex(from: string, to: string): void {
    const index = this.#schema.index(from);
    if (index === undefined)
      throw new SqlError(1176, '42000', `Key '${from}' doesn't exist in table '${this.#name}'`, 'notFound');
    if (this.#schema.index(to) !== undefined) throw duplicateKeyName(to);
    const indexes = sortedIndexes(
      this.#schema.indexes.map((other) => (other === index ? { ...index, name: to } : other)),
    );
    const trees = new Map(this.#table.indexes);
    const tree = trees.get(index.name)!;
    trees.delete(index.name);
    trees.set(to, tree);
    this.#set(this.#table.with({ schema: this.#schema.with({ indexes }), indexes: trees }));
    this.#renameInForeignKeyIndexes(index.name, to);
  }

  /** Foreign keys that use one index of the table use another. */
  #renameInForeignKeyIndexes(from: string, to: string): void {
    const keys = this.#root.foreignKeys();
    if (keys.length === 0 || this.#target.temporary) return;
    const name = this.#name.toLowerCase();
    this.#root = this.#root.withForeignKeys(
      keys.map((key) => ({
        ...key,
        childIndex: key.childTable.toLowerCase() === name && key.childIndex === from ? to : key.childIndex,
        parentIndex: key.parentTable.toLowerCase() === name && key.parentIndex === from ? to : key.parentIndex,
      })),
    );
  }

  *#setPrimaryKey(primaryKey: readonly number[]): Steps<void> {
    if (primaryKey.length === 0 && this.#schema.primaryKey.length === 0) throw cannotDrop('PRIMARY');
    if (primaryKey.length === 0) {
      this.#assertAutoKeyStays([], this.#schema.indexes);
      const referenced = this.#root.foreignKeys().some(({ parentTable, parentIndex }) => {
        return parentTable.toLowerCase() === this.#name.toLowerCase() && parentIndex === '';
      });
      if (referenced)
        throw new SqlError(
          1553,
          'HY000',
          "Cannot drop index 'PRIMARY': needed in a foreign key constraint",
          'conflict',
        );
    }
    const columns = this.#schema.columns.map((column, i) =>
      primaryKey.includes(i) ? { ...column, nullable: false } : column,
    );
    const schema = rewrittenSchema(this.#schema.with({ columns, primaryKey }), quotedNames);
    const names = primaryKey.map((at) => columns[at]!.name);
    this.#set(
      yield* this.#rebuilt(schema, (row) => {
        const at = primaryKey.findIndex((column) => row[column] === null);
        if (at >= 0) throw columnNotNull(names[at]!);
        return row;
      }),
    );
  }

  // Constraints -----------------------------------------------------------------------------------------------------

  #dropForeignKey(name: string): void {
    const keys = this.#root.foreignKeys();
    const key = keys.find(({ name: other, childTable }) => {
      return other.toLowerCase() === name.toLowerCase() && childTable.toLowerCase() === this.#name.toLowerCase();
    });
    if (key === undefined) throw cannotDrop(name);
    this.#root = this.#root.withForeignKeys(keys.filter((other) => other !== key));
  }

  #dropCheck(name: string): void {
    const checks = this.#schema.checks.filter((check) => check.name.toLowerCase() !== name.toLowerCase());
    if (checks.length === this.#schema.checks.length) {
      throw new SqlError(3821, 'HY000', `Check constraint '${name}' is not found in the table.`, 'notFound');
    }
    this.#set(withSchema(this.#table, this.#schema.with({ checks })));
  }

  *#dropConstraint(name: string): Steps<void> {
    const wanted = name.toLowerCase();
    if (this.#schema.checks.some((check) => check.name.toLowerCase() === wanted)) return this.#dropCheck(name);
    const own = this.#root.foreignKeys().some((key) => {
      return key.name.toLowerCase() === wanted && key.childTable.toLowerCase() === this.#name.toLowerCase();
    });
    if (own) return this.#dropForeignKey(name);
    if (this.#schema.index(name)?.unique) return yield* this.dropIndex(name);
    throw new SqlError(3940, 'HY000', `Constraint '${name}' does not exist.`, 'notFound');
  }

  *#checkRows(name: string, expression: string): Steps<void> {
    const expressions = new RowExpressions(this.#schema, sourceColumns(this.#schema), this.#name, this.#scene);
    const passes = expressions.check(expression);
    yield* forEachRow(this.#table, this.#name, this.#scene, (row: Row) => {
      if (!passes(row)) throw checkViolated(name);
    });
  }

  *#enforceCheck(name: string, enforced: boolean): Steps<void> {
    const check = this.#schema.checks.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (check === undefined)
      throw new SqlError(3821, 'HY000', `Check constraint '${name}' is not found in the table.`, 'notFound');
    if (enforced) yield* this.#checkRows(check.name, check.expression);
    const checks = this.#schema.checks.map((other) => (other === check ? { ...check, enforced } : other));
    this.#set(withSchema(this.#table, this.#schema.with({ checks })));
  }

  // The table itself ------------------------------------------------------------------------------------------------

  #rename(to: string): void {
    if (this.#target.temporary) throw notSupported('renaming a temporary table');
    const taken = this.#root.resolveTableName(to);
    if (taken !== undefined && taken.toLowerCase() !== this.#name.toLowerCase()) throw tableExists(to);
    this.#root = renamedTable(this.#root, this.#name, to);
    this.#name = to;
    this.#table = this.#root.table(to)!;
  }

  *#options(options: readonly { readonly name: string; readonly value: string }[]): Steps<void> {
    for (const { name, value } of options) {
      if (name === 'comment') this.#set(withSchema(this.#table, this.#schema.with({ comment: value })));
      else if (name === 'auto_increment') yield* this.#setCounter(Number(value));
      else if (name === 'collate') this.#setCollation(knownCollation(value));
      else if (name === 'charset' || name === 'character set') this.#setCollation(characterSetCollation(value));
    }
  }

  /** A table without such a column has no counter; no counter goes back behind what the table holds. */
  *#setCounter(wanted: number): Steps<void> {
    const column = this.#schema.columns.findIndex(({ autoIncrement }) => autoIncrement);
    if (column < 0) return;
    if (wanted <= (yield* this.#largestId(column))) return;
    this.#setsCounter = true;
    this.#set(this.#table.with({ autoIncrement: wanted }));
  }

  /** 0 without rows. */
  *#largestId(column: number): Steps<Integer> {
    if (this.#schema.primaryKey[0] === column) {
      const last = this.#table.rows.at(this.#table.rows.count - 1);
      return last === undefined ? 0 : wholeId(rowAt(this.#table, last.node, last.index)[column]!);
    }
    let largest: Integer = 0;
    yield* forEachRow(this.#table, this.#name, this.#scene, (row) => {
      const id = wholeId(row[column]!);
      if (id > largest) largest = id;
    });
    return largest;
  }

  #setCollation(collation: CollationName): void {
    this.#set(withSchema(this.#table, this.#schema.with({ collation: collationId(collation) })));
  }

  *#convertCharset(charset: string, collation: string | undefined): Steps<void> {
    const name = collation === undefined ? characterSetCollation(charset) : knownCollation(collation);
    const columns = this.#schema.columns.map((column) => {
      const type = storedType(column.sqlType);
      return 'collation' in type ? { ...column, sqlType: storedTypeText({ ...type, collation: name }) } : column;
    });
    const schema = this.#schema.with({ columns, collation: collationId(name) });
    this.#set(yield* this.#rebuilt(schema, (row) => row));
  }
}

/** An id as the counter sees it: FLOAT ids count by their whole part. */
function wholeId(value: Value): Integer {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && value > 0 ? Math.floor(value) : 0;
}

/** What Dolt makes of a schema when it rewrites the table: its comment and its row size are lost. */
function rewrittenSchema(schema: TableSchema, names: (text: string) => string): TableSchema {
  return withExpressions(schema, names).with({ comment: '', targetRowSize: DEFAULT_TARGET_SIZE });
}

/**
 * What Dolt makes of a schema of which it replaces a column without rewriting the table: its comment is lost, and the keys
 * of indexes are listed with the primary key's columns in the order of the table.
 */
function changedInPlace(schema: TableSchema): TableSchema {
  const inTableOrder = schema.with({ primaryKey: schema.primaryKey.toSorted((a, b) => a - b) });
  const listedKeys = schema.isKeyless
    ? undefined
    : new Map(schema.indexes.map((index) => [index.name, inTableOrder.indexKeyColumns(index)]));
  return schema.with({ comment: '', listedKeys });
}

function usedInCheck(check: string, column: string): SqlError {
  const message = `Check constraint '${check}' uses column '${column}', hence column cannot be dropped or renamed.`;
  return new SqlError(3959, 'HY000', message, 'conflict');
}

/** Another order of columns; references to them follow. */
function movedSchema(
  schema: TableSchema,
  columns: readonly ColumnDefinition[],
  place: (old: number) => number,
): TableSchema {
  return schema.with({
    columns,
    primaryKey: schema.primaryKey.map(place),
    indexes: schema.indexes.map((index) => ({ ...index, columns: index.columns.map(place) })),
  });
}

function converted(value: Value, column: ColumnDefinition, convert: Convert, row: number): Value {
  if (value === null) {
    if (!column.nullable) throw columnNotNull(column.name);
    return null;
  }
  return convert(value, { column: column.name, row });
}

/** A table under another name; foreign keys of both sides follow. */
export function renamedTable(root: RootValue, from: string, to: string): RootValue {
  const keys = root.foreignKeys();
  const renamed = root.withTableRenamed(from, to);
  const name = from.toLowerCase();
  const concerned = keys.some((key) => key.childTable.toLowerCase() === name || key.parentTable.toLowerCase() === name);
  if (!concerned) return renamed;
  // A key that was named after its table goes on being so.
  const automatic = `${from}_ibfk_`;
  return renamed.withForeignKeys(
    keys.map((key) => {
      const isChild = key.childTable.toLowerCase() === name;
      const isNamedAfter = isChild && key.name.startsWith(automatic) && key.name.length > automatic.length;
      return {
        ...key,
        name: isNamedAfter ? `${to}_ibfk_${key.name.slice(automatic.length)}` : key.name,
        childTable: isChild ? to : key.childTable,
        parentTable: key.parentTable.toLowerCase() === name ? to : key.parentTable,
      };
    }),
  );
}

/** Foreign keys remember the names of their columns too. */
function renamedColumnInKeys(keys: ForeignKeys, table: string, from: string, to: string): ForeignKeys {
  const name = table.toLowerCase();
  const renamed = (columns: readonly string[] | undefined): readonly string[] =>
    (columns ?? []).map((column) => (column.toLowerCase() === from.toLowerCase() ? to : column));
  return keys.map((key) => ({
    ...key,
    ...(key.childTable.toLowerCase() === name ? { unresolvedChildColumns: renamed(key.unresolvedChildColumns) } : {}),
    ...(key.parentTable.toLowerCase() === name
      ? { unresolvedParentColumns: renamed(key.unresolvedParentColumns) }
      : {}),
  }));
}

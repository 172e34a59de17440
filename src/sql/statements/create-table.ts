/** CREATE TABLE: from elements, LIKE another table, or from a query. */

import type { RootValue } from '../../repo/root-value.ts';
import type { Steps } from '../../repo/steps.ts';
import {
  type CheckDefinition,
  type ColumnDefinition,
  type IndexDefinition,
  newColumn,
  TableSchema,
} from '../../table/schema.ts';
import { Table } from '../../table/table.ts';
import { collationById } from '../../tuple/collation.ts';
import type { OutputColumn } from '../bind/bind-query.ts';
import { characterSetCollation, encodingOf, knownCollation } from '../bind/column-type.ts';
import type { ColumnSource } from '../bind/scope.ts';
import { assertLocalName } from '../catalog/nonlocal-tables.ts';
import { sourceColumns } from '../catalog/table-columns.ts';
import { findView } from '../catalog/views.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { InsertStatement } from '../syntax/ast/row-statements.ts';
import type {
  CheckSyntax,
  ColumnSyntax,
  ForeignKeySyntax,
  IndexSyntax,
  TableOption,
} from '../syntax/ast/table-elements.ts';
import type { CreateTableStatement } from '../syntax/ast/table-statements.ts';
import {
  duplicateColumn,
  multiplePrimaryKeys,
  notSupported,
  SqlError,
  systemSchema,
  tableExists,
  wrongAutoKey,
} from '../types/sql-error.ts';
import { type CollationName, DEFAULT_COLLATION, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { storedTypeText } from '../types/sql-type-text.ts';
import { draftColumn } from './column-draft.ts';
import { resolveForeignKeys, withForeignKey } from './foreign-key-definitions.ts';
import { noTemporaryFullText, unplaced, withFullTextTables } from './full-text-indexes.ts';
import {
  assertPrimaryKeyParts,
  checkName,
  collationId,
  draftCheck,
  draftIndex,
  warnOfDuplicate,
} from './index-draft.ts';
import { runInsert } from './insert.ts';
import { withKeyExpressions } from './key-expressions.ts';
import { tagged } from './new-column-tags.ts';
import { runQuery } from './query.ts';
import { RowExpressions } from './row-expressions.ts';
import { assertRowSize } from './row-size.ts';
import type { RunStatement, StatementScene } from './scene.ts';
import { namesIn, quotedNames, withExpression } from './stored-names.ts';
import { assertTableName } from './table-names.ts';
import { sortedIndexes } from './table-rebuild.ts';
import { missingTable } from './target-table.ts';

export const runCreateTable: RunStatement<CreateTableStatement> = function* (statement, scene) {
  const { session, catalog } = scene;
  const qualifier = statement.table.database ?? session.currentDatabase;
  if (qualifier !== undefined && catalog.isSchemaDatabase(qualifier))
    return inSchemaDatabase(qualifier, statement, scene);
  const handle = session.handle(statement.table.database);
  // Dolt stores the name of a table that is made LIKE another in lower case.
  const name = statement.like === undefined ? statement.table.name : statement.table.name.toLowerCase();
  assertTableName(name);
  if (!statement.temporary) session.assertWritable(handle);
  const root = session.root(handle);
  if (!statement.temporary) assertLocalName(root, name);
  const exists = statement.temporary
    ? session.temporaryTables.has(handle.database.name, name)
    : root.resolveTableName(name) !== undefined || findView(root, name) !== undefined;
  if (exists) {
    if (!statement.ifNotExists) throw tableExists(name);
    session.warn({ level: 'Note', code: 1050, message: `Table '${name}' already exists` });
    return ok();
  }
  const schema =
    statement.like === undefined ? yield* schemaOf(statement, handle, scene) : likeSchema(statement, handle, scene);
  let table = Table.create(handle.database.repository.nodes, schema);
  const first = statement.options.find((option) => option.name === 'auto_increment');
  const counts = schema.columns.some(({ autoIncrement }) => autoIncrement);
  if (first !== undefined && counts) table = table.with({ autoIncrement: Math.floor(Number(first.value)) });
  if (statement.temporary) {
    if (foreignKeysOf(statement).length > 0) throw notSupported('foreign keys of temporary tables');
    if (schema.indexes.some(({ fullText }) => fullText !== undefined)) throw noTemporaryFullText();
    session.temporaryTables.set(handle.database.name, name, table);
    try {
      return yield* fillFromQuery(statement, scene);
    } catch (error) {
      session.temporaryTables.drop(handle.database.name, name);
      throw error;
    }
  }
  session.engine.autoIncrement.reset(handle.database, name);
  const head = session.view(handle).headRoot();
  let next = yield* withFullTextTables(root.withTable(name, table), head, name, scene);
  for (const key of foreignKeysOf(statement)) next = yield* withForeignKey(next, name, key, scene);
  session.setRoot(handle, resolveForeignKeys(next));
  return yield* fillFromQuery(statement, scene);
};

/** Nothing is made there; what is there already is left alone. */
function inSchemaDatabase(database: string, { table, ifNotExists }: CreateTableStatement, scene: StatementScene) {
  if (scene.catalog.table(table) === undefined) throw systemSchema(database.toLowerCase());
  if (!ifNotExists) throw tableExists(table.name);
  scene.session.warn({ level: 'Note', code: 1050, message: `Table '${table.name}' already exists` });
  return ok();
}

/** The collation that the options name, else the database's. */
export function tableCollation(options: readonly TableOption[], root: RootValue): CollationName {
  const collate = options.findLast(({ name }) => name === 'collate');
  if (collate !== undefined) return knownCollation(collate.value);
  const charset = options.findLast(({ name }) => name === 'charset' || name === 'character set');
  if (charset !== undefined) return characterSetCollation(charset.value);
  return collationById(root.collation)?.name ?? DEFAULT_COLLATION;
}

function isKind<K extends 'column' | 'index' | 'check' | 'foreignKey'>(kind: K) {
  return (element: {
    readonly kind: string;
  }): element is Extract<CreateTableStatement['elements'][number], { kind: K }> => element.kind === kind;
}

/** Those of the table and those written at a column. */
function foreignKeysOf(statement: CreateTableStatement): ForeignKeySyntax[] {
  return statement.elements.flatMap((element): ForeignKeySyntax[] => {
    if (element.kind === 'foreignKey') return [element];
    if (element.kind !== 'column' || element.references === undefined) return [];
    const { start, end, references, name } = element;
    return [{ start, end, kind: 'foreignKey', columns: [name], references }];
  });
}

function* schemaOf(statement: CreateTableStatement, handle: DatabaseHandle, scene: StatementScene): Steps<TableSchema> {
  const { session } = scene;
  const root = session.root(handle);
  const collation = tableCollation(statement.options, root);
  const columnElements = statement.elements.filter(isKind('column'));
  const indexElements = statement.elements.filter(isKind('index'));
  const primary = primaryKeyOf(columnElements, indexElements);
  const inKey = new Set(primary.map((name) => name.toLowerCase()));
  const drafts = columnElements.map((column) =>
    draftColumn(column, collation, inKey.has(column.name.toLowerCase()), scene),
  );
  if (statement.query !== undefined) {
    const { columns } = runQuery(statement.query, scene);
    const declared = new Set(drafts.map(({ name }) => name.toLowerCase()));
    for (const column of columns) if (!declared.has(column.name.toLowerCase())) drafts.push(queryColumn(column, scene));
  }
  if (drafts.length === 0) throw new SqlError(1113, '42000', 'A table must have at least 1 column');
  const names = new Set<string>();
  for (const { name } of drafts) {
    if (names.has(name.toLowerCase())) throw duplicateColumn(name);
    names.add(name.toLowerCase());
  }
  const indexSyntax = keysWithColumns(indexElements, drafts, collation, scene);
  const head = statement.temporary ? root : session.view(handle).headRoot();
  const columns = tagged(drafts, statement.table.name, [], root, head);
  const { indexes, checks } = constraintsOf(statement, columns, columnElements, indexSyntax);
  const qualified = `${handle.database.name}.${statement.table.name}`;
  indexes.forEach((index, i) => {
    warnOfDuplicate(index, indexes.slice(0, i), qualified, scene);
  });
  const primaryKey = primary.map((name) =>
    columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()),
  );
  if (primary.length > 0) {
    const element = indexElements.find(({ type }) => type === 'primary');
    const whole = primary.map((column) => ({ start: 0, end: 0, column, descending: false }));
    assertPrimaryKeyParts(element?.parts ?? whole, columns);
  }
  assertAutoIncrement(columns, primaryKey, indexes);
  // As in Dolt, what a query gives may be longer.
  if (statement.query === undefined) assertRowSize(columns);
  const schema = new TableSchema({
    columns,
    primaryKey,
    indexes: sortedIndexes(indexes),
    checks,
    collation: collationId(collation),
    comment: statement.options.findLast(({ name }) => name === 'comment')?.value ?? '',
  });
  columns.forEach(({ name, defaultValue }, at) => {
    if (defaultValue.startsWith('(')) assertPriorColumns(name, defaultValue, columns.slice(at));
  });
  // Binding them finds what they misname.
  const expressions = new RowExpressions(schema, sourceColumns(schema), statement.table.name, scene);
  for (const { expression } of checks) expressions.check(expression);
  for (const [i, { generated }] of columns.entries()) if (generated !== '') expressions.generatedOf(i);
  return schema;
}

/** Throws 3771 where a default reads one of the columns from its own on that is computed, too. */
function assertPriorColumns(column: string, text: string, columns: readonly ColumnDefinition[]): void {
  const used = namesIn(quotedNames(text));
  const isComputed = ({ generated, defaultValue }: ColumnDefinition) =>
    generated !== '' || defaultValue.startsWith('(');
  if (!columns.some((other) => isComputed(other) && used.includes(other.name.toLowerCase()))) return;
  const about = `Default value expression of column '${column}' cannot refer to a column defined after it`;
  const what = 'if that column is a generated column or has an expression as default value.';
  throw new SqlError(3771, 'HY000', `${about} ${what}`);
}

/** The indexes, with the columns that their expressions are added to the table's. */
function keysWithColumns(
  elements: readonly IndexSyntax[],
  drafts: ColumnDefinition[],
  collation: CollationName,
  scene: StatementScene,
): IndexSyntax[] {
  const isFunctional = ({ parts }: IndexSyntax): boolean => parts.some(({ expression }) => expression !== undefined);
  if (!elements.some(isFunctional)) return [...elements];
  const parts = { primaryKey: [], indexes: [], checks: [], collation: collationId(collation), comment: '' };
  const schema = new TableSchema({ ...parts, columns: [...drafts] });
  const names = new Set(elements.flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])));
  return elements.map((element) => {
    const { syntax, added } = withKeyExpressions(element, schema, names, scene);
    if (syntax.name !== undefined) names.add(syntax.name.toLowerCase());
    drafts.push(...added);
    return syntax;
  });
}

function primaryKeyOf(columns: readonly ColumnSyntax[], indexes: readonly IndexSyntax[]): string[] {
  const inline = columns.filter(({ key }) => key === 'primary').map(({ name }) => name);
  const separate = indexes.filter(({ type }) => type === 'primary');
  if (inline.length + separate.length > 1) throw multiplePrimaryKeys();
  return separate[0]?.parts.map(({ column }) => column ?? '') ?? inline;
}

function constraintsOf(
  statement: CreateTableStatement,
  columns: readonly ColumnDefinition[],
  columnElements: readonly ColumnSyntax[],
  indexElements: readonly IndexSyntax[],
): { indexes: IndexDefinition[]; checks: CheckDefinition[] } {
  const indexes: IndexDefinition[] = [];
  // Indexes that have a name keep it from those that are to get one.
  const named = indexElements.flatMap(({ name }) => (name === undefined ? [] : [{ name }]));
  for (const element of indexElements) {
    if (element.type === 'primary') continue;
    const others = element.name === undefined ? [...indexes, ...(named as IndexDefinition[])] : indexes;
    indexes.push(draftIndex(element, columns, others));
  }
  // Those of columns are named last.
  for (const { key, name, type, start, end } of columnElements) {
    if (key !== 'unique' && type.serial !== true) continue;
    const parts = [{ start, end, column: name, descending: false }];
    indexes.push(draftIndex({ start, end, kind: 'index', type: 'unique', parts, options: {} }, columns, indexes));
  }
  const checks: CheckDefinition[] = [];
  const syntax: CheckSyntax[] = statement.elements.flatMap((element): readonly CheckSyntax[] => {
    if (element.kind === 'check') return [element];
    return element.kind === 'column' ? element.checks : [];
  });
  for (const check of syntax) {
    const taken = new Set(checks.map(({ name }) => name.toLowerCase()));
    const draft = draftCheck(check, statement.table.name, taken);
    if (taken.has(draft.name.toLowerCase()))
      throw new SqlError(3822, 'HY000', `Duplicate check constraint name '${draft.name}'.`);
    checks.push(draft);
  }
  return { indexes, checks };
}

export function assertAutoIncrement(
  columns: readonly ColumnDefinition[],
  primaryKey: readonly number[],
  indexes: readonly IndexDefinition[],
): void {
  const automatic = columns.flatMap(({ autoIncrement }, i) => (autoIncrement ? [i] : []));
  if (automatic.length === 0) return;
  const [column] = automatic as [number];
  const isKey = primaryKey.includes(column) || indexes.some((index) => index.columns.includes(column));
  if (automatic.length > 1 || !isKey) throw wrongAutoKey();
}

/** A column as a query gives it: one of a table keeps its default. Texts without a length become LONGTEXT. */
function queryColumn({ name, type, nullable, source }: OutputColumn, scene: StatementScene): ColumnDefinition {
  const stored: SqlType =
    type.kind === 'null'
      ? { kind: 'binary', length: 0 }
      : type.kind === 'varchar' && source === undefined
        ? LONGTEXT
        : type;
  const kept = stored.kind === 'integer' && stored.boolean ? { ...stored, width: 1 } : stored;
  const column = newColumn({ name, tag: 0, sqlType: storedTypeText(kept), encoding: encodingOf(kept), nullable });
  return source === undefined ? column : { ...column, defaultValue: defaultOf(source, scene) };
}

function defaultOf({ database, table, column }: ColumnSource, scene: StatementScene): string {
  const origin = scene.catalog.table({ database, name: table });
  if (origin?.kind !== 'table') return '';
  const { schema } = origin.table;
  return schema.columns[schema.columnPosition(column)]?.defaultValue ?? '';
}

/** The query's rows go in as those of an INSERT do. */
function* fillFromQuery(statement: CreateTableStatement, scene: StatementScene): Steps<StatementResult> {
  const { query, table, duplicates, start, end } = statement;
  if (query === undefined) return ok();
  const columns = runQuery(query, scene).columns.map(({ name }) => ({ name, start, end }));
  const insert: InsertStatement = {
    kind: 'insert',
    start,
    end,
    replace: duplicates === 'replace',
    ignore: duplicates === 'ignore',
    table,
    partitions: [],
    columns,
    source: { kind: 'query', query },
    onDuplicate: [],
  };
  const result = yield* runInsert(insert, scene);
  return ok({ affectedRows: result.kind === 'ok' ? result.affectedRows : 0 });
}

function likeSchema(statement: CreateTableStatement, handle: DatabaseHandle, scene: StatementScene): TableSchema {
  const like = statement.like!;
  const source = scene.catalog.table(like);
  if (source?.kind !== 'table') throw missingTable(like, scene);
  const { schema } = source.table;
  const root = scene.session.root(handle);
  const head = scene.session.view(handle).headRoot();
  const drafts = schema.columns.map((column) => ({ ...withExpression(column, quotedNames), tag: 0 }));
  const name = statement.table.name.toLowerCase();
  const checks: CheckDefinition[] = [];
  for (const check of schema.checks) {
    const taken = new Set(checks.map((other) => other.name.toLowerCase()));
    checks.push({ ...check, name: checkName(name, check.expression, taken) });
  }
  return schema.with({
    columns: tagged(drafts, name, [], root, head),
    indexes: schema.indexes.map((index) => ({ ...unplaced(index), systemDefined: false })),
    checks,
    comment: '',
  });
}

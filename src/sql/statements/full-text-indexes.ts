/** The tables of full-text indexes: made with their index, filled with the words of the rows, dropped with it. */

import type { RootValue } from '../../repo/root-value.ts';
import type { Steps } from '../../repo/steps.ts';
import { FullTextEditor } from '../../table/full-text/full-text-editor.ts';
import {
  type FullTextIndex,
  freeTableNames,
  fullTextIndexes,
  isPlaced,
  type RowKey,
  rowKeyOf,
  tablesOfIndex,
  UNPLACED,
} from '../../table/full-text/full-text-tables.ts';
import { type ColumnDefinition, type IndexDefinition, TableSchema } from '../../table/schema.ts';
import { Table } from '../../table/table.ts';
import { DEFAULT_COLLATION_ID } from '../../tuple/collation.ts';
import { storedType } from '../catalog/table-columns.ts';
import { SqlError } from '../types/sql-error.ts';
import { type CollationName, isText } from '../types/sql-type.ts';
import { storedTypeText } from '../types/sql-type-text.ts';
import { draft } from './internal-tables.ts';
import { tagged } from './new-column-tags.ts';
import type { StatementScene } from './scene.ts';
import { forEachRow, withIndex, withSchema } from './table-rebuild.ts';

/** Throws 1283 for columns that have no words, or words that do not compare with those of the first column. */
export function assertFullTextColumns(columns: readonly ColumnDefinition[]): void {
  const collations = columns.map(({ name, sqlType }) => {
    const type = storedType(sqlType);
    if (!isText(type)) throw notFullText(name);
    return type.collation;
  });
  const at = collations.findIndex((collation) => collation !== collations[0]);
  if (at >= 0) throw notFullText(columns[at]!.name);
}

function notFullText(column: string): SqlError {
  return new SqlError(1283, 'HY000', `Column '${column}' cannot be part of FULLTEXT index`);
}

export function noTemporaryFullText(): SqlError {
  return new SqlError(1796, 'HY000', 'Cannot create FULLTEXT index on temporary InnoDB table');
}

/** The index without its tables, which are to be another's. */
export function unplaced(index: IndexDefinition): IndexDefinition {
  return index.fullText === undefined ? index : { ...index, fullText: UNPLACED };
}

/**
 * What happened to a table with full-text indexes: it was `rewritten` with all its rows, or `changed` without that, so
 * that rows have other hashes. The original makes the tables of the indexes anew both times, in ways that differ in tags
 * and in the tree that the table has for each index, which nothing reads.
 */
export type FullTextChange = 'rewritten' | 'changed' | 'none';

/** The root with tables, filled, for the full-text indexes of table `name` that have none yet, or for all after a change. */
export function* withFullTextTables(
  root: RootValue,
  head: RootValue,
  name: string,
  scene: StatementScene,
  change: FullTextChange = 'none',
): Steps<RootValue> {
  const stored = root.table(name)!;
  const wanted = fullTextIndexes(stored.schema).filter(({ fullText }) => change !== 'none' || !isPlaced(fullText));
  if (wanted.length === 0) return root;
  const table = change === 'changed' ? yield* withTreesOf(stored, name, wanted, scene) : stored;
  const key = rowKeyOf(table.schema);
  let next = withoutTables(
    root,
    wanted.flatMap(({ fullText }) => tablesOfIndex(fullText)),
  );
  const make = (table: string, drafts: readonly ColumnDefinition[], keys: number): void => {
    const before = change === 'rewritten' ? root.table(table)?.schema.columns : undefined;
    const columns =
      before === undefined ? tagged(drafts, table, [], next, head) : tagged(drafts, table, before, root, root);
    next = next.withTable(table, Table.create(next.nodes, schemaOf(columns, keys)));
  };
  const placed: FullTextIndex[] = [];
  for (const index of wanted) {
    const names = isPlaced(index.fullText) ? index.fullText : freeTableNames(name, index.name, next.tableNames());
    const fullText = { ...names, keyType: key.type, keyName: key.name, keyPositions: key.positions };
    placed.push({ ...index, fullText });
    const parts = partsOf(table.schema, index, key);
    if (!next.hasTable(names.configTable)) make(names.configTable, CONFIG, 1);
    make(names.positionTable, parts.positions, parts.positions.length);
    make(names.documentCountTable, parts.documentCounts, parts.documentCounts.length - 1);
    make(names.globalCountTable, parts.globalCounts, 1);
    make(names.rowCountTable, parts.rowCounts, 1);
  }
  const others = table.schema.indexes.filter((index) => !placed.some((other) => other.name === index.name));
  const schema = table.schema.with({ indexes: [...others, ...placed] });
  next = next.withTable(name, withSchema(table, schema));
  if (table.rows.count === 0) return next;
  const editor = new FullTextEditor(schema, (each) => next.table(each), placed);
  yield* forEachRow(table, name, scene, (row) => editor.insert(row));
  return next.withTables(editor.finish());
}

function* withTreesOf(
  table: Table,
  name: string,
  indexes: readonly IndexDefinition[],
  scene: StatementScene,
): Steps<Table> {
  const others = table.schema.indexes.filter((index) => !indexes.some((other) => other.name === index.name));
  let next = withSchema(table, table.schema.with({ indexes: others }));
  for (const index of indexes) next = yield* withIndex(next, name, index, scene);
  return next;
}

/** The root without the tables of one index, and without the one of all where it is the last. */
export function withoutFullTextTables(root: RootValue, { fullText }: IndexDefinition, others: TableSchema): RootValue {
  if (fullText === undefined || !isPlaced(fullText)) return root;
  const isShared = fullTextIndexes(others).some((other) => other.fullText.configTable === fullText.configTable);
  return withoutTables(root, [...(isShared ? [] : [fullText.configTable]), ...tablesOfIndex(fullText)]);
}

export function withoutTables(root: RootValue, names: readonly string[]): RootValue {
  const there = names.filter((name) => root.hasTable(name));
  return there.length === 0 ? root : root.withTables(new Map(there.map((name) => [name, undefined])));
}

/** Whether rows of both schemas have the same hashes, keys and words. */
export function sameWords(a: TableSchema, b: TableSchema): boolean {
  const described = (schema: TableSchema): string =>
    JSON.stringify([schema.columns.map(({ tag, sqlType }) => [tag, sqlType]), schema.primaryKey, rowKeyOf(schema)]);
  return described(a) === described(b);
}

function schemaOf(columns: readonly ColumnDefinition[], keys: number): TableSchema {
  const primaryKey = Array.from({ length: keys }, (_, i) => i);
  return new TableSchema({
    columns,
    primaryKey,
    indexes: [],
    checks: [],
    collation: DEFAULT_COLLATION_ID,
    comment: '',
  });
}

/** Columns of the tables of an index, their keys first. Texts have the collation of the indexed columns. */
function partsOf(schema: TableSchema, index: IndexDefinition, { positions }: RowKey) {
  const type = storedType(schema.columns[index.columns[0]!]!.sqlType) as { readonly collation: CollationName };
  const text = (name: string) => collated(draft(name, 'varchar(84)', true), type.collation);
  const count = (name: string) => draft(name, 'bigint unsigned', true);
  const word = text('word');
  const keys = positions.map((column, i) => collated(keyColumn(schema.columns[column]!, i), type.collation));
  const row = keys.length === 0 ? [text('row_hash')] : keys;
  return {
    positions: [word, ...row, count('position')],
    documentCounts: [word, ...row, count('doc_count')],
    globalCounts: [word, count('global_count')],
    rowCounts: [text('row_hash'), count('row_count'), count('unique_words')],
  };
}

/** A column of the table's key, under another name. As in the original it keeps a default, written as an expression. */
function keyColumn(column: ColumnDefinition, at: number): ColumnDefinition {
  const { defaultValue } = column;
  return { ...column, name: `C${at}`, tag: 0, defaultValue: defaultValue === '' ? '' : `(${defaultValue})` };
}

function collated(column: ColumnDefinition, collation: CollationName): ColumnDefinition {
  const type = storedType(column.sqlType);
  return 'collation' in type ? { ...column, sqlType: storedTypeText({ ...type, collation }) } : column;
}

const CONFIG = [
  draft('id', 'int', true),
  draft('stopword_table', 'varchar(2048)', true),
  draft('use_stopword', 'tinyint(1)', true),
];

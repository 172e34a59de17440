/** What SHOW CREATE TABLE, DESCRIBE and information_schema say about a stored table, in Dolt's words and layout. */
import { declaredBy, type ForeignKeys } from '../../repo/foreign-keys.ts';
import { type ForeignKeyMessage, ReferentialAction } from '../../serial/foreign-key-collection.ts';
import type { CheckDefinition, ColumnDefinition, IndexDefinition, TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { collationById } from '../../tuple/collation.ts';
import { quoteName } from '../syntax/print-expression.ts';
import type { CollationName, SqlType } from '../types/sql-type.ts';
import { displayTypeText } from '../types/sql-type-text.ts';
import { checksOf } from './checks-of.ts';
import { storedType } from './table-columns.ts';

/** As in MySQL, comments come with what a reader of the statement would misread escaped. */
const quoteComment = (text: string): string =>
  `'${text.replace(/[\0\n\r\\']/g, (found) => COMMENT_ESCAPES[found] ?? found)}'`;
const COMMENT_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\\': '\\\\',
  "'": "''",
};

/** PRI, UNI, MUL or ''. Without a primary key the first unique key of NOT NULL columns counts as one, as in MySQL. */
export function keyMark(schema: TableSchema, column: number): 'PRI' | 'UNI' | 'MUL' | '' {
  const required = (columns: readonly number[]): boolean => columns.every((i) => !schema.columns[i]!.nullable);
  const primary = schema.isKeyless
    ? schema.indexes.find(({ unique, columns }) => unique && required(columns))?.columns
    : schema.primaryKey;
  if (primary?.includes(column)) return 'PRI';
  let mark: 'UNI' | 'MUL' | '' = '';
  for (const { columns, unique } of schema.indexes) {
    if (columns[0] !== column) continue;
    if (unique && columns.length === 1) return 'UNI';
    mark = 'MUL';
  }
  return mark;
}

export function extraText(column: ColumnDefinition): string {
  const extra: string[] = [];
  if (column.autoIncrement) extra.push('auto_increment');
  if (column.generated !== '') extra.push(column.virtual ? 'VIRTUAL GENERATED' : 'STORED GENERATED');
  else if (/^\(|^CURRENT_TIMESTAMP/.test(column.defaultValue)) extra.push('DEFAULT_GENERATED');
  if (column.onUpdate !== '') extra.push(`on update ${column.onUpdate}`);
  return extra.join(' ');
}

/**
 * The default as DESCRIBE and information_schema have it: a literal without quotes, an expression without parentheses around
 * it; null without one.
 */
export function defaultValueText(column: ColumnDefinition): string | null {
  const { generated, defaultValue: text } = column;
  if (generated !== '' || text === '' || text === 'NULL') return null;
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'").replaceAll('\\\\', '\\');
  const type = storedType(column.sqlType);
  if (type.kind === 'bit') return shownDefault(column, type);
  return text.startsWith('(') ? text.slice(1, -1) : text;
}

/** The whole statement. */
export function createTableText(name: string, table: Table, foreignKeys: ForeignKeys, other: TableNames): string {
  const { schema } = table;
  const collation = collationById(schema.collation)!;
  const lines = schema.columns.flatMap((column) =>
    column.hiddenSystem ? [] : columnLine(column, collation.name as CollationName),
  );
  if (schema.primaryKey.length > 0) lines.push(`PRIMARY KEY (${names(schema, schema.primaryKey)})`);
  for (const index of schema.indexes) lines.push(indexLine(schema, index));
  for (const key of declaredBy(foreignKeys, name)) lines.push(foreignKeyLine(key, other));
  for (const check of checksOf(name, schema)) lines.push(checkLine(check));
  const counter = schema.columns.some(({ autoIncrement }) => autoIncrement) && table.autoIncrement > 1;
  return (
    `CREATE TABLE ${quoteName(name)} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n) ENGINE=InnoDB` +
    (counter ? ` AUTO_INCREMENT=${table.autoIncrement}` : '') +
    ` DEFAULT CHARSET=${collation.characterSet} COLLATE=${collation.name}` +
    (schema.comment === '' ? '' : ` COMMENT=${quoteComment(schema.comment)}`)
  );
}

export function foreignKeyLine(key: ForeignKeyMessage, other: TableNames): string {
  const names = (table: string, tags: readonly number[], unresolved: readonly string[] | undefined) =>
    tags.length > 0 ? other.columns(table, tags) : (unresolved ?? []);
  const child = names(key.childTable, key.childColumns, key.unresolvedChildColumns);
  const parent = names(key.parentTable, key.parentColumns, key.unresolvedParentColumns);
  return (
    `CONSTRAINT ${quoteName(key.name)} FOREIGN KEY (${child.map(quoteName).join(',')}) ` +
    `REFERENCES ${quoteName(key.parentTable)} (${parent.map(quoteName).join(',')})` +
    actionText('DELETE', key.onDelete) +
    actionText('UPDATE', key.onUpdate)
  );
}

export function checkLine({ name, expression, enforced }: CheckDefinition): string {
  return `CONSTRAINT ${quoteName(name)} CHECK (${expression})${enforced ? '' : ' /*!80016 NOT ENFORCED */'}`;
}

/** Names of columns by their tags. */
export interface TableNames {
  columns(table: string, tags: readonly number[]): readonly string[];
}

export function actionText(event: 'DELETE' | 'UPDATE', action: ReferentialAction): string {
  switch (action) {
    case ReferentialAction.cascade:
      return ` ON ${event} CASCADE`;
    case ReferentialAction.setNull:
      return ` ON ${event} SET NULL`;
    case ReferentialAction.restrict:
      return ` ON ${event} RESTRICT`;
    case ReferentialAction.noAction:
      return ` ON ${event} NO ACTION`;
    default:
      return '';
  }
}

export function columnLine(column: ColumnDefinition, tableCollation: CollationName): string {
  const type = storedType(column.sqlType);
  const srid = type.kind === 'geometry' && type.srid !== undefined;
  let line = `${quoteName(column.name)} ${srid ? type.shape : displayTypeText(type, tableCollation)}`;
  if (!column.nullable) line += ' NOT NULL';
  if (column.generated !== '') line += ` GENERATED ALWAYS AS ${column.generated}${column.virtual ? '' : ' STORED'}`;
  if (column.autoIncrement) line += ' AUTO_INCREMENT';
  if (srid) line += ` /*!80003 SRID ${type.srid} */`;
  if (column.generated === '' && column.defaultValue !== '') line += ` DEFAULT ${shownDefault(column, type)}`;
  if (column.onUpdate !== '') line += ` ON UPDATE ${column.onUpdate}`;
  if (column.hidden) line += ' /*!80023 INVISIBLE */';
  if (column.comment !== '') line += ` COMMENT ${quoteComment(column.comment)}`;
  return line;
}

function shownDefault({ defaultValue }: ColumnDefinition, type: SqlType): string {
  if (type.kind === 'bit' && /^\d+$/.test(defaultValue)) return `b'${BigInt(defaultValue).toString(2)}'`;
  // Only dates with a time take the current time without parentheses.
  if (defaultValue.startsWith('CURRENT_TIMESTAMP') && type.kind !== 'datetime' && type.kind !== 'timestamp') {
    return `(${defaultValue})`;
  }
  return /^(?!0x)[-\d.]/.test(defaultValue) ? `'${defaultValue}'` : defaultValue;
}

function names(schema: TableSchema, columns: readonly number[]): string {
  return columns.map((column) => quoteName(schema.columns[column]!.name)).join(',');
}

/** What a functional key part computes. */
export function keyExpression({ generated }: ColumnDefinition): string {
  return generated.startsWith('(') && generated.endsWith(')') ? generated.slice(1, -1) : generated;
}

export function indexLine(schema: TableSchema, index: IndexDefinition): string {
  const columns = index.columns.map((column, i) => {
    const length = index.prefixLengths[i] ?? 0;
    const definition = schema.columns[column]!;
    if (definition.hiddenSystem) return `(${keyExpression(definition)})`;
    return quoteName(definition.name) + (length > 0 ? `(${length})` : '');
  });
  const kind = index.unique ? 'UNIQUE KEY' : index.spatial ? 'SPATIAL KEY' : index.fullText ? 'FULLTEXT KEY' : 'KEY';
  const comment = index.comment === '' ? '' : ` COMMENT ${quoteComment(index.comment)}`;
  return `${kind} ${quoteName(index.name)} (${columns.join(',')})${comment}`;
}

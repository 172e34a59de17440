/** Indexes and checks from their syntax, with the names they get when none was given. */
import { addressOf } from '../../base/address.ts';
import { assert } from '../../base/errors.ts';
import { UNPLACED } from '../../table/full-text/full-text-tables.ts';
import type { CheckDefinition, ColumnDefinition, IndexDefinition, TableSchema } from '../../table/schema.ts';
import { collationByName } from '../../tuple/collation.ts';
import { storedType } from '../catalog/table-columns.ts';
import type { CheckSyntax, IndexSyntax, KeyPart } from '../syntax/ast/table-elements.ts';
import { printExpression } from '../syntax/print-expression.ts';
import { duplicateKeyName, keyColumnMissing, notSupported, SqlError } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { assertCheck } from './definition-expressions.ts';
import { assertFullTextColumns } from './full-text-indexes.ts';
import type { StatementScene } from './scene.ts';

/** Positions of the columns of a key. */
export function keyColumns(parts: readonly KeyPart[], columns: readonly ColumnDefinition[]): number[] {
  const positions = parts.map((part) => {
    assert(part.column !== undefined, 'expressions of an index have become columns');
    const wanted = part.column.toLowerCase();
    const at = columns.findIndex(({ name }) => name.toLowerCase() === wanted);
    if (at < 0) throw keyColumnMissing(part.column);
    return at;
  });
  const twice = positions.findIndex((at, i) => positions.indexOf(at) !== i);
  if (twice >= 0) throw new SqlError(1060, '42S21', `Duplicate column name '${columns[positions[twice]!]!.name}'`);
  return positions;
}

export function draftIndex(
  syntax: IndexSyntax,
  columns: readonly ColumnDefinition[],
  existing: readonly IndexDefinition[],
): IndexDefinition {
  if (syntax.type === 'vector') throw notSupported('VECTOR indexes');
  const positions = keyColumns(syntax.parts, columns);
  const isFullText = syntax.type === 'fulltext';
  if (isFullText) assertFullTextColumns(positions.map((at) => columns[at]!));
  const lengths = isFullText
    ? []
    : syntax.parts.map((part, i) => prefixLength(part, columns[positions[i]!]!, syntax.type === 'unique'));
  const taken = new Set(existing.map(({ name }) => name.toLowerCase()));
  if (syntax.name !== undefined) {
    if (syntax.name.toLowerCase() === 'primary')
      throw new SqlError(1280, '42000', `Incorrect index name '${syntax.name}'`);
    if (taken.has(syntax.name.toLowerCase())) throw duplicateKeyName(syntax.name);
  }
  return {
    name: syntax.name ?? freeIndexName(columns[positions[0]!]!.name, taken),
    columns: positions,
    unique: syntax.type === 'unique',
    comment: syntax.options.comment ?? '',
    systemDefined: false,
    prefixLengths: lengths.some((length) => length > 0) ? lengths : [],
    spatial: syntax.type === 'spatial',
    ...(isFullText ? { fullText: UNPLACED } : {}),
    predicate: '',
  };
}

/** The warning that MySQL gives of an index where one of `others` is the same but for its name. */
export function warnOfDuplicate(
  index: IndexDefinition,
  others: readonly IndexDefinition[],
  table: string,
  { session }: StatementScene,
): void {
  const kindOf = ({ columns, prefixLengths, unique, spatial, fullText }: IndexDefinition): string =>
    JSON.stringify([columns, prefixLengths, unique, spatial, fullText !== undefined]);
  const kind = kindOf(index);
  if (!others.some((other) => !other.systemDefined && kindOf(other) === kind)) return;
  const message = `Duplicate index '${index.name}' defined on the table '${table}'. This is deprecated and will be disallowed in a future release.`;
  session.warn({ level: 'Warning', code: 1831, message });
}

/** The name of the first column, then with `_2`, `_3` … */
export function freeIndexName(column: string, taken: ReadonlySet<string>): string {
  if (!taken.has(column.toLowerCase())) return column;
  for (let i = 2; ; i++) if (!taken.has(`${column.toLowerCase()}_${i}`)) return `${column}_${i}`;
}

/** In the stored unit: what the user gave counts characters of text, the stored length bytes cut as the user gave it. */
function prefixLength({ length, column }: KeyPart, definition: ColumnDefinition, unique: boolean): number {
  const type = storedType(definition.sqlType);
  const whole = type.kind === 'text' || type.kind === 'blob';
  if (type.kind === 'json') throw jsonKey(definition.name);
  if (length === undefined) {
    if (whole && !unique) throw keyWithoutLength(column ?? '');
    return 0;
  }
  const limit = indexableLength(type);
  if (length === 0) throw new SqlError(1391, 'HY000', `Key part '${column}' length cannot be 0`);
  if (limit === undefined || length > limit) {
    throw new SqlError(
      1089,
      'HY000',
      "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, or the storage engine doesn't support unique prefix keys",
    );
  }
  return length;
}

function jsonKey(column: string): SqlError {
  return new SqlError(
    3152,
    '42000',
    `JSON column '${column}' supports indexing only via generated columns on a specified JSON path.`,
  );
}

function keyWithoutLength(column: string): SqlError {
  return new SqlError(1170, '42000', `BLOB/TEXT column '${column}' used in key specification without a key length`);
}

/** A primary key holds whole values: not those of TEXT and BLOB, and no prefixes, which Dolt does not have here either. */
export function assertPrimaryKeyParts(parts: readonly KeyPart[], columns: readonly ColumnDefinition[]): void {
  keyColumns(parts, columns).forEach((at, i) => {
    const { name, sqlType, virtual } = columns[at]!;
    if (virtual) throw virtualPrimaryKey();
    const type = storedType(sqlType);
    const { length } = parts[i]!;
    if (length !== undefined && length !== indexableLength(type))
      throw notSupported(`a prefix of column '${name}' in a primary key`);
    assertWholeKey(name, type);
  });
}

function virtualPrimaryKey(): SqlError {
  const what = 'Defining a virtual generated column as primary key';
  return new SqlError(3106, 'HY000', `'${what}' is not supported for generated columns.`, 'unsupported');
}

function assertWholeKey(name: string, { kind }: SqlType): void {
  if (kind === 'text' || kind === 'blob') throw keyWithoutLength(name);
  if (kind === 'json') throw jsonKey(name);
}

/**
 * The schema with its keys over a column that got another type: prefixes that the type has no use for go. Throws for what
 * can be no key.
 */
export function withFittingKeys(schema: TableSchema, at: number): TableSchema {
  const { name, sqlType } = schema.columns[at]!;
  const type = storedType(sqlType);
  if (schema.primaryKey.includes(at)) assertWholeKey(name, type);
  const indexes = schema.indexes.map((index) => {
    const part = index.columns.indexOf(at);
    if (part < 0) return index;
    if (index.fullText !== undefined) {
      assertFullTextColumns(index.columns.map((column) => schema.columns[column]!));
      return index;
    }
    const length = fittingPrefix(index.prefixLengths[part] ?? 0, type);
    if (length === 0 && (!index.unique || type.kind === 'json')) assertWholeKey(name, type);
    if (length === (index.prefixLengths[part] ?? 0)) return index;
    const lengths = index.prefixLengths.map((other, i) => (i === part ? length : other));
    return { ...index, prefixLengths: lengths.some((other) => other > 0) ? lengths : [] };
  });
  return schema.with({ indexes });
}

/** As in the original, the type's greatest size in bytes is the limit. */
function fittingPrefix(length: number, type: SqlType): number {
  const limit = indexableLength(type);
  const bytes = type.kind === 'char' || type.kind === 'varchar' ? 4 : 1;
  return limit === undefined || length > limit * bytes ? 0 : length;
}

function indexableLength(type: SqlType): number | undefined {
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return type.length;
    case 'text':
    case 'blob':
      return 3072;
    default:
      return undefined;
  }
}

export function draftCheck(syntax: CheckSyntax, table: string, takenNames: ReadonlySet<string>): CheckDefinition {
  // As MySQL would name it: refused ones have no name yet.
  assertCheck(syntax.expression, syntax.name ?? `${table}_chk_${takenNames.size + 1}`, syntax.column);
  const expression = printExpression(syntax.expression);
  return {
    name: syntax.name ?? checkName(table, expression, takenNames),
    expression,
    enforced: syntax.enforced,
  };
}

/** The name of a check that has none. */
export function checkName(table: string, expression: string, taken: ReadonlySet<string>): string {
  const name = `${table}_chk_${addressOf(Buffer.from(expression)).slice(0, 8)}`;
  if (!taken.has(name.toLowerCase())) return name;
  for (let i = 0; ; i++) if (!taken.has(`${name}_${i}`.toLowerCase())) return `${name}_${i}`;
}

/** The id of a table's default collation. */
export function collationId(name: string): number {
  return collationByName(name)!.id;
}

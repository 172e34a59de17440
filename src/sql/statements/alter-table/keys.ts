/** The keys of a table that is altered: its primary key and its indexes. */
import type { Steps } from '../../../repo/steps.ts';
import type { IndexDefinition } from '../../../table/schema.ts';
import type { IndexSyntax } from '../../syntax/ast/table-elements.ts';
import { cannotDrop, columnNotNull, duplicateKeyName, multiplePrimaryKeys, SqlError } from '../../types/sql-error.ts';
import { assertAutoIncrement } from '../create-table.ts';
import { withForeignKeyIndexes } from '../foreign-key-definitions.ts';
import { withoutFullTextTables } from '../full-text-indexes.ts';
import { assertPrimaryKeyParts, draftIndex, keyColumns, warnOfDuplicate } from '../index-draft.ts';
import { withKeyExpressions, withoutUnusedExpressions } from '../key-expressions.ts';
import { tagged } from '../new-column-tags.ts';
import { qualifiedNames, quotedNames } from '../stored-names.ts';
import { sortedIndexes, withIndex, withSchema } from '../table-rebuild.ts';
import type { Alteration } from './alteration.ts';
import { rewrittenSchema } from './altered-schema.ts';

export function* addIndex(alteration: Alteration, written: IndexSyntax): Steps<void> {
  const syntax = withExpressionColumns(alteration, written);
  if (syntax.type === 'primary') {
    if (alteration.schema.primaryKey.length > 0) throw multiplePrimaryKeys();
    assertPrimaryKeyParts(syntax.parts, alteration.schema.columns);
    return yield* setPrimaryKey(alteration, keyColumns(syntax.parts, alteration.schema.columns));
  }
  const index = draftIndex(syntax, alteration.schema.columns, alteration.schema.indexes);
  const qualified = `${alteration.target.handle.database.name}.${alteration.name}`;
  warnOfDuplicate(index, alteration.schema.indexes, qualified, alteration.scene);
  const other = index.fullText === undefined ? indexOver(alteration, index.columns) : undefined;
  const table = yield* withIndex(alteration.table, alteration.name, index, alteration.scene);
  // Dolt rewrites the table for a unique index; for one over expressions that has been done already.
  const isRewritten = syntax !== written;
  const rewritten = isRewritten ? table.schema : rewrittenSchema(table.schema, qualifiedNames(alteration.name));
  if (index.unique) alteration.fullText = 'rewritten';
  alteration.set(index.unique ? alteration.counted(table.with({ schema: rewritten })) : table);
  if (other === undefined) return;
  renameInForeignKeyIndexes(alteration, other.name, index.name);
  // One that was made for a foreign key gives way to one that is asked for.
  if (other.systemDefined) yield* dropIndex(alteration, other.name);
}

/** Gives the table the columns that the expressions of the index are. */
function withExpressionColumns(alteration: Alteration, written: IndexSyntax): IndexSyntax {
  const { schema, scene, name } = alteration;
  const names = new Set(schema.indexes.map((index) => index.name.toLowerCase()));
  const { syntax, added } = withKeyExpressions(written, schema, names, scene);
  if (added.length === 0) return syntax;
  if (syntax.name !== undefined && names.has(syntax.name.toLowerCase())) throw duplicateKeyName(syntax.name);
  const columns = tagged(added, name, schema.columns, alteration.root, alteration.headRoot());
  const rewritten = rewrittenSchema(schema, qualifiedNames(name));
  alteration.set(withSchema(alteration.table, rewritten.with({ columns: [...rewritten.columns, ...columns] })));
  return syntax;
}

function indexOver(alteration: Alteration, columns: readonly number[]): IndexDefinition | undefined {
  return alteration.schema.indexes.find((other) => {
    return (
      other.fullText === undefined &&
      other.columns.length === columns.length &&
      other.columns.every((column, i) => column === columns[i])
    );
  });
}

export function* dropIndex(alteration: Alteration, name: string): Steps<void> {
  if (name.toUpperCase() === 'PRIMARY') return yield* setPrimaryKey(alteration, []);
  const index = alteration.schema.index(name);
  if (index === undefined) throw cannotDrop(name);
  assertAutoKeyStays(
    alteration,
    alteration.schema.primaryKey,
    alteration.schema.indexes.filter((other) => other !== index),
  );
  const indexes = alteration.schema.indexes.filter((other) => other !== index);
  alteration.set(withSchema(alteration.table, withoutUnusedExpressions(alteration.schema.with({ indexes }))));
  if (alteration.target.temporary) return;
  alteration.root = withoutFullTextTables(alteration.root, index, alteration.schema);
  alteration.root = withForeignKeyIndexes(alteration.root, alteration.name, index.name);
}

function assertAutoKeyStays(
  alteration: Alteration,
  primaryKey: readonly number[],
  indexes: readonly IndexDefinition[],
): void {
  assertAutoIncrement(alteration.schema.columns, primaryKey, indexes);
}

export function renameIndex(alteration: Alteration, from: string, to: string): void {
  const index = alteration.schema.index(from);
  if (index === undefined)
    throw new SqlError(1176, '42000', `Key '${from}' doesn't exist in table '${alteration.name}'`, 'notFound');
  if (alteration.schema.index(to) !== undefined) throw duplicateKeyName(to);
  const indexes = sortedIndexes(
    alteration.schema.indexes.map((other) => (other === index ? { ...index, name: to } : other)),
  );
  const trees = new Map(alteration.table.indexes);
  const tree = trees.get(index.name)!;
  trees.delete(index.name);
  trees.set(to, tree);
  alteration.set(alteration.table.with({ schema: alteration.schema.with({ indexes }), indexes: trees }));
  renameInForeignKeyIndexes(alteration, index.name, to);
}

/** Foreign keys that use one index of the table use another. */
function renameInForeignKeyIndexes(alteration: Alteration, from: string, to: string): void {
  const keys = alteration.root.foreignKeys();
  if (keys.length === 0 || alteration.target.temporary) return;
  const name = alteration.name.toLowerCase();
  alteration.root = alteration.root.withForeignKeys(
    keys.map((key) => ({
      ...key,
      childIndex: key.childTable.toLowerCase() === name && key.childIndex === from ? to : key.childIndex,
      parentIndex: key.parentTable.toLowerCase() === name && key.parentIndex === from ? to : key.parentIndex,
    })),
  );
}

export function* setPrimaryKey(alteration: Alteration, primaryKey: readonly number[]): Steps<void> {
  if (primaryKey.length === 0 && alteration.schema.primaryKey.length === 0) throw cannotDrop('PRIMARY');
  if (primaryKey.length === 0) {
    assertAutoKeyStays(alteration, [], alteration.schema.indexes);
    const referenced = alteration.root.foreignKeys().some(({ parentTable, parentIndex }) => {
      return parentTable.toLowerCase() === alteration.name.toLowerCase() && parentIndex === '';
    });
    if (referenced)
      throw new SqlError(1553, 'HY000', "Cannot drop index 'PRIMARY': needed in a foreign key constraint", 'conflict');
  }
  const columns = alteration.schema.columns.map((column, i) =>
    primaryKey.includes(i) ? { ...column, nullable: false } : column,
  );
  const schema = rewrittenSchema(alteration.schema.with({ columns, primaryKey }), quotedNames);
  const names = primaryKey.map((at) => columns[at]!.name);
  alteration.set(
    yield* alteration.rebuilt(schema, (row) => {
      const at = primaryKey.findIndex((column) => row[column] === null);
      if (at >= 0) throw columnNotNull(names[at]!);
      return row;
    }),
  );
  if (primaryKey.length === 0) alteration.fullText = 'changed';
}

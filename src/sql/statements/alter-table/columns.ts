/** The columns of a table that is altered: added, changed, dropped, renamed. */
import type { Steps } from '../../../repo/steps.ts';
import { ReferentialAction } from '../../../serial/foreign-key-collection.ts';
import type { CheckDefinition, ColumnDefinition } from '../../../table/schema.ts';
import type { Value } from '../../../tuple/value.ts';
import { encodingOf } from '../../bind/column-type.ts';
import { sourceColumns, storedType } from '../../catalog/table-columns.ts';
import type { ColumnSyntax, DefaultSyntax } from '../../syntax/ast/table-elements.ts';
import type { ColumnPosition } from '../../syntax/ast/table-statements.ts';
import { type Convert, type ConvertScene, conversion } from '../../types/convert.ts';
import { add } from '../../types/integer.ts';
import {
  cannotDrop,
  columnNotNull,
  dataTruncated,
  duplicateColumn,
  invalidDefault,
  multiplePrimaryKeys,
  SqlError,
  setNullColumn,
  unknownColumn,
} from '../../types/sql-error.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { draftColumn } from '../column-draft.ts';
import { assertAutoIncrement } from '../create-table.ts';
import { defaultText } from '../default-text.ts';
import { assertDefault } from '../definition-expressions.ts';
import { implicitDefault, isStrict } from '../implicit-default.ts';
import { withFittingKeys } from '../index-draft.ts';
import { assertNoKeyExpression, withKeyTypes, withoutUnusedExpressions } from '../key-expressions.ts';
import { tagged } from '../new-column-tags.ts';
import { type MakeValue, RowExpressions } from '../row-expressions.ts';
import { bareNames, namesIn, quotedNames, withExpression, withNewName } from '../stored-names.ts';
import { forEachRow, type Row, withSchema } from '../table-rebuild.ts';
import { rewritesTable } from '../type-change.ts';
import type { Alteration } from './alteration.ts';
import { changedInPlace, movedSchema, rewrittenSchema } from './altered-schema.ts';
import { addCheck, addForeignKey } from './constraints.ts';
import { largestId } from './counter.ts';
import { addIndex, setPrimaryKey } from './keys.ts';
import { renamedColumnInKeys } from './renamed-in-foreign-keys.ts';

export function* addColumn(
  alteration: Alteration,
  syntax: ColumnSyntax,
  position: ColumnPosition | undefined,
  ifNotExists: boolean,
): Steps<void> {
  if (alteration.schema.columnPosition(syntax.name) >= 0) {
    if (ifNotExists) return;
    throw duplicateColumn(syntax.name);
  }
  const isPrimary = syntax.key === 'primary';
  if (isPrimary && alteration.schema.primaryKey.length > 0) throw multiplePrimaryKeys();
  const draft = draftColumn(syntax, alteration.collation, isPrimary, alteration.scene);
  const { defaultValue, generated, nullable, autoIncrement } = draft;
  const rewrites = isPrimary || defaultValue !== '' || generated !== '' || !nullable || autoIncrement;
  // Without a rewrite the original looks at no tags of HEAD: a column that was dropped and is added again gets its own.
  const head = rewrites ? alteration.headRoot() : alteration.root;
  const [column] = tagged([draft], alteration.name, alteration.schema.columns, alteration.root, head);
  const at = placeOf(alteration, position);
  const place = (old: number): number => (old >= at ? old + 1 : old);
  const columns = [...alteration.schema.columns];
  columns.splice(at, 0, column!);
  let schema = movedSchema(alteration.schema, columns, place);
  if (isPrimary) schema = schema.with({ primaryKey: [at] });
  if (rewrites) schema = rewrittenSchema(schema, quotedNames);
  if (syntax.key !== 'unique') assertAutoIncrement(columns, schema.primaryKey, schema.indexes);
  const expressions = new RowExpressions(schema, sourceColumns(schema), alteration.name, alteration.scene);
  const fill = filler(column!, at, expressions);
  let number = 0;
  const needsRows = !column!.virtual && !(at === columns.length - 1 && fill === undefined && !isPrimary);
  if (!needsRows && !isPrimary) alteration.set(withSchema(alteration.table, schema));
  else {
    const extended = (row: Row): Row => {
      const next = [...row];
      next.splice(at, 0, null);
      if (autoIncrement) next[at] = ++number;
      else if (fill !== undefined) next[at] = fill(next);
      return next;
    };
    alteration.set(yield* rewrites ? alteration.rebuilt(schema, extended) : alteration.reshaped(schema, extended));
  }
  if (syntax.key === 'unique') {
    const { start, end } = syntax;
    const parts = [{ start, end, column: syntax.name, descending: false }];
    yield* addIndex(alteration, { start, end, kind: 'index', type: 'unique', parts, options: {} });
  }
  for (const check of syntax.checks) yield* addCheck(alteration, check);
  if (syntax.references !== undefined) {
    const { start, end, references } = syntax;
    const foreignKey = { start, end, kind: 'foreignKey', columns: [syntax.name], references } as const;
    yield* addForeignKey(alteration, foreignKey);
  }
}

/** What rows that are there get; undefined for NULL. */
function filler(column: ColumnDefinition, at: number, expressions: RowExpressions): MakeValue | undefined {
  if (column.generated !== '') return expressions.generatedOf(at);
  if (column.defaultValue !== '' && column.defaultValue !== 'NULL') return expressions.defaultOf(at);
  if (column.nullable) return undefined;
  const type = storedType(column.sqlType);
  // Rows that are there get Dolt's empty member, not the first, which is the default of later ones.
  const empty = type.kind === 'enum' ? 0 : implicitDefault(type);
  return () => empty;
}

function placeOf(alteration: Alteration, position: ColumnPosition | undefined): number {
  if (position === undefined) return alteration.schema.columns.length;
  return position.first ? 0 : alteration.position(position.after!) + 1;
}

export function* changeColumn(
  alteration: Alteration,
  name: string,
  syntax: ColumnSyntax,
  position: ColumnPosition | undefined,
): Steps<void> {
  const from = alteration.position(name);
  const old = alteration.schema.columns[from]!;
  if (syntax.name.toLowerCase() !== name.toLowerCase() && alteration.schema.columnPosition(syntax.name) >= 0) {
    throw duplicateColumn(syntax.name);
  }
  const draft = draftColumn(
    syntax,
    alteration.collation,
    alteration.schema.primaryKey.includes(from),
    alteration.scene,
  );
  const oldType = storedType(old.sqlType);
  const type = storedType(draft.sqlType);
  // Text and blobs keep the encoding that an older version of Dolt gave them.
  const keepsEncoding = oldType.kind === type.kind && encodingOf(oldType) === encodingOf(type);
  const order = alteration.schema.columns.map((_, i) => i).filter((i) => i !== from);
  const target =
    position === undefined ? from : position.first ? 0 : order.indexOf(alteration.position(position.after!)) + 1;
  order.splice(target, 0, from);
  const rewritten = rewritesTable(oldType, type) || target !== from || (old.nullable && !draft.nullable);
  const isRenamed = old.name.toLowerCase() !== draft.name.toLowerCase();
  const column = {
    ...draft,
    tag: rewritten && isRenamed ? newTag(alteration, draft) : old.tag,
    ...(keepsEncoding ? { encoding: old.encoding } : {}),
  };
  if (isRenamed) assertNoKeyExpression(alteration.schema, old.name);
  const renames = rewritten || old.name !== draft.name;
  const named = renames ? withNewName(alteration.schema, old.name, draft.name) : alteration.schema;
  const columns = order.map((i) => (i === from ? column : named.columns[i]!));
  const moved = movedSchema(named, columns, (i) => order.indexOf(i));
  const fitting = withKeyTypes(withFittingKeys(moved, target), column.name, alteration.scene);
  const schema = rewritten ? rewrittenSchema(fitting, bareNames) : changedInPlace(fitting);
  if (syntax.key !== 'unique' && syntax.key !== 'primary')
    assertAutoIncrement(columns, schema.primaryKey, schema.indexes);
  assertNotReferenced(alteration, old, column);
  const isLenient = !isStrict(alteration.scene);
  const losesNulls = old.nullable && !column.nullable;
  const sameRows =
    !(isLenient && losesNulls) &&
    old.sqlType === column.sqlType &&
    order.every((i, at) => i === at) &&
    (old.nullable || !column.nullable || !alteration.schema.primaryKey.includes(from)) &&
    old.virtual === column.virtual &&
    old.generated === column.generated;
  if (sameRows) {
    if (losesNulls) yield* assertNoNulls(alteration, from, column.name);
    alteration.set(withSchema(alteration.table, schema));
  } else {
    const { functions } = alteration.scene;
    const convert = conversion(oldType, type, isLenient ? 'lenient' : 'strict');
    const scene: ConvertScene = { column: column.name, sqlMode: functions.sqlMode(), warn: (w) => functions.warn(w) };
    const expressions = new RowExpressions(schema, sourceColumns(schema), alteration.name, alteration.scene);
    const at = order.indexOf(from);
    const make = column.generated === '' ? undefined : expressions.generatedOf(at);
    const virtual = schema.columns.flatMap((other, i) =>
      other.virtual && i !== at ? [{ i, compute: expressions.generatedOf(i)! }] : [],
    );
    scene.row = 0;
    alteration.set(
      yield* alteration.rebuilt(schema, (values) => {
        scene.row!++;
        const next = order.map((i) => values[i]!) as Value[];
        next[at] = make === undefined ? converted(values[from]!, column, convert, scene, isLenient) : make(next);
        for (const { i, compute } of virtual) next[i] = compute(next);
        return next;
      }),
    );
  }
  if (isRenamed) renameInForeignKeys(alteration, old.name, column.name);
  if (column.autoIncrement && !old.autoIncrement) {
    const next = add(yield* largestId(alteration, alteration.position(column.name)), 1);
    alteration.set(alteration.table.with({ autoIncrement: next }));
  }
  if (syntax.key === 'unique') {
    const { start, end } = syntax;
    const parts = [{ start, end, column: syntax.name, descending: false }];
    yield* addIndex(alteration, { start, end, kind: 'index', type: 'unique', parts, options: {} });
  }
  if (syntax.key === 'primary') {
    if (alteration.schema.primaryKey.length > 0) throw multiplePrimaryKeys();
    yield* setPrimaryKey(alteration, [alteration.position(syntax.name)]);
  }
  for (const check of syntax.checks) yield* addCheck(alteration, check);
}

function newTag(alteration: Alteration, draft: ColumnDefinition): number {
  return tagged([draft], alteration.name, alteration.schema.columns, alteration.root, alteration.headRoot())[0]!.tag;
}

function assertNotReferenced(alteration: Alteration, old: ColumnDefinition, column: ColumnDefinition): void {
  if (alteration.target.temporary) return;
  if (old.nullable && !column.nullable) assertNotSetNull(alteration, old);
  if (old.sqlType === column.sqlType || isLengthened(storedType(old.sqlType), storedType(column.sqlType))) return;
  for (const key of alteration.root.foreignKeys()) {
    const own = key.childTable.toLowerCase() === alteration.name.toLowerCase() && key.childColumns.includes(old.tag);
    const parent =
      key.parentTable.toLowerCase() === alteration.name.toLowerCase() && key.parentColumns.includes(old.tag);
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

/** A text or bytes that only get longer, which foreign keys allow. */
function isLengthened(from: SqlType, to: SqlType): boolean {
  if (from.kind !== to.kind || !('length' in from) || !('length' in to)) return false;
  const collation = (type: SqlType) => ('collation' in type ? type.collation : undefined);
  return to.length >= from.length && collation(from) === collation(to);
}

/** Throws 1830 where a foreign key sets the column to NULL. */
function assertNotSetNull({ root, name: table }: Alteration, { name, tag }: ColumnDefinition): void {
  for (const key of root.foreignKeys()) {
    if (key.childTable.toLowerCase() !== table.toLowerCase() || !key.childColumns.includes(tag)) continue;
    if (key.onDelete !== ReferentialAction.setNull && key.onUpdate !== ReferentialAction.setNull) continue;
    throw setNullColumn(name, key.name);
  }
}

function* assertNoNulls(alteration: Alteration, at: number, name: string): Steps<void> {
  yield* forEachRow(alteration.table, alteration.name, alteration.scene, (row) => {
    if (row[at] === null) throw columnNotNull(name);
  });
}

export function* dropColumn(alteration: Alteration, name: string, ifExists: boolean): Steps<void> {
  const at = alteration.schema.columnPosition(name);
  if (at < 0) {
    if (ifExists) return;
    throw cannotDrop(name);
  }
  const { columns, primaryKey, indexes } = alteration.schema;
  if (columns.filter(({ hiddenSystem }) => !hiddenSystem).length === 1)
    throw new SqlError(1090, '42000', "You can't delete all columns with ALTER TABLE; use DROP TABLE instead");
  const { tag } = columns[at]!;
  if (!alteration.target.temporary) {
    for (const key of alteration.root.foreignKeys()) {
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
  assertNoKeyExpression(alteration.schema, columns[at]!.name);
  assertUnused(alteration, columns[at]!.name);
  const checks = checksWithout(alteration, columns[at]!.name);
  const place = (old: number): number => (old > at ? old - 1 : old);
  // Indexes that have the column go with it, but their trees stay: part of the original's hash of the table.
  const kept = indexes.flatMap((index) => {
    if (!index.columns.includes(at)) return [index];
    const others = index.columns.filter((column) => column !== at);
    // A full-text index goes on over its other columns.
    return index.fullText === undefined || others.length === 0 ? [] : [{ ...index, columns: others }];
  });
  const abandoned = new Map(alteration.table.abandoned);
  for (const { name, columns: parts } of indexes) {
    if (parts.includes(at) && !kept.some((index) => index.name === name))
      abandoned.set(name, alteration.table.index(name).address);
  }
  const remaining = alteration.schema.with({
    columns: columns.filter((_, i) => i !== at),
    primaryKey: primaryKey.filter((column) => column !== at).map(place),
    indexes: kept.map((index) => ({ ...index, columns: index.columns.map(place) })),
    checks,
  });
  const schema = rewrittenSchema(remaining, quotedNames);
  const rebuilt = yield* alteration.rebuilt(schema, (row) => row.filter((_, i) => i !== at));
  // The original lists the first column in the place of the one that was dropped from the primary key.
  const listed = (column: number): number => (column === at ? 0 : place(column));
  const listedKeys = primaryKey.includes(at)
    ? new Map(kept.map((index) => [index.name, alteration.schema.indexKeyColumns(index).map(listed)]))
    : undefined;
  const remains = rebuilt.with({ abandoned, schema: schema.with({ listedKeys }) });
  // An index over the column may have had expressions of others, too.
  const used = withoutUnusedExpressions(remains.schema);
  alteration.set(used === remains.schema ? remains : withSchema(remains, used));
}

/** No generated column or default needs it. */
function assertUnused(alteration: Alteration, column: string): void {
  const uses = (text: string): boolean => namesIn(quotedNames(text)).includes(column.toLowerCase());
  for (const { name, generated, defaultValue } of alteration.schema.columns) {
    if (name === column) continue;
    if (generated !== '' && uses(generated)) {
      throw new SqlError(3108, 'HY000', `Column '${column}' has a generated column dependency.`, 'conflict');
    }
    if (defaultValue.startsWith('(') && uses(defaultValue)) {
      throw new SqlError(
        3837,
        'HY000',
        `Column '${column}' of table '${alteration.name}' has a default value expression dependency and cannot be dropped or renamed.`,
        'conflict',
      );
    }
  }
}

/** Checks of a dropped column alone go with it. */
function checksWithout(alteration: Alteration, column: string): CheckDefinition[] {
  return alteration.schema.checks.filter(({ name, expression }) => {
    const names = namesIn(expression);
    if (!names.includes(column.toLowerCase())) return true;
    if (names.some((other) => other !== column.toLowerCase())) throw usedInCheck(name, column);
    return false;
  });
}

export function renameColumn(alteration: Alteration, from: string, to: string): void {
  const at = alteration.schema.columnPosition(from);
  if (at < 0) throw unknownColumn(from, alteration.name);
  const other = alteration.schema.columnPosition(to);
  if (other >= 0 && other !== at) throw duplicateColumn(to);
  assertNoKeyExpression(alteration.schema, from);
  for (const { name, expression } of alteration.schema.checks) {
    if (namesIn(expression).includes(from.toLowerCase())) throw usedInCheck(name, from);
  }
  alteration.table = withSchema(alteration.table, withNewName(alteration.schema, from, to));
  alteration.replaceColumn(at, { ...withExpression(alteration.schema.columns[at]!, quotedNames), name: to });
  renameInForeignKeys(alteration, from, to);
}

function renameInForeignKeys(alteration: Alteration, from: string, to: string): void {
  const keys = alteration.root.foreignKeys();
  if (keys.length === 0 || alteration.target.temporary) return;
  alteration.root = alteration.root.withForeignKeys(renamedColumnInKeys(keys, alteration.name, from, to));
}

export function setDefault(alteration: Alteration, name: string, value: DefaultSyntax): void {
  const at = alteration.position(name);
  const column = alteration.schema.columns[at]!;
  if (column.autoIncrement) throw invalidDefault(column.name);
  assertDefault(value.expression, column.name);
  const text = defaultText(value, column.name, storedType(column.sqlType), column.nullable, alteration.scene);
  alteration.replaceColumn(at, { defaultValue: text });
}

export function dropDefault(alteration: Alteration, name: string): void {
  alteration.replaceColumn(alteration.position(name), { defaultValue: '' });
}

function usedInCheck(check: string, column: string): SqlError {
  const message = `Check constraint '${check}' uses column '${column}', hence column cannot be dropped or renamed.`;
  return new SqlError(3959, 'HY000', message, 'conflict');
}

/** `isLenient`: what takes no NULL gets its type's own default for one. */
function converted(
  value: Value,
  { name, nullable, sqlType }: ColumnDefinition,
  convert: Convert,
  scene: ConvertScene,
  isLenient: boolean,
): Value {
  if (value !== null) return convert(value, scene);
  if (nullable) return null;
  if (!isLenient) throw columnNotNull(name);
  const { errno, message } = dataTruncated(name, scene.row);
  scene.warn?.({ level: 'Warning', code: errno, message });
  return implicitDefault(storedType(sqlType));
}

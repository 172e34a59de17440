/**
 * Foreign keys from their syntax: columns, the indexes that serve on both sides (FORMAT.md §3.11), names. A child without
 * a fitting index gets one that is marked as Dolt's own.
 */
import { canReferAll } from '../../repo/foreign-key-types.ts';
import type { ForeignKeys } from '../../repo/foreign-keys.ts';
import { declaredBy } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Steps } from '../../repo/steps.ts';
import { type ForeignKeyMessage, ReferentialAction } from '../../serial/foreign-key-collection.ts';
import type { IndexDefinition, TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import type { ForeignKeySyntax, ReferenceAction } from '../syntax/ast/table-elements.ts';
import { foreignKeyChild, keyColumnMissing, SqlError, setNullColumn } from '../types/sql-error.ts';
import type { SqlTypeKind } from '../types/sql-type.ts';
import { displayTypeText } from '../types/sql-type-text.ts';
import { freeIndexName } from './index-draft.ts';
import { rowsByKey } from './rows-by-key.ts';
import type { StatementScene } from './scene.ts';
import { forEachRow, withIndex } from './table-rebuild.ts';

const ACTIONS: Readonly<Record<ReferenceAction, ReferentialAction>> = {
  restrict: ReferentialAction.restrict,
  cascade: ReferentialAction.cascade,
  'set null': ReferentialAction.setNull,
  'no action': ReferentialAction.noAction,
  'set default': ReferentialAction.default,
};

const MATCHES = { simple: 0, full: 1, partial: 2 } as const;

/** The root with the key added to `table`, whose rows are checked against it. */
export function* withForeignKey(
  root: RootValue,
  table: string,
  syntax: ForeignKeySyntax,
  scene: StatementScene,
): Steps<RootValue> {
  const checks = scene.session.variables.isOn('foreign_key_checks');
  const keys = root.foreignKeys();
  const { references } = syntax;
  // InnoDB refuses it as well.
  if (references.onDelete === 'set default' || references.onUpdate === 'set default')
    throw new SqlError(1235, '42000', '"SET DEFAULT" is not supported', 'unsupported');
  let child = root.table(table)!;
  const childColumns = syntax.columns.map((name) => position(child.schema, name, () => keyColumnMissing(name)));
  const parentTable = root.resolveTableName(references.table.name);
  if (syntax.columns.length !== references.columns.length && references.columns.length > 0) {
    throw new SqlError(
      1239,
      '42000',
      `Incorrect foreign key definition for '${syntax.name ?? ''}': Key reference and table reference don't match`,
    );
  }
  const setsNull = references.onDelete === 'set null' || references.onUpdate === 'set null';
  if (setsNull && childColumns.some((column) => !child.schema.columns[column]!.nullable)) {
    throw setNullColumn(syntax.columns[0]!, syntax.name ?? '');
  }
  const name = syntax.name ?? freeKeyName(keys, table);
  if (keys.some((key) => key.name.toLowerCase() === name.toLowerCase())) {
    throw new SqlError(1826, 'HY000', `Duplicate foreign key constraint name '${name}'`, 'conflict');
  }
  if (parentTable === undefined && checks) {
    throw new SqlError(1824, 'HY000', `Failed to open the referenced table '${references.table.name}'`, 'notFound');
  }
  let next = root;
  // As in the original, no index with a prefix of any column keeps the key from getting one of its own.
  const whole = child.schema.with({
    indexes: child.schema.indexes.filter((index) => index.prefixLengths.length === 0),
  });
  if (fittingIndex(whole, childColumns) === undefined && !startsPrimaryKey(whole, childColumns)) {
    const index = foreignKeyIndex(child.schema, childColumns, syntax);
    child = yield* withIndex(child, table, index, scene);
    next = next.withTable(table, child);
  }
  const parts = {
    name,
    childTable: table,
    parentTable: parentTable ?? references.table.name,
    onUpdate: references.onUpdate === undefined ? ReferentialAction.default : ACTIONS[references.onUpdate],
    onDelete: references.onDelete === undefined ? ReferentialAction.default : ACTIONS[references.onDelete],
    matchType: references.match === undefined ? 0 : MATCHES[references.match],
    isNotValid: false,
  };
  const childNames = childColumns.map((column) => child.schema.columns[column]!.name);
  if (parentTable === undefined || !checks) {
    const unresolved: ForeignKeyMessage = {
      ...parts,
      childIndex: '',
      childColumns: [],
      parentIndex: '',
      parentColumns: [],
      unresolvedChildColumns: childNames,
      unresolvedParentColumns: references.columns,
    };
    return next.withForeignKeys([...keys, unresolved]);
  }
  const key = resolvedKey(next, parts, childNames, references.columns);
  yield* checkRows(next, key, scene);
  return next.withForeignKeys([...keys, key]);
}

type KeyParts = Pick<
  ForeignKeyMessage,
  'name' | 'childTable' | 'parentTable' | 'onUpdate' | 'onDelete' | 'matchType' | 'isNotValid'
>;

/** With tags and indexes of both sides. Throws 1822 when nothing in the parent serves. */
function resolvedKey(
  root: RootValue,
  parts: KeyParts,
  childNames: readonly string[],
  parentNames: readonly string[],
): ForeignKeyMessage {
  const child = root.table(parts.childTable)!.schema;
  const parent = root.table(parts.parentTable)!.schema;
  const childColumns = childNames.map((name) => position(child, name, () => keyColumnMissing(name)));
  const named = parentNames.length > 0 ? parentNames : parent.primaryKey.map((column) => parent.columns[column]!.name);
  const parentColumns = named.map((name) =>
    position(parent, name, () => {
      const where = `for constraint '${parts.name}' in the referenced table '${parts.parentTable}'`;
      const text = `Failed to add the foreign key constraint. Missing column '${name}' ${where}`;
      return new SqlError(3734, 'HY000', text);
    }),
  );
  childColumns.forEach((column, i) => {
    const [mine, theirs] = [child.columns[column]!, parent.columns[parentColumns[i]!]!];
    if (comparable(mine.sqlType) === comparable(theirs.sqlType)) return;
    throw new SqlError(
      3780,
      'HY000',
      `Referencing column '${mine.name}' and referenced column '${theirs.name}' in foreign key constraint '${parts.name}' are incompatible.`,
    );
  });
  const parentIndex = fittingIndex(parent, parentColumns, true);
  if (parentIndex === undefined && !startsPrimaryKey(parent, parentColumns)) {
    throw new SqlError(
      1822,
      'HY000',
      `Failed to add the foreign key constraint. Missing index for constraint '${parts.name}' in the referenced table '${parts.parentTable}'`,
    );
  }
  return {
    ...parts,
    childIndex: fittingIndex(child, childColumns)?.name ?? '',
    childColumns: childColumns.map((column) => child.columns[column]!.tag),
    parentIndex: parentIndex?.name ?? '',
    parentColumns: parentColumns.map((column) => parent.columns[column]!.tag),
    unresolvedChildColumns: childNames,
    unresolvedParentColumns: parentColumns.map((column) => parent.columns[column]!.name),
  };
}

/** Two columns fit when their types differ in length only, in members, or as moments do. That values match does not follow. */
function comparable(sqlType: string): string {
  const type = storedType(sqlType);
  if (type.kind === 'char' || type.kind === 'varchar') return `text ${type.collation}`;
  if (type.kind === 'binary' || type.kind === 'varbinary') return 'bytes';
  if (MEASURED.has(type.kind)) return type.kind;
  if (MOMENTS.has(type.kind)) return 'moment';
  if (type.kind === 'integer') return `integer ${type.bits} ${type.unsigned}`;
  return displayTypeText(type);
}

const MEASURED: ReadonlySet<SqlTypeKind> = new Set(['decimal', 'enum', 'set']);
const MOMENTS: ReadonlySet<SqlTypeKind> = new Set(['date', 'time', 'datetime', 'timestamp']);

function position(schema: TableSchema, name: string, missing: () => SqlError): number {
  const at = schema.columnPosition(name);
  if (at < 0) throw missing();
  return at;
}

function startsPrimaryKey({ primaryKey }: TableSchema, columns: readonly number[]): boolean {
  return areFirst(columns, primaryKey);
}

/** The columns are the first ones of `fields`, in this order. */
function areFirst(columns: readonly number[], fields: readonly number[]): boolean {
  return columns.every((column, i) => fields[i] === column);
}

/**
 * The secondary index that serves best: of exactly these columns, then the longest, unique before others, by name. `extended`:
 * the columns of the primary key, which every index ends with, count as well, as they do in a parent.
 */
function fittingIndex(schema: TableSchema, columns: readonly number[], extended = false): IndexDefinition | undefined {
  const exact = (index: IndexDefinition): boolean => index.columns.length === columns.length;
  const fitting = schema.indexes.filter((index) => {
    const isCut = index.columns.some((column, i) => columns.includes(column) && (index.prefixLengths[i] ?? 0) > 0);
    const rest = extended ? schema.primaryKey.filter((column) => !index.columns.includes(column)) : [];
    return !isCut && !index.spatial && index.fullText === undefined && areFirst(columns, [...index.columns, ...rest]);
  });
  fitting.sort((a, b) => {
    if (exact(a) !== exact(b)) return exact(a) ? -1 : 1;
    if (a.columns.length !== b.columns.length) return b.columns.length - a.columns.length;
    if (a.unique !== b.unique) return a.unique ? -1 : 1;
    return a.name < b.name ? -1 : 1;
  });
  return fitting[0];
}

function foreignKeyIndex(schema: TableSchema, columns: readonly number[], syntax: ForeignKeySyntax): IndexDefinition {
  const taken = new Set(schema.indexes.map(({ name }) => name.toLowerCase()));
  const name = syntax.name ?? freeIndexName(schema.columns[columns[0]!]!.name, taken);
  return {
    name,
    columns,
    unique: false,
    comment: '',
    systemDefined: true,
    prefixLengths: [],
    spatial: false,
    predicate: '',
  };
}

/** `<table>_ibfk_<n>`, one more than the highest in use. */
function freeKeyName(keys: ForeignKeys, table: string): string {
  const prefix = `${table.toLowerCase()}_ibfk_`;
  let highest = 0;
  for (const { name } of declaredBy(keys, table)) {
    if (name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))) {
      highest = Math.max(highest, Number(name.slice(prefix.length)));
    }
  }
  return `${prefix}${highest + 1}`;
}

/** Every row of the child has its parent. Throws 1452. */
function* checkRows(root: RootValue, key: ForeignKeyMessage, scene: StatementScene): Steps<void> {
  const child = root.table(key.childTable)!;
  if (child.rows.count === 0) return;
  const parent = root.table(key.parentTable)!;
  const at = (schema: TableSchema, tags: readonly number[]): number[] =>
    tags.map((tag) => schema.columns.findIndex((column) => column.tag === tag));
  const childColumns = at(child.schema, key.childColumns);
  const parentColumns = at(parent.schema, key.parentColumns);
  const canMatch = canReferAll(child.schema, childColumns, parent.schema, parentColumns);
  const seen = new Set<string>();
  yield* forEachRow(child, key.childTable, scene, (row) => {
    const values = childColumns.map((column): Value => row[column]!);
    if (values.includes(null)) return;
    const text = values.join('\u0000');
    if (seen.has(text)) return;
    if (seen.size < 100_000) seen.add(text);
    if (!canMatch || rowsByKey(parent, parentColumns, values).next().done) {
      throw foreignKeyChild(`\`${key.childTable}\`, CONSTRAINT \`${key.name}\``);
    }
  });
}

/**
 * Keys that were made while checks were off become whole as soon as both tables are there; those that a change of
 * indexes left without their index get the one that serves now.
 */
export function resolveForeignKeys(root: RootValue): RootValue {
  const keys = root.foreignKeys();
  if (keys.every(({ childColumns }) => childColumns.length > 0)) return root;
  let changed = false;
  const next = keys.map((key) => {
    if (key.childColumns.length > 0) return key;
    const childTable = root.resolveTableName(key.childTable);
    const parentTable = root.resolveTableName(key.parentTable);
    if (childTable === undefined || parentTable === undefined) return key;
    try {
      const parts = { ...key, childTable, parentTable };
      const resolved = resolvedKey(root, parts, key.unresolvedChildColumns ?? [], key.unresolvedParentColumns ?? []);
      changed = true;
      return resolved;
    } catch (error) {
      if (error instanceof SqlError) return key;
      throw error;
    }
  });
  return changed ? root.withForeignKeys(next) : root;
}

/** After indexes of `table` changed: keys name the index that serves now. Throws 1553 when none is left. */
export function withForeignKeyIndexes(root: RootValue, table: string, droppedIndex: string): RootValue {
  const { schema } = root.table(table)!;
  const name = table.toLowerCase();
  const positions = (tags: readonly number[]): number[] =>
    tags.map((tag) => schema.columns.findIndex((column) => column.tag === tag));
  const serving = (tags: readonly number[], extended: boolean): string => {
    const columns = positions(tags);
    const index = fittingIndex(schema, columns, extended);
    if (index === undefined && !startsPrimaryKey(schema, columns)) {
      throw new SqlError(
        1553,
        'HY000',
        `Cannot drop index '${droppedIndex}': needed in a foreign key constraint`,
        'conflict',
      );
    }
    return index?.name ?? '';
  };
  const dropped = droppedIndex.toLowerCase();
  let changed = false;
  const keys = root.foreignKeys().map((key) => {
    let next = key;
    if (key.childTable.toLowerCase() === name && key.childIndex.toLowerCase() === dropped) {
      next = { ...next, childIndex: serving(key.childColumns, false) };
    }
    if (key.parentTable.toLowerCase() === name && key.parentIndex.toLowerCase() === dropped) {
      next = { ...next, parentIndex: serving(key.parentColumns, true) };
    }
    changed ||= next !== key;
    return next;
  });
  return changed ? root.withForeignKeys(keys) : root;
}

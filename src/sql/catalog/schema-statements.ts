/** Statements that make a table's definition, or turn it into what it is in another root. */
import { declaredBy, equalKeys } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import type { ColumnDefinition, IndexDefinition, TableSchema } from '../../table/schema.ts';
import { isShown } from '../../table/shown-columns.ts';
import { collationById } from '../../tuple/collation.ts';
import { quoteName } from '../syntax/print-expression.ts';
import type { CollationName } from '../types/sql-type.ts';
import { checksOf } from './checks-of.ts';
import { checkLine, columnLine, createTableText, foreignKeyLine, indexLine } from './describe-table.ts';
import { rootNames } from './root-names.ts';

/** The CREATE TABLE statement of a table in a root, with its `;`. */
export function createStatement(root: RootValue, name: string | undefined): string | undefined {
  const table = name === undefined ? undefined : root.table(name);
  if (name === undefined || table === undefined) return undefined;
  return `${createTableText(name, table, root.foreignKeys(), rootNames(root))};`;
}

/** Statements that turn the old definition into the new one, in an order in which they can run. */
export function schemaStatements(delta: TableDelta): string[] {
  const { kind, fromName, toName, fromRoot, toRoot } = delta;
  if (kind === 'added') return [createStatement(toRoot, toName)!];
  if (kind === 'dropped') return [`DROP TABLE ${quoteName(fromName!)};`];
  const renamed = kind === 'renamed' ? [`RENAME TABLE ${quoteName(fromName!)} TO ${quoteName(toName!)};`] : [];
  const [from, to] = [fromTable(delta)!.schema, toTable(delta)!.schema];
  const fromKeys = declaredBy(fromRoot.foreignKeys(), fromName!);
  const toKeys = declaredBy(toRoot.foreignKeys(), toName!);
  const keys = changesOf(fromKeys, toKeys, (a, b) => equalKeys([{ ...a, childTable: '' }], [{ ...b, childTable: '' }]));
  const checks = changesOf(checksOf(fromName!, from), checksOf(toName!, to), sameFields);
  const actions = [
    ...keys.gone.map(({ name }) => `DROP FOREIGN KEY ${quoteName(name)}`),
    ...checks.gone.map(({ name }) => `DROP CONSTRAINT ${quoteName(name)}`),
    ...columnActions(from, to),
    ...primaryKeyActions(from, to),
    ...indexActions(from, to),
    ...keys.come.map((key) => `ADD ${foreignKeyLine(key, rootNames(toRoot))}`),
    ...checks.come.map((check) => `ADD ${checkLine(check)}`),
    ...(from.collation === to.collation ? [] : [`COLLATE='${collationOf(to)}'`]),
  ];
  return [...renamed, ...actions.map((action) => `ALTER TABLE ${quoteName(toName!)} ${action};`)];
}

const collationOf = ({ collation }: TableSchema): CollationName => collationById(collation)!.name as CollationName;

const sameFields = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

function changesOf<Item extends object>(
  before: readonly Item[],
  after: readonly Item[],
  isSame: (a: Item, b: Item) => boolean,
): { readonly gone: readonly Item[]; readonly come: readonly Item[] } {
  return {
    gone: before.filter((item) => !after.some((other) => isSame(item, other))),
    come: after.filter((item) => !before.some((other) => isSame(other, item))),
  };
}

function* columnActions(from: TableSchema, to: TableSchema): Generator<string, void> {
  const shown = (schema: TableSchema): ColumnDefinition[] => schema.columns.filter(isShown);
  const definition = (column: ColumnDefinition): string => columnLine(column, collationOf(to));
  const byTag = new Map(shown(to).map((column) => [column.tag, column]));
  for (const column of shown(from)) {
    const now = byTag.get(column.tag);
    byTag.delete(column.tag);
    if (now === undefined) yield `DROP ${quoteName(column.name)}`;
    else {
      if (now.name !== column.name) yield `RENAME COLUMN ${quoteName(column.name)} TO ${quoteName(now.name)}`;
      if (!sameColumn(column, now)) yield `MODIFY COLUMN ${definition(now)}`;
    }
  }
  for (const column of byTag.values()) yield `ADD ${definition(column)}`;
}

const sameColumn = (a: ColumnDefinition, b: ColumnDefinition): boolean =>
  a.sqlType === b.sqlType &&
  a.nullable === b.nullable &&
  a.autoIncrement === b.autoIncrement &&
  a.defaultValue === b.defaultValue &&
  a.onUpdate === b.onUpdate &&
  a.generated === b.generated &&
  a.comment === b.comment;

function primaryKeyActions(from: TableSchema, to: TableSchema): string[] {
  const keyOf = ({ primaryKey, columns }: TableSchema): ColumnDefinition[] => primaryKey.map((i) => columns[i]!);
  const [before, after] = [keyOf(from), keyOf(to)];
  if (before.map(({ tag }) => tag).join() === after.map(({ tag }) => tag).join()) return [];
  return [
    ...(before.length > 0 ? ['DROP PRIMARY KEY'] : []),
    ...(after.length > 0 ? [`ADD PRIMARY KEY (${after.map(({ name }) => quoteName(name)).join(',')})`] : []),
  ];
}

function indexActions(from: TableSchema, to: TableSchema): string[] {
  // A column is the same under another name and in another place.
  const byTag = ({ columns }: TableSchema, index: IndexDefinition): object => ({
    ...index,
    columns: index.columns.map((column) => columns[column]!.tag),
    systemDefined: false,
  });
  const { gone, come } = changesOf(
    from.indexes.map((index) => ({ index, identity: byTag(from, index) })),
    to.indexes.map((index) => ({ index, identity: byTag(to, index) })),
    (a, b) => sameFields(a.identity, b.identity),
  );
  return [
    ...gone.map(({ index }) => `DROP INDEX ${quoteName(index.name)}`),
    ...come.map(
      ({ index }) =>
        `ADD ${indexLine(to, index)
          .replace(/\bKEY\b/, 'INDEX')
          .replace('` (', '`(')}`,
    ),
  ];
}

/**
 * The rows of a table under another schema: every row is read, given its new shape and put into a table of the new
 * schema. What does not depend on the change (rows, single indexes) is kept as it is.
 */
import { TreeMap } from '../../prolly/tree-map.ts';
import type { Steps } from '../../repo/steps.ts';
import { DuplicateKeyError } from '../../table/duplicate-key-error.ts';
import { IndexEditor } from '../../table/index-editor.ts';
import type { IndexDefinition, TableSchema } from '../../table/schema.ts';
import { indexFormat, Table } from '../../table/table.ts';
import { TableEditor } from '../../table/table-editor.ts';
import type { Value } from '../../tuple/value.ts';
import { sourceColumns } from '../catalog/table-columns.ts';
import { cardinalityAt, rowAt } from '../catalog/table-rows.ts';
import { type MakeValue, RowExpressions } from './row-expressions.ts';
import type { StatementScene } from './scene.ts';

export type Row = readonly Value[];

export interface VirtualColumn {
  readonly column: number;
  readonly make: MakeValue;
}

/** Rows between two looks at the clock. */
const PAUSE_ROWS = 4096;

/** Visits every row (a keyless one as often as it is there), its virtual columns computed. */
export function* forEachRow(
  table: Table,
  name: string,
  scene: StatementScene,
  visit: (row: Row, key: () => Uint8Array) => void,
): Steps<void> {
  const { schema } = table;
  const virtual = virtualColumns(schema, name, scene);
  let rows = 0;
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) {
      const row = rowAt(table, node, i);
      for (const { column, make } of virtual) row[column] = make(row);
      const times = schema.isKeyless ? cardinalityAt(table, node, i) : 1;
      for (let n = 0; n < times; n++) visit(row, () => node.key(i));
      if (++rows % PAUSE_ROWS === 0) {
        const wait = scene.pause();
        if (wait !== undefined) yield wait;
      }
    }
  }
}

/** What is computed of each row where index keys may hold it: in this order, each may read those before it. */
export function virtualColumns(schema: TableSchema, name: string, scene: StatementScene): VirtualColumn[] {
  if (!schema.columns.some(({ virtual }) => virtual)) return [];
  const expressions = new RowExpressions(schema, sourceColumns(schema), name, scene);
  return schema.columns.flatMap(({ virtual }, column) =>
    virtual ? [{ column, make: expressions.generatedOf(column)! }] : [],
  );
}

/**
 * A table of `schema` with the rows that `convert` makes. As in the original, a table without rows stores no
 * auto-increment counter afterwards. Throws `DuplicateKeyError`.
 */
export function* rebuildTable(
  table: Table,
  name: string,
  schema: TableSchema,
  scene: StatementScene,
  convert: (row: Row) => Row,
): Steps<Table> {
  const editor = new TableEditor(Table.create(table.store, schema));
  yield* forEachRow(table, name, scene, (row) => editor.insert(convert(row)));
  const { artifacts, abandoned } = table;
  const counts = schema.columns.some((column) => column.autoIncrement) && table.rows.count > 0;
  const autoIncrement = counts ? later(table.autoIncrement, editor.autoIncrement) : 0;
  return editor.finish().with({ artifacts, abandoned, autoIncrement });
}

function later(a: Table['autoIncrement'], b: Table['autoIncrement']): Table['autoIncrement'] {
  return a > b ? a : b;
}

/** The table with another index. Throws `DuplicateKeyError` for a unique one that two rows break. */
export function* withIndex(table: Table, name: string, index: IndexDefinition, scene: StatementScene): Steps<Table> {
  const schema = table.schema.with({ indexes: sortedIndexes([...table.schema.indexes, index]) });
  const empty = TreeMap.empty(table.store, indexFormat(table.store, schema, index));
  const indexes = new Map(table.indexes);
  if (table.rows.count === 0) {
    indexes.set(index.name, empty);
    // A unique index is built by rewriting the table.
    return table.with({ schema, indexes, ...(index.unique ? { autoIncrement: 0 } : {}) });
  }
  const editor = new IndexEditor(table.store, schema, index, empty);
  let last: Row | undefined;
  yield* forEachRow(table, name, scene, (row, key) => {
    const unique = editor.uniqueKey(row);
    if (unique !== undefined && editor.find(unique) !== undefined) throw new DuplicateKeyError(index.name, unique, row);
    if (schema.isKeyless && last === row) return;
    last = row;
    editor.insert(row, schema.isKeyless ? key() : undefined);
  });
  indexes.set(index.name, editor.finish());
  return table.with({ schema, indexes });
}

/** Another schema over the same rows and indexes. */
export function withSchema(table: Table, schema: TableSchema): Table {
  const indexes = new Map([...table.indexes].filter(([name]) => schema.index(name) !== undefined));
  return table.with({ schema, indexes });
}

export function sortedIndexes(indexes: readonly IndexDefinition[]): IndexDefinition[] {
  return [...indexes].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

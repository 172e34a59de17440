/** Small tables for tests of verbs: `pk int primary key, c1 int, c2 varchar(20)`. */

import type { RootValue } from '../../src/repo/root-value.ts';
import { completeNow } from '../../src/repo/steps.ts';
import { newColumnTags } from '../../src/table/column-tags.ts';
import { decodeRow } from '../../src/table/row-codec.ts';
import { type ColumnDefinition, TableSchema } from '../../src/table/schema.ts';
import { Table } from '../../src/table/table.ts';
import { type Row, TableEditor } from '../../src/table/table-editor.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { Workspace } from '../../src/verbs/workspace.ts';

interface Made {
  readonly name: string;
  readonly sqlType: string;
  readonly encoding: Encoding;
  readonly hidden?: boolean;
}

const plain: readonly Made[] = [
  { name: 'pk', sqlType: 'int', encoding: Encoding.int32 },
  { name: 'c1', sqlType: 'int', encoding: Encoding.int32 },
  { name: 'c2', sqlType: 'varchar(20)', encoding: Encoding.stringAdaptive },
];

const ignore: readonly Made[] = [
  { name: 'pattern', sqlType: 'text', encoding: Encoding.string },
  { name: 'ignored', sqlType: 'tinyint(1)', encoding: Encoding.int8 },
];

export function schemaOf(table: string, made: readonly Made[], primaryKey: readonly number[]): TableSchema {
  const tags = newColumnTags(table, [], made, []);
  const columns = made.map(
    ({ name, sqlType, encoding }, i): ColumnDefinition => ({
      name,
      tag: tags[i]!,
      sqlType,
      encoding,
      nullable: !primaryKey.includes(i),
      autoIncrement: false,
      defaultValue: '',
      onUpdate: '',
      generated: '',
      virtual: false,
      comment: '',
      hidden: false,
    }),
  );
  return new TableSchema({ columns, primaryKey, indexes: [], checks: [], collation: 309, comment: '' });
}

export const plainSchema = (table: string): TableSchema => schemaOf(table, plain, [0]);
export const ignoreSchema = (): TableSchema => schemaOf('dolt_ignore', ignore, [0]);

/** The root with a table that holds exactly `rows`; a new one, or the one of this name changed. */
export function withRows(root: RootValue, name: string, rows: readonly Row[], schema = plainSchema(name)): RootValue {
  const editor = new TableEditor(root.table(name) ?? Table.create(root.nodes, schema));
  editor.truncate();
  for (const row of rows) editor.insert(row);
  return root.withTable(name, editor.finish());
}

/** Changes the working root, as SQL would. */
export function work(workspace: Workspace, change: (root: RootValue) => RootValue): void {
  const workingSet = workspace.workingSet();
  completeNow(workspace.setWorkingSet({ ...workingSet, working: change(workingSet.working) }, 'test'));
}

/** All rows of a table, in key order. */
export function rowsOf(table: Table): Row[] {
  const rows: Row[] = [];
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) rows.push(decode(table, node.key(i), node.value(i)));
  }
  return rows;
}

function decode(table: Table, key: Uint8Array, value: Uint8Array): Row {
  return decodeRow(table.schema, key, 0, key.length, value, 0, value.length, table.store);
}

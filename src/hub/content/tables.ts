/** What a commit holds: tables with their columns, views, documents. */

import type { RootValue } from '../../repo/root-value.ts';
import { createTableText, defaultValueText, extraText, keyMark } from '../../sql/catalog/describe-table.ts';
import { rootNames } from '../../sql/catalog/root-names.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import { storedViews } from '../../sql/catalog/views.ts';
import { displayTypeText } from '../../sql/types/sql-type-text.ts';
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import { isShown } from '../../table/shown-columns.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: 'PRI' | 'UNI' | 'MUL' | '';
  readonly default: string | null;
  readonly extra: string;
  readonly comment: string;
}

export interface TableOverview {
  readonly name: string;
  /** Rows; of a keyless table, different ones. */
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly comment: string;
}

export interface View {
  readonly name: string;
  /** The whole CREATE VIEW. */
  readonly definition: string;
}

/** Dolt's own tables are stored beside the user's. */
const isInternal = (name: string): boolean => /^dolt_/i.test(name);

export function tablesOf(root: RootValue): TableOverview[] {
  return root
    .tableNames()
    .filter((name) => !isInternal(name))
    .map((name) => {
      const table = root.table(name)!;
      const { schema } = table;
      return { name, rows: table.entryCount, columns: columnsOf(schema), comment: schema.comment };
    });
}

/** Columns that a `SELECT *` shows, in order. */
export const shownColumns = (schema: TableSchema): readonly ColumnDefinition[] => schema.columns.filter(isShown);

export function columnsOf(schema: TableSchema): Column[] {
  return schema.columns.flatMap((column, at) => {
    if (!isShown(column)) return [];
    return {
      name: column.name,
      type: displayTypeText(storedType(column.sqlType)),
      nullable: column.nullable,
      key: keyMark(schema, at),
      default: defaultValueText(column),
      extra: extraText(column),
      comment: column.comment,
    };
  });
}

/** The CREATE TABLE of a stored table. */
export function createText(root: RootValue, name: string): string {
  return `${createTableText(name, root.table(name)!, root.foreignKeys(), rootNames(root))};`;
}

export function viewsOf(root: RootValue): View[] {
  return storedViews(root).map(({ name, text }) => ({ name, definition: text }));
}

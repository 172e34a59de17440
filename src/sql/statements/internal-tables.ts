/** Dolt's tables that are stored like any other and made when first written: dolt_ignore, dolt_docs, dolt_schemas … */
import type { RootValue } from '../../repo/root-value.ts';
import { DOLT_PROCEDURES_TAGS, DOLT_SCHEMAS_TAGS } from '../../table/reserved-tags.ts';
import { type ColumnDefinition, newColumn, TableSchema } from '../../table/schema.ts';
import { Table } from '../../table/table.ts';
import { DEFAULT_COLLATION_ID } from '../../tuple/collation.ts';
import { encodingOf } from '../bind/column-type.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import { storedType } from '../catalog/table-columns.ts';
import { tagged } from './new-column-tags.ts';

interface InternalTable {
  /** Name, type, NOT NULL; those of the primary key come first. */
  readonly columns: readonly (readonly [name: string, type: string, notNull: boolean])[];
  readonly keys: number;
  readonly tags?: Readonly<Record<string, number>>;
}

const AI_CI = 'COLLATE utf8mb4_0900_ai_ci';

const TABLES: Readonly<Record<string, InternalTable>> = {
  dolt_ignore: {
    columns: [
      ['pattern', 'text', true],
      ['ignored', 'tinyint(1)', true],
    ],
    keys: 1,
  },
  dolt_docs: {
    columns: [
      ['doc_name', 'varchar(1023)', true],
      ['doc_text', 'longtext', true],
    ],
    keys: 1,
  },
  dolt_schemas: {
    columns: [
      ['type', `varchar(64) ${AI_CI}`, true],
      ['name', `varchar(64) ${AI_CI}`, true],
      ['fragment', 'longtext', false],
      ['extra', 'json', false],
      ['sql_mode', `varchar(256) ${AI_CI}`, false],
    ],
    keys: 2,
    tags: DOLT_SCHEMAS_TAGS,
  },
  dolt_procedures: {
    columns: [
      ['name', 'varchar(1023)', true],
      ['create_stmt', 'varchar(8191)', false],
      ['created_at', 'datetime(6)', false],
      ['modified_at', 'datetime(6)', false],
      ['sql_mode', 'varchar(1023)', false],
    ],
    keys: 1,
    tags: DOLT_PROCEDURES_TAGS,
  },
  dolt_query_catalog: {
    columns: [
      ['id', 'longtext', true],
      ['display_order', 'int', true],
      ['name', 'text', true],
      ['query', 'text', true],
      ['description', 'text', true],
    ],
    keys: 1,
  },
  dolt_nonlocal_tables: {
    columns: [
      ['table_name', 'varchar(65535)', true],
      ['target_ref', 'varchar(65535)', false],
      ['ref_table', 'varchar(65535)', false],
      ['options', 'varchar(65535)', false],
    ],
    keys: 1,
  },
  dolt_tests: {
    columns: [
      ['test_name', 'text', true],
      ['test_group', 'text', false],
      ['test_query', 'text', true],
      ['assertion_type', 'text', true],
      ['assertion_comparator', 'text', true],
      ['assertion_value', 'text', false],
    ],
    keys: 1,
  },
};

export function internalColumns(name: string): InternalTable | undefined {
  return TABLES[name.toLowerCase()];
}

/** The root with the internal table in it, empty; undefined when the name is no such table's. */
export function writableInternalTable(name: string, root: RootValue, view: DatabaseView): RootValue | undefined {
  const internal = internalColumns(name);
  if (internal === undefined) return undefined;
  const drafts = internal.columns.map(([column, type, notNull]) => draft(column, type, notNull));
  const table = name.toLowerCase();
  const columns =
    internal.tags === undefined
      ? tagged(drafts, table, [], root, view.headRoot())
      : drafts.map((column) => ({ ...column, tag: internal.tags![column.name]! }));
  const schema = new TableSchema({
    columns,
    primaryKey: Array.from({ length: internal.keys }, (_, i) => i),
    indexes: [],
    checks: [],
    collation: DEFAULT_COLLATION_ID,
    comment: '',
  });
  return root.withTable(table, Table.create(view.repository.nodes, schema));
}

/** A column of a table that nobody declares. */
export function draft(name: string, sqlType: string, notNull: boolean): ColumnDefinition {
  return newColumn({ name, tag: 0, sqlType, encoding: encodingOf(storedType(sqlType)), nullable: !notNull });
}

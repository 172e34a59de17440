/** information_schema.STATISTICS: the columns of every index. */
import type { Value } from '../../tuple/value.ts';
import { keyExpression } from '../catalog/describe-table.ts';
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'STATISTICS',
  'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n NON_UNIQUE:I! INDEX_SCHEMA:n INDEX_NAME:n SEQ_IN_INDEX:o! COLUMN_NAME:n ' +
    'COLLATION:v1 CARDINALITY:i SUB_PART:i PACKED:x NULLABLE:v3! INDEX_TYPE:v11! COMMENT:v8! INDEX_COMMENT:v2048! IS_VISIBLE:v3! EXPRESSION:t',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, table: stored } of userTables(view, session)) {
        const { schema } = stored;
        const primary = {
          name: 'PRIMARY',
          columns: schema.primaryKey,
          unique: true,
          comment: '',
          prefixLengths: [],
          fullText: undefined,
        };
        for (const index of [...(schema.primaryKey.length > 0 ? [primary] : []), ...schema.indexes]) {
          for (const [i, position] of index.columns.entries()) {
            const column = schema.columns[position]!;
            const length: Value = index.prefixLengths[i] || null;
            yield [
              'def',
              view.name,
              name,
              index.unique ? 0 : 1,
              view.name,
              index.name,
              i + 1,
              column.hiddenSystem ? null : column.name,
              index.fullText ? null : 'A',
              stored.entryCount,
              length,
              null,
              column.nullable ? 'YES' : '',
              index.fullText ? 'FULLTEXT' : 'BTREE',
              '',
              index.comment,
              'YES',
              column.hiddenSystem ? keyExpression(column) : null,
            ];
          }
        }
      }
    }
  },
);

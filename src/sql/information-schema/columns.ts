/** information_schema.COLUMNS. */

import { collationByName } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { defaultValueText, extraText, keyMark } from '../catalog/describe-table.ts';
import { storedType } from '../catalog/table-columns.ts';
import { columnFilter } from '../session/table-filter.ts';
import { collationOf, type SqlType } from '../types/sql-type.ts';
import { displayTypeText } from '../types/sql-type-text.ts';
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'COLUMNS',
  'TABLE_CATALOG:n! TABLE_SCHEMA:n! TABLE_NAME:n! COLUMN_NAME:n ORDINAL_POSITION:o! COLUMN_DEFAULT:t IS_NULLABLE:n! DATA_TYPE:t ' +
    'CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:u NUMERIC_SCALE:u DATETIME_PRECISION:o ' +
    'CHARACTER_SET_NAME:n COLLATION_NAME:n COLUMN_TYPE:t! COLUMN_KEY:n! EXTRA:n PRIVILEGES:n COLUMN_COMMENT:t! ' +
    'GENERATION_EXPRESSION:t! SRS_ID:o',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, table: stored } of userTables(view, session)) {
        const { schema } = stored;
        const isShown = columnFilter(view.baseName, name, session);
        for (const [i, column] of schema.columns.entries()) {
          if (!isShown(column.name)) continue;
          const type = storedType(column.sqlType);
          const collation = collationOf(type);
          const charset = collation === undefined ? undefined : collationByName(collation)?.characterSet;
          yield [
            'def',
            view.name,
            name,
            column.name,
            i + 1,
            defaultValueText(column),
            column.nullable ? 'YES' : 'NO',
            dataType(type),
            ...lengths(type),
            ...numeric(type),
            'precision' in type && type.kind !== 'decimal' ? type.precision : null,
            charset ?? null,
            collation ?? null,
            columnType(type),
            keyMark(schema, i),
            extraText(column),
            'insert,references,select,update',
            column.comment,
            column.generated,
            null,
          ];
        }
      }
    }
  },
);

/** The type in full, without its collation: that has its own columns. */
function columnType(type: SqlType): string {
  return displayTypeText(type, collationOf(type));
}

export function dataType(type: SqlType): string {
  return displayTypeText(type).split(/[ (]/)[0]!;
}

const LOB_BYTES = { tiny: 255, normal: 65535, medium: 16777215, long: 4294967295 } as const;

function lengths(type: SqlType): [Value, Value] {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return [type.length, type.length * 4];
    case 'binary':
    case 'varbinary':
      return [type.length, type.length];
    case 'text':
    case 'blob':
      return [LOB_BYTES[type.size], LOB_BYTES[type.size]];
    case 'enum':
    case 'set': {
      const longest = Math.max(0, ...type.members.map((member) => member.length));
      const length = type.kind === 'enum' ? longest : type.members.reduce((sum, member) => sum + member.length + 1, -1);
      return [length, length * 4];
    }
    default:
      return [null, null];
  }
}

const DIGITS = { 8: 3, 16: 5, 24: 7, 32: 10, 64: 19 } as const;

function numeric(type: SqlType): [Value, Value] {
  switch (type.kind) {
    case 'integer':
      return [type.bits === 64 && type.unsigned ? 20 : DIGITS[type.bits], 0];
    case 'decimal':
      return [type.precision, type.scale];
    case 'float':
      return [12, null];
    case 'double':
      return [22, null];
    case 'bit':
      return [type.width, null];
    default:
      return [null, null];
  }
}

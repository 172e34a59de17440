/** information_schema.COLUMNS. */
import type { TableSchema } from '../../table/schema.ts';
import { collationByName } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import { bytesPerCharacter } from '../catalog/character-sets.ts';
import { defaultValueText, extraText, keyMark } from '../catalog/describe-table.ts';
import { storedType } from '../catalog/table-columns.ts';
import { columnFilter } from '../session/table-filter.ts';
import { collationOf, type SqlType } from '../types/sql-type.ts';
import { displayTypeText } from '../types/sql-type-text.ts';
import { mayBeWanted, schemaTable, userTables, userViews, views } from './schema-table.ts';

const SCHEMA = 1;
const TABLE = 2;

export const table = schemaTable(
  'COLUMNS',
  'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n COLUMN_NAME:n ORDINAL_POSITION:o! COLUMN_DEFAULT:s IS_NULLABLE:v3! DATA_TYPE:t ' +
    'CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:u NUMERIC_SCALE:u DATETIME_PRECISION:o ' +
    'CHARACTER_SET_NAME:n COLLATION_NAME:n COLUMN_TYPE:m! COLUMN_KEY:n! EXTRA:v256 PRIVILEGES:v154 COLUMN_COMMENT:s! ' +
    'GENERATION_EXPRESSION:t! SRS_ID:o',
  function* (session, request, scene) {
    const isWanted = (name: string): boolean => mayBeWanted(request, TABLE, name);
    if (mayBeWanted(request, SCHEMA, 'information_schema')) {
      for (const { name, columns } of yield* scene.schemaTables()) {
        if (isWanted(name)) yield* computedColumns('information_schema', name, columns, 'select');
      }
    }
    for (const view of views(session)) {
      if (!mayBeWanted(request, SCHEMA, view.name)) continue;
      for (const { name, table: stored } of userTables(view, session)) {
        if (!isWanted(name)) continue;
        const isShown = columnFilter(view.baseName, name, session);
        for (const row of storedColumns(view.name, name, stored.schema)) if (isShown(String(row[3]))) yield row;
      }
      for (const { name } of userViews(view, session)) {
        if (!isWanted(name)) continue;
        const columns = yield* scene.viewColumns(view.name, name);
        const isShown = columnFilter(view.baseName, name, session);
        const shown = columns?.filter((column) => isShown(column.name)) ?? [];
        yield* computedColumns(view.name, name, shown, PRIVILEGES);
      }
    }
  },
);

const PRIVILEGES = 'insert,references,select,update';

function* storedColumns(database: string, table: string, schema: TableSchema): Generator<readonly Value[]> {
  for (const [i, column] of schema.columns.entries()) {
    if (column.hiddenSystem) continue;
    const { name, nullable, comment, generated } = column;
    const type = storedType(column.sqlType);
    yield [
      ...['def', database, table, name, i + 1, defaultValueText(column), nullable ? 'YES' : 'NO'],
      ...described(type),
      ...[
        keyMark(schema, i),
        extraText(column),
        PRIVILEGES,
        comment,
        generationText(generated),
        spatialReference(type),
      ],
    ];
  }
}

/** Without the parentheses that are stored around it. */
const generationText = (text: string): string => (text.startsWith('(') ? text.slice(1, -1) : text);

/** Those of a view, or of a table of information_schema. */
function* computedColumns(
  database: string,
  table: string,
  columns: readonly SourceColumn[],
  privileges: string,
): Generator<readonly Value[]> {
  for (const [i, { name, type, nullable, comment }] of columns.entries()) {
    yield [
      ...['def', database, table, name, i + 1, null, nullable ? 'YES' : 'NO'],
      ...described(type),
      ...['', '', privileges, comment ?? '', '', spatialReference(type)],
    ];
  }
}

/** DATA_TYPE to COLUMN_TYPE, or DTD_IDENTIFIER. */
export function described(type: SqlType): Value[] {
  const collation = collationOf(type);
  const charset = collation === undefined ? undefined : collationByName(collation)?.characterSet;
  const precision = 'precision' in type && type.kind !== 'decimal' ? type.precision : null;
  return [
    ...[dataType(type), ...lengths(type), ...numeric(type), precision],
    ...[charset ?? null, collation ?? null, columnType(type)],
  ];
}

const spatialReference = (type: SqlType): Value => (type.kind === 'geometry' ? (type.srid ?? null) : null);

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
      return [type.length, type.length * bytesPerCharacter(collationOf(type))];
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
      return [length, length * bytesPerCharacter(collationOf(type))];
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

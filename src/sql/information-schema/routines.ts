/** information_schema.ROUTINES: procedures and functions that databases store. */
import { columnType } from '../bind/column-type.ts';
import { bodyText, definerOf, definerText } from '../catalog/program-texts.ts';
import type { StoredRoutine } from '../catalog/stored-programs.ts';
import type { Session } from '../session/session.ts';
import { routines } from '../session/shown-routines.ts';
import { DEFAULT_COLLATION } from '../types/sql-type.ts';
import { described } from './columns.ts';
import { COLLATIONS, schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'ROUTINES',
  'SPECIFIC_NAME:n! ROUTINE_CATALOG:n ROUTINE_SCHEMA:n ROUTINE_NAME:n! ROUTINE_TYPE:n! DATA_TYPE:t ' +
    'CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:o NUMERIC_SCALE:o DATETIME_PRECISION:o ' +
    'CHARACTER_SET_NAME:n COLLATION_NAME:n DTD_IDENTIFIER:t ROUTINE_BODY:n! ROUTINE_DEFINITION:t EXTERNAL_NAME:t ' +
    'EXTERNAL_LANGUAGE:n! PARAMETER_STYLE:n! IS_DETERMINISTIC:n! SQL_DATA_ACCESS:n! SQL_PATH:t SECURITY_TYPE:n! ' +
    'CREATED:d! LAST_ALTERED:d! SQL_MODE:n! ROUTINE_COMMENT:t! DEFINER:n! CHARACTER_SET_CLIENT:n! ' +
    'COLLATION_CONNECTION:n! DATABASE_COLLATION:n!',
  function* (session: Session) {
    for (const view of views(session)) {
      for (const each of routines(view, session)) yield [each.name, 'def', view.name, ...rowOf(each)];
    }
  },
);

function rowOf(routine: StoredRoutine) {
  const { name, statement, sqlMode, created, modified } = routine;
  const { returns, characteristics, definer } = statement;
  const { deterministic, access, security, comment } = characteristics;
  const type = returns && columnType(returns, DEFAULT_COLLATION, name);
  return [
    name,
    statement.routine.toUpperCase(),
    ...(type === undefined ? ['', null, null, null, null, null, null, null, null] : described(type)),
    'SQL',
    bodyText(routine),
    null,
    'SQL',
    'SQL',
    deterministic ? 'YES' : 'NO',
    (access ?? 'contains sql').toUpperCase(),
    null,
    (security ?? 'definer').toUpperCase(),
    created,
    modified,
    sqlMode,
    comment ?? '',
    definerText(definerOf(definer)),
    ...COLLATIONS,
  ];
}

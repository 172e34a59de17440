/** information_schema.PARAMETERS: of procedures and functions; what a function returns is number 0. */
import { columnType } from '../bind/column-type.ts';
import { routines } from '../session/shown-routines.ts';
import { DEFAULT_COLLATION } from '../types/sql-type.ts';
import { described } from './columns.ts';
import { schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'PARAMETERS',
  'SPECIFIC_CATALOG:n SPECIFIC_SCHEMA:n SPECIFIC_NAME:n! ORDINAL_POSITION:u! PARAMETER_MODE:n PARAMETER_NAME:n ' +
    'DATA_TYPE:t CHARACTER_MAXIMUM_LENGTH:i CHARACTER_OCTET_LENGTH:i NUMERIC_PRECISION:o NUMERIC_SCALE:i ' +
    'DATETIME_PRECISION:o CHARACTER_SET_NAME:n COLLATION_NAME:n DTD_IDENTIFIER:t! ROUTINE_TYPE:n!',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, statement } of routines(view, session)) {
        const kind = statement.routine.toUpperCase();
        const start = ['def', view.name, name] as const;
        if (statement.returns !== undefined) {
          yield [...start, 0, null, null, ...described(columnType(statement.returns, DEFAULT_COLLATION, name)), kind];
        }
        for (const [i, { name: parameter, mode, type }] of statement.parameters.entries()) {
          const columns = described(columnType(type, DEFAULT_COLLATION, parameter));
          yield [...start, i + 1, mode.toUpperCase(), parameter, ...columns, kind];
        }
      }
    }
  },
);

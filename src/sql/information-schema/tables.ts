/** information_schema.TABLES. */

import { collationById } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { mayBeWanted, schemaTable, systemTables, userTables, userViews, views } from './schema-table.ts';

/** Tables of MySQL's that its dump asks for, though it writes their definitions alone; the rest of `mysql` is computed. */
const LOG_TABLES: readonly string[] = ['general_log', 'slow_log'];

/** What has no sizes and no collation. */
function row(database: string, name: string, type: string, engine: string | null, comment = ''): Value[] {
  return ['def', database, name, type, engine, ...new Array<null>(15).fill(null), comment];
}

export const table = schemaTable(
  'TABLES',
  'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n TABLE_TYPE:n! ENGINE:n VERSION:I ROW_FORMAT:n TABLE_ROWS:u AVG_ROW_LENGTH:u ' +
    'DATA_LENGTH:u MAX_DATA_LENGTH:u INDEX_LENGTH:u DATA_FREE:u AUTO_INCREMENT:u CREATE_TIME:T UPDATE_TIME:d CHECK_TIME:d ' +
    'TABLE_COLLATION:n CHECKSUM:i CREATE_OPTIONS:v256 TABLE_COMMENT:s',
  function* (session, request, scene) {
    if (mayBeWanted(request, 1, 'information_schema')) {
      for (const { name } of yield* scene.schemaTables()) {
        yield [
          'def',
          'information_schema',
          name,
          'SYSTEM VIEW',
          null,
          10,
          null,
          0,
          0,
          0,
          0,
          0,
          0,
          ...Array(7).fill(null),
          '',
        ];
      }
    }
    for (const name of LOG_TABLES) {
      if (session.access?.seesDatabase('mysql') ?? true) yield row('mysql', name, 'BASE TABLE', 'CSV');
    }
    for (const view of views(session)) {
      if (!mayBeWanted(request, 1, view.name)) continue;
      for (const { name, table: stored } of userTables(view, session)) {
        const { schema } = stored;
        const counts = schema.columns.some(({ autoIncrement }) => autoIncrement);
        const collation = collationById(schema.collation)?.name ?? null;
        const counter = counts && stored.autoIncrement > 0 ? stored.autoIncrement : null;
        yield [
          'def',
          view.name,
          name,
          'BASE TABLE',
          'InnoDB',
          10,
          'Dynamic',
          stored.entryCount,
          0,
          0,
          0,
          0,
          0,
          counter,
          null,
          null,
          null,
          collation,
          null,
          '',
          schema.comment,
        ];
      }
      for (const name of systemTables(view, session, scene)) yield row(view.name, name, 'BASE TABLE', 'InnoDB');
      for (const { name } of userViews(view, session)) {
        yield row(view.name, name, 'VIEW', null, 'VIEW');
      }
    }
  },
);

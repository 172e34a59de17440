/** ANALYZE, CHECK, CHECKSUM, OPTIMIZE, REPAIR TABLE: there is nothing to maintain; each table is looked up and reported. */

import type { TableMaintenanceStatement } from '../syntax/ast/server-statements.ts';
import { column, rowsOf } from './result-rows.ts';
import type { RunStatement } from './scene.ts';

export const runMaintenance: RunStatement<TableMaintenanceStatement> = function* ({ action, tables }, scene) {
  const columns = [column('Table'), column('Op'), column('Msg_type'), column('Msg_text')];
  const rows = tables.map((table) => {
    const name = `${table.database ?? scene.session.currentDatabase ?? ''}.${table.name}`;
    const found = scene.catalog.table(table) !== undefined;
    return [name, action, found ? 'status' : 'Error', found ? 'OK' : `Table '${name}' doesn't exist`];
  });
  return rowsOf(columns, rows);
};

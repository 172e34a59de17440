/** SHOW DATABASES, TABLES and TABLE STATUS. */
import type { Steps } from '../../../repo/steps.ts';
import { collationById } from '../../../tuple/collation.ts';
import { Privilege } from '../../accounts/privilege.ts';
import { storedViews } from '../../catalog/views.ts';
import { nonlocalTablesShown } from '../../session/nonlocal-tables-shown.ts';
import { splitDatabaseName } from '../../session/revision.ts';
import type { ResultColumn } from '../../session/statement-result.ts';
import { tableFilter } from '../../session/table-filter.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { UNSIGNED_BIGINT, varchar } from '../../types/sql-type.ts';
import { evaluateAsOf } from '../constant.ts';
import { column } from '../result-rows.ts';
import type { StatementScene } from '../scene.ts';
import { named, type Row, type Shown } from './shown.ts';

/** Real databases and the virtual ones, sorted; with branches where `dolt_show_branch_databases` is on. */
export function databaseNames({ session }: StatementScene): string[] {
  const { access } = session;
  const seesAll = access === undefined || (access.privileges.global & Privilege.showDatabases) !== 0;
  const isShown = (name: string): boolean => seesAll || access.seesDatabase(name);
  const names = ['information_schema', 'mysql'].filter(isShown);
  for (const database of session.engine.databases.databases()) {
    if (!isShown(database.name)) continue;
    names.push(database.name);
    if (!session.variables.isOn('dolt_show_branch_databases')) continue;
    for (const [ref] of session.refs(database).entries('refs/heads/')) {
      names.push(`${database.name}/${ref.slice('refs/heads/'.length)}`);
    }
  }
  const current = session.currentDatabase;
  if (current !== undefined && splitDatabaseName(current).revision !== undefined && !names.includes(current)) {
    names.push(current);
  }
  return names.sort((a, b) => (a < b ? -1 : 1));
}

export function* showTables(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session, catalog } = scene;
  const database = statement.database ?? session.currentDatabase;
  if (database !== undefined && catalog.isSchemaDatabase(database)) {
    const type = database.toLowerCase() === 'mysql' ? 'BASE TABLE' : 'SYSTEM VIEW';
    const names = catalog.schemaTableNames(database).map((name): Row => (statement.full ? [name, type] : [name]));
    return { columns: tableColumns(database, statement.full), rows: names };
  }
  const asOf = yield* evaluateAsOf(statement.asOf, scene);
  const view = session.view(session.handle(statement.database), asOf);
  const showsSystem = session.variables.isOn('dolt_show_system_tables');
  const stored = [...view.root.tableNames()];
  const names = new Set(showsSystem ? stored : stored.filter((name) => !/^dolt_/i.test(name)));
  if (showsSystem && asOf === undefined) for (const name of catalog.systemTableNames(stored)) names.add(name);
  const rows = Array.from(names, (name): Row => [name, 'BASE TABLE']);
  for (const { name } of nonlocalTablesShown(view, session)) rows.push([name, 'BASE TABLE']);
  for (const { name } of storedViews(view.root)) rows.push([name, 'VIEW']);
  const isShown = tableFilter(view, session);
  const shown = rows.filter(([name]) => isShown(String(name)));
  shown.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return {
    columns: tableColumns(view.name, statement.full),
    rows: statement.full ? shown : shown.map(([name]) => [name!]),
  };
}

function tableColumns(database: string, full: boolean): ResultColumn[] {
  const name = column(`Tables_in_${database}`, varchar(64), false);
  return full ? [name, column('Table_type', varchar(64), false)] : [name];
}

const STATUS_NUMBERS: ReadonlySet<string> = new Set(
  'Version Rows Avg_row_length Data_length Max_data_length Index_length Data_free Auto_increment'.split(' '),
);

export function showTableStatus(statement: ShowStatement, { session, catalog }: StatementScene): Shown {
  const columns = named(
    'Name Engine Version Row_format Rows Avg_row_length Data_length Max_data_length Index_length ' +
      'Data_free Auto_increment Create_time Update_time Check_time Collation Checksum Create_options ' +
      'Comment',
  ).map((c) => (STATUS_NUMBERS.has(c.name) ? { ...c, type: UNSIGNED_BIGINT } : c));
  const database = statement.database ?? session.currentDatabase;
  if (database !== undefined && catalog.isSchemaDatabase(database)) {
    const rest = columns.slice(2).map(() => null);
    return { columns, rows: catalog.schemaTableNames(database).map((name): Row => [name, null, ...rest]) };
  }
  const view = session.view(session.handle(statement.database));
  const { root } = view;
  const isShown = tableFilter(view, session);
  const rows: Row[] = [];
  for (const name of root.tableNames()) {
    if (/^dolt_/i.test(name) || !isShown(name)) continue;
    const table = root.table(name)!;
    const counts = table.schema.columns.some(({ autoIncrement }) => autoIncrement);
    const collation = collationById(table.schema.collation)?.name ?? null;
    rows.push([
      name,
      'InnoDB',
      10,
      'Fixed',
      table.entryCount,
      0,
      0,
      0,
      0,
      0,
      counts ? table.autoIncrement : null,
      null,
      null,
      null,
      collation,
      null,
      null,
      table.schema.comment,
    ]);
  }
  for (const { name } of storedViews(root)) {
    if (!isShown(name)) continue;
    rows.push([name, ...columns.slice(2).map(() => null), 'VIEW']);
  }
  return { columns, rows };
}

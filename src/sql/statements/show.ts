/** SHOW and DESCRIBE: small results, all rows at once, filtered by LIKE on the first column or by WHERE. */
import { type Steps, waitFor } from '../../repo/steps.ts';
import { collationById } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { Privilege } from '../accounts/privilege.ts';
import { bindRowExpression } from '../bind/bind-query.ts';
import type { TableSource, ViewSource } from '../catalog/catalog.ts';
import { createTableText, defaultValueText, extraText, keyExpression, keyMark } from '../catalog/describe-table.ts';
import { viewText } from '../catalog/program-texts.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import { storedViews } from '../catalog/views.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { like, literal, stringLiteral, truth } from '../expressions/build.ts';
import { compile } from '../expressions/compile.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import { nonlocalTablesShown } from '../session/nonlocal-tables-shown.ts';
import { splitDatabaseName } from '../session/revision.ts';
import type { Session } from '../session/session.ts';
import { shownProcesses, stateOf } from '../session/shown-processes.ts';
import type { ResultColumn, RowsResult } from '../session/statement-result.ts';
import { statusValues } from '../session/status-values.ts';
import { columnFilter, tableFilter } from '../session/table-filter.ts';
import type { TableName } from '../syntax/ast/node.ts';
import type { Limit } from '../syntax/ast/query.ts';
import type { DescribeStatement, ShowStatement } from '../syntax/ast/show-statements.ts';
import type { AsOf } from '../syntax/ast/table-reference.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { noSuchTable, SqlError } from '../types/sql-error.ts';
import { BIGINT, collationOf, LONGTEXT, UNSIGNED_BIGINT, varchar } from '../types/sql-type.ts';
import { displayTypeText } from '../types/sql-type-text.ts';
import { evaluateConstant } from './constant.ts';
import { column, rowsOf } from './result-rows.ts';
import { RowBatch } from './row-expressions.ts';
import { bindContext, evaluationContext, type RunStatement, type StatementScene } from './scene.ts';
import { showServer } from './show-server.ts';
import { missingTable } from './target-table.ts';
import { viewColumns } from './view-columns.ts';

type Row = Value[];
interface Shown {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Row[];
  /** Which column LIKE looks at. */
  readonly name?: number;
}

export const runShow: RunStatement<ShowStatement> = function* (statement, scene) {
  return filtered(statement, yield* shown(statement, scene), scene);
};

export const runDescribe: RunStatement<DescribeStatement> = function* ({ table, asOf, like: pattern }, scene) {
  const columns = describeColumns(yield* sourceOf(table, asOf, scene), { full: false, extended: false }, scene.session);
  const { start, end } = table;
  const statement = { start, end, ...(pattern === undefined ? {} : { like: pattern }) };
  return filtered(statement as ShowStatement, columns, scene);
};

function processList({ session, text }: StatementScene): Shown {
  return {
    columns: [
      column('Id', BIGINT),
      ...texts('User', 'Host', 'db', 'Command'),
      column('Time', BIGINT),
      ...texts('State', 'Info'),
    ],
    rows: shownProcesses(session, text).map((process): Row => {
      const { id, user, host, database, command, seconds, statement } = process;
      return [id, user, host, database, command, seconds, stateOf(process), statement];
    }),
  };
}

/** LIKE ignores case. */
export function matchesLike(pattern: string, scene: StatementScene): (text: Value) => boolean {
  const type = varchar(16383, 'utf8mb4_0900_ai_ci');
  return (text) => {
    if (text === null) return false;
    const condition = like(literal(text, type), stringLiteral(pattern, 'utf8mb4_0900_ai_ci'));
    return compile(truth(condition))(ONE_ROW, 0, evaluationContext(scene)) === 1;
  };
}

function filtered(statement: ShowStatement, { columns, rows, name = 0 }: Shown, scene: StatementScene): RowsResult {
  let kept = rows;
  if (statement.like !== undefined) {
    const matches = matchesLike(statement.like, scene);
    kept = kept.filter((row) => matches(row[name]!));
  }
  if (statement.where !== undefined) {
    const bound = bindRowExpression(
      statement.where,
      columns.map((c) => ({ ...c })),
      bindContext(scene),
    );
    const evaluate = compile(truth(bound));
    const batch = new RowBatch(columns.length);
    const context = evaluationContext(scene);
    kept = kept.filter((row) => evaluate(batch.set(row), 0, context) === 1);
  }
  return rowsOf(columns, kept);
}

function texts(...names: string[]): ResultColumn[] {
  return names.map((name) => column(name));
}

function* shown(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session } = scene;
  switch (statement.subject) {
    case 'tables':
      return yield* tables(statement, scene);
    case 'databases':
      return { columns: [column('Database', varchar(64), false)], rows: databaseNames(scene).map((name) => [name]) };
    case 'columns':
      return describeColumns(yield* sourceOf(withDatabase(statement), statement.asOf, scene), statement, session);
    case 'index':
      return indexes(yield* sourceOf(withDatabase(statement), statement.asOf, scene));
    case 'create table':
      return yield* createTable(statement, scene);
    case 'create view':
      return createView(statement, scene);
    case 'create database':
      return createDatabase(statement, scene);
    case 'variables':
      return {
        columns: [column('Variable_name', varchar(64), false), column('Value', varchar(1024))],
        rows: session.variables.list(statement.scope).map((row) => [...row]),
      };
    case 'warnings':
    case 'errors': {
      const wanted = session.warnings.filter(({ level }) => statement.subject === 'warnings' || level === 'Error');
      const all = wanted.map(({ level, code, message }): Row => [level, code, message]);
      const rows = statement.limit === undefined ? all : yield* limited(all, statement.limit, scene);
      return { columns: [column('Level'), column('Code', BIGINT), column('Message')], rows };
    }
    case 'count warnings':
    case 'count errors': {
      const isError = statement.subject === 'count errors';
      const count = session.warnings.filter(({ level }) => !isError || level === 'Error').length;
      return {
        columns: [column(isError ? '@@session.error_count' : '@@session.warning_count', BIGINT)],
        rows: [[count]],
      };
    }
    case 'table status':
      return tableStatus(statement, scene);
    case 'status':
      return {
        columns: [column('Variable_name', varchar(64), false), column('Value', LONGTEXT)],
        rows: statusValues(session, statement.scope === 'global'),
      };
    case 'processlist':
      return processList(scene);
    case 'grants':
    case 'create user': {
      const { showCreateUser, showGrants } = yield* waitFor(import('./accounts/show-accounts.ts'));
      const show = statement.subject === 'grants' ? showGrants : showCreateUser;
      const { title, rows } = yield* show(statement, scene);
      return { columns: texts(title), rows: rows.map((row) => [row]) };
    }
    case 'triggers':
    case 'create trigger':
    case 'events':
    case 'create event':
    case 'procedure status':
    case 'function status':
    case 'create procedure':
    case 'create function':
      return SHOW_PROGRAMS[statement.subject](yield* waitFor(import('./routines/show-programs.ts')))(statement, scene);
    case 'branches': {
      const view = session.view(session.handle());
      const rows: Row[] = [...view.refs.entries('refs/heads/')].map(([ref, head]) => [
        ref.slice('refs/heads/'.length),
        head,
      ]);
      return { columns: texts('name', 'hash'), rows };
    }
    default:
      return showServer(statement);
  }
}

type ShowPrograms = typeof import('./routines/show-programs.ts');
type Show = (statement: ShowStatement, scene: StatementScene) => Shown;

const SHOW_PROGRAMS = {
  triggers: (m: ShowPrograms): Show => m.showTriggers,
  'create trigger': (m: ShowPrograms): Show => m.showCreateTrigger,
  events: (m: ShowPrograms): Show => m.showEvents,
  'create event': (m: ShowPrograms): Show => m.showCreateEvent,
  'procedure status': (m: ShowPrograms): Show => m.showRoutines,
  'function status': (m: ShowPrograms): Show => m.showRoutines,
  'create procedure': (m: ShowPrograms): Show => m.showCreateRoutine,
  'create function': (m: ShowPrograms): Show => m.showCreateRoutine,
} as const;

function* limited(rows: readonly Row[], { count, offset }: Limit, scene: StatementScene): Steps<readonly Row[]> {
  const from = offset === undefined ? 0 : Number((yield* evaluateConstant(offset, scene)).value);
  return rows.slice(from, from + Number((yield* evaluateConstant(count, scene)).value));
}

function withDatabase({ name, database }: ShowStatement): TableName {
  return database === undefined ? name! : { ...name!, database };
}

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

function* tables(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session, catalog } = scene;
  const database = statement.database ?? session.currentDatabase;
  if (database !== undefined && catalog.isSchemaDatabase(database)) {
    const type = database.toLowerCase() === 'mysql' ? 'BASE TABLE' : 'SYSTEM VIEW';
    const names = catalog.schemaTableNames(database).map((name): Row => (statement.full ? [name, type] : [name]));
    return { columns: tableColumns(database, statement.full), rows: names };
  }
  const asOf = statement.asOf === undefined ? undefined : (yield* evaluateConstant(statement.asOf.at, scene)).value;
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

function* sourceOf(table: TableName, asOf: AsOf | undefined, scene: StatementScene): Steps<TableSource> {
  const at = asOf === undefined ? undefined : (yield* evaluateConstant(asOf.at, scene)).value;
  const source = scene.catalog.table({ ...table, asOf: at });
  if (source === undefined) throw missingTable(table, scene);
  if (source.kind !== 'view') return source;
  return viewAsTable(source, scene);
}

/** A view's columns, as of a table without rows. */
function viewAsTable(view: ViewSource, scene: StatementScene): TableSource {
  const { database, name } = view;
  return { kind: 'virtual', database, name, columns: viewColumns(view, scene), rows: () => [] };
}

function describeColumns(
  source: TableSource,
  { full, extended }: Pick<ShowStatement, 'full' | 'extended'>,
  session: Session,
): Shown {
  const names = full
    ? ['Field', 'Type', 'Collation', 'Null', 'Key', 'Default', 'Extra', 'Privileges', 'Comment']
    : ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'];
  if (source.kind === 'view') throw noSuchTable(source.name, source.database);
  const schema = source.kind === 'table' ? source.table.schema : undefined;
  const rows = source.columns.flatMap((sourceColumn, i): Row[] => {
    const { name, type, nullable, comment, key, system } = sourceColumn as SystemColumn;
    if (system && !extended) return [];
    const definition = schema?.columns[i];
    const mark = schema === undefined ? (key ?? '') : keyMark(schema, i);
    const fallback = definition === undefined ? null : defaultValueText(definition);
    const extra = definition === undefined ? '' : extraText(definition);
    // The collation has a column of its own, in SHOW FULL COLUMNS.
    const shownType = displayTypeText(type, collationOf(type));
    const start: Row = full ? [name, shownType, collationOf(type) ?? null] : [name, shownType];
    const rest: Row = [nullable ? 'YES' : 'NO', mark, fallback, extra];
    return [full ? [...start, ...rest, '', comment ?? ''] : [...start, ...rest]];
  });
  const isShown = columnFilter(source.database, source.name, session);
  return { columns: texts(...names), rows: rows.filter(([name]) => isShown(String(name))) };
}

function indexes(source: TableSource): Shown {
  const columns = texts(
    'Table',
    'Non_unique',
    'Key_name',
    'Seq_in_index',
    'Column_name',
    'Collation',
    'Cardinality',
    'Sub_part',
    'Packed',
    'Null',
    'Index_type',
    'Comment',
    'Index_comment',
    'Visible',
    'Expression',
  ).map((c) =>
    ['Non_unique', 'Seq_in_index', 'Cardinality', 'Sub_part'].includes(c.name) ? { ...c, type: BIGINT } : c,
  );
  if (source.kind !== 'table') return { columns, rows: [] };
  const { schema } = source.table;
  const rows: Row[] = [];
  const add = (
    key: string,
    positions: readonly number[],
    unique: boolean,
    comment: string,
    lengths: readonly number[],
    fullText: boolean,
  ): void => {
    positions.forEach((position, i) => {
      const column = schema.columns[position]!;
      const { name, nullable, hiddenSystem } = column;
      const length = lengths[i] ?? 0;
      rows.push([
        source.name,
        unique ? 0 : 1,
        key,
        i + 1,
        hiddenSystem ? null : name,
        fullText ? null : 'A',
        source.table.entryCount,
        length > 0 ? length : null,
        null,
        nullable ? 'YES' : '',
        fullText ? 'FULLTEXT' : 'BTREE',
        '',
        comment,
        'YES',
        hiddenSystem ? keyExpression(column) : null,
      ]);
    });
  };
  if (schema.primaryKey.length > 0) add('PRIMARY', schema.primaryKey, true, '', [], false);
  for (const { name, columns: positions, unique, comment, prefixLengths, fullText } of schema.indexes) {
    add(name, positions, unique, comment, prefixLengths, fullText !== undefined);
  }
  return { columns, rows, name: 2 };
}

function* createTable(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session } = scene;
  const table = withDatabase(statement);
  const asOf = statement.asOf === undefined ? undefined : (yield* evaluateConstant(statement.asOf.at, scene)).value;
  const source = scene.catalog.table({ ...table, asOf });
  if (source === undefined) throw missingTable(table, scene);
  if (source.kind === 'view') return createView(statement, scene);
  const columns = texts('Table', 'Create Table');
  if (source.kind === 'virtual') return { columns, rows: [[source.name, virtualTableText(source)]] };
  const { root } = session.view(session.handle(table.database), asOf);
  const text = createTableText(source.name, source.table, root.foreignKeys(), {
    columns: (name, tags) => {
      const stored = root.resolveTableName(name);
      const known = stored === undefined ? [] : root.table(stored)!.schema.columns;
      return tags.map((tag) => known.find((c) => c.tag === tag)?.name ?? '');
    },
  });
  const temporary = session.temporaryTables.has(source.database, source.name);
  return { columns, rows: [[source.name, temporary ? text.replace('CREATE TABLE', 'CREATE TEMPORARY TABLE') : text]] };
}

function virtualTableText({ name, columns }: Extract<TableSource, { kind: 'virtual' }>): string {
  const lines = columns.map((c) => `  ${quoteName(c.name)} ${displayTypeText(c.type)}${c.nullable ? '' : ' NOT NULL'}`);
  const keys = (columns as readonly SystemColumn[]).filter(({ key }) => key === 'PRI').map((c) => quoteName(c.name));
  if (keys.length > 0) lines.push(`  PRIMARY KEY (${keys.join(',')})`);
  return `CREATE TABLE ${quoteName(name)} (\n${lines.join(',\n')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin`;
}

function createView(statement: ShowStatement, scene: StatementScene): Shown {
  const { session } = scene;
  const table = withDatabase(statement);
  const { name, database } = table;
  const { root } = session.view(session.handle(database));
  const view = storedViews(root).find((other) => other.name.toLowerCase() === name.toLowerCase());
  if (view === undefined) {
    if (root.resolveTableName(name) !== undefined)
      throw new SqlError(1347, 'HY000', `'${session.handle(database).name}.${name}' is not VIEW`);
    throw missingTable(table, scene);
  }
  return {
    columns: texts('View', 'Create View', 'character_set_client', 'collation_connection'),
    rows: [[view.name, viewText(view), 'utf8mb4', 'utf8mb4_0900_bin']],
  };
}

function createDatabase(statement: ShowStatement, { session, catalog }: StatementScene): Shown {
  const columns = texts('Database', 'Create Database');
  const name = statement.name?.name ?? statement.database;
  const ifNotExists = statement.ifNotExists ? '/*!32312 IF NOT EXISTS*/ ' : '';
  if (name !== undefined && catalog.isSchemaDatabase(name)) {
    const text = `CREATE DATABASE ${ifNotExists}${quoteName(name)} /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin */`;
    return { columns, rows: [[name, text]] };
  }
  const handle: DatabaseHandle = session.handle(name);
  const collation = collationById(session.root(handle).collation)!;
  const text = `CREATE DATABASE ${ifNotExists}${quoteName(handle.name)} /*!40100 DEFAULT CHARACTER SET ${collation.characterSet} COLLATE ${collation.name} */`;
  return { columns, rows: [[handle.name, text]] };
}

function tableStatus(statement: ShowStatement, { session, catalog }: StatementScene): Shown {
  const numbers = new Set([
    'Version',
    'Rows',
    'Avg_row_length',
    'Data_length',
    'Max_data_length',
    'Index_length',
    'Data_free',
    'Auto_increment',
  ]);
  const columns = texts(
    'Name',
    'Engine',
    'Version',
    'Row_format',
    'Rows',
    'Avg_row_length',
    'Data_length',
    'Max_data_length',
    'Index_length',
    'Data_free',
    'Auto_increment',
    'Create_time',
    'Update_time',
    'Check_time',
    'Collation',
    'Checksum',
    'Create_options',
    'Comment',
  ).map((c) => (numbers.has(c.name) ? { ...c, type: UNSIGNED_BIGINT } : c));
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
    rows.push([
      name,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      'VIEW',
    ]);
  }
  return { columns, rows };
}

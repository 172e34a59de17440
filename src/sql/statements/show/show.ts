/** SHOW and DESCRIBE. */
import { type Steps, waitFor } from '../../../repo/steps.ts';
import { shownProcesses, stateOf } from '../../session/shown-processes.ts';
import { statusValues } from '../../session/status-values.ts';
import type { Limit } from '../../syntax/ast/query.ts';
import type { DescribeStatement, ShowStatement } from '../../syntax/ast/show-statements.ts';
import { BIGINT, LONGTEXT, varchar } from '../../types/sql-type.ts';
import { evaluateConstant } from '../constant.ts';
import { column } from '../result-rows.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { showColumns, showIndexes, sourceOf } from './show-columns.ts';
import { showCreateDatabase, showCreateTable, showCreateView } from './show-create.ts';
import { showServer } from './show-server.ts';
import { databaseNames, showTableStatus, showTables } from './show-tables.ts';
import { filtered, type Row, type Shown, texts, withDatabase } from './shown.ts';

export const runShow: RunStatement<ShowStatement> = function* (statement, scene) {
  return filtered(statement, yield* shown(statement, scene), scene);
};

export const runDescribe: RunStatement<DescribeStatement> = function* ({ table, asOf, like: pattern }, scene) {
  const columns = showColumns(yield* sourceOf(table, asOf, scene), { full: false, extended: false }, scene.session);
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

function* shown(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session } = scene;
  switch (statement.subject) {
    case 'tables':
      return yield* showTables(statement, scene);
    case 'databases':
      return { columns: [column('Database', varchar(64), false)], rows: databaseNames(scene).map((name) => [name]) };
    case 'columns':
      return showColumns(yield* sourceOf(withDatabase(statement), statement.asOf, scene), statement, session);
    case 'index':
      return showIndexes(yield* sourceOf(withDatabase(statement), statement.asOf, scene));
    case 'create table':
      return yield* showCreateTable(statement, scene);
    case 'create view':
      return showCreateView(statement, scene);
    case 'create database':
      return showCreateDatabase(statement, scene);
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
      return showTableStatus(statement, scene);
    case 'status':
      return {
        columns: [column('Variable_name', varchar(64), false), column('Value', LONGTEXT)],
        rows: statusValues(session, statement.scope === 'global'),
      };
    case 'processlist':
      return processList(scene);
    case 'grants':
    case 'create user': {
      const { showCreateUser, showGrants } = yield* waitFor(import('../accounts/show-accounts.ts'));
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
      return SHOW_PROGRAMS[statement.subject](yield* waitFor(import('../routines/show-programs.ts')))(statement, scene);
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

type ShowPrograms = typeof import('../routines/show-programs.ts');

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

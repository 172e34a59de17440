/** Statements that change rows. */
import { Privilege as P } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type {
  DeleteStatement,
  InsertStatement,
  LoadDataStatement,
  UpdateStatement,
} from '../../syntax/ast/row-statements.ts';
import type { NamedTable } from '../../syntax/ast/table-reference.ts';
import { namedTables } from '../affected-rows-query.ts';
import type { StatementScene } from '../scene.ts';

export function checkInsert(statement: InsertStatement, access: SessionAccess, scene: () => StatementScene): void {
  const { table, columns, replace, onDuplicate } = statement;
  if (replace) access.assertTarget(P.delete, table);
  if (onDuplicate.length > 0) {
    access.assertColumns(
      P.update,
      table,
      onDuplicate.map(({ column }) => column.name),
    );
  }
  const names = columns?.map(({ name }) => name);
  access.assertColumns(P.insert, table, names ?? []);
  // Without a list every column is given.
  const isWhole = names !== undefined && names.length > 0;
  if (!isWhole && !access.mayOnTable(P.insert, table)) {
    access.assertColumns(P.insert, table, allColumns(statement, scene()));
  }
}

function allColumns({ table }: InsertStatement, { catalog }: StatementScene): string[] {
  const source = catalog.table(table);
  return source === undefined || source.kind === 'view' ? [] : source.columns.map(({ name }) => name);
}

/** The assigned columns are checked when it is known whose they are. */
export function checkUpdate(statement: UpdateStatement, access: SessionAccess): void {
  const tables = baseTables(statement, statement.tables);
  for (const { table } of tables) access.assertSeesTable(table, 'UPDATE', false);
  const [only] = tables;
  if (tables.length !== 1 || only === undefined) return;
  access.assertColumns(
    P.update,
    only.table,
    statement.assignments.map(({ column }) => column.name),
  );
}

export function checkDelete(statement: DeleteStatement, access: SessionAccess): void {
  const tables = baseTables(statement, statement.from);
  const targets =
    statement.targets.length === 0
      ? tables
      : tables.filter(({ alias, table }) =>
          statement.targets.some(({ name }) => name.toLowerCase() === (alias ?? table.name).toLowerCase()),
        );
  for (const { table } of targets) access.assertTarget(P.delete, table);
  for (const { table } of tables) access.assertSeesTable(table, 'SELECT', false);
}

/** Those that stand for tables, not for common table expressions. */
function baseTables(statement: Pick<UpdateStatement, 'with'>, from: UpdateStatement['tables']): NamedTable[] {
  const common = statement.with?.tables.map(({ name }) => name.toLowerCase()) ?? [];
  const tables: NamedTable[] = [];
  for (const { reference } of namedTables(from)) {
    if (reference.kind !== 'table') continue;
    const { database, name } = reference.table;
    if (database !== undefined || !common.includes(name.toLowerCase())) tables.push(reference);
  }
  return tables;
}

export function checkLoadData({ table, local, duplicates }: LoadDataStatement, access: SessionAccess): void {
  access.assertTarget(P.insert | (duplicates === 'replace' ? P.delete : 0), table);
  if (!local) access.assertOneOf('FILE', P.file);
}

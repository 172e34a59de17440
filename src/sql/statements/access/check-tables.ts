/** Statements that change what tables are. */
import { Privilege as P } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { ForeignKeySyntax } from '../../syntax/ast/table-elements.ts';
import type {
  AlterTableStatement,
  CreateTableStatement,
  DropTableStatement,
  RenameTableStatement,
} from '../../syntax/ast/table-statements.ts';

export function checkCreateTable(statement: CreateTableStatement, access: SessionAccess): void {
  const { table, elements, like, query } = statement;
  if (statement.temporary) access.assertDatabase(P.createTemporaryTables, table.database);
  else access.assertTable(query === undefined ? P.create : P.create | P.insert, table);
  if (like !== undefined) access.assertTarget(P.select, like);
  for (const element of elements) {
    if (element.kind === 'foreignKey') checkParent(element, table, access);
    else if (element.kind === 'column' && element.references !== undefined) {
      access.assertTable(P.references, qualified(element.references.table, table));
    }
  }
}

export function checkAlterTable({ table, actions }: AlterTableStatement, access: SessionAccess): void {
  access.assertTarget(P.alter, table);
  for (const action of actions) {
    if (action.kind === 'addForeignKey') checkParent(action.foreignKey, table, access);
    if (action.kind === 'renameTable') checkRenames([{ from: table, to: qualified(action.to, table) }], access);
  }
}

/** A name that is written twice is first the temporary table and then the stored one. */
export function checkDropTable({ tables }: DropTableStatement, access: SessionAccess): void {
  const seen = new Set<string>();
  for (const table of tables) {
    const name = table.name.toLowerCase();
    if (seen.has(name)) access.assertTable(P.drop, table);
    else access.assertTarget(P.drop, table);
    seen.add(name);
  }
}

export function checkRenames(renames: RenameTableStatement['renames'], access: SessionAccess): void {
  for (const { from, to } of renames) {
    access.assertTable(P.alter | P.drop, from);
    access.assertTable(P.create | P.insert, qualified(to, from));
  }
}

function checkParent({ references }: ForeignKeySyntax, child: TableName, access: SessionAccess): void {
  access.assertTable(P.references, qualified(references.table, child));
}

/** A bare name stands for a table beside the other. */
function qualified(name: TableName, beside: TableName): TableName {
  return name.database === undefined && beside.database !== undefined ? { ...name, database: beside.database } : name;
}

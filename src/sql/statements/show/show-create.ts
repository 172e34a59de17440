/** SHOW CREATE TABLE, VIEW and DATABASE. */
import type { Steps } from '../../../repo/steps.ts';
import { collationById } from '../../../tuple/collation.ts';
import type { TableSource } from '../../catalog/catalog.ts';
import { createTableText } from '../../catalog/describe-table.ts';
import { viewText } from '../../catalog/program-texts.ts';
import type { SystemColumn } from '../../catalog/system-table.ts';
import { storedViews } from '../../catalog/views.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { quoteName } from '../../syntax/print-expression.ts';
import { SqlError } from '../../types/sql-error.ts';
import { displayTypeText } from '../../types/sql-type-text.ts';
import { evaluateAsOf } from '../constant.ts';
import type { StatementScene } from '../scene.ts';
import { missingTable } from '../target-table.ts';
import { type Shown, texts, withDatabase } from './shown.ts';

export function* showCreateTable(statement: ShowStatement, scene: StatementScene): Steps<Shown> {
  const { session } = scene;
  const table = withDatabase(statement);
  const asOf = yield* evaluateAsOf(statement.asOf, scene);
  const source = scene.catalog.table({ ...table, asOf });
  if (source === undefined) throw missingTable(table, scene);
  if (source.kind === 'view') return showCreateView(statement, scene);
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

export function showCreateView(statement: ShowStatement, scene: StatementScene): Shown {
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

export function showCreateDatabase(statement: ShowStatement, { session, catalog }: StatementScene): Shown {
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

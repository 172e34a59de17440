/** Ties the catalog of a statement to its session, to Dolt's tables and functions and to information_schema. */
import { type Steps, unaided, waitFor } from '../repo/steps.ts';
import type { SourceColumn, TableFunction, TableSource, VirtualSource } from './catalog/catalog.ts';
import type { DatabaseView } from './catalog/database-view.ts';
import { LazyParts, ModuleNeeded, onceLoaded } from './catalog/module-needed.ts';
import { type CatalogScene, SessionCatalog } from './catalog/session-catalog.ts';
import { type SystemTable, type SystemTableScene, systemSource } from './catalog/system-table.ts';
import { storedType } from './catalog/table-columns.ts';
import { internalTables, systemTablePrefixes, systemTables } from './dolt/system-tables/list.ts';
import { type DoltTableFunction, type TableFunctionScene, tableFunctions } from './dolt/table-functions/list.ts';
import { schemaTables } from './information-schema/list.ts';
import type { SchemaScene, SchemaTable } from './information-schema/schema-table.ts';
import type { AccountsTable } from './mysql-schema/accounts-table.ts';
import { listedTables, mysqlTables } from './mysql-schema/list.ts';
import { type PerformanceTable, performanceTables } from './performance-schema/list.ts';

import type { Session } from './session/session.ts';
import type { SessionFunctions } from './session/session-functions.ts';
import { internalColumns } from './statements/internal-tables.ts';
import { systemTableNames } from './system-table-names.ts';
import { noSuchTable, SqlError } from './types/sql-error.ts';

const tables = new LazyParts<SystemTable>(systemTables);
const functions = new LazyParts<DoltTableFunction>(tableFunctions);
const schemas = new LazyParts<SchemaTable>(schemaTables);
const ruleTables = new LazyParts({ open: async () => (await import('./session/branch-rule-tables.ts')).ruleTable });
const mysql = new LazyParts<AccountsTable>(mysqlTables);

/** A table of Dolt's that nobody has written yet. */
function emptyInternalTable(name: string, view: DatabaseView): TableSource {
  const { columns, keys } = internalColumns(name)!;
  return systemSource(
    view,
    name,
    columns.map(([column, type, notNull], i) => ({
      name: column,
      type: storedType(type),
      nullable: !notNull,
      ...(i < keys ? { key: 'PRI' as const } : {}),
    })),
    () => [],
  );
}

type ComputedTable = SchemaTable | AccountsTable | PerformanceTable;
const SCHEMA_PARTS: ReadonlyMap<string, LazyParts<ComputedTable>> = new Map<string, LazyParts<ComputedTable>>([
  ['information_schema', schemas],
  ['mysql', mysql],
  ['performance_schema', new LazyParts<PerformanceTable>(performanceTables)],
]);
const SCHEMA_DATABASES = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

/** `run` runs a statement as part of the one that the catalog is for. */
export function engineCatalogScene(
  session: Session,
  view: SessionFunctions,
  run: TableFunctionScene['run'],
): CatalogScene {
  const schemaScene: SchemaScene = {
    schemaTables: () => unaided(schemaTableSources()),
    viewColumns: (database, name) => unaided(columnsOfView(database, name)),
    systemTableNames,
  };

  function* schemaTableSources(): Steps<readonly VirtualSource[]> {
    const found = yield* waitFor(Promise.all([...schemas.names].sort().map((name) => schemas.load(name))));
    return yield* onceLoaded(() => found.flatMap((table) => opened(table!) ?? []));
  }

  /** Undefined where there is no such table, as those of accounts where there are none. */
  function opened(table: SchemaTable): VirtualSource | undefined {
    try {
      return table.open(session, schemaScene);
    } catch (error) {
      if (error instanceof SqlError) return undefined;
      throw error;
    }
  }

  function* columnsOfView(database: string, name: string): Steps<readonly SourceColumn[] | undefined> {
    const { viewColumns } = yield* waitFor(import('./statements/view-columns.ts'));
    const catalog = new SessionCatalog(scene, database);
    try {
      return yield* onceLoaded(() => {
        const source = catalog.table({ name });
        return source?.kind === 'view' ? viewColumns(source, { catalog, functions: view, parameters: [] }) : undefined;
      });
    } catch (error) {
      if (error instanceof SqlError) return undefined;
      throw error;
    }
  }

  const scene: CatalogScene = {
    currentDatabase: () => session.currentDatabase,
    database: (name, asOf): DatabaseView => session.view(session.handle(name), asOf),
    working: (name) => session.working(session.handle(name)),
    temporaryTable: (database, name) => session.temporaryTables.get(database, name),
    isSchemaDatabase: (database) => SCHEMA_DATABASES.has(database.toLowerCase()),
    schemaTableNames: (database) => {
      const lower = database.toLowerCase();
      if (lower === 'mysql') return listedTables;
      const names = [...(SCHEMA_PARTS.get(lower)?.names ?? [])].sort();
      return lower === 'information_schema' ? names.map((name) => name.toUpperCase()) : names;
    },
    systemTableNames,
    schemaTable: (database, name): TableSource | undefined => {
      const parts = SCHEMA_PARTS.get(database.toLowerCase());
      return parts?.get(name.toLowerCase())?.open(session, schemaScene);
    },
    systemTable: (database, name): TableSource | undefined => {
      const scene: SystemTableScene = {
        session: view,
        variable: (variable) => session.variables.text(variable),
        branchUse() {
          const used = session.engine.databases.database(database.baseName);
          return used && session.engine.branchActivity?.of(used, session.engine.sessions);
        },
        branchRules(name) {
          const { branchControl } = session.engine;
          if (branchControl === undefined) return undefined;
          if (branchControl.current === undefined) throw new ModuleNeeded(() => branchControl.open());
          return ruleTables.get('open')!(name, branchControl.current, session);
        },
        replication: () => session.engine.databases.database(database.baseName)?.replication?.status() ?? [],
      };
      const whole = tables.get(name);
      if (whole !== undefined) return whole.open(database, '', scene);
      if (internalTables.includes(name)) return emptyInternalTable(name, database);
      for (const prefix of systemTablePrefixes) {
        if (!name.startsWith(prefix) || name.length === prefix.length) continue;
        return tables.get(prefix)?.open(database, name.slice(prefix.length), scene);
      }
      return undefined;
    },
    tableFunction: (name): TableFunction | undefined => {
      const found = functions.get(name);
      if (found === undefined) return undefined;
      return {
        name,
        open: (args, catalog) => found.open(args, { session, functions: view, catalog, noTable: noSuchTable, run }),
      };
    },
  };
  return scene;
}

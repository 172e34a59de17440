/**
 * The catalog of a statement: temporary tables hide stored ones, stored tables hide views, and names that begin with
 * `dolt_` are Dolt's own tables unless the database stores one of that name.
 */
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import type { Catalog, StoredFunction, TableFunction, TableName, TableSource } from './catalog.ts';
import type { DatabaseView } from './database-view.ts';
import { nonlocalTable, revisionOf } from './nonlocal-tables.ts';
import { findRoutine } from './stored-programs.ts';
import { sourceColumns } from './table-columns.ts';
import { findView } from './views.ts';

/** What the catalog asks of the session and the engine. */
export interface CatalogScene {
  currentDatabase(): string | undefined;
  /** Undefined: the current one. Throws 1049 and 1046. */
  database(name: string | undefined, asOf: Value | undefined): DatabaseView;
  /** What most statements need of it: the working root. Throws the same. */
  working(name: string | undefined): WorkingDatabase;
  temporaryTable(database: string, name: string): Table | undefined;
  /** `information_schema`, `mysql`, `performance_schema`; undefined for other databases. */
  schemaTable(database: string, name: string): TableSource | undefined;
  isSchemaDatabase(database: string): boolean;
  schemaTableNames(database: string): readonly string[];
  /** Dolt's own tables, of a database with these tables. */
  systemTableNames(tables: readonly string[]): readonly string[];
  systemTable(view: DatabaseView, name: string): TableSource | undefined;
  tableFunction(name: string): TableFunction | undefined;
}

export type WorkingDatabase = Pick<DatabaseView, 'name' | 'baseName' | 'root'>;

export class SessionCatalog implements Catalog {
  readonly #scene: CatalogScene;
  readonly #currentDatabase: string | undefined;
  /** AS OF of the view whose body is bound, for tables without one of their own. */
  readonly #asOf: Value | undefined;

  constructor(scene: CatalogScene, currentDatabase = scene.currentDatabase(), asOf?: Value) {
    this.#scene = scene;
    this.#currentDatabase = currentDatabase;
    this.#asOf = asOf;
  }

  get currentDatabase(): string | undefined {
    return this.#currentDatabase;
  }

  view(database: string | undefined, asOf: Value | undefined = this.#asOf): DatabaseView {
    return this.#scene.database(database ?? this.#currentDatabase, asOf);
  }

  isSchemaDatabase(database: string): boolean {
    return this.#scene.isSchemaDatabase(database);
  }

  schemaTableNames(database: string): readonly string[] {
    return this.#scene.schemaTableNames(database);
  }
  systemTableNames(tables: readonly string[]): readonly string[] {
    return this.#scene.systemTableNames(tables);
  }

  table({ database, name, asOf }: TableName): TableSource | undefined {
    const qualifier = database ?? this.#currentDatabase;
    if (qualifier !== undefined && this.#scene.isSchemaDatabase(qualifier)) {
      return this.#scene.schemaTable(qualifier, name);
    }
    const at = asOf ?? this.#asOf;
    if (at === undefined) {
      const working = this.#scene.working(qualifier);
      const temporary = this.#scene.temporaryTable(working.baseName, name);
      if (temporary !== undefined) return tableSource(working.name, name, temporary);
      const stored = this.#nonlocal(working, qualifier, at, name) ?? storedTable(working, name);
      if (stored !== undefined) return stored;
    }
    const view = this.#scene.database(qualifier, at);
    const past = at === undefined ? undefined : (this.#nonlocal(view, qualifier, at, name) ?? storedTable(view, name));
    if (past !== undefined) return past;
    // A view of today over tables of that time, as in Dolt; where there is none today, the view of that time.
    const today = at === undefined ? undefined : this.#scene.database(qualifier, undefined);
    const found = (today && findView(today.root, name)) ?? findView(view.root, name);
    if (found !== undefined) {
      return {
        kind: 'view',
        database: view.name,
        name: found.name,
        text: found.body,
        sqlMode: found.sqlMode,
        ...(found.columns ? { columnNames: found.columns } : {}),
        rights: found.security === 'invoker' ? 'invoker' : found.definer,
        catalog: new SessionCatalog(this.#scene, view.name, at),
      };
    }
    return /^dolt_/i.test(name) ? this.#scene.systemTable(view, name.toLowerCase()) : undefined;
  }

  /** The table of another branch or commit that the name stands for. */
  #nonlocal(
    here: WorkingDatabase,
    qualifier: string | undefined,
    at: Value | undefined,
    name: string,
  ): TableSource | undefined {
    const meant = nonlocalTable(here.root, name);
    if (meant === undefined) return undefined;
    const revision = revisionOf(this.#scene.database(qualifier, at), meant.ref);
    const there = revision === '' ? here : this.#scene.working(`${here.baseName}/${revision}`);
    return storedTable(there, meant.table);
  }

  storedFunction(database: string | undefined, name: string): StoredFunction | undefined {
    const qualifier = database ?? this.#currentDatabase;
    if (qualifier === undefined || this.#scene.isSchemaDatabase(qualifier)) return undefined;
    const working = this.#scene.working(qualifier);
    const routine = findRoutine(working.root, 'function', name);
    return routine && { database: working.name, routine };
  }

  tableFunction(name: string): TableFunction | undefined {
    return this.#scene.tableFunction(name.toLowerCase());
  }
}

export function storedTable(view: WorkingDatabase, name: string): TableSource | undefined {
  const stored = view.root.resolveTableName(name);
  if (stored === undefined) return undefined;
  return tableSource(view.name, stored, view.root.table(stored)!);
}

export function tableSource(database: string, name: string, table: Table): TableSource {
  return { kind: 'table', database, name, table, columns: sourceColumns(table.schema) };
}

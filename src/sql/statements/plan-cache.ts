/**
 * Optimized plans by the syntax that they were made from: a statement that is run again is neither bound nor optimized
 * again. A plan is a value without running state; what it takes from its moment is the tables that it reads, so those of
 * the present snapshot are put in their place.
 *
 * A plan is kept when all that its binding looked at were stored tables, parameters' types and sql_mode: one that asked
 * the session anything else (a variable, the time, a system table, a view) is made anew each time. It is used again as
 * long as the same names mean tables with the same columns, which the session may read, and while none of them has grown
 * or shrunk so much that another plan would be better.
 */
import { bindQuery, type OutputColumn } from '../bind/bind-query.ts';
import type { BaseTableSource, Catalog, TableFunction, TableName, TableSource } from '../catalog/catalog.ts';
import type { ExecutionContext } from '../execute/operator.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import { optimize } from '../optimize/optimize.ts';
import type { Plan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import type { Query } from '../syntax/ast.ts';
import { sameType } from '../types/sql-type.ts';
import type { StatementScene } from './scene.ts';
import { watched } from './session-watch.ts';

export interface PlannedQuery {
  readonly plan: Plan;
  readonly columns: readonly OutputColumn[];
}

interface KnownTable {
  readonly name: TableName;
  readonly source: BaseTableSource;
}

interface CachedPlan extends PlannedQuery {
  readonly tables: readonly KnownTable[];
  readonly parameters: readonly TypedValue[];
  readonly sqlMode: string;
}

/** A table that became this many times larger or smaller asks for another plan. */
const OUTGROWN = 4;
/** Differences below this many rows are none. */
const FEW_ROWS = 1000;

const plans = new WeakMap<Query, CachedPlan>();

/** The plan of a query over the present tables. */
export function plannedQuery(query: Query, scene: StatementScene, context: ExecutionContext): PlannedQuery {
  const cached = plans.get(query);
  const reused = cached && overPresentTables(cached, scene);
  if (reused !== undefined) return reused;
  const catalog = new WatchedCatalog(scene.catalog);
  const session = watched(scene.functions);
  const { parameters, access } = scene;
  const bound = bindQuery(query, { catalog, session: session.view, parameters, access });
  const plan = optimize(bound.plan, context, { checkCancelled: () => void scene.pause() });
  const planned = { plan, columns: bound.columns };
  if (catalog.tables !== undefined && !session.wasAsked()) {
    const sqlMode = scene.session.variables.text('sql_mode');
    plans.set(query, { ...planned, tables: catalog.tables, parameters, sqlMode });
  }
  return planned;
}

/** Undefined when the plan does not fit any more. */
function overPresentTables(cached: CachedPlan, scene: StatementScene): PlannedQuery | undefined {
  const { parameters } = scene;
  if (parameters.some(({ type }, at) => !sameType(type, cached.parameters[at]!.type))) return undefined;
  if (scene.session.variables.text('sql_mode') !== cached.sqlMode) return undefined;
  let sources: Map<BaseTableSource, BaseTableSource> | undefined;
  for (const { name, source } of cached.tables) {
    // Where not all may be read, binding says what may.
    if (scene.access?.readable(name.database, name.name, false) !== undefined) return undefined;
    const now = scene.catalog.table(name);
    if (now?.kind !== 'table' || !fits(source, now)) return undefined;
    if (now.table === source.table) continue;
    sources ??= new Map();
    sources.set(source, now);
  }
  return sources === undefined ? cached : { plan: withSources(cached.plan, sources), columns: cached.columns };
}

function fits(then: BaseTableSource, now: BaseTableSource): boolean {
  if (now.columns !== then.columns || now.database !== then.database || now.name !== then.name) return false;
  const [less, more] = [then.table.rows.atHand.count, now.table.rows.atHand.count].sort((a, b) => a - b);
  return more! - less! < FEW_ROWS || more! < less! * OUTGROWN;
}

function withSources(plan: Plan, sources: ReadonlyMap<BaseTableSource, BaseTableSource>): Plan {
  return mapPlan(plan, (node) => {
    if (node.kind !== 'scan' && node.kind !== 'count') return node;
    const source = sources.get(node.source);
    return source === undefined ? node : { ...node, source };
  });
}

/** Notes which tables were asked for; `tables` is undefined once something else was. */
class WatchedCatalog implements Catalog {
  tables: KnownTable[] | undefined = [];
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get currentDatabase(): string | undefined {
    return this.#catalog.currentDatabase;
  }

  table(name: TableName): TableSource | undefined {
    const source = this.#catalog.table(name);
    if (source?.kind === 'table' && name.asOf === undefined) this.tables?.push({ name, source });
    else this.tables = undefined;
    return source;
  }

  tableFunction(name: string): TableFunction | undefined {
    this.tables = undefined;
    return this.#catalog.tableFunction(name);
  }
}

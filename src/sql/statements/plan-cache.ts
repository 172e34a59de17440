/**
 * Optimized plans by the syntax that they were made from: a statement that is run again is neither bound nor optimized
 * again. A plan is a value without running state, and so are its operators, as long as they need not remember anything: they
 * are kept with it, and serve any number of executions at once. What an execution brings is its parameters and the tables of
 * its snapshot, in the place of those that the plan was made with.
 *
 * A plan is kept when all that its binding looked at were stored tables, parameters' types and sql_mode: one that asked
 * the session anything else (a variable, the time, a system table, a view) is made anew each time. It is used again as
 * long as the same names mean tables with the same columns, which the session may read, and while none of them has grown
 * or shrunk so much that another plan would be better.
 */
import { isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import type { Table } from '../../table/table.ts';
import { bindQuery, type OutputColumn } from '../bind/bind-query.ts';
import type {
  BaseTableSource,
  Catalog,
  StoredFunction,
  TableFunction,
  TableName,
  TableSource,
} from '../catalog/catalog.ts';
import { buildOperator, isStateless } from '../execute/execute.ts';
import type { ExecutionContext, Operator } from '../execute/operator.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import { optimize } from '../optimize/optimize.ts';
import type { Plan } from '../plan/plan.ts';
import type { Query } from '../syntax/ast/query.ts';
import { sameType } from '../types/sql-type.ts';
import type { PresentTables, StatementScene } from './scene.ts';
import { watched } from './session-watch.ts';

export interface PlannedQuery {
  readonly operator: Operator;
  readonly columns: readonly OutputColumn[];
  /** Undefined: those of the plan. */
  readonly tables?: PresentTables | undefined;
}

interface KnownTable {
  readonly name: TableName;
  readonly source: BaseTableSource;
}

interface CachedPlan {
  readonly plan: Plan;
  /** Undefined where each execution needs its own. */
  readonly operator: Operator | undefined;
  readonly columns: readonly OutputColumn[];
  readonly known: readonly KnownTable[];
  readonly parameters: readonly TypedValue[];
  readonly sqlMode: string;
  readonly divisionDigits: string;
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
  const { columns } = bound;
  const operator = buildOperator(plan);
  if (catalog.tables !== undefined && !session.wasAsked()) {
    const { variables } = scene.session;
    const sqlMode = variables.text('sql_mode');
    const divisionDigits = variables.text('div_precision_increment');
    const kept = isStateless(plan) ? operator : undefined;
    plans.set(query, { plan, operator: kept, columns, known: catalog.tables, parameters, sqlMode, divisionDigits });
  }
  return { operator, columns };
}

/** Undefined when the plan does not fit any more. */
function overPresentTables(cached: CachedPlan, scene: StatementScene): PlannedQuery | undefined {
  const { parameters } = scene;
  if (parameters.some(({ type }, at) => !sameType(type, cached.parameters[at]!.type))) return undefined;
  const { variables } = scene.session;
  if (variables.text('sql_mode') !== cached.sqlMode) return undefined;
  if (variables.text('div_precision_increment') !== cached.divisionDigits) return undefined;
  let tables: Map<BaseTableSource, Table> | undefined;
  for (const { name, source } of cached.known) {
    // Where not all may be read, binding says what may.
    if (scene.access?.readable(name.database, name.name, false) !== undefined) return undefined;
    const now = scene.catalog.table(name);
    if (now?.kind !== 'table' || !fits(source, now)) return undefined;
    if (now.table === source.table) continue;
    tables ??= new Map();
    tables.set(source, now.table);
  }
  return { operator: cached.operator ?? buildOperator(cached.plan), columns: cached.columns, tables };
}

function fits(then: BaseTableSource, now: BaseTableSource): boolean {
  if (now.columns !== then.columns || now.database !== then.database || now.name !== then.name) return false;
  if (now.table === then.table) return true;
  if (now.table.store !== then.table.store) return false;
  const [before, after] = [then.table.rows.atHand.count, now.table.rows.atHand.count];
  const [less, more] = before < after ? [before, after] : [after, before];
  return more - less < FEW_ROWS || more < less * OUTGROWN;
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
    // A search keeps to the tables of its index that it was bound with.
    const isKept = source?.kind === 'table' && name.asOf === undefined && !isFullTextTable(name.name);
    if (isKept) this.tables?.push({ name, source });
    else this.tables = undefined;
    return source;
  }

  storedFunction(database: string | undefined, name: string): StoredFunction | undefined {
    this.tables = undefined;
    return this.#catalog.storedFunction?.(database, name);
  }

  tableFunction(name: string): TableFunction | undefined {
    this.tables = undefined;
    return this.#catalog.tableFunction(name);
  }
}

/**
 * FROM: tables, views, common tables, derived tables, table functions and their joins. The columns in sight are listed
 * in the order in which `*` shows them, whatever the order of the plan's columns: a right join is planned as a left one.
 */
import { unreachable } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { BaseTableSource, SourceColumn, TableSource, VirtualSource } from '../catalog/catalog.ts';
import type { Readable } from '../catalog/read-access.ts';
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { conjunction, reference } from '../plan/expression-tree.ts';
import type { JoinKind, Plan, PlanColumn, ScanColumn, ScanPlan } from '../plan/plan.ts';
import { idsOf, outerColumns } from '../plan/plan-tree.ts';
import type { Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import type * as syntax from '../syntax/ast/table-reference.ts';
import {
  duplicateColumn,
  noSuchTable,
  notSupported,
  SqlError,
  tooManyTables,
  unknownFunction,
  viewColumnCount,
} from '../types/sql-error.ts';
import { bindQueryIn } from './bind-body.ts';
import { bindExpression, type Scene } from './bind-expression.ts';
import { bindJsonTable } from './bind-json-table.ts';
import { type BindRowFunction, rowFunctions } from './bind-row-function.ts';
import { bindView } from './bind-view.ts';
import type { CommonTableBinding, Environment } from './binder.ts';
import { bindCommonTable } from './common-table.ts';
import { evaluateConstant } from './constant.ts';
import { fullJoin } from './full-join.ts';
import { checkUniqueTables, Scope, type ScopeColumn, type StoredTable } from './scope.ts';
import { equalities, mergedColumns, sharedNames } from './shared-columns.ts';
import { withVirtualColumns } from './virtual-columns.ts';

export interface BoundFrom {
  readonly plan: Plan;
  readonly columns: readonly ScopeColumn[];
}

export function bindFrom(
  tables: readonly syntax.TableReference[],
  environment: Environment,
  parent: Scope | undefined,
): BoundFrom {
  const binder = new FromBinder(environment, parent);
  return binder.list(tables, []) ?? { plan: { kind: 'oneRow' }, columns: [] };
}

/** Of one FROM, joins among them. MySQL has a limit of 61. */
const MAX_TABLES = 1000;

class FromBinder {
  readonly #environment: Environment;
  readonly #parent: Scope | undefined;
  #tables = 0;

  constructor(environment: Environment, parent: Scope | undefined) {
    this.#environment = environment;
    this.#parent = parent;
  }

  /** `before`: the columns of tables to the left, which LATERAL sees. */
  list(tables: readonly syntax.TableReference[], before: readonly ScopeColumn[]): BoundFrom | undefined {
    let all: BoundFrom | undefined;
    for (const table of tables) {
      const next = this.#bind(table, [...before, ...(all?.columns ?? [])]);
      all = all ? this.#cross(all, next, isLateral(table)) : next;
    }
    return all;
  }

  #cross(left: BoundFrom, right: BoundFrom, lateral: boolean): BoundFrom {
    checkUniqueTables(left.columns, right.columns);
    return {
      plan: joined('inner', left.plan, right.plan, undefined, lateral, false),
      columns: [...left.columns, ...right.columns],
    };
  }

  #bind(node: syntax.TableReference, before: readonly ScopeColumn[]): BoundFrom {
    if (++this.#tables > MAX_TABLES) throw tooManyTables(MAX_TABLES);
    switch (node.kind) {
      case 'table':
        return this.#named(node);
      case 'derived':
        return this.#derived(node, before);
      case 'tableFunction':
        return this.#tableFunction(node, before);
      case 'jsonTable':
        return this.#jsonTable(node, before);
      case 'join':
        return this.#join(node, before);
      case 'list':
        return this.list(node.tables, before)!;
      default:
        return unreachable(node);
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Tables

  #named(node: syntax.NamedTable): BoundFrom {
    const { table } = node;
    const alias = node.alias ?? table.name;
    if (table.database === undefined) {
      const common = this.#environment.commonTable(table.name);
      if (common) return this.#common(common, alias);
    }
    const { catalog, access } = this.#environment;
    const readable = access?.readable(table.database ?? catalog.currentDatabase, table.name, node.asOf !== undefined);
    if (readable?.table !== undefined && !node.writes) throw readable.table;
    const asOf = node.asOf && this.#constant(node.asOf.at);
    const source = catalog.table({ database: table.database, name: table.name, asOf });
    if (!source) throw noSuchTable(table.name, table.database ?? catalog.currentDatabase ?? null);
    const bound = this.#source(source, alias, node.hints, asOf);
    return readable === undefined ? bound : { ...bound, columns: denied(bound.columns, readable) };
  }

  #common(table: CommonTableBinding, alias: string): BoundFrom {
    const { plan, columns } = bindCommonTable(table);
    return { plan, columns: columns.map((column) => plainColumn(alias, column)) };
  }

  #source(source: TableSource, alias: string, hints: readonly syntax.IndexHint[], asOf: Value | undefined): BoundFrom {
    switch (source.kind) {
      case 'view':
        return bindView(source, alias, this.#environment);
      case 'table':
        return this.#scan({ source, asOf }, alias, hints);
      case 'virtual':
        return this.#virtual(source, alias);
      default:
        return unreachable(source);
    }
  }

  #scan(stored: StoredTable, alias: string, hints: readonly syntax.IndexHint[]): BoundFrom {
    const { source } = stored;
    const made = source.columns.map((c) => this.#environment.binder.column(c.name, c.type, c.nullable));
    const columns = made.map((column, ordinal): ScanColumn => ({ ordinal, column }));
    const { table } = source;
    const keyIds = table.schema.primaryKey.map((ordinal) => made[ordinal]!.id);
    const scan: ScanPlan = {
      kind: 'scan',
      source,
      alias,
      columns: columns.filter(({ ordinal }) => !source.columns[ordinal]!.virtual),
      access: { index: undefined, ranges: undefined, covering: true },
      condition: undefined,
      reverse: false,
      hints: indexHints(hints),
    };
    const scope = source.columns.map((c, i) => ({
      ...sourceColumn(source, c, made[i]!, alias),
      stored,
      ...(keyIds.length > 0 ? { key: { keyIds } } : {}),
    }));
    return { plan: withVirtualColumns(source, scan, scope, this.#environment), columns: scope };
  }

  #virtual(source: VirtualSource, alias: string, names?: readonly string[]): BoundFrom {
    const columns = source.columns.map((c, ordinal): ScanColumn => {
      return { ordinal, column: this.#environment.binder.column(names?.[ordinal] ?? c.name, c.type, c.nullable) };
    });
    return {
      plan: { kind: 'virtual', source, alias, columns, equalities: [], condition: undefined },
      columns: columns.map(({ ordinal, column }) => sourceColumn(source, source.columns[ordinal]!, column, alias)),
    };
  }

  #tableFunction(node: syntax.TableFunctionCall, before: readonly ScopeColumn[]): BoundFrom {
    const { catalog, access } = this.#environment;
    access?.assertTableFunction(node.database ?? catalog.currentDatabase);
    const bindRows = rowFunctions.get(node.name);
    if (bindRows !== undefined) return this.#rowFunction(node, bindRows, before);
    const found = catalog.tableFunction(node.name);
    if (!found) throw unknownFunction(node.name, node.database ?? null);
    const args = node.args.map((arg) => this.#constant(arg));
    return this.#virtual(found.open(args, catalog), node.alias ?? node.name, node.columns);
  }

  #rowFunction(node: syntax.TableFunctionCall, bind: BindRowFunction, before: readonly ScopeColumn[]): BoundFrom {
    const scene = plainScene(this.#environment, this.#argumentScope(before));
    const args = node.args.map((arg) => bindExpression(arg, scene));
    const plan = bind(args, this.#environment.binder);
    const names = node.columns ?? plan.columns.map((column) => column.name);
    if (names.length !== plan.columns.length) throw viewColumnCount();
    checkUniqueNames(names);
    const alias = node.alias ?? node.name;
    return { plan, columns: plan.columns.map((column, i) => plainColumn(alias, { ...column, name: names[i]! })) };
  }

  /** What arguments of a function in FROM may name: the tables to its left. */
  #argumentScope(before: readonly ScopeColumn[]): Scope {
    return new Scope(before, this.#parent, 'a table function argument');
  }

  #jsonTable(node: syntax.JsonTable, before: readonly ScopeColumn[]): BoundFrom {
    const document = bindExpression(node.document, plainScene(this.#environment, this.#argumentScope(before)));
    const plan = bindJsonTable(node, document, this.#environment);
    checkUniqueNames(plan.columns.map((column) => column.name));
    return { plan, columns: plan.columns.map((column) => plainColumn(node.alias, column)) };
  }

  #constant(node: SyntaxExpression) {
    // A bare word is the name of a branch: AS OF main.
    const literal: SyntaxExpression =
      node.kind === 'column' && node.table === undefined ? { ...node, kind: 'string', value: node.name } : node;
    const expression = bindExpression(literal, plainScene(this.#environment, new Scope([], undefined)));
    return evaluateConstant(expression, this.#environment.binder.context);
  }

  #derived(node: syntax.DerivedTable, before: readonly ScopeColumn[]): BoundFrom {
    if (node.alias === undefined) throw new SqlError(1248, '42000', 'Every derived table must have its own alias');
    const parent = node.lateral ? new Scope(before, this.#parent) : this.#parent;
    const body = bindQueryIn(node.query, this.#environment, parent);
    const names = node.columns ?? body.columns.map((c) => c.name);
    if (names.length !== body.columns.length) throw viewColumnCount();
    checkUniqueNames(names);
    const columns = body.columns.map((column, i) => plainColumn(node.alias, { ...column, name: names[i]! }));
    return { plan: body.plan, columns };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Joins

  #join(node: syntax.Join, before: readonly ScopeColumn[]): BoundFrom {
    if (node.type === 'full') return this.#fullJoin(node, before);
    const left = this.#bind(node.left, before);
    const right = this.#bind(node.right, [...before, ...left.columns]);
    checkUniqueTables(left.columns, right.columns);
    const shared = node.natural ? sharedNames(left.columns, right.columns) : node.using;
    const kind: JoinKind = node.type === 'inner' ? 'inner' : 'left';
    const swap = node.type === 'right';
    const lefts = swap ? asNullable(left.columns) : left.columns;
    const rights = node.type === 'left' ? asNullable(right.columns) : right.columns;
    const columns = shared ? mergedColumns(lefts, rights, shared, swap) : [...lefts, ...rights];
    const onScope = new Scope([...left.columns, ...right.columns], this.#parent, 'on clause');

    const outer = swap ? right.plan : left.plan;
    const inner = swap ? left.plan : right.plan;
    const terms: Expression[] = shared ? equalities(left.columns, right.columns, shared) : [];
    const lifted: ((input: Plan) => Plan)[] = [];
    if (node.on) {
      const scene = joinScene(this.#environment, onScope, (subquery, mode, column) => {
        lifted.push((input) => ({ kind: 'apply', input, subquery, column, mode }));
      });
      terms.push(build.truth(bindExpression(node.on, scene)));
    }
    const lateral = isLateral(node.right) && !swap;
    const condition = conjunction(terms);
    const apply = (input: Plan): Plan => lifted.reduce((plan, wrap) => wrap(plan), input);
    if (lifted.length === 0) return { plan: joined(kind, outer, inner, condition, lateral, node.straight), columns };
    if (kind === 'inner') {
      const both = apply(joined(kind, outer, inner, undefined, lateral, node.straight));
      return { plan: condition ? { kind: 'filter', input: both, condition } : both, columns };
    }
    // Of an outer join the condition decides about rows of the inner side: its subqueries stand there, and see the
    // outer side's columns as those of an enclosing query.
    const applied = apply(inner);
    const outerIds = idsOf(outer);
    const dependent = lateral || [...outerColumns(applied)].some((id) => outerIds.has(id));
    return { plan: joined(kind, outer, applied, condition, dependent, node.straight), columns };
  }

  #fullJoin(node: syntax.Join, before: readonly ScopeColumn[]): BoundFrom {
    if (isLateral(node.right)) throw notSupported('a side of FULL OUTER JOIN that looks at the other');
    const left = this.#join({ ...node, type: 'left' }, before);
    const right = this.#join({ ...node, type: 'right' }, before);
    const shared = left.columns.filter((column) => column.qualifiedOnly).length;
    return fullJoin(left, right, shared, this.#environment.binder);
  }
}

function joined(
  join: JoinKind,
  left: Plan,
  right: Plan,
  condition: Expression | undefined,
  lateral: boolean,
  straight: boolean,
): Plan {
  return {
    kind: 'join',
    join,
    left,
    right,
    condition,
    strategy: { kind: lateral ? 'dependent' : 'nestedLoop' },
    ...(straight ? { straight } : {}),
  };
}

function isLateral(node: syntax.TableReference): boolean {
  switch (node.kind) {
    case 'derived':
      return node.lateral;
    case 'jsonTable':
      return node.document.kind !== 'string';
    case 'tableFunction':
      return rowFunctions.has(node.name) && node.args.some((arg) => arg.kind !== 'string');
    case 'join':
      return isLateral(node.left) || isLateral(node.right);
    case 'list':
      return node.tables.some(isLateral);
    default:
      return false;
  }
}

/** A scene over a scope, without subqueries and aggregates. */
export function plainScene(environment: Environment, scope: Scope): Scene {
  return { environment, scope, resolve: (name) => reference(scope.resolve(name).column) };
}

function joinScene(environment: Environment, scope: Scope, lift: NonNullable<Scene['lift']>): Scene {
  return {
    ...plainScene(environment, scope),
    subquery: (query, inner) => bindQueryIn(query, environment, inner),
    lift,
  };
}

/** The columns, with what keeps some of them from being read. */
function denied(columns: readonly ScopeColumn[], { column: denialOf }: Readable): ScopeColumn[] {
  return columns.map((column) => {
    const denial = denialOf(column.name);
    return denial === undefined ? column : { ...column, denial };
  });
}

export function plainColumn(table: string | undefined, column: PlanColumn): ScopeColumn {
  return { table, database: undefined, name: column.name, column };
}

function sourceColumn(
  source: BaseTableSource | VirtualSource,
  { name, hidden, system }: SourceColumn,
  column: PlanColumn,
  alias: string,
): ScopeColumn {
  const { database } = source;
  return {
    table: alias,
    database,
    name: column.name,
    column,
    source: { database, table: source.name, alias, column: name },
    ...(hidden ? { hidden } : {}),
    ...(system ? { system } : {}),
  };
}

export function checkUniqueNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) throw duplicateColumn(name);
    seen.add(name.toLowerCase());
  }
}

function asNullable(columns: readonly ScopeColumn[]): ScopeColumn[] {
  return columns.map((c) => (c.column.nullable ? c : { ...c, column: { ...c.column, nullable: true } }));
}

function indexHints(hints: readonly syntax.IndexHint[]): ScanPlan['hints'] {
  if (hints.length === 0) return undefined;
  const ignore = hints.filter((h) => h.action === 'ignore').flatMap((h) => h.indexes);
  const use = hints.filter((h) => h.action !== 'ignore');
  return { ...(use.length > 0 ? { only: use.flatMap((h) => h.indexes) } : {}), ignore };
}

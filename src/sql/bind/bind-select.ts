/**
 * SELECT. Its parts are bound in the order of their meaning: FROM, WHERE, then the select list, HAVING and ORDER BY over
 * the rows before grouping. If there turn out to be groups or aggregates, those expressions are moved over the
 * aggregation: parts that equal a GROUP BY expression read its column, aggregate calls read theirs. A grouped column keeps
 * its id through the aggregation, and so does a column that depends on the groups (its first value is taken), so that
 * correlated subqueries need no rewriting.
 *
 * Then come, bottom up: subqueries of the list (Apply), HAVING, windows, projection, DISTINCT, ORDER BY.
 */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { matchOf } from '../functions/full-text.ts';
import {
  columnsRead,
  conjuncts,
  expressionKey,
  isConstant,
  operandsOf,
  reference,
  withOperands,
} from '../plan/expression-tree.ts';
import type { AggregateCall, ApplyPlan, Computed, Plan, PlanColumn, SortKey, WindowPlan } from '../plan/plan.ts';
import { expressionsOf, idsOf, mapOwnExpressions, outerColumns, visitPlan } from '../plan/plan-tree.ts';
import type { Call, ColumnReference, OrderItem, Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import type * as syntax from '../syntax/ast/query.ts';
import {
  invalidGroupFunctionUse,
  mixedGroupColumns,
  notInGroupBy,
  SqlError,
  unknownColumn,
  wrongArguments,
} from '../types/sql-error.ts';
import { BIGINT } from '../types/sql-type.ts';
import { type BodyColumn, type BoundBody, bindQueryIn, positionOf } from './bind-body.ts';
import { bindColumn, bindExpression, type Scene } from './bind-expression.ts';
import { bindFrom } from './bind-from.ts';
import { type BoundWindow, bindWindowCall } from './bind-window.ts';
import type { Environment } from './binder.ts';
import { dependentColumns } from './dependent-columns.ts';
import { firstValue } from './first-value.ts';
import { applyOver, byWindows, rowOfCall, stillRead } from './lifted-subqueries.ts';
import { type ColumnName, type ColumnSource, Scope, type ScopeColumn, sameName } from './scope.ts';

export function bindSelect(
  select: syntax.Select,
  orderBy: readonly OrderItem[],
  environment: Environment,
  parent: Scope | undefined,
): BoundBody {
  return new SelectBinder(select, environment, parent).bind(orderBy);
}

/** An entry of the select list, stars expanded. */
interface Item {
  readonly name: string;
  readonly syntax: SyntaxExpression | undefined;
  readonly expression: Expression;
  readonly source?: ColumnSource | undefined;
  readonly qualifier?: string | undefined;
}

class SelectBinder {
  readonly #select: syntax.Select;
  readonly #environment: Environment;
  readonly #parent: Scope | undefined;
  #scope: Scope;
  /** FROM, WHERE and the subqueries below the aggregation. */
  #input: Plan;
  #groups: Computed[] = [];
  readonly #aggregates: (AggregateCall & { readonly key: string })[] = [];
  readonly #windows: BoundWindow[] = [];
  /** Subqueries above the aggregation. */
  readonly #lifted: ApplyPlan[] = [];
  #grouping: PlanColumn | undefined;
  /** Calls that are queries of their own, by the column that holds what each gave: what `expressionKey` says of them. */
  readonly #calls = new Map<number, string>();
  readonly #items: Item[] = [];

  constructor(select: syntax.Select, environment: Environment, parent: Scope | undefined) {
    this.#select = select;
    this.#environment = environment;
    this.#parent = parent;
    const from = bindFrom(select.from, environment, parent);
    this.#scope = new Scope(from.columns, parent);
    this.#input = from.plan;
  }

  bind(orderBy: readonly OrderItem[]): BoundBody {
    const { where } = this.#select;
    let condition: Expression | undefined;
    if (where) {
      condition = build.truth(bindExpression(where, this.#below('where clause')));
      this.#input = { kind: 'filter', input: this.#input, condition };
    }
    this.#groups = this.#select.groupBy.map((item) => this.#group(item.expression));
    if (this.#select.rollup) this.#makeGroupsNullable();
    // Subqueries in an item may name those before it.
    for (const item of this.#select.items) this.#items.push(...this.#item(item));
    const having = this.#select.having && build.truth(bindExpression(this.#select.having, this.#havingScene()));
    const keys = orderBy.length > 0 ? orderBy.map((item) => this.#sortKey(item)) : this.#byRelevance(condition);
    return this.#assemble(having, keys);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Scenes

  #scene(scope: Scope): Scene {
    return {
      environment: this.#environment,
      scope,
      resolve: (name) => reference(scope.resolve(name).column),
      subquery: (query, inner) => bindQueryIn(query, this.#environment, inner),
    };
  }

  /** Expressions over the rows before grouping: subqueries go beneath the aggregation. */
  #below(clause: string): Scene {
    return {
      ...this.#scene(this.#scope.in(clause)),
      lift: (subquery, mode, column) => {
        this.#remember(subquery, column);
        this.#input = { kind: 'apply', input: this.#input, subquery, column, mode };
      },
    };
  }

  /** Expressions over groups. */
  #above(clause: string): Scene {
    const scene: Scene = {
      ...this.#scene(this.#scope.in(clause, (name) => this.#aliasColumn(name))),
      lift: (subquery, mode, column) => {
        this.#remember(subquery, column);
        this.#lifted.push({ kind: 'apply', input: { kind: 'oneRow' }, subquery, column, mode });
      },
      aggregate: (call) => this.#aggregate(call),
      grouping: (call) => this.#groupingCall(call),
    };
    return {
      ...scene,
      window: (call) =>
        bindWindowCall(
          call,
          this.#select.windows,
          (node) => bindExpression(node, scene),
          this.#environment,
          this.#windows,
        ),
    };
  }

  #remember(subquery: Plan, { id }: PlanColumn): void {
    const call = rowOfCall(subquery);
    if (call !== undefined) this.#calls.set(id, this.#keyOf(call));
  }

  #keyOf(expression: Expression): string {
    return expressionKey(expression, this.#calls);
  }

  /** Names in HAVING: grouped columns before aliases, aliases before other columns. */
  #havingScene(): Scene {
    const scene = this.#above('having clause');
    const scope = this.#scope.in('having clause');
    return {
      ...scene,
      resolve: (name) => {
        const found = this.#tryFind(scope, name);
        if (found && this.#groups.some((g) => g.column.id === found.column.id)) return reference(found.column);
        return this.#alias(name) ?? reference((found ?? scope.resolve(name)).column);
      },
    };
  }

  #tryFind(scope: Scope, name: ColumnReference): ScopeColumn | undefined {
    // An alias hides an ambiguous column.
    if (this.#alias(name)) {
      try {
        return scope.find(name);
      } catch {
        return undefined;
      }
    }
    return scope.find(name);
  }

  #alias(name: ColumnName): Expression | undefined {
    if (name.table !== undefined) return undefined;
    return this.#items.find((item) => sameName(item.name, name.name))?.expression;
  }

  /** An item's value as a column that subqueries of the select list and of what comes after it can read. */
  #aliasColumn(name: ColumnName): ScopeColumn | undefined {
    const expression = this.#alias(name);
    if (expression === undefined) return undefined;
    const column = this.#environment.binder.column(name.name, expression.type, true);
    const subquery: Plan = { kind: 'values', columns: [column], rows: [[expression]] };
    this.#lifted.push({ kind: 'apply', input: { kind: 'oneRow' }, subquery, column, mode: { kind: 'scalar' } });
    return { table: undefined, database: undefined, name: name.name, column };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The select list

  #item(item: syntax.SelectItem): Item[] {
    if (item.kind === 'star') {
      return this.#scope.star(item.table, item.database).map(({ name, column, source, table }) => {
        return { name, syntax: undefined, expression: reference(column), source, qualifier: table };
      });
    }
    const node = item.expression;
    const expression = bindColumn(node, this.#above('field list'), item.alias ?? item.label);
    const column = node.kind === 'column' ? this.#scope.resolve(node) : undefined;
    const source = column?.source;
    // As in MySQL 8, columns of the information schema go by their own names.
    const own = source?.database === 'information_schema' ? source.column : item.label;
    const name = item.alias ?? own;
    return [{ name, syntax: node, expression, source, qualifier: column?.table }];
  }

  #sortKey({ expression: node, descending }: OrderItem): SortKey {
    const position = positionOf(node);
    if (position !== undefined) {
      const item = this.#items[position - 1];
      if (!item) throw unknownColumn(String(position), 'order clause');
      return { expression: item.expression, descending };
    }
    const scene = this.#above('order clause');
    const scope = this.#scope.in('order clause');
    const resolve = (name: ColumnReference): Expression => this.#alias(name) ?? reference(scope.resolve(name).column);
    return { expression: bindExpression(node, { ...scene, resolve }), descending };
  }

  /** Rows that a search finds in a table come with the most relevant first, where nobody wants another order. */
  #byRelevance(condition: Expression | undefined): SortKey[] {
    const { from, distinct } = this.#select;
    const isPlain = from.length === 1 && from[0]!.kind === 'table' && !distinct && this.#windows.length === 0;
    if (!isPlain || this.#groups.length > 0 || this.#aggregates.length > 0) return [];
    const search = conjuncts(condition).find(
      (term) => term.kind === 'truth' && matchOf(term.operand)?.search.sorts === true,
    );
    return search?.kind === 'truth' ? [{ expression: search.operand, descending: true }] : [];
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Groups and aggregates

  #group(node: SyntaxExpression): Computed {
    const position = positionOf(node);
    const target = position === undefined ? node : this.#positioned(position);
    const scene = this.#below('group statement');
    const scope = this.#scope.in('group statement');
    const resolve = (name: ColumnReference): Expression => {
      const found = scope.find(name);
      if (found) return reference(found.column);
      const alias = name.table === undefined ? this.#aliased(name.name) : undefined;
      return alias ? bindExpression(alias, scene) : reference(scope.resolve(name).column);
    };
    const expression = target.kind === 'bound' ? target.expression : bindExpression(target, { ...scene, resolve });
    const { type, nullable } = expression;
    if (expression.kind === 'column') {
      return { column: { id: expression.index, name: expression.name, type, nullable }, expression };
    }
    return { column: this.#environment.binder.column('group', type, nullable), expression };
  }

  /** The expression of a select item by its position, which a star may have made. */
  #positioned(position: number): SyntaxExpression | { readonly kind: 'bound'; readonly expression: Expression } {
    let rest = position;
    for (const item of this.#select.items) {
      if (item.kind === 'star') {
        const columns = this.#scope.star(item.table, item.database);
        const column = columns[rest - 1];
        if (column) return { kind: 'bound', expression: reference(column.column) };
        rest -= columns.length;
      } else if (--rest === 0) return item.expression;
    }
    throw unknownColumn(String(position), 'group statement');
  }

  #aliased(name: string): SyntaxExpression | undefined {
    for (const item of this.#select.items) {
      if (item.kind === 'expression' && item.alias !== undefined && sameName(item.alias, name)) return item.expression;
    }
    return undefined;
  }

  /** Rows of WITH ROLLUP have NULL in the groups that they sum over. */
  #makeGroupsNullable(): void {
    this.#groups = this.#groups.map((g) => ({ ...g, column: { ...g.column, nullable: true } }));
    const ids = new Set(this.#groups.map((g) => g.column.id));
    const columns = this.#scope.columns.map((c) =>
      ids.has(c.column.id) ? { ...c, column: { ...c.column, nullable: true } } : c,
    );
    this.#scope = new Scope(columns, this.#parent);
  }

  #aggregate(call: Call): Expression {
    const scene = this.#below('field list');
    const bind = (node: SyntaxExpression): Expression => bindExpression(node, scene);
    const args = call.star ? [] : call.args.map(bind);
    // GROUP_CONCAT's ORDER BY names its arguments by their position, as that of a query does its columns.
    const key = ({ expression, descending }: OrderItem): SortKey => {
      const position = positionOf(expression);
      if (position === undefined) return { expression: bind(expression), descending };
      const arg = args[position - 1];
      if (!arg) throw unknownColumn(String(position), 'order clause');
      return { expression: arg, descending };
    };
    const aggregate = build.aggregate(call.name, args, {
      distinct: call.distinct ?? false,
      divisionDigits: this.#environment.binder.session.divisionDigits(),
      ...(call.orderBy ? { orderBy: call.orderBy.map(key) } : {}),
      ...(call.separator === undefined ? {} : { separator: call.separator }),
    });
    const known = aggregateKey(
      call,
      aggregate.args.map((arg) => this.#keyOf(arg)),
    );
    const same = this.#aggregates.find((a) => a.key === known);
    if (same) return reference(same.column);
    const column = this.#environment.binder.column(call.name, aggregate.type, aggregate.nullable);
    this.#aggregates.push({ column, aggregate, key: known });
    return reference(column);
  }

  /** GROUPING(a, b): a bit for each argument, set in rows that sum over it. */
  #groupingCall(call: Call): Expression {
    if (!this.#select.rollup) throw invalidGroupFunctionUse();
    this.#grouping ??= this.#environment.binder.column('grouping', BIGINT, false);
    const bits = reference(this.#grouping);
    const scene: Scene = {
      ...this.#below('field list'),
      lift: (subquery, _mode, column) => this.#remember(subquery, column),
    };
    let sum: Expression = build.numberLiteral('0');
    for (const arg of call.args) {
      const key = this.#keyOf(bindExpression(arg, scene));
      const at = this.#groups.findIndex((g) => this.#keyOf(g.expression) === key);
      if (at < 0) throw wrongArguments('GROUPING function');
      const shift = build.numberLiteral(String(this.#groups.length - 1 - at));
      const bit = build.bit('&', build.bit('>>', bits, shift), build.numberLiteral('1'));
      sum = build.arithmetic('+', build.arithmetic('*', sum, build.numberLiteral('2')), bit);
    }
    return build.coerce(sum, BIGINT);
  }

  /** Parts that equal a group expression read the group's column. */
  #overGroups(expression: Expression): Expression {
    const computed = this.#groups.filter(({ expression: e }) => e.kind !== 'column' || this.#calls.has(e.index));
    if (computed.length === 0) return expression;
    const keys = new Map(computed.map((g) => [this.#keyOf(g.expression), g.column]));
    const rewrite = (node: Expression): Expression => {
      const group = keys.get(this.#keyOf(node));
      if (group) return reference(group);
      const operands = operandsOf(node);
      const rewritten = operands.map(rewrite);
      return rewritten.every((o, i) => o === operands[i]) ? node : withOperands(node, rewritten);
    };
    return rewrite(expression);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Putting it together

  #assemble(having: Expression | undefined, keys: readonly SortKey[]): BoundBody {
    const grouped = this.#groups.length > 0 || this.#aggregates.length > 0;
    let plan = this.#input;
    let items = this.#items;
    let order = keys;
    let lifted = this.#lifted;
    let windows: readonly WindowPlan[] = this.#windows.map((w) => w.plan);
    if (grouped) {
      const over = (e: Expression): Expression => this.#overGroups(e);
      items = items.map((item) => ({ ...item, expression: over(item.expression) }));
      having = having && over(having);
      order = order.map((key) => ({ ...key, expression: over(key.expression) }));
      windows = windows.map((node) => mapOwnExpressions(node, over) as WindowPlan);
      const others = [...items, ...order].map(({ expression }) => expression);
      lifted = stillRead(
        lifted.map((node) => applyOver(node, over)),
        columnsRead(...others, having, ...windows.flatMap(expressionsOf)),
      );
      plan = this.#aggregation(items, having, order, lifted, windows);
    }
    const { before, after } = byWindows(lifted, windows);
    for (const node of before) plan = { ...node, input: plan };
    if (having) plan = { kind: 'filter', input: plan, condition: having };
    for (const node of windows) plan = { ...node, input: plan };
    for (const node of after) plan = { ...node, input: plan };
    return this.#project(plan, items, order);
  }

  #aggregation(
    items: readonly Item[],
    having: Expression | undefined,
    order: readonly SortKey[],
    lifted: readonly Plan[],
    windows: readonly WindowPlan[],
  ): Plan {
    const available = idsOf(this.#input);
    const known = new Set([...this.#groups.map((g) => g.column.id), ...this.#aggregates.map((a) => a.column.id)]);
    const extra = new Map<number, AggregateCall>();
    const dependent = dependentColumns(this.#groups, this.#input, this.#scope.columns);
    const strict = this.#groupsStrictly;
    const need = (ids: Iterable<number>, position: number, clause: string): void => {
      for (const id of ids) {
        if (!available.has(id) || known.has(id) || extra.has(id)) continue;
        const found = this.#scope.columns.find((c) => c.column.id === id);
        if (found && strict && !dependent.has(id)) throw this.#notGrouped(found, position, clause);
        const column = found?.column;
        if (!column) continue;
        extra.set(id, { column: { ...column, nullable: true }, aggregate: firstValue(reference(column)) });
      }
    };
    items.forEach((item, i) => {
      need(columnsRead(item.expression), i + 1, 'SELECT list');
    });
    need(columnsRead(having), 1, 'HAVING');
    order.forEach((key, i) => {
      need(columnsRead(key.expression), i + 1, 'ORDER BY');
    });
    for (const node of [...lifted, ...windows]) need(outerColumns(node), 1, 'SELECT list');
    // Subqueries beneath the aggregation whose column is read above it.
    const plain = new Map<number, PlanColumn>();
    visitPlan(this.#input, (node) => {
      if (node.kind === 'apply') plain.set(node.column.id, node.column);
    });
    for (const id of columnsRead(...items.map((i) => i.expression), having, ...order.map((k) => k.expression))) {
      const column = plain.get(id);
      if (!column || known.has(id) || extra.has(id)) continue;
      extra.set(id, { column: { ...column, nullable: true }, aggregate: firstValue(reference(column)) });
    }
    return {
      kind: 'aggregate',
      input: this.#input,
      groups: this.#groups,
      aggregates: [...this.#aggregates.map(({ column, aggregate }) => ({ column, aggregate })), ...extra.values()],
      rollup: this.#select.rollup,
      grouping: this.#grouping,
    };
  }

  get #groupsStrictly(): boolean {
    return this.#environment.binder.session.sqlMode().has('ONLY_FULL_GROUP_BY');
  }

  /** A column's with table and database; nothing for other expressions. */
  #nameOf(expression: Expression): string {
    if (expression.kind !== 'column') return '';
    const found = this.#scope.columns.find(({ column }) => column.id === expression.index);
    return found === undefined ? expression.name : fullName(found);
  }

  #notGrouped(column: ScopeColumn, position: number, clause: string): SqlError {
    const full = fullName(column);
    return this.#groups.length > 0 ? notInGroupBy(position, clause, full) : mixedGroupColumns(position, clause, full);
  }

  #project(input: Plan, items: readonly Item[], order: readonly SortKey[]): BoundBody {
    const { binder } = this.#environment;
    const used = new Set<number>();
    const computed: Computed[] = [];
    const places = new Map<string, PlanColumn>();
    const columns = items.map((item): BodyColumn => {
      const { expression } = item;
      const { type, nullable } = expression;
      const passed = expression.kind === 'column' && idsOf(input).has(expression.index) && !used.has(expression.index);
      const id = passed ? expression.index : binder.id();
      used.add(id);
      const column = { id, name: item.name, type, nullable };
      computed.push({ column, expression });
      const key = this.#keyOf(expression);
      if (!places.has(key)) places.set(key, column);
      return { ...column, source: item.source, qualifier: item.qualifier };
    });
    const visible = computed.length;
    const outputs = new Set(columns.map((c) => c.id));
    const keys = order
      .filter(({ expression }) => !isConstant(expression))
      .map(({ expression, descending }, i): SortKey => {
        const place = places.get(this.#keyOf(expression));
        if (place) return { expression: reference(place), descending };
        if ([...columnsRead(expression)].every((id) => outputs.has(id))) return { expression, descending };
        if (this.#select.distinct && this.#groupsStrictly) throw notSelected(i + 1, this.#nameOf(expression));
        const { type, nullable } = expression;
        const column =
          expression.kind === 'column' && idsOf(input).has(expression.index)
            ? { id: expression.index, name: expression.name, type, nullable }
            : binder.column('sort key', type, nullable);
        computed.push({ column, expression });
        places.set(this.#keyOf(expression), column);
        return { expression: reference(column), descending };
      });
    let plan: Plan = { kind: 'project', input, computed };
    if (this.#select.distinct) plan = distinctRows(plan, computed, visible);
    if (keys.length > 0) plan = { kind: 'sort', input: plan, keys };
    if (computed.length > visible) {
      plan = {
        kind: 'project',
        input: plan,
        computed: columns.map((column) => ({ column, expression: reference(column) })),
      };
    }
    return { plan, columns };
  }
}

function aggregateKey(call: Call, args: readonly string[]): string {
  const order = (call.orderBy ?? []).map((k) => k.descending).join();
  return `${call.name} ${call.distinct ?? false} ${JSON.stringify(call.separator)} ${order} ${args.join()}`;
}

function fullName({ source, name, table }: ScopeColumn): string {
  if (source) return `${source.database}.${source.alias}.${name}`;
  return table === undefined ? name : `${table}.${name}`;
}

/** Rows that differ in the visible columns; what is only sorted by comes from one of the equal ones, as MySQL has it. */
function distinctRows(input: Plan, computed: readonly Computed[], visible: number): Plan {
  if (computed.length === visible) return { kind: 'distinct', input };
  const groups = computed.slice(0, visible).map(({ column }) => ({ column, expression: reference(column) }));
  const aggregates = computed.slice(visible).map(({ column }) => {
    return { column: { ...column, nullable: true }, aggregate: firstValue(reference(column)) };
  });
  return { kind: 'aggregate', input, groups, aggregates, rollup: false };
}

function notSelected(position: number, name: string): SqlError {
  return new SqlError(
    3065,
    'HY000',
    `Expression #${position} of ORDER BY clause is not in SELECT list, references column '${name}' which is not in SELECT list; this is incompatible with DISTINCT`,
  );
}

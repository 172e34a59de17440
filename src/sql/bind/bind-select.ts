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
import { columnsRead, conjuncts, isConstant, reference } from '../plan/expression-tree.ts';
import type { ApplyPlan, Computed, Plan, PlanColumn, SortKey, WindowPlan } from '../plan/plan.ts';
import { expressionsOf, idsOf, mapOwnExpressions } from '../plan/plan-tree.ts';
import type { ColumnReference, OrderItem, Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import type * as syntax from '../syntax/ast/query.ts';
import { SqlError, unknownColumn } from '../types/sql-error.ts';
import { type BodyColumn, type BoundBody, bindQueryIn, positionOf } from './bind-body.ts';
import { bindColumn, bindExpression, type Scene } from './bind-expression.ts';
import { bindFrom } from './bind-from.ts';
import { type BoundWindow, bindWindowCall } from './bind-window.ts';
import type { Environment } from './binder.ts';
import { firstValue } from './first-value.ts';
import { Grouping } from './grouping.ts';
import { applyOver, byWindows, stillRead } from './lifted-subqueries.ts';
import { type ColumnName, type ColumnSource, fullName, Scope, type ScopeColumn, sameName } from './scope.ts';

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
  readonly #grouping: Grouping;
  readonly #windows: BoundWindow[] = [];
  /** Subqueries above the aggregation. */
  readonly #lifted: ApplyPlan[] = [];
  readonly #items: Item[] = [];

  constructor(select: syntax.Select, environment: Environment, parent: Scope | undefined) {
    this.#select = select;
    this.#environment = environment;
    this.#parent = parent;
    this.#grouping = new Grouping(environment, select.rollup);
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
    this.#grouping.groupBy(this.#select.groupBy.map((item) => this.#group(item.expression)));
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
        this.#grouping.remember(subquery, column);
        this.#input = { kind: 'apply', input: this.#input, subquery, column, mode };
      },
    };
  }

  /** Expressions over groups. */
  #above(clause: string): Scene {
    const scene: Scene = {
      ...this.#scene(this.#scope.in(clause, (name) => this.#aliasColumn(name))),
      lift: (subquery, mode, column) => {
        this.#grouping.remember(subquery, column);
        this.#lifted.push({ kind: 'apply', input: { kind: 'oneRow' }, subquery, column, mode });
      },
      aggregate: (call) => this.#grouping.aggregate(call, this.#below('field list')),
      grouping: (call) => this.#grouping.groupingCall(call, this.#below('field list')),
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

  /** Names in HAVING: grouped columns before aliases, aliases before other columns. */
  #havingScene(): Scene {
    const scene = this.#above('having clause');
    const scope = this.#scope.in('having clause');
    return {
      ...scene,
      resolve: (name) => {
        const found = this.#tryFind(scope, name);
        if (found && this.#grouping.hasGroup(found.column.id)) return reference(found.column);
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
    if (!isPlain || this.#grouping.isThere) return [];
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
    const columns = this.#scope.columns.map((c) =>
      this.#grouping.hasGroup(c.column.id) ? { ...c, column: { ...c.column, nullable: true } } : c,
    );
    this.#scope = new Scope(columns, this.#parent);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Putting it together

  #assemble(having: Expression | undefined, keys: readonly SortKey[]): BoundBody {
    let plan = this.#input;
    let items = this.#items;
    let order = keys;
    let lifted = this.#lifted;
    let windows: readonly WindowPlan[] = this.#windows.map((w) => w.plan);
    if (this.#grouping.isThere) {
      const over = (e: Expression): Expression => this.#grouping.over(e);
      items = items.map((item) => ({ ...item, expression: over(item.expression) }));
      having = having && over(having);
      order = order.map((key) => ({ ...key, expression: over(key.expression) }));
      windows = windows.map((node) => mapOwnExpressions(node, over) as WindowPlan);
      const others = [...items, ...order].map(({ expression }) => expression);
      lifted = stillRead(
        lifted.map((node) => applyOver(node, over)),
        columnsRead(...others, having, ...windows.flatMap(expressionsOf)),
      );
      const above = { items, having, order, lifted, windows };
      plan = this.#grouping.plan(plan, this.#scope.columns, above, this.#groupsStrictly);
    }
    const { before, after } = byWindows(lifted, windows);
    for (const node of before) plan = { ...node, input: plan };
    if (having) plan = { kind: 'filter', input: plan, condition: having };
    for (const node of windows) plan = { ...node, input: plan };
    for (const node of after) plan = { ...node, input: plan };
    return this.#project(plan, items, order);
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
      const key = this.#grouping.keyOf(expression);
      if (!places.has(key)) places.set(key, column);
      return { ...column, source: item.source, qualifier: item.qualifier };
    });
    const visible = computed.length;
    const outputs = new Set(columns.map((c) => c.id));
    const keys = order
      .filter(({ expression }) => !isConstant(expression))
      .map(({ expression, descending }, i): SortKey => {
        const place = places.get(this.#grouping.keyOf(expression));
        if (place) return { expression: reference(place), descending };
        if ([...columnsRead(expression)].every((id) => outputs.has(id))) return { expression, descending };
        if (this.#select.distinct && this.#groupsStrictly) throw notSelected(i + 1, this.#nameOf(expression));
        const { type, nullable } = expression;
        const column =
          expression.kind === 'column' && idsOf(input).has(expression.index)
            ? { id: expression.index, name: expression.name, type, nullable }
            : binder.column('sort key', type, nullable);
        computed.push({ column, expression });
        places.set(this.#grouping.keyOf(expression), column);
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

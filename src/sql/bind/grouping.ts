/**
 * The groups and aggregates of a SELECT, and the aggregation that they make of its rows. Aggregate calls are bound over the rows
 * before grouping, and read from columns; a call that is a query of its own counts as the expression that was written.
 */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, expressionKey, operandsOf, reference, withOperands } from '../plan/expression-tree.ts';
import type { AggregateCall, Computed, Plan, PlanColumn, SortKey, WindowPlan } from '../plan/plan.ts';
import { idsOf, outerColumns, visitPlan } from '../plan/plan-tree.ts';
import type { Call, OrderItem, Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import {
  invalidGroupFunctionUse,
  mixedGroupColumns,
  notInGroupBy,
  type SqlError,
  unknownColumn,
  wrongArguments,
} from '../types/sql-error.ts';
import { BIGINT } from '../types/sql-type.ts';
import { positionOf } from './bind-body.ts';
import { bindExpression, type Scene } from './bind-expression.ts';
import type { Environment } from './binder.ts';
import { dependentColumns } from './dependent-columns.ts';
import { firstValue } from './first-value.ts';
import { rowOfCall } from './lifted-subqueries.ts';
import { fullName, type ScopeColumn } from './scope.ts';

/** What is read of an aggregation. */
export interface ReadAbove {
  readonly items: readonly { readonly expression: Expression }[];
  readonly having: Expression | undefined;
  readonly order: readonly SortKey[];
  readonly lifted: readonly Plan[];
  readonly windows: readonly WindowPlan[];
}

export class Grouping {
  readonly #environment: Environment;
  readonly #isRollup: boolean;
  #groups: readonly Computed[] = [];
  readonly #aggregates: (AggregateCall & { readonly key: string })[] = [];
  /** For GROUPING(): which groups a row of WITH ROLLUP sums over. */
  #summed: PlanColumn | undefined;
  /** Calls that are queries of their own, by the column that holds what each gave: what `expressionKey` says of them. */
  readonly #calls = new Map<number, string>();

  constructor(environment: Environment, isRollup: boolean) {
    this.#environment = environment;
    this.#isRollup = isRollup;
  }

  /** Rows of WITH ROLLUP have NULL in the groups that they sum over. */
  groupBy(groups: readonly Computed[]): void {
    this.#groups = this.#isRollup ? groups.map((g) => ({ ...g, column: { ...g.column, nullable: true } })) : groups;
  }

  /** There are groups, or aggregates, which make one of all rows. */
  get isThere(): boolean {
    return this.#groups.length > 0 || this.#aggregates.length > 0;
  }

  hasGroup(id: number): boolean {
    return this.#groups.some(({ column }) => column.id === id);
  }

  /** A subquery was taken out of an expression, which reads `column` in its place. */
  remember(subquery: Plan, { id }: PlanColumn): void {
    const call = rowOfCall(subquery);
    if (call !== undefined) this.#calls.set(id, this.keyOf(call));
  }

  /** Equal for expressions that are the same. */
  keyOf(expression: Expression): string {
    return expressionKey(expression, this.#calls);
  }

  /** An aggregate call as the column that it is read from; `below` is a scene over the rows before grouping. */
  aggregate(call: Call, below: Scene): Expression {
    const bind = (node: SyntaxExpression): Expression => bindExpression(node, below);
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
      aggregate.args.map((arg) => this.keyOf(arg)),
    );
    const same = this.#aggregates.find((a) => a.key === known);
    if (same) return reference(same.column);
    const column = this.#environment.binder.column(call.name, aggregate.type, aggregate.nullable);
    this.#aggregates.push({ column, aggregate, key: known });
    return reference(column);
  }

  /** GROUPING(a, b): a bit for each argument, set in rows that sum over it. */
  groupingCall(call: Call, below: Scene): Expression {
    if (!this.#isRollup) throw invalidGroupFunctionUse();
    this.#summed ??= this.#environment.binder.column('grouping', BIGINT, false);
    const bits = reference(this.#summed);
    const scene: Scene = { ...below, lift: (subquery, _mode, column) => this.remember(subquery, column) };
    let sum: Expression = build.numberLiteral('0');
    for (const arg of call.args) {
      const key = this.keyOf(bindExpression(arg, scene));
      const at = this.#groups.findIndex((g) => this.keyOf(g.expression) === key);
      if (at < 0) throw wrongArguments('GROUPING function');
      const shift = build.numberLiteral(String(this.#groups.length - 1 - at));
      const bit = build.bit('&', build.bit('>>', bits, shift), build.numberLiteral('1'));
      sum = build.arithmetic('+', build.arithmetic('*', sum, build.numberLiteral('2')), bit);
    }
    return build.coerce(sum, BIGINT);
  }

  /** The expression over the aggregation: parts that equal a group expression read the group's column. */
  over(expression: Expression): Expression {
    const computed = this.#groups.filter(({ expression: e }) => e.kind !== 'column' || this.#calls.has(e.index));
    if (computed.length === 0) return expression;
    const keys = new Map(computed.map((g) => [this.keyOf(g.expression), g.column]));
    const rewrite = (node: Expression): Expression => {
      const group = keys.get(this.keyOf(node));
      if (group) return reference(group);
      const operands = operandsOf(node);
      const rewritten = operands.map(rewrite);
      return rewritten.every((o, i) => o === operands[i]) ? node : withOperands(node, rewritten);
    };
    return rewrite(expression);
  }

  /**
   * The aggregation of `input`. Of other `columns` of it that are read above, a group has its first value. Throws 1055 and 1140
   * for one that the groups do not decide, where `isStrict`.
   */
  plan(input: Plan, columns: readonly ScopeColumn[], above: ReadAbove, isStrict: boolean): Plan {
    const { items, having, order, lifted, windows } = above;
    const available = idsOf(input);
    const known = new Set([...this.#groups.map((g) => g.column.id), ...this.#aggregates.map((a) => a.column.id)]);
    const extra = new Map<number, AggregateCall>();
    const dependent = dependentColumns(this.#groups, input, columns);
    const need = (ids: Iterable<number>, position: number, clause: string): void => {
      for (const id of ids) {
        if (!available.has(id) || known.has(id) || extra.has(id)) continue;
        const found = columns.find((c) => c.column.id === id);
        if (found && isStrict && !dependent.has(id)) throw this.#notGrouped(found, position, clause);
        if (found) extra.set(id, anyOf(found.column));
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
    visitPlan(input, (node) => {
      if (node.kind === 'apply') plain.set(node.column.id, node.column);
    });
    for (const id of columnsRead(...items.map((i) => i.expression), having, ...order.map((k) => k.expression))) {
      const column = plain.get(id);
      if (column && !known.has(id) && !extra.has(id)) extra.set(id, anyOf(column));
    }
    return {
      kind: 'aggregate',
      input,
      groups: this.#groups,
      aggregates: [...this.#aggregates.map(({ column, aggregate }) => ({ column, aggregate })), ...extra.values()],
      rollup: this.#isRollup,
      grouping: this.#summed,
    };
  }

  #notGrouped(column: ScopeColumn, position: number, clause: string): SqlError {
    const full = fullName(column);
    return this.#groups.length > 0 ? notInGroupBy(position, clause, full) : mixedGroupColumns(position, clause, full);
  }
}

/** A column whose value in a group is that of its first row. */
function anyOf(column: PlanColumn): AggregateCall {
  return { column: { ...column, nullable: true }, aggregate: firstValue(reference(column)) };
}

function aggregateKey(call: Call, args: readonly string[]): string {
  const order = (call.orderBy ?? []).map((k) => k.descending).join();
  return `${call.name} ${call.distinct ?? false} ${JSON.stringify(call.separator)} ${order} ${args.join()}`;
}

/** From a plan to rows: builds the operators of a plan, with their expressions compiled, and runs them. */
import { assert, unreachable } from '../../base/errors.ts';
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, isVolatile } from '../plan/expression-tree.ts';
import type {
  AggregatePlan,
  ApplyPlan,
  ColumnId,
  EqualityKey,
  JoinPlan,
  Plan,
  ProjectPlan,
  RecursivePlan,
  SortPlan,
} from '../plan/plan.ts';
import { columnsOf, expressionsOf, outerColumns, visitPlan } from '../plan/plan-tree.ts';
import { Aggregate } from './aggregate.ts';
import { Apply, ExistsValue, MembershipValue, QuantifiedValue, ScalarValue, type SubqueryValue } from './apply.ts';
import { buildCount, buildScan } from './build-scan.ts';
import { buildWindow } from './build-window.ts';
import { ComputedRows } from './computed-rows.ts';
import { DependentJoin, type SlotSource } from './dependent-join.ts';
import { Distinct } from './distinct.ts';
import { Filter } from './filter.ts';
import type { AggregateInput } from './grouping.ts';
import { HashJoin } from './hash-join.ts';
import type { Residual } from './join-sink.ts';
import { Layout } from './layout.ts';
import { Limit } from './limit.ts';
import { NestedLoopJoin } from './nested-loop-join.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';
import { Project } from './project.ts';
import { mayGrow, ProjectInPieces } from './project-in-pieces.ts';
import { Recursive, WorkTable } from './recursive.ts';
import { Rollup } from './rollup.ts';
import { Membership, UnionAll } from './set-operation.ts';
import { Share } from './shared.ts';
import { Sort, TopN } from './sort.ts';
import { NoRows, OneRow, Values } from './values.ts';
import { VirtualScan } from './virtual-scan.ts';

/** Runs a plan. The batches' columns are the plan's, in order. */
export function execute(plan: Plan, context: ExecutionContext): Rows {
  return buildOperator(plan).run(context);
}

/** The operators of a plan, for one execution at a time unless the plan `isStateless`. */
export function buildOperator(plan: Plan, wrap?: WrapOperator): Operator {
  return new Builder(wrap).build(plan);
}

/** Takes the place of each operator when it is built. */
export type WrapOperator = (plan: Plan, operator: Operator) => Operator;

/** Whether the operators of a plan keep nothing of an execution: rows that several readers share, or a subquery's value. */
export function isStateless(plan: Plan): boolean {
  let found = true;
  visitPlan(plan, ({ kind }) => {
    if (kind === 'apply' || kind === 'shared' || kind === 'recursive' || kind === 'workTable') found = false;
  });
  return found;
}

const NOTHING = new Layout([]);

class Builder {
  readonly #shares = new Map<number, Share>();
  readonly #workTables = new Map<number, WorkTable>();
  readonly #wrap: WrapOperator | undefined;

  constructor(wrap: WrapOperator | undefined) {
    this.#wrap = wrap;
  }

  build(plan: Plan): Operator {
    const operator = this.#operator(plan);
    return this.#wrap === undefined ? operator : this.#wrap(plan, operator);
  }

  #operator(plan: Plan): Operator {
    switch (plan.kind) {
      case 'oneRow':
        return new OneRow();
      case 'empty':
        return new NoRows();
      case 'values':
        return new Values(
          plan.columns.length,
          plan.rows.map((row) => row.map((e) => NOTHING.compile(e))),
        );
      case 'scan':
        return buildScan(plan);
      case 'count':
        return buildCount(plan);
      case 'virtual':
        return new VirtualScan(
          plan.source,
          plan.columns.map((c) => c.ordinal),
          plan.equalities.map((e) => ({ ordinal: e.ordinal, values: e.values.map((v) => NOTHING.compile(v)) })),
          plan.condition && layoutOf(plan).compileFilter(plan.condition),
        );
      case 'computedRows':
        return new ComputedRows(
          plan,
          plan.args.map((arg) => NOTHING.compile(arg)),
        );
      case 'filter':
        return new Filter(this.build(plan.input), layoutOf(plan.input).compileFilter(plan.condition));
      case 'project':
        return this.#project(plan);
      case 'aggregate':
        return this.#aggregate(plan);
      case 'window':
        return buildWindow(plan, this.build(plan.input), layoutOf(plan.input));
      case 'sort':
        return this.#sort(plan);
      case 'limit':
        return new Limit(
          this.build(plan.input),
          plan.count && NOTHING.compile(plan.count),
          plan.offset && NOTHING.compile(plan.offset),
        );
      case 'distinct':
        return new Distinct(
          this.build(plan.input),
          columnsOf(plan).map((c) => c.type),
        );
      case 'join':
        return this.#join(plan);
      case 'apply':
        return this.#apply(plan);
      case 'setOperation': {
        const types = plan.columns.map((c) => c.type);
        const inputs = plan.inputs.map((input) => this.build(input));
        const { operation, all } = plan;
        if (operation === 'union') return all ? new UnionAll(inputs) : new Distinct(new UnionAll(inputs), types);
        const rows = inputs
          .slice(1)
          .reduce((left, right) => new Membership(operation, all, left, right, types), inputs[0]!);
        return operation === 'except' && !all ? new Distinct(rows, types) : rows;
      }
      case 'recursive':
        return this.#recursive(plan);
      case 'workTable': {
        const work = this.#workTables.get(plan.work);
        assert(work, 'a work table stands inside its recursion');
        return work;
      }
      case 'shared': {
        const known = this.#shares.get(plan.share);
        if (known) return known;
        // Rows that depend on an enclosing query cannot be kept.
        if (outerColumns(plan.input).size > 0) return this.build(plan.input);
        const share = new Share(this.build(plan.input), plan.columns.length);
        this.#shares.set(plan.share, share);
        return share;
      }
      default:
        return unreachable(plan);
    }
  }

  #project(plan: ProjectPlan): Operator {
    const layout = layoutOf(plan.input);
    const projections = plan.computed.map(({ expression }) => {
      const position = expression.kind === 'column' ? layout.position(expression.index) : undefined;
      return position ?? layout.compileColumn(expression);
    });
    const input = this.build(plan.input);
    const isSame = projections.length === layout.columns.length && projections.every((p, at) => p === at);
    if (isSame) return input;
    const grows = plan.computed.some(({ expression }) => mayGrow(expression));
    return grows ? new ProjectInPieces(input, projections) : new Project(input, projections);
  }

  #sort(plan: SortPlan): Operator {
    const { input, limit } = plan;
    const layout = layoutOf(input);
    const keys = plan.keys.map(({ expression, descending }) => ({
      type: expression.type,
      descending,
      evaluate: layout.compileColumn(expression),
    }));
    const width = layout.columns.length;
    if (limit !== undefined) {
      const { count, offset } = limit;
      return new TopN(this.build(input), width, keys, NOTHING.compile(count), offset && NOTHING.compile(offset));
    }
    // Operators that are watched stay apart.
    if (input.kind === 'distinct' && this.#wrap === undefined && sortsByAll(plan, layout)) {
      const types = layout.columns.map((c) => c.type);
      return new Sort(this.build(input.input), width, keys, types);
    }
    return new Sort(this.build(input), width, keys);
  }

  #aggregate(plan: AggregatePlan): Operator {
    const layout = layoutOf(plan.input);
    const groups = plan.groups.map(({ expression }) => ({
      type: expression.type,
      evaluate: layout.compileColumn(expression),
    }));
    const aggregates: AggregateInput[] = plan.aggregates.map(({ aggregate }) => ({
      aggregate,
      args: aggregate.args.map((arg) => layout.compileColumn(arg)),
    }));
    const input = this.build(plan.input);
    return plan.rollup
      ? new Rollup(input, groups, aggregates, plan.grouping !== undefined)
      : new Aggregate(input, groups, aggregates);
  }

  #join(plan: JoinPlan): Operator {
    const leftLayout = layoutOf(plan.left);
    const rightLayout = layoutOf(plan.right);
    const left = this.build(plan.left);
    const right = this.build(plan.right);
    const leftWidth = leftLayout.columns.length;
    const rightWidth = rightLayout.columns.length;
    const { join, strategy } = plan;
    if (strategy.kind === 'hash') {
      const keys = strategy.keys.map((key) => ({
        type: key.domain,
        left: leftLayout.compileColumn(key.left),
        right: rightLayout.compileColumn(key.right),
      }));
      const tested = isBare(strategy.keys) ? leftLayout.columns.map((c) => readsLeft(strategy.keys, c.id)) : undefined;
      const residual = residualOf(plan, strategy.residual);
      return new HashJoin({ join, left, leftWidth, right, rightWidth, residual }, keys, tested);
    }
    const residual = residualOf(plan, plan.condition);
    const input = { join, left, leftWidth, right, rightWidth, residual };
    if (strategy.kind === 'nestedLoop') return new NestedLoopJoin(input);
    return new DependentJoin(join, left, right, rightWidth, slotsFrom(leftLayout, plan.right), residual);
  }

  #apply(plan: ApplyPlan): Operator {
    const layout = layoutOf(plan.input);
    const slots = slotsFrom(layout, plan.subquery);
    const further = [...outerColumns(plan.subquery)].some((id) => layout.position(id) === undefined);
    const pure = !readsVolatile(plan.subquery);
    const subquery = this.build(plan.subquery);
    const decidedBy = pure && plan.mode.kind !== 'quantified' ? slots : undefined;
    const value = this.#subqueryValue(plan, subquery, slots.length === 0 && pure);
    return new Apply(this.build(plan.input), slots, value, decidedBy, further);
  }

  #subqueryValue(plan: ApplyPlan, subquery: Operator, constant: boolean): SubqueryValue {
    const { mode } = plan;
    if (mode.kind === 'scalar') return new ScalarValue(subquery);
    if (mode.kind === 'exists') return new ExistsValue(subquery);
    const inner = columnsOf(plan.subquery);
    const both = new Layout([...columnsOf(plan.input), ...inner]);
    const condition = both.compile(mode.condition);
    const compared = new QuantifiedValue(subquery, mode.quantifier, inner.length, condition, constant);
    if (!constant || !mode.keys || mode.quantifier !== 'any') return compared;
    const layout = layoutOf(plan.input);
    const innerLayout = new Layout(inner);
    const keys = mode.keys.map((key) => ({
      type: key.domain,
      left: layout.compileColumn(key.left),
      right: innerLayout.compileColumn(key.right),
    }));
    return new MembershipValue(subquery, inner.length, keys, compared);
  }

  #recursive(plan: RecursivePlan): Operator {
    const types = plan.columns.map((c) => c.type);
    const work = new WorkTable(types.length);
    this.#workTables.set(plan.work, work);
    return new Recursive(this.build(plan.anchor), this.build(plan.step), work, types, plan.distinct);
  }
}

function layoutOf(plan: Plan): Layout {
  return new Layout(columnsOf(plan));
}

/** Whether the keys are the columns, all of them and nothing else, so that rows that are equal as keys are equal rows. */
function sortsByAll({ keys }: SortPlan, { columns }: Layout): boolean {
  const sorted = new Set(keys.map(({ expression }) => (expression.kind === 'column' ? expression.index : undefined)));
  return sorted.size === columns.length && columns.every(({ id, type }) => sorted.has(id) && type.kind !== 'json');
}

/** A join's condition over both sides. */
function residualOf(plan: JoinPlan, condition: Expression | undefined): Residual | undefined {
  if (condition === undefined) return undefined;
  const columns = [...columnsOf(plan.left), ...columnsOf(plan.right)];
  const read = columnsRead(condition);
  return { filter: new Layout(columns).compileFilter(condition), reads: columns.map((c) => read.has(c.id)) };
}

/** Whether nothing has to be computed for the left side of the keys. */
const isBare = (keys: readonly EqualityKey[]): boolean => keys.every(({ left }) => left.kind === 'column');

const readsLeft = (keys: readonly EqualityKey[], id: ColumnId): boolean =>
  keys.some(({ left }) => left.kind === 'column' && left.index === id);

/** The columns of an outer row that an inner plan reads. */
function slotsFrom(outer: Layout, inner: Plan): readonly SlotSource[] {
  const slots: SlotSource[] = [];
  for (const id of outerColumns(inner)) {
    const position = outer.position(id);
    if (position !== undefined) slots.push({ slot: id, position });
  }
  return slots;
}

function readsVolatile(plan: Plan): boolean {
  let found = false;
  visitPlan(plan, (node) => {
    found ||= expressionsOf(node).some(isVolatile);
  });
  return found;
}

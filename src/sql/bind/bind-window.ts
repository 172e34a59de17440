/** Window functions: calls that share a partitioning and an order become one Window node. */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { expressionKey, reference } from '../plan/expression-tree.ts';
import type { Frame, FrameEnd, RankingFunction, SortKey, WindowCall, WindowPlan } from '../plan/plan.ts';
import type * as syntax from '../syntax/ast.ts';
import { notSupported, SqlError, wrongParameterCount } from '../types/sql-error.ts';
import { DOUBLE, isNumeric, isTemporal, type SqlType, UNSIGNED_BIGINT } from '../types/sql-type.ts';
import { RANKING_FUNCTIONS } from './bind-expression.ts';
import type { Environment } from './binder.ts';
import { sameName } from './scope.ts';

export interface BoundWindow {
  readonly key: string;
  plan: WindowPlan;
}

type Bind = (node: syntax.Expression) => Expression;

export function bindWindowCall(
  call: syntax.Call,
  named: readonly syntax.NamedWindow[],
  bind: Bind,
  environment: Environment,
  windows: BoundWindow[],
): Expression {
  const specification = resolve(call.over!, named, []);
  const partition = specification.partitionBy.map(bind);
  const order = specification.orderBy.map(
    (k): SortKey => ({ expression: bind(k.expression), descending: k.descending }),
  );
  const frame = bindFrame(specification.frame, order, bind);
  const called = bindCall(call, frame, bind);
  const column = environment.binder.column(call.name, called.type, called.nullable);
  const key = `${partition.map(expressionKey).join()} | ${order.map((k) => `${expressionKey(k.expression)} ${k.descending}`).join()}`;
  const windowCall: WindowCall = { column, function: called.function, frame };
  const same = windows.find((w) => w.key === key);
  if (same) same.plan = { ...same.plan, calls: [...same.plan.calls, windowCall] };
  else {
    windows.push({
      key,
      plan: { kind: 'window', input: { kind: 'oneRow' }, partition, order, calls: [windowCall] },
    });
  }
  return reference(column);
}

function resolve(
  over: syntax.WindowSpecification | syntax.Name,
  named: readonly syntax.NamedWindow[],
  seen: readonly string[],
): syntax.WindowSpecification {
  const base = 'kind' in over ? over.base : over.name;
  if (base === undefined) return over as syntax.WindowSpecification;
  const found = named.find((w) => sameName(w.name, base));
  if (!found) throw new SqlError(3579, 'HY000', `Window name '${base}' is not defined.`);
  if (seen.includes(base.toLowerCase())) {
    throw new SqlError(3580, 'HY000', 'There is a circularity in the window dependency graph.');
  }
  const inherited = resolve(found.window, named, [...seen, base.toLowerCase()]);
  if (!('kind' in over)) return inherited;
  if (over.partitionBy.length > 0) {
    throw new SqlError(3581, 'HY000', 'A window which depends on another cannot define partitioning.');
  }
  return {
    ...over,
    partitionBy: inherited.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : inherited.orderBy,
  };
}

function bindFrame(frame: syntax.WindowFrame | undefined, order: readonly SortKey[], bind: Bind): Frame | undefined {
  if (!frame) {
    if (order.length === 0) return undefined;
    return { unit: 'range', from: { kind: 'unboundedPreceding' }, to: { kind: 'currentRow' } };
  }
  const end = (bound: syntax.FrameBound): FrameEnd => {
    if (!('offset' in bound)) return bound;
    if (bound.offset.kind === 'interval') throw notSupported('window frames over intervals');
    const offset = bind(bound.offset);
    if (frame.unit !== 'range') return { kind: bound.kind, offset };
    const key = order[0]?.expression;
    if (order.length !== 1 || key === undefined || !(isNumeric(key.type) || isTemporal(key.type))) {
      throw new SqlError(
        3587,
        'HY000',
        'Window with RANGE N PRECEDING/FOLLOWING frame requires exactly one ORDER BY expression, of numeric or temporal type',
      );
    }
    return { kind: bound.kind, offset: isNumeric(key.type) ? build.coerce(offset, key.type) : offset };
  };
  return { unit: frame.unit, from: end(frame.from), to: frame.to ? end(frame.to) : { kind: 'currentRow' } };
}

interface BoundCall {
  readonly function: WindowCall['function'];
  readonly type: SqlType;
  readonly nullable: boolean;
}

function bindCall(call: syntax.Call, frame: Frame | undefined, bind: Bind): BoundCall {
  if (!RANKING_FUNCTIONS.has(call.name)) {
    if (call.distinct) throw notSupported('<window function>(DISTINCT ..)');
    const aggregate = build.aggregate(call.name, call.star ? [] : call.args.map(bind), {
      distinct: false,
      ...(call.separator === undefined ? {} : { separator: call.separator }),
    });
    // A moving frame may be empty.
    const nullable = aggregate.nullable || (frame !== undefined && aggregate.name !== 'count');
    return { function: { kind: 'aggregate', aggregate }, type: aggregate.type, nullable };
  }
  const name = call.name as RankingFunction;
  const args = call.args.map(bind);
  const expect = (least: number, most: number): void => {
    if (args.length < least || args.length > most) throw wrongParameterCount(name);
  };
  const ranking = (type: SqlType, nullable: boolean, given: readonly Expression[] = args): BoundCall => {
    return { function: { kind: 'ranking', name, args: given }, type, nullable };
  };
  switch (name) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
      expect(0, 0);
      return ranking(UNSIGNED_BIGINT, false);
    case 'percent_rank':
    case 'cume_dist':
      expect(0, 0);
      return ranking(DOUBLE, false);
    case 'ntile':
      expect(1, 1);
      return ranking(UNSIGNED_BIGINT, true);
    case 'lag':
    case 'lead': {
      expect(1, 3);
      const [value, offset, otherwise] = args;
      if (!otherwise) return ranking(value!.type, true);
      const type = build.unifiedType([value!.type, otherwise.type]);
      return ranking(type, true, [build.coerce(value!, type), offset!, build.coerce(otherwise, type)]);
    }
    case 'nth_value':
      expect(2, 2);
      return ranking(args[0]!.type, true);
    default:
      expect(1, 1);
      return ranking(args[0]!.type, true);
  }
}

/** Window functions: calls that share a partitioning and an order become one Window node. */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { expressionKey, reference } from '../plan/expression-tree.ts';
import type { Frame, FrameEnd, RankingFunction, SortKey, WindowCall, WindowPlan } from '../plan/plan.ts';
import type * as syntax from '../syntax/ast/expression.ts';
import type { Name } from '../syntax/ast/node.ts';
import type { NamedWindow } from '../syntax/ast/query.ts';
import { hasClock } from '../types/interval.ts';
import { notSupported, SqlError, wrongArguments, wrongParameterCount } from '../types/sql-error.ts';
import { DOUBLE, datetime, isNumeric, isTemporal, type SqlType, UNSIGNED_BIGINT } from '../types/sql-type.ts';
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
  named: readonly NamedWindow[],
  bind: Bind,
  environment: Environment,
  windows: BoundWindow[],
): Expression {
  const specification = resolve(call.over!, named, []);
  const partition = specification.partitionBy.map(bind);
  const order = specification.orderBy.map((k): SortKey => {
    const key = bind(k.expression);
    // A date moved by hours is a moment, which is compared with moments.
    const isMoved = key.type.kind === 'date' && hasInterval(specification.frame);
    return { expression: isMoved ? build.coerce(key, datetime(6)) : key, descending: k.descending };
  });
  const name = 'kind' in call.over! ? UNNAMED : call.over!.name;
  const frame = bindFrame(specification.frame, order, bind, name);
  if (call.nulls === 'ignore') throw notSupported('IGNORE NULLS');
  const called = bindCall(call, frame, bind, environment);
  const column = environment.binder.column(call.name, called.type, called.nullable);
  const key = `${partition.map((e) => expressionKey(e)).join()} | ${order.map((k) => `${expressionKey(k.expression)} ${k.descending}`).join()}`;
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
  over: syntax.WindowSpecification | Name,
  named: readonly NamedWindow[],
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
  if (found.window.frame) {
    throw new SqlError(
      3582,
      'HY000',
      `Window '${base}' has a frame definition, so cannot be referenced by another window.`,
    );
  }
  if (over.orderBy.length > 0 && inherited.orderBy.length > 0) {
    throw new SqlError(
      3583,
      'HY000',
      `Window '${UNNAMED}' cannot inherit '${base}' since both contain an ORDER BY clause.`,
    );
  }
  return {
    ...over,
    partitionBy: inherited.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : inherited.orderBy,
  };
}

/** What messages call a window without a name. */
const UNNAMED = '<unnamed window>';

const hasInterval = (frame: syntax.WindowFrame | undefined): boolean =>
  [frame?.from, frame?.to].some((end) => end !== undefined && 'offset' in end && end.offset.kind === 'interval');

function bindFrame(
  frame: syntax.WindowFrame | undefined,
  order: readonly SortKey[],
  bind: Bind,
  window: string,
): Frame | undefined {
  if (!frame) {
    if (order.length === 0) return undefined;
    return { unit: 'range', from: { kind: 'unboundedPreceding' }, to: { kind: 'currentRow' } };
  }
  const { from, to = { kind: 'currentRow' } } = frame;
  checkEnds(from, to, window);
  const end = (bound: syntax.FrameBound): FrameEnd => {
    if (!('offset' in bound)) return bound;
    if (frame.unit !== 'range') return { kind: bound.kind, offset: rowCount(bound.offset, bind, window) };
    const key = order[0];
    if (
      order.length !== 1 ||
      key === undefined ||
      !(isNumeric(key.expression.type) || isTemporal(key.expression.type))
    ) {
      throw new SqlError(
        3587,
        'HY000',
        `Window '${window}' with RANGE N PRECEDING/FOLLOWING frame requires exactly one ORDER BY expression, of numeric or temporal type`,
      );
    }
    return rangeEnd(bound.kind, bound.offset, key, bind, window);
  };
  return { unit: frame.unit, from: end(from), to: end(to) };
}

/** How far each kind of end lies along the order. */
const PLACES: Readonly<Record<syntax.FrameBound['kind'], number>> = {
  unboundedPreceding: 0,
  preceding: 1,
  currentRow: 2,
  following: 3,
  unboundedFollowing: 4,
};

function checkEnds(from: syntax.FrameBound, to: syntax.FrameBound, window: string): void {
  if (from.kind === 'unboundedFollowing') {
    throw new SqlError(3584, 'HY000', `Window '${window}': frame start cannot be UNBOUNDED FOLLOWING.`);
  }
  if (to.kind === 'unboundedPreceding') {
    throw new SqlError(3585, 'HY000', `Window '${window}': frame end cannot be UNBOUNDED PRECEDING.`);
  }
  if (PLACES[from.kind] > PLACES[to.kind]) throw illegalFrame(window);
}

const illegalFrame = (window: string) =>
  new SqlError(3586, 'HY000', `Window '${window}': frame start or end is negative, NULL or of non-integral type`);

/** The offset of a frame in rows. */
function rowCount(node: syntax.Expression, bind: Bind, window: string): Expression {
  if (node.kind === 'interval') throw illegalFrame(window);
  const offset = bind(node);
  const isLiteral = offset.kind === 'literal' && (offset.value === null || Number(offset.value) < 0);
  if (isLiteral || offset.type.kind !== 'integer') throw illegalFrame(window);
  return offset;
}

/** The end of a RANGE frame: an interval from a date or time, a number from a number. */
function rangeEnd(
  kind: 'preceding' | 'following',
  node: syntax.Expression,
  { expression: key, descending }: SortKey,
  bind: Bind,
  window: string,
): FrameEnd {
  if (node.kind === 'interval') {
    if (isNumeric(key.type)) {
      throw new SqlError(
        3589,
        'HY000',
        `Window '${window}' with RANGE frame has ORDER BY expression of numeric type, INTERVAL bound value not allowed.`,
      );
    }
    const amount = bind(node.amount);
    const isNegative = amount.kind === 'literal' && (amount.value === null || Number(amount.value) < 0);
    if (isNegative) throw illegalFrame(window);
    if (key.type.kind === 'time' && !hasClock(node.unit)) throw notSupported(`frames of ${node.unit} over TIME`);
    return { kind, limit: build.interval(key, amount, node.unit, (kind === 'preceding') !== descending) };
  }
  if (isTemporal(key.type)) {
    throw new SqlError(
      3588,
      'HY000',
      `Window '${window}' with RANGE frame has ORDER BY expression of datetime type. Only INTERVAL bound value allowed.`,
    );
  }
  const offset = bind(node);
  if (offset.kind === 'literal' && (offset.value === null || Number(offset.value) < 0)) throw illegalFrame(window);
  return { kind, offset: build.coerce(offset, key.type) };
}

interface BoundCall {
  readonly function: WindowCall['function'];
  readonly type: SqlType;
  readonly nullable: boolean;
}

function bindCall(call: syntax.Call, frame: Frame | undefined, bind: Bind, environment: Environment): BoundCall {
  if (!RANKING_FUNCTIONS.has(call.name)) {
    if (call.distinct) throw notSupported('<window function>(DISTINCT ..)');
    // Windows work on rows that are there, whose quotients have no more digits than they show (as in MariaDB).
    const args = call.star ? [] : call.args.map((argument) => build.asShown(bind(argument)));
    const aggregate = build.aggregate(call.name, args, {
      distinct: false,
      divisionDigits: environment.binder.session.divisionDigits(),
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
      checkCount(args[0]!, 1, name);
      return ranking(UNSIGNED_BIGINT, true);
    case 'lag':
    case 'lead': {
      expect(1, 3);
      const [value, offset, otherwise] = args;
      if (offset) checkCount(offset, 0, name);
      if (!otherwise) return ranking(value!.type, true);
      const type = build.unifiedType([value!.type, otherwise.type]);
      return ranking(type, true, [build.coerce(value!, type), offset!, build.coerce(otherwise, type)]);
    }
    case 'nth_value':
      expect(2, 2);
      checkCount(args[1]!, 1, name);
      return ranking(args[0]!.type, true);
    default:
      expect(1, 1);
      return ranking(args[0]!.type, true);
  }
}

/** NTILE's buckets, LAG's rows, NTH_VALUE's number: a whole number, not less than some. Throws 1210. */
function checkCount(argument: Expression, least: number, name: string): void {
  if (argument.kind !== 'literal') return;
  const { value } = argument;
  if (value === null || argument.type.kind !== 'integer' || Number(value) < least) throw wrongArguments(name);
}

/**
 * Expressions: names to columns, syntax to the builders of typed expressions, subqueries to columns. A subquery is
 * bound with this expression's scope behind its own and handed to the scene, which puts an Apply beneath the expression
 * and leaves a column to read here.
 */
import { unreachable } from '../../base/errors.ts';
import * as build from '../expressions/build.ts';
import { mirrored } from '../expressions/comparison.ts';
import type { ComparisonOperator, Expression } from '../expressions/expression.ts';
import type { Fallback } from '../functions/json-table.ts';
import { isVolatile, reference } from '../plan/expression-tree.ts';
import type { ApplyMode, Plan, PlanColumn } from '../plan/plan.ts';
import type * as syntax from '../syntax/ast/expression.ts';
import type { Query } from '../syntax/ast/query.ts';
import { decodeStrictly } from '../types/charset-bytes.ts';
import { convertTo } from '../types/convert.ts';
import {
  invalidGroupFunctionUse,
  notSupported,
  operandColumns,
  SqlError,
  unknownFunction,
  wrongArguments,
} from '../types/sql-error.ts';
import { BIGINT, BOOLEAN, COMPUTED_JSON, LONGBLOB, LONGTEXT, type SqlType, varchar } from '../types/sql-type.ts';
import { bindMatch } from './bind-match.ts';
import type { Environment } from './binder.ts';
import { castTypeOf, defaultCollationOf } from './cast-type.ts';
import { assertSameShape, compareRows, equalityKeys } from './compare-rows.ts';
import { checkNameConst } from './name-const.ts';
import type { Scope } from './scope.ts';
import { storedCall } from './stored-call-expression.ts';

export interface BoundSubquery {
  readonly plan: Plan;
  readonly columns: readonly PlanColumn[];
}

/** What the place of an expression allows. What is missing is an error there. */
export interface Scene {
  readonly environment: Environment;
  /** For subqueries: what they see behind their own tables. */
  readonly scope: Scope;
  resolve(name: syntax.ColumnReference): Expression;
  subquery?(query: Query, scope: Scope): BoundSubquery;
  /** Takes a bound subquery; `column` will hold its value. */
  lift?(subquery: Plan, mode: ApplyMode, column: PlanColumn): void;
  aggregate?(call: syntax.Call): Expression;
  window?(call: syntax.Call): Expression;
  grouping?(call: syntax.Call): Expression;
}

export const RANKING_FUNCTIONS: ReadonlySet<string> = new Set([
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
  'ntile',
  'lag',
  'lead',
  'first_value',
  'last_value',
  'nth_value',
]);

/** They stop at the first argument that is not NULL. */
const LAZY_NULL_FUNCTIONS: ReadonlySet<string> = new Set(['coalesce', 'ifnull', 'nvl']);

export function bindExpression(node: syntax.Expression, scene: Scene): Expression {
  return new ExpressionBinder(scene).bind(node);
}

/** An expression that is a column of a result of that name: warnings of a CAST tell it. */
export function bindColumn(node: syntax.Expression, scene: Scene, label: string): Expression {
  const binder = new ExpressionBinder(scene);
  return node.kind === 'cast' ? binder.cast(node, label) : binder.bind(node);
}

class ExpressionBinder {
  readonly #scene: Scene;
  /** What has to be true for the part that is being bound to be evaluated; kept where a call in it is bound to stand alone. */
  #guards: readonly Expression[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  bind(node: syntax.Expression): Expression {
    switch (node.kind) {
      case 'null':
        return build.nullLiteral();
      case 'boolean':
        return build.booleanLiteral(node.value);
      case 'number':
        return build.numberLiteral(node.text);
      case 'string':
        return this.#introduced(build.stringLiteral(node.value), node.introducer);
      case 'hex':
        return this.#introduced(build.hexLiteral(node.digits), node.introducer);
      case 'bit':
        return this.#introduced(build.bitLiteral(node.digits), node.introducer);
      case 'temporal':
        return build.temporalLiteral(node.type, node.text);
      case 'parameter':
        return this.#parameter(node);
      case 'column':
        return this.#scene.resolve(node);
      case 'userVariable': {
        const current = this.#session.userVariable(node.name);
        // As a constant it can be looked up in an index.
        const constant = current && !this.#scene.environment.binder.assignsVariables;
        return constant ? build.literal(current.value, current.type) : build.userVariable(node.name, current);
      }
      case 'systemVariable': {
        const { type } = this.#session.systemVariable(node.name, node.scope);
        return build.systemVariable(node.name, node.scope, type);
      }
      case 'assignment':
        return build.assignment(node.name, this.bind(node.value));
      case 'unary':
        return this.#unary(node);
      case 'binary':
        return this.#binary(node);
      case 'and':
        return build.and(this.#inTurn(node.operands, (term) => build.isTruth(term, false, true)));
      case 'or':
        return build.or(this.#inTurn(node.operands, (term) => build.isTruth(term, true, true)));
      case 'is':
        return this.#is(node);
      case 'between':
        return this.#between(node);
      case 'in':
        return this.#inList(node);
      case 'inQuery': {
        const found = this.#quantified(node.operand, '=', 'any', node.query);
        return node.negated ? build.not(found) : found;
      }
      case 'quantified':
        return this.#quantified(node.left, node.operator, node.quantifier, node.query);
      case 'exists':
        return this.#exists(node.query);
      case 'subquery':
        return this.#scalar(node.query);
      case 'like':
        return this.#like(node);
      case 'regexp': {
        const matches = build.call('regexp_like', [this.bind(node.operand), this.bind(node.pattern)]);
        return node.negated ? build.not(build.truth(matches)) : matches;
      }
      case 'case':
        return this.#case(node);
      case 'row':
        throw operandColumns(1);
      case 'collate':
        return build.collate(this.bind(node.operand), node.collation);
      case 'cast':
        return this.cast(node);
      case 'convertUsing': {
        const operand = this.bind(node.operand);
        if (node.charset.toLowerCase() === 'binary') return build.cast(operand, LONGBLOB);
        return build.cast(operand, { ...LONGTEXT, collation: defaultCollationOf(node.charset) });
      }
      case 'interval':
        throw new SqlError(1064, '42000', 'INTERVAL stands only beside + and -, and as an argument of date functions');
      case 'extract':
        return build.call('extract', [build.stringLiteral(node.unit), this.bind(node.operand)]);
      case 'trim': {
        const name = node.where === 'both' ? 'trim' : node.where === 'leading' ? 'ltrim' : 'rtrim';
        const operand = this.bind(node.operand);
        return build.call(name, node.remove ? [operand, this.bind(node.remove)] : [operand]);
      }
      case 'keyword':
        return build.stringLiteral(node.word);
      case 'call':
        return this.#call(node);
      case 'insertedValue':
        return this.#scene.resolve({ ...node.column, table: 'values' });
      case 'default':
        if (!node.column) throw new SqlError(1064, '42000', 'DEFAULT is no value here');
        return this.#scene.resolve({ ...node.column, table: 'default' });
      case 'match':
        return bindMatch(node, this.bind(node.against), this.#all(node.columns), this.#scene);
      case 'jsonValue':
        return this.#jsonValue(node);
      default:
        return unreachable(node);
    }
  }

  get #session() {
    return this.#scene.environment.binder.session;
  }

  #all(nodes: readonly syntax.Expression[]): Expression[] {
    return nodes.map((node) => this.bind(node));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Parts that other parts decide whether to evaluate

  /** Whether calls about locks are made apart, in their order: they are where one of them may wait. */
  get #hasCallsApart(): boolean {
    return this.#scene.lift !== undefined && this.#scene.environment.binder.waitsForLock;
  }

  cast({ operand, type: wanted }: syntax.Cast, label?: string): Expression {
    const type = castTypeOf(wanted);
    return build.cast(this.bind(operand), type, type.kind === 'decimal' ? label : undefined);
  }

  /** Binds a part that is evaluated where `guards` are true. */
  #where(guards: readonly Expression[], node: syntax.Expression): Expression {
    const outer = this.#guards;
    this.#guards = [...outer, ...guards];
    try {
      return this.bind(node);
    } finally {
      this.#guards = outer;
    }
  }

  /** An expression that guards others as well: it is evaluated once all the same. */
  #settled(expression: Expression): Expression {
    return isVolatile(expression) ? this.#alone('condition', expression) : expression;
  }

  /** Parts of which each is evaluated where those before it leave the outcome open. */
  #inTurn(nodes: readonly syntax.Expression[], isOpen: (before: Expression) => Expression): Expression[] {
    if (!this.#hasCallsApart) return this.#all(nodes);
    const guards: Expression[] = [];
    return nodes.map((node) => {
      const part = this.#settled(this.#where(guards, node));
      guards.push(isOpen(part));
      return part;
    });
  }

  #case(node: syntax.Case): Expression {
    const operand = node.operand && this.bind(node.operand);
    if (!this.#hasCallsApart) {
      const branches = node.branches.map(({ when, result }) => ({ when: this.bind(when), result: this.bind(result) }));
      return build.caseWhen(operand, branches, node.otherwise && this.bind(node.otherwise));
    }
    const compared = operand && this.#settled(operand);
    const guards: Expression[] = [];
    const branches = node.branches.map(({ when, result }) => {
      const condition = this.#settled(this.#where(guards, when));
      const holds = compared ? build.compare('=', compared, condition) : condition;
      const branch = { when: condition, result: this.#where([...guards, build.isTruth(holds, true)], result) };
      guards.push(build.isTruth(holds, true, true));
      return branch;
    });
    return build.caseWhen(compared, branches, node.otherwise && this.#where(guards, node.otherwise));
  }

  /** IF and COALESCE look at one argument after the other. */
  #lazyArguments(name: string, args: readonly syntax.Expression[]): Expression[] {
    if (LAZY_NULL_FUNCTIONS.has(name)) return this.#inTurn(args, (before) => build.isNull(before));
    if (name !== 'if' || args.length === 0 || !this.#hasCallsApart) return this.#all(args);
    const [test, ...others] = args;
    const condition = this.#settled(this.bind(test!));
    return [condition, ...others.map((node, i) => this.#where([build.isTruth(condition, true, i > 0)], node))];
  }

  #introduced(literal: Expression, introducer: string | undefined): Expression {
    if (introducer === undefined) return literal;
    const bytes = build.cast(literal, LONGBLOB);
    if (introducer === 'binary') return bytes;
    if (bytes.kind !== 'literal' || literal.type.kind === 'integer') return literal;
    // What stands there is bytes of that character set, as the client wrote them.
    const type = { ...LONGTEXT, collation: defaultCollationOf(introducer) };
    const text = decodeStrictly(bytes.value as Uint8Array, type.collation);
    if (text !== undefined) return build.literal(text, type);
    const shown = Buffer.from(bytes.value as Uint8Array)
      .toString('hex', 0, 6)
      .toUpperCase();
    throw new SqlError(1300, 'HY000', `Invalid ${introducer} character string: '${shown}'`);
  }

  #parameter(node: syntax.Parameter): Expression {
    const given = this.#scene.environment.binder.context.parameters?.[node.ordinal];
    if (given === undefined) throw new SqlError(1210, 'HY000', 'Incorrect arguments to EXECUTE');
    return build.parameter(node.ordinal, given.type);
  }

  #unary(node: syntax.Unary): Expression {
    const { operator, operand } = node;
    switch (operator) {
      case '-':
        // The sign belongs to the number: 9223372036854775808 alone is no BIGINT.
        if (operand.kind === 'number') return build.numberLiteral(`-${operand.text}`);
        return build.negate(this.bind(operand));
      case '+':
        return this.bind(operand);
      case '~':
        return build.bitNot(this.bind(operand));
      case 'not':
        return build.not(build.truth(this.bind(operand)));
      default:
        return unreachable(operator);
    }
  }

  #binary(node: syntax.Binary): Expression {
    const { operator, left, right } = node;
    switch (operator) {
      case '+':
      case '-':
        if (right.kind === 'interval') {
          return build.interval(this.bind(left), this.bind(right.amount), right.unit, operator === '-');
        }
        if (left.kind === 'interval') return build.interval(this.bind(right), this.bind(left.amount), left.unit);
        return this.#sum(operator, this.bind(left), this.bind(right));
      case '*':
      case '/':
      case 'div':
      case '%':
        return build.arithmetic(operator, this.bind(left), this.bind(right), this.#session.divisionDigits());
      case '&':
      case '|':
      case '^':
      case '<<':
      case '>>':
        return build.bit(operator, this.bind(left), this.bind(right));
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '<=>':
        return this.#comparison(operator, left, right);
      case 'xor':
        return build.xor(build.truth(this.bind(left)), build.truth(this.bind(right)));
      case 'concat':
        return build.call('concat', this.#all([left, right]));
      case '->':
        return build.call('json_extract', this.#all([left, right]));
      case '->>':
        return build.call('json_unquote', [build.call('json_extract', this.#all([left, right]))]);
      case 'sounds like':
        return build.compare('=', build.call('soundex', [this.bind(left)]), build.call('soundex', [this.bind(right)]));
      case 'member of':
        return build.call('member of', this.#all([left, right]));
      default:
        return unreachable(operator);
    }
  }

  /** NO_UNSIGNED_SUBTRACTION: the difference of unsigned integers has a sign. */
  #sum(operator: '+' | '-', left: Expression, right: Expression): Expression {
    const sum = build.arithmetic(operator, left, right);
    if (operator === '+' || sum.type.kind !== 'integer' || !sum.type.unsigned) return sum;
    if (!this.#session.sqlMode().has('NO_UNSIGNED_SUBTRACTION')) return sum;
    return sum.kind === 'arithmetic' ? { ...sum, type: BIGINT } : sum;
  }

  #is(node: syntax.Is): Expression {
    const operand = this.bind(node.operand);
    if (node.test === 'null') return build.isNull(operand, node.negated);
    const test = node.test === 'unknown' ? null : node.test === 'true';
    return build.isTruth(build.truth(operand), test, node.negated);
  }

  #between(node: syntax.Between): Expression {
    if (node.operand.kind === 'row') {
      const inside = build.and([
        this.#comparison('>=', node.operand, node.low),
        this.#comparison('<=', node.operand, node.high),
      ]);
      return node.negated ? build.not(inside) : inside;
    }
    return build.between(this.bind(node.operand), this.bind(node.low), this.bind(node.high), node.negated);
  }

  #like(node: syntax.Like): Expression {
    let escapeWith: string | undefined;
    if (node.escape !== undefined) {
      if (node.escape.kind !== 'string' || [...node.escape.value].length > 1) throw wrongEscape();
      escapeWith = node.escape.value;
    }
    return build.like(this.bind(node.operand), this.bind(node.pattern), escapeWith, node.negated);
  }

  #jsonValue(node: syntax.JsonValue): Expression {
    const declared = node.returning ? castTypeOf(node.returning) : LONGTEXT;
    const type = declared.kind === 'json' ? COMPUTED_JSON : declared;
    const fallback = (given: syntax.JsonFallback | undefined): Fallback => {
      if (given?.kind !== 'default') return given ?? { kind: 'null' };
      const value = this.bind(given.value);
      if (value.kind !== 'literal') throw wrongArguments('json_value');
      return { kind: 'value', value: convertTo(value.value, value.type, type, 'strict') };
    };
    const [document, path] = this.#all([node.document, node.path]);
    return build.jsonValue(document!, path!, type, fallback(node.onEmpty), fallback(node.onError));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Rows

  /** The members of a row, those of rows in it among them, or the one operand. */
  #members(node: syntax.Expression): readonly Expression[] {
    return node.kind === 'row' ? node.members.flatMap((member) => this.#members(member)) : [this.bind(node)];
  }

  #comparison(operator: ComparisonOperator, left: syntax.Expression, right: syntax.Expression): Expression {
    if (left.kind === 'row' && right.kind === 'subquery') return this.#rowSubquery(operator, left, right.query);
    if (right.kind === 'row' && left.kind === 'subquery') {
      return this.#rowSubquery(mirrored(operator), right, left.query);
    }
    if (left.kind !== 'row' && right.kind !== 'row') return build.compare(operator, this.bind(left), this.bind(right));
    assertSameShape(left, right);
    return compareRows(operator, this.#members(left), this.#members(right));
  }

  #rowSubquery(operator: ComparisonOperator, row: syntax.Row, query: Query): Expression {
    const { plan, columns } = this.#query(query);
    const members = this.#members(row);
    if (columns.length !== members.length) throw operandColumns(members.length);
    const condition = compareRows(operator, members, columns.map(reference));
    return this.#lift(plan, { kind: 'quantified', quantifier: 'any', condition }, 'row', BOOLEAN);
  }

  #inList(node: syntax.InList): Expression {
    const rows = node.operand.kind === 'row' || node.list.some((item) => item.kind === 'row');
    if (!rows) return build.inList(this.bind(node.operand), this.#all(node.list), node.negated);
    const found = build.or(node.list.map((item) => this.#comparison('=', node.operand, item)));
    return node.negated ? build.not(found) : found;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Subqueries

  #query(query: Query): BoundSubquery {
    if (!this.#scene.subquery) throw notSupported('subquery here');
    const bound = this.#scene.subquery(query, this.#scene.scope);
    if (this.#guards.length === 0) return bound;
    return { ...bound, plan: { kind: 'filter', input: bound.plan, condition: build.and(this.#guards) } };
  }

  #lift(plan: Plan, mode: ApplyMode, name: string, type: SqlType): Expression {
    if (!this.#scene.lift) throw notSupported('subquery here');
    const column = this.#scene.environment.binder.column(name, type, mode.kind !== 'exists');
    this.#scene.lift(plan, mode, column);
    return reference(column);
  }

  #scalar(query: Query): Expression {
    const { plan, columns } = this.#query(query);
    const [only] = columns;
    if (columns.length !== 1 || only === undefined) throw operandColumns(1);
    return this.#lift(plan, { kind: 'scalar' }, only.name, only.type);
  }

  #exists(query: Query): Expression {
    const { plan } = this.#query(query);
    return this.#lift(plan, { kind: 'exists' }, 'exists', BOOLEAN);
  }

  #quantified(
    left: syntax.Expression,
    operator: ComparisonOperator,
    quantifier: 'any' | 'all',
    query: Query,
  ): Expression {
    const { plan, columns } = this.#query(query);
    const row = left.kind === 'subquery' && columns.length > 1 ? this.#query(left.query) : undefined;
    const operands = row?.columns.map(reference) ?? this.#members(left);
    if (operands.length !== columns.length) throw operandColumns(operands.length);
    const comparisons = operands.map((operand, i) => build.compare(operator, operand, reference(columns[i]!)));
    const condition =
      comparisons.length === 1 ? comparisons[0]! : compareRows(operator, operands, columns.map(reference));
    const keys = operator === '=' && quantifier === 'any' ? equalityKeys(comparisons) : undefined;
    const mode: ApplyMode = { kind: 'quantified', quantifier, condition, keys };
    if (row === undefined) return this.#lift(plan, mode, 'in', BOOLEAN);
    const column = this.#scene.environment.binder.column('in', BOOLEAN, true);
    const input: Plan = { kind: 'apply', input: row.plan, subquery: plan, mode, column };
    return this.#lift(input, { kind: 'quantified', quantifier: 'any', condition: reference(column) }, 'row', BOOLEAN);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Calls

  #call(node: syntax.Call): Expression {
    const { name } = node;
    if (node.database !== undefined) return this.#storedCall(node);
    if (node.over) {
      if (!this.#scene.window) throw windowMisuse(name);
      return this.#scene.window(node);
    }
    if (RANKING_FUNCTIONS.has(name)) throw windowMisuse(name);
    if (build.isAggregateFunction(name)) {
      if (!this.#scene.aggregate) throw invalidGroupFunctionUse();
      return this.#scene.aggregate(node);
    }
    if (name === 'grouping' && this.#scene.grouping) return this.#scene.grouping(node);
    const shifted = this.#dateShift(node);
    if (shifted) return shifted;
    if (!build.isScalarFunction(name)) return this.#storedCall(node);
    if (name === 'current_user') return this.#currentUser();
    if (name === 'name_const') checkNameConst(node);
    const call = this.#converted(build.call(name, this.#lazyArguments(name, node.args)), node.using);
    const isApart = call.kind === 'call' && call.call.function.locks && this.#hasCallsApart;
    return isApart ? this.#alone(name, call) : call;
  }

  /** In a view, the account with whose rights it reads. */
  #currentUser(): Expression {
    const { access, views } = this.#scene.environment;
    if (views.length === 0 || access === undefined) return build.call('current_user', []);
    return build.literal(access.accountText, varchar(access.accountText.length));
  }

  /** CHAR(… USING charset) is text. */
  #converted(call: Expression, charset: string | undefined): Expression {
    if (charset === undefined || charset.toLowerCase() === 'binary') return call;
    return build.cast(call, { ...LONGTEXT, collation: defaultCollationOf(charset) });
  }

  /** A function that a database stores: run for itself, as it may wait. */
  #storedCall({ name, database, args }: syntax.Call): Expression {
    const { catalog, views, access } = this.#scene.environment;
    const found = catalog.storedFunction?.(database, name);
    if (found === undefined) throw unknownFunction(name, database ?? this.#session.database());
    if (this.#scene.lift === undefined) {
      throw new SqlError(1235, '42000', `the stored function '${name}' cannot be called here`, 'unsupported');
    }
    const inView = views.length > 0 ? { access } : undefined;
    return this.#alone(name, storedCall(name, found, this.#all(args), inView));
  }

  /** The value as a query of its own, NULL where it is not evaluated. */
  #alone(name: string, value: Expression): Expression {
    const column = this.#scene.environment.binder.column(name, value.type, true);
    const guarded = [{ when: build.and(this.#guards), result: value }];
    const row = this.#guards.length === 0 ? value : build.caseWhen(undefined, guarded, undefined);
    return this.#lift({ kind: 'values', columns: [column], rows: [[row]] }, { kind: 'scalar' }, name, value.type);
  }

  /** DATE_ADD and its like, whose second argument is an interval (or a number of days). */
  #dateShift(node: syntax.Call): Expression | undefined {
    const negated = node.name === 'date_sub' || node.name === 'subdate';
    const [operand, amount] = node.args;
    if (!negated && node.name !== 'date_add' && node.name !== 'adddate') return undefined;
    if (!operand || !amount || node.args.length !== 2) return undefined;
    if (amount.kind === 'interval') {
      return build.interval(this.bind(operand), this.bind(amount.amount), amount.unit, negated);
    }
    return build.interval(this.bind(operand), build.coerce(this.bind(amount), BIGINT), 'day', negated);
  }
}

const wrongEscape = () => new SqlError(1210, 'HY000', 'Incorrect arguments to ESCAPE');
const windowMisuse = (name: string) =>
  new SqlError(3593, 'HY000', `You cannot use the window function '${name}' in this context.'`);

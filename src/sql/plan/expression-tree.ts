/**
 * Walking and rewriting expressions. A rewrite keeps types: whatever replaces a node must have the type of the node,
 * since the nodes around it were made for it. Parts that do not change are shared with the original.
 */
import { unreachable } from '../../base/errors.ts';
import { and } from '../expressions/build.ts';
import type { ColumnExpression, Expression } from '../expressions/expression.ts';
import type { ColumnId, PlanColumn } from './plan.ts';

/** The direct operands, in order of evaluation. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'slot':
    case 'parameter':
    case 'userVariable':
    case 'systemVariable':
      return [];
    case 'assignment':
    case 'convert':
    case 'not':
    case 'truth':
    case 'isNull':
    case 'isTruth':
    case 'negate':
    case 'bitNot':
    case 'collate':
      return [expression.operand];
    case 'call':
      return expression.call.args;
    case 'and':
    case 'or':
      return expression.operands;
    case 'xor':
    case 'comparison':
    case 'arithmetic':
    case 'bit':
      return [expression.left, expression.right];
    case 'inList':
      return [expression.operand, ...expression.list];
    case 'like':
      return [expression.operand, expression.pattern];
    case 'case': {
      const operands = expression.branches.flatMap((b) => [b.when, b.result]);
      return expression.otherwise ? [...operands, expression.otherwise] : operands;
    }
    case 'interval':
      return [expression.operand, expression.amount];
    default:
      return unreachable(expression);
  }
}

/** The same node over other operands, given in the order of `operandsOf`. */
export function withOperands(expression: Expression, operands: readonly Expression[]): Expression {
  const at = (i: number): Expression => operands[i]!;
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'slot':
    case 'parameter':
    case 'userVariable':
    case 'systemVariable':
      return expression;
    case 'assignment':
    case 'convert':
    case 'not':
    case 'truth':
    case 'isNull':
    case 'isTruth':
    case 'negate':
    case 'bitNot':
    case 'collate':
      return { ...expression, operand: at(0) };
    case 'call':
      return { ...expression, call: { ...expression.call, args: operands } };
    case 'and':
    case 'or':
      return { ...expression, operands };
    case 'xor':
    case 'comparison':
    case 'arithmetic':
    case 'bit':
      return { ...expression, left: at(0), right: at(1) };
    case 'inList':
      return { ...expression, operand: at(0), list: operands.slice(1) };
    case 'like':
      return { ...expression, operand: at(0), pattern: at(1) };
    case 'case':
      return {
        ...expression,
        branches: expression.branches.map((_, i) => ({ when: at(2 * i), result: at(2 * i + 1) })),
        otherwise: expression.otherwise ? at(2 * expression.branches.length) : undefined,
      };
    case 'interval':
      return { ...expression, operand: at(0), amount: at(1) };
    default:
      return unreachable(expression);
  }
}

/** Replaces from the leaves up: `replace` sees each node with its operands already rewritten. */
export function mapExpression(expression: Expression, replace: (node: Expression) => Expression): Expression {
  const operands = operandsOf(expression);
  if (operands.length === 0) return replace(expression);
  const mapped = operands.map((operand) => mapExpression(operand, replace));
  const same = mapped.every((operand, i) => operand === operands[i]);
  return replace(same ? expression : withOperands(expression, mapped));
}

/** Replaces columns only. */
export function mapColumns(expression: Expression, replace: (column: ColumnExpression) => Expression): Expression {
  return mapExpression(expression, (node) => (node.kind === 'column' ? replace(node) : node));
}

export function visitExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  for (const operand of operandsOf(expression)) visitExpression(operand, visit);
}

export function someExpression(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || operandsOf(expression).some((operand) => someExpression(operand, test));
}

/** Adds the ids of the columns that the expression reads. */
export function collectColumns(expression: Expression | undefined, into: Set<ColumnId>): Set<ColumnId> {
  if (expression !== undefined) {
    visitExpression(expression, (node) => {
      if (node.kind === 'column') into.add(node.index);
    });
  }
  return into;
}

const read = new WeakMap<Expression, ReadonlySet<ColumnId>>();

export function columnsRead(...expressions: readonly (Expression | undefined)[]): ReadonlySet<ColumnId> {
  const [only] = expressions;
  if (expressions.length === 1 && only !== undefined) {
    let found = read.get(only);
    if (found === undefined) {
      found = collectColumns(only, new Set());
      read.set(only, found);
    }
    return found;
  }
  const ids = new Set<ColumnId>();
  for (const expression of expressions) collectColumns(expression, ids);
  return ids;
}

/** An expression that reads a column of a plan. */
export function reference(column: PlanColumn): ColumnExpression {
  return { kind: 'column', index: column.id, name: column.name, type: column.type, nullable: column.nullable };
}

/** Computing it twice, or never, or elsewhere, may show: random numbers, assignments, sleeping. */
export function isVolatile(expression: Expression): boolean {
  return someExpression(
    expression,
    (node) =>
      node.kind === 'assignment' ||
      node.kind === 'userVariable' ||
      (node.kind === 'call' && node.call.function.volatile === true),
  );
}

/** The same value for every row of one execution: no column, nothing volatile. Slots count as constant. */
export function isConstant(expression: Expression): boolean {
  return !someExpression(expression, (node) => node.kind === 'column') && !isVolatile(expression);
}

/** The terms of a conjunction; none for undefined. */
export function conjuncts(condition: Expression | undefined): readonly Expression[] {
  if (condition === undefined) return [];
  return condition.kind === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}

/** The conjunction of terms that are truth values; undefined for none. */
export function conjunction(terms: readonly Expression[]): Expression | undefined {
  return terms.length === 0 ? undefined : terms.length === 1 ? terms[0] : and(terms);
}

export function sameExpression(left: Expression, right: Expression): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind) return false;
  return expressionKey(left) === expressionKey(right);
}

/**
 * A text that is the same for expressions that compute the same, as far as their form tells. `columns` has what stands for
 * columns that are computed elsewhere.
 */
export function expressionKey(expression: Expression, columns?: ReadonlyMap<ColumnId, string>): string {
  const other = expression.kind === 'column' ? columns?.get(expression.index) : undefined;
  if (other !== undefined) return other;
  const own = ((): string => {
    switch (expression.kind) {
      case 'literal':
        return typeof expression.value === 'object' && expression.value !== null
          ? `bytes:${Buffer.from(expression.value).toString('hex')}`
          : `${typeof expression.value}:${String(expression.value)}`;
      case 'column':
        return String(expression.index);
      case 'slot':
        return String(expression.slot);
      case 'parameter':
        return String(expression.ordinal);
      case 'userVariable':
      case 'assignment':
        return expression.name.toLowerCase();
      case 'systemVariable':
        return `${expression.scope ?? ''}.${expression.name}`;
      case 'call':
        return expression.call.function.name;
      case 'comparison':
      case 'arithmetic':
      case 'bit':
        return expression.operator;
      case 'isNull':
        return String(expression.negated);
      case 'isTruth':
        return `${expression.truth} ${expression.negated}`;
      case 'like':
        return `${JSON.stringify(expression.escape)} ${expression.collation}`;
      case 'collate':
        return JSON.stringify(expression.type);
      case 'convert':
        return `${expression.mode} ${JSON.stringify(expression.type)}`;
      case 'interval':
        return `${expression.unit} ${expression.negated}`;
      default:
        return '';
    }
  })();
  const type = expression.kind === 'literal' ? JSON.stringify(expression.type) : '';
  const operands = operandsOf(expression).map((operand) => expressionKey(operand, columns));
  return `${expression.kind}[${own}${type}](${operands.join(',')})`;
}

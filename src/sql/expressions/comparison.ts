/**
 * Comparisons: the type in which two sides meet (MySQL manual, "Type Conversion in Expression Evaluation"). A constant
 * is converted to the type of what it is compared with where nothing is lost, so that the other side stays a bare
 * column, which an index can serve.
 */
import type { Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { microsOfDay } from '../types/civil.ts';
import { parseDecimal } from '../types/decimal.ts';
import { numberPrefix } from '../types/number-text.ts';
import { wrongValue } from '../types/sql-error.ts';
import {
  BIGINT,
  BOOLEAN,
  isIntegral,
  isStringLike,
  isTemporal,
  isText,
  LONGTEXT,
  type SqlType,
  sameType,
  ZERO_DATETIME,
} from '../types/sql-type.ts';
import { parseDatetime } from '../types/temporal-text.ts';
import { comparisonType } from '../types/unify.ts';
import { coerce, commonCollation, exactly, literal, withoutRounding } from './coerce.ts';
import type { ComparisonOperator, Expression, LiteralExpression } from './expression.ts';
import { fold } from './fold.ts';
import { and, not, or } from './logic.ts';

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<=>': '<=>',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** `a op b` as `b op' a`. */
export function mirrored(operator: ComparisonOperator): ComparisonOperator {
  return MIRRORED[operator];
}

interface Sides {
  readonly left: Expression;
  readonly right: Expression;
  readonly domain: SqlType;
}

export function compare(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  const sides = meet(operator, left, right);
  const nullable = operator !== '<=>' && (sides.left.nullable || sides.right.nullable);
  return fold({ kind: 'comparison', operator, ...sides, type: BOOLEAN, nullable });
}

/** Quotients are compared with all digits that were computed of them, as in MySQL; MariaDB compares those that they show. */
function meet(operator: ComparisonOperator, leftSide: Expression, rightSide: Expression): Sides {
  const left = withoutRounding(leftSide);
  const right = withoutRounding(rightSide);
  if (isPlainLiteral(right) && !isPlainLiteral(left)) {
    const fitted = fitConstant(left.type, right, operator);
    if (fitted !== undefined) return { left, right: fitted, domain: left.type };
  }
  if (isPlainLiteral(left) && !isPlainLiteral(right)) {
    const fitted = fitConstant(right.type, left, operator);
    if (fitted !== undefined) return { left: fitted, right, domain: right.type };
  }
  let domain = comparisonType(left.type, right.type);
  if (isText(domain)) {
    const collation = commonCollation([left, right], operator);
    domain = { ...LONGTEXT, collation };
  }
  return { left: inDomain(left, domain), right: inDomain(right, domain), domain };
}

function inDomain(operand: Expression, domain: SqlType): Expression {
  // Integers of all widths and both signs compare as they are.
  if (domain === BIGINT && isIntegral(operand.type)) return operand;
  if (isText(domain) && isText(operand.type)) return operand;
  return coerce(operand, domain);
}

function isPlainLiteral(expression: Expression): expression is LiteralExpression {
  return expression.kind === 'literal' && expression.value !== null;
}

/** The constant in the other side's type, or undefined to meet elsewhere. */
function fitConstant(type: SqlType, constant: LiteralExpression, operator: ComparisonOperator): Expression | undefined {
  if (sameType(type, constant.type)) return undefined;
  const value = fitValue(type, constant, operator);
  return value === undefined ? undefined : literal(value, type);
}

function fitValue(type: SqlType, constant: LiteralExpression, operator: ComparisonOperator): Value | undefined {
  const from = constant.type;
  switch (type.kind) {
    case 'integer':
    case 'year':
      return wholeNumber(constant);
    case 'decimal': {
      if (from.kind === 'double' || from.kind === 'float') return undefined;
      const decimal = exactDecimal(constant);
      if (decimal === undefined || decimal.scale > type.scale) return undefined;
      return integerOf(BigInt(decimal.value) * 10n ** BigInt(type.scale - decimal.scale));
    }
    case 'date':
    case 'datetime':
    case 'timestamp': {
      if (!isStringLike(from) && !isTemporal(from)) return undefined;
      if (from.kind === 'time') return undefined;
      if (isText(from) && parseDatetime(constant.value as string) === undefined) {
        throw wrongValue(type.kind, constant.value as string);
      }
      const moment = exactly(constant.value, from, { kind: 'datetime', precision: 6 });
      if (moment === undefined || moment === null) return undefined;
      if (type.kind !== 'date') return moment;
      if (moment !== ZERO_DATETIME && microsOfDay(moment as number) !== 0) return undefined;
      return exactly(moment, { kind: 'datetime', precision: 6 }, type);
    }
    case 'time':
      return isText(from) ? exactly(constant.value, from, { kind: 'time', precision: 6 }) : undefined;
    case 'enum': {
      if (!isText(from) || (operator !== '=' && operator !== '<>' && operator !== '<=>')) return undefined;
      const at = type.members.indexOf(constant.value as string);
      return at < 0 ? undefined : at + 1;
    }
    default:
      return undefined;
  }
}

/** The integer that a constant exactly is, within what doubles hold. */
function wholeNumber(constant: LiteralExpression): Value | undefined {
  const { type, value } = constant;
  if (isIntegral(type)) return value;
  if (type.kind === 'double' || type.kind === 'float') return Number.isSafeInteger(value) ? value : undefined;
  const decimal = exactDecimal(constant);
  if (decimal === undefined || decimal.scale > 0 || typeof decimal.value !== 'number') return undefined;
  return decimal.value;
}

/** A constant's exact decimal value with the fewest digits. */
function exactDecimal({ type, value }: LiteralExpression) {
  let text: string;
  if (isIntegral(type)) text = String(value);
  else if (type.kind === 'decimal') return shortened(value as number | bigint, type.scale);
  else if (isText(type)) {
    const prefix = numberPrefix(value as string);
    if (!prefix.whole || /[eE]/.test(prefix.text)) return undefined;
    text = prefix.text;
  } else return undefined;
  const parsed = parseDecimal(text);
  return shortened(parsed.value, parsed.scale);
}

function shortened(value: number | bigint, scale: number) {
  let digits = BigInt(value);
  let left = scale;
  while (left > 0 && digits % 10n === 0n) {
    digits /= 10n;
    left--;
  }
  return { value: integerOf(digits), scale: left };
}

export function between(operand: Expression, low: Expression, high: Expression, negated = false): Expression {
  const inside = and([compare('>=', operand, low), compare('<=', operand, high)]);
  return negated ? not(inside) : inside;
}

export function inList(given: Expression, items: readonly Expression[], negated = false): Expression {
  const operand = withoutRounding(given);
  const list = items.map(withoutRounding);
  const sides = list.map((item) => meet('=', operand, item));
  const first = sides[0];
  const uniform =
    first !== undefined &&
    list.length > 1 &&
    sides.every((side) => side.left === first.left && sameType(side.domain, first.domain));
  const found = uniform
    ? fold({
        kind: 'inList',
        operand: first.left,
        list: sides.map((side) => side.right),
        domain: first.domain,
        type: BOOLEAN,
        nullable: first.left.nullable || sides.some((side) => side.right.nullable),
      })
    : (widened(operand, list) ?? or(list.map((item) => compare('=', operand, item))));
  return negated ? not(found) : found;
}

/** Lists of integers of many widths, with decimals among them: all in one number type. */
function widened(operand: Expression, list: readonly Expression[]): Expression | undefined {
  if (list.length < 2) return undefined;
  const domain = list.reduce(
    (type, item) => comparisonType(type, item.type),
    comparisonType(operand.type, operand.type),
  );
  if (domain.kind !== 'decimal') return undefined;
  return fold({
    kind: 'inList',
    operand: coerce(operand, domain),
    list: list.map((item) => coerce(item, domain)),
    domain,
    type: BOOLEAN,
    nullable: operand.nullable || list.some((item) => item.nullable),
  });
}

/** `escape` undefined is the backslash. */
export function like(operand: Expression, pattern: Expression, escapeCharacter = '\\', negated = false): Expression {
  const text = isText(operand.type) ? operand : coerce(operand, LONGTEXT);
  const wanted = isText(pattern.type) ? pattern : coerce(pattern, LONGTEXT);
  const collation = commonCollation([text, wanted], 'like');
  const node = fold({
    kind: 'like',
    operand: text,
    pattern: wanted,
    escape: escapeCharacter,
    collation,
    type: BOOLEAN,
    nullable: operand.nullable || pattern.nullable,
  });
  return negated ? not(node) : node;
}

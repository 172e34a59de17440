/** Conversions as nodes, and how text of several collations meets. */

import { collationByName } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { isBinaryCollation } from '../types/compare.ts';
import { conversion, isIdentity } from '../types/convert.ts';
import { collationMismatch, collationMix, unknownCollation } from '../types/sql-error.ts';
import {
  COMPUTED_JSON,
  type CollationName,
  collationOf,
  DEFAULT_COLLATION,
  isText,
  LONGTEXT,
  NULL_TYPE,
  type SqlType,
  type TextType,
} from '../types/sql-type.ts';
import { unifiedType } from '../types/unify.ts';
import type { Expression } from './expression.ts';
import { fold } from './fold.ts';

export function literal(value: Value, type: SqlType): Expression {
  return { kind: 'literal', value, type, nullable: value === null };
}
export function nullLiteral(type: SqlType = NULL_TYPE): Expression {
  return literal(null, type);
}

/** A decimal with all digits that were computed of it (see `rounding`). */
export function withoutRounding(operand: Expression): Expression {
  return operand.kind === 'convert' && operand.rounding ? operand.operand : operand;
}

/** A decimal with the digits that it shows and no others, as where a row keeps it. */
export function asShown(operand: Expression): Expression {
  if (operand.kind !== 'convert' || !operand.rounding) return operand;
  const { rounding: _, ...shown } = operand;
  return shown;
}

/** The operand in another type, without a node when its values have that representation already. */
export function coerce(given: Expression, type: SqlType): Expression {
  const operand = type.kind === 'double' ? withoutRounding(given) : given;
  if (operand.kind === 'literal' && operand.value === null) return literal(null, type);
  if (isIdentity(operand.type, type)) return operand;
  return fold({
    kind: 'convert',
    operand,
    type,
    mode: 'implicit',
    nullable: operand.nullable || mayFail(operand.type, type),
  });
}

/** CAST that the user wrote. */
export function cast(given: Expression, wanted: SqlType, label?: string): Expression {
  const operand = wanted.kind === 'decimal' || wanted.kind === 'double' ? withoutRounding(given) : given;
  // BINARY(n) pads to its length.
  const type: SqlType =
    wanted.kind === 'json'
      ? COMPUTED_JSON
      : wanted.kind === 'varbinary'
        ? { kind: 'binary', length: wanted.length }
        : wanted;
  if (operand.kind === 'literal' && operand.value === null) return literal(null, type);
  return fold({
    kind: 'convert',
    operand,
    type,
    mode: 'cast',
    ...(label === undefined ? {} : { label }),
    nullable: operand.nullable || mayFail(operand.type, type),
  });
}

/** Whether a conversion can give NULL for what is not NULL. */
function mayFail(from: SqlType, to: SqlType): boolean {
  switch (to.kind) {
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
      return from.kind !== 'date' && from.kind !== 'datetime' && from.kind !== 'timestamp';
    case 'char':
    case 'varchar':
    case 'text':
      return from.kind === 'binary' || from.kind === 'varbinary' || from.kind === 'blob';
    default:
      return from.kind === 'json';
  }
}

/** A literal's value in another type, or undefined where that loses something or warns. */
export function exactly(value: Value, from: SqlType, to: SqlType): Value | undefined {
  if (value === null) return null;
  let warned = false;
  let converted: Value;
  try {
    converted = conversion(
      from,
      to,
      'strict',
    )(value, {
      warn: () => {
        warned = true;
      },
    });
  } catch {
    return undefined;
  }
  return warned ? undefined : converted;
}

/** How strongly an expression's collation binds: the smaller wins (MySQL's coercibility). */
export function coercibility(expression: Expression): number {
  switch (expression.kind) {
    case 'collate':
      return 0;
    case 'column':
    case 'slot':
      return 2;
    case 'literal':
      return expression.value === null ? 6 : isText(expression.type) ? 4 : 5;
    case 'userVariable':
    case 'systemVariable':
      return 3;
    case 'call':
      return Math.min(4, ...expression.call.args.map(coercibility));
    case 'convert':
      return collationOf(expression.operand.type) === undefined ? 4 : coercibility(expression.operand);
    case 'case':
      return Math.min(
        ...expression.branches.map(({ result }) => coercibility(result)),
        expression.otherwise === undefined ? 6 : coercibility(expression.otherwise),
      );
    default:
      return 4;
  }
}

/** A literal of ASCII alone, which is text of every character set: it gives way to other literals. */
function isPlain(expression: Expression): boolean {
  if (expression.kind !== 'literal' || !isText(expression.type)) return false;
  return expression.type.collation === DEFAULT_COLLATION && /^[\0-\x7f]*$/.test(String(expression.value));
}

/** Of two that bind equally: that of bytes, of the character set that holds the other, or the one that compares exactly. */
function prevailingCollation(a: CollationName, b: CollationName): CollationName | undefined {
  if (a === 'binary' || b === 'binary') return 'binary';
  const [inA, inB] = [characterSetOf(a), characterSetOf(b)];
  if (inA !== inB) return holds(inA, inB) ? a : holds(inB, inA) ? b : undefined;
  return isBinaryCollation(a) ? a : isBinaryCollation(b) ? b : undefined;
}

const characterSetOf = (collation: CollationName): string => collationByName(collation)?.characterSet ?? 'utf8mb4';

/** Of Unicode's, those with all planes, and those without. */
const WHOLE_UNICODE: ReadonlySet<string> = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32']);
const BASIC_UNICODE: ReadonlySet<string> = new Set(['utf8mb3', 'ucs2']);

/** Whether every text of the other character set is one of the first (MySQL manual, "Collation Coercibility in Expressions"). */
function holds(charset: string, other: string): boolean {
  if (WHOLE_UNICODE.has(charset)) return !WHOLE_UNICODE.has(other);
  return BASIC_UNICODE.has(charset) && !WHOLE_UNICODE.has(other) && !BASIC_UNICODE.has(other);
}

/** The collation in which texts meet; throws ER_CANT_AGGREGATE_2COLLATIONS. */
export function commonCollation(expressions: readonly Expression[], operation: string): CollationName {
  let winner: CollationName | undefined;
  let strength = 7;
  for (const expression of expressions) {
    const collation = collationOf(expression.type);
    if (collation === undefined) continue;
    const own = coercibility(expression) + (isPlain(expression) ? 0.5 : 0);
    if (winner === undefined || own < strength) {
      winner = collation;
      strength = own;
    } else if (own === strength && collation !== winner) {
      if (own === 0) throw collationMix(`${winner},EXPLICIT`, `${collation},EXPLICIT`, operation);
      const prevailing = prevailingCollation(winner, collation);
      if (prevailing !== undefined) winner = prevailing;
      else if (own === 2) throw collationMix(`${winner},IMPLICIT`, `${collation},IMPLICIT`, operation);
    }
  }
  return winner ?? DEFAULT_COLLATION;
}

/** The type of text made from these arguments. */
export function textType(expressions: readonly Expression[], operation = 'concat'): TextType {
  const collation = commonCollation(expressions, operation);
  return collation === DEFAULT_COLLATION ? LONGTEXT : { ...LONGTEXT, collation };
}

/** The one type of several results, with the collation that wins among them. */
export function commonType(expressions: readonly Expression[], operation: string): SqlType {
  const type = unifiedType(expressions.map((expression) => expression.type));
  if (!isText(type)) return type;
  const collation = commonCollation(expressions, operation);
  return type.collation === collation ? type : { ...type, collation };
}

export function collate(operand: Expression, name: CollationName): Expression {
  const collation = collationByName(name);
  if (collation === undefined) throw unknownCollation(name);
  const text = isText(operand.type) ? operand : coerce(operand, LONGTEXT);
  const type = text.type as TextType;
  const current = collationByName(type.collation)?.characterSet ?? 'utf8mb4';
  if (collation.characterSet !== current && collation.name !== 'binary' && type.collation !== DEFAULT_COLLATION) {
    throw collationMismatch(collation.name, current);
  }
  return { kind: 'collate', operand: text, type: { ...type, collation: collation.name }, nullable: operand.nullable };
}

/** Plain literals without a detour through the binder: the bulk of what a dump's INSERT statements hold. */
import { booleanLiteral, nullLiteral, numberLiteral, stringLiteral } from '../expressions/build.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import { type Convert, type ConvertMode, conversion } from '../types/convert.ts';
import { type SqlType, sameType } from '../types/sql-type.ts';

/** Of a literal or a parameter; undefined for whatever needs binding. */
export function literalValue(expression: Expression, parameters: readonly TypedValue[]): TypedValue | undefined {
  if (expression.kind === 'parameter') return parameters[expression.ordinal];
  const bound = literalExpression(expression);
  return bound?.kind === 'literal' ? bound : undefined;
}

function literalExpression(expression: Expression) {
  switch (expression.kind) {
    case 'number':
      return numberLiteral(expression.text);
    case 'string':
      return expression.introducer === undefined ? stringLiteral(expression.value) : undefined;
    case 'null':
      return nullLiteral();
    case 'boolean':
      return booleanLiteral(expression.value);
    default:
      return undefined;
  }
}

const MOST_KNOWN = 32;

const kept = { strict: new WeakMap<SqlType, Conversions>(), lenient: new WeakMap<SqlType, Conversions>() };

/** Those of values that are stored in a column of a type. */
export function conversionsInto(to: SqlType, mode: 'strict' | 'lenient'): Conversions {
  let conversions = kept[mode].get(to);
  if (conversions === undefined) {
    conversions = new Conversions(to, mode);
    kept[mode].set(to, conversions);
  }
  return conversions;
}

/** Conversions into one type, kept for the few types that values have. */
class Conversions {
  readonly #to: SqlType;
  readonly #mode: ConvertMode;
  readonly #known: { readonly from: SqlType; readonly convert: Convert }[] = [];

  constructor(to: SqlType, mode: ConvertMode) {
    this.#to = to;
    this.#mode = mode;
  }

  /** Of values of exactly this type: what 100 passes through unseen, 255 may not. */
  of(from: SqlType): Convert {
    for (const known of this.#known) if (known.from === from) return known.convert;
    // Decimals have a type object each.
    for (const known of this.#known) if (sameSource(known.from, from)) return known.convert;
    const convert = conversion(from, this.#to, this.#mode);
    if (this.#known.length === MOST_KNOWN) this.#known.length = 0;
    this.#known.push({ from, convert });
    return convert;
  }
}

function sameSource(a: SqlType, b: SqlType): boolean {
  if (a.kind === 'decimal') return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale;
  return a.kind !== 'integer' && sameType(a, b);
}

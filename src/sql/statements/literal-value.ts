/** Plain literals without a detour through the binder: the bulk of what a dump's INSERT statements hold. */
import { booleanLiteral, nullLiteral, numberLiteral, stringLiteral } from '../expressions/build.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import type { Expression } from '../syntax/ast.ts';
import type { SqlType } from '../types/sql-type.ts';

/** Undefined for whatever needs binding. */
export function literalValue(expression: Expression): TypedValue | undefined {
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

/** A text that is the same for types whose values convert alike: a length does not matter for where a value comes from. */
export function conversionKey(type: SqlType): string {
  switch (type.kind) {
    case 'integer':
      return type.boolean ? 'b' : type.unsigned ? 'u' : 'i';
    case 'decimal':
      return `d${type.scale}`;
    case 'char':
    case 'varchar':
      return type.collation;
    case 'double':
    case 'null':
      return type.kind;
    default:
      return JSON.stringify(type);
  }
}

/**
 * The face of the builders, the only makers of expressions. They apply MySQL's coercions: operands come out in the
 * types that the node works on, constants are folded, and the node has its result type.
 */
import { LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { nullLiteral } from './coerce.ts';
import type { Expression } from './expression.ts';
import type { TypedValue, VariableScope } from './session-view.ts';

export { unifiedType } from '../types/unify.ts';
export { arithmetic, bit, bitNot, interval, negate } from './arithmetic.ts';
export { aggregate, call, isAggregateFunction, isScalarFunction, jsonValue, match } from './calls.ts';
export { asShown, cast, coerce, collate, commonType, literal, nullLiteral } from './coerce.ts';
export { between, compare, inList, like } from './comparison.ts';
export { bitLiteral, hexLiteral, numberLiteral, stringLiteral, temporalLiteral } from './literals.ts';
export { and, booleanLiteral, caseWhen, isNull, isTruth, not, or, truth, xor } from './logic.ts';

export function column(index: number, name: string, type: SqlType, nullable: boolean): Expression {
  return { kind: 'column', index, name, type, nullable };
}
export function slot(slot: number, name: string, type: SqlType, nullable: boolean): Expression {
  return { kind: 'slot', slot, name, type, nullable };
}
export function parameter(ordinal: number, type: SqlType): Expression {
  return { kind: 'parameter', ordinal, type, nullable: true };
}
/** `current` is the variable as it is now, which decides the type. */
export function userVariable(name: string, current: TypedValue | undefined): Expression {
  return { kind: 'userVariable', name, type: current?.type ?? LONGTEXT, nullable: true };
}
export function assignment(name: string, operand: Expression): Expression {
  const value = operand.type.kind === 'null' ? nullLiteral(LONGTEXT) : operand;
  return { kind: 'assignment', name, operand: value, type: value.type, nullable: value.nullable };
}
export function systemVariable(name: string, scope: VariableScope | undefined, type: SqlType): Expression {
  return { kind: 'systemVariable', name, scope, type, nullable: true };
}

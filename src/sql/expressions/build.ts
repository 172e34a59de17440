/**
 * The only makers of expressions. They apply MySQL's coercions: operands come out in the types that the node works on,
 * constants are folded, and the node has its result type.
 */
import { AssertionError } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { AggregateOptions, BoundAggregate } from '../functions/aggregate-function.ts';
import type { IntervalUnit } from '../types/interval.ts';
import type { CollationName, SqlType } from '../types/sql-type.ts';
import type { ArithmeticOperator, BitOperator, ComparisonOperator, Expression } from './expression.ts';
import type { TypedValue, VariableScope } from './session-view.ts';

const notBuilt = (): never => {
  throw new AssertionError('not built');
};

export function literal(value: Value, type: SqlType): Expression {
  return { kind: 'literal', value, type, nullable: value === null };
}
/** A number as written: integers become BIGINT (or unsigned, or DECIMAL), `1.5` DECIMAL, `1e3` DOUBLE. */
export const numberLiteral = (text: string): Expression => notBuilt();
export const stringLiteral = (text: string, collation?: CollationName): Expression => notBuilt();
/** `x'4142'`, `0x4142`, `b'101'`, by their digits. */
export const hexLiteral = (digits: string): Expression => notBuilt();
export const bitLiteral = (digits: string): Expression => notBuilt();
/** DATE '…', TIME '…', TIMESTAMP '…'. */
export const temporalLiteral = (kind: 'date' | 'time' | 'timestamp', text: string): Expression => notBuilt();
export const booleanLiteral = (value: boolean): Expression => notBuilt();
export const nullLiteral = (): Expression => notBuilt();

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
export const userVariable = (name: string, current: TypedValue | undefined): Expression => notBuilt();
export const assignment = (name: string, operand: Expression): Expression => notBuilt();
export const systemVariable = (name: string, scope: VariableScope | undefined, type: SqlType): Expression => notBuilt();

/** Looks the function up (any case); throws ER_SP_DOES_NOT_EXIST or ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT. */
export const call = (name: string, args: readonly Expression[]): Expression => notBuilt();
export const isScalarFunction = (name: string): boolean => notBuilt();
export const aggregate = (name: string, args: readonly Expression[], options: AggregateOptions): BoundAggregate =>
  notBuilt();
export const isAggregateFunction = (name: string): boolean => notBuilt();

/** CAST that the user wrote. */
export const cast = (operand: Expression, type: SqlType): Expression => notBuilt();
/** The operand in another type, without a node when it has it already. */
export const coerce = (operand: Expression, type: SqlType): Expression => notBuilt();
export const collate = (operand: Expression, collation: CollationName): Expression => notBuilt();

/** The operand as a condition: WHERE, ON, HAVING, AND, CASE WHEN. */
export const truth = (operand: Expression): Expression => notBuilt();
export const and = (operands: readonly Expression[]): Expression => notBuilt();
export const or = (operands: readonly Expression[]): Expression => notBuilt();
export const xor = (left: Expression, right: Expression): Expression => notBuilt();
export const not = (operand: Expression): Expression => notBuilt();
export const compare = (operator: ComparisonOperator, left: Expression, right: Expression): Expression => notBuilt();
export const isNull = (operand: Expression, negated?: boolean): Expression => notBuilt();
export const isTruth = (operand: Expression, truth: boolean | null, negated?: boolean): Expression => notBuilt();
export const between = (operand: Expression, low: Expression, high: Expression, negated?: boolean): Expression =>
  notBuilt();
export const inList = (operand: Expression, list: readonly Expression[], negated?: boolean): Expression => notBuilt();
/** `escape` undefined is the backslash. */
export const like = (operand: Expression, pattern: Expression, escape?: string, negated?: boolean): Expression =>
  notBuilt();
/** Searched CASE; with an operand the simple form. */
export const caseWhen = (
  operand: Expression | undefined,
  branches: readonly { readonly when: Expression; readonly result: Expression }[],
  otherwise: Expression | undefined,
): Expression => notBuilt();
export const arithmetic = (operator: ArithmeticOperator, left: Expression, right: Expression): Expression => notBuilt();
export const negate = (operand: Expression): Expression => notBuilt();
export const bit = (operator: BitOperator, left: Expression, right: Expression): Expression => notBuilt();
export const bitNot = (operand: Expression): Expression => notBuilt();
export const interval = (operand: Expression, amount: Expression, unit: IntervalUnit, negated?: boolean): Expression =>
  notBuilt();

/** The type that UNION, CASE, IF and COALESCE give to values of several types. */
export const unifiedType = (types: readonly SqlType[]): SqlType => notBuilt();

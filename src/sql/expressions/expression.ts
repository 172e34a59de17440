/**
 * Bound expressions: what the binder makes of a syntax tree. Names are resolved, every node has its static type, and
 * operands already have the types that the node works on: conversions are nodes of their own, put there by the
 * builders of build.ts. Nobody else makes nodes, so that `compile` never guesses.
 *
 * Expressions are immutable and hold no running state, so a plan with them can be cached and shared.
 */
import type { Value } from '../../tuple/value.ts';
import type { BoundCall } from '../functions/scalar-function.ts';
import type { ConvertMode } from '../types/convert.ts';
import type { IntervalUnit } from '../types/interval.ts';
import type { CollationName, SqlType } from '../types/sql-type.ts';
import type { VariableScope } from './session-view.ts';

interface Typed {
  readonly type: SqlType;
  readonly nullable: boolean;
}

export interface LiteralExpression extends Typed {
  readonly kind: 'literal';
  readonly value: Value;
}
/** Column `index` of the input batch. */
export interface ColumnExpression extends Typed {
  readonly kind: 'column';
  readonly index: number;
  readonly name: string;
}
/** A column of an enclosing query's row: `context.slots[slot]`. */
export interface SlotExpression extends Typed {
  readonly kind: 'slot';
  readonly slot: number;
  readonly name: string;
}
/** `context.parameters[ordinal]`, whose value has the type that was known when the statement was bound. */
export interface ParameterExpression extends Typed {
  readonly kind: 'parameter';
  readonly ordinal: number;
}
/** Read at run time; converted to the type that the variable had when the statement was bound. */
export interface UserVariableExpression extends Typed {
  readonly kind: 'userVariable';
  readonly name: string;
}
/** `@name := value`. */
export interface AssignmentExpression extends Typed {
  readonly kind: 'assignment';
  readonly name: string;
  readonly operand: Expression;
}
export interface SystemVariableExpression extends Typed {
  readonly kind: 'systemVariable';
  readonly name: string;
  readonly scope: VariableScope | undefined;
}
export interface CallExpression extends Typed {
  readonly kind: 'call';
  readonly call: BoundCall;
}
/** The operand's value in another type. `cast` for CAST/CONVERT that the user wrote, `implicit` for coercions. */
export interface ConvertExpression extends Typed {
  readonly kind: 'convert';
  readonly operand: Expression;
  readonly mode: ConvertMode;
  /** The column of the result that a CAST is, for warnings. */
  readonly label?: string;
  /**
   * Rounds a decimal that was computed with more digits than it shows (MySQL keeps the digits of a division inside a
   * larger arithmetic expression): arithmetic on it works on the operand.
   */
  readonly rounding?: true;
}
/** COLLATE: the operand's value under another collation (in `type`), which wins over any other. */
export interface CollateExpression extends Typed {
  readonly kind: 'collate';
  readonly operand: Expression;
}
/** Three-valued; operands are truth values (see `truth`). */
export interface AndExpression extends Typed {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Expression[];
}
export interface XorExpression extends Typed {
  readonly kind: 'xor';
  readonly left: Expression;
  readonly right: Expression;
}
export interface NotExpression extends Typed {
  readonly kind: 'not';
  readonly operand: Expression;
}
/** Whether a value of any type counts as true: 1, 0 or NULL. */
export interface TruthExpression extends Typed {
  readonly kind: 'truth';
  readonly operand: Expression;
}
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | '<=>';
/** Both sides' values have the representation of `domain`, whose order and equality decide. */
export interface ComparisonExpression extends Typed {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly domain: SqlType;
}
export interface IsNullExpression extends Typed {
  readonly kind: 'isNull';
  readonly operand: Expression;
  readonly negated: boolean;
}
/** IS [NOT] TRUE / FALSE / UNKNOWN; the operand is a truth value. */
export interface IsTruthExpression extends Typed {
  readonly kind: 'isTruth';
  readonly operand: Expression;
  readonly truth: boolean | null;
  readonly negated: boolean;
}
/** All have the representation of `domain`. NOT IN is a `not` around it. */
export interface InListExpression extends Typed {
  readonly kind: 'inList';
  readonly operand: Expression;
  readonly list: readonly Expression[];
  readonly domain: SqlType;
}
export interface LikeExpression extends Typed {
  readonly kind: 'like';
  readonly operand: Expression;
  readonly pattern: Expression;
  /** Empty for none. */
  readonly escape: string;
  readonly collation: CollationName;
}
/** Conditions are truth values, results have the type of the whole. */
export interface CaseExpression extends Typed {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
  readonly otherwise: Expression | undefined;
}
export type ArithmeticOperator = '+' | '-' | '*' | '/' | 'div' | '%';
/** Both operands have the domain's type: integers, decimals (each its own scale) or doubles. */
export interface ArithmeticExpression extends Typed {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface NegateExpression extends Typed {
  readonly kind: 'negate';
  readonly operand: Expression;
}
export type BitOperator = '&' | '|' | '^' | '<<' | '>>';
/** Operands are unsigned 64-bit. */
export interface BitExpression extends Typed {
  readonly kind: 'bit';
  readonly operator: BitOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface BitNotExpression extends Typed {
  readonly kind: 'bitNot';
  readonly operand: Expression;
}
/** `operand + INTERVAL amount unit` (or minus); the operand is a date, datetime, time or text. */
export interface IntervalExpression extends Typed {
  readonly kind: 'interval';
  readonly operand: Expression;
  readonly amount: Expression;
  readonly unit: IntervalUnit;
  readonly negated: boolean;
}

export type Expression =
  | LiteralExpression
  | ColumnExpression
  | SlotExpression
  | ParameterExpression
  | UserVariableExpression
  | AssignmentExpression
  | SystemVariableExpression
  | CallExpression
  | ConvertExpression
  | CollateExpression
  | AndExpression
  | XorExpression
  | NotExpression
  | TruthExpression
  | ComparisonExpression
  | IsNullExpression
  | IsTruthExpression
  | InListExpression
  | LikeExpression
  | CaseExpression
  | ArithmeticExpression
  | NegateExpression
  | BitExpression
  | BitNotExpression
  | IntervalExpression;

/**
 * A scalar function: bound to argument expressions it gives the type of its result, the arguments as it wants them
 * (converted where it needs them so) and a closure over their values. The families are one a file; the registry finds
 * them by name.
 */
import type { Value } from '../../tuple/value.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import type { SqlType } from '../types/sql-type.ts';

/** Values of the arguments → the value of the call. The array is reused: don't keep it. */
export type Apply = (args: readonly Value[], context: EvaluationContext) => Value;

/** What a function makes of its arguments. */
export interface Signature {
  readonly type: SqlType;
  /** Default: some argument is nullable. */
  readonly nullable?: boolean;
  /** The arguments with conversions; default: as given. */
  readonly args?: readonly Expression[];
  readonly apply: Apply;
  /** The function sees NULL arguments; default: NULL in, NULL out without a call. */
  readonly handlesNull?: boolean;
}

/** A function that is another way to write an expression (`IF`, `COALESCE`, `MOD`). */
export interface Rewrite {
  readonly expression: Expression;
}

export interface ScalarFunction {
  /** Lower case. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly minArguments: number;
  /** Infinity for any number. */
  readonly maxArguments: number;
  /** Not folded: the result may differ from call to call (rand, uuid) or has effects (sleep). */
  readonly volatile?: true;
  /** Not folded when planning: constant within a statement, but asks the session (now, user). */
  readonly session?: true;
  /** Takes, gives back or looks at locks: calls in one statement keep their order, and one may have to wait (`MustWait`). */
  readonly locks?: true;
  bind(args: readonly Expression[]): Signature | Rewrite;
}

export interface BoundCall {
  readonly function: ScalarFunction;
  readonly args: readonly Expression[];
  readonly apply: Apply;
  readonly handlesNull: boolean;
}

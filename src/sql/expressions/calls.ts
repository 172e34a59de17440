/** Calls of functions by name, scalar and aggregate. */
import type { AggregateOptions, BoundAggregate } from '../functions/aggregate-function.ts';
import type { MatchFunction } from '../functions/full-text.ts';
import { jsonValueFunction, jsonValueSignature } from '../functions/json-value-call.ts';
import { aggregateFunction, scalarFunction } from '../functions/registry.ts';
import type { ScalarFunction, Signature } from '../functions/scalar-function.ts';
import { unknownFunction, wrongParameterCount } from '../types/sql-error.ts';
import type { Expression } from './expression.ts';
import { fold } from './fold.ts';

/** Looks the function up (any case); throws ER_SP_DOES_NOT_EXIST or ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT. */
export function call(name: string, args: readonly Expression[]): Expression {
  const found = scalarFunction(name);
  if (found === undefined) throw unknownFunction(name);
  if (args.length < found.minArguments || args.length > found.maxArguments) throw wrongParameterCount(name);
  const signature = found.bind(args);
  return 'expression' in signature ? signature.expression : signedCall(found, signature, args);
}

/** JSON_VALUE with its type and fallbacks. */
export function jsonValue(...given: Parameters<typeof jsonValueSignature>): Expression {
  return signedCall(jsonValueFunction, jsonValueSignature(...given), given.slice(0, 2) as Expression[]);
}

/** MATCH over one index. */
export function match(found: MatchFunction, args: readonly Expression[]): Expression {
  return signedCall(found, found.bind(args) as Signature, args);
}

function signedCall(found: ScalarFunction, signature: Signature, args: readonly Expression[]): Expression {
  const bound = signature.args ?? args;
  return fold({
    kind: 'call',
    call: { function: found, args: bound, apply: signature.apply, handlesNull: signature.handlesNull === true },
    type: signature.type,
    nullable: signature.nullable ?? bound.some((argument) => argument.nullable),
  });
}

export function isScalarFunction(name: string): boolean {
  return scalarFunction(name) !== undefined;
}

/** `count(*)` has no arguments. */
export function aggregate(name: string, args: readonly Expression[], options: AggregateOptions): BoundAggregate {
  const found = aggregateFunction(name);
  if (found === undefined) throw unknownFunction(name);
  if (args.length < found.minArguments || args.length > found.maxArguments) throw wrongParameterCount(name);
  return found.bind(args, options);
}

export function isAggregateFunction(name: string): boolean {
  return aggregateFunction(name) !== undefined;
}

/** Expressions that must have a value while a statement is bound: AS OF, arguments of table functions. */
import type { Value } from '../../tuple/value.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { compile } from '../expressions/compile.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import type { BindContext } from './binder.ts';

export function evaluateConstant(expression: Expression, context: BindContext): Value {
  const evaluation: EvaluationContext = {
    slots: [],
    parameters: (context.parameters ?? []).map((p) => p.value),
    session: context.session,
  };
  return compile(expression)(ONE_ROW, 0, evaluation);
}

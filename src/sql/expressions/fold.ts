/**
 * Constant folding: an expression over literals is computed when it is built. What asks the session, warns or throws is
 * left for run time, where its warning or error belongs.
 */
import { AssertionError } from '../../base/errors.ts';
import { ONE_ROW } from './batch.ts';
import { compile } from './compile.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import type { Expression, LiteralExpression } from './expression.ts';
import type { SessionView } from './session-view.ts';

class NotConstant extends Error {}

const nobody = new Proxy({} as SessionView, {
  get() {
    throw new NotConstant();
  },
});
const context: EvaluationContext = { slots: [], parameters: [], session: nobody };

function isLiteral(expression: Expression): expression is LiteralExpression {
  return expression.kind === 'literal';
}

function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return true;
    case 'convert':
    case 'collate':
    case 'not':
    case 'truth':
    case 'isNull':
    case 'isTruth':
    case 'negate':
    case 'bitNot':
      return isLiteral(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.every(isLiteral);
    case 'xor':
    case 'comparison':
    case 'arithmetic':
    case 'bit':
      return isLiteral(expression.left) && isLiteral(expression.right);
    case 'inList':
      return isLiteral(expression.operand) && expression.list.every(isLiteral);
    case 'like':
      return isLiteral(expression.operand) && isLiteral(expression.pattern);
    case 'interval':
      return isLiteral(expression.operand) && isLiteral(expression.amount);
    case 'case':
      return (
        expression.branches.every(({ when, result }) => isLiteral(when) && isLiteral(result)) &&
        (expression.otherwise === undefined || isLiteral(expression.otherwise))
      );
    case 'call': {
      const { function: called, args } = expression.call;
      return !called.volatile && !called.session && args.every(isLiteral);
    }
    default:
      return false;
  }
}

/** The literal that a constant expression is, or the expression itself. */
export function fold(expression: Expression): Expression {
  if (expression.kind === 'literal' || !isConstant(expression)) return expression;
  try {
    const value = compile(expression)(ONE_ROW, 0, context);
    // The mark of extra digits stays, so that arithmetic around it can use them.
    if (expression.kind === 'convert' && expression.rounding) return expression;
    return { kind: 'literal', value, type: expression.type, nullable: value === null };
  } catch (error) {
    if (error instanceof AssertionError || error instanceof TypeError || error instanceof ReferenceError) throw error;
    return expression;
  }
}

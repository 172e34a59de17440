/** NAME_CONST takes literals only: MySQL writes it into the statements of routines, in the place of variables. */
import type * as syntax from '../syntax/ast/expression.ts';
import { wrongArguments } from '../types/sql-error.ts';

/** Throws 1210. */
export function checkNameConst({ args }: syntax.Call): void {
  if (!args.every(isLiteral)) throw wrongArguments('NAME_CONST');
}

/** A number may have a sign, and a text a collation. */
function isLiteral(node: syntax.Expression): boolean {
  switch (node.kind) {
    case 'unary':
      return node.operator === '-' && node.operand.kind === 'number';
    case 'collate':
      return isLiteral(node.operand);
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'hex':
    case 'bit':
    case 'temporal':
      return true;
    default:
      return false;
  }
}

/** Bound expressions as text for error messages, near to how MySQL echoes them. */
import { formatValue } from '../types/format.ts';
import { isNumeric } from '../types/sql-type.ts';
import type { Expression } from './expression.ts';

export function describe(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      if (expression.value === null) return 'NULL';
      return isNumeric(expression.type)
        ? formatValue(expression.value, expression.type)
        : `'${formatValue(expression.value, expression.type)}'`;
    case 'column':
    case 'slot':
      return `\`${expression.name}\``;
    case 'parameter':
      return '?';
    case 'userVariable':
      return `@\`${expression.name}\``;
    case 'systemVariable':
      return `@@${expression.name}`;
    case 'arithmetic':
    case 'bit':
      return `(${describe(expression.left)} ${expression.operator} ${describe(expression.right)})`;
    case 'negate':
      return `-(${describe(expression.operand)})`;
    case 'convert':
    case 'collate':
    case 'truth':
      return describe(expression.operand);
    case 'call':
      return `${expression.call.function.name}(${expression.call.args.map(describe).join(',')})`;
    default:
      return `<${expression.kind}>`;
  }
}

/** Expressions as text for EXPLAIN: close to SQL, with conversions left out. */
import type { Expression } from '../expressions/expression.ts';
import { formatValue } from '../types/format.ts';
import { isBytes, isNumeric } from '../types/sql-type.ts';

export function describeExpression(expression: Expression): string {
  const text = describeExpression;
  switch (expression.kind) {
    case 'literal':
      if (expression.value === null) return 'NULL';
      if (isBytes(expression.type)) return `x'${Buffer.from(expression.value as Uint8Array).toString('hex')}'`;
      if (isNumeric(expression.type)) return formatValue(expression.value, expression.type);
      return `'${formatValue(expression.value, expression.type).replaceAll("'", "''")}'`;
    case 'column':
    case 'slot':
      return expression.name;
    case 'parameter':
      return '?';
    case 'userVariable':
      return `@${expression.name}`;
    case 'assignment':
      return `@${expression.name} := ${text(expression.operand)}`;
    case 'systemVariable':
      return `@@${expression.name}`;
    case 'call':
      return `${expression.call.function.name}(${expression.call.args.map(text).join(', ')})`;
    case 'convert':
    case 'collate':
    case 'truth':
      return text(expression.operand);
    case 'and':
    case 'or':
      return `(${expression.operands.map(text).join(` ${expression.kind} `)})`;
    case 'xor':
      return `(${text(expression.left)} xor ${text(expression.right)})`;
    case 'not':
      return `not ${text(expression.operand)}`;
    case 'comparison':
      return `${text(expression.left)} ${expression.operator} ${text(expression.right)}`;
    case 'arithmetic':
    case 'bit':
      return `(${text(expression.left)} ${expression.operator} ${text(expression.right)})`;
    case 'isNull':
      return `${text(expression.operand)} is ${expression.negated ? 'not ' : ''}null`;
    case 'isTruth': {
      const test = expression.truth === null ? 'unknown' : String(expression.truth);
      return `${text(expression.operand)} is ${expression.negated ? 'not ' : ''}${test}`;
    }
    case 'inList':
      return `${text(expression.operand)} in (${expression.list.map(text).join(', ')})`;
    case 'like':
      return `${text(expression.operand)} like ${text(expression.pattern)}`;
    case 'case': {
      const branches = expression.branches.map((b) => ` when ${text(b.when)} then ${text(b.result)}`).join('');
      return `case${branches}${expression.otherwise ? ` else ${text(expression.otherwise)}` : ''} end`;
    }
    case 'negate':
      return `-${text(expression.operand)}`;
    case 'bitNot':
      return `~${text(expression.operand)}`;
    case 'interval': {
      const sign = expression.negated ? '-' : '+';
      return `(${text(expression.operand)} ${sign} interval ${text(expression.amount)} ${expression.unit})`;
    }
  }
}

/**
 * What MySQL calls a column of a result that has no alias: numbers, strings and names by themselves, whatever stands around them,
 * NAME_CONST by the name that it gives, everything else by its text, with its comments, and without the marks of those whose
 * content is code.
 */
import type { Expression } from './ast/expression.ts';
import { withoutCodeMarks } from './code-marks.ts';

/** The expression is `text.slice(start, end)`. */
export function labelOf(expression: Expression, text: string, start: number, end: number): string {
  switch (expression.kind) {
    case 'column':
      return expression.name;
    case 'null':
      return 'NULL';
    case 'number':
      return expression.text;
    case 'string':
      return withoutLeadingBlanks(expression.first ?? expression.value);
    case 'unary':
      if (expression.operator === '+') return labelOf(expression.operand, text, expression.operand.start, end);
      break;
    case 'call': {
      const [first] = expression.args;
      if (expression.name === 'name_const' && first?.kind === 'string') return first.value;
    }
  }
  const source = text.slice(start, end);
  return withoutCodeMarks(source);
}

function withoutLeadingBlanks(text: string): string {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at === 0 ? text : text.slice(at);
}

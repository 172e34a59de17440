/**
 * What MySQL calls a column of a result that has no alias: numbers, strings and names by themselves, whatever stands around them,
 * everything else by its text, with its comments, and without the marks of those whose content is code.
 */
import type { Expression } from './ast.ts';
import { SERVER_VERSION } from './lexer.ts';

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
  }
  const source = text.slice(start, end);
  return source.includes('*/') || source.includes('/*!') ? withoutCodeMarks(source) : source;
}

function withoutLeadingBlanks(text: string): string {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at === 0 ? text : text.slice(at);
}

/** One pass: strings, quoted names and comments stay as they are, marks go, and code for later servers goes with them. */
function withoutCodeMarks(source: string): string {
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < source.length) {
    const end = endOfQuoted(source, at) ?? endOfComment(source, at);
    const mark = end === undefined ? endOfMark(source, at) : undefined;
    if (mark !== undefined) {
      result += source.slice(copied, at);
      copied = mark;
    }
    at = end ?? mark ?? at + 1;
  }
  return result + source.slice(copied);
}

function endOfQuoted(source: string, at: number): number | undefined {
  const quote = source[at]!;
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  let end = at + 1;
  while (end < source.length && source[end] !== quote) end += source[end] === '\\' && quote !== '`' ? 2 : 1;
  return end + 1;
}

function endOfComment(source: string, at: number): number | undefined {
  if (source[at] === '#' || (source.startsWith('--', at) && !(source.charCodeAt(at + 2) > 32)))
    return after(source, '\n', at);
  if (!source.startsWith('/*', at) || source[at + 2] === '!') return undefined;
  return after(source, '*/', at + 2);
}

/** `/*!` with its version, or with all that it holds where that is for later servers; `*` and `/` that end one. */
function endOfMark(source: string, at: number): number | undefined {
  if (source.startsWith('*/', at)) return source[at + 2] === '*' ? undefined : at + 2;
  if (!source.startsWith('/*!', at)) return undefined;
  const version = /^\d{5,6}/.exec(source.slice(at + 3, at + 9))?.[0] ?? '';
  return Number(version) > SERVER_VERSION ? after(source, '*/', at) : at + 3 + version.length;
}

function after(source: string, text: string, from: number): number {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found + text.length;
}

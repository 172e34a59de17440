/** The leaves of expressions: literals, names, variables, parentheses; calls and what looks like them are parse-call.ts. */
import type { Case, Expression, StringLiteral, SystemVariable, VariableScope } from './ast/expression.ts';
import { isCharset } from './charsets.ts';
import { isCallable, parseBare, parseCall, parseSpecialCall } from './parse-call.ts';
import { beginsQuery, parseExpression } from './parse-expression.ts';
import { continuesQuery, parseQuery, parseQueryAfter, parseQueryInParentheses } from './parse-query.ts';
import { type Building, span, type Tokens } from './tokens.ts';

export function parsePrimary(tokens: Tokens): Expression {
  const { start, end } = tokens;
  switch (tokens.kind) {
    case 'number': {
      const text = tokens.source();
      tokens.advance();
      return { kind: 'number', start, end, text };
    }
    case 'string':
      return parseString(tokens);
    case 'hex':
    case 'bit': {
      const { kind } = tokens;
      const digits = tokens.digits();
      tokens.advance();
      return { kind, start, end, digits };
    }
    case '?':
      tokens.advance();
      return { kind: 'parameter', start, end, ordinal: tokens.parameters++ };
    case 'variable':
      return parseUserVariable(tokens);
    case 'system':
      return parseSystemVariable(tokens);
    case 'quoted':
      return parseName(tokens);
    case 'word':
      return parseWord(tokens);
    case 'operator':
      if (tokens.word === '(') return parseParentheses(tokens);
      if (tokens.word === '{') return parseBraces(tokens);
      throw tokens.failure();
    case 'end':
      throw tokens.failure();
  }
}

/** One or more adjacent strings. */
export function parseString(tokens: Tokens, introducer?: string, from = tokens.start): StringLiteral {
  const isNational = (tokens.text.charCodeAt(tokens.start) | 32) === 110; /* n */
  const charset = introducer ?? (isNational ? 'utf8mb3' : undefined);
  const first = tokens.stringValue();
  tokens.advance();
  let value = first;
  while (tokens.kind === 'string') {
    value += tokens.stringValue();
    tokens.advance();
  }
  const literal: Building<StringLiteral> = { kind: 'string', start: from, end: tokens.lastEnd, value };
  if (charset !== undefined) literal.introducer = charset;
  if (value !== first) literal.first = first;
  return literal;
}

function parseWord(tokens: Tokens): Expression {
  const { start, end, word } = tokens;
  switch (word) {
    case 'null':
      tokens.advance();
      return { kind: 'null', start, end };
    case 'true':
    case 'false':
      tokens.advance();
      return { kind: 'boolean', start, end, value: word === 'true' };
    case 'case':
      return parseCase(tokens);
    case 'exists': {
      tokens.advance();
      const query = parseQueryInParentheses(tokens);
      return { kind: 'exists', ...span(tokens, start), query };
    }
    case 'date':
    case 'time':
    case 'timestamp': {
      const temporal = parseTemporal(tokens, word);
      if (temporal !== undefined) return temporal;
      break;
    }
  }
  if (word.charCodeAt(0) === 95 /* _ */) {
    const literal = parseIntroduced(tokens);
    if (literal !== undefined) return literal;
  }
  const special = parseSpecialCall(tokens) ?? parseBare(tokens);
  return special ?? parseName(tokens);
}

function parseTemporal(tokens: Tokens, type: 'date' | 'time' | 'timestamp'): Expression | undefined {
  const { start } = tokens;
  const mark = tokens.mark();
  tokens.advance();
  if (tokens.kind !== 'string') {
    tokens.reset(mark);
    return undefined;
  }
  const text = tokens.string();
  return { kind: 'temporal', ...span(tokens, start), type, text };
}

/** `_utf8mb4'text'`, `_binary 0x41`. */
function parseIntroduced(tokens: Tokens): Expression | undefined {
  const { start } = tokens;
  const introducer = tokens.word.slice(1);
  if (!isCharset(introducer)) return undefined;
  const mark = tokens.mark();
  tokens.advance();
  if (tokens.kind === 'string') return parseString(tokens, introducer, start);
  if (tokens.kind === 'hex' || tokens.kind === 'bit') {
    const { kind } = tokens;
    const digits = tokens.digits();
    tokens.advance();
    return { kind, ...span(tokens, start), digits, introducer };
  }
  tokens.reset(mark);
  return undefined;
}

/** A column or a call. */
function parseName(tokens: Tokens): Expression {
  const { start, end } = tokens;
  // What MySQL reserves and still calls, such as LEFT(…), is told by its parenthesis.
  if (tokens.kind === 'word' && tokens.codeAfter() === 40 /* ( */) {
    if (!isCallable(tokens.word)) throw tokens.failure();
    return parseCall(tokens, undefined);
  }
  const first = tokens.name();
  if (!tokens.at('.')) return { kind: 'column', start, end, name: first };
  tokens.advance();
  if (tokens.kind === 'word' && tokens.codeAfter() === 40) return parseCall(tokens, { name: first, start, end });
  const second = tokens.nameAfterDot();
  if (!tokens.at('.')) return { kind: 'column', ...span(tokens, start), table: first, name: second };
  tokens.advance();
  const third = tokens.nameAfterDot();
  return { kind: 'column', ...span(tokens, start), database: first, table: second, name: third };
}

/** `@name` without its sign, lower case, also when it is quoted. */
export function parseVariableName(tokens: Tokens): string {
  if (tokens.kind !== 'variable') throw tokens.failure();
  if (tokens.end > tokens.start + 1) {
    const name = tokens.source().slice(1);
    tokens.advance();
    return name.toLowerCase();
  }
  const { end } = tokens;
  tokens.advance();
  if (tokens.start !== end) throw tokens.failure();
  return tokens.nameOrString().toLowerCase();
}

function parseUserVariable(tokens: Tokens): Expression {
  const { start } = tokens;
  const name = parseVariableName(tokens);
  if (!tokens.accept(':=')) return { kind: 'userVariable', ...span(tokens, start), name };
  const value = parseExpression(tokens);
  return { kind: 'assignment', start, end: value.end, name, value };
}

const scopes = new Map<string, VariableScope>([
  ['global', 'global'],
  ['session', 'session'],
  ['local', 'session'],
  ['persist', 'persist'],
  ['persist_only', 'persist_only'],
]);

export function scopeOf(word: string): VariableScope | undefined {
  return scopes.get(word);
}

/** `name`, `name.part`: lower case. */
export function parseVariablePath(tokens: Tokens): string {
  let name = tokens.nameAfterDot();
  while (tokens.accept('.')) name += `.${tokens.nameAfterDot()}`;
  return name.toLowerCase();
}

export function parseSystemVariable(tokens: Tokens): SystemVariable {
  const { start } = tokens;
  tokens.advance();
  const scope = scopeOf(tokens.word);
  if (scope !== undefined && tokens.nextIs('.')) {
    tokens.advance();
    tokens.advance();
    return { kind: 'systemVariable', scope, name: parseVariablePath(tokens), ...span(tokens, start) };
  }
  return { kind: 'systemVariable', name: parseVariablePath(tokens), ...span(tokens, start) };
}

/** A subquery, a row, or an expression whose parentheses only grouped. */
function parseParentheses(tokens: Tokens): Expression {
  const { start } = tokens;
  tokens.advance();
  if (!beginsQuery(tokens)) return parseGroup(tokens, start);
  tokens.enter();
  const query = parseQuery(tokens);
  tokens.expect(')');
  tokens.leave();
  return { kind: 'subquery', ...span(tokens, start), query };
}

function parseGroup(tokens: Tokens, start: number): Expression {
  const first = parseExpression(tokens);
  if (first.kind === 'subquery' && first.end === tokens.lastEnd && continuesQuery(tokens)) {
    // ((SELECT …) UNION …): what was read is the first part of a larger query.
    const query = parseQueryAfter(tokens, first.start, first.query);
    tokens.expect(')');
    return { kind: 'subquery', ...span(tokens, start), query };
  }
  if (tokens.accept(')')) return widen(first, start, tokens.lastEnd);
  const members = [first];
  while (tokens.accept(',')) members.push(parseExpression(tokens));
  tokens.expect(')');
  return { kind: 'row', ...span(tokens, start), members };
}

/** Parentheses belong to the source of what they group. The node was made a moment ago and is nobody else's yet. */
function widen(expression: Expression, start: number, end: number): Expression {
  const place = expression as { start: number; end: number };
  place.start = start;
  place.end = end;
  return expression;
}

/** ODBC's `{d '2020-01-01'}`, `{t …}`, `{ts …}`, `{fn call}`. */
function parseBraces(tokens: Tokens): Expression {
  const { start } = tokens;
  tokens.advance();
  const word = tokens.name().toLowerCase();
  const type = word === 'd' ? 'date' : word === 't' ? 'time' : word === 'ts' ? 'timestamp' : undefined;
  if (type !== undefined && tokens.kind === 'string') {
    const text = tokens.string();
    tokens.expect('}');
    return { kind: 'temporal', ...span(tokens, start), type, text };
  }
  const inner = parseExpression(tokens);
  tokens.expect('}');
  return inner;
}

function parseCase(tokens: Tokens): Case {
  const { start } = tokens;
  tokens.advance();
  const operand = tokens.at('when') ? undefined : parseExpression(tokens);
  const branches = [];
  do {
    tokens.expect('when');
    const when = parseExpression(tokens);
    tokens.expect('then');
    branches.push({ when, result: parseExpression(tokens) });
  } while (tokens.at('when'));
  const otherwise = tokens.accept('else') ? parseExpression(tokens) : undefined;
  tokens.expect('end');
  return {
    kind: 'case',
    ...span(tokens, start),
    ...(operand && { operand }),
    branches,
    ...(otherwise && { otherwise }),
  };
}

/**
 * Expressions by binding power, level for level as in MySQL's grammar. Where that grammar refuses a combination for no
 * reason that a reader would see (`1 = NOT 0`), this parser is more generous; where it accepts, the tree is the same.
 */

import type { BinaryOperator, Expression, Is, Logical, Quantified } from './ast/expression.ts';
import { deprecated } from './deprecations.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseQuery, parseQueryInParentheses } from './parse-query.ts';
import { span, type Tokens } from './tokens.ts';

/** Binding powers, loosest first. */
export const OR = 1;
const XOR = 2;
const AND = 3;
const NOT = 4;
const COMPARISON = 5;
const PREDICATE = 6;
/** From here on MySQL calls it a bit_expr: no comparison, no AND. */
export const BIT_OR = 7;
const BIT_AND = 8;
const SHIFT = 9;
const SUM = 10;
const PRODUCT = 11;
const BIT_XOR = 12;
const CONCAT = 13;

interface Infix {
  readonly level: number;
  /** Absent for what needs more than an operand on its right. */
  readonly operator?: BinaryOperator;
}

const infixes = new Map<string, Infix>([
  ['or', { level: OR }],
  ['||', { level: OR }],
  ['xor', { level: XOR, operator: 'xor' }],
  ['and', { level: AND }],
  ['&&', { level: AND }],
  ['is', { level: COMPARISON }],
  ['=', { level: COMPARISON, operator: '=' }],
  ['<=>', { level: COMPARISON, operator: '<=>' }],
  ['<>', { level: COMPARISON, operator: '<>' }],
  ['!=', { level: COMPARISON, operator: '<>' }],
  ['<', { level: COMPARISON, operator: '<' }],
  ['<=', { level: COMPARISON, operator: '<=' }],
  ['>', { level: COMPARISON, operator: '>' }],
  ['>=', { level: COMPARISON, operator: '>=' }],
  ['not', { level: PREDICATE }],
  ['in', { level: PREDICATE }],
  ['between', { level: PREDICATE }],
  ['like', { level: PREDICATE }],
  ['regexp', { level: PREDICATE }],
  ['rlike', { level: PREDICATE }],
  ['sounds', { level: PREDICATE }],
  ['member', { level: PREDICATE }],
  ['|', { level: BIT_OR, operator: '|' }],
  ['&', { level: BIT_AND, operator: '&' }],
  ['<<', { level: SHIFT, operator: '<<' }],
  ['>>', { level: SHIFT, operator: '>>' }],
  ['+', { level: SUM, operator: '+' }],
  ['-', { level: SUM, operator: '-' }],
  ['*', { level: PRODUCT, operator: '*' }],
  ['/', { level: PRODUCT, operator: '/' }],
  ['div', { level: PRODUCT, operator: 'div' }],
  ['%', { level: PRODUCT, operator: '%' }],
  ['mod', { level: PRODUCT, operator: '%' }],
  ['^', { level: BIT_XOR, operator: '^' }],
]);
const concatenation: Infix = { level: CONCAT, operator: 'concat' };

/** An expression whose operators bind at least as tightly as `level`. */
export function parseExpression(tokens: Tokens, level = OR): Expression {
  tokens.enter();
  const expression = parseInfix(tokens, parsePrefix(tokens), level);
  tokens.leave();
  return expression;
}

/** Goes on with the operators after `first`. */
export function parseInfix(tokens: Tokens, first: Expression, level: number): Expression {
  let left = first;
  let length = 0;
  for (;;) {
    const word = tokens.word;
    if (word === '') break;
    const infix = word === '||' && tokens.pipesAsConcat ? concatenation : infixes.get(word);
    if (infix === undefined || infix.level < level) break;
    const next =
      infix.operator === undefined ? parseWordInfix(tokens, left, word) : parseBinary(tokens, left, infix as Operator);
    if (next === undefined) break;
    left = next;
    length++;
    tokens.lengthen();
  }
  tokens.shorten(length);
  return left;
}

type Operator = Required<Infix>;

function parseBinary(tokens: Tokens, left: Expression, { level, operator }: Operator): Expression {
  tokens.advance();
  if (level === COMPARISON && (tokens.at('any') || tokens.at('some') || tokens.at('all'))) {
    const quantified = parseQuantified(tokens, left, operator);
    if (quantified !== undefined) return quantified;
  }
  const right = parseExpression(tokens, level + 1);
  return { kind: 'binary', start: left.start, end: right.end, operator, left, right };
}

function parseQuantified(tokens: Tokens, left: Expression, operator: BinaryOperator): Quantified | undefined {
  if (!tokens.nextIs('(') || operator === '<=>') return undefined;
  const quantifier = tokens.accept('all') ? 'all' : 'any';
  if (quantifier === 'any') tokens.advance();
  const query = parseQueryInParentheses(tokens);
  const compared = operator as Quantified['operator'];
  return { kind: 'quantified', ...span(tokens, left.start), operator: compared, quantifier, left, query };
}

/** Undefined when the word turns out to be no operator here. */
function parseWordInfix(tokens: Tokens, left: Expression, word: string): Expression | undefined {
  switch (word) {
    case '||':
      deprecated(tokens, "'|| as a synonym for OR'", 'Please use OR instead');
      return parseLogical(tokens, left, 'or');
    case 'or':
      return parseLogical(tokens, left, 'or');
    case '&&':
      deprecated(tokens, "'&&'", 'Please use AND instead');
      return parseLogical(tokens, left, 'and');
    case 'and':
      return parseLogical(tokens, left, 'and');
    case 'is':
      return parseIs(tokens, left);
    default:
      return parsePredicate(tokens, left);
  }
}

/** All operands of a chain at once: a thousand of them are a list, not a deep tree. */
function parseLogical(tokens: Tokens, left: Expression, kind: Logical['kind']): Expression {
  const operands = [left];
  const isMore =
    kind === 'or'
      ? () => tokens.at('or') || (tokens.at('||') && !tokens.pipesAsConcat)
      : () => tokens.at('and') || tokens.at('&&');
  const level = kind === 'or' ? XOR : NOT;
  do {
    tokens.advance();
    operands.push(parseExpression(tokens, level));
  } while (isMore());
  return { kind, ...span(tokens, left.start), operands };
}

function parseIs(tokens: Tokens, operand: Expression): Is {
  tokens.expect('is');
  const negated = tokens.accept('not');
  const test = tokens.expectOne('null', 'true', 'false', 'unknown');
  return { kind: 'is', ...span(tokens, operand.start), operand, test, negated };
}

function parsePredicate(tokens: Tokens, operand: Expression): Expression | undefined {
  const start = operand.start;
  const mark = tokens.at('not') ? tokens.mark() : undefined;
  const negated = tokens.accept('not');
  const word = tokens.word;
  switch (word) {
    case 'in':
      tokens.advance();
      return parseIn(tokens, operand, negated);
    case 'between': {
      tokens.advance();
      const low = parseExpression(tokens, BIT_OR);
      tokens.expect('and');
      const high = parseExpression(tokens, PREDICATE);
      return { kind: 'between', start, end: high.end, operand, low, high, negated };
    }
    case 'like': {
      tokens.advance();
      const pattern = parseExpression(tokens, BIT_OR);
      const escapeWith = tokens.accept('escape') ? parseExpression(tokens, BIT_OR) : undefined;
      return {
        kind: 'like',
        ...span(tokens, start),
        operand,
        pattern,
        ...(escapeWith && { escape: escapeWith }),
        negated,
      };
    }
    case 'regexp':
    case 'rlike': {
      tokens.advance();
      const pattern = parseExpression(tokens, BIT_OR);
      return { kind: 'regexp', start, end: pattern.end, operand, pattern, negated };
    }
    case 'sounds':
      return tokens.nextIs('like') && !negated ? parseTwoWords(tokens, operand, 'sounds like') : undefined;
    case 'member':
      return tokens.nextIs('of') && !negated ? parseTwoWords(tokens, operand, 'member of') : undefined;
  }
  // NOT NULL after a column's default, for one.
  if (mark !== undefined) tokens.reset(mark);
  return undefined;
}

function parseTwoWords(tokens: Tokens, left: Expression, operator: 'sounds like' | 'member of'): Expression {
  tokens.advance();
  tokens.advance();
  const right = parseExpression(tokens, BIT_OR);
  return { kind: 'binary', start: left.start, end: right.end, operator, left, right };
}

function parseIn(tokens: Tokens, operand: Expression, negated: boolean): Expression {
  const start = operand.start;
  if (!tokens.at('(')) {
    // A list held by a parameter or a variable is no list.
    throw tokens.failure();
  }
  tokens.advance();
  if (beginsQuery(tokens)) {
    const query = parseQuery(tokens);
    tokens.expect(')');
    return { kind: 'inQuery', ...span(tokens, start), operand, query, negated };
  }
  const list = tokens.list(() => parseExpression(tokens));
  tokens.expect(')');
  const only = list[0];
  if (list.length === 1 && only?.kind === 'subquery') {
    return { kind: 'inQuery', ...span(tokens, start), operand, query: only.query, negated };
  }
  return { kind: 'in', ...span(tokens, start), operand, list, negated };
}

/** Whether the current token begins a query, parentheses aside. */
export function beginsQuery(tokens: Tokens): boolean {
  switch (tokens.word) {
    case 'select':
    case 'with':
      return true;
    case 'values':
      return tokens.nextIs('row');
    case 'table':
      return true;
    default:
      return false;
  }
}

/** Whether parentheses from here on hold a query, not names. */
export function isQueryInParentheses(tokens: Tokens): boolean {
  const mark = tokens.mark();
  while (tokens.accept('(')) {}
  const isQuery = beginsQuery(tokens);
  tokens.reset(mark);
  return isQuery;
}

/** What stands before the first operator. */
export function parsePrefix(tokens: Tokens): Expression {
  const start = tokens.start;
  switch (tokens.word) {
    case 'not': {
      tokens.advance();
      const operand = tokens.highNotPrecedence ? parseOperand(tokens) : parseExpression(tokens, NOT);
      return { kind: 'unary', start, end: operand.end, operator: 'not', operand };
    }
    case '!': {
      deprecated(tokens, "'!'", 'Please use NOT instead');
      tokens.advance();
      const operand = parseOperand(tokens);
      return { kind: 'unary', start, end: operand.end, operator: 'not', operand };
    }
    case '-':
    case '+':
    case '~': {
      const operator = tokens.word;
      tokens.advance();
      const operand = parseOperand(tokens);
      return { kind: 'unary', start, end: operand.end, operator, operand };
    }
    case 'binary': {
      deprecated(tokens, "'BINARY expr'", 'Please use CAST instead');
      tokens.advance();
      const operand = parseOperand(tokens);
      const type = { name: 'binary', start, end: start + 'binary'.length } as const;
      return { kind: 'cast', start, end: operand.end, operand, type, syntax: 'binary' };
    }
    default:
      return parsePostfix(tokens, parsePrimary(tokens));
  }
}

/** The operand of a sign: it may have signs of its own. */
function parseOperand(tokens: Tokens): Expression {
  return tokens.nested(() => parsePrefix(tokens));
}

/** COLLATE and JSON arrows bind tightest. */
function parsePostfix(tokens: Tokens, operand: Expression): Expression {
  let left = operand;
  let length = 0;
  for (;;) {
    const word = tokens.word;
    if (word === 'collate') {
      tokens.advance();
      const collation = tokens.anyWord().toLowerCase();
      left = { kind: 'collate', ...span(tokens, left.start), operand: left, collation };
    } else if (word === '->' || word === '->>') {
      tokens.advance();
      const right = parsePrimary(tokens);
      left = { kind: 'binary', start: left.start, end: right.end, operator: word, left, right };
    } else break;
    length++;
    tokens.lengthen();
  }
  tokens.shorten(length);
  return left;
}

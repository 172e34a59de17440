/** Calls: the plain ones, and those whose arguments have words between them. */

import type { IntervalUnit } from '../types/interval.ts';
import { notSupported } from '../types/sql-error.ts';
import type { Call, Expression, JsonFallback, Match, WindowSpecification } from './ast/expression.ts';
import type { Name } from './ast/node.ts';
import { deprecated } from './deprecations.ts';
import { parseCastType } from './parse-data-type.ts';
import { BIT_OR, OR, parseExpression, parseInfix } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseOrderItems } from './parse-query.ts';
import { parseWindowSpecification } from './parse-window.ts';
import { isReserved } from './reserved-words.ts';
import { type Building, span, type Tokens } from './tokens.ts';

/** Reserved words that are functions all the same when a parenthesis follows. */
const reservedFunctions: ReadonlySet<string> = new Set(
  (
    'char cume_dist current_date current_time current_timestamp current_user database dense_rank first_value grouping ' +
    'if insert lag last_value lead left localtime localtimestamp mod nth_value ntile percent_rank rank repeat replace ' +
    'right row_number schema utc_date utc_time utc_timestamp'
  ).split(' '),
);

/** Whether `word(` is a call. */
export function isCallable(word: string): boolean {
  return !isReserved(word) || reservedFunctions.has(word);
}

/** Called without parentheses. */
const bareFunctions: ReadonlySet<string> = new Set(
  'current_date current_time current_timestamp current_user localtime localtimestamp utc_date utc_time utc_timestamp'.split(
    ' ',
  ),
);

/** CURRENT_TIMESTAMP and its like without parentheses; undefined when the current word is another. */
export function parseBare(tokens: Tokens): Call | undefined {
  const { start, end, word } = tokens;
  if (!bareFunctions.has(word) || tokens.codeAfter() === 40 /* ( */) return undefined;
  tokens.advance();
  return { kind: 'call', start, end, name: word, args: [], bare: true };
}

const noArguments: readonly Expression[] = [];

/** A call whose name is the current token. */
export function parseCall(tokens: Tokens, database: Name | undefined): Call {
  const start = database?.start ?? tokens.start;
  const name = tokens.kind === 'word' ? tokens.word : tokens.nameValue().toLowerCase();
  tokens.advance();
  tokens.expect('(');
  const star = tokens.at('*') && tokens.nextIs(')');
  if (star) tokens.advance();
  const distinct = tokens.accept('distinct');
  if (!distinct) tokens.accept('all');
  const args = star || tokens.at(')') ? noArguments : tokens.list(() => parseExpression(tokens));
  const orderBy = tokens.at('order') ? parseOrderItems(tokens) : undefined;
  const separator = tokens.accept('separator') ? tokens.string() : undefined;
  const using = tokens.accept('using') ? tokens.anyWord().toLowerCase() : undefined;
  tokens.expect(')');
  if (name === 'found_rows') deprecated(tokens, 'FOUND_ROWS()', 'Consider using COUNT(*) instead.');
  const nulls = parseNullTreatment(tokens, name);
  const over = tokens.accept('over') ? parseOver(tokens) : undefined;
  const call: Building<Call> = { kind: 'call', start, end: tokens.lastEnd, name, args };
  if (database !== undefined) call.database = database.name;
  if (star) call.star = star;
  if (distinct) call.distinct = distinct;
  if (orderBy !== undefined) call.orderBy = orderBy;
  if (separator !== undefined) call.separator = separator;
  if (using !== undefined) call.using = using;
  if (nulls !== undefined) call.nulls = nulls;
  if (over !== undefined) call.over = over;
  return call;
}

/** What may stand between a window function and OVER. */
function parseNullTreatment(tokens: Tokens, name: string): 'respect' | 'ignore' | undefined {
  if (name === 'nth_value' && tokens.at('from') && tokens.nextIs('first')) tokens.expectAll('from', 'first');
  if (name === 'nth_value' && tokens.at('from') && tokens.nextIs('last')) throw notSupported('FROM LAST');
  if (tokens.at('respect') && tokens.acceptAll('respect', 'nulls')) return 'respect';
  if (tokens.at('ignore') && tokens.acceptAll('ignore', 'nulls')) return 'ignore';
  return undefined;
}

function parseOver(tokens: Tokens): WindowSpecification | Name {
  return tokens.at('(') ? parseWindowSpecification(tokens) : tokens.namedNode();
}

type ParseSpecial = (tokens: Tokens, start: number) => Expression;

/** Called with the token after the opening parenthesis as the current one. */
const specials = new Map<string, ParseSpecial>([
  ['cast', parseCast],
  ['convert', parseConvert],
  ['extract', parseExtract],
  ['trim', parseTrim],
  ['position', parsePosition],
  ['substring', parseSubstring],
  ['substr', parseSubstring],
  ['mid', parseSubstring],
  ['timestampadd', parseWithKeyword],
  ['timestampdiff', parseWithKeyword],
  ['get_format', parseWithKeyword],
  ['json_value', parseJsonValue],
  ['weight_string', parseWeightString],
  ['values', parseInsertedValue],
  ['default', parseDefault],
  ['row', parseRow],
]);

/** A call with words between its arguments; undefined when the current word begins none. */
export function parseSpecialCall(tokens: Tokens): Expression | undefined {
  const { start, word, end } = tokens;
  if (word === 'interval') return parseInterval(tokens);
  if (word === 'match') return parseMatch(tokens);
  const parse = specials.get(word);
  if (parse === undefined) return undefined;
  if (tokens.codeAfter() !== 40 /* ( */) {
    if (word !== 'default') return undefined;
    tokens.advance();
    return { kind: 'default', start, end };
  }
  tokens.enter();
  tokens.advance();
  tokens.advance();
  const result = parse(tokens, start);
  tokens.leave();
  return result;
}

function nameOf(tokens: Tokens, start: number): string {
  return /^\w+/.exec(tokens.text.slice(start, start + 20))![0].toLowerCase();
}

function parseCast(tokens: Tokens, start: number): Expression {
  const operand = parseExpression(tokens);
  tokens.expect('as');
  const type = parseCastType(tokens);
  tokens.expect(')');
  return { kind: 'cast', ...span(tokens, start), operand, type, syntax: 'cast' };
}

function parseConvert(tokens: Tokens, start: number): Expression {
  const operand = parseExpression(tokens);
  if (tokens.accept('using')) {
    const charset = tokens.anyWord().toLowerCase();
    tokens.expect(')');
    return { kind: 'convertUsing', ...span(tokens, start), operand, charset };
  }
  tokens.expect(',');
  const type = parseCastType(tokens);
  tokens.expect(')');
  return { kind: 'cast', ...span(tokens, start), operand, type, syntax: 'convert' };
}

function parseExtract(tokens: Tokens, start: number): Expression {
  const unit = parseUnit(tokens);
  tokens.expect('from');
  const operand = parseExpression(tokens);
  tokens.expect(')');
  return { kind: 'extract', ...span(tokens, start), unit, operand };
}

function parseTrim(tokens: Tokens, start: number): Expression {
  const where = tokens.acceptOne('both', 'leading', 'trailing');
  if (where !== undefined && tokens.accept('from')) return finishTrim(tokens, start, where, undefined);
  const first = parseExpression(tokens);
  if (where !== undefined || tokens.at('from')) {
    tokens.expect('from');
    return finishTrim(tokens, start, where ?? 'both', first);
  }
  tokens.expect(')');
  return { kind: 'call', ...span(tokens, start), name: 'trim', args: [first] };
}

function finishTrim(
  tokens: Tokens,
  start: number,
  where: 'both' | 'leading' | 'trailing',
  remove: Expression | undefined,
): Expression {
  const operand = parseExpression(tokens);
  tokens.expect(')');
  return { kind: 'trim', ...span(tokens, start), where, ...(remove && { remove }), operand };
}

function parsePosition(tokens: Tokens, start: number): Expression {
  const needle = parseExpression(tokens, BIT_OR);
  tokens.expect('in');
  const text = parseExpression(tokens);
  tokens.expect(')');
  return { kind: 'call', ...span(tokens, start), name: 'position', args: [needle, text] };
}

function parseSubstring(tokens: Tokens, start: number): Expression {
  const args = [parseExpression(tokens)];
  if (tokens.accept('from')) {
    args.push(parseExpression(tokens));
    if (tokens.accept('for')) args.push(parseExpression(tokens));
  } else {
    while (tokens.accept(',')) args.push(parseExpression(tokens));
  }
  tokens.expect(')');
  return { kind: 'call', ...span(tokens, start), name: nameOf(tokens, start), args };
}

/** TIMESTAMPADD(unit, …), TIMESTAMPDIFF(unit, …), GET_FORMAT(type, …). */
function parseWithKeyword(tokens: Tokens, start: number): Expression {
  const place = { start: tokens.start, end: tokens.end };
  const word = tokens
    .nameAfterDot()
    .toLowerCase()
    .replace(/^sql_tsi_/, '');
  const args: Expression[] = [{ kind: 'keyword', ...place, word }];
  while (tokens.accept(',')) args.push(parseExpression(tokens));
  tokens.expect(')');
  return { kind: 'call', ...span(tokens, start), name: nameOf(tokens, start), args };
}

function parseJsonValue(tokens: Tokens, start: number): Expression {
  const document = parseExpression(tokens);
  tokens.expect(',');
  const path = parseExpression(tokens);
  const returning = tokens.accept('returning') ? parseCastType(tokens) : undefined;
  const fallbacks = parseJsonFallbacks(tokens);
  tokens.expect(')');
  return { kind: 'jsonValue', ...span(tokens, start), document, path, ...(returning && { returning }), ...fallbacks };
}

/** NULL | ERROR | DEFAULT x, ON EMPTY and ON ERROR, in this order. */
export function parseJsonFallbacks(tokens: Tokens): { onEmpty?: JsonFallback; onError?: JsonFallback } {
  const fallbacks: { onEmpty?: JsonFallback; onError?: JsonFallback } = {};
  while (tokens.at('null') || tokens.at('error') || tokens.at('default')) {
    const word = tokens.expectOne('null', 'error', 'default');
    const fallback: JsonFallback = word === 'default' ? { kind: word, value: parseExpression(tokens) } : { kind: word };
    tokens.expect('on');
    if (tokens.expectOne('empty', 'error') === 'empty') fallbacks.onEmpty = fallback;
    else fallbacks.onError = fallback;
  }
  return fallbacks;
}

function parseWeightString(tokens: Tokens, start: number): Expression {
  const operand = parseExpression(tokens);
  let args: readonly Expression[] = [operand];
  if (tokens.accept('as')) {
    const at = tokens.start;
    const type = parseCastType(tokens);
    if (type.length === undefined || (type.name !== 'char' && type.name !== 'binary')) throw tokens.failure();
    const place = span(tokens, at);
    if (type.name === 'char') args = [operand, { kind: 'number', ...place, text: String(type.length) }];
    else args = [{ kind: 'cast', ...span(tokens, operand.start), operand, type, syntax: 'cast' }];
  }
  tokens.expect(')');
  return { kind: 'call', ...span(tokens, start), name: 'weight_string', args };
}

const ALIAS_OF_ROWS =
  'Please use an alias (INSERT INTO ... VALUES (...) AS alias) and replace VALUES(col) in the ON DUPLICATE KEY UPDATE clause with alias.col instead';

function parseInsertedValue(tokens: Tokens, start: number): Expression {
  const column = parseExpression(tokens);
  if (column.kind !== 'column') throw tokens.failure();
  tokens.expect(')');
  deprecated(tokens, "'VALUES function'", ALIAS_OF_ROWS);
  return { kind: 'insertedValue', ...span(tokens, start), column };
}

function parseDefault(tokens: Tokens, start: number): Expression {
  const column = parseExpression(tokens);
  if (column.kind !== 'column') throw tokens.failure();
  tokens.expect(')');
  return { kind: 'default', ...span(tokens, start), column };
}

function parseRow(tokens: Tokens, start: number): Expression {
  const members = tokens.list(() => parseExpression(tokens));
  tokens.expect(')');
  return { kind: 'row', ...span(tokens, start), members };
}

const units: ReadonlySet<string> = new Set<IntervalUnit>([
  'microsecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'second_microsecond',
  'minute_microsecond',
  'minute_second',
  'hour_microsecond',
  'hour_second',
  'hour_minute',
  'day_microsecond',
  'day_second',
  'day_minute',
  'day_hour',
  'year_month',
]);

export function parseUnit(tokens: Tokens): IntervalUnit {
  const unit = tokens.word.replace(/^sql_tsi_/, '');
  if (!units.has(unit)) throw tokens.failure();
  tokens.advance();
  return unit as IntervalUnit;
}

/** `INTERVAL amount unit`, or the function INTERVAL(n, a, b, …). */
function parseInterval(tokens: Tokens): Expression {
  const { start } = tokens;
  tokens.enter();
  tokens.advance();
  let amount: Expression;
  if (tokens.at('(')) {
    const first = parsePrimary(tokens);
    if (first.kind === 'row') {
      tokens.leave();
      return { kind: 'call', ...span(tokens, start), name: 'interval', args: first.members };
    }
    amount = parseInfix(tokens, first, OR);
  } else amount = parseExpression(tokens);
  const unit = parseUnit(tokens);
  tokens.leave();
  return { kind: 'interval', ...span(tokens, start), amount, unit };
}

function parseMatch(tokens: Tokens): Match {
  const { start } = tokens;
  tokens.advance();
  const parenthesised = tokens.accept('(');
  const columns = tokens.list(() => {
    const column = parsePrimary(tokens);
    if (column.kind !== 'column') throw tokens.failure();
    return column;
  });
  if (parenthesised) tokens.expect(')');
  tokens.expectAll('against', '(');
  const against = parseExpression(tokens, BIT_OR);
  let mode: Match['mode'] = 'natural';
  if (tokens.acceptAll('in', 'boolean', 'mode')) mode = 'boolean';
  else {
    const natural = tokens.acceptAll('in', 'natural', 'language', 'mode');
    if (tokens.acceptAll('with', 'query', 'expansion')) mode = natural ? 'natural expansion' : 'expansion';
  }
  tokens.expect(')');
  return { kind: 'match', ...span(tokens, start), columns, against, mode };
}

/**
 * Queries. A query in parentheses is a query of its own, so that its ORDER BY and LIMIT stay inside; without
 * parentheses they belong to the whole union.
 */

import type { Expression, OrderItem } from './ast/expression.ts';
import type {
  CommonTable,
  Into,
  IntoTarget,
  Limit,
  LockClause,
  Query,
  QueryBody,
  Select,
  SelectExpression,
  SelectItem,
  With,
} from './ast/query.ts';
import { labelOf } from './column-label.ts';
import { deprecated } from './deprecations.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFileFormat } from './parse-file-format.ts';
import { parsePrimary, parseVariableName } from './parse-primary.ts';
import { parseTableName, parseTableReferences } from './parse-table-reference.ts';
import { parseNamedWindows } from './parse-window.ts';
import { type Building, span, type Tokens } from './tokens.ts';

/** A query up to the first token that does not belong to it. */
export function parseQuery(tokens: Tokens): Query {
  const { start } = tokens;
  return parseQueryFrom(tokens, start, tokens.at('with') ? parseWith(tokens) : undefined);
}

/** From after its WITH on. */
export function parseQueryFrom(tokens: Tokens, start: number, withClause: With | undefined): Query {
  tokens.enter();
  const found: Found = {};
  const query = finishQuery(tokens, start, withClause, parseOperand(tokens, found), found);
  tokens.leave();
  return query;
}

/** Goes on with a query of which a part in parentheses was read already. */
export function parseQueryAfter(tokens: Tokens, start: number, first: Query): Query {
  return finishQuery(tokens, start, undefined, first);
}

/** `(query)`; more parentheses around it are fine. */
export function parseQueryInParentheses(tokens: Tokens): Query {
  tokens.enter();
  tokens.expect('(');
  const query = parseQuery(tokens);
  tokens.expect(')');
  tokens.leave();
  return query;
}

/** Whether the current token goes on with a query whose first part was in parentheses. */
export function continuesQuery(tokens: Tokens): boolean {
  switch (tokens.word) {
    case 'union':
    case 'except':
    case 'intersect':
    case 'order':
    case 'limit':
      return true;
    default:
      return false;
  }
}

/** INTO of a SELECT may stand before its FROM; the query has it all the same. */
interface Found {
  into?: Into;
}

function finishQuery(
  tokens: Tokens,
  start: number,
  withClause: With | undefined,
  first: QueryBody,
  found: Found = {},
): Query {
  const body = parseSetOperations(tokens, start, parseIntersections(tokens, start, first, found), found);
  const orderBy = tokens.at('order') ? parseOrderItems(tokens) : none;
  const limit = tokens.at('limit') ? parseLimit(tokens) : undefined;
  acceptInto(tokens, found);
  const locks = parseLocks(tokens);
  acceptInto(tokens, found);
  const { into } = found;
  const isBare = orderBy.length === 0 && limit === undefined && locks.length === 0 && into === undefined;
  // ((SELECT 1)) is the inner query.
  if (body.kind === 'query' && isBare && withClause === undefined) return body;
  const query: Building<Query> = { kind: 'query', start, end: tokens.lastEnd, body, orderBy, locks };
  if (withClause !== undefined) query.with = withClause;
  if (limit !== undefined) query.limit = limit;
  if (into !== undefined) query.into = into;
  return query;
}

function acceptInto(tokens: Tokens, found: Found): void {
  if (tokens.at('into')) found.into = parseInto(tokens);
}

/** INTERSECT binds tighter than UNION and EXCEPT. */
function parseSetOperations(tokens: Tokens, start: number, first: QueryBody, found: Found): QueryBody {
  let left = first;
  let length = 0;
  while (tokens.at('union') || tokens.at('except')) {
    const operator = tokens.expectOne('union', 'except');
    const all = parseAll(tokens);
    // A run of one operation is walked in a loop, whatever its length.
    const isRun = left.kind === 'setOperation' && left.operator === operator && left.all === all;
    const rightStart = tokens.start;
    const right = parseIntersections(tokens, rightStart, parseOperand(tokens, found), found);
    left = { kind: 'setOperation', ...span(tokens, start), operator, all, left, right };
    if (isRun) continue;
    tokens.lengthen();
    length++;
  }
  tokens.shorten(length);
  return left;
}

function parseIntersections(tokens: Tokens, start: number, first: QueryBody, found: Found): QueryBody {
  let left = first;
  while (tokens.accept('intersect')) {
    const all = parseAll(tokens);
    const right = parseOperand(tokens, found);
    left = { kind: 'setOperation', ...span(tokens, start), operator: 'intersect', all, left, right };
  }
  return left;
}

function parseAll(tokens: Tokens): boolean {
  const all = tokens.accept('all');
  if (!all) tokens.accept('distinct');
  return all;
}

function parseOperand(tokens: Tokens, found: Found): QueryBody {
  const { start } = tokens;
  switch (tokens.word) {
    case '(':
      return parseQueryInParentheses(tokens);
    case 'select':
      return parseSelect(tokens, found);
    case 'values': {
      tokens.advance();
      const rows = tokens.list(() => parseValuesRow(tokens));
      return { kind: 'values', ...span(tokens, start), rows };
    }
    case 'table': {
      tokens.advance();
      const table = parseTableName(tokens);
      return { kind: 'table', ...span(tokens, start), table };
    }
    default:
      throw tokens.failure();
  }
}

/** Without ROW, too, as in Dolt; MySQL wants it. */
function parseValuesRow(tokens: Tokens): readonly Expression[] {
  tokens.accept('row');
  tokens.expect('(');
  if (tokens.accept(')')) return [];
  const row = tokens.list(() => parseExpression(tokens));
  tokens.expect(')');
  return row;
}

export function parseWith(tokens: Tokens): With {
  const { start } = tokens;
  tokens.expect('with');
  const recursive = tokens.accept('recursive');
  const tables = tokens.list(() => parseCommonTable(tokens));
  return { recursive, tables, ...span(tokens, start) };
}

function parseCommonTable(tokens: Tokens): CommonTable {
  const { start } = tokens;
  const name = tokens.name();
  const columns = tokens.at('(') ? tokens.nameList() : undefined;
  tokens.expect('as');
  const query = parseQueryInParentheses(tokens);
  return { name, ...(columns && { columns }), query, ...span(tokens, start) };
}

const none: readonly never[] = [];

const selectOptions: ReadonlySet<string> = new Set([
  'all',
  'distinct',
  'distinctrow',
  'high_priority',
  'straight_join',
  'sql_small_result',
  'sql_big_result',
  'sql_buffer_result',
  'sql_no_cache',
  'sql_cache',
  'sql_calc_found_rows',
]);

function parseSelect(tokens: Tokens, found: Found): Select {
  const { start } = tokens;
  tokens.expect('select');
  let distinct = false;
  let options: readonly string[] = none;
  while (tokens.atAny(selectOptions)) {
    if (tokens.at('distinct') || tokens.at('distinctrow')) distinct = true;
    else if (!tokens.at('all')) options = [...options, tokens.word];
    if (tokens.at('sql_calc_found_rows')) {
      deprecated(tokens, 'SQL_CALC_FOUND_ROWS', 'Consider using two separate queries instead.');
    }
    tokens.advance();
  }
  const items = tokens.list(() => parseSelectItem(tokens));
  acceptInto(tokens, found);
  const from = tokens.accept('from') ? parseFrom(tokens) : none;
  const where = tokens.accept('where') ? parseExpression(tokens) : undefined;
  const groupBy =
    tokens.at('group') && tokens.acceptAll('group', 'by') ? tokens.list(() => parseOrderItem(tokens)) : none;
  const rollup = groupBy.length > 0 && tokens.acceptAll('with', 'rollup');
  const having = tokens.accept('having') ? parseExpression(tokens) : undefined;
  const windows = parseNamedWindows(tokens);
  const select: Building<Select> = {
    kind: 'select',
    start,
    end: tokens.lastEnd,
    distinct,
    options,
    items,
    from,
    groupBy,
    rollup,
    windows,
  };
  if (where !== undefined) select.where = where;
  if (having !== undefined) select.having = having;
  return select;
}

function parseFrom(tokens: Tokens): Select['from'] {
  return tokens.accept('dual') ? [] : parseTableReferences(tokens);
}

export function parseSelectItem(tokens: Tokens): SelectItem {
  const { start } = tokens;
  if (tokens.accept('*')) return { kind: 'star', ...span(tokens, start) };
  if ((tokens.kind === 'word' || tokens.kind === 'quoted') && tokens.codeAfter() === 46 /* . */) {
    const star = parseQualifiedStar(tokens);
    if (star !== undefined) return star;
  }
  const expression = parseExpression(tokens);
  const end = tokens.lastEnd;
  const alias = parseItemAlias(tokens);
  const label = labelOf(expression, tokens.text, start, end);
  const item: Building<SelectExpression> = { kind: 'expression', start, end: tokens.lastEnd, expression, label };
  if (alias !== undefined) item.alias = alias;
  return item;
}

/** `t.*`, `db.t.*`; undefined when something else follows the dots. */
function parseQualifiedStar(tokens: Tokens): SelectItem | undefined {
  const { start } = tokens;
  const mark = tokens.mark();
  const names = [tokens.nameAfterDot()];
  while (tokens.accept('.') && names.length < 3) {
    if (tokens.accept('*')) {
      const table = names.pop()!;
      const database = names.pop();
      return { kind: 'star', ...span(tokens, start), ...(database !== undefined && { database }), table };
    }
    if (tokens.kind !== 'word' && tokens.kind !== 'quoted') break;
    names.push(tokens.nameAfterDot());
  }
  tokens.reset(mark);
  return undefined;
}

function parseItemAlias(tokens: Tokens): string | undefined {
  if (tokens.accept('as')) return tokens.nameOrString();
  if (tokens.kind === 'string') return tokens.string();
  // What follows INSERT … SELECT 1 is no alias.
  return tokens.atName() && !tokens.at('returning') ? tokens.name() : undefined;
}

/** ORDER BY a, b DESC. */
export function parseOrderItems(tokens: Tokens): readonly OrderItem[] {
  tokens.expectAll('order', 'by');
  return tokens.list(() => parseOrderItem(tokens));
}

function parseOrderItem(tokens: Tokens): OrderItem {
  const { start } = tokens;
  const expression = parseExpression(tokens);
  const descending = tokens.at('desc');
  if (descending || tokens.at('asc')) tokens.advance();
  return { expression, descending, start, end: tokens.lastEnd };
}

/** LIMIT count, LIMIT offset, count, LIMIT count OFFSET offset. */
export function parseLimit(tokens: Tokens): Limit {
  const { start } = tokens;
  tokens.expect('limit');
  const first = parsePrimary(tokens);
  if (tokens.accept(',')) return { count: parsePrimary(tokens), offset: first, ...span(tokens, start) };
  if (tokens.accept('offset')) return { count: first, offset: parsePrimary(tokens), ...span(tokens, start) };
  return { count: first, ...span(tokens, start) };
}

function parseLocks(tokens: Tokens): readonly LockClause[] {
  if (!tokens.at('for') && !tokens.at('lock')) return none;
  const locks: LockClause[] = [];
  for (;;) {
    const { start } = tokens;
    if (tokens.acceptAll('lock', 'in', 'share', 'mode')) {
      locks.push({ strength: 'share', tables: [], ...span(tokens, start) });
    } else if (tokens.sees('for', 'update') || tokens.sees('for', 'share')) {
      tokens.advance();
      const strength = tokens.expectOne('update', 'share');
      const tables = tokens.accept('of') ? tokens.list(() => tokens.name()) : [];
      const wait = tokens.accept('nowait') ? 'nowait' : tokens.acceptAll('skip', 'locked') ? 'skip locked' : undefined;
      locks.push({ strength, tables, ...(wait && { wait }), ...span(tokens, start) });
    } else return locks;
  }
}

function parseInto(tokens: Tokens): Into {
  tokens.expect('into');
  if (tokens.accept('dumpfile')) return { kind: 'dumpfile', path: tokens.string() };
  if (tokens.accept('outfile')) {
    const path = tokens.string();
    return { kind: 'outfile', path, format: parseFileFormat(tokens) };
  }
  return { kind: 'variables', targets: tokens.list(() => parseIntoTarget(tokens)) };
}

/** `@name`, or a local variable. */
export function parseIntoTarget(tokens: Tokens): IntoTarget {
  const { start } = tokens;
  if (tokens.kind === 'variable') {
    return { kind: 'user', name: parseVariableName(tokens), ...span(tokens, start) };
  }
  return { kind: 'local', name: tokens.name(), ...span(tokens, start) };
}

/** FROM: tables, joins, derived tables, table functions. */
import type { TableName } from './ast/node.ts';
import type { Query } from './ast/query.ts';
import type {
  AsOf,
  DerivedTable,
  IndexHint,
  Join,
  JsonTable,
  JsonTableColumn,
  NamedTable,
  TableReference,
} from './ast/table-reference.ts';
import { parseJsonFallbacks } from './parse-call.ts';
import { parseDataType } from './parse-data-type.ts';
import { BIT_OR, beginsQuery, parseExpression } from './parse-expression.ts';
import { continuesQuery, parseQuery, parseQueryAfter } from './parse-query.ts';
import { type Building, span, type Tokens } from './tokens.ts';

/** `t`, `db.t`, `` `db/branch`.t ``. */
export function parseTableName(tokens: Tokens): TableName {
  const { start } = tokens;
  // `.t` is a table of the current database, to MySQL's oldest clients.
  if (tokens.accept('.')) return { name: tokens.nameAfterDot(), ...span(tokens, start) };
  const first = tokens.name();
  if (!tokens.at('.')) return { name: first, start, end: tokens.lastEnd };
  tokens.advance();
  const name = tokens.nameAfterDot();
  return { database: first, name, ...span(tokens, start) };
}

/** One or more, with commas. */
export function parseTableReferences(tokens: Tokens): readonly TableReference[] {
  return tokens.list(() => parseTableReference(tokens));
}

export function parseTableReference(tokens: Tokens): TableReference {
  return parseJoins(tokens, parseFactor(tokens));
}

interface JoinWords {
  readonly type: Join['type'];
  readonly natural: boolean;
  readonly straight: boolean;
}

/** Takes `LEFT OUTER JOIN` and its like; undefined when no join begins here. */
function parseJoinWords(tokens: Tokens): JoinWords | undefined {
  const plain = { natural: false, straight: false };
  switch (tokens.word) {
    case 'join':
      tokens.advance();
      return { type: 'inner', ...plain };
    case 'inner':
    case 'cross':
      tokens.advance();
      tokens.expect('join');
      return { type: 'inner', ...plain };
    case 'straight_join':
      tokens.advance();
      return { type: 'inner', natural: false, straight: true };
    case 'left':
    case 'right':
      return { type: parseOuter(tokens), ...plain };
    case 'full':
      return tokens.nextIs('join') || tokens.nextIs('outer') ? { type: parseOuter(tokens), ...plain } : undefined;
    case 'natural': {
      tokens.advance();
      const isOuter = tokens.at('left') || tokens.at('right') || tokens.at('full');
      if (isOuter) return { type: parseOuter(tokens), natural: true, straight: false };
      tokens.accept('inner');
      tokens.expect('join');
      return { type: 'inner', natural: true, straight: false };
    }
    default:
      return undefined;
  }
}

function parseOuter(tokens: Tokens): 'left' | 'right' | 'full' {
  const type = tokens.expectOne('left', 'right', 'full');
  tokens.accept('outer');
  tokens.expect('join');
  return type;
}

/**
 * Joins group from the left. Where conditions come late (`a LEFT JOIN b JOIN c ON … ON …`), the joins between belong to
 * the right side of the one that still waits for its condition.
 */
function parseJoins(tokens: Tokens, first: TableReference): TableReference {
  let left = first;
  let length = 0;
  for (;;) {
    const words = parseJoinWords(tokens);
    if (words === undefined) break;
    let right = parseFactor(tokens);
    const needsCondition = words.type !== 'inner' && !words.natural;
    if (needsCondition && !tokens.at('on') && !tokens.at('using')) right = parseJoins(tokens, right);
    left = finishJoin(tokens, words, left, right);
    // A condition too many belongs to an inner join further left.
    while ((tokens.at('on') || tokens.at('using')) && isLateCondition(left) && !tokens.sees('on', 'duplicate', 'key'))
      left = rotate(tokens, left);
    tokens.lengthen();
    length++;
  }
  tokens.shorten(length);
  return left;
}

function finishJoin(tokens: Tokens, words: JoinWords, left: TableReference, right: TableReference): Join {
  const isConditional = !words.natural;
  const on = isConditional && acceptOn(tokens) ? parseExpression(tokens) : undefined;
  const using = isConditional && on === undefined && tokens.accept('using') ? tokens.nameList() : undefined;
  if (words.type !== 'inner' && isConditional && on === undefined && using === undefined) throw tokens.failure();
  const { type, natural, straight } = words;
  const join: Building<Join> = {
    kind: 'join',
    start: left.start,
    end: tokens.lastEnd,
    type,
    natural,
    straight,
    left,
    right,
  };
  if (on !== undefined) join.on = on;
  if (using !== undefined) join.using = using;
  return join;
}

/** INSERT … SELECT … FROM a JOIN b ON DUPLICATE KEY UPDATE has no join condition. */
function acceptOn(tokens: Tokens): boolean {
  return tokens.at('on') && !tokens.sees('on', 'duplicate', 'key') && tokens.accept('on');
}

type LateJoin = Join & { readonly left: Join };

function isLateCondition(join: TableReference): join is LateJoin {
  if (join.kind !== 'join' || join.left.kind !== 'join') return false;
  const inner = join.left;
  return inner.type === 'inner' && !inner.natural && inner.on === undefined && inner.using === undefined;
}

/** (a JOIN b) JOIN c ON x, and now ON y: a JOIN (b JOIN c ON x) ON y. */
function rotate(tokens: Tokens, join: LateJoin): Join {
  const { left: outer } = join;
  const right: Join = { ...join, start: outer.right.start, left: outer.right };
  return finishJoin(tokens, outer, outer.left, right);
}

function parseFactor(tokens: Tokens): TableReference {
  const { start } = tokens;
  switch (tokens.word) {
    case '(': {
      const inner = parseParenthesised(tokens);
      return inner.kind === 'query' ? finishDerived(tokens, start, inner, false) : inner;
    }
    case 'lateral': {
      tokens.advance();
      if (tokens.at('(')) {
        const inner = parseParenthesised(tokens);
        if (inner.kind !== 'query') throw tokens.failure();
        return finishDerived(tokens, start, inner, true);
      }
      return parseFactor(tokens);
    }
    case 'json_table':
      return parseJsonTable(tokens);
    case '{': {
      tokens.advance();
      if (tokens.name().toLowerCase() !== 'oj') throw tokens.failure();
      const reference = parseTableReference(tokens);
      tokens.expect('}');
      return reference;
    }
    default:
      return parseNamed(tokens);
  }
}

/** A query in parentheses, or tables in parentheses; what it is may be known late: `((SELECT 1) t JOIN u)`. */
function parseParenthesised(tokens: Tokens): Query | TableReference {
  const { start } = tokens;
  tokens.enter();
  tokens.expect('(');
  const result = beginsQuery(tokens) ? parseQuery(tokens) : parseGroup(tokens, start);
  tokens.expect(')');
  tokens.leave();
  return result;
}

function parseGroup(tokens: Tokens, start: number): Query | TableReference {
  let first: TableReference;
  if (tokens.at('(')) {
    const innerStart = tokens.start;
    const inner = parseParenthesised(tokens);
    if (inner.kind === 'query') {
      if (continuesQuery(tokens)) return parseQueryAfter(tokens, innerStart, inner);
      if (tokens.at(')')) return inner;
      first = parseJoins(tokens, finishDerived(tokens, innerStart, inner, false));
    } else first = parseJoins(tokens, inner);
  } else first = parseTableReference(tokens);
  if (!tokens.at(',')) return first;
  const tables = [first];
  while (tokens.accept(',')) tables.push(parseTableReference(tokens));
  return { kind: 'list', ...span(tokens, start), tables };
}

function finishDerived(tokens: Tokens, start: number, query: Query, lateral: boolean): DerivedTable {
  const alias = parseAlias(tokens);
  const columns = alias !== undefined && tokens.at('(') ? tokens.nameList() : undefined;
  return {
    kind: 'derived',
    ...span(tokens, start),
    query,
    lateral,
    ...(alias !== undefined && { alias }),
    ...(columns && { columns }),
  };
}

export function parseAlias(tokens: Tokens): string | undefined {
  if (tokens.accept('as')) return tokens.nameOrString();
  // Of INSERT … SELECT … FROM t RETURNING id.
  if (!tokens.atName() || tokens.at('returning')) return undefined;
  if (tokens.at('full') && (tokens.nextIs('join') || tokens.nextIs('outer'))) return undefined;
  return tokens.name();
}

function parseNamed(tokens: Tokens): TableReference {
  const { start } = tokens;
  const table = parseTableName(tokens);
  if (tokens.at('(')) return parseTableFunction(tokens, table);
  const partitions = tokens.accept('partition') ? tokens.nameList() : none;
  const asOf = parseAsOf(tokens);
  const alias = parseAlias(tokens);
  const hints = parseHints(tokens);
  const named: Building<NamedTable> = { kind: 'table', start, end: tokens.lastEnd, table, partitions, hints };
  if (alias !== undefined) named.alias = alias;
  if (asOf !== undefined) named.asOf = asOf;
  return named;
}

const none: readonly never[] = [];

/** AS OF 'main', FOR SYSTEM_TIME AS OF …; undefined when neither follows. */
export function parseAsOf(tokens: Tokens): AsOf | undefined {
  if (!tokens.at('as') && !tokens.at('for')) return undefined;
  const { start } = tokens;
  const begins =
    tokens.acceptAll('as', 'of') ||
    tokens.acceptAll('for', 'system_time', 'as', 'of') ||
    tokens.acceptAll('for', 'version', 'as', 'of');
  if (!begins) return undefined;
  const at = parseExpression(tokens, BIT_OR);
  return { at, ...span(tokens, start) };
}

function parseHints(tokens: Tokens): readonly IndexHint[] {
  if (!tokens.at('use') && !tokens.at('force') && !tokens.at('ignore')) return none;
  const hints: IndexHint[] = [];
  for (;;) {
    const { start } = tokens;
    const action = tokens.acceptOne('use', 'force', 'ignore');
    if (action === undefined) return hints;
    tokens.expectOne('index', 'key');
    const purpose = tokens.accept('for') ? parsePurpose(tokens) : undefined;
    tokens.expect('(');
    const indexes = tokens.at(')') ? [] : tokens.list(() => tokens.nameAfterDot());
    tokens.expect(')');
    hints.push({ action, ...(purpose && { purpose }), indexes, ...span(tokens, start) });
    if (tokens.at(',') && (tokens.nextIs('use') || tokens.nextIs('force') || tokens.nextIs('ignore'))) tokens.advance();
  }
}

function parsePurpose(tokens: Tokens): 'join' | 'order by' | 'group by' {
  const word = tokens.expectOne('join', 'order', 'group');
  if (word === 'join') return word;
  tokens.expect('by');
  return `${word} by`;
}

function parseTableFunction(tokens: Tokens, table: TableName): TableReference {
  tokens.expect('(');
  const args = tokens.at(')') ? [] : tokens.list(() => parseExpression(tokens));
  tokens.expect(')');
  const alias = parseAlias(tokens);
  const columns = alias !== undefined && tokens.at('(') ? tokens.nameList() : undefined;
  return {
    kind: 'tableFunction',
    ...span(tokens, table.start),
    ...(table.database !== undefined && { database: table.database }),
    name: table.name.toLowerCase(),
    args,
    ...(alias !== undefined && { alias }),
    ...(columns && { columns }),
  };
}

function parseJsonTable(tokens: Tokens): JsonTable {
  const { start } = tokens;
  tokens.expectAll('json_table', '(');
  const document = parseExpression(tokens);
  tokens.expect(',');
  const path = tokens.string();
  const columns = parseJsonColumns(tokens);
  tokens.expect(')');
  const alias = parseAlias(tokens);
  if (alias === undefined) throw tokens.failure();
  return { kind: 'jsonTable', ...span(tokens, start), document, path, columns, alias };
}

function parseJsonColumns(tokens: Tokens): readonly JsonTableColumn[] {
  tokens.expectAll('columns', '(');
  const columns = tokens.list(() => tokens.nested(() => parseJsonColumn(tokens)));
  tokens.expect(')');
  return columns;
}

function parseJsonColumn(tokens: Tokens): JsonTableColumn {
  if (tokens.at('nested')) {
    tokens.advance();
    tokens.accept('path');
    const path = tokens.string();
    return { kind: 'nested', path, columns: parseJsonColumns(tokens) };
  }
  const name = tokens.name();
  if (tokens.acceptAll('for', 'ordinality')) return { kind: 'ordinality', name };
  const type = parseDataType(tokens);
  const kind = tokens.accept('exists') ? 'exists' : 'path';
  tokens.expect('path');
  const path = tokens.string();
  return { kind, name, type, path, ...parseJsonFallbacks(tokens) };
}

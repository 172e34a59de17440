/** CREATE TABLE and CREATE INDEX. */

import type { Node } from './ast/node.ts';
import type { IndexSyntax, TableElement, TableOption } from './ast/table-elements.ts';
import type { CreateIndexStatement, CreateTableStatement } from './ast/table-statements.ts';
import { noteCharset } from './deprecations.ts';
import { beginsQuery, isQueryInParentheses } from './parse-expression.ts';
import { parseQuery } from './parse-query.ts';
import { parseIndex, parseTableElement } from './parse-table-element.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

/** From TABLE on. */
export function parseCreateTable(tokens: Tokens, start: number, temporary: boolean): CreateTableStatement {
  tokens.expect('table');
  const ifNotExists = tokens.acceptIfNotExists();
  const table = parseTableName(tokens);
  const common = { kind: 'createTable', temporary, ifNotExists, table } as const;
  if (tokens.accept('like')) {
    const like = parseTableName(tokens);
    return { ...common, ...span(tokens, start), elements: [], options: [], like };
  }
  if (tokens.sees('(', 'like')) {
    tokens.expectAll('(', 'like');
    const like = parseTableName(tokens);
    tokens.expect(')');
    return { ...common, ...span(tokens, start), elements: [], options: [], like };
  }
  const elements = tokens.at('(') && !isQueryInParentheses(tokens) ? parseElements(tokens) : [];
  const options = parseTableOptions(tokens);
  const partitioning = tokens.at('partition') ? skipPartitioning(tokens) : undefined;
  const duplicates = tokens.acceptOne('replace', 'ignore');
  const hasAs = tokens.accept('as');
  const hasQuery = hasAs || beginsQuery(tokens) || tokens.at('(');
  const query = hasQuery ? parseQuery(tokens) : undefined;
  if (query === undefined && elements.length === 0) throw tokens.failure();
  return {
    ...common,
    ...span(tokens, start),
    elements,
    options,
    ...(query && { query }),
    ...(duplicates && { duplicates }),
    ...(partitioning && { partitioning }),
  };
}

function parseElements(tokens: Tokens): readonly TableElement[] {
  tokens.expect('(');
  const elements = tokens.list(() => parseTableElement(tokens));
  tokens.expect(')');
  return elements;
}

/** Options of two words are one name with a space. */
const twoWordOptions = new Map([
  ['data', 'directory'],
  ['index', 'directory'],
]);

const optionNames: ReadonlySet<string> = new Set([
  'auto_increment',
  'autoextend_size',
  'avg_row_length',
  'checksum',
  'collate',
  'comment',
  'compression',
  'connection',
  'delay_key_write',
  'encryption',
  'engine',
  'engine_attribute',
  'insert_method',
  'key_block_size',
  'max_rows',
  'min_rows',
  'pack_keys',
  'page_checksum',
  'password',
  'row_format',
  'secondary_engine',
  'secondary_engine_attribute',
  'stats_auto_recalc',
  'stats_persistent',
  'stats_sample_pages',
  'storage',
  'table_checksum',
  'tablespace',
  'transactional',
  'type',
  'union',
]);

/** Any number, with or without commas between them. */
export function parseTableOptions(tokens: Tokens): readonly TableOption[] {
  const options: TableOption[] = [];
  for (;;) {
    const option = parseTableOption(tokens);
    if (option === undefined) return options;
    options.push(option);
    // In ALTER TABLE a comma may also begin the next action.
    const mark = tokens.mark();
    if (tokens.accept(',') && !beginsTableOption(tokens)) {
      tokens.reset(mark);
      return options;
    }
  }
}

export function beginsTableOption(tokens: Tokens): boolean {
  switch (tokens.word) {
    case 'default':
    case 'charset':
      return true;
    case 'character':
    case 'char':
      return tokens.nextIs('set');
    case 'start':
      return tokens.nextIs('transaction');
    default: {
      const second = twoWordOptions.get(tokens.word);
      if (second !== undefined) return tokens.nextIs(second);
      return tokens.atAny(optionNames);
    }
  }
}

function parseTableOption(tokens: Tokens): TableOption | undefined {
  const { start } = tokens;
  if (!beginsTableOption(tokens)) return undefined;
  tokens.accept('default');
  let name: string = tokens.word;
  tokens.advance();
  if (name === 'start') {
    tokens.expect('transaction');
    return { name: 'start transaction', value: '', ...span(tokens, start) };
  }
  if (name === 'character' || name === 'char') {
    tokens.expect('set');
    name = 'charset';
  }
  const second = twoWordOptions.get(name);
  if (second !== undefined) {
    tokens.expect(second);
    name = `${name} ${second}`;
  }
  tokens.accept('=');
  const value = parseOptionValue(tokens);
  if (name === 'charset') noteCharset(tokens, value.toLowerCase());
  return { name, value, ...span(tokens, start) };
}

/** A word, string or number; a list of tables keeps its source. */
function parseOptionValue(tokens: Tokens): string {
  if (tokens.at('(')) {
    const { start } = tokens;
    skipParentheses(tokens);
    return tokens.text.slice(start, tokens.lastEnd);
  }
  if (tokens.kind !== 'number' && tokens.kind !== 'hex') return tokens.anyWord();
  const value = tokens.source();
  tokens.advance();
  return value;
}

function skipParentheses(tokens: Tokens): void {
  let depth = 0;
  do {
    if (tokens.at('(')) depth++;
    else if (tokens.at(')')) depth--;
    else if (tokens.kind === 'end') throw tokens.failure();
    tokens.advance();
  } while (depth > 0);
}

/** PARTITION BY … up to the query or the end. */
export function skipPartitioning(tokens: Tokens): Node {
  const { start } = tokens;
  tokens.expectAll('partition', 'by');
  while (tokens.kind !== 'end' && !tokens.at(';') && !tokens.at('as') && !tokens.at('select') && !tokens.at(',')) {
    if (tokens.at('(')) skipParentheses(tokens);
    else tokens.advance();
  }
  return span(tokens, start);
}

/** From [UNIQUE | FULLTEXT | SPATIAL | VECTOR] INDEX on. */
export function parseCreateIndex(tokens: Tokens, start: number): CreateIndexStatement {
  const type: IndexSyntax['type'] = tokens.acceptOne('unique', 'fulltext', 'spatial', 'vector') ?? 'index';
  tokens.expect('index');
  const ifNotExists = tokens.acceptIfNotExists();
  const nameStart = tokens.start;
  const name = tokens.name();
  const using = tokens.accept('using') ? tokens.expectOne('btree', 'hash', 'rtree') : undefined;
  tokens.expect('on');
  const table = parseTableName(tokens);
  const parsed = parseIndex(tokens, nameStart, type, name);
  const index = using === undefined ? parsed : { ...parsed, options: { using, ...parsed.options } };
  while (tokens.acceptOne('algorithm', 'lock') !== undefined) {
    tokens.accept('=');
    tokens.anyWord();
  }
  return { kind: 'createIndex', ...span(tokens, start), table, index, ifNotExists };
}

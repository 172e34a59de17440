/** What stands in the parentheses of CREATE TABLE and after ADD: columns, keys, checks, foreign keys. */
import type { Expression } from './ast/expression.ts';
import type {
  CheckSyntax,
  ColumnSyntax,
  DefaultSyntax,
  ForeignKeySyntax,
  IndexOptions,
  IndexSyntax,
  KeyPart,
  ReferenceAction,
  References,
  TableElement,
} from './ast/table-elements.ts';
import { parseDataType } from './parse-data-type.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

export function parseTableElement(tokens: Tokens): TableElement {
  return parseKeyOrCheck(tokens) ?? parseColumn(tokens);
}

/** A key, foreign key or check; undefined when something else (a column) begins here. */
export function parseKeyOrCheck(tokens: Tokens): IndexSyntax | ForeignKeySyntax | CheckSyntax | undefined {
  const { start } = tokens;
  switch (tokens.word) {
    case 'constraint': {
      tokens.advance();
      const name = tokens.atName() ? tokens.name() : undefined;
      return parseConstraint(tokens, start, name);
    }
    case 'primary':
    case 'unique':
    case 'foreign':
    case 'check':
      return parseConstraint(tokens, start, undefined);
    case 'index':
    case 'key':
      tokens.advance();
      return parseIndex(tokens, start, 'index', undefined);
    case 'fulltext':
    case 'spatial': {
      const type = tokens.expectOne('fulltext', 'spatial');
      tokens.acceptOne('index', 'key');
      return parseIndex(tokens, start, type, undefined);
    }
    case 'vector':
      if (!tokens.acceptAll('vector', 'index') && !tokens.acceptAll('vector', 'key')) return undefined;
      return parseIndex(tokens, start, 'vector', undefined);
    default:
      return undefined;
  }
}

function parseConstraint(
  tokens: Tokens,
  start: number,
  name: string | undefined,
): IndexSyntax | ForeignKeySyntax | CheckSyntax {
  switch (tokens.word) {
    case 'primary':
      tokens.advance();
      tokens.expect('key');
      return parseIndex(tokens, start, 'primary', name);
    case 'unique':
      tokens.advance();
      tokens.acceptOne('index', 'key');
      return parseIndex(tokens, start, 'unique', name);
    case 'foreign':
      return parseForeignKey(tokens, start, name);
    case 'check':
      return parseCheck(tokens, start, name);
    default:
      throw tokens.failure();
  }
}

/** From the index's name on. */
export function parseIndex(
  tokens: Tokens,
  start: number,
  type: IndexSyntax['type'],
  constraint: string | undefined,
): IndexSyntax {
  const name = tokens.atName() ? tokens.name() : constraint;
  const early = parseIndexOptions(tokens);
  const parts = parseKeyParts(tokens);
  const options = { ...early, ...parseIndexOptions(tokens) };
  return { kind: 'index', ...span(tokens, start), type, ...(name !== undefined && { name }), parts, options };
}

export function parseKeyParts(tokens: Tokens): readonly KeyPart[] {
  tokens.expect('(');
  const parts = tokens.list(() => parseKeyPart(tokens));
  tokens.expect(')');
  return parts;
}

function parseKeyPart(tokens: Tokens): KeyPart {
  const { start } = tokens;
  if (tokens.at('(')) {
    const expression = parsePrimary(tokens);
    const descending = tokens.acceptOne('asc', 'desc') === 'desc';
    return { expression, descending, ...span(tokens, start) };
  }
  const column = tokens.name();
  let length: number | undefined;
  if (tokens.accept('(')) {
    length = tokens.integer();
    tokens.expect(')');
  }
  const descending = tokens.acceptOne('asc', 'desc') === 'desc';
  return { column, ...(length !== undefined && { length }), descending, ...span(tokens, start) };
}

type BuildingOptions = { -readonly [Key in keyof IndexOptions]: IndexOptions[Key] };

export function parseIndexOptions(tokens: Tokens): IndexOptions {
  const options: BuildingOptions = {};
  for (;;) {
    const word = tokens.acceptOne(
      'using',
      'comment',
      'visible',
      'invisible',
      'key_block_size',
      'engine_attribute',
      'secondary_engine_attribute',
    );
    switch (word) {
      case 'using':
        options.using = tokens.expectOne('btree', 'hash', 'rtree');
        break;
      case 'comment':
        tokens.accept('=');
        options.comment = tokens.string();
        break;
      case 'visible':
      case 'invisible':
        options.visible = word === 'visible';
        break;
      case 'key_block_size':
        tokens.accept('=');
        options.keyBlockSize = tokens.integer();
        break;
      case 'engine_attribute':
      case 'secondary_engine_attribute':
        tokens.accept('=');
        tokens.string();
        break;
      case undefined:
        if (!tokens.acceptAll('with', 'parser')) return options;
        options.parser = tokens.name();
    }
  }
}

function parseForeignKey(tokens: Tokens, start: number, name: string | undefined): ForeignKeySyntax {
  tokens.expectAll('foreign', 'key');
  const indexName = tokens.atName() ? tokens.name() : undefined;
  const columns = tokens.nameList();
  const references = parseReferences(tokens);
  return {
    kind: 'foreignKey',
    ...span(tokens, start),
    ...(name !== undefined && { name }),
    ...(indexName !== undefined && { indexName }),
    columns,
    references,
  };
}

function parseReferences(tokens: Tokens): References {
  const { start } = tokens;
  tokens.expect('references');
  const table = parseTableName(tokens);
  const columns = tokens.at('(') ? tokens.nameList() : [];
  const match = tokens.accept('match') ? tokens.expectOne('simple', 'full', 'partial') : undefined;
  const actions: { onDelete?: ReferenceAction; onUpdate?: ReferenceAction } = {};
  for (;;) {
    if (tokens.acceptAll('on', 'delete')) actions.onDelete = parseReferenceAction(tokens);
    else if (tokens.acceptAll('on', 'update')) actions.onUpdate = parseReferenceAction(tokens);
    else break;
  }
  return { table, columns, ...(match && { match }), ...actions, ...span(tokens, start) };
}

function parseReferenceAction(tokens: Tokens): ReferenceAction {
  switch (tokens.expectOne('restrict', 'cascade', 'set', 'no')) {
    case 'restrict':
      return 'restrict';
    case 'cascade':
      return 'cascade';
    case 'set':
      return `set ${tokens.expectOne('null', 'default')}`;
    case 'no':
      tokens.expect('action');
      return 'no action';
  }
}

export function parseCheck(tokens: Tokens, start: number, name: string | undefined, column?: string): CheckSyntax {
  tokens.expectAll('check', '(');
  const expression = parseExpression(tokens);
  tokens.expect(')');
  const enforced = !tokens.acceptAll('not', 'enforced');
  tokens.accept('enforced');
  const names = { ...(name !== undefined && { name }), ...(column !== undefined && { column }) };
  return { kind: 'check', ...span(tokens, start), ...names, expression, enforced };
}

type BuildingColumn = { -readonly [Key in keyof ColumnSyntax]: ColumnSyntax[Key] } & { checks: CheckSyntax[] };

/** `name type attributes`. */
export function parseColumn(tokens: Tokens): ColumnSyntax {
  const { start } = tokens;
  const name = tokens.name();
  return parseColumnAfterName(tokens, start, name);
}

export function parseColumnAfterName(tokens: Tokens, start: number, name: string): ColumnSyntax {
  const type = parseDataType(tokens);
  const column: BuildingColumn = { kind: 'column', start, end: start, name, type, autoIncrement: false, checks: [] };
  while (parseColumnAttribute(tokens, column)) {}
  column.end = tokens.lastEnd;
  return column;
}

/** Takes one attribute; false when none follows. */
function parseColumnAttribute(tokens: Tokens, column: BuildingColumn): boolean {
  const { start } = tokens;
  switch (tokens.word) {
    case 'not':
      tokens.advance();
      if (tokens.acceptOne('secondary', 'enforced') !== undefined) return true;
      tokens.expect('null');
      column.nullable = false;
      return true;
    case 'null':
      tokens.advance();
      column.nullable = true;
      return true;
    case 'default':
      tokens.advance();
      column.default = parseDefaultValue(tokens);
      return true;
    case 'on':
      tokens.expectAll('on', 'update');
      column.onUpdate = parsePrimary(tokens);
      return true;
    case 'auto_increment':
      tokens.advance();
      column.autoIncrement = true;
      return true;
    case 'unique':
      tokens.advance();
      tokens.accept('key');
      column.key ??= 'unique';
      return true;
    case 'primary':
      tokens.expectAll('primary', 'key');
      column.key = 'primary';
      return true;
    case 'key':
      tokens.advance();
      column.key = 'primary';
      return true;
    case 'comment':
      tokens.advance();
      column.comment = tokens.string();
      return true;
    case 'collate':
      tokens.advance();
      column.type = { ...column.type, collation: tokens.anyWord().toLowerCase() };
      return true;
    case 'srid':
      tokens.advance();
      column.type = { ...column.type, srid: tokens.integer() };
      return true;
    case 'generated':
      tokens.expectAll('generated', 'always');
      column.generated = parseGenerated(tokens);
      return true;
    case 'as':
      column.generated = parseGenerated(tokens);
      return true;
    case 'constraint': {
      tokens.advance();
      const name = tokens.atName() ? tokens.name() : undefined;
      column.checks.push(parseCheck(tokens, start, name, column.name));
      return true;
    }
    case 'check':
      column.checks.push(parseCheck(tokens, start, undefined, column.name));
      return true;
    case 'references':
      column.references = parseReferences(tokens);
      return true;
    case 'visible':
    case 'invisible':
      column.visible = tokens.expectOne('visible', 'invisible') === 'visible';
      return true;
    case 'column_format':
    case 'storage':
      tokens.advance();
      tokens.anyWord();
      return true;
    case 'engine_attribute':
    case 'secondary_engine_attribute':
      tokens.advance();
      tokens.accept('=');
      tokens.string();
      return true;
    case 'serial':
      tokens.expectAll('serial', 'default', 'value');
      column.nullable = false;
      column.autoIncrement = true;
      column.key ??= 'unique';
      return true;
    default:
      return false;
  }
}

function parseGenerated(tokens: Tokens): { expression: Expression; stored: boolean } {
  tokens.expectAll('as', '(');
  const expression = parseExpression(tokens);
  tokens.expect(')');
  const word = tokens.acceptOne('stored', 'virtual', 'persistent');
  return { expression, stored: word === 'stored' || word === 'persistent' };
}

/** A literal, NOW() and its like, or an expression in parentheses. */
export function parseDefaultValue(tokens: Tokens): DefaultSyntax {
  const { start } = tokens;
  const parenthesised = tokens.at('(');
  const sign = tokens.acceptOne('-', '+');
  const operand = parsePrimary(tokens);
  const place = span(tokens, start);
  const expression = sign === undefined ? operand : ({ kind: 'unary', ...place, operator: sign, operand } as const);
  return { expression, parenthesised, ...place };
}

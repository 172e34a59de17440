/** ALTER TABLE. */

import type { CheckSyntax, ForeignKeySyntax, IndexSyntax } from './ast/table-elements.ts';
import type { AlterAction, AlterTableStatement, ColumnPosition } from './ast/table-statements.ts';
import { beginsTableOption, parseTableOptions } from './parse-create-table.ts';
import { parseOrderItems } from './parse-query.ts';
import { parseColumn, parseDefaultValue, parseKeyOrCheck } from './parse-table-element.ts';
import { parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

/** From TABLE on. */
export function parseAlterTable(tokens: Tokens, start: number): AlterTableStatement {
  tokens.expect('table');
  const table = parseTableName(tokens);
  const actions: AlterAction[] = [];
  if (tokens.kind !== 'end' && !tokens.at(';')) {
    do parseAction(tokens, actions);
    while (tokens.accept(','));
  }
  return { kind: 'alterTable', ...span(tokens, start), table, actions };
}

function parseAction(tokens: Tokens, actions: AlterAction[]): void {
  const { start } = tokens;
  switch (tokens.word) {
    case 'add':
      tokens.advance();
      parseAdd(tokens, start, actions);
      return;
    case 'drop':
      tokens.advance();
      actions.push(parseDrop(tokens, start));
      return;
    case 'modify': {
      tokens.advance();
      tokens.accept('column');
      const column = parseColumn(tokens);
      actions.push({ kind: 'changeColumn', name: column.name, column, ...parsePosition(tokens) });
      return;
    }
    case 'change': {
      tokens.advance();
      tokens.accept('column');
      const name = tokens.name();
      const column = parseColumn(tokens);
      actions.push({ kind: 'changeColumn', name, column, ...parsePosition(tokens) });
      return;
    }
    case 'rename':
      tokens.advance();
      actions.push(parseRename(tokens));
      return;
    case 'alter':
      tokens.advance();
      actions.push(parseAlter(tokens));
      return;
    case 'convert': {
      tokens.advance();
      tokens.expect('to');
      if (!tokens.accept('charset')) tokens.expectAll('character', 'set');
      tokens.accept('=');
      const charset = tokens.anyWord().toLowerCase();
      const collation = tokens.accept('collate') ? tokens.anyWord().toLowerCase() : undefined;
      actions.push({ kind: 'convertCharset', charset, ...(collation !== undefined && { collation }) });
      return;
    }
    case 'order':
      actions.push({ kind: 'orderBy', columns: parseOrderItems(tokens) });
      return;
    case 'enable':
    case 'disable': {
      const enable = tokens.expectOne('enable', 'disable') === 'enable';
      tokens.expect('keys');
      actions.push({ kind: 'enableKeys', enable });
      return;
    }
    default:
      if (beginsTableOption(tokens)) actions.push({ kind: 'options', options: parseTableOptions(tokens) });
      else actions.push(parseIgnored(tokens, start));
  }
}

function parseAdd(tokens: Tokens, start: number, actions: AlterAction[]): void {
  if (tokens.at('partition')) {
    actions.push(skipAction(tokens, start));
    return;
  }
  const constraint = parseKeyOrCheck(tokens);
  if (constraint !== undefined) {
    actions.push(added(constraint));
    return;
  }
  tokens.accept('column');
  const ifNotExists = tokens.acceptIfNotExists();
  if (!tokens.accept('(')) {
    const column = parseColumn(tokens);
    actions.push({ kind: 'addColumn', column, ...parsePosition(tokens), ifNotExists });
    return;
  }
  do {
    const element = parseKeyOrCheck(tokens);
    if (element !== undefined) actions.push(added(element));
    else actions.push({ kind: 'addColumn', column: parseColumn(tokens), ifNotExists });
  } while (tokens.accept(','));
  tokens.expect(')');
}

function added(element: IndexSyntax | ForeignKeySyntax | CheckSyntax): AlterAction {
  switch (element.kind) {
    case 'index':
      return { kind: 'addIndex', index: element };
    case 'foreignKey':
      return { kind: 'addForeignKey', foreignKey: element };
    case 'check':
      return { kind: 'addCheck', check: element };
  }
}

/** FIRST, AFTER column. */
function parsePosition(tokens: Tokens): { position?: ColumnPosition } {
  if (tokens.accept('first')) return { position: { first: true } };
  if (tokens.accept('after')) return { position: { first: false, after: tokens.name() } };
  return {};
}

function parseDrop(tokens: Tokens, start: number): AlterAction {
  switch (tokens.word) {
    case 'primary':
      tokens.expectAll('primary', 'key');
      return { kind: 'dropPrimaryKey' };
    case 'foreign':
      tokens.expectAll('foreign', 'key');
      tokens.acceptIfExists();
      return { kind: 'dropForeignKey', name: tokens.name() };
    case 'index':
    case 'key': {
      tokens.advance();
      const ifExists = tokens.acceptIfExists();
      return { kind: 'dropIndex', name: tokens.nameAfterDot(), ifExists };
    }
    case 'check':
      tokens.advance();
      return { kind: 'dropCheck', name: tokens.name() };
    case 'constraint':
      tokens.advance();
      tokens.acceptIfExists();
      return { kind: 'dropConstraint', name: tokens.name() };
    case 'partition':
      return skipAction(tokens, start);
    default: {
      tokens.accept('column');
      const ifExists = tokens.acceptIfExists();
      const name = tokens.name();
      tokens.acceptOne('restrict', 'cascade');
      return { kind: 'dropColumn', name, ifExists };
    }
  }
}

function parseRename(tokens: Tokens): AlterAction {
  if (tokens.accept('column')) {
    const from = tokens.name();
    tokens.expect('to');
    return { kind: 'renameColumn', from, to: tokens.name() };
  }
  if (tokens.acceptOne('index', 'key') !== undefined) {
    const from = tokens.name();
    tokens.expect('to');
    return { kind: 'renameIndex', from, to: tokens.name() };
  }
  if (tokens.acceptOne('to', 'as') === undefined) tokens.accept('=');
  return { kind: 'renameTable', to: parseTableName(tokens) };
}

function parseAlter(tokens: Tokens): AlterAction {
  if (tokens.accept('index')) {
    const name = tokens.name();
    return { kind: 'setIndexVisible', name, visible: tokens.expectOne('visible', 'invisible') === 'visible' };
  }
  if (tokens.acceptOne('check', 'constraint') !== undefined) {
    const name = tokens.name();
    const enforced = !tokens.accept('not');
    tokens.expect('enforced');
    return { kind: 'setCheckEnforced', name, enforced };
  }
  tokens.accept('column');
  const name = tokens.name();
  if (tokens.acceptAll('drop', 'default')) return { kind: 'dropDefault', name };
  tokens.expect('set');
  if (tokens.accept('default')) return { kind: 'setDefault', name, default: parseDefaultValue(tokens) };
  return { kind: 'setColumnVisible', name, visible: tokens.expectOne('visible', 'invisible') === 'visible' };
}

const ignoredWords: ReadonlySet<string> = new Set([
  'algorithm',
  'analyze',
  'check',
  'coalesce',
  'discard',
  'exchange',
  'force',
  'import',
  'lock',
  'optimize',
  'partition',
  'rebuild',
  'remove',
  'reorganize',
  'repair',
  'truncate',
  'upgrade',
  'with',
  'without',
]);

function parseIgnored(tokens: Tokens, start: number): AlterAction {
  if (!tokens.atAny(ignoredWords)) throw tokens.failure();
  return skipAction(tokens, start);
}

/** Up to the comma or the end of the statement. */
function skipAction(tokens: Tokens, start: number): AlterAction {
  let depth = 0;
  while (tokens.kind !== 'end' && !tokens.at(';') && (depth > 0 || !tokens.at(','))) {
    if (tokens.at('(')) depth++;
    else if (tokens.at(')')) depth--;
    tokens.advance();
  }
  return { kind: 'ignored', text: tokens.text.slice(start, tokens.lastEnd) };
}

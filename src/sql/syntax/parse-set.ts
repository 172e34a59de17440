/** SET in all its meanings. */

import type { ColumnReference, Expression, VariableScope } from './ast/expression.ts';
import type { SetItem, SetPasswordStatement, SetTransactionStatement } from './ast/session-statements.ts';
import type { Statement } from './ast/statement.ts';
import { noteCharset } from './deprecations.ts';
import { parseSetRole } from './parse-account.ts';
import { parseAccount } from './parse-account-name.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSystemVariable, parseVariableName, scopeOf } from './parse-primary.ts';
import { span, type Tokens } from './tokens.ts';

export function parseSet(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('set');
  if (tokens.at('transaction')) return parseSetTransaction(tokens, start, undefined);
  if (tokens.at('password') && !tokens.nextIs('.')) return parseSetPassword(tokens, start);
  if (tokens.at('role') || tokens.sees('default', 'role')) return parseSetRole(tokens, start);
  const scope = scopeOf(tokens.word);
  if ((scope === 'global' || scope === 'session') && tokens.nextIs('transaction')) {
    tokens.advance();
    return parseSetTransaction(tokens, start, scope);
  }
  let current: VariableScope | undefined;
  const items = tokens.list(() => {
    // A scope holds for the variables after it too.
    const next = scopeOf(tokens.word);
    if (next !== undefined && !tokens.nextIs('=') && !tokens.nextIs(':=')) {
      tokens.advance();
      current = next;
    }
    return parseSetItem(tokens, current);
  });
  return { kind: 'set', items, ...span(tokens, start) };
}

function parseSetItem(tokens: Tokens, scope: VariableScope | undefined): SetItem {
  if (tokens.kind === 'variable') {
    const name = parseVariableName(tokens);
    expectAssignment(tokens);
    return { kind: 'user', name, value: parseExpression(tokens) };
  }
  if (tokens.kind === 'system') {
    const variable = parseSystemVariable(tokens);
    expectAssignment(tokens);
    const value = parseSetValue(tokens);
    return { kind: 'system', scope: variable.scope ?? 'session', name: variable.name, value };
  }
  if (tokens.at('names') && !isAssigned(tokens)) return parseSetNames(tokens);
  if (tokens.at('charset') && !isAssigned(tokens)) {
    tokens.advance();
    return parseSetCharset(tokens);
  }
  if (tokens.acceptAll('character', 'set') || tokens.acceptAll('char', 'set')) return parseSetCharset(tokens);
  return parsePlainItem(tokens, scope);
}

function isAssigned(tokens: Tokens): boolean {
  return tokens.nextIs('=') || tokens.nextIs(':=');
}

function parseSetNames(tokens: Tokens): SetItem {
  tokens.expect('names');
  if (tokens.accept('default')) return { kind: 'names' };
  const charset = tokens.anyWord().toLowerCase();
  noteCharset(tokens, charset);
  const collation = tokens.accept('collate') ? tokens.anyWord().toLowerCase() : undefined;
  return { kind: 'names', charset, ...(collation !== undefined && { collation }) };
}

function parseSetCharset(tokens: Tokens): SetItem {
  if (tokens.accept('default')) return { kind: 'charset' };
  return { kind: 'charset', charset: tokens.anyWord().toLowerCase() };
}

/** `name = value`, `NEW.column = value`. */
function parsePlainItem(tokens: Tokens, scope: VariableScope | undefined): SetItem {
  const { start } = tokens;
  const first = tokens.name();
  const path = [first];
  while (tokens.accept('.')) path.push(tokens.nameAfterDot());
  const place = span(tokens, start);
  expectAssignment(tokens);
  const isRow = path.length === 2 && (first.toLowerCase() === 'new' || first.toLowerCase() === 'old');
  if (isRow) {
    const column: ColumnReference = { kind: 'column', ...place, table: first, name: path[1]! };
    return { kind: 'column', column, value: parseExpression(tokens) };
  }
  const value = parseSetValue(tokens);
  return { kind: 'system', ...(scope && { scope }), name: path.join('.').toLowerCase(), value };
}

function expectAssignment(tokens: Tokens): void {
  if (!tokens.accept(':=')) tokens.expect('=');
}

/** Reserved words may be values here: ON, ALL, BINARY, ROW, SYSTEM. */
const wordValues: ReadonlySet<string> = new Set(['on', 'all', 'binary', 'row', 'system']);

function parseSetValue(tokens: Tokens): Expression {
  const { start, end } = tokens;
  if (tokens.atAny(wordValues)) {
    const after = tokens.codeAfter();
    if (Number.isNaN(after) || after === 59 /* ; */ || after === 44 /* , */) {
      const name = tokens.source();
      tokens.advance();
      return { kind: 'column', start, end, name };
    }
  }
  return parseExpression(tokens);
}

function parseSetTransaction(
  tokens: Tokens,
  start: number,
  scope: 'global' | 'session' | undefined,
): SetTransactionStatement {
  tokens.expect('transaction');
  const characteristics: { isolation?: SetTransactionStatement['isolation'] & string; readOnly?: boolean } = {};
  do {
    if (tokens.acceptAll('isolation', 'level')) characteristics.isolation = parseIsolation(tokens);
    else {
      tokens.expect('read');
      characteristics.readOnly = tokens.expectOne('only', 'write') === 'only';
    }
  } while (tokens.accept(','));
  return { kind: 'setTransaction', ...(scope && { scope }), ...characteristics, ...span(tokens, start) };
}

function parseIsolation(tokens: Tokens): NonNullable<SetTransactionStatement['isolation']> {
  switch (tokens.expectOne('read', 'repeatable', 'serializable')) {
    case 'read':
      return `read ${tokens.expectOne('committed', 'uncommitted')}`;
    case 'repeatable':
      tokens.expect('read');
      return 'repeatable read';
    case 'serializable':
      return 'serializable';
  }
}

function parseSetPassword(tokens: Tokens, start: number): SetPasswordStatement {
  tokens.expect('password');
  const account = tokens.accept('for') ? parseAccount(tokens) : undefined;
  if (tokens.acceptAll('to', 'random')) {
    return { kind: 'setPassword', ...(account && { account }), ...span(tokens, start) };
  }
  tokens.expect('=');
  const isCall = tokens.accept('password');
  if (isCall) tokens.expect('(');
  const password = tokens.string();
  if (isCall) tokens.expect(')');
  return { kind: 'setPassword', ...(account && { account }), password, ...span(tokens, start) };
}

/** Bodies of routines: blocks, declarations, control flow. Any other statement may stand in them too. */

import type {
  BlockStatement,
  CaseStatement,
  Condition,
  DeclareHandlerStatement,
  GetDiagnosticsStatement,
  IfStatement,
  LoopStatement,
  SignalStatement,
} from './ast/routine-statements.ts';
import type { Statement } from './ast/statement.ts';
import { parseDataType } from './parse-data-type.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseIntoTarget, parseQuery } from './parse-query.ts';
import { parseStatementIn } from './parse-statement.ts';
import { span, type Tokens } from './tokens.ts';

export function parseBodyStatement(tokens: Tokens): Statement {
  return tokens.nested(() => parseBody(tokens));
}

function parseBody(tokens: Tokens): Statement {
  const { start } = tokens;
  switch (tokens.word) {
    case 'begin':
      return parseBlock(tokens, start, undefined);
    case 'declare':
      return parseDeclare(tokens);
    case 'if':
      return parseIf(tokens);
    case 'case':
      return parseCaseStatement(tokens);
    case 'loop':
    case 'while':
    case 'repeat':
      return parseLoop(tokens, start, undefined);
    case 'leave':
    case 'iterate': {
      const kind = tokens.expectOne('leave', 'iterate');
      return { kind, label: tokens.name(), ...span(tokens, start) };
    }
    case 'return':
      tokens.advance();
      return { kind: 'return', value: parseExpression(tokens), ...span(tokens, start) };
    case 'open':
    case 'close': {
      const kind = tokens.expectOne('open', 'close') === 'open' ? 'openCursor' : 'closeCursor';
      return { kind, name: tokens.name(), ...span(tokens, start) };
    }
    case 'fetch':
      return parseFetch(tokens);
  }
  if (tokens.atName() && tokens.codeAfter() === 58 /* : */) {
    const label = tokens.name();
    tokens.expect(':');
    return tokens.at('begin') ? parseBlock(tokens, start, label) : parseLoop(tokens, start, label);
  }
  return parseStatementIn(tokens);
}

/** Statements, each with its `;`, up to one of the words. */
function parseStatements(tokens: Tokens, ...until: readonly string[]): readonly Statement[] {
  const statements: Statement[] = [];
  while (!until.includes(tokens.word)) {
    statements.push(parseBodyStatement(tokens));
    tokens.expect(';');
  }
  return statements;
}

function parseBlock(tokens: Tokens, start: number, label: string | undefined): BlockStatement {
  tokens.expect('begin');
  if (tokens.accept('not')) tokens.expect('atomic');
  const statements = parseStatements(tokens, 'end');
  tokens.expect('end');
  acceptEndLabel(tokens, label);
  return { kind: 'block', ...span(tokens, start), ...(label !== undefined && { label }), statements };
}

function acceptEndLabel(tokens: Tokens, label: string | undefined): void {
  if (label === undefined || !tokens.atName()) return;
  if (tokens.nameValue().toLowerCase() !== label.toLowerCase()) throw tokens.failure();
  tokens.advance();
}

function parseDeclare(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('declare');
  if ((tokens.at('continue') || tokens.at('exit') || tokens.at('undo')) && tokens.nextIs('handler')) {
    return parseHandler(tokens, start);
  }
  const names = tokens.list(() => tokens.name());
  const name = names[0]!;
  if (tokens.accept('condition')) {
    tokens.expect('for');
    const condition = parseCondition(tokens);
    return { kind: 'declareCondition', name, condition, ...span(tokens, start) };
  }
  if (tokens.accept('cursor')) {
    tokens.expect('for');
    const query = parseQuery(tokens);
    return { kind: 'declareCursor', name, query, ...span(tokens, start) };
  }
  const type = parseDataType(tokens);
  const value = tokens.accept('default') ? parseExpression(tokens) : undefined;
  return { kind: 'declareVariables', names, type, ...(value && { default: value }), ...span(tokens, start) };
}

function parseHandler(tokens: Tokens, start: number): DeclareHandlerStatement {
  const action = tokens.expectOne('continue', 'exit', 'undo');
  tokens.expectAll('handler', 'for');
  const conditions = tokens.list(() => parseCondition(tokens));
  const body = parseBodyStatement(tokens);
  return { kind: 'declareHandler', action, conditions, body, ...span(tokens, start) };
}

function parseCondition(tokens: Tokens): Condition {
  if (tokens.kind === 'number') return { kind: 'errno', value: tokens.integer() };
  if (tokens.accept('sqlstate')) {
    tokens.accept('value');
    return { kind: 'sqlstate', value: tokens.string() };
  }
  if (tokens.accept('sqlwarning')) return { kind: 'sqlwarning' };
  if (tokens.accept('sqlexception')) return { kind: 'sqlexception' };
  if (tokens.acceptAll('not', 'found')) return { kind: 'notFound' };
  return { kind: 'name', name: tokens.name() };
}

function parseIf(tokens: Tokens): IfStatement {
  const { start } = tokens;
  const branches = [];
  let word = tokens.expectOne('if');
  do {
    const condition = parseExpression(tokens);
    tokens.expect('then');
    branches.push({ condition, body: parseStatements(tokens, 'elseif', 'else', 'end') });
    word = tokens.acceptOne('elseif') as 'if';
  } while (word !== undefined);
  const otherwise = tokens.accept('else') ? parseStatements(tokens, 'end') : undefined;
  tokens.expectAll('end', 'if');
  return { kind: 'if', ...span(tokens, start), branches, ...(otherwise && { otherwise }) };
}

function parseCaseStatement(tokens: Tokens): CaseStatement {
  const { start } = tokens;
  tokens.expect('case');
  const operand = tokens.at('when') ? undefined : parseExpression(tokens);
  const branches = [];
  do {
    tokens.expect('when');
    const when = parseExpression(tokens);
    tokens.expect('then');
    branches.push({ when, body: parseStatements(tokens, 'when', 'else', 'end') });
  } while (tokens.at('when'));
  const otherwise = tokens.accept('else') ? parseStatements(tokens, 'end') : undefined;
  tokens.expectAll('end', 'case');
  return {
    kind: 'case',
    ...span(tokens, start),
    ...(operand && { operand }),
    branches,
    ...(otherwise && { otherwise }),
  };
}

function parseLoop(tokens: Tokens, start: number, label: string | undefined): LoopStatement {
  const type = tokens.expectOne('loop', 'while', 'repeat');
  const named = label === undefined ? {} : { label };
  if (type === 'repeat') {
    const body = parseStatements(tokens, 'until');
    tokens.expect('until');
    const condition = parseExpression(tokens);
    tokens.expectAll('end', 'repeat');
    acceptEndLabel(tokens, label);
    return { kind: 'loop', type, ...named, condition, body, ...span(tokens, start) };
  }
  const condition = type === 'while' ? parseExpression(tokens) : undefined;
  if (condition !== undefined) tokens.expect('do');
  const body = parseStatements(tokens, 'end');
  tokens.expectAll('end', type);
  acceptEndLabel(tokens, label);
  return { kind: 'loop', type, ...named, ...(condition && { condition }), body, ...span(tokens, start) };
}

function parseFetch(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('fetch');
  if (tokens.accept('next')) tokens.expect('from');
  else tokens.accept('from');
  const name = tokens.name();
  tokens.expect('into');
  const into = tokens.list(() => parseIntoTarget(tokens));
  return { kind: 'fetchCursor', name, into, ...span(tokens, start) };
}

/** SIGNAL, RESIGNAL. */
export function parseSignal(tokens: Tokens): SignalStatement {
  const { start } = tokens;
  const kind = tokens.expectOne('signal', 'resignal');
  const hasCondition = kind === 'signal' || tokens.at('sqlstate') || tokens.atName();
  const condition = hasCondition ? parseCondition(tokens) : undefined;
  const items = tokens.accept('set')
    ? tokens.list(() => {
        const name = tokens.name().toLowerCase();
        tokens.expect('=');
        return { name, value: parseExpression(tokens) };
      })
    : [];
  return { kind, ...span(tokens, start), ...(condition && { condition }), items };
}

export function parseGetDiagnostics(tokens: Tokens): GetDiagnosticsStatement {
  const { start } = tokens;
  tokens.expect('get');
  const stacked = tokens.acceptOne('current', 'stacked') === 'stacked';
  tokens.expect('diagnostics');
  const condition = tokens.accept('condition') ? parsePrimary(tokens) : undefined;
  const items = tokens.list(() => {
    const target = parseIntoTarget(tokens);
    tokens.expect('=');
    return { target, name: tokens.name().toLowerCase() };
  });
  return { kind: 'getDiagnostics', ...span(tokens, start), stacked, ...(condition && { condition }), items };
}

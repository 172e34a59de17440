/** Transactions, locks, prepared statements, and the short statements about the session. */

import type { CallStatement } from './ast/row-statements.ts';
import type { TableMaintenanceStatement } from './ast/server-statements.ts';
import type { BeginStatement, KillStatement, LockTablesStatement } from './ast/session-statements.ts';
import type { Statement } from './ast/statement.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePrimary, parseVariableName } from './parse-primary.ts';
import { parseAlias, parseAsOf, parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

/** START TRANSACTION, BEGIN [WORK]. */
export function parseBegin(tokens: Tokens): BeginStatement {
  const { start } = tokens;
  if (tokens.accept('begin')) {
    tokens.accept('work');
    return { kind: 'begin', ...span(tokens, start), consistentSnapshot: false };
  }
  tokens.expectAll('start', 'transaction');
  let readOnly: boolean | undefined;
  let consistentSnapshot = false;
  while (tokens.at('with') || tokens.at('read')) {
    if (tokens.accept('with')) {
      tokens.expectAll('consistent', 'snapshot');
      consistentSnapshot = true;
    } else {
      tokens.expect('read');
      readOnly = tokens.expectOne('only', 'write') === 'only';
    }
    if (!tokens.accept(',')) break;
  }
  return { kind: 'begin', ...span(tokens, start), ...(readOnly !== undefined && { readOnly }), consistentSnapshot };
}

/** COMMIT, ROLLBACK, ROLLBACK TO. */
export function parseEnd(tokens: Tokens): Statement {
  const { start } = tokens;
  const kind = tokens.expectOne('commit', 'rollback');
  tokens.accept('work');
  if (kind === 'rollback' && tokens.accept('to')) {
    tokens.accept('savepoint');
    return { kind: 'rollbackTo', name: tokens.name(), ...span(tokens, start) };
  }
  let chain = false;
  if (tokens.accept('and')) {
    chain = !tokens.accept('no');
    tokens.expect('chain');
  }
  const noRelease = tokens.acceptAll('no', 'release');
  const release = !noRelease && tokens.accept('release');
  return { kind, chain, release, ...span(tokens, start) };
}

export function parseSavepoint(tokens: Tokens): Statement {
  const { start } = tokens;
  const kind = tokens.accept('release') ? 'releaseSavepoint' : 'savepoint';
  tokens.expect('savepoint');
  return { kind, name: tokens.name(), ...span(tokens, start) };
}

/** LOCK TABLES. */
export function parseLockTables(tokens: Tokens): LockTablesStatement {
  const { start } = tokens;
  tokens.expect('lock');
  tokens.expectOne('tables', 'table');
  const tables = tokens.list(() => {
    const table = parseTableName(tokens);
    const alias = tokens.at('read') || tokens.at('write') || tokens.at('low_priority') ? undefined : parseAlias(tokens);
    tokens.accept('low_priority');
    const write = tokens.expectOne('read', 'write') === 'write';
    if (!write) tokens.accept('local');
    return { table, ...(alias !== undefined && { alias }), write };
  });
  return { kind: 'lockTables', tables, ...span(tokens, start) };
}

export function parseUnlock(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('unlock');
  tokens.expectOne('tables', 'table');
  return { kind: 'unlockTables', ...span(tokens, start) };
}

export function parsePrepare(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('prepare');
  const name = tokens.name();
  tokens.expect('from');
  const source = parsePrimary(tokens);
  if (source.kind !== 'string' && source.kind !== 'userVariable') throw tokens.failure();
  return { kind: 'prepare', name, source, ...span(tokens, start) };
}

export function parseExecute(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('execute');
  const name = tokens.name();
  const using = tokens.accept('using') ? tokens.list(() => parseVariableName(tokens)) : [];
  return { kind: 'execute', name, using, ...span(tokens, start) };
}

export function parseDeallocate(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expectAll('deallocate', 'prepare');
  return { kind: 'deallocate', name: tokens.name(), ...span(tokens, start) };
}

export function parseUse(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('use');
  let database = tokens.nameAfterDot();
  // Without quotes the shell's `use db/branch` would be a division.
  while (tokens.at('/') || tokens.at('-') || tokens.at('.')) {
    database += tokens.word;
    tokens.advance();
    database += tokens.nameAfterDot();
  }
  return { kind: 'use', database, ...span(tokens, start) };
}

export function parseDo(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('do');
  return { kind: 'do', expressions: tokens.list(() => parseExpression(tokens)), ...span(tokens, start) };
}

export function parseCallStatement(tokens: Tokens): CallStatement {
  const { start } = tokens;
  tokens.expect('call');
  const { name, database } = parseTableName(tokens);
  const hasParentheses = tokens.accept('(');
  const args = hasParentheses && !tokens.at(')') ? tokens.list(() => parseExpression(tokens)) : [];
  if (hasParentheses) tokens.expect(')');
  const asOf = parseAsOf(tokens);
  return {
    kind: 'call',
    ...span(tokens, start),
    ...(database !== undefined && { database }),
    name,
    args,
    ...(asOf && { asOf }),
  };
}

export function parseKill(tokens: Tokens): KillStatement {
  const { start } = tokens;
  tokens.expect('kill');
  const query = tokens.acceptOne('connection', 'query') === 'query';
  return { kind: 'kill', query, id: parseExpression(tokens), ...span(tokens, start) };
}

/** ANALYZE, CHECK, CHECKSUM, OPTIMIZE, REPAIR TABLE. */
export function parseMaintenance(tokens: Tokens): TableMaintenanceStatement {
  const { start } = tokens;
  const action = tokens.expectOne('analyze', 'check', 'checksum', 'optimize', 'repair');
  tokens.acceptOne('no_write_to_binlog', 'local');
  tokens.expectOne('table', 'tables');
  const tables = tokens.list(() => parseTableName(tokens));
  const histogram = action === 'analyze' ? parseHistogram(tokens) : undefined;
  // QUICK, FAST, EXTENDED and their like change nothing here.
  while (tokens.kind === 'word') tokens.advance();
  return { kind: 'maintenance', action, tables, ...(histogram && { histogram }), ...span(tokens, start) };
}

function parseHistogram(tokens: Tokens): TableMaintenanceStatement['histogram'] {
  const action = tokens.acceptOne('update', 'drop');
  if (action === undefined) return undefined;
  tokens.expectAll('histogram', 'on');
  const columns = tokens.list(() => tokens.name());
  let data: string | undefined;
  if (tokens.accept('using')) {
    tokens.expect('data');
    data = tokens.string();
  } else if (tokens.accept('with')) {
    tokens.integer();
    tokens.expect('buckets');
  }
  return { action, columns, ...(data !== undefined && { data }) };
}

/** One statement, by its first word. */

import type { SelectStatement } from './ast/row-statements.ts';
import type { ReplicationStatement, UnsupportedStatement } from './ast/server-statements.ts';
import type { Statement } from './ast/statement.ts';
import { parseGrant } from './parse-account.ts';
import { parseGetDiagnostics, parseSignal } from './parse-block.ts';
import { parseAlter, parseCreate, parseDrop, parseRename } from './parse-create.ts';
import { parseInsert } from './parse-insert.ts';
import { parseLoadData } from './parse-load-data.ts';
import { parseQuery, parseQueryFrom, parseWith } from './parse-query.ts';
import {
  parseBegin,
  parseCallStatement,
  parseDeallocate,
  parseDo,
  parseEnd,
  parseExecute,
  parseKill,
  parseLockTables,
  parseMaintenance,
  parsePrepare,
  parseSavepoint,
  parseUnlock,
  parseUse,
} from './parse-session.ts';
import { parseSet } from './parse-set.ts';
import { parseDescribe, parseShow } from './parse-show.ts';
import { parseTableName } from './parse-table-reference.ts';
import { parseDelete, parseUpdate } from './parse-update.ts';
import { span, type Tokens } from './tokens.ts';

/** A statement up to the first token that does not belong to it. */
export function parseStatementIn(tokens: Tokens): Statement {
  const { start } = tokens;
  switch (tokens.word) {
    case 'select':
    case '(':
    case 'values':
    case 'table':
      return parseSelectStatement(tokens);
    case 'with':
      return parseAfterWith(tokens);
    case 'insert':
    case 'replace':
      return parseInsert(tokens);
    case 'update':
      return parseUpdate(tokens);
    case 'delete':
      return parseDelete(tokens);
    case 'load':
      return tokens.nextIs('data') ? parseLoadData(tokens) : skipUnsupported(tokens, start);
    case 'do':
      return parseDo(tokens);
    case 'call':
      return parseCallStatement(tokens);
    case 'create':
      return parseCreate(tokens);
    case 'alter':
      return parseAlter(tokens);
    case 'drop':
      return parseDrop(tokens);
    case 'rename':
      return parseRename(tokens);
    case 'truncate': {
      tokens.advance();
      tokens.accept('table');
      return { kind: 'truncate', table: parseTableName(tokens), ...span(tokens, start) };
    }
    case 'show':
      return parseShow(tokens);
    case 'describe':
    case 'desc':
    case 'explain':
      return parseDescribe(tokens);
    default:
      return parseOtherStatement(tokens, start);
  }
}

function parseOtherStatement(tokens: Tokens, start: number): Statement {
  switch (tokens.word) {
    case 'set':
      return parseSet(tokens);
    case 'use':
      return parseUse(tokens);
    case 'start':
      return tokens.nextIs('transaction') ? parseBegin(tokens) : parseReplicaAction(tokens, start);
    case 'begin':
      return parseBegin(tokens);
    case 'commit':
    case 'rollback':
      return parseEnd(tokens);
    case 'savepoint':
    case 'release':
      return parseSavepoint(tokens);
    case 'lock':
      return tokens.nextIs('instance') ? skipUnsupported(tokens, start) : parseLockTables(tokens);
    case 'unlock':
      return tokens.nextIs('instance') ? skipUnsupported(tokens, start) : parseUnlock(tokens);
    case 'prepare':
      return parsePrepare(tokens);
    case 'execute':
      return parseExecute(tokens);
    case 'deallocate':
      return parseDeallocate(tokens);
    case 'kill':
      return parseKill(tokens);
    case 'analyze':
    case 'check':
    case 'checksum':
    case 'optimize':
    case 'repair':
      return parseMaintenance(tokens);
    case 'flush':
      return parseFlush(tokens);
    case 'reset':
      return tokens.nextIs('replica') || tokens.nextIs('slave')
        ? parseReplicaAction(tokens, start)
        : parseFlush(tokens);
    case 'grant':
    case 'revoke':
      return parseGrant(tokens);
    case 'signal':
    case 'resignal':
      return parseSignal(tokens);
    case 'get':
      return parseGetDiagnostics(tokens);
    case 'stop':
      return parseReplicaAction(tokens, start);
    case 'change':
      return parseChange(tokens);
    case 'binlog':
    case 'cache':
    case 'clone':
    case 'handler':
    case 'help':
    case 'import':
    case 'install':
    case 'purge':
    case 'restart':
    case 'shutdown':
    case 'uninstall':
    case 'xa':
      return skipUnsupported(tokens, start);
    default:
      throw tokens.failure();
  }
}

function parseSelectStatement(tokens: Tokens): SelectStatement {
  const { start } = tokens;
  const query = parseQuery(tokens);
  return { kind: 'select', ...span(tokens, start), query };
}

/** WITH before a query, an UPDATE, a DELETE, an INSERT. */
function parseAfterWith(tokens: Tokens): Statement {
  const { start } = tokens;
  const withClause = parseWith(tokens);
  switch (tokens.word) {
    case 'update':
      return parseUpdate(tokens, start, withClause);
    case 'delete':
      return parseDelete(tokens, start, withClause);
    case 'insert':
    case 'replace':
      return parseInsert(tokens, start, withClause);
    default: {
      const query = parseQueryFrom(tokens, start, withClause);
      return { kind: 'select', ...span(tokens, start), query };
    }
  }
}

/** Takes all up to the end of the statement. */
function skipToEnd(tokens: Tokens): void {
  while (tokens.kind !== 'end' && !tokens.at(';')) tokens.advance();
}

export function skipUnsupported(tokens: Tokens, start: number): UnsupportedStatement {
  skipToEnd(tokens);
  const words = tokens.text.slice(start, tokens.lastEnd).split(/\s+/).slice(0, 2).join(' ').toUpperCase();
  return { kind: 'unsupported', words, ...span(tokens, start) };
}

/** FLUSH, RESET: what, in lower case. */
function parseFlush(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.advance();
  const from = tokens.start;
  if (tokens.kind === 'end' || tokens.at(';')) throw tokens.failure();
  skipToEnd(tokens);
  const what = tokens.text.slice(from, tokens.lastEnd).toLowerCase();
  return { kind: 'flush', what, ...span(tokens, start) };
}

/** START, STOP, RESET REPLICA. */
function parseReplicaAction(tokens: Tokens, start: number): ReplicationStatement {
  const verb = tokens.expectOne('start', 'stop', 'reset');
  tokens.expectOne('replica', 'slave');
  const options = tokens.accept('all') ? [{ name: 'all', value: '' }] : [];
  skipToEnd(tokens);
  return { kind: 'replication', action: `${verb} replica`, options, ...span(tokens, start) };
}

/** CHANGE REPLICATION SOURCE TO a = b, … and CHANGE REPLICATION FILTER … */
function parseChange(tokens: Tokens): ReplicationStatement {
  const { start } = tokens;
  tokens.expect('change');
  if (tokens.accept('master')) tokens.expect('to');
  else {
    tokens.expect('replication');
    if (tokens.expectOne('source', 'filter') === 'filter') return parseFilters(tokens, start);
    tokens.expect('to');
  }
  const options = tokens.list(() => {
    const name = tokens.anyWord().toLowerCase();
    tokens.expect('=');
    return { name, value: parseOptionValue(tokens) };
  });
  skipToEnd(tokens);
  return { kind: 'replication', action: 'change source', options, ...span(tokens, start) };
}

function parseFilters(tokens: Tokens, start: number): ReplicationStatement {
  const options = tokens.list(() => {
    const name = tokens.anyWord().toLowerCase();
    tokens.expect('=');
    return { name, value: parseOptionValue(tokens) };
  });
  skipToEnd(tokens);
  return { kind: 'replication', action: 'change filter', options, ...span(tokens, start) };
}

/** A word, string or number; a list keeps its source. */
function parseOptionValue(tokens: Tokens): string {
  const { start } = tokens;
  if (tokens.accept('(')) {
    while (!tokens.accept(')')) {
      if (tokens.kind === 'end') throw tokens.failure();
      tokens.advance();
    }
    return tokens.text.slice(start, tokens.lastEnd);
  }
  if (tokens.kind !== 'number') return tokens.anyWord();
  const value = tokens.source();
  tokens.advance();
  return value;
}

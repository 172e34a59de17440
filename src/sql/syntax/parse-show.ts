/** SHOW, DESCRIBE, EXPLAIN. */

import type { ShowStatement, ShowSubject } from './ast/show-statements.ts';
import type { Statement } from './ast/statement.ts';
import { parseRoleNames } from './parse-account.ts';
import { parseAccount } from './parse-account-name.ts';
import { parseExpression } from './parse-expression.ts';
import { parseLimit } from './parse-query.ts';
import { parseStatementIn } from './parse-statement.ts';
import { parseAsOf, parseTableName } from './parse-table-reference.ts';
import { span, type Tokens } from './tokens.ts';

type Building = { -readonly [Key in keyof ShowStatement]: ShowStatement[Key] };

export function parseShow(tokens: Tokens): ShowStatement {
  const { start } = tokens;
  tokens.expect('show');
  const show: Building = {
    kind: 'show',
    start,
    end: start,
    subject: 'tables',
    full: false,
    extended: false,
    ifNotExists: false,
    roles: [],
  };
  parseModifiers(tokens, show);
  parseSubject(tokens, show);
  show.end = tokens.lastEnd;
  return show;
}

function parseModifiers(tokens: Tokens, show: Building): void {
  for (;;) {
    switch (tokens.word) {
      case 'full':
        show.full = true;
        break;
      case 'extended':
        show.extended = true;
        break;
      case 'global':
        show.scope = 'global';
        break;
      case 'session':
      case 'local':
        show.scope = 'session';
        break;
      case 'storage':
        break;
      default:
        return;
    }
    tokens.advance();
  }
}

/** Subjects of one word that are followed by LIKE or WHERE at most. */
const plain = new Map<string, ShowSubject>([
  ['charset', 'character set'],
  ['collation', 'collation'],
  ['databases', 'databases'],
  ['engines', 'engines'],
  ['plugins', 'plugins'],
  ['privileges', 'privileges'],
  ['processlist', 'processlist'],
  ['profiles', 'profiles'],
  ['replicas', 'replicas'],
  ['schemas', 'databases'],
  ['status', 'status'],
  ['variables', 'variables'],
  ['branches', 'branches'],
]);

function parseSubject(tokens: Tokens, show: Building): void {
  const { word } = tokens;
  const subject = plain.get(word);
  if (subject !== undefined) {
    tokens.advance();
    show.subject = subject;
    parseFilter(tokens, show);
    return;
  }
  tokens.advance();
  switch (word) {
    case 'tables':
    case 'triggers':
    case 'events':
      show.subject = word;
      parseInDatabase(tokens, show);
      return;
    case 'table':
      tokens.expect('status');
      show.subject = 'table status';
      parseInDatabase(tokens, show);
      return;
    case 'open':
      tokens.expect('tables');
      show.subject = 'open tables';
      parseInDatabase(tokens, show);
      return;
    case 'columns':
    case 'fields':
      show.subject = 'columns';
      parseOfTable(tokens, show);
      return;
    case 'index':
    case 'indexes':
    case 'keys':
      show.subject = 'index';
      parseOfTable(tokens, show);
      return;
    case 'create':
      parseShowCreate(tokens, show);
      return;
    case 'procedure':
    case 'function': {
      const what = tokens.expectOne('status', 'code');
      show.subject = `${word} ${what}`;
      if (what === 'code') show.name = parseTableName(tokens);
      parseFilter(tokens, show);
      return;
    }
    case 'character':
    case 'char':
      tokens.expect('set');
      show.subject = 'character set';
      parseFilter(tokens, show);
      return;
    case 'warnings':
    case 'errors':
      show.subject = word;
      if (tokens.at('limit')) show.limit = parseLimit(tokens);
      return;
    case 'count':
      tokens.expectAll('(', '*', ')');
      show.subject = `count ${tokens.expectOne('warnings', 'errors')}`;
      return;
    case 'grants':
      show.subject = 'grants';
      if (tokens.accept('for')) show.account = parseAccount(tokens);
      if (tokens.accept('using')) show.roles = parseRoleNames(tokens);
      return;
    case 'engine': {
      const at = tokens.start;
      show.subject = 'engine';
      show.name = { name: tokens.anyWord(), ...span(tokens, at) };
      tokens.expectOne('status', 'mutex', 'logs');
      return;
    }
    default:
      parseReplicationSubject(tokens, show, word);
      return;
  }
}

function parseReplicationSubject(tokens: Tokens, show: Building, word: string): void {
  switch (word) {
    case 'binary':
      if (tokens.accept('logs')) show.subject = 'binary logs';
      else {
        tokens.expectAll('log', 'status');
        show.subject = 'binary log status';
      }
      return;
    case 'master':
      show.subject = tokens.expectOne('logs', 'status') === 'logs' ? 'binary logs' : 'binary log status';
      return;
    case 'replica':
    case 'slave':
      if (word === 'slave' && tokens.accept('hosts')) {
        show.subject = 'replicas';
        return;
      }
      tokens.expect('status');
      show.subject = 'replica status';
      if (tokens.acceptAll('for', 'channel')) tokens.string();
      return;
    case 'binlog':
    case 'relaylog':
      tokens.expect('events');
      show.subject = `${word} events`;
      if (tokens.accept('in')) tokens.string();
      if (tokens.accept('from')) tokens.integer();
      if (tokens.at('limit')) show.limit = parseLimit(tokens);
      return;
    case 'profile':
      show.subject = 'profile';
      while (tokens.kind === 'word' && !tokens.at('limit')) {
        tokens.advance();
        tokens.accept(',');
      }
      if (tokens.kind === 'number') tokens.integer();
      if (tokens.at('limit')) show.limit = parseLimit(tokens);
      return;
    default:
      throw tokens.errorAt(tokens.text.lastIndexOf(word, tokens.lastEnd));
  }
}

function parseShowCreate(tokens: Tokens, show: Building): void {
  const object = tokens.expectOne(
    'table',
    'view',
    'database',
    'schema',
    'procedure',
    'function',
    'trigger',
    'event',
    'user',
  );
  if (object === 'user') {
    show.subject = 'create user';
    show.account = parseAccount(tokens);
    return;
  }
  show.subject = object === 'schema' ? 'create database' : `create ${object}`;
  show.ifNotExists = tokens.acceptIfNotExists();
  show.name = parseTableName(tokens);
  acceptAsOf(tokens, show);
}

function acceptAsOf(tokens: Tokens, show: Building): void {
  const asOf = parseAsOf(tokens);
  if (asOf !== undefined) show.asOf = asOf;
}

/** [FROM db] [AS OF x] [LIKE | WHERE]. */
function parseInDatabase(tokens: Tokens, show: Building): void {
  if (tokens.acceptOne('from', 'in') !== undefined) show.database = tokens.name();
  acceptAsOf(tokens, show);
  parseFilter(tokens, show);
}

/** FROM t [FROM db] [AS OF x] [LIKE | WHERE]. */
function parseOfTable(tokens: Tokens, show: Building): void {
  tokens.expectOne('from', 'in');
  const name = parseTableName(tokens);
  const database = tokens.acceptOne('from', 'in') === undefined ? undefined : tokens.name();
  show.name = database === undefined ? name : { ...name, database };
  acceptAsOf(tokens, show);
  parseFilter(tokens, show);
}

function parseFilter(tokens: Tokens, show: Building): void {
  if (tokens.accept('like')) show.like = tokens.string();
  else if (tokens.accept('where')) show.where = parseExpression(tokens);
}

/** DESCRIBE of a table, or EXPLAIN of a statement: the three words are one to MySQL. */
export function parseDescribe(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expectOne('describe', 'desc', 'explain');
  if (tokens.atName() && !isExplainWord(tokens)) {
    const table = parseTableName(tokens);
    const asOf = parseAsOf(tokens);
    const like = tokens.kind === 'string' ? tokens.string() : tokens.atName() ? tokens.name() : undefined;
    return {
      kind: 'describe',
      ...span(tokens, start),
      table,
      ...(asOf && { asOf }),
      ...(like !== undefined && { like }),
    };
  }
  let analyze = false;
  let plan = false;
  let format: string | undefined;
  for (;;) {
    if (tokens.accept('analyze')) analyze = true;
    else if (tokens.accept('plan')) plan = true;
    else if (tokens.accept('format')) {
      tokens.expect('=');
      format = tokens.anyWord().toLowerCase();
    } else if (tokens.acceptOne('extended', 'partitions', 'verbose') === undefined) break;
  }
  const statement = tokens.nested(() => parseStatementIn(tokens));
  return {
    kind: 'explain',
    ...span(tokens, start),
    analyze,
    ...(format !== undefined && { format }),
    plan,
    statement,
  };
}

/** Words that are options of EXPLAIN when a statement or another option follows. */
function isExplainWord(tokens: Tokens): boolean {
  switch (tokens.word) {
    case 'format':
      return tokens.nextIs('=');
    case 'plan':
    case 'extended':
    case 'partitions':
    case 'verbose': {
      const code = tokens.codeAfter();
      return !Number.isNaN(code) && code !== 59 /* ; */ && code !== 46 /* . */;
    }
    default:
      return false;
  }
}

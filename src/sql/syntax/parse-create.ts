/** CREATE, ALTER, DROP and RENAME: finds out of what, and leaves the rest to the file of that object. */

import type { DatabaseOptions } from './ast/database-statements.ts';
import type { DropObjectStatement } from './ast/routine-statements.ts';
import type { Statement } from './ast/statement.ts';
import type { DropIndexStatement } from './ast/table-statements.ts';
import { parseCreateUser, parseRenameUser, parseRoleNames } from './parse-account.ts';
import { parseAccount } from './parse-account-name.ts';
import { parseAlterTable } from './parse-alter-table.ts';
import { parseCreateIndex, parseCreateTable } from './parse-create-table.ts';
import {
  parseAlterEvent,
  parseAlterRoutine,
  parseCreateEvent,
  parseCreateRoutine,
  parseCreateTrigger,
} from './parse-routine.ts';
import { skipUnsupported } from './parse-statement.ts';
import { parseTableName } from './parse-table-reference.ts';
import { type CreateModifiers, parseCreateView } from './parse-view.ts';
import { span, type Tokens } from './tokens.ts';

export function parseCreate(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('create');
  const modifiers = parseModifiers(tokens);
  switch (tokens.word) {
    case 'table':
      return parseCreateTable(tokens, start, modifiers.temporary);
    case 'index':
    case 'unique':
    case 'fulltext':
      return parseCreateIndex(tokens, start);
    case 'vector':
      return parseCreateIndex(tokens, start);
    case 'spatial':
      if (tokens.nextIs('index')) return parseCreateIndex(tokens, start);
      return skipUnsupported(tokens, start);
    case 'view':
      return parseCreateView(tokens, start, modifiers, false);
    case 'database':
    case 'schema': {
      tokens.advance();
      const ifNotExists = tokens.acceptIfNotExists();
      const name = tokens.name();
      const options = parseDatabaseOptions(tokens);
      return { kind: 'createDatabase', ...span(tokens, start), ifNotExists, name, options };
    }
    case 'trigger':
      return parseCreateTrigger(tokens, start, modifiers);
    case 'procedure':
    case 'function':
      return parseCreateRoutine(tokens, start, modifiers);
    case 'aggregate':
      tokens.advance();
      return parseCreateRoutine(tokens, start, modifiers);
    case 'event':
      return parseCreateEvent(tokens, start, modifiers);
    case 'user':
      return parseCreateUser(tokens, start, 'createUser');
    case 'role': {
      tokens.advance();
      const ifNotExists = tokens.acceptIfNotExists();
      const accounts = parseRoleNames(tokens);
      return { kind: 'createRole', ...span(tokens, start), ifExists: false, ifNotExists, accounts };
    }
    case 'server':
    case 'tablespace':
    case 'undo':
    case 'logfile':
    case 'resource':
      return skipUnsupported(tokens, start);
    default:
      throw tokens.failure();
  }
}

/** OR REPLACE, TEMPORARY, ALGORITHM, DEFINER, SQL SECURITY: whichever object they turn out to belong to. */
function parseModifiers(tokens: Tokens): CreateModifiers {
  const modifiers: { -readonly [Key in keyof CreateModifiers]: CreateModifiers[Key] } = {
    orReplace: tokens.acceptAll('or', 'replace'),
    temporary: tokens.accept('temporary'),
    definerAt: tokens.start,
  };
  for (;;) {
    if (tokens.accept('algorithm')) {
      tokens.accept('=');
      modifiers.algorithm = tokens.expectOne('undefined', 'merge', 'temptable');
      modifiers.definerAt = tokens.start;
    } else if (tokens.accept('definer')) {
      tokens.expect('=');
      modifiers.definer = parseAccount(tokens);
    } else if (tokens.acceptAll('sql', 'security')) {
      modifiers.security = tokens.expectOne('definer', 'invoker');
    } else return modifiers;
  }
}

function parseDatabaseOptions(tokens: Tokens): DatabaseOptions {
  const options: { -readonly [Key in keyof DatabaseOptions]: DatabaseOptions[Key] } = {};
  for (;;) {
    tokens.accept('default');
    if (tokens.accept('charset') || tokens.acceptAll('character', 'set') || tokens.acceptAll('char', 'set')) {
      tokens.accept('=');
      options.charset = tokens.anyWord().toLowerCase();
    } else if (tokens.accept('collate')) {
      tokens.accept('=');
      options.collation = tokens.anyWord().toLowerCase();
    } else if (tokens.accept('encryption')) {
      tokens.accept('=');
      options.encryption = tokens.string();
    } else if (tokens.acceptAll('read', 'only')) {
      tokens.accept('=');
      options.readOnly = tokens.accept('default') ? false : tokens.integer() === 1;
    } else return options;
  }
}

export function parseAlter(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('alter');
  const modifiers = parseModifiers(tokens);
  if (tokens.sees('ignore', 'table')) tokens.advance();
  switch (tokens.word) {
    case 'table':
      return parseAlterTable(tokens, start);
    case 'view':
      return parseCreateView(tokens, start, modifiers, true);
    case 'database':
    case 'schema': {
      tokens.advance();
      const hasName = tokens.atName() && !tokens.at('charset') && !tokens.at('encryption');
      const name = hasName ? tokens.name() : undefined;
      const options = parseDatabaseOptions(tokens);
      return { kind: 'alterDatabase', ...span(tokens, start), ...(name !== undefined && { name }), options };
    }
    case 'event':
      return parseAlterEvent(tokens, start, modifiers);
    case 'user':
      return parseCreateUser(tokens, start, 'alterUser');
    case 'procedure':
    case 'function':
      return parseAlterRoutine(tokens, start);
    case 'instance':
    case 'server':
    case 'tablespace':
    case 'undo':
    case 'logfile':
    case 'resource':
      return skipUnsupported(tokens, start);
    default:
      throw tokens.failure();
  }
}

export function parseDrop(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('drop');
  const temporary = tokens.accept('temporary');
  switch (tokens.word) {
    case 'table':
    case 'tables': {
      tokens.advance();
      const ifExists = tokens.acceptIfExists();
      const tables = tokens.list(() => parseTableName(tokens));
      tokens.acceptOne('restrict', 'cascade');
      return { kind: 'dropTable', ...span(tokens, start), temporary, ifExists, tables };
    }
    case 'view': {
      tokens.advance();
      const ifExists = tokens.acceptIfExists();
      const views = tokens.list(() => parseTableName(tokens));
      tokens.acceptOne('restrict', 'cascade');
      return { kind: 'dropView', ...span(tokens, start), ifExists, views };
    }
    case 'index':
      return parseDropIndex(tokens, start);
    case 'database':
    case 'schema': {
      tokens.advance();
      const ifExists = tokens.acceptIfExists();
      return { kind: 'dropDatabase', ifExists, name: tokens.name(), ...span(tokens, start) };
    }
    case 'trigger':
    case 'procedure':
    case 'function':
    case 'event':
      return parseDropObject(tokens, start);
    case 'user':
    case 'role': {
      const kind = tokens.expectOne('user', 'role') === 'user' ? 'dropUser' : 'dropRole';
      const ifExists = tokens.acceptIfExists();
      const accounts = parseRoleNames(tokens);
      return { kind, ...span(tokens, start), ifExists, ifNotExists: false, accounts };
    }
    case 'prepare':
      tokens.advance();
      return { kind: 'deallocate', name: tokens.name(), ...span(tokens, start) };
    case 'server':
    case 'tablespace':
    case 'undo':
    case 'logfile':
    case 'resource':
    case 'spatial':
      return skipUnsupported(tokens, start);
    default:
      throw tokens.failure();
  }
}

function parseDropIndex(tokens: Tokens, start: number): DropIndexStatement {
  tokens.expect('index');
  const ifExists = tokens.acceptIfExists();
  const name = tokens.nameAfterDot();
  tokens.expect('on');
  const table = parseTableName(tokens);
  while (tokens.acceptOne('algorithm', 'lock') !== undefined) {
    tokens.accept('=');
    tokens.anyWord();
  }
  return { kind: 'dropIndex', ...span(tokens, start), table, name, ifExists };
}

function parseDropObject(tokens: Tokens, start: number): DropObjectStatement {
  const object = tokens.expectOne('trigger', 'procedure', 'function', 'event');
  const ifExists = tokens.acceptIfExists();
  const name = parseTableName(tokens);
  return { kind: 'dropObject', ...span(tokens, start), object, ifExists, name };
}

export function parseRename(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.expect('rename');
  if (tokens.at('user')) return parseRenameUser(tokens, start);
  tokens.expectOne('table', 'tables');
  const renames = tokens.list(() => {
    const from = parseTableName(tokens);
    tokens.expect('to');
    return { from, to: parseTableName(tokens) };
  });
  return { kind: 'renameTable', ...span(tokens, start), renames };
}

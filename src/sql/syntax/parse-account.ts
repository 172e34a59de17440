/** Users, roles, privileges. */

import type {
  CreateUserStatement,
  GrantStatement,
  GrantTarget,
  Privilege,
  RenameUserStatement,
  SetRoleStatement,
  UserSpecification,
} from './ast/account-statements.ts';
import type { Account } from './ast/node.ts';
import { parseAccount } from './parse-account-name.ts';
import { span, type Tokens } from './tokens.ts';

/** From USER on. */
export function parseCreateUser(tokens: Tokens, start: number, kind: 'createUser' | 'alterUser'): CreateUserStatement {
  tokens.expect('user');
  const ifNotExists = tokens.acceptIfNotExists();
  const ifExists = tokens.acceptIfExists();
  const users = tokens.list(() => parseUserSpecification(tokens));
  const defaultRoles = tokens.acceptAll('default', 'role') ? parseDefaultRoles(tokens) : undefined;
  const options = parseUserOptions(tokens);
  return {
    kind,
    ...span(tokens, start),
    ifExists,
    ifNotExists,
    users,
    ...(defaultRoles && { defaultRoles }),
    options,
  };
}

function parseDefaultRoles(tokens: Tokens): NonNullable<CreateUserStatement['defaultRoles']> {
  const type = tokens.acceptOne('none', 'all') as 'none' | 'all' | undefined;
  return type === undefined ? { type: 'list', roles: parseRoleNames(tokens) } : { type, roles: [] };
}

function parseUserSpecification(tokens: Tokens): UserSpecification {
  const { start } = tokens;
  const account = parseAccount(tokens);
  const secret = tokens.accept('identified') ? parseIdentified(tokens) : {};
  return { account, ...secret, ...span(tokens, start) };
}

type Secret = Pick<UserSpecification, 'plugin' | 'password' | 'hasRandomPassword' | 'authentication'>;

/** From after IDENTIFIED on. */
function parseIdentified(tokens: Tokens): Secret {
  if (!tokens.accept('with')) {
    tokens.expect('by');
    return parsePassword(tokens);
  }
  const plugin = tokens.nameOrString();
  if (tokens.accept('by')) return { plugin, ...parsePassword(tokens) };
  return tokens.accept('as') ? { plugin, authentication: tokens.string() } : { plugin };
}

function parsePassword(tokens: Tokens): Secret {
  if (tokens.acceptAll('random', 'password')) return { hasRandomPassword: true };
  // The form of old, which gives the hash.
  if (tokens.accept('password')) return { authentication: tokens.string() };
  const password = tokens.string();
  if (tokens.accept('replace')) tokens.string();
  tokens.acceptAll('retain', 'current', 'password');
  return { password };
}

/** REQUIRE, WITH, PASSWORD, ACCOUNT, COMMENT, ATTRIBUTE: the words as written. */
function parseUserOptions(tokens: Tokens): readonly string[] {
  const options: string[] = [];
  while (tokens.kind !== 'end' && !tokens.at(';')) {
    options.push(tokens.source());
    tokens.advance();
  }
  return options;
}

export function parseRoleNames(tokens: Tokens): readonly Account[] {
  return tokens.list(() => parseAccount(tokens));
}

/** From USER on. */
export function parseRenameUser(tokens: Tokens, start: number): RenameUserStatement {
  tokens.expect('user');
  const renames = tokens.list(() => {
    const from = parseAccount(tokens);
    tokens.expect('to');
    return { from, to: parseAccount(tokens) };
  });
  return { kind: 'renameUser', ...span(tokens, start), renames };
}

export function parseGrant(tokens: Tokens): GrantStatement {
  const { start } = tokens;
  const kind = tokens.expectOne('grant', 'revoke');
  const ifExists = tokens.acceptIfExists();
  const common = { kind, ifExists, ignoreUnknown: false } as const;
  const direction = kind === 'grant' ? 'to' : 'from';
  if (tokens.sees('proxy', 'on')) {
    tokens.expectAll('proxy', 'on');
    const proxy = parseAccount(tokens);
    tokens.expect(direction);
    const accounts = parseRoleNames(tokens);
    const withGrant = parseGrantOption(tokens);
    return { ...common, privileges: [], roles: [], proxy, accounts, withGrant, ...span(tokens, start) };
  }
  if (!hasTarget(tokens, direction)) {
    const roles = parseRoleNames(tokens);
    tokens.expect(direction);
    const accounts = parseRoleNames(tokens);
    const ignoreUnknown = tokens.acceptAll('ignore', 'unknown', 'user');
    const withGrant = parseGrantOption(tokens);
    return { ...common, ignoreUnknown, privileges: [], roles, accounts, withGrant, ...span(tokens, start) };
  }
  const privileges = tokens.list(() => parsePrivilege(tokens));
  // REVOKE ALL PRIVILEGES, GRANT OPTION FROM … means everything everywhere.
  const on = tokens.accept('on') ? parseGrantTarget(tokens) : ({ type: 'any', database: '*', name: '*' } as const);
  tokens.expect(direction);
  const accounts = parseRoleNames(tokens);
  const ignoreUnknown = tokens.acceptAll('ignore', 'unknown', 'user');
  const withGrant = parseGrantOption(tokens);
  return { ...common, ignoreUnknown, privileges, on, roles: [], accounts, withGrant, ...span(tokens, start) };
}

/** Whether privileges are meant, not roles: ON comes before TO or FROM, or everything is named. */
function hasTarget(tokens: Tokens, direction: string): boolean {
  if (tokens.at('all')) return true;
  const mark = tokens.mark();
  let isTarget = false;
  while (tokens.kind !== 'end' && !tokens.at(direction) && !tokens.at(';')) {
    if (tokens.at('on')) {
      isTarget = true;
      break;
    }
    tokens.advance();
  }
  tokens.reset(mark);
  return isTarget;
}

function parsePrivilege(tokens: Tokens): Privilege {
  const words = [tokens.anyWord().toLowerCase()];
  while (tokens.kind === 'word' && !tokens.at('on') && !tokens.at('to') && !tokens.at('from')) {
    words.push(tokens.anyWord().toLowerCase());
  }
  const columns = tokens.at('(') ? tokens.nameList() : [];
  const name = words.join(' ');
  return { name: name === 'all privileges' ? 'all' : name, columns };
}

function parseGrantTarget(tokens: Tokens): GrantTarget {
  const type = tokens.acceptOne('table', 'procedure', 'function') ?? 'any';
  const first = parseStarOrName(tokens);
  if (!tokens.accept('.')) return { type, name: first };
  return { type, database: first, name: parseStarOrName(tokens) };
}

function parseStarOrName(tokens: Tokens): string {
  return tokens.accept('*') ? '*' : tokens.nameAfterDot();
}

function parseGrantOption(tokens: Tokens): boolean {
  if (tokens.acceptAll('with', 'grant', 'option')) return true;
  return tokens.acceptAll('with', 'admin', 'option');
}

/** SET ROLE …, SET DEFAULT ROLE … TO …; from after SET on. */
export function parseSetRole(tokens: Tokens, start: number): SetRoleStatement {
  const kind = tokens.accept('default') ? 'setDefaultRole' : 'setRole';
  tokens.expect('role');
  let type: SetRoleStatement['type'] = 'list';
  if (tokens.accept('none')) type = 'none';
  else if (tokens.accept('default')) type = 'default';
  else if (tokens.accept('all')) type = tokens.accept('except') ? 'all except' : 'all';
  const roles = type === 'list' || type === 'all except' ? parseRoleNames(tokens) : [];
  let accounts: readonly Account[] = [];
  if (kind === 'setDefaultRole') {
    tokens.expect('to');
    accounts = parseRoleNames(tokens);
  }
  return { kind, ...span(tokens, start), type, roles, accounts };
}

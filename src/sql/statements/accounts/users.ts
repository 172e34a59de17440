/** CREATE, ALTER, DROP and RENAME USER, SET PASSWORD. Of a statement about several users all happens, or nothing. */
import type { Steps } from '../../../repo/steps.ts';
import {
  type Account,
  AUTHENTICATION_PLUGINS,
  type AuthenticationPlugin,
  DEFAULT_PLUGIN,
} from '../../accounts/account.ts';
import { type AccountBook, type AccountsDraft, newAccount } from '../../accounts/account-book.ts';
import {
  malformedHash,
  operationFailed,
  roleNotGranted,
  unknownAuthorization,
  unknownPlugin,
} from '../../accounts/account-errors.ts';
import { grantedRoles } from '../../accounts/mandatory-roles.ts';
import type { Passwords } from '../../accounts/passwords.ts';
import type { Session } from '../../session/session.ts';
import { ok, type StatementResult } from '../../session/statement-result.ts';
import type {
  AccountsStatement,
  CreateUserStatement,
  RenameUserStatement,
  UserSpecification,
} from '../../syntax/ast/account-statements.ts';
import type { SetPasswordStatement } from '../../syntax/ast/session-statements.ts';
import { type AccountName, accountText, sameAccount } from '../../types/account-name.ts';
import { notSupported } from '../../types/sql-error.ts';
import type { RunStatement } from '../scene.ts';
import {
  accountBook,
  assertMayChange,
  assertMayManage,
  assertNotMandatory,
  isSelf,
  mandatoryRolesOf,
  nameOf,
  nowSeconds,
  selfOf,
} from './account-scene.ts';
import { accountChange } from './user-options.ts';

export const runCreateUser: RunStatement<CreateUserStatement> = function* (statement, scene) {
  const { session } = scene;
  const book = yield* accountBook(scene);
  return statement.kind === 'createUser' ? create(statement, book, session) : alter(statement, book, session);
};

function create(statement: CreateUserStatement, book: AccountBook, session: Session): StatementResult {
  const { users, ifNotExists, defaultRoles, options } = statement;
  assertMayManage(session);
  if (defaultRoles !== undefined && defaultRoles.type !== 'list') throw notSupported('DEFAULT ROLE ALL in CREATE USER');
  const change = accountChange(options, session);
  const roles = defaultRoles?.roles.map((role) => nameOf(role, session));
  book.edit((draft) => {
    for (const role of roles ?? []) if (draft.get(role) === undefined) throw unknownAuthorization(role);
    const taken: AccountName[] = [];
    for (const specification of users) {
      const name = nameOf(specification.account, session);
      if ((draft.get(name) ?? book.get(name)) !== undefined) {
        taken.push(name);
        continue;
      }
      const account = { ...newAccount(name, nowSeconds(session)), ...change, defaultRoles: roles };
      draft.put(withSecret(account, specification, book.passwords, session));
      for (const role of roles ?? []) draft.connect({ role, to: name, withAdmin: false });
    }
    refuseOrNote('CREATE USER', taken, ifNotExists, session);
  });
  return ok();
}

function alter(statement: CreateUserStatement, book: AccountBook, session: Session): StatementResult {
  const { users, ifExists, defaultRoles, options } = statement;
  const onlySecrets = options.length === 0 && defaultRoles === undefined;
  const change = accountChange(options, session);
  book.edit((draft) => {
    const missing: AccountName[] = [];
    for (const specification of users) {
      const name = nameOf(specification.account, session);
      if (!onlySecrets || !isSelf(name, session)) assertMayManage(session);
      const account = draft.get(name);
      if (account === undefined) {
        missing.push(name);
        continue;
      }
      if (!isSelf(name, session)) assertMayChange(account, session);
      draft.put(withSecret({ ...account, ...change }, specification, book.passwords, session));
      if (defaultRoles !== undefined) {
        const roles = defaultRoles.roles.map((role) => nameOf(role, session));
        setDefaultRoles(draft, name, defaultRoles.type, roles, mandatoryRolesOf(session));
      }
    }
    refuseOrNote('ALTER USER', missing, ifExists, session);
  });
  return ok();
}

/** Throws 3530 for roles that were not granted. */
export function setDefaultRoles(
  draft: AccountsDraft,
  name: AccountName,
  type: 'none' | 'all' | 'list',
  roles: readonly AccountName[],
  mandatory: readonly AccountName[],
): void {
  const granted = grantedRoles(draft, name, mandatory);
  const other = roles.find((role) => !granted.some((each) => sameAccount(each, role)));
  if (other !== undefined) throw roleNotGranted(other, name);
  draft.put({ ...draft.get(name)!, defaultRoles: type === 'all' ? granted : roles });
}

/** IF EXISTS and IF NOT EXISTS turn the error into a note. */
function refuseOrNote(operation: string, names: readonly AccountName[], isNote: boolean, session: Session): void {
  if (names.length === 0) return;
  if (!isNote) throw operationFailed(operation, names);
  const [code, fact] = operation.startsWith('CREATE') ? [3163, 'already exists'] : [3162, 'does not exist'];
  for (const name of names) {
    session.warn({ level: 'Note', code, message: `Authorization ID ${accountText(name, "'")} ${fact}.` });
  }
}

/** The account with what IDENTIFIED says. */
function withSecret(
  account: Account,
  { plugin: written, password, authentication, hasRandomPassword }: UserSpecification,
  passwords: Passwords,
  session: Session,
): Account {
  if (hasRandomPassword) throw notSupported('IDENTIFIED BY RANDOM PASSWORD');
  if (written === undefined && password === undefined && authentication === undefined) return account;
  const plugin = pluginNamed(written ?? account.plugin);
  if (authentication !== undefined && authentication !== '' && !passwords.isHash(plugin, authentication)) {
    throw malformedHash();
  }
  return {
    ...account,
    plugin,
    authentication: authentication ?? passwords.hash(plugin, password ?? ''),
    passwordChangedSeconds: nowSeconds(session),
  };
}

function pluginNamed(name: string): AuthenticationPlugin {
  const found = AUTHENTICATION_PLUGINS.find((plugin) => plugin === name.toLowerCase());
  if (found === undefined) throw unknownPlugin(name);
  return found;
}

export const runSetPassword: RunStatement<SetPasswordStatement> = function* ({ account, password }, scene) {
  const { session } = scene;
  const book = yield* accountBook(scene);
  if (password === undefined) throw notSupported('SET PASSWORD TO RANDOM');
  const name = account === undefined ? selfOf(session) : nameOf(account, session);
  if (!isSelf(name, session)) assertMayManage(session);
  book.edit((draft) => {
    const found = draft.get(name);
    if (found === undefined) throw operationFailed('SET PASSWORD', [name]);
    if (!isSelf(name, session)) assertMayChange(found, session);
    const plugin = AUTHENTICATION_PLUGINS.find((each) => each === found.plugin) ?? DEFAULT_PLUGIN;
    const authentication = book.passwords.hash(plugin, password);
    draft.put({ ...found, plugin, authentication, passwordChangedSeconds: nowSeconds(session) });
  });
  return ok();
};

export const runDropUser: RunStatement<AccountsStatement> = function* (statement, scene) {
  assertMayManage(scene.session);
  return yield* dropAccounts('DROP USER', statement, scene);
};

export function* dropAccounts(
  operation: string,
  { accounts, ifExists }: AccountsStatement,
  scene: Parameters<RunStatement<AccountsStatement>>[1],
): Steps<StatementResult> {
  const { session } = scene;
  const book = yield* accountBook(scene);
  book.edit((draft) => {
    const missing: AccountName[] = [];
    for (const syntax of accounts) {
      const name = nameOf(syntax, session);
      const account = draft.get(name);
      if (account === undefined) missing.push(name);
      assertMayChange(account, session);
      assertNotMandatory(name, session);
      draft.remove(name);
    }
    refuseOrNote(operation, missing, ifExists, session);
  });
  return ok();
}

export const runRenameUser: RunStatement<RenameUserStatement> = function* ({ renames }, scene) {
  const { session } = scene;
  assertMayManage(session);
  const book = yield* accountBook(scene);
  book.edit((draft) => {
    for (const rename of renames) {
      const [from, to] = [nameOf(rename.from, session), nameOf(rename.to, session)];
      const account = draft.get(from);
      if (account === undefined || draft.get(to) !== undefined) throw operationFailed('RENAME USER', [from]);
      assertMayChange(account, session);
      draft.rename(from, to);
    }
  });
  return ok();
};

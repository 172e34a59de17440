/** SHOW GRANTS and SHOW CREATE USER: of oneself, or of others where the accounts may be read. */
import type { Steps } from '../../../repo/steps.ts';
import type { Account } from '../../accounts/account.ts';
import type { AccountBook } from '../../accounts/account-book.ts';
import { databaseDenied, noSuchGrant, operationFailed, roleNotGranted } from '../../accounts/account-errors.ts';
import { createUserText, edgesTo, grantLines, unionOf } from '../../accounts/grant-text.ts';
import { mandatoryEdges } from '../../accounts/mandatory-roles.ts';
import { GLOBAL_PRIVILEGES } from '../../accounts/privilege.ts';
import { EMPTY_SET } from '../../accounts/privilege-set.ts';
import type { Session } from '../../session/session.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { accountText, sameAccount } from '../../types/account-name.ts';
import type { StatementScene } from '../scene.ts';
import { accountBook, isSelf, mandatoryRolesOf, nameOf, ownsAccounts, selfOf } from './account-scene.ts';

/** One column of texts. */
export interface ShownAccounts {
  readonly title: string;
  readonly rows: readonly string[];
}

export function* showGrants({ account: syntax, roles }: ShowStatement, scene: StatementScene): Steps<ShownAccounts> {
  const { session } = scene;
  const name = syntax === undefined ? selfOf(session) : nameOf(syntax, session);
  const title = `Grants for ${accountText(name)}`;
  if (session.access === undefined && isSelf(name, session)) {
    // The command line, which is no account.
    return { title, rows: grantLines(name, { ...EMPTY_SET, global: GLOBAL_PRIVILEGES }, []) };
  }
  assertMayLook(name, session);
  const book = yield* accountBook(scene);
  const account = book.get(name);
  if (account === undefined) throw noSuchGrant(name);
  const edges = [...edgesTo(name, book.snapshot.edges), ...mandatoryEdges(book, name, mandatoryRolesOf(session))];
  const using = roles.map((role) => nameOf(role, session));
  const other = using.find((role) => !edges.some((edge) => sameAccount(edge.role, role)));
  if (other !== undefined) throw roleNotGranted(other, name);
  const sets = [account, ...membersOf(using, book)].map(({ privileges }) => privileges);
  const set = sets.length === 1 ? account.privileges : unionOf(sets);
  return { title, rows: grantLines(name, set, edges) };
}

function membersOf(roles: Parameters<AccountBook['withInherited']>[0], book: AccountBook): Account[] {
  return book.withInherited(roles).flatMap((role) => book.get(role) ?? []);
}

export function* showCreateUser({ account: syntax }: ShowStatement, scene: StatementScene): Steps<ShownAccounts> {
  const { session } = scene;
  const name = nameOf(syntax!, session);
  assertMayLook(name, session);
  const account = (yield* accountBook(scene)).get(name);
  if (account === undefined) throw operationFailed('SHOW CREATE USER', [name]);
  return { title: `CREATE USER for ${accountText(name)}`, rows: [createUserText(account)] };
}

/** Throws 1044. */
function assertMayLook(name: ReturnType<typeof selfOf>, session: Session): void {
  if (isSelf(name, session) || ownsAccounts('select', session)) return;
  throw databaseDenied(selfOf(session), 'mysql');
}

/**
 * The definers of what is created. A text is stored as it was written, as the original stores it; one of root@localhost names
 * no definer then. Of any other account that creates something, DEFINER is written into the text.
 */

import { LOCAL_USER } from '../accounts/account.ts';
import { noSuchDefiner } from '../accounts/account-errors.ts';
import { Privilege } from '../accounts/privilege.ts';
import { definerOf, UNNAMED_DEFINER } from '../catalog/program-texts.ts';
import type { Session } from '../session/session.ts';
import type { Account } from '../syntax/ast/node.ts';
import type { CreateRoutineStatement, CreateTriggerStatement } from '../syntax/ast/routine-statements.ts';
import type { CreateViewStatement } from '../syntax/ast/view-statements.ts';
import { codeMarksAround } from '../syntax/code-marks.ts';
import { type AccountName, accountText, sameAccount } from '../types/account-name.ts';
import type { StatementScene } from './scene.ts';

/** The text to store. `kept`: the definer of what is replaced, where the statement names none. Throws 1227. */
export function definedText(
  { definer, definerAt, start, end }: CreateViewStatement | CreateTriggerStatement | CreateRoutineStatement,
  { script, session }: StatementScene,
  kept: AccountName = currentAccount(session),
): string {
  const written = definerOf(definer);
  const account = written ?? kept;
  assertMayDefineFor(account, session);
  const isAsWritten = written !== undefined || (definer === undefined && sameAccount(account, UNNAMED_DEFINER));
  const { open, close } = codeMarksAround(script, start, end);
  if (isAsWritten) return open + script.slice(start, end) + close;
  const [from, to] = definer === undefined ? [definerAt, definerAt] : [definer.start, definer.end];
  const text = accountText(account, '`');
  const clause = definer === undefined ? `DEFINER=${text} ` : text;
  return open + script.slice(start, from) + clause + script.slice(to, end) + close;
}

/** The definer that a statement names, or whoever runs it. Throws 1227. */
export function namedDefiner(definer: Account | undefined, session: Session): AccountName {
  const account = definerOf(definer) ?? currentAccount(session);
  assertMayDefineFor(account, session);
  return account;
}

/** The account of the command line is gone when the server ends: what it creates is as if it had been created without one. */
function currentAccount({ access, currentUser }: Session): AccountName {
  if (access !== undefined) return access.account.user === LOCAL_USER ? UNNAMED_DEFINER : access.account;
  const at = currentUser.lastIndexOf('@');
  return { user: currentUser.slice(0, at), host: currentUser.slice(at + 1) };
}

/** Others are named by whoever may; one that is not there is told of. */
function assertMayDefineFor(account: AccountName, session: Session): void {
  const { access } = session;
  if (access === undefined || sameAccount(account, currentAccount(session))) return;
  access.assertOneOf('SUPER or SET_USER_ID', Privilege.super, ['set_user_id']);
  if (access.book.get(account) !== undefined) return;
  const { errno, message } = noSuchDefiner(account);
  session.warn({ level: 'Note', code: errno, message });
}

/** The variable `mandatory_roles`: roles that every account has as if they had been granted to it. */

import { type AccountName, sameAccount } from '../types/account-name.ts';
import type { RoleEdge } from './account.ts';
import type { AccountBook } from './account-book.ts';

type Accounts = Pick<AccountBook, 'get' | 'rolesOf'>;

/** A name, quoted or bare, with a host perhaps, and what separates it from the next. */
const ROLE =
  /\s*(?:'([^']+)'|"([^"]+)"|`([^`]+)`|([^\s,@'"`]+))(?:@(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([^\s,'"`]+)))?\s*(,|$)/y;

/** The names in the text; undefined where it is no list of roles. */
export function parseMandatoryRoles(text: string): readonly AccountName[] | undefined {
  const names: AccountName[] = [];
  if (text.trim() === '') return names;
  ROLE.lastIndex = 0;
  for (;;) {
    const match = ROLE.exec(text);
    if (match === null) return undefined;
    const [user = '', host = '%'] = [match.slice(1, 5), match.slice(5, 9)].map((forms) =>
      forms.find((form) => form !== undefined),
    );
    names.push({ user, host: host.toLowerCase() });
    if (match[9] === '') return names;
  }
}

let last: { readonly text: string; readonly names: readonly AccountName[] } = { text: '', names: [] };

/** Of the variable's text, which was checked when it was set. */
export function mandatoryRoles(text: string): readonly AccountName[] {
  if (last.text !== text) last = { text, names: parseMandatoryRoles(text) ?? [] };
  return last.names;
}

/** Grants of mandatory roles to an account that nobody made; of roles that there are. */
export function mandatoryEdges(book: Accounts, account: AccountName, mandatory: readonly AccountName[]): RoleEdge[] {
  const others = [account, ...book.rolesOf(account)];
  return mandatory
    .filter((role) => book.get(role) !== undefined && !others.some((each) => sameAccount(each, role)))
    .map((role) => ({ role, to: account, withAdmin: false }));
}

/** The roles that an account may activate. */
export function grantedRoles(
  book: Accounts,
  account: AccountName,
  mandatory: readonly AccountName[],
): readonly AccountName[] {
  return [...book.rolesOf(account), ...mandatoryEdges(book, account, mandatory).map(({ role }) => role)];
}

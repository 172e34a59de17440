/** What branch permissions refuse, in the original's words. */
import type { RulePatterns } from '../../../serial/branch-control.ts';
import type { AccountName } from '../../types/account-name.ts';
import { SqlError } from '../../types/sql-error.ts';

const who = ({ user, host }: AccountName): string => `\`${user}\`@\`${host}\``;
const quoted = (text: string): string => JSON.stringify(text);
const patterns = ({ database, branch, user, host }: RulePatterns): string =>
  [database, branch, user, host].map(quoted).join(', ');

const refused = (message: string): SqlError => new SqlError(1105, 'HY000', message, 'denied');

export const branchDenied = (account: AccountName, branch: string) =>
  refused(`${who(account)} does not have the correct permissions on branch \`${branch}\``);
export const branchNameDenied = (account: AccountName, branch: string) =>
  refused(`${who(account)} cannot create a branch named \`${branch}\``);
export const branchDeletionDenied = (account: AccountName, branch: string) =>
  refused(`${who(account)} cannot delete the branch \`${branch}\``);

/** `permissions` of a rule that has some. */
export const ruleInsertionDenied = (account: AccountName, rule: RulePatterns, permissions: string | undefined) =>
  refused(`${who(account)} cannot add the row ${ruleText(rule, permissions)}`);
export const ruleUpdateDenied = (account: AccountName, rule: RulePatterns) =>
  refused(`${who(account)} cannot update the row [${patterns(rule)}]`);
export const ruleMoveDenied = (account: AccountName, rule: RulePatterns, { database, branch }: RulePatterns) =>
  refused(
    `${who(account)} cannot update the row [${patterns(rule)}] to the new branch expression [${quoted(database)}, ${quoted(branch)}]`,
  );
export const ruleDeletionDenied = (account: AccountName, rule: RulePatterns) =>
  refused(`${who(account)} cannot delete the row [${patterns(rule)}]`);

export const patternsTooLong = (rule: RulePatterns) =>
  new SqlError(1105, 'HY000', `expressions are too long [${patterns(rule)}]`);
/** There is such a rule, or one that says the same of more. */
export const duplicateRule = (rule: RulePatterns, permissions: string | undefined) =>
  new SqlError(1062, '23000', `duplicate primary key given: ${ruleText(rule, permissions)}`, 'conflict');

const ruleText = (rule: RulePatterns, permissions: string | undefined): string =>
  `[${patterns(rule)}${permissions === undefined ? '' : `, ${quoted(permissions)}`}]`;

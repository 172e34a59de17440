/** What SHOW and information_schema print of stored programs alike. */

import type { Account } from '../syntax/ast/node.ts';
import { withoutCodeMarks } from '../syntax/code-marks.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { type AccountName, accountText } from '../types/account-name.ts';
import type { StoredRoutine, StoredTrigger } from './stored-programs.ts';
import type { StoredView } from './views.ts';

/** Whose programs are that are stored without a definer. */
export const UNNAMED_DEFINER: AccountName = { user: 'root', host: 'localhost' };

/** Undefined where none is written. */
export function definerOf(definer: Account | undefined): AccountName | undefined {
  if (definer?.user === undefined) return undefined;
  return { user: definer.user, host: definer.host?.toLowerCase() ?? '%' };
}

export function definerText(definer: AccountName | undefined): string {
  return accountText(definer ?? UNNAMED_DEFINER);
}

/** Of rights nothing is said where nothing of them is stored, as in the original. */
export function viewText({ name, columns, body, definer, security = 'definer' }: StoredView): string {
  const list = columns === undefined ? '' : ` (${columns.map(quoteName).join(',')})`;
  const account = accountText(definer ?? UNNAMED_DEFINER, '`');
  const isSaid = definer !== undefined || security === 'invoker';
  const rights = isSaid ? `ALGORITHM=UNDEFINED DEFINER=${account} SQL SECURITY ${security.toUpperCase()} ` : '';
  return `CREATE ${rights}VIEW ${quoteName(name)}${list} AS ${body}`;
}

export function bodyText({ statement, script }: StoredRoutine | StoredTrigger): string {
  return script.slice(statement.body.start, statement.body.end);
}

/** Without FOLLOWS and PRECEDES, as in MySQL: a dump writes triggers in their order; and without marks of code. */
export function triggerText({ statement: { start, end, order, body }, script }: StoredTrigger): string {
  const text =
    order === undefined ? script.slice(start, end) : script.slice(start, order.start) + script.slice(body.start, end);
  return withoutCodeMarks(text);
}

/** Place of a trigger among those of its table, time and event, from 1. */
export function actionOrder(trigger: StoredTrigger, all: readonly StoredTrigger[]): number {
  const { table, time, event } = trigger.statement;
  const alike = all.filter(({ statement }) => {
    return statement.table.name === table.name && statement.time === time && statement.event === event;
  });
  return alike.indexOf(trigger) + 1;
}

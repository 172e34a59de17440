/** What SHOW and information_schema print of stored programs alike. */
import type { Account } from '../syntax/statement.ts';
import type { StoredRoutine, StoredTrigger } from './stored-programs.ts';

/** What programs that are stored without a definer are shown with. */
const NO_DEFINER = 'root@localhost';

export function definerText(definer: Account | undefined): string {
  return definer?.user === undefined ? NO_DEFINER : `${definer.user}@${definer.host ?? '%'}`;
}

export function bodyText({ statement, script }: StoredRoutine | StoredTrigger): string {
  return script.slice(statement.body.start, statement.body.end);
}

/** Without FOLLOWS and PRECEDES, as in MySQL: a dump writes triggers in the order in which they run. */
export function triggerText({ statement: { start, end, order, body }, script }: StoredTrigger): string {
  if (order === undefined) return script.slice(start, end);
  return script.slice(start, order.start) + script.slice(body.start, end);
}

/** Place of a trigger among those of its table, time and event, from 1. */
export function actionOrder(trigger: StoredTrigger, all: readonly StoredTrigger[]): number {
  const { table, time, event } = trigger.statement;
  const alike = all.filter(({ statement }) => {
    return statement.table.name === table.name && statement.time === time && statement.event === event;
  });
  return alike.indexOf(trigger) + 1;
}

/**
 * `automatic_sp_privileges`: who makes a routine may run, change and drop it, and what was granted on a routine goes when it
 * is dropped, so that another one of its name starts without.
 */
import type { Steps } from '../../../repo/steps.ts';
import { Privilege } from '../../accounts/privilege.ts';
import { type PrivilegeLevel, privilegesOn, withPrivileges } from '../../accounts/privilege-set.ts';
import type { Session } from '../../session/session.ts';
import { accountBook } from '../accounts/account-scene.ts';
import type { StatementScene } from '../scene.ts';

type RoutineLevel = Extract<PrivilegeLevel, { kind: 'routine' }>;

const OF_CREATOR = Privilege.execute | Privilege.alterRoutine;

const isAutomatic = ({ engine }: Session): boolean => engine.globals.text('automatic_sp_privileges') === 'ON';

/** Nothing to do where the account has those privileges already. */
export function grantToCreator(level: RoutineLevel, session: Session): void {
  const { access } = session;
  if (access === undefined || !isAutomatic(session)) return;
  const held = access.privileges.routine(level.database, level.routine, level.isProcedure);
  if ((OF_CREATOR & ~held) === 0) return;
  access.book.edit((draft) => {
    const account = draft.get(access.account);
    if (account === undefined) return;
    draft.put({ ...account, privileges: withPrivileges(account.privileges, level, (now) => now | OF_CREATOR) });
  });
}

export function* revokeFromAll(level: RoutineLevel, scene: StatementScene): Steps<void> {
  const { session } = scene;
  if (session.engine.accounts === undefined || !isAutomatic(session)) return;
  const book = yield* accountBook(scene);
  const holders = [...book.snapshot.accounts.values()].filter(
    ({ privileges }) => privilegesOn(privileges, level) !== 0,
  );
  if (holders.length === 0) return;
  book.edit((draft) => {
    for (const holder of holders) {
      draft.put({ ...holder, privileges: withPrivileges(holder.privileges, level, () => 0) });
    }
  });
}

/**
 * CALL dolt_promote(remote [, '--join']): this server becomes a primary of the remote; column `status`.
 * CALL dolt_promote('--from-backup', backup [, remote]): it does without asking the remote, with what a backup holds.
 */
import { type Procedure, textArguments } from './procedure.ts';
import { changeRole } from './role-change.ts';

export const procedure: Procedure = {
  *call(call) {
    if (textArguments(call).includes('--from-backup')) {
      return yield* changeRole(call, ['--from-backup'], {
        names: ['the name or URL of one backup is needed, and at most the name of one remote', 1, 2],
        change: (failover, [backup = '', remote]) => failover.recover(backup, remote),
      });
    }
    return yield* changeRole(call, ['--join'], {
      names: ['the name of one remote is needed', 1, 1],
      change: (failover, [remote = ''], given) => failover.promote(remote, { join: given.has('--join') }),
    });
  },
};

/** CALL dolt_promote(remote [, '--join']): this server becomes a primary of the remote; column `status`. */
import { notSupported } from '../../types/sql-error.ts';
import { type Procedure, textArguments } from './procedure.ts';
import { changeRole } from './role-change.ts';

export const procedure: Procedure = {
  *call(call) {
    if (textArguments(call).includes('--from-backup')) {
      throw notSupported("dolt_promote('--from-backup'): restore the backup as the remote, then promote");
    }
    return yield* changeRole(call, ['--join'], (failover, remote, given) =>
      failover.promote(remote, { join: given.has('--join') }),
    );
  },
};

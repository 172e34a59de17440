/** CALL dolt_demote(remote): this server becomes a replica of the remote; column `status`. */
import type { Procedure } from './procedure.ts';
import { changeRole } from './role-change.ts';

export const procedure: Procedure = {
  *call(call) {
    return yield* changeRole(call, [], {
      names: ['the name of one remote is needed', 1, 1],
      change: (failover, [remote = '']) => failover.demote(remote),
    });
  },
};

/** CALL dolt_commit_hash_out(@hash, …): as dolt_commit; the variable gets the new commit, or '' where there is none. */
import { textValue } from '../../session/text-value.ts';
import { argumentCount } from '../../statements/routines/routine-errors.ts';
import { commitOf, hashRow } from './commit.ts';
import type { Procedure } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const [, ...args] = call.args;
    if (call.args.length === 0) throw argumentCount('PROCEDURE', 'dolt_commit_hash_out', 1, 0);
    const made = yield* commitOf({ ...call, args });
    call.setOut(0, 'hash', textValue(made ?? ''));
    return hashRow(made);
  },
};

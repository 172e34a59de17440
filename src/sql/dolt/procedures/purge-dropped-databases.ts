/** CALL dolt_purge_dropped_databases(): what was dropped is gone for good; column `status`. */
import { notSupported, SqlError } from '../../types/sql-error.ts';
import { type Procedure, success } from './procedure.ts';

export const procedure: Procedure = {
  // biome-ignore lint/correctness/useYield: it never waits
  *call({ session, args }) {
    const { databases } = session.engine;
    if (databases.purgeDropped === undefined) throw notSupported('dolt_purge_dropped_databases here');
    if (args.length > 0) throw new SqlError(1105, 'HY000', 'dolt_purge_dropped_databases does not take any arguments');
    session.assertServerWritable();
    databases.purgeDropped();
    return success();
  },
};

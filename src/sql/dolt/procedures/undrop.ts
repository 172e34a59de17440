/** CALL dolt_undrop(name): a database that was dropped is there again; column `status`. */
import { notSupported, SqlError } from '../../types/sql-error.ts';
import { type Procedure, success, textArguments } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { session } = call;
    const { databases } = session.engine;
    if (databases.undrop === undefined) throw notSupported('dolt_undrop here');
    const [name, ...more] = textArguments(call);
    if (more.length > 0) {
      const message =
        'dolt_undrop called with too many arguments: dolt_undrop only accepts one argument - the name of the dropped database to restore';
      throw new SqlError(1105, 'HY000', message);
    }
    session.assertServerWritable();
    const warnings = yield* databases.undrop(name);
    for (const message of warnings) session.warn({ level: 'Warning', code: 1105, message });
    return success();
  },
};

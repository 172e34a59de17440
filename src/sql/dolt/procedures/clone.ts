/** CALL dolt_clone(url [, name]): a new database beside the others; column `status`. */
import { generationsOf, parseArguments } from '../../../verbs/arguments.ts';
import { clone } from '../../../verbs/clone.ts';
import { databaseExists, notSupported, SqlError } from '../../types/sql-error.ts';
import { type Procedure, success, textArguments } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { databases } = call.session.engine;
    if (databases.clone === undefined) throw notSupported('dolt_clone here');
    const parsed = parseArguments(clone, textArguments(call));
    const [given, into] = parsed.positional;
    if (given === undefined) throw new SqlError(1105, 'HY000', 'error: a remote url is needed');
    const name = into ?? given.replace(/\/+$/, '').split('/').at(-1)!;
    if (databases.database(name) !== undefined) throw databaseExists(name);
    const { warnings } = yield* databases.clone(name, given, {
      remote: parsed.value('remote') ?? 'origin',
      branch: parsed.value('branch'),
      singleBranch: parsed.has('single-branch'),
      depth: generationsOf(parsed, 'depth'),
      user: parsed.value('user'),
    });
    for (const message of warnings) call.session.warn({ level: 'Warning', code: 1105, message });
    return success();
  },
};

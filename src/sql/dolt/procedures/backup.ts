/** CALL dolt_backup(…): adds, removes and syncs backups, and restores one as a database beside the others; column `status`. */
import { backup } from '../../../verbs/backup.ts';
import { databaseIsThere, type RestoreArguments, restoreArguments } from '../../../verbs/backup-restore.ts';
import { notSupported } from '../../types/sql-error.ts';
import { type Procedure, runVerb, success, textArguments, withErrno } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const args = textArguments(call);
    if (args.find((arg) => !arg.startsWith('-')) !== 'restore') {
      yield* runVerb(backup, call);
      return success();
    }
    const { databases } = call.session.engine;
    if (databases.restore === undefined) throw notSupported("dolt_backup('restore') here");
    const { url, name, force, user } = argumentsOf(args);
    if (databases.database(name) !== undefined && !force) throw databaseIsThere(name);
    yield* databases.restore(name, url, user);
    return success();
  },
};

function argumentsOf(args: readonly string[]): RestoreArguments {
  try {
    return restoreArguments(args);
  } catch (error) {
    throw withErrno(error);
  }
}

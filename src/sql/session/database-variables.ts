/** The variables that Dolt adds for each database of a session: `db_head`, `db_head_ref`, `db_working`, `db_staged`. */
import { branchRef } from '../../repo/refs.ts';
import { formatValue } from '../types/format.ts';
import { SqlError } from '../types/sql-error.ts';
import type { Session } from './session.ts';
import { textValue } from './text-value.ts';
import type { DynamicVariables } from './variables.ts';

export function databaseVariables(session: Session): DynamicVariables {
  const { databases } = session.engine;
  return {
    get(name) {
      const match = /^(.+)_(head|head_ref|working|staged)$/.exec(name);
      const database = match ? databases.database(match[1]!) : undefined;
      if (database === undefined) return undefined;
      const handle = session.handle(database.name);
      const { revision } = handle;
      if (match![2] === 'head_ref') return textValue(revision.kind === 'branch' ? branchRef(revision.branch) : '');
      if (match![2] === 'head') return textValue(session.head(handle));
      const { working, staged } = session.workingSet(handle);
      return textValue(match![2] === 'working' ? working.address : staged.address);
    },
    set(name, value) {
      const match = /^(.+)_head_ref$/.exec(name);
      const database = match ? databases.database(match[1]!) : undefined;
      if (database === undefined || value.value === null) return false;
      const branch = formatValue(value.value, value.type).replace(/^refs\/heads\//, '');
      if (session.refs(database).get(branchRef(branch)) === undefined) {
        throw new SqlError(1105, 'HY000', `branch not found: ${branch}`, 'notFound');
      }
      session.selection.switchBranch(database, branch);
      return true;
    },
    hasDatabase: (name) => databases.database(name) !== undefined,
  };
}

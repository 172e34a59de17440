/** `add`: stages tables, new ones and dropped ones alike; what `dolt_ignore` names only when forced. */
import { DoltError } from '../base/errors.ts';
import { stageAll, stageCollation, stageTables } from '../repo/staging.ts';
import { DATABASE_PREFIX } from '../repo/status.ts';
import { parseArguments } from './arguments.ts';
import type { Verb } from './verb.ts';
import { rootsOf } from './workspace-roots.ts';

export const add: Verb<void> = {
  name: 'add',
  summary: 'Add table changes to the list of staged table changes.',
  synopsis: ['[table...]'],
  positional: [
    [
      'table',
      "Working table(s) to add to the list tables staged to be committed. The abbreviation '.' can be used to add all tables.",
    ],
  ],
  flags: [
    {
      name: 'all',
      short: 'A',
      help: 'Stages any and all changes (adds, deletes, and modifications) except for ignored tables.',
    },
    { name: 'force', short: 'f', help: 'Allow adding otherwise ignored tables.' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(add, args);
    const { positional } = parsed;
    if (positional.length === 0 && !parsed.has('all')) {
      throw new DoltError('invalid', "Nothing specified, nothing added. Maybe you wanted to say 'dolt add .'?");
    }
    const force = parsed.has('force');
    let roots = rootsOf(workspace);
    if (parsed.has('all') || (positional.length === 1 && positional[0] === '.')) {
      roots = stageAll(roots, force);
    } else {
      if (positional.some((name) => name.startsWith(DATABASE_PREFIX))) roots = stageCollation(roots);
      roots = stageTables(
        roots,
        positional.filter((name) => !name.startsWith(DATABASE_PREFIX)),
        force,
      );
    }
    const { working, staged } = roots;
    yield* workspace.setWorkingSet({ ...workspace.workingSet(), working, staged }, 'add');
  },
};

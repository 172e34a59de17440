/** CALL dolt_count_commits('--from', a, '--to', b): columns `ahead` (what only a has) and `behind` (what only b has). */
import { aheadAndBehind } from '../../../repo/log-walk.ts';
import { parseArguments } from '../../../verbs/arguments.ts';
import { SqlError } from '../../types/sql-error.ts';
import { oneRow, type Procedure, textArguments } from './procedure.ts';

const RULES = {
  name: 'count_commits',
  maxPositional: 0,
  flags: [
    { name: 'from', short: 'f', value: 'revision', help: 'Counts from here.' },
    { name: 'to', short: 't', value: 'revision', help: 'Counts up to here.' },
  ],
};

export const procedure: Procedure = {
  *call(call) {
    const parsed = parseArguments(RULES, textArguments(call));
    const { session } = call;
    const view = session.view(session.handle());
    const [from, to] = ['from', 'to'].map((name) => {
      const revision = parsed.value(name);
      if (!revision) throw new SqlError(1105, 'HY000', `${revision === undefined ? 'missing' : 'empty'} ${name} ref`);
      return revision;
    }) as [string, string];
    const { nodes } = view.repository;
    return oneRow({ ...aheadAndBehind(nodes, view.resolveCommit(from), view.resolveCommit(to)) });
  },
};

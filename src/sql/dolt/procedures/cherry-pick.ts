/** CALL dolt_cherry_pick(…): columns `hash`, `data_conflicts`, `schema_conflicts`, `constraint_violations`. */
import { cherryPick as verb } from '../../../verbs/cherry-pick.ts';
import { pickRow } from './pick-row.ts';
import { type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    return pickRow(yield* runVerb(verb, call));
  },
};

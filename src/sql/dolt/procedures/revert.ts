/** CALL dolt_revert(…): columns `hash`, `data_conflicts`, `schema_conflicts`, `constraint_violations`. */
import { revert as verb } from '../../../verbs/revert.ts';
import { pickRow } from './pick-row.ts';
import { type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    return pickRow(yield* runVerb(verb, call));
  },
};

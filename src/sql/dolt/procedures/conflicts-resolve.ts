/** CALL dolt_conflicts_resolve('--ours' | '--theirs', tables…): column `status`. */
import { conflictsResolve } from '../../../verbs/conflicts-resolve.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(conflictsResolve);

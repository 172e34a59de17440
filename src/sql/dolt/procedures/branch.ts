/** CALL dolt_branch(…): column `status`. */
import { branch as verb } from '../../../verbs/branch.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);

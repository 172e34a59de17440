/** CALL dolt_add(…): column `status`. */
import { add as verb } from '../../../verbs/add.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);

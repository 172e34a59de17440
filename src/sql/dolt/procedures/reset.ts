/** CALL dolt_reset(…): column `status`. */
import { reset as verb } from '../../../verbs/reset.ts';
import { statusProcedure } from './procedure.ts';

export const procedure = statusProcedure(verb);
